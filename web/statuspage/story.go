package statuspage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/web/page"
)

// story is when o entered the API, and what was said of it since, oldest first and never empty: that it is planned, each change
// that readers of the API could see (N11), its beginning and its end, and what people wrote. What somebody wrote with a change
// stands in the entry of that change. The last entry carries the phase o is in. Entries are the same at every rendering, and
// those there are stay as they are when others are added. Who did it and why is for operators.
func story(s *page.State, o data.Occurrence) (created time.Time, us []data.Update) {
	said := public(o.Updates)
	created, first := entered(o)
	for _, u := range said {
		created = earlier(created, u.At)
	}
	add := func(name string, p data.Phase, at time.Time, body string) {
		at = later(at, created)
		us = append(us, data.Update{ID: data.PublicID(s.PageID, "update", string(o.Key())+"|"+name), Phase: p, At: at, Created: at, Body: body})
	}
	add(string(data.Scheduled), data.Scheduled, created, planned(s, o, first))
	for n, step := range o.Steps {
		if p, body := changed(s, o, n); body != "" && step.At.After(created) {
			add("step "+strconv.Itoa(n), p, step.At, body)
		}
	}
	if o.CarriedOut() {
		add(string(data.InProgress), data.InProgress, began(o), words(s, o, data.InProgress))
	}
	if o.Phase == data.Completed {
		add(string(data.Completed), data.Completed, ended(o), words(s, o, data.Completed))
	}
	us = joined(us, said)
	slices.SortStableFunc(us, func(a, b data.Update) int { return a.At.Compare(b.At) })
	return created, ending(us, calledOff(o.Phase), func(p data.Phase) data.Update {
		at := later(created, reached(o, p))
		return data.Update{ID: data.PublicID(s.PageID, "update", string(o.Key())+"|"+string(p)), Phase: p, At: at, Created: at, Body: words(s, o, p)}
	})
}

// joined adds what people said to our own entries: to that of the same instant and phase, else as an entry of its own.
func joined(own, said []data.Update) []data.Update {
	out := slices.Clone(own)
	for _, u := range said {
		u.Phase = calledOff(u.Phase)
		n := slices.IndexFunc(own, func(e data.Update) bool {
			return e.At.Equal(u.At) && wire.StatuspagePhase(e.Phase) == wire.StatuspagePhase(u.Phase)
		})
		if n < 0 {
			out = append(out, u)
			continue
		}
		out[n].Body += "\n" + u.Body
	}
	return out
}

// entered is when o entered the API, and with which window: one that somebody opened when it was opened, any other as soon as it
// was certain and at most 30 days away. What was changed later leaves that as it was.
func entered(o data.Occurrence) (time.Time, data.Window) {
	lead := max(ahead, o.Notice.WithDefaults().Page)
	var since time.Time
	for n, step := range o.Steps {
		at := later(since, step.Window.Start.Add(-lead))
		switch step.Phase {
		case data.Scheduled, data.Held, data.InProgress, data.Verifying, data.Completed:
			if at.Before(step.At) {
				return at, step.Window
			}
		}
		if step.Act == data.ActOpen {
			return step.At, after(o, n)
		}
		since = step.At
	}
	return later(since, o.Window.Start.Add(-lead)), o.Window
}

// after is the window that o had after its nth step.
func after(o data.Occurrence, n int) data.Window {
	if n+1 < len(o.Steps) {
		return o.Steps[n+1].Window
	}
	return o.Window
}

// began is when readers were told that the work had begun: time that was declared to come before it does not move that.
func began(o data.Occurrence) time.Time {
	at := o.Began
	if at.IsZero() {
		at = o.Window.Start
	}
	for _, step := range o.Steps {
		if step.Past && step.Act != data.ActOpen {
			at = later(at, step.Window.Start)
		}
	}
	return at
}

// ended is when it was first over; what was declared afterwards does not move that.
func ended(o data.Occurrence) time.Time {
	for _, step := range o.Steps {
		switch {
		case step.Act == data.ActComplete:
			return step.At
		case step.Phase == data.Completed:
			return step.Window.End
		}
	}
	if o.Ended.IsZero() {
		return o.Window.End
	}
	return o.Ended
}

