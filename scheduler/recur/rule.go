package recur

import (
	"sort"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/superoffice/statusd/data"
)

// Rule is a Recurrence that has been checked: it says when windows fall. It is a value that does not change, safe for use
// by many goroutines. The zero Rule plans nothing. Compile makes one.
type Rule struct {
	plan  data.Recurrence
	loc   *time.Location
	sched cron.Schedule // clock readings carried in UTC, before Shift
	kind  ruleText      // for String; zero for cron text
	first time.Time     // 00:00 of the anchor
	last  time.Time     // no reading lies after it
	until int64         // seconds into the day; of no meaning where plan.Length is set
}

// Occasion is one window that a rule makes.
type Occasion struct {
	Date    string      // local date of the nominal start, after Shift: YYYY-MM-DD
	Ordinal int         // counts the rule's readings of that date from 0; one that clocks merge with another leaves a hole
	Window  data.Window // instants, in UTC
	Clock   string      // one English sentence on what a clock change does to this window; empty if nothing
}

// Between returns the windows that start in [from, to), ascending by start and none twice, so that the answers for
// adjoining spans put together are the answer for the whole. A window may last a little over seven days: to find those that
// are running at from, ask from eight days before.
func (r Rule) Between(from, to time.Time) []Occasion {
	if !from.Before(to) {
		return nil
	}
	// An instant and its clock reading are less than two days apart.
	list := r.occasions(dayOf(from)-2, dayOf(to)+3)
	i := sort.Search(len(list), func(i int) bool { return !list[i].Window.Start.Before(from) })
	j := sort.Search(len(list), func(i int) bool { return !list[i].Window.Start.Before(to) })
	return list[i:j:j]
}

// BetweenDates returns the windows whose Date lies in [from, to), both YYYY-MM-DD, ascending by start. A fault is a
// *data.Error with Field "from" or "to".
func (r Rule) BetweenDates(from, to string) ([]Occasion, error) {
	begin, err := parseDate("from", from)
	if err != nil {
		return nil, err
	}
	end, err := parseDate("to", to)
	if err != nil {
		return nil, err
	}
	if end.Before(begin) {
		return nil, data.Invalid("to", to+" is before "+from+": swap them, or use a later date")
	}
	return r.occasions(dayOf(begin), dayOf(end)), nil
}

// Next returns the first window that starts after an instant; false means that there is none.
func (r Rule) Next(after time.Time) (Occasion, bool) {
	after = after.Add(1)
	if begin := r.first.AddDate(0, 0, -2); after.Before(begin) {
		after = begin
	}
	for span := 3; !after.After(r.last.AddDate(0, 0, maxShift+2)); span *= 4 {
		to := after.AddDate(0, 0, span)
		if list := r.Between(after, to); len(list) > 0 {
			return list[0], true
		}
		after = to
	}
	return Occasion{}, false
}

// occasions works out the windows whose nominal start lies on the days [from, to), ascending by start.
func (r Rule) occasions(from, to int64) []Occasion {
	if r.sched == nil {
		return nil
	}
	var (
		list  []Occasion
		shift = int64(r.plan.Shift)
		end   = (to - shift) * daySeconds
		date  string
		day   int64
		nth   int
		z     *zone
	)
	for t, ok := r.next(reading((from - shift), -1)); ok && t.Unix() < end; t, ok = r.next(t) {
		nominal := t.Unix() + shift*daySeconds
		if z == nil {
			z = newZone(r.loc, nominal)
		}
		if d := floorDiv(nominal, daySeconds); date == "" || d != day {
			date, day, nth = time.Unix(nominal, 0).UTC().Format(time.DateOnly), d, 0
		} else {
			nth++
		}
		window, clock, ok := r.window(nominal, z)
		if !ok {
			continue
		}
		list = append(list, Occasion{Date: date, Ordinal: nth, Window: window, Clock: clock})
		// A skipped start lands after readings that follow it on the clock.
		for i := len(list) - 1; i > 0 && list[i].Window.Start.Before(list[i-1].Window.Start); i-- {
			list[i], list[i-1] = list[i-1], list[i]
		}
	}
	return list
}

