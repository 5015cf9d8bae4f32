package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/months"
)

// Watch owns the alarms about what people should have said: an outage that nobody told of, an incident without a word, and an
// audit log that does not verify. Make one with Store and Log, and call Run once.
type Watch struct {
	Store data.Store
	Log   *slog.Logger
	Zone  *time.Location // that alarms are told in; nil means UTC
}

// How often Watch looks.
const (
	watchAtLeast = time.Minute    // whatever the clock does meanwhile
	verifyEvery  = 24 * time.Hour // the whole audit log, and once at the start
	retryWatch   = 5 * time.Second
)

// Run watches until ctx ends. Doing it in several processes at once does no harm.
func (w *Watch) Run(ctx context.Context) error {
	changes := w.Store.Watch(ctx, data.ComponentsTable, data.IncidentsTable, data.OutagesTable, data.OccurrencesTable)
	timer := time.NewTimer(0)
	defer timer.Stop()
	var verified time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-changes:
			if !ok {
				return nil
			}
		case <-timer.C:
		}
		now := time.Now()
		wait, err := w.turn(ctx, now)
		if err == nil && (verified.IsZero() || now.Sub(verified) >= verifyEvery || now.Before(verified)) {
			if err = w.verify(ctx, now); err == nil {
				verified = now
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			w.Log.Error("the alarms about incidents stay as they were; it is tried again", "error", err)
			wait = retryWatch
		}
		timer.Reset(wait)
	}
}

// turn sets the alarms of outages and incidents, and returns how long they stay so.
func (w *Watch) turn(ctx context.Context, now time.Time) (time.Duration, error) {
	var silent, outages, places []data.Alarm
	var next time.Time
	err := w.Store.View(ctx, func(tx data.Tx) error {
		incidents, err := data.OpenIncidents(tx)
		if err != nil {
			return err
		}
		var soon time.Time
		silent, next = quiet(incidents, w.here(now))
		outages, soon, err = untold(tx, incidents, w.here(now))
		if err != nil {
			return err
		}
		next = first(next, soon)
		places, soon, err = mute(tx, w.here(now))
		next = first(next, soon)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("looking for what nobody told: %w", err)
	}
	err = w.Store.Update(ctx, func(tx data.Tx) error {
		return errors.Join(data.SetAlarms(tx, data.AlarmSilent, silent, now), data.SetAlarms(tx, data.AlarmUndeclared, outages, now), data.SetAlarms(tx, data.AlarmPlace, places, now))
	})
	wait := watchAtLeast
	if !next.IsZero() {
		wait = min(wait, max(0, next.Sub(now)))
	}
	return wait, err
}

// mute lists the places that do not report at now, or have lost their own network, and when the next one will be silent; zero
// means never.
func mute(tx data.Tx, now time.Time) (alarms []data.Alarm, next time.Time, err error) {
	for p, err := range tx.Places().Range("", "") {
		if err != nil {
			return nil, next, err
		}
		due := p.Seen.Add(silentAfter)
		switch {
		case !now.Before(due):
			alarms = append(alarms, data.Alarm{Subject: p.Name, Detail: fmt.Sprintf("%s last reported on %s.", p.Name, stamp(now, p.Seen))})
			continue
		case p.Lost != "":
			alarms = append(alarms, data.Alarm{Subject: p.Name, Detail: fmt.Sprintf("%s is blind: %s.", p.Name, strings.TrimSuffix(p.Lost, "."))})
		}
		next = first(next, due)
	}
	return alarms, next, nil
}

// quiet lists the incidents that are silent too long at now, and when the next one will be; zero means none.
func quiet(open []data.Incident, now time.Time) (alarms []data.Alarm, next time.Time) {
	for _, i := range open {
		since, silent := i.SilentSince(now)
		switch {
		case silent && i.NextUpdate.IsZero():
			alarms = append(alarms, data.Alarm{Subject: i.ID, Detail: fmt.Sprintf("%q: the last word is of %s.", i.Title, stamp(now, i.LastWord()))})
		case silent:
			alarms = append(alarms, data.Alarm{Subject: i.ID, Detail: fmt.Sprintf("%q: the next update was promised for %s.", i.Title, stamp(now, i.NextUpdate))})
		default:
			next = first(next, since)
		}
	}
	return alarms, next
}

// verify reads the whole audit log and the chain of settled months. What it finds wrong is an alarm and no error.
func (w *Watch) verify(ctx context.Context, now time.Time) error {
	var broken []data.Alarm
	for _, chain := range []struct {
		subject, name, way string
		check              func(data.Tx) (int, error)
	}{
		{"", "the audit log", "statusd audit verify", func(tx data.Tx) (int, error) { return data.VerifyAudit(tx) }},
		{"months", "the chain of settled months", "statusd month verify", months.Verify},
	} {
		err := w.Store.View(ctx, func(tx data.Tx) error { _, err := chain.check(tx); return err })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			w.Log.Error(chain.name+" does not verify: keep the file as it is, and run "+chain.way, "error", err)
			broken = append(broken, data.Alarm{Subject: chain.subject, Detail: "Found on " + stamp(w.here(now), now) + ": " + err.Error() + "."})
		}
	}
	return w.Store.Update(ctx, func(tx data.Tx) error { return data.SetAlarms(tx, data.AlarmAuditBroken, broken, now) })
}

// first is the earlier of two instants, of which zero means never.
func first(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// stamp writes an instant for operators on the clock that now is told by.
func stamp(now, t time.Time) string { return t.In(now.Location()).Format("2006-01-02 15:04 MST") }

// here is now on the clock that alarms are told in.
func (w *Watch) here(now time.Time) time.Time {
	if w.Zone == nil {
		return now.UTC()
	}
	return now.In(w.Zone)
}
