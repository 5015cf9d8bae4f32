package admin

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// need is something about a window that somebody has to do.
type need struct {
	Title, What string // What: which window
	Detail      string
	Href, Do    string // where, and what the link there says
	Urgent      bool
	By          at
	Left        string
	when        time.Time
}

// How long before its deadline a reserved slot asks to be decided, and asks urgently.
const (
	soonSlot   = 7 * 24 * time.Hour
	urgentSlot = 24 * time.Hour
)

// windowAlarms are the alarms that are about windows.
var windowAlarms = []data.AlarmKind{data.AlarmWindowOverrun, data.AlarmWindowHeld, data.AlarmNoticeAtRisk, data.AlarmNoticeMissed}

// needs lists what needs somebody now, the most urgent first: alarms about windows, then slots that are to be confirmed soon.
// shown is what has been read already; whatever is near is asked for where that does not hold it.
func (p *Pages) needs(v *visit, shown api.Maintenances, now time.Time) ([]need, error) {
	var out []need
	standing, err := p.standing(v)
	if err != nil {
		return nil, err
	}
	for _, a := range standing {
		n := need{Title: data.Alarms[a.Kind].Title, What: a.what, Detail: a.Detail, Urgent: a.Urgent(now), when: a.Since, Href: "/maintenance/" + url.PathEscape(a.Subject), Do: "Look at it"}
		if a.Kind == data.AlarmWindowHeld {
			n.Do = "Decide"
		}
		if !a.By.IsZero() {
			n.when, n.By, n.Left = a.By, p.when(a.By), ago(a.By)
		}
		out = append(out, n)
	}
	today := now.In(p.zone()).Format(time.DateOnly)
	if shown.From > today || shown.To < now.Add(soonSlot+72*time.Hour).In(p.zone()).Format(time.DateOnly) {
		query := map[string]string{"from": today, "to": now.Add(soonSlot+72*time.Hour).In(p.zone()).AddDate(0, 0, 1).Format(time.DateOnly)}
		shown = api.Maintenances{}
		if err := p.ask(v, "maintenance.list", api.Call{Query: query}, &shown); err != nil {
			return nil, err
		}
	}
	for _, m := range shown.Maintenance {
		by := m.NoticeBy
		if m.Phase != data.Reserved || by.Before(now) || by.After(now.Add(soonSlot)) {
			continue
		}
		out = append(out, need{
			Title: "Is this slot used?", What: i18n.T(i18n.EN, "category."+string(m.Category)) + ", " + p.span(m.Start, m.End), Detail: "Unconfirmed it lapses.",
			Href: "/maintenance/" + m.ID, Do: "Confirm it, or leave it", By: p.when(by), Left: ago(by), when: by, Urgent: by.Before(now.Add(urgentSlot)),
		})
	}
	slices.SortStableFunc(out, func(a, b need) int {
		if a.Urgent != b.Urgent {
			return map[bool]int{true: -1, false: 1}[a.Urgent]
		}
		return cmp.Or(a.when.Compare(b.when), cmp.Compare(a.Title, b.Title))
	})
	return out, nil
}

// windowAlarm is an alarm with the window that it is about, in words.
type windowAlarm struct {
	data.Alarm
	what string
}

// standing are the alarms about windows.
func (p *Pages) standing(v *visit) (out []windowAlarm, err error) {
	err = p.API.Store.View(v.r.Context(), func(tx data.Tx) error {
		out = nil
		for a, err := range tx.Alarms().Range("", "") {
			if err != nil {
				return err
			}
			if !a.Stands() || !slices.Contains(windowAlarms, a.Kind) {
				continue
			}
			o, err := tx.Occurrences().Get(data.OccurrenceKey(a.Subject))
			if errors.Is(err, data.ErrNotFound) {
				continue // it is about something else
			} else if err != nil {
				return err
			}
			what := i18n.T(i18n.EN, "category."+string(o.Category))
			if o.Cohort != data.AllCustomers {
				what += " (" + o.Cohort + ")"
			}
			out = append(out, windowAlarm{a, what + ", " + p.span(o.Window.Start, o.Window.End)})
		}
		return nil
	})
	return out, err
}

// keptView says how a month's notices were kept.
type keptView struct {
	Month, Name    string
	SoFar          bool
	Rows           []keptRow
	Earlier, Later link // an empty name is no link
}

type keptRow struct {
	What, Surface                string
	Windows, Kept, Short, Missed int
	Shortest                     string
	Sign                         sign
}

// kept reads the month that is asked for; without one, this month.
func (p *Pages) kept(v *visit, now time.Time) (keptView, error) {
	month, err := time.Parse("2006-01", v.r.URL.Query().Get("month"))
	this := now.In(p.zone())
	if err != nil || month.Year() < 2000 || month.Year() > 2200 {
		month = time.Date(this.Year(), this.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	view := keptView{Month: month.Format("2006-01"), Name: month.Format("January 2006")}
	var k api.NoticesKept
	if err := p.ask(v, "notices.kept", api.Call{ID: view.Month}, &k); err != nil {
		return view, err
	}
	view.SoFar = k.SoFar
	to := func(m time.Time) link {
		q := url.Values{"month": {m.Format("2006-01")}}
		if from := v.r.URL.Query().Get("from"); from != "" {
			q.Set("from", from)
		}
		return link{Name: m.Format("January 2006"), Href: "/maintenance?" + q.Encode() + "#kept"}
	}
	view.Earlier = to(month.AddDate(0, -1, 0))
	if next := month.AddDate(0, 1, 0); !next.After(this) {
		view.Later = to(next)
	}
	for _, n := range k.Notices {
		row := keptRow{
			What: i18n.T(i18n.EN, "category."+string(n.Category)), Surface: string(n.Surface), Windows: n.Windows, Kept: n.Kept, Short: n.Short, Missed: n.Missed,
			Shortest: "none", Sign: noticeSign(data.NoticeKept),
		}
		if n.Shortest != nil {
			row.Shortest = hours(time.Duration(*n.Shortest) * time.Second)
		}
		switch {
		case n.Missed > 0:
			row.Sign = noticeSign(data.NoticeMissed)
		case n.Short > 0:
			row.Sign = shortNotice
		}
		view.Rows = append(view.Rows, row)
	}
	return view, nil
}

// hours writes a length of time in hours and minutes, cut.
func hours(d time.Duration) string {
	h, m := d/time.Hour, d%time.Hour/time.Minute
	switch {
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}
