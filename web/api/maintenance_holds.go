package api

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// WindowHold is a window that is put under review because one that it follows went wrong (M3).
type WindowHold struct {
	ID       string        `json:"id" doc:"Release, move or cancel it by this."`
	Plan     string        `json:"plan"`
	Category data.Category `json:"category"`
	Cohort   string        `json:"cohort"`
	Date     string        `json:"date" doc:"Local date of the nominal start."`
	Start    time.Time     `json:"start"`
	End      time.Time     `json:"end"`
	Zone     string        `json:"zone"`
	DecideBy time.Time     `json:"decide_by" doc:"Undecided it is cancelled then."`
	Reason   string        `json:"reason"`
}

// followersReach is how long after a window those that follow it are looked for.
const followersReach = 62 * 24 * time.Hour

// holds are the windows that the scheduler puts under review once after is written: those that follow it, those that follow
// them, and so on, in order of their starts. Where nothing went wrong with after there are none.
func (a *API) holds(tx data.Tx, after data.Occurrence, now time.Time) ([]WindowHold, error) {
	if why, _ := after.WentWrong(); why == "" {
		return nil, nil
	}
	page, err := pageID(tx)
	if err != nil {
		return nil, err
	}
	to := after.Window.Start
	if nominal, err := time.Parse(time.DateOnly, after.Date); err == nil && nominal.After(to) { // where it stood before it was moved
		to = nominal
	}
	all, _, err := a.windows(tx, now, to.Add(followersReach), now, false)
	if err != nil {
		return nil, err
	}
	var out []WindowHold
	seen := map[data.OccurrenceKey]bool{after.Key(): true}
	for leaders := []data.Occurrence{after}; len(leaders) > 0; leaders = leaders[1:] {
		for _, o := range all {
			if o.Follows != leaders[0].Key() || seen[o.Key()] {
				continue
			}
			held, ok := data.Follow(o, leaders[0], now)
			if !ok {
				continue
			}
			seen[o.Key()] = true
			leaders = append(leaders, held)
			out = append(out, WindowHold{
				ID: data.PublicID(page, "occurrence", string(o.Key())), Plan: o.Maintenance, Category: o.Category, Cohort: o.Cohort, Date: o.Date,
				Start: o.Window.Start, End: o.Window.End, Zone: o.Zone, DecideBy: o.Deadline(), Reason: held.Steps[len(held.Steps)-1].Why,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b WindowHold) int { return a.Start.Compare(b.Start) })
	return out, nil
}
