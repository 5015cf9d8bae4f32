package data

import (
	"fmt"
	"slices"
	"time"
)

// FromDesk is By of an outage that a person added or cut off another.
const FromDesk = "desk"

// OutageChange is what a person corrects of an outage. Nil and empty fields leave what was; a Reported that points to the zero
// time says that nobody reported it after all.
type OutageChange struct {
	Started, Ended, Aware, Reported *time.Time

	Impact  Impact
	Cause   Cause
	Cohort  string // "all" for everybody
	Void    bool   // it was none
	Restore bool   // it was one after all
	Why     string // must be there (U8)
}

// Correct returns the outage with one more correction, or an *Error that names the field. Nothing is overwritten. The end of one
// that goes on comes from who measures it.
func (o Outage) Correct(ch OutageChange, by string, now time.Time) (Outage, error) {
	why, err := becauseOf(ch.Why)
	if err != nil {
		return o, err
	}
	was := o.Corrected()
	switch {
	case was.Void && !ch.Restore:
		return o, Conflict("this outage is set aside: restore it first")
	case ch.Restore && !was.Void:
		return o, Conflict("this outage counts already: there is nothing to restore")
	case ch.Void && ch.Restore:
		return o, Invalid("void", "set it aside or restore it, not both")
	case ch.Ended != nil && was.Ended.IsZero():
		return o, Invalid("ended", "it goes on: its end is written when the probe sees it, or when its incident is resolved")
	case ch.Ended != nil && ch.Ended.IsZero():
		return o, Invalid("ended", "an outage that ended does not go on again: say when it ended")
	case ch.Impact != "" && !slices.Contains(Impacts, ch.Impact):
		return o, Invalid("impact", fmt.Sprintf("%q is no impact: use no_read, no_write, no_read_no_write or degraded", ch.Impact))
	case ch.Cause != "" && !slices.Contains(Causes, ch.Cause):
		return o, Invalid("cause", fmt.Sprintf("%q is no cause: use provider, internet, external, customer, third_party or excluded_service", ch.Cause))
	}
	c := Correction{
		At: now.UTC(), Author: by, Why: why, Impact: ch.Impact, Cause: ch.Cause, Cohort: ch.Cohort, Void: ch.Void, Restored: ch.Restore,
		Started: ch.Started, Ended: ch.Ended, Aware: ch.Aware, Report: ch.Reported,
	}
	o.Corrections = append(slices.Clone(o.Corrections), c)
	is := o.Corrected()
	if same := was; same.sameAs(is) {
		return o, Invalid("", "nothing is different: say what to correct")
	}
	return o, is.possible(now)
}

// Split cuts an outage that is over in two at an instant, so that the parts can be told apart afterwards: their impact, their
// cause, whom they concerned. Together they count what it counted.
func (o Outage) Split(at time.Time, why, by string, now time.Time) (first, second Outage, err error) {
	is := o.Corrected()
	switch {
	case is.Void:
		return o, o, Conflict("this outage is set aside: restore it first")
	case is.Ended.IsZero():
		return o, o, Invalid("at", "it goes on: split it when it is over")
	case !at.After(is.Started) || !at.Before(is.Ended):
		return o, o, Invalid("at", fmt.Sprintf("this is not within it: use a time after %s and before %s", saidIn(now, is.Started), saidIn(now, is.Ended)))
	}
	if why, err = becauseOf(why); err != nil {
		return o, o, err
	}
	at = at.UTC()
	second = Outage{
		Component: is.Component, Cohort: is.Cohort, By: FromDesk, Started: at, Aware: is.Aware, Reported: is.Reported, Ended: is.Ended,
		LastBad: is.LastBad, Impact: is.Impact, Cause: is.Cause, Reason: is.Reason, Why: why, Added: now.UTC(), Author: by, Of: o.Key(),
	}
	first, err = o.Correct(OutageChange{Ended: &at, Why: why}, by, now)
	return first, second, err
}

