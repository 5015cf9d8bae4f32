package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/scheduler/plan"
)

// Bounds on a freeze.
const (
	longestFreeze = 400 // days
	longestStep   = 28
)

// avoided is an Avoid with the plans that it is for.
type avoided struct {
	data.Avoid
	categories, plans []string
	override          func(maintenance) string // what a plan says of it
}

// freezes reads the sections of freezes and holidays.
func (c *checker) freezes(plans map[string]int) []avoided {
	var out []avoided
	c.ids("freezes", "id", len(c.file.Freezes), func(i int) string { return c.file.Freezes[i].ID })
	ofFreezes, ofHolidays := func(m maintenance) string { return m.Freezes }, func(m maintenance) string { return m.Holidays }
	for i, in := range c.file.Freezes {
		p := path{"freezes", i}
		a := avoided{Avoid: data.Avoid{Effect: data.EffectWithhold, Freeze: in.ID, Title: data.Words(in.Name)}, categories: in.Categories, plans: in.Plans, override: ofFreezes}
		a.From, a.Until = c.freezeDays(p, in)
		c.moving(p, &a, in.Effect, in.Move, in.Step, in.Within)
		c.planned(p, in.Plans, plans)
		out = append(out, a)
	}
	for i, in := range c.file.Holidays {
		p := path{"holidays", i}
		a := avoided{
			Avoid:      data.Avoid{Effect: data.EffectWarn, Territories: in.Territories, Customary: in.Customary},
			categories: in.Categories, plans: in.Plans, override: ofHolidays,
		}
		before := len(c.faults)
		c.territories(p.with("territories"), in.Territories)
		a.Add = c.dayChanges(p.with("add"), in.Add, in.Territories)
		a.Remove = c.dayChanges(p.with("remove"), in.Remove, in.Territories)
		c.moving(p, &a, in.Effect, in.Move, in.Step, in.Within)
		c.planned(p, in.Plans, plans)
		if _, err := plan.Holidays(a.Avoid); err != nil && len(c.faults) == before && !c.tainted(p) {
			c.fault(p, "holidays: %s", err)
		}
		out = append(out, a)
	}
	return out
}

// freezeDays are the first and the last day of a freeze; empty for a fault.
func (c *checker) freezeDays(p path, in freeze) (from, until string) {
	first, ok := c.day(p.with("from"), "from", in.From)
	switch {
	case in.Until == "" && in.Days == 0:
		if !c.tainted(p) {
			c.fault(p, "neither until nor days is given: set the last day of the freeze, such as %s, or how many days it lasts", first+1)
		}
		return "", ""
	case in.Until != "" && in.Days != 0:
		c.fault(p.with("days"), "both until and days are given: keep one")
		return "", ""
	case in.Until == "" && (in.Days < 1 || in.Days > longestFreeze):
		c.fault(p.with("days"), "days: a freeze of %d days is out of bounds: use 1 to %d", in.Days, longestFreeze)
		return "", ""
	}
	last := first + calendar.Date(in.Days) - 1
	if in.Until != "" {
		var read bool
		if last, read = c.day(p.with("until"), "until", in.Until); !read || !ok {
			return "", ""
		}
	}
	switch days := int(last-first) + 1; {
	case !ok:
		return "", ""
	case days < 1:
		c.fault(p.with("until"), "until: %s is before from (%s): use a later date", last, first)
	case days > longestFreeze:
		c.fault(p.with("until"), "until: a freeze of %d days is too long: use at most %d, or take the plan out for that time", days, longestFreeze)
	}
	return first.String(), last.String()
}

// day reads a date of the years that rules know.
func (c *checker) day(p path, key, s string) (calendar.Date, bool) {
	d, err := calendar.ParseDate(s)
	switch {
	case s == "":
		return 0, false // reported before
	case err != nil:
		c.fault(p, "%s: %s is no date: use YYYY-MM-DD, such as 2026-12-18", key, strconv.Quote(clip(s)))
	case d.Year() < 2000 || d.Year() > 2199:
		c.fault(p, "%s: %s is out of bounds: use a date from the years 2000 to 2199", key, d)
	default:
		return d, true
	}
	return 0, false
}

// moving reads what becomes of a window, and how it moves.
func (c *checker) moving(p path, a *avoided, effect, move string, step, within span) {
	if effect != "" {
		a.Effect = data.Effect(effect)
	}
	moves := a.Effect == data.EffectMove || slices.ContainsFunc(c.file.Maintenance, func(m maintenance) bool { return a.override(m) == string(data.EffectMove) })
	for _, k := range []struct {
		key   string
		given bool
	}{{"move", move != ""}, {"step", step != 0}, {"within", within != 0}} {
		if k.given && !moves {
			c.fault(p.with(k.key), "%s: nothing is moved here: say effect: move, or leave it out", k.key)
			return
		}
	}
	a.Earlier = move == "earlier"
	days := func(key string, s span, least, most int) int {
		n := int(time.Duration(s) / (24 * time.Hour))
		if s != 0 && (time.Duration(s)%(24*time.Hour) != 0 || n < least || n > most) {
			c.fault(p.with(key), "%s: %s is out of bounds: use whole days, from %dd to %dd", key, time.Duration(s), least, most)
		}
		return n
	}
	a.Step = days("step", step, 1, longestStep)
	a.Within = days("within", within, a.WithDefaults().Step, data.LongestWithin)
}

