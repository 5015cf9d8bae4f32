package data

import (
	"fmt"
	"slices"
	"time"
)

// Opening is a window that somebody makes without a plan: an emergency patch (M9), a critical fix (M10), or work of any other
// kind, maybe afterwards.
type Opening struct {
	Category   Category
	Window     Window        // Start zero means now
	Cohort     string        // empty means AllCustomers
	Components []string      // none means every committed one
	Expected   time.Duration // zero means what is usual: 30 minutes, or the whole of a shorter window
	Zone       string        // IANA name, of its local date and of errors
	Notice     NoticeTimes   // the promise as it is configured
}

// UsualInterruption is what is expected of a window that says nothing, and past which operators are alarmed (M11).
const UsualInterruption = 30 * time.Minute

// OpenOccurrence makes an occurrence that no plan has. It needs the same notice as any other, but for an emergency, whose
// reason is that of its short notice. A start that has passed declares the window afterwards: that is Past.
func OpenOccurrence(r Opening, s Steering) (Occurrence, error) {
	if !slices.Contains(Categories, r.Category) || r.Category == Recycle {
		return Occurrence{}, Invalid("category", fmt.Sprintf("%q is no kind of window that people open: use emergency, critical, system, application, microsoft or infrastructure", string(r.Category)))
	}
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		return Occurrence{}, Invalid("zone", fmt.Sprintf("%q is no zone: use an IANA name such as Europe/Oslo", r.Zone))
	}
	w := Window{r.Window.Start.UTC(), r.Window.End.UTC()}
	if w.Start.IsZero() {
		w.Start = s.Now.UTC().Truncate(time.Second)
	} else if w.Start.Before(s.Now.Add(-time.Minute)) && !s.Past {
		return Occurrence{}, past("start")
	}
	switch {
	case s.Past && w.Start.After(s.Now):
		return Occurrence{}, Invalid("start", "nothing of it has passed: leave afterwards out, and it is planned like any other")
	case w.End.IsZero():
		return Occurrence{}, Invalid("end", "say when it ends")
	case r.Expected < 0 || r.Expected > w.Duration() && w.Duration() > 0:
		return Occurrence{}, Invalid("expected", fmt.Sprintf("an interruption of %s does not fit into a window of %s: shorten it, or make the window longer", ago(r.Expected), ago(w.Duration())))
	case r.Expected == 0:
		r.Expected = min(UsualInterruption, w.Duration())
	}
	if r.Cohort == "" {
		r.Cohort = AllCustomers
	}
	o := Occurrence{
		Maintenance: AdHoc, Date: w.Start.In(loc).Format(time.DateOnly), Cohort: r.Cohort, Ordinal: NewID(),
		Category: r.Category, Components: r.Components, Window: w, Zone: r.Zone, Expected: r.Expected, Notice: r.Notice, Phase: Scheduled,
	}
	if s.Past {
		if err := o.longAgo(w.Start, s.Now); err != nil {
			return Occurrence{}, err
		}
	}
	opened := o
	if s.Past {
		opened.Declared = s.Now.UTC()
	}
	made, err := o.steered(s, ActOpen, opened)
	if err != nil {
		return Occurrence{}, err
	}
	// It was nothing before, so there is nothing that people knew of.
	made.Revised, made.OldWindow = 0, Window{}
	last := &made.Steps[0]
	last.Told, last.Revised, last.Phase, last.Window, last.Past = false, 0, "", Window{}, s.Past
	return made, nil
}
