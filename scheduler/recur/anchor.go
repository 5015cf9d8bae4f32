package recur

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/superoffice/statusd/data"
)

// setRule takes an RFC 5545 rule in, in step with the anchor where that is known.
func (r *Rule) setRule(at int64, anchored bool) error {
	text, err := parseRule(r.plan.Rule)
	if err != nil || !anchored {
		return err
	}
	if text, err = text.completed(r.first); err != nil {
		return err
	}
	// Any date may be the anchor that its period's other parts allow, so the anchor is tried against the rule without its
	// interval.
	each := text
	each.interval = 1
	err = checkAnchor("rule", r.plan.Rule, r.first, func(first time.Time) cron.Schedule { return each.schedule(first, 0) })
	if err != nil {
		return err
	}
	r.sched, r.last = text.schedule(r.first, at), endOfYears
	r.kind = text
	if !text.until.IsZero() {
		r.last = text.until.Add(daySeconds*time.Second - 1)
		if r.last.Before(r.first) {
			return data.Invalid("rule", fmt.Sprintf("the rule ends on %s, before its anchor %s: set a later UNTIL, or leave it out",
				text.until.Format(time.DateOnly), r.plan.Anchor))
		}
	}
	if text.count > 0 {
		t := r.first.Add(-time.Second)
		for range text.count {
			next := r.sched.Next(t)
			if next.IsZero() {
				break
			}
			t = next
		}
		r.last = t
	}
	return nil
}

// setCron takes cron text in.
func (r *Rule) setCron(anchored bool) error {
	s, err := parseCron(r.plan.Cron)
	if err != nil || !anchored {
		return err
	}
	r.sched, r.last = s, endOfYears
	return checkAnchor("cron", r.plan.Cron, r.first, func(time.Time) cron.Schedule { return s })
}

var endOfYears = time.Date(lastYear, time.December, 31, 23, 59, 59, 0, time.UTC)

// checkAnchor returns a fault if the rule never falls, or not on the anchor. From makes the rule's schedule from a date on.
func checkAnchor(field, text string, anchor time.Time, from func(first time.Time) cron.Schedule) error {
	next := from(anchor).Next(anchor.Add(-time.Second))
	if next.IsZero() {
		return data.Invalid(field, fmt.Sprintf("%s never falls on any date: check its days against its months", quote(text)))
	}
	if dayOf(next) == dayOf(anchor) {
		return nil
	}
	const form = "Monday 2006-01-02"
	dates := []string{next.Format(form)}
	if before, ok := latest(anchor, from); ok {
		dates = []string{before.Format(form), next.Format(form)}
	}
	return data.Invalid("anchor", fmt.Sprintf("%s is a %s and no date of %s: use %s",
		anchor.Format(time.DateOnly), anchor.Weekday(), quote(text), strings.Join(dates, " or ")))
}

// latest looks for the last date of the rule before anchor, four years back at most.
func latest(anchor time.Time, from func(first time.Time) cron.Schedule) (found time.Time, ok bool) {
	for _, days := range []int{40, 400, 1500} {
		first := anchor.AddDate(0, 0, -days)
		s := from(first)
		for t := s.Next(first.Add(-time.Second)); !t.IsZero() && t.Before(anchor); t = s.Next(t) {
			found, ok = t, true
		}
		if ok {
			break
		}
	}
	return found, ok
}
