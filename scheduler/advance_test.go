package scheduler_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// by is an occurrence that planning leaves alone, for there is no plan that has it.
func by(maintenance string, start time.Time) data.Occurrence {
	o := datatest.Occurrence(maintenance, start)
	o.Steered = true
	return o
}

// living runs the loop in a bubble and lets fn look and act.
func living(t *testing.T, fn func(t *testing.T, s data.Store)) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		put(t, s, func(tx data.Tx) error { return tx.Components().Put(datatest.Component("crm-read")) })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- newScheduler(s).Run(ctx) }()
		synctest.Wait()
		fn(t, s)
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

func occurrence(t testing.TB, s data.Store, key data.OccurrenceKey) (o data.Occurrence) {
	t.Helper()
	put(t, s, func(tx data.Tx) (err error) { o, err = tx.Occurrences().Get(key); return err })
	return o
}

// standing are the details of the alarms of a kind that stand.
func standing(t testing.TB, s data.Store, kind data.AlarmKind) string {
	t.Helper()
	var out []string
	put(t, s, func(tx data.Tx) error {
		for a, err := range tx.Alarms().Range(data.AlarmsOf(kind)) {
			if err != nil {
				return err
			}
			if a.Stands() {
				out = append(out, a.Subject+": "+a.Detail)
			}
		}
		return nil
	})
	return strings.Join(out, "; ")
}

