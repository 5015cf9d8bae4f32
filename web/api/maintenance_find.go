package api

import (
	"errors"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/plan"
)

// farAhead is how far beyond now a window can be found that is not laid out yet.
const farAhead = 10 * 366 * 24 * time.Hour

// windows are those that start in [from, to), in order: what is stored, and beyond what is laid out what the plans make; and
// what freezes and holidays withhold of it. Those of plans under a standing notice come every night: without standing they are
// neither read nor worked out.
func (a *API) windows(tx data.Tx, from, to, now time.Time, standing bool) (out []data.Occurrence, withheld []plan.Withheld, err error) {
	all := tx.Occurrences().Range("", "")
	if !standing {
		all = data.Announceable(tx)
	}
	stored := map[data.OccurrenceKey]data.Phase{}
	for o, err := range all {
		if err != nil {
			return nil, nil, err
		}
		stored[o.Key()] = o.Phase
		if !o.Window.Start.Before(from) && o.Window.Start.Before(to) {
			out = append(out, o)
		}
	}
	if beyond := from; to.After(now) {
		if beyond.Before(now) {
			beyond = now
		}
		plans, err := plansOf(tx, standing)
		if err != nil {
			return nil, nil, err
		}
		laid, err := plan.Lay(plans, beyond, to)
		for key, o := range laid.Windows {
			if stored[key] == "" {
				out = append(out, o)
			}
		}
		for _, w := range laid.WithheldInOrder() {
			if phase := stored[w.Occurrence.Key()]; phase == "" || phase == data.Withdrawn { // else a person decided otherwise
				withheld = append(withheld, w)
			}
		}
		if err != nil && len(laid.Windows) == 0 && len(plans) > 0 {
			return nil, nil, err
		}
	}
	return plan.InOrder(out), withheld, nil
}

// plansOf are the plans, those under a standing notice among them or not.
func plansOf(tx data.Tx, standing bool) ([]data.Maintenance, error) {
	plans, err := data.All(tx.Maintenances().Range("", ""))
	if err != nil || standing {
		return plans, err
	}
	leave, err := data.StandingPlans(tx)
	return slices.DeleteFunc(plans, func(m data.Maintenance) bool { return leave[m.Slug] }), err
}

// pageID is the public ID of the page; empty in a store that was never served.
func pageID(tx data.Tx) (string, error) {
	s, err := tx.Settings().Get(data.SettingPageID)
	if errors.Is(err, data.ErrNotFound) {
		return "", nil
	}
	return s.Value, err
}

// window finds one by public ID or key, stored or not; laid says whether it is stored.
func (a *API) window(tx data.Tx, id string, now time.Time) (o data.Occurrence, laid bool, err error) {
	page, err := pageID(tx)
	if err != nil {
		return o, false, err
	}
	is := func(key data.OccurrenceKey) bool {
		return string(key) == id || data.PublicID(page, "occurrence", string(key)) == id
	}
	if o, err := tx.Occurrences().Get(data.OccurrenceKey(id)); err == nil {
		return o, true, nil
	}
	for o, err := range data.Announceable(tx) { // what people look at, and few beside all there are
		if err != nil {
			return o, false, err
		}
		if is(o.Key()) {
			return o, true, nil
		}
	}
	for _, standing := range []bool{false, true} {
		if standing {
			for o, err := range tx.Occurrences().Range("", "") {
				if err != nil {
					return o, false, err
				}
				if is(o.Key()) {
					return o, true, nil
				}
			}
		}
		if o, found, err := farWindow(tx, is, now, standing); err != nil || found {
			return o, false, err
		}
	}
	return o, false, data.NotFound("maintenance window", id)
}

// farWindow looks a window up among those that the plans make and that are not laid out yet, year by year.
func farWindow(tx data.Tx, is func(data.OccurrenceKey) bool, now time.Time, standing bool) (data.Occurrence, bool, error) {
	plans, err := plansOf(tx, standing)
	if err != nil {
		return data.Occurrence{}, false, err
	}
	for from := now; from.Before(now.Add(farAhead)); from = from.AddDate(1, 0, 0) {
		laid, err := plan.Lay(plans, from, from.AddDate(1, 0, 0))
		for key, o := range laid.Windows {
			if is(key) {
				return o, true, nil
			}
		}
		if err != nil && len(laid.Windows) == 0 && len(plans) > 0 {
			return data.Occurrence{}, false, err
		}
	}
	return data.Occurrence{}, false, nil
}
