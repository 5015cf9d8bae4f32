package data

import (
	"errors"
	"slices"
	"time"
)

// NoticeState is how a surface stands to what it owes of a window.
type NoticeState string

// The states of a notice on a surface.
const (
	NoticeNone    NoticeState = "none"    // nothing is owed there
	NoticeWaiting NoticeState = "waiting" // its moment is to come
	NoticeDue     NoticeState = "due"     // its moment has come, nobody has seen it yet, and there is time
	NoticeKept    NoticeState = "kept"    // seen by the deadline
	NoticeLate    NoticeState = "late"    // seen after it
	NoticeMissed  NoticeState = "missed"  // not seen, and the deadline has passed
)

// Obligation is what a surface owes of a window as it is planned now, and whether that is kept (N1, N4).
type Obligation struct {
	Surface  Surface
	Due      time.Time     // from when it is to show it
	Deadline time.Time     // zero where nothing is promised: a cancellation, or a change that adds no time
	Seen     time.Time     // since when it really shows it; zero means not yet
	Lead     time.Duration // how long before the pieces of the window they were shown, the shortest; zero while not all were
	State    NoticeState
}

// Surfaces lists every surface in the order in which people read them.
var Surfaces = []Surface{OnPage, OnBanner, OnMail}

// Obligations says for each surface how o stands at now. Mail is promised nothing, and is measured against the same deadline.
func (o Occurrence) Obligations(tx Tx, now time.Time) ([]Obligation, error) {
	var newest *Bulletin
	hidden := o.HiddenFrom(PublicIn(tx))
	for _, b := range o.Owed(now) {
		if b.Void || hidden {
			continue
		}
		if stored, err := tx.Bulletins().Get(b.Key()); err == nil {
			b = stored
		} else if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		newest = &b
	}
	var out []Obligation
	for _, surface := range Surfaces {
		ob := Obligation{Surface: surface, State: NoticeNone}
		if newest != nil {
			ob.Due, ob.Deadline = newest.Moment, newest.Deadline
			if surface == OnBanner { // a change is on the banner only from when the window is
				ob.Due = later(newest.Banner, o.FirstStart().Add(-o.Notice.WithDefaults().Banner))
			}
			known, err := o.WithProofs(tx, surface)
			if err != nil {
				return nil, err
			}
			if ob.Seen, err = o.SeenIn(tx, newest.Version, surface); err != nil {
				return nil, err
			}
			ob.Lead = known.Lead()
			ob.State = known.stateOf(ob, now)
			if surface == OnMail {
				ob.Deadline = time.Time{}
				if nobody, err := unmailed(tx, *newest); err != nil {
					return nil, err
				} else if nobody && ob.Seen.IsZero() {
					ob = Obligation{Surface: surface, State: NoticeNone}
				}
			}
		}
		out = append(out, ob)
	}
	return out, nil
}

// unmailed says whether nobody is mailed of b: there are no addresses, or whoever is mailed is told by the notice of another
// window with the same span and audience (M15).
func unmailed(tx Tx, b Bulletin) (bool, error) {
	if b.Fanned {
		for _, err := range tx.Notices().Range(NoticeKey(string(b.Key())+"|"), NoticeKey(string(b.Key())+"}")) {
			return false, err
		}
		return b.Reached == 0, nil
	}
	for s, err := range tx.Subscribers().Range("", "") {
		if err != nil || s.Channel == ByMail && !s.Retired {
			return false, err
		}
	}
	return true, nil
}

// Lead is the shortest time between a piece of o having been shown and its start; zero where one never was. Announced and the
// steps' Seen must have been filled in.
func (o Occurrence) Lead() time.Duration {
	shortest := time.Duration(-1)
	for _, p := range o.Parts() {
		if p.Announced.IsZero() {
			return 0
		}
		if d := max(0, p.Window.Start.Sub(p.Announced)); shortest < 0 || d < shortest {
			shortest = d
		}
	}
	return max(0, shortest)
}