// planned checks the names of plans.
func (c *checker) planned(p path, names []string, plans map[string]int) {
	for i, name := range names {
		if name != "" {
			c.defined(p.with("plans", i), "maintenance", "plan", name, plans)
		}
	}
}

func (c *checker) territories(p path, codes []string) {
	for i, code := range codes {
		if code == "" {
			continue
		}
		if _, err := calendar.Lookup(code); err != nil {
			c.fault(p.with(i), "%s", err)
		} else if slices.Index(codes, code) < i {
			c.fault(p.with(i), "the territory %s is there twice: keep one", code)
		}
	}
}

func (c *checker) dayChanges(p path, list []holidayChange, territories []string) []data.DayChange {
	var out []data.DayChange
	for i, in := range list {
		d, ok := c.day(p.with(i, "date"), "date", in.Date)
		if in.Territory != "" && !slices.Contains(territories, in.Territory) {
			c.fault(p.with(i, "territory"), "territory: %s is not among the territories of this entry: %s", strconv.Quote(clip(in.Territory)), didYouMean(in.Territory, territories))
		}
		if ok {
			out = append(out, data.DayChange{Date: d.String(), Territory: in.Territory, Name: in.Name})
		}
	}
	return out
}

// avoids are the days that a plan avoids: those of what is for it, as the plan has it where it says otherwise. What recycles
// servers and what a standing notice covers avoids nothing unless it is named.
func avoids(in maintenance, all []avoided) []data.Avoid {
	var out []data.Avoid
	for _, a := range all {
		says := a.override(in)
		concerned := slices.Contains(a.categories, in.Category) || slices.Contains(a.plans, in.ID)
		if len(a.categories) == 0 && len(a.plans) == 0 {
			concerned = says != "" || !in.Standing && in.Category != string(data.Recycle)
		}
		if !concerned || says == "none" {
			continue
		}
		if says != "" {
			a.Effect = data.Effect(says)
		}
		out = append(out, a.Avoid)
	}
	return out
}

// How far check looks, and how much it says.
const (
	warnDays   = 400
	gapDays    = 366
	lookDays   = warnDays + 2*gapDays
	warnListed = 5
	lookWeek   = 2000 // windows in a week: with more of them nothing is looked at
)

// lookAtAvoided warns of windows that lie on days to avoid all the same, and of plans that do nothing for more than a year.
func (c *checker) lookAtAvoided() {
	plans := c.cfg.Maintenances
	if len(c.faults) > 0 || !slices.ContainsFunc(plans, func(m data.Maintenance) bool { return len(m.Avoids) > 0 }) {
		return
	}
	today := c.o.Now().UTC()
	date := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
	if week, err := plan.LayDates(plans, date(0), date(7)); err != nil || len(week.Windows)+len(week.Withheld) > lookWeek {
		return
	}
	laid, err := plan.LayDates(plans, date(0), date(lookDays))
	if err != nil {
		return
	}
	for i, m := range plans {
		p := path{"maintenance", i}
		var on []string
		more := 0
		for _, o := range laid.InOrder() {
			switch {
			case o.Maintenance != m.Slug || o.Warning == "" || o.Date >= date(warnDays):
			case len(on) < warnListed:
				on = append(on, o.Warning)
			default:
				more++
			}
		}
		if more > 0 {
			on = append(on, fmt.Sprintf("and %d more", more))
		}
		if len(on) > 0 {
			c.warn(p, "windows of the next %d days lie on days to avoid: %s", warnDays, strings.Join(on, "; "))
		}
		if why := idle(m.Slug, laid, date(0), date(lookDays)); why != "" {
			c.warn(p, "for more than a year nothing of this plan takes place (%s): shorten the freeze, or say here what freezes and holidays do to this plan", why)
		}
	}
}

// idle is why a plan has no window for more than a year because they are withheld; empty where it has.
func idle(slug string, laid plan.Layout, from, to string) (why string) {
	last, off, reason := from, 0, ""
	until := func(date string) {
		if why == "" && off > 0 && between(last, date) > gapDays {
			why = reason
		}
		last, off = date, 0
	}
	all := laid.InOrder()
	for _, w := range laid.WithheldInOrder() {
		all = append(all, w.Occurrence)
	}
	for _, o := range plan.InOrder(all) {
		if o.Maintenance != slug {
			continue
		}
		if w, withheld := laid.Withheld[o.Key()]; withheld {
			if off++; off == 1 {
				reason = w.Why
			}
			continue
		}
		until(o.Date)
	}
	until(to)
	return why
}

// between counts the days from one date to another.
func between(from, to string) int {
	a, err1 := calendar.ParseDate(from)
	b, err2 := calendar.ParseDate(to)
	if err1 != nil || err2 != nil {
		return 0
	}
	return int(b - a)
}