// reached is when o came into a phase that no step tells of, as far as that is known: what was called off or held was so at the
// earliest when it had been announced.
func reached(o data.Occurrence, p data.Phase) time.Time {
	switch p {
	case data.InProgress, data.Verifying:
		return began(o)
	case data.Completed:
		return ended(o)
	case data.Scheduled:
		return time.Time{} // all the time
	case data.Cancelled:
		if n := len(o.Steps); n > 0 && o.Steps[n-1].Act == data.ActHold {
			return o.Deadline() // nobody decided, and that is not written down yet
		}
	}
	return o.Window.Start.Add(-o.Notice.WithDefaults().Page)
}

// changed is what o's nth step says to readers, and the phase o was in after it; nothing where it tells them nothing.
func changed(s *page.State, o data.Occurrence, n int) (data.Phase, string) {
	step, is := o.Steps[n], after(o, n)
	hidden := step.Phase == data.Reserved || step.Phase == data.Lapsed
	switch step.Act {
	case data.ActCancel, data.ActWithdraw:
		return data.Cancelled, words(s, o, data.Cancelled)
	case data.ActHold:
		review := o
		review.Window = is
		return data.Held, words(s, review, data.Held)
	case data.ActRelease, data.ActRestore, data.ActConfirm:
		return data.Scheduled, "This maintenance takes place. It is planned for " + when(s, is) + "."
	case data.ActVerify:
		return data.Verifying, words(s, o, data.Verifying)
	}
	if hidden {
		return data.Reserved, ""
	}
	phase := step.Phase
	if step.Act == data.ActMove {
		phase = data.Scheduled
	}
	word, ok := map[data.Act]string{data.ActMove: "Moved", data.ActReplan: "Moved", data.ActExtend: "Extended", data.ActShorten: "Shortened"}[step.Act]
	switch {
	case !ok:
		return phase, ""
	case is.Equal(step.Window):
		return phase, "What is planned has changed.\n" + planned(s, o, is)
	}
	known := "announced"
	if !step.Told { // readers of the API alone knew of it
		known = "planned"
	}
	text := word + ". The new time is " + when(s, is) + ".\nIt was " + known + " for " + when(s, step.Window) + "."
	if step.Past {
		text += "\nThis was declared afterwards."
	}
	return phase, text
}

// calledOff takes withdrawn, by a changed plan, for cancelled, by a person: readers need not tell them apart.
func calledOff(p data.Phase) data.Phase {
	if p == data.Withdrawn {
		return data.Cancelled
	}
	return p
}

// words are what is said of a phase. Each line is a sentence that stands by itself.
func words(s *page.State, o data.Occurrence, p data.Phase) string {
	switch p {
	case data.Held:
		return "This maintenance is under review. It is confirmed or cancelled by " + i18n.At(i18n.EN, o.Deadline(), s.Zone) + "."
	case data.InProgress:
		return "The maintenance has begun."
	case data.Verifying:
		return "The work is done. We are checking the result."
	case data.Completed:
		return "The maintenance is completed."
	case data.Cancelled:
		return "This maintenance has been cancelled. Nothing will be done in the announced window."
	}
	return planned(s, o, o.Window)
}

// planned says what is to be done in w, or was, where that is known only afterwards.
func planned(s *page.State, o data.Occurrence, w data.Window) string {
	lines := []string{"Planned for " + when(s, w) + "."}
	if len(o.Steps) > 0 && o.Steps[0].Act == data.ActOpen && o.Steps[0].Past {
		lines[0] = "Declared afterwards. The time is " + when(s, w) + "."
	}
	if what, ok := i18n.Lookup(i18n.EN, "what."+string(o.Category)); ok {
		lines = append(lines, what)
	}
	switch {
	case o.Expected >= time.Minute:
		lines = append(lines, "Expected interruption: "+i18n.T(i18n.EN, "expected.up_to", "duration", i18n.Duration(i18n.EN, o.Expected))+".")
	case o.Expected > 0:
		lines = append(lines, "Expected interruption: "+i18n.T(i18n.EN, "expected.seconds")+".")
	}
	if whom, ok := i18n.Lookup(i18n.EN, "line.cohort_"+o.Cohort); ok {
		lines = append(lines, whom)
	}
	return strings.Join(lines, "\n")
}

func when(s *page.State, w data.Window) string { return i18n.When(i18n.EN, w.Start, w.End, s.Zone) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