// next is the first reading of the rule after t, before Shift.
func (r Rule) next(t time.Time) (time.Time, bool) {
	if t.Before(r.first) {
		t = r.first.Add(-time.Second)
	}
	n := r.sched.Next(t)
	return n, !n.IsZero() && !n.After(r.last)
}

// window lands the start and end of the window whose nominal start is at reading. It is false for a start that clocks skip
// and that would land on another start of the rule.
//
// If clocks skip the start so far that it lands at or after the end, as with 02:30 to 03:00 where clocks go from 02:00 to
// 03:00, the window keeps its length by the clock.
func (r Rule) window(start int64, z *zone) (data.Window, string, bool) {
	end := r.endReading(start)
	near := z.near(start, end)
	if len(near) == 1 { // no clock change anywhere near: nearly always
		offset := near[0].offset
		return span{start - offset, end - offset, 0}.window(), "", true
	}
	l := r.land(start, end, near)
	if l.startFit == skipped && r.startsAt(l.from, z) {
		return data.Window{}, "", false
	}
	return span{l.from, l.to, 0}.window(), l.sentence(), true
}

// land is the window of two readings near a clock change.
func (r Rule) land(start, end int64, near []span) landed {
	l := landed{start: start, end: end, elapsed: r.plan.Length > 0, near: near, loc: r.loc}
	l.from, l.startFit = land(start, near, false)
	if l.elapsed {
		l.to = l.from + end - start
	} else if l.to, l.endFit = land(end, near, true); l.to <= l.from {
		l.to, l.pushed = l.from+end-start, true
	}
	return l
}

// Moved returns an occasion of the rule, as Between or BetweenDates gave it, so many days later, or earlier where they are
// negative: the same clock readings on another date, landed there (T4). Date and Ordinal stay: they are its name, and say
// when it would have been. It is zero for an occasion that the rule does not make.
func (r Rule) Moved(o Occasion, days int) Occasion {
	day, err := time.Parse(time.DateOnly, o.Date)
	if err != nil || r.sched == nil {
		return Occasion{}
	}
	shift := int64(r.plan.Shift)
	t, ok := r.next(reading(dayOf(day)-shift, -1))
	for nth := 0; ok && nth < o.Ordinal; nth++ {
		t, ok = r.next(t)
	}
	if !ok || dayOf(t)+shift != dayOf(day) {
		return Occasion{}
	}
	start := t.Unix() + (shift+int64(days))*daySeconds
	end := r.endReading(start)
	l := r.land(start, end, newZone(r.loc, start).near(start, end))
	o.Window, o.Clock = span{l.from, l.to, 0}.window(), l.sentence()
	return o
}

// startsAt says whether the rule has a reading that the clock really shows, and that starts a window, at an instant.
func (r Rule) startsAt(at int64, z *zone) bool {
	near := z.near(at, at)
	shown := at + offsetAt(at, near)
	if first, _ := land(shown, near, false); first != at {
		return false
	}
	nominal := shown - int64(r.plan.Shift)*daySeconds
	t, ok := r.next(reading(0, nominal-1))
	return ok && t.Unix() == nominal
}

// endReading is the reading at which the window that starts at reading ends, if clocks did not change.
func (r Rule) endReading(start int64) int64 {
	if r.plan.Length > 0 {
		return start + int64(r.plan.Length/time.Second)
	}
	end := floorDiv(start, daySeconds)*daySeconds + r.until
	if end <= start {
		end += daySeconds
	}
	return end + int64(r.plan.Days)*daySeconds
}

func (s span) window() data.Window {
	return data.Window{Start: time.Unix(s.start, 0).UTC(), End: time.Unix(s.end, 0).UTC()}
}
