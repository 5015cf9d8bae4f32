package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

var occurrencesOnPage = regexp.MustCompile(` data-occurrence="([^"]*)"`)

// visit looks at page and banner and remembers what they show.
func (l *life) visit() {
	s := l.pages.Current()
	if s == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	by := map[string]data.Occurrence{}
	for _, o := range s.State.Occurrences {
		by[s.State.OccurrenceID(o)] = o
	}
	if body, _ := l.get("/"); body != nil {
		shown := map[string]bool{}
		if l.how == forgets {
			body = withoutCorrected(body, by)
		}
		for _, m := range occurrencesOnPage.FindAllSubmatch(body, -1) {
			for each := range strings.FieldsSeq(string(m[1])) {
				id, rev, _ := strings.Cut(each, ".")
				if shown[id] {
					l.wrong = append(l.wrong, fmt.Sprintf("%s: the page shows %s twice", time.Now(), by[id].Key()))
				}
				if by[id].Maintenance == "" {
					l.wrong = append(l.wrong, fmt.Sprintf("%s: the page shows %s, which is not of its making", time.Now(), id))
				}
				if shown[id] = true; rev != strconv.Itoa(by[id].Revised) {
					l.wrong = append(l.wrong, fmt.Sprintf("%s: the page shows version %s of %s", time.Now(), rev, by[id].Key()))
				}
				l.saw(data.OnPage, by[id])
			}
		}
		l.stays(data.OnPage, func(o data.Occurrence) bool { return !shown[s.State.OccurrenceID(o)] })
	}
	for _, cohort := range []string{data.AllCustomers, "pilot", "rest"} {
		path := "/api/v1/banner"
		if cohort != data.AllCustomers {
			path += "?customer=" + customerOf(s.State, cohort)
		}
		body, header := l.get(path)
		if body == nil {
			continue
		}
		var answer banner.Answer
		if err := json.Unmarshal(body, &answer); err != nil {
			l.wrong = append(l.wrong, err.Error())
		}
		ids, shown := map[string]bool{}, map[data.OccurrenceKey]bool{}
		for _, b := range answer.Banners {
			if ids[b.ID] {
				l.wrong = append(l.wrong, fmt.Sprintf("%s: the banner of %s shows %s twice", time.Now(), cohort, b.ID))
			}
			ids[b.ID] = true
			if cohort != data.AllCustomers && b.Cohort != cohort && b.Cohort != data.AllCustomers {
				l.wrong = append(l.wrong, fmt.Sprintf("%s: the banner of %s shows what concerns %s", time.Now(), cohort, b.Cohort))
			}
			for each := range strings.FieldsSeq(header.Get(banner.ToldHeader)) {
				id, _, _ := strings.Cut(each, ".")
				o := by[id]
				if o.Cohort == cohort && b.Cohort == cohort && o.Window.Start.Equal(b.Start) && o.Window.End.Equal(b.End) && !o.Standing {
					shown[o.Key()] = true
					l.saw(data.OnBanner, o)
				}
			}
		}
		if len(answer.Banners) < banner.Most { // else it may be crowded out
			l.stays(data.OnBanner, func(o data.Occurrence) bool { return o.Cohort == cohort && !shown[o.Key()] })
		}
	}
}

// stays checks that what the visitor has seen of a surface has not vanished from it: the window, or what became of it, is shown
// until it ends, or would have begun.
func (l *life) stays(on data.Surface, gone func(data.Occurrence) bool) {
	for key, was := range l.last {
		if !strings.HasPrefix(key, string(on)+" ") || !gone(was) {
			continue
		}
		delete(l.last, key)
		var is data.Occurrence
		if err := l.store.View(l.t.Context(), func(tx data.Tx) (err error) { is, err = tx.Occurrences().Get(was.Key()); return err }); err != nil {
			l.wrong = append(l.wrong, fmt.Sprintf("%s: %s, which the %s showed: %v", time.Now(), was.Key(), on, err))
			continue
		}
		until := was.Window.End
		switch phase, _ := is.Due(time.Now()); phase {
		case data.Completed:
			continue
		case data.Held, data.Cancelled, data.Withdrawn:
			until = is.Window.Start
		}
		if time.Now().Before(until) {
			l.wrong = append(l.wrong, fmt.Sprintf("%s: %s, %s and %s, has vanished from the %s, which showed it as %s of %s: steps %+v",
				time.Now(), was.Key(), is.Phase, is.Window.Start, on, was.Phase, was.Window.Start, is.Steps))
		}
	}
}

