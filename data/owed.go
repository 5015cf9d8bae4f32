package data

import (
	"errors"
	"fmt"
	"time"
)

// Owed returns the bulletins that o owes as it stands at now, those it owed before included. Standing and reserved ones
// owe none (M6, M8), nor does what was never told and will not be.
//
// A planned notice has the moments of N1. A change and a cancellation are told at once, if the plan was told before, and then
// speak for it: their deadline is that of the window, or, where that has passed, of the time that was added (N11).
func (o Occurrence) Owed(now time.Time) []Bulletin {
	if o.Standing || o.Phase == Reserved || o.Phase == Lapsed {
		return nil
	}
	lead := o.Notice.WithDefaults()
	off := o.Phase == Cancelled || o.Phase == Withdrawn
	b := Bulletin{
		About: AboutOccurrence, Subject: string(o.Key()), Kind: TellPlanned,
		Moment:   o.Window.Start.Add(-lead.Page),
		Banner:   o.Window.Start.Add(-lead.Banner),
		Deadline: o.Deadline(),
		Until:    o.Window.End,
		Short:    o.Short != "",
		Void:     off || o.Phase == Held || o.Revised > 0,
	}
	if o.Revised == 0 {
		return []Bulletin{b}
	}
	change := b
	change.Kind, change.Version, change.Void = TellChanged, o.Revised, false
	change.Moment, change.Banner = now, now
	if off {
		change.Kind, change.Deadline, change.Short = TellCancelled, time.Time{}, false
		return []Bulletin{b, change}
	}
	change.Short = false
	if at := o.revisedAt(now); at.After(change.Deadline) {
		change.Deadline = time.Time{}
		if added, ok := o.Window.Added(o.knownBefore()); ok {
			change.Deadline = added.Add(-lead.Deadline)
			change.Short = at.After(change.Deadline)
		}
	}
	return []Bulletin{b, change}
}

// revisedAt is when o took the version that it has; now where nobody wrote it down.
func (o Occurrence) revisedAt(now time.Time) time.Time {
	for _, s := range o.Steps {
		if s.Told && s.Revised == o.Revised {
			return s.At
		}
	}
	return now
}

// knownBefore is the window that people knew before o took the version that it has.
func (o Occurrence) knownBefore() Window {
	for _, s := range o.Steps {
		if s.Told && s.Revised == o.Revised {
			if s.Phase == Cancelled || s.Phase == Withdrawn {
				return Window{} // that it would not take place
			}
			return s.Window
		}
	}
	return o.OldWindow
}

// PutOccurrence writes o and the bulletins it owes at now: the fact and its obligations in one transaction (N1). A bulletin that
// is there keeps when it was told; one of an earlier version is void, since the newest says more. A window that begins or ends
// by it is marked on every component it concerns.
func PutOccurrence(tx Tx, o Occurrence, now time.Time) error {
	if err := o.Validate(); err != nil {
		return fmt.Errorf("occurrence %s: %w", o.Key(), err)
	}
	o.Announced = time.Time{}
	if err := markWindow(tx, o); err != nil {
		return err
	}
	if err := tx.Occurrences().Put(o); err != nil {
		return err
	}
	owed := o.Owed(now.UTC())
	current := map[BulletinKey]bool{}
	for _, b := range owed {
		current[b.Key()] = true
		old, err := tx.Bulletins().Get(b.Key())
		switch {
		case err == nil:
			b.Cursor, b.Fanned, b.With, b.Reached = old.Cursor, old.Fanned, old.With, old.Reached
			if b.Kind != TellPlanned && !old.Moment.After(now) { // one of a clock that was ahead is due now
				b.Moment, b.Banner = old.Moment, old.Banner
			}
		case !errors.Is(err, ErrNotFound):
			return err
		case b.Void:
			continue
		}
		if err := tx.Bulletins().Put(b); err != nil {
			return err
		}
	}
	all, err := All(tx.Bulletins().Range(BulletinsOf(AboutOccurrence, string(o.Key()))))
	if err != nil {
		return err
	}
	for _, b := range all {
		if !current[b.Key()] && !b.Void {
			b.Void = true
			if err := tx.Bulletins().Put(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// markWindow writes that o begins or ends, as against what is stored of it. Standing windows write no marks (M6).
func markWindow(tx Tx, o Occurrence) error {
	if o.Standing || o.Began.IsZero() {
		return nil
	}
	was, err := tx.Occurrences().Get(o.Key())
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	mark := func(at time.Time, off bool) error {
		slugs, err := ConcernedBy(tx, o)
		if err != nil {
			return err
		}
		for _, slug := range slugs {
			m := Mark{Component: slug, Cohort: o.Cohort, Source: FromSchedule, By: string(o.Key()), At: at, Off: off, Cause: string(o.Category)}
			if err := tx.Marks().Put(m); err != nil {
				return err
			}
		}
		return nil
	}
	if was.Began.IsZero() {
		if err := mark(o.Began, false); err != nil {
			return err
		}
	}
	if o.Phase == Completed && was.Phase != Completed {
		return mark(o.Ended, true)
	}
	return nil
}

// SeenIn is when all of these surfaces had really shown one version of o, by their proofs (N4); zero where one of them never
// did. Version 0 is the plan as it was first told.
func (o Occurrence) SeenIn(tx Tx, version int, on ...Surface) (time.Time, error) {
	kinds := []BulletinKind{TellChanged, TellCancelled}
	if version == 0 {
		kinds = []BulletinKind{TellPlanned}
	}
	for _, kind := range kinds {
		b := Bulletin{About: AboutOccurrence, Subject: string(o.Key()), Kind: kind, Version: version}
		var last time.Time
		seen := 0
		for _, surface := range on {
			p, err := tx.Proofs().Get(KeyOfProof(b.Key(), surface))
			if errors.Is(err, ErrNotFound) {
				break
			} else if err != nil {
				return time.Time{}, err
			}
			seen++
			last = later(last, p.At)
		}
		if seen == len(on) {
			return last, nil
		}
	}
	return time.Time{}, nil
}

// Promised are the surfaces on which the 24 hours are promised (N1, N2).
var Promised = []Surface{OnPage, OnBanner}

// WithProofs returns o with when its versions were seen on all of these surfaces, without any those that are Promised: Announced,
// and Seen of its steps.
func (o Occurrence) WithProofs(tx Tx, on ...Surface) (Occurrence, error) {
	if len(on) == 0 {
		on = Promised
	}
	var err error
	if o.Announced, err = o.SeenIn(tx, 0, on...); err != nil {
		return o, err
	}
	steps := make([]Step, len(o.Steps))
	for i, s := range o.Steps {
		if steps[i] = s; s.Told {
			if steps[i].Seen, err = o.SeenIn(tx, s.Revised, on...); err != nil {
				return o, err
			}
		}
	}
	if len(steps) > 0 {
		o.Steps = steps
	}
	return o, nil
}
