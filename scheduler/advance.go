package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// view is what the occurrences ask for at an instant.
type view struct {
	due      []data.OccurrenceKey // those that are to be written
	next     time.Time            // when something is due by itself
	left     int                  // not over
	deadline time.Time            // the next one of a notice; zero means none
	held     []data.Alarm
	overrun  []data.Alarm
	alarms   bool // those that stand are others
}

func (v *view) at(t time.Time) {
	if !t.IsZero() && t.Before(v.next) {
		v.next = t
	}
}

// Advance moves every occurrence into the phase it belongs in at now, holds what follows one that went wrong (M3), writes down
// what was not seen by its deadline (N1), and returns when the next one is due; that is a day away at most, so that the far
// end of the plan is kept laid out.
func (s *Scheduler) Advance(ctx context.Context, now time.Time) (time.Time, error) {
	var v view
	err := s.store.View(ctx, func(tx data.Tx) error {
		v = view{next: now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)}
		for o, err := range tx.Occurrences().Range("", "") {
			if err == nil {
				err = v.look(tx, o, now)
			}
			if err != nil {
				return err
			}
		}
		var err error
		v.alarms, err = others(tx, map[data.AlarmKind][]data.Alarm{data.AlarmWindowHeld: v.held, data.AlarmWindowOverrun: v.overrun})
		return err
	})
	if err != nil {
		return v.next, fmt.Errorf("looking what is due: %w", err)
	}
	for _, key := range v.due {
		if err := s.advance(ctx, key, now); err != nil {
			return v.next, fmt.Errorf("advancing %s: %w", key, err)
		}
		v.next = now // its new phase may end soon, or be over already
	}
	if v.alarms {
		err := s.store.Update(ctx, func(tx data.Tx) error {
			return errors.Join(data.SetAlarms(tx, data.AlarmWindowHeld, v.held, now), data.SetAlarms(tx, data.AlarmWindowOverrun, v.overrun, now))
		})
		if err != nil {
			return v.next, err
		}
	}
	s.planned.Set(float64(v.left))
	if s.deadline.Set(0); !v.deadline.IsZero() {
		s.deadline.Set(float64(v.deadline.Unix()))
	}
	return v.next, nil
}

// look adds what one occurrence asks for.
func (v *view) look(tx data.Tx, o data.Occurrence, now time.Time) error {
	if o.Phase == data.Completed && !o.Overran.IsZero() && now.Sub(o.Overran) < overrunLasts {
		v.at(o.Overran.Add(overrunLasts))
		return v.overruns(tx, o, now)
	}
	if o.Over() && (o.Phase != data.Completed || now.Sub(o.Ended) > data.ConfirmedWithin) {
		return nil
	}
	if !o.Over() {
		v.left++
	}
	if d := o.Deadline(); o.Phase == data.Scheduled && !o.Standing && d.After(now) && (v.deadline.IsZero() || d.Before(v.deadline)) {
		v.deadline = d
	}
	next, err := become(tx, o, now)
	if err != nil {
		return err
	}
	if next.written {
		v.due = append(v.due, o.Key())
		return nil
	}
	v.at(next.at)
	switch {
	case o.Phase == data.Held:
		v.held = append(v.held, data.Alarm{
			Subject: string(o.Key()), By: o.Deadline(),
			Detail: heldDetail(o),
		})
	case (o.Phase == data.InProgress || o.Phase == data.Verifying) && !o.Standing:
		return v.overruns(tx, o, now)
	}
	return nil
}

// heldDetail says which window is under review, why, and until when somebody must decide.
func heldDetail(o data.Occurrence) string {
	name, because := i18n.Capital(o.Named()), ""
	for _, step := range slices.Backward(o.Steps) {
		if step.Act != data.ActHold {
			continue
		}
		if because = ": " + step.Why; step.By == "" {
			because = ", because " + step.Why
		}
		break
	}
	return fmt.Sprintf("%s is under review%s. Unless somebody decides, %s is cancelled at %s.", name, because, o.Named(), o.At(o.Deadline()))
}