// JoinOutages makes one outage of several of one component and cohort: it was down in between as well. The first one gets the
// last end, the earliest knowledge and the earliest report; the others are set aside. It returns all of them.
func JoinOutages(list []Outage, why, by string, now time.Time) ([]Outage, error) {
	if len(list) < 2 {
		return nil, Invalid("outages", "name at least two outages")
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Outage) int { return a.Corrected().Started.Compare(b.Corrected().Started) })
	whole := list[0].Corrected()
	for i, o := range list {
		is := o.Corrected()
		switch {
		case i > 0 && o.Key() == list[i-1].Key():
			return nil, Invalid("outages", "one of them is named twice")
		case is.Void:
			return nil, Conflict(fmt.Sprintf("the outage of %s is set aside: restore it first", saidIn(now, is.Started)))
		case is.Ended.IsZero():
			return nil, Invalid("outages", "one of them goes on: join them when it is over")
		case is.Component != whole.Component || is.Cohort != whole.Cohort:
			return nil, Invalid("outages", "they are of different components or customers: only outages of the same can be one")
		case is.Impact != whole.Impact || is.Cause != whole.Cause:
			return nil, Invalid("outages", "they differ in impact or cause: correct that first, so that it is clear what the whole is")
		}
		if is.Ended.After(whole.Ended) {
			whole.Ended = is.Ended
		}
		if is.Aware.Before(whole.Aware) {
			whole.Aware = is.Aware
		}
		if !is.Reported.IsZero() && (whole.Reported.IsZero() || is.Reported.Before(whole.Reported)) {
			whole.Reported = is.Reported
		}
	}
	for i, o := range list {
		ch := OutageChange{Void: true, Why: why}
		if i == 0 {
			ch = OutageChange{Why: why, Ended: &whole.Ended, Aware: &whole.Aware, Reported: &whole.Reported}
			if whole.Ended.Equal(o.Corrected().Ended) {
				return nil, Invalid("outages", "the first of them lasts longer than the others: set those aside instead")
			}
		}
		var err error
		if list[i], err = o.Correct(ch, by, now); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// AddOutage makes an outage that nothing measured, or an *Error that names the field. Its Why is needed; a zero Aware is its
// beginning: unless somebody says when the provider came to know (U9), it is read in the customer's favour, as A-17 does.
func AddOutage(o Outage, by string, now time.Time) (Outage, error) {
	why, err := becauseOf(o.Why)
	if err != nil {
		return o, err
	}
	o.Why, o.By, o.Author, o.Added = why, FromDesk, by, now.UTC()
	if o.Cohort == "" {
		o.Cohort = AllCustomers
	}
	if o.Impact == "" {
		o.Impact = NoReadNoWrite
	}
	if o.Cause == "" {
		o.Cause = ByProvider
	}
	if o.Aware.IsZero() {
		o.Aware = o.Started
	}
	switch {
	case o.Component == "":
		return o, Invalid("component", "say which component was out, by its slug")
	case o.Started.IsZero():
		return o, Invalid("started", "say when it began")
	case o.Ended.IsZero():
		return o, Invalid("ended", "say when it ended; what goes on is declared as an incident")
	case !slices.Contains(Impacts, o.Impact):
		return o, Invalid("impact", fmt.Sprintf("%q is no impact: use no_read, no_write, no_read_no_write or degraded", o.Impact))
	case !slices.Contains(Causes, o.Cause):
		return o, Invalid("cause", fmt.Sprintf("%q is no cause: use provider, internet, external, customer, third_party or excluded_service", o.Cause))
	}
	return o, o.possible(now)
}

// possible says what of an outage as it stands cannot have been.
func (o Outage) possible(now time.Time) error {
	switch {
	case o.Started.After(now):
		return Invalid("started", "it cannot have begun in the future")
	case o.Ended.After(now):
		return Invalid("ended", "it cannot have ended in the future")
	case !o.Ended.IsZero() && !o.Ended.After(o.Started):
		return Invalid("ended", fmt.Sprintf("it would end before it began, at %s: correct its beginning too, or set it aside", saidIn(now, o.Started)))
	case o.Aware.After(now):
		return Invalid("aware", "nobody can know of it from a time to come")
	case o.Reported.After(now):
		return Invalid("reported", "nobody can have reported it in the future")
	}
	return nil
}

// sameAs says whether two corrected outages count the same.
func (o Outage) sameAs(b Outage) bool {
	return o.Started.Equal(b.Started) && o.Ended.Equal(b.Ended) && o.Aware.Equal(b.Aware) && o.Reported.Equal(b.Reported) &&
		o.Impact == b.Impact && o.Cause == b.Cause && o.Cohort == b.Cohort && o.Void == b.Void
}

func becauseOf(why string) (string, error) {
	if why == "" {
		return "", Invalid("why", "say why: it stands beside the figure for ever (U8)")
	}
	return CleanText("why", why, MaxWhy)
}

// saidIn writes an instant for people on the clock that now is told by.
func saidIn(now, t time.Time) string {
	return t.In(now.Location()).Format("Mon 2006-01-02 15:04:05 MST")
}
