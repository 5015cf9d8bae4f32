package main

import (
	"encoding/json"
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
	if body := l.get("/"); body != nil {
		shown := map[string]bool{}
		for _, m := range occurrencesOnPage.FindAllSubmatch(body, -1) {
			for each := range strings.FieldsSeq(string(m[1])) {
				id, rev, _ := strings.Cut(each, ".")
				if shown[id] {
					l.wrong = append(l.wrong, fmt.Sprintf("%s: the page shows %s twice", time.Now(), by[id].Key()))
				}
				if shown[id] = true; rev != strconv.Itoa(by[id].Revised) {
					l.wrong = append(l.wrong, fmt.Sprintf("%s: the page shows version %s of %s", time.Now(), rev, by[id].Key()))
				}
				l.saw(data.OnPage, by[id])
			}
		}
	}
	for _, cohort := range []string{data.AllCustomers, "pilot", "rest"} {
		path := "/api/v1/banner"
		if cohort != data.AllCustomers {
			path += "?customer=" + customerOf(s.State, cohort)
		}
		body := l.get(path)
		if body == nil {
			continue
		}
		var answer banner.Answer
		if err := json.Unmarshal(body, &answer); err != nil {
			l.wrong = append(l.wrong, err.Error())
		}
		ids := map[string]bool{}
		for _, b := range answer.Banners {
			if ids[b.ID] {
				l.wrong = append(l.wrong, fmt.Sprintf("%s: the banner of %s shows %s twice", time.Now(), cohort, b.ID))
			}
			ids[b.ID] = true
			if cohort != data.AllCustomers && b.Cohort != cohort && b.Cohort != data.AllCustomers {
				l.wrong = append(l.wrong, fmt.Sprintf("%s: the banner of %s shows what concerns %s", time.Now(), cohort, b.Cohort))
			}
			for _, o := range by {
				if o.Cohort == cohort && b.Cohort == cohort && o.Window.Start.Equal(b.Start) && o.Window.End.Equal(b.End) && !o.Standing {
					l.saw(data.OnBanner, o)
				}
			}
		}
	}
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
	now := shape{window: o.Window, from: time.Now()}
	if o.Phase == data.Cancelled || o.Phase == data.Withdrawn {
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
			case inTime && o.Missed != "":
				fault("%s of %s is said to have missed the %s, and was seen in time", o.Key(), o.Window.Start, o.Missed)
			}
			if o.ShortNotice() {
				short++
			}
		}
		return l.mails(tx, fault)
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

// mails checks that nothing was mailed twice, and that what was known in time was mailed to whom it concerns.
func (l *life) mails(tx data.Tx, fault func(string, ...any)) error {
	for id, n := range l.box {
		if n != 1 {
			fault("%s was mailed %d times", id, n)
		}
	}
	reached := map[data.BulletinKey]int{}
	for n, err := range tx.Notices().Range("", "") {
		if err != nil {
			return err
		}
		if n.Phase == data.NoticeAccepted {
			reached[n.Bulletin]++
		}
	}
	type told struct { // what is told as one: the same window and audience
		window data.Window
		cohort string
	}
	sums, owed := map[told]int{}, map[told]data.Bulletin{}
	for b, err := range tx.Bulletins().Range("", "") {
		if err != nil {
			return err
		}
		o, err := tx.Occurrences().Get(data.OccurrenceKey(b.Subject))
		if err != nil {
			return err
		}
		if b.Kind != data.TellPlanned {
			continue
		}
		// One that has changed since may have been told with others that have not: it counts with every window it had.
		had := map[data.Window]bool{o.Window: true}
		for _, s := range o.Steps {
			had[s.Window] = true
		}
		for w := range had {
			sums[told{w, o.Cohort}] += reached[b.Key()] + b.Reached
		}
		if !b.Void && o.Phase == data.Completed && !o.ShortNotice() {
			owed[told{o.Window, o.Cohort}] = b
		}
	}
	for is, b := range owed {
		want := 2
		if is.cohort == "pilot" {
			want = 1 // the other contact is of the rest
		}
		if n := sums[is]; n < want && l.mailable(b.Moment, b.Until) {
			fault("%s was mailed to %d, want %d", b.Key(), n, want)
		}
	}
	return nil
}

// mailable says whether the service ran and mail worked, both for two hours on end, between two instants.
func (l *life) mailable(from, to time.Time) bool {
	for _, up := range l.up {
		for at := up.Start; at.Before(up.End); at = at.Add(10 * time.Minute) {
			w := data.Window{Start: at, End: at.Add(2 * time.Hour)}
			if w.Start.Before(from) || w.End.After(to) || w.End.After(up.End) {
				continue
			}
			if !slices.ContainsFunc(l.out[data.OnMail], w.Overlaps) {
				return true
			}
		}
	}
	return false
}
