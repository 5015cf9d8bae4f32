package config

import (
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
)

// defaultExpected is the interruption that is expected of a window that says nothing (M11).
const defaultExpected = 30 * time.Minute

func (c *checker) schedule() {
	f := c.file
	c.cfg.Notices = c.leads(path{"notices"}, f.Notices, data.NoticeTimes{}.WithDefaults())
	plans := c.ids("maintenance", "id", len(f.Maintenance), func(i int) string { return f.Maintenance[i].ID })
	toAvoid := c.freezes(plans)
	for _, a := range toAvoid {
		if a.Freeze == "" {
			c.cfg.Holidays = append(c.cfg.Holidays, a.Avoid)
		}
	}
	for i, in := range f.Maintenance {
		p := path{"maintenance", i}
		out := data.Maintenance{
			Slug: in.ID, Category: data.Category(in.Category), Cohort: c.cohort(p.with("cohort"), in.Cohort),
			Components: c.some(p.with("components"), in.Components), Reserved: in.Reserved, Standing: in.Standing, Follows: in.Follows,
			Expected: time.Duration(in.Expected), Notice: c.leads(p.with("notice"), in.Notice, c.cfg.Notices), Origin: c.origin(p),
			ValidFrom: c.validFrom(p.with("valid_from"), in.ValidFrom), Avoids: avoids(in, toAvoid),
			Recurrence: data.Recurrence{
				Zone: in.Zone, Rule: in.Rule, Cron: in.Cron, Anchor: in.Anchor, Start: in.Start, Until: in.End, Days: in.Days,
				Length: time.Duration(in.Length), Shift: in.Shift,
			},
		}
		if out.Recurrence.Zone == "" {
			out.Recurrence.Zone = c.file.Page.Zone
		}
		if out.Expected == 0 {
			out.Expected = defaultExpected
			if l := out.Recurrence.Length; l > 0 {
				out.Expected = min(out.Expected, l)
			}
		}
		c.recurrence(p, in, out)
		c.follow(p.with("follows"), i, plans)
		if in.Reserved && in.Standing {
			c.fault(p.with("standing"), "standing: a reserved slot is announced when it is confirmed, a standing one never: keep one of the two")
		}
		if l := out.Recurrence.Length; l > 0 && out.Expected > l {
			c.fault(p.with("expected"), "expected: an interruption of %s does not fit into a window of %s: shorten it", out.Expected, l)
		}
		c.cfg.Maintenances = append(c.cfg.Maintenances, out)
	}
	c.lookAtAvoided()
}

// recurrence compiles the rule and looks at the windows it makes.
func (c *checker) recurrence(p path, in maintenance, out data.Maintenance) {
	rec := out.Recurrence
	if c.cfg.Page.Zone == nil && in.Zone == "" {
		return // the page's zone was reported
	}
	rule, err := recur.Compile(rec)
	if err != nil {
		c.join(p, err, map[string]string{"until": "end"})
		return
	}
	if before, after := overlapDates(rule, rec); before != "" {
		c.warn(p, "the window of %s begins before that of %s is over: make it shorter, or the rule rarer", after, before)
	}
	if in.Reason != "" || in.Standing {
		return
	}
	if date := officeDate(rule, rec); date != "" {
		c.warn(p, "the window of %s lies in office hours (Monday to Friday, 08:00 to 16:00): say why in reason:", date)
	}
}

// officeDate is the date of the first window in office hours, or "".
func officeDate(rule recur.Rule, rec data.Recurrence) string {
	loc, err := time.LoadLocation(rec.Zone)
	if err != nil {
		return ""
	}
	return firstWhere(rule, rec, func(o recur.Occasion) bool { return inOffice(o.Window, loc) })
}

// overlapDates are the dates of the first two windows of a plan that overlap, or "".
func overlapDates(rule recur.Rule, rec data.Recurrence) (before, after string) {
	var last recur.Occasion
	after = firstWhere(rule, rec, func(o recur.Occasion) bool {
		if last.Window.End.After(o.Window.Start) && last.Window.Start.Before(o.Window.Start) {
			return true
		}
		last = o
		return false
	})
	if after == "" {
		return "", ""
	}
	return last.Date, after
}