// withoutCorrected is a front page that does not name the windows whose announcement was corrected.
func withoutCorrected(body []byte, by map[string]data.Occurrence) []byte {
	for id, o := range by {
		if o.Revised > 0 {
			body = bytes.ReplaceAll(body, []byte(page.ToldAs(id, o.Revised)), nil)
		}
	}
	return body
}

func customerOf(s *page.State, cohort string) string {
	for n := 1; ; n++ {
		if id := "Cust" + strconv.Itoa(n); s.Cohorts.Of(id) == cohort {
			return id
		}
	}
}

// saw remembers a window as it is shown, if that is new.
func (l *life) saw(on data.Surface, o data.Occurrence) {
	key := string(on) + " " + string(o.Key())
	l.last[key] = o
	now := shape{window: o.Window, from: time.Now()}
	if o.Phase == data.Held || o.Phase == data.Cancelled || o.Phase == data.Withdrawn {
		now.window = data.Window{}
	}
	list := l.seen[key]
	if n := len(list); n > 0 && list[n-1].window.Equal(now.window) {
		return
	}
	l.seen[key] = append(list, now)
}

// lead is the shortest time between a piece of a window having been seen, and stayed so, and its start. It works from what the
// visitor saw alone, minute by minute of the edges. False means that some piece was never seen.
func lead(w data.Window, seen []shape) (shortest time.Duration, ok bool) {
	edges := []time.Time{w.Start}
	for _, s := range seen {
		for _, e := range []time.Time{s.window.Start, s.window.End} {
			if w.Contains(e) {
				edges = append(edges, e)
			}
		}
	}
	shortest = 1 << 62
	for _, edge := range edges { // each piece begins at one of them
		var since time.Time
		for _, s := range seen {
			switch {
			case !s.window.Contains(edge):
				since = time.Time{}
			case since.IsZero():
				since = s.from
			}
		}
		if since.IsZero() {
			return 0, false
		}
		shortest = min(shortest, edge.Sub(since))
	}
	return shortest, true
}

// verdict says what broke the promise between two instants.
func (l *life) verdict(start, end time.Time) []string {
	faults := l.wrong
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	windows, short := 0, 0
	err := l.store.View(l.t.Context(), func(tx data.Tx) error {
		for o, err := range tx.Occurrences().Range("", "") {
			if err != nil {
				return err
			}
			if o.Standing || !o.Window.End.Before(end) {
				continue
			}
			if o.HiddenFrom(data.PublicIn(tx)) {
				if err := l.untold(tx, o, fault); err != nil {
					return err
				}
				continue
			}
			if phase, _ := o.Due(time.Now()); phase != data.Completed {
				continue
			}
			windows++
			late, inTime := "", true
			for _, on := range data.Promised {
				d, ok := lead(o.Window, l.seen[string(on)+" "+string(o.Key())])
				inTime = inTime && ok && d > 24*time.Hour // what comes within the last minute may count either way
				switch {
				case !ok:
					late += fmt.Sprintf(" never all of it on the %s;", on)
				case d < 24*time.Hour-data.NoticeTakes:
					late += fmt.Sprintf(" %s before on the %s;", d, on)
				}
			}
			switch {
			case late != "" && !o.ShortNotice():
				fault("%s of %s is not marked as short notice, and was seen%s steps %+v", o.Key(), o.Window.Start, late, o.Steps)
			case inTime && !wavered(o) && o.Missed != "":
				fault("%s of %s is said to have missed the %s, and was seen in time", o.Key(), o.Window.Start, o.Missed)
			}
			if o.ShortNotice() {
				short++
			}
		}
		return errors.Join(l.mails(tx, fault), l.corrections(tx, fault))
	})
	if err != nil {
		fault("%v", err)
	}
	l.did["windows"], l.did["short"] = windows, short
	if windows < int(end.Sub(start).Hours()/24/12) {
		fault("only %d windows took place", windows)
	}
	if len(l.box) == 0 {
		fault("nothing was mailed")
	}
	return faults
}

// wavered says whether o was called off or under review for a while: then the service counts from when it was promised again, and
// the visitor, whose surface failed just then, may have seen none of it.
func wavered(o data.Occurrence) bool {
	return slices.ContainsFunc(o.Steps, func(s data.Step) bool {
		return s.Phase == data.Cancelled || s.Phase == data.Withdrawn || s.Phase == data.Held
	})
}