func (o Occurrence) stateOf(ob Obligation, now time.Time) NoticeState {
	promise := o.Notice.WithDefaults().Deadline
	switch {
	case !o.Declared.IsZero() && ob.Seen.IsZero():
		return NoticeNone // it was over before anybody could be told
	case ob.Deadline.IsZero() && !ob.Seen.IsZero():
		return NoticeKept
	case ob.Lead >= promise-NoticeTakes && ob.Lead > 0:
		return NoticeKept
	case ob.Due.After(now):
		return NoticeWaiting
	case !ob.Deadline.IsZero() && now.After(ob.Deadline.Add(NoticeTakes)) && ob.Seen.IsZero() && (o.Short == "" || !now.Before(o.Window.End)):
		return NoticeMissed // what was known to be short notice has missed nothing while it can still be shown
	case !ob.Seen.IsZero() && (ob.Lead > 0 || ob.Seen.After(ob.Deadline.Add(NoticeTakes))):
		return NoticeLate
	case !ob.Seen.IsZero():
		return NoticeKept
	}
	return NoticeDue
}

// NoticeTakes is how long a surface may take to be seen, where the moment to show something is the deadline itself.
const NoticeTakes = time.Minute

// NoticesKept says how a month's notices were kept, for one category and surface (N4).
type NoticesKept struct {
	Category Category
	Surface  Surface
	Windows  int           // that took place, or will and had their deadline
	Kept     int           // seen in time
	Short    int           // known to be short notice when it was decided, with a reason (M13)
	Missed   int           // neither
	Shortest time.Duration // lead of those that were seen; zero where none was
}

// KeptIn works out NoticesKept for the windows that start in [from, to), in the order of Categories and Surfaces. What was called
// off and what is covered by a standing notice is not counted, nor is mail where nobody is mailed.
func KeptIn(tx Tx, from, to, now time.Time) ([]NoticesKept, error) {
	type place struct {
		Category
		Surface
	}
	sums, public := map[place]*NoticesKept{}, PublicIn(tx)
	for o, err := range Announceable(tx) {
		if err != nil {
			return nil, err
		}
		if o.Standing || o.HiddenFrom(public) || o.Window.Start.Before(from) || !o.Window.Start.Before(to) || now.Before(o.Deadline().Add(NoticeTakes)) {
			continue
		}
		if o.Phase, _ = o.Due(now); o.Phase != Scheduled && !o.CarriedOut() {
			continue
		}
		if err := o.kept(tx, func(s Surface) *NoticesKept {
			at := place{o.Category, s}
			if sums[at] == nil {
				sums[at] = &NoticesKept{Category: o.Category, Surface: s}
			}
			return sums[at]
		}); err != nil {
			return nil, err
		}
	}
	out := []NoticesKept{}
	for _, c := range Categories {
		for _, s := range Surfaces {
			if n := sums[place{c, s}]; n != nil {
				out = append(out, *n)
			}
		}
	}
	return out, nil
}

// kept adds o to the sums of its category.
func (o Occurrence) kept(tx Tx, sum func(Surface) *NoticesKept) error {
	promise := o.Notice.WithDefaults().Deadline
	for _, surface := range Surfaces {
		known, err := o.WithProofs(tx, surface)
		if err != nil {
			return err
		}
		seen := !known.Announced.IsZero() || slices.ContainsFunc(known.Steps, func(s Step) bool { return !s.Seen.IsZero() })
		if surface == OnMail && !seen {
			continue // nobody was mailed, or nobody is
		}
		n := sum(surface)
		n.Windows++
		lead := known.Lead()
		if lead > 0 && (n.Shortest == 0 || lead < n.Shortest) {
			n.Shortest = lead
		}
		switch {
		case lead >= promise-NoticeTakes:
			n.Kept++
		case o.Short != "":
			n.Short++
		default:
			n.Missed++
		}
	}
	return nil
}