// firstWhere is the date of the first window that fits among those of 400 days, or "". A rule with windows many times a day is
// looked at for a good week only, which shows it as well.
func firstWhere(rule recur.Rule, rec data.Recurrence, fits func(recur.Occasion) bool) string {
	anchor, err := time.Parse(time.DateOnly, rec.Anchor)
	if err != nil {
		return ""
	}
	from := rec.Anchor
	for _, days := range []int{9 + rec.Shift, 400} {
		to := anchor.AddDate(0, 0, days).Format(time.DateOnly)
		list, err := rule.BetweenDates(from, to)
		if err != nil {
			return ""
		}
		for _, at := range list {
			if fits(at) {
				return at.Date
			}
		}
		if len(list) > 50 {
			return ""
		}
		from = to
	}
	return ""
}

// inOffice says whether a window touches Monday to Friday, 08:00 to 16:00 (M12).
func inOffice(w data.Window, loc *time.Location) bool {
	first := w.Start.In(loc)
	for day := 0; day <= 9; day++ {
		noon := time.Date(first.Year(), first.Month(), first.Day()+day, 12, 0, 0, 0, loc)
		if noon.Weekday() == time.Saturday || noon.Weekday() == time.Sunday {
			continue
		}
		y, m, d := noon.Date()
		office := data.Window{Start: time.Date(y, m, d, 8, 0, 0, 0, loc), End: time.Date(y, m, d, 16, 0, 0, 0, loc)}
		if office.Overlaps(w) {
			return true
		}
	}
	return false
}

// follow checks that following a plan ends somewhere.
func (c *checker) follow(p path, i int, plans map[string]int) {
	list := c.file.Maintenance
	in := list[i]
	if in.Follows == "" {
		return
	}
	if in.Follows == in.ID {
		c.fault(p, "follows: a plan cannot follow itself: name the plan that comes before it")
		return
	}
	if !c.defined(p, "maintenance", "plan", in.Follows, plans) {
		return
	}
	for at, steps := plans[in.Follows], 0; list[at].Follows != "" && steps <= len(list); steps++ {
		if list[at].Follows == in.ID {
			c.fault(p, "follows: %s follows %s in the end, and so neither can be decided: let one of them follow nothing", in.Follows, in.ID)
			return
		}
		next, ok := plans[list[at].Follows]
		if !ok {
			return
		}
		at = next
	}
}

// validFrom reads a date in the page's zone, or an instant, in whole seconds; zero for none.
func (c *checker) validFrom(p path, s string) time.Time {
	if s == "" || c.cfg.Page.Zone == nil {
		return time.Time{}
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, c.cfg.Page.Zone); err == nil {
		return t.UTC()
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil && t.Year() >= 1970 && t.Year() < 2400 {
		return t.UTC().Truncate(time.Second)
	}
	c.fault(p, "valid_from: %s is no date: use YYYY-MM-DD, or an instant such as 2027-01-01T00:00:00+01:00", strconv.Quote(clip(s)))
	return time.Time{}
}

// leads fills lead times from others and checks their order: who is told by the page is told before the banner shows, and
// both before the promise (N1).
func (c *checker) leads(p path, in leads, from data.NoticeTimes) data.NoticeTimes {
	out := data.NoticeTimes{Page: time.Duration(in.Page), Banner: time.Duration(in.Banner), Deadline: time.Duration(in.Deadline)}
	if out.Page == 0 {
		out.Page = from.Page
	}
	if out.Banner == 0 {
		out.Banner = from.Banner
	}
	if out.Deadline == 0 {
		out.Deadline = from.Deadline
	}
	key, long, short, longer, shorter := "page", out.Page, out.Banner, "page", "banner"
	if out.Page >= out.Banner {
		key, long, short, longer, shorter = "banner", out.Banner, out.Deadline, "banner", "deadline"
	}
	if long < short && !c.tainted(p) {
		c.fault(p.with(key), "%s (%s) is shorter than %s (%s): the order is page, banner, deadline, each not shorter than the next", longer, long, shorter, short)
	}
	return out
}