// prove writes that page and banner show what o owes now.
func prove(tx data.Tx, o data.Occurrence, at time.Time) error {
	for _, b := range o.Owed(at) {
		if b.Void {
			continue
		}
		for _, on := range data.Promised {
			if err := tx.Proofs().Put(data.Proof{Bulletin: b.Key(), Surface: on, At: at}); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestPairIsHeld: the Tuesday of an upgrade is cancelled; the Friday is under review, an alarm says so, and undecided it is
// cancelled a day before it would begin (M3).
func TestPairIsHeld(t *testing.T) {
	living(t, func(t *testing.T, s data.Store) {
		start := time.Now().UTC().Add(90 * time.Hour)
		tuesday, friday := by("pilot", start), by("rest", start.AddDate(0, 0, 3))
		friday.Follows = tuesday.Key()
		put(t, s, func(tx data.Tx) error {
			return errors.Join(data.PutOccurrence(tx, tuesday, time.Now()), data.PutOccurrence(tx, friday, time.Now()))
		})
		time.Sleep(20 * time.Hour)
		put(t, s, func(tx data.Tx) error {
			off, err := tuesday.Cancel(data.Steering{By: "socket:root", Why: "a fault was found", Now: time.Now()})
			return errors.Join(err, data.PutOccurrence(tx, off, time.Now()))
		})
		synctest.Wait()
		if o := occurrence(t, s, friday.Key()); o.Phase != data.Held || o.Revised != 0 {
			t.Fatalf("the Friday is %s", o.Phase)
		}
		want := ": The system window on Fri 2000-01-07 is under review, because the system window on Tue 2000-01-04 was cancelled. " +
			"Unless somebody decides, the system window on Fri 2000-01-07 is cancelled at Thu 2000-01-06 19:00 CET."
		if got := standing(t, s, data.AlarmWindowHeld); got != string(friday.Key())+want {
			t.Errorf("alarms: %q, want %q", got, want)
		}
		time.Sleep(time.Until(friday.Deadline()))
		synctest.Wait()
		o := occurrence(t, s, friday.Key())
		if last := o.Steps[len(o.Steps)-1]; o.Phase != data.Cancelled || last.By != "" || last.Why != "nobody decided by the deadline" || last.Told { // for nobody knew of it when it was held
			t.Errorf("undecided it is %+v", o)
		}
		if got := standing(t, s, data.AlarmWindowHeld); got != "" {
			t.Errorf("alarms: %q", got)
		}
	})
}

// TestOverrun lets the service be out in a window: for half an hour it is the expected interruption; then operators are told,
// an update keeps them calm for an hour, and at the end of the window they are told again, while the window that follows is held.
func TestOverrun(t *testing.T) {
	living(t, func(t *testing.T, s data.Store) {
		start := time.Now().UTC().Add(100 * time.Hour)
		o, after := by("pilot", start), by("rest", start.AddDate(0, 0, 3))
		after.Follows = o.Key()
		put(t, s, func(tx data.Tx) error {
			return errors.Join(data.PutOccurrence(tx, o, time.Now()), data.PutOccurrence(tx, after, time.Now()), prove(tx, o, time.Now()))
		})
		time.Sleep(time.Until(start.Add(time.Hour)))
		outage := datatest.Outage("crm-read", time.Now())
		put(t, s, func(tx data.Tx) error { return tx.Outages().Put(outage) })
		for _, tt := range []struct {
			after time.Duration // of the outage
			do    func(data.Tx) error
			want  string
		}{
			{29 * time.Minute, nil, ""},
			{30 * time.Minute, nil, "out for more than 30 minutes, and 30 minutes were announced"},
			{40 * time.Minute, func(tx data.Tx) error {
				o, err := tx.Occurrences().Get(o.Key())
				if err != nil {
					return err
				}
				o, err = o.Say("A disk is slow.", nil, false, "socket:root", time.Now())
				return errors.Join(err, data.PutOccurrence(tx, o, time.Now()))
			}, ""},
			{99 * time.Minute, nil, ""},
			{100 * time.Minute, nil, "out for more than 30 minutes"},
			{5 * time.Hour, nil, ": The system window on Wed 2000-01-05 ended at Wed 2000-01-05 11:00 CET and the service is still out"},
			{7 * time.Hour, func(tx data.Tx) error {
				outage.Ended = time.Now()
				return tx.Outages().Put(outage)
			}, ""},
		} {
			time.Sleep(time.Until(outage.Started.Add(tt.after)))
			if tt.do != nil {
				put(t, s, tt.do)
			}
			synctest.Wait()
			got := standing(t, s, data.AlarmWindowOverrun)
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("%s after the service went: %q, want %q", tt.after, got, tt.want)
			}
		}
		if done := occurrence(t, s, o.Key()); done.Phase != data.Completed || !done.Overran.Equal(o.Window.End) || done.Missed != "" {
			t.Errorf("it ended as %+v", done)
		}
		if next := occurrence(t, s, after.Key()); next.Phase != data.Held {
			t.Errorf("the window after it is %s", next.Phase)
		}
	})
}

// TestMissed: what a surface did not show by the deadline is short notice from then on, says where it was not seen, and stays so.
func TestMissed(t *testing.T) {
	living(t, func(t *testing.T, s data.Store) {
		start := time.Now().UTC().Add(80 * time.Hour)
		seen, unseen, late, slot := by("seen", start), by("unseen", start), by("late", start), by("slot", start)
		slot.Phase = data.Reserved
		put(t, s, func(tx data.Tx) error {
			var errs []error
			for _, o := range []data.Occurrence{seen, unseen, late, slot} {
				errs = append(errs, data.PutOccurrence(tx, o, time.Now()))
			}
			return errors.Join(append(errs, prove(tx, seen, time.Now()),
				tx.Proofs().Put(data.Proof{Bulletin: late.Owed(start)[0].Key(), Surface: data.OnPage, At: time.Now()}))...)
		})
		time.Sleep(time.Until(seen.Deadline().Add(50 * time.Second)))
		synctest.Wait()
		if o := occurrence(t, s, unseen.Key()); o.ShortNotice() {
			t.Errorf("within the minute that a surface may take: %+v", o)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		put(t, s, func(tx data.Tx) error {
			return errors.Join(tx.Proofs().Put(data.Proof{Bulletin: late.Owed(start)[0].Key(), Surface: data.OnBanner, At: time.Now()}))
		})
		time.Sleep(time.Hour)
		synctest.Wait()
		for key, want := range map[data.OccurrenceKey]string{seen.Key(): "", unseen.Key(): "page and banner", late.Key(): "banner", slot.Key(): ""} {
			if o := occurrence(t, s, key); o.Missed != want || o.ShortNotice() != (want != "") {
				t.Errorf("%s missed %q, want %q", key, o.Missed, want)
			}
		}
	})
}

// TestMovedAheadIsNotPlannedAgain: a window that was moved to an earlier day and is over stays over, though the plan has its own
// date still to come.
func TestMovedAheadIsNotPlannedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		start(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- newScheduler(s).Run(ctx) }()
		synctest.Wait()
		key := data.OccurrenceKey("system|2000-01-21|all|0")
		put(t, s, func(tx data.Tx) error {
			o, err := tx.Occurrences().Get(key)
			if err != nil {
				return err
			}
			o, err = o.Move(data.Window{Start: time.Now().UTC().Add(30 * time.Hour), End: time.Now().UTC().Add(32 * time.Hour)},
				data.Steering{By: "socket:root", Why: "sooner", Now: time.Now()})
			return errors.Join(err, data.PutOccurrence(tx, o, time.Now()))
		})
		time.Sleep(5 * 24 * time.Hour)
		synctest.Wait()
		if o := occurrence(t, s, key); o.Phase != data.Completed || o.Window.Duration() != 2*time.Hour {
			t.Errorf("it is %s, %v", o.Phase, o.Window)
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}