// When an overrun is worth an alarm (M11).
const (
	overrunAfter = data.UsualInterruption // of real interruption
	overrunLasts = 48 * time.Hour         // after the end: from then on it is an outage like any other
	updateLasts  = time.Hour              // an update that people were given keeps the alarm away
)

// overruns adds the alarm of a window that interrupts the service for longer than people were told, or past its end.
func (v *view) overruns(tx data.Tx, o data.Occurrence, now time.Time) error {
	lasted, out, err := data.Interruption(tx, o, now)
	if err != nil || !out {
		return err
	}
	a, name := data.Alarm{Subject: string(o.Key())}, i18n.Capital(o.Named())
	switch {
	case o.Phase == data.Completed:
		a.Detail = fmt.Sprintf("%s ended at %s and the service is still out. What lasts beyond its end is downtime.", name, o.At(o.Window.End))
	case lasted < overrunAfter:
		v.at(now.Add(overrunAfter - lasted))
		return nil
	default:
		a.Detail = fmt.Sprintf("%s, which ends at %s: the service has been out for more than %s, and %s were announced.", name, o.At(o.Window.End), minutes(overrunAfter), minutes(o.Expected))
		a.By = o.Window.End
	}
	for _, u := range o.Updates {
		if quiet := u.At.Add(updateLasts); !u.Internal && u.At.After(o.Window.Start) && quiet.After(now) {
			v.at(quiet)
			return nil
		}
	}
	v.overrun = append(v.overrun, a)
	return nil
}

func minutes(d time.Duration) string { return fmt.Sprintf("%d minutes", d/time.Minute) }

// others says whether the alarms that stand are not these.
func others(tx data.Tx, want map[data.AlarmKind][]data.Alarm) (bool, error) {
	for kind, list := range want {
		wanted := map[string]data.Alarm{}
		for _, a := range list {
			wanted[a.Subject] = a
		}
		for a, err := range tx.Alarms().Range(data.AlarmsOf(kind)) {
			if err != nil {
				return false, err
			}
			if !a.Stands() {
				continue
			}
			w, ok := wanted[a.Subject]
			if !ok || w.Detail != a.Detail || !w.By.Equal(a.By) {
				return true, nil
			}
			delete(wanted, a.Subject)
		}
		if len(wanted) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// becoming is what an occurrence becomes at an instant, or when it next becomes something.
type becoming struct {
	occurrence data.Occurrence
	written    bool
	at         time.Time // zero means never by itself
}

// become works out what o becomes at now. It is the one place that says so, for the look and for the write.
func become(tx data.Tx, o data.Occurrence, now time.Time) (becoming, error) {
	if o.Follows != "" && (o.Phase == data.Scheduled || o.Phase == data.Held) {
		leader, err := tx.Occurrences().Get(o.Follows)
		if err != nil && !errors.Is(err, data.ErrNotFound) {
			return becoming{}, err
		}
		if held, ok := data.Follow(o, leader, now); err == nil && ok {
			return becoming{occurrence: held, written: true}, nil
		}
	}
	next, at, err := data.AsDue(tx, o, now)
	return becoming{next, next.Phase != o.Phase || next.Missed != o.Missed || next.Known != o.Known || !next.Overran.Equal(o.Overran), at}, err
}

// advance moves one occurrence along, in one transaction.
func (s *Scheduler) advance(ctx context.Context, key data.OccurrenceKey, now time.Time) error {
	var entered data.Phase
	err := s.store.Update(ctx, func(tx data.Tx) error {
		entered = ""
		o, err := tx.Occurrences().Get(key)
		if err != nil {
			return err
		}
		next, err := become(tx, o, now)
		if err != nil || !next.written {
			return err
		}
		n := next.occurrence
		if n.Phase != o.Phase {
			entered = n.Phase
		}
		return data.PutOccurrence(tx, n, now)
	})
	if err == nil && entered != "" {
		s.changes.WithLabelValues(string(entered)).Inc()
		s.log.Info("occurrence entered a phase", "occurrence", string(key), "phase", string(entered))
	}
	return err
}
