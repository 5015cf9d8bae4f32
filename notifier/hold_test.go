package notifier_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/notifier"
)

// restored is a store that was copied at now, restored an hour later, and released half an hour after that.
var restored = data.Hold{Copied: now, Restored: now.Add(time.Hour), Released: now.Add(90 * time.Minute)}

func TestBegin(t *testing.T) {
	at := func(b data.Bulletin, moment time.Duration) data.Bulletin {
		b.Moment = now.Add(moment)
		return b
	}
	done := planned()
	done.Kind = data.TellChanged
	story := func(made, undo time.Duration) data.Bulletin { // as the desk makes one: mail waits until it can no longer be undone
		return data.Bulletin{
			About: data.AboutIncident, Subject: "abcdefghijkl", Kind: data.TellIncident, Moment: now.Add(made + undo), Banner: now.Add(made),
		}
	}
	held := restored
	held.Released = time.Time{}
	for _, tt := range []struct {
		name string
		b    data.Bulletin
		hold data.Hold
		want data.Phase
	}{
		{"never restored", at(planned(), 0), data.Hold{}, data.NoticePlanned},
		{"schedule, before the restore", at(planned(), time.Minute), restored, data.NoticeUnknown},
		{"schedule, while held", at(planned(), 80*time.Minute), restored, data.NoticeUnknown},
		{"schedule, at the release", at(planned(), 90*time.Minute), restored, data.NoticePlanned},
		{"moved before the restore", at(done, time.Minute), restored, data.NoticeUnknown},
		{"moved while held", at(done, 80*time.Minute), restored, data.NoticePlanned},
		{"incident before the copy", story(-time.Hour, 0), restored, data.NoticeUnknown},
		{"incident just before the restore, mailed after it", story(58*time.Minute, 5*time.Minute), restored, data.NoticeUnknown},
		{"incident at the restore", story(60*time.Minute, 5*time.Minute), restored, data.NoticePlanned},
		{"incident while held", story(61*time.Minute, 5*time.Minute), restored, data.NoticePlanned},
		{"incident while held, mailed at once", story(61*time.Minute, 0), restored, data.NoticePlanned},
	} {
		got := notifier.Begin(tt.b, "s1", tt.hold, now.Add(2*time.Hour))
		if got.Phase != tt.want || got.Key() != data.KeyOfNotice(tt.b.Key(), "s1") {
			t.Errorf("%s: Begin = %+v, want it %s", tt.name, got, tt.want)
		}
		if tt.want == data.NoticeUnknown && (!got.Tried.Equal(restored.Copied) || !got.Next.Equal(restored.Released.Add(time.Minute))) {
			t.Errorf("%s: Begin = %+v, want the log searched from the copy on, a minute after the release", tt.name, got)
		}
	}
}

func TestTakeUp(t *testing.T) {
	early := now.Add(-time.Hour)
	for _, tt := range []struct {
		name  string
		n     data.Notice
		hold  data.Hold
		want  data.Phase
		tried time.Time
	}{
		{"never restored", data.Notice{Phase: data.NoticePlanned, Next: now}, data.Hold{}, data.NoticePlanned, time.Time{}},
		{"planned, due before", data.Notice{Phase: data.NoticePlanned, Next: now}, restored, data.NoticeUnknown, now},
		{"planned, due just before", data.Notice{Phase: data.NoticePlanned, Next: restored.Released.Add(-1)}, restored, data.NoticeUnknown, now},
		{"planned, due at the release", data.Notice{Phase: data.NoticePlanned, Next: restored.Released}, restored, data.NoticePlanned, time.Time{}},
		{"sending", data.Notice{Phase: data.NoticeSending, Next: now, Tried: early, Lease: now}, restored, data.NoticeUnknown, early},
		{"unknown", data.Notice{Phase: data.NoticeUnknown, Next: now, Tried: early, Lookups: 2}, restored, data.NoticeUnknown, early},
		{"settled", data.Notice{Phase: data.NoticeAccepted}, restored, data.NoticeAccepted, time.Time{}},
	} {
		got := notifier.TakeUp(tt.n, tt.hold)
		if got.Phase != tt.want || !got.Tried.Equal(tt.tried) {
			t.Errorf("%s: TakeUp = %+v, want it %s, tried %v", tt.name, got, tt.want, tt.tried)
		}
		if got.Phase == data.NoticeUnknown && (got.Lookups != 0 || !got.Lease.IsZero() || !got.Next.Equal(restored.Released.Add(time.Minute))) {
			t.Errorf("%s: TakeUp = %+v, want it to be looked up from the beginning, a minute after the release", tt.name, got)
		}
		if again := notifier.TakeUp(got, tt.hold); again != got {
			t.Errorf("%s: taken up twice it is %+v", tt.name, again)
		}
	}
}

func TestLookedUpAfter(t *testing.T) {
	down := errors.New("the log is down")
	fresh := data.Notice{Phase: data.NoticeUnknown, Tried: restored.Copied}
	attempted := fresh
	attempted.Attempts = 1
	incident := data.Bulletin{About: data.AboutIncident, Subject: "abcdefghijkl", Kind: data.TellIncident, Until: now.Add(24 * time.Hour)}
	late := datatest.Bulletin(now.Add(26 * time.Hour))
	for _, tt := range []struct {
		name  string
		n     data.Notice
		b     data.Bulletin
		found bool
		err   error
		after time.Duration // from the release
		want  data.Phase
		next  time.Duration // from the release
		twice bool
	}{
		{"found at once", fresh, planned(), true, nil, time.Second, data.NoticeAccepted, -1, false},
		{"not found yet", fresh, planned(), false, nil, time.Minute, data.NoticeUnknown, 5 * time.Minute, false},
		{"not found still", fresh, planned(), false, nil, 5 * time.Minute, data.NoticeUnknown, 35 * time.Minute, false},
		{"not found", fresh, planned(), false, nil, 35 * time.Minute, data.NoticePlanned, 35 * time.Minute, false},
		{"not found, first asked late", fresh, planned(), false, nil, 3 * time.Hour, data.NoticePlanned, 3 * time.Hour, false},
		{"not found, and it was tried", attempted, planned(), false, nil, time.Hour, data.NoticePlanned, time.Hour, true},
		{"log down, there is time", fresh, planned(), false, down, time.Hour, data.NoticeUnknown, 65 * time.Minute, false},
		{"log down, near the deadline", fresh, late, false, down, time.Minute, data.NoticeUnknown, 6 * time.Minute, false},
		{"log down, near the deadline, for too long", fresh, late, false, down, 35 * time.Minute, data.NoticePlanned, 35 * time.Minute, true},
		{"log down, incident", fresh, incident, false, down, 34 * time.Minute, data.NoticeUnknown, 35 * time.Minute, false},
		{"log down, incident, for too long", fresh, incident, false, down, 35 * time.Minute, data.NoticePlanned, 35 * time.Minute, true},
	} {
		at := restored.Released.Add(tt.after)
		got := notifier.LookedUpAfter(restored, tt.n, notifier.Receipt{ID: "r"}, tt.found, tt.err, tt.b, at)
		want := time.Time{}
		if tt.next >= 0 {
			want = restored.Released.Add(tt.next)
		}
		if got.Phase != tt.want || !got.Next.Equal(want) || got.Twice != tt.twice {
			t.Errorf("%s: LookedUpAfter = %+v; want %s, next %v, twice %t", tt.name, got, tt.want, want, tt.twice)
		}
		if got.Phase == data.NoticePlanned && notifier.TakeUp(got, restored).Phase != data.NoticePlanned {
			t.Errorf("%s: what was looked up is doubted again", tt.name)
		}
	}
	own := data.Notice{Phase: data.NoticeUnknown, Attempts: 1, Tried: restored.Released}
	got := notifier.LookedUpAfter(restored, own, notifier.Receipt{}, false, nil, planned(), restored.Released.Add(time.Minute))
	if want := notifier.LookedUp(own, notifier.Receipt{}, false, nil, planned(), restored.Released.Add(time.Minute)); got != want {
		t.Errorf("tried after the release: %+v, want as ever %+v", got, want)
	}
}

func TestHeldSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := open(t), &scripted{}
		prepare(t, s, 3, week("system"))
		put(t, s, func(tx data.Tx) error { _, err := data.HoldSending(tx, time.Now(), time.Now()); return err })
		n := newNotifier(s, sender)
		time.Sleep(96 * time.Hour)
		run(t, n, 2*time.Hour)
		if len(sender.sent) != 0 || len(notices(t, s)) != 0 || n.Ready() != nil {
			t.Fatalf("held: %d messages, %d notices, Ready %v; want nothing and a loop that turns", len(sender.sent), len(notices(t, s)), n.Ready())
		}
		alarm := func() (a data.Alarm) {
			put(t, s, func(tx data.Tx) (err error) { a, err = tx.Alarms().Get(data.AlarmKey("sending_held|")); return err })
			return a
		}
		if a := alarm(); !a.Stands() || !strings.Contains(a.Detail, "2000-01-01T00:00:00Z") {
			t.Errorf("alarm: %+v", a)
		}
		if _, err := notifier.FanOut(t.Context(), s, time.Now()); err == nil || !strings.Contains(err.Error(), "restore --release") {
			t.Errorf("FanOut while held = %v", err)
		}
		go func() { // in the middle of a turn's sleep
			time.Sleep(90 * time.Minute)
			put(t, s, func(tx data.Tx) error { _, err := data.ReleaseSending(tx, time.Now()); return err })
		}()
		run(t, n, 90*time.Minute+30*time.Minute)
		if len(sender.sent) != 0 || len(notices(t, s)) != 3 || alarm().Stands() {
			t.Fatalf("half an hour after the release: %d messages, %d notices, alarm %+v; want none, three, and none", len(sender.sent), len(notices(t, s)), alarm())
		}
		run(t, n, 6*time.Minute)
		if len(sender.sent) != 3 {
			t.Errorf("%d messages in the end, want three", len(sender.sent))
		}
		for _, n := range notices(t, s) {
			if n.Phase != data.NoticeAccepted || n.Twice {
				t.Errorf("notice %+v, want it accepted and not in doubt", n)
			}
		}
		put(t, s, func(tx data.Tx) error {
			if _, err := data.ReleaseSending(tx, time.Now()); err == nil || !strings.Contains(err.Error(), "nothing is held") {
				t.Errorf("released twice: %v", err)
			}
			return nil
		})
	})
}

// heldAlarms is how many alarms of a hold stand.
func heldAlarms(t *testing.T, s data.Store) (n int) {
	put(t, s, func(tx data.Tx) error {
		for a, err := range tx.Alarms().Range("sending_held|", "sending_held}") {
			if err != nil {
				return err
			}
			if a.Stands() {
				n++
			}
		}
		return nil
	})
	return n
}

// TestHeldWithoutMail holds and releases a store whose service sends no mail, while it runs and while it does not.
func TestHeldWithoutMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		hold := func() {
			put(t, s, func(tx data.Tx) error { _, err := data.HoldSending(tx, time.Now(), time.Now()); return err })
		}
		release := func() {
			put(t, s, func(tx data.Tx) error { _, err := data.ReleaseSending(tx, time.Now()); return err })
		}
		live(t, s, nil, time.Minute)
		if n := heldAlarms(t, s); n != 0 {
			t.Fatalf("never held: %d alarms", n)
		}
		hold()
		live(t, s, nil, time.Minute)
		if n := heldAlarms(t, s); n != 1 {
			t.Fatalf("held before the start: %d alarms", n)
		}
		release()
		live(t, s, nil, time.Minute)
		if n := heldAlarms(t, s); n != 0 {
			t.Fatalf("released before the start: %d alarms", n)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- newNotifier(s, nil).Run(ctx) }()
		time.Sleep(time.Minute)
		hold()
		time.Sleep(time.Minute)
		if n := heldAlarms(t, s); n != 1 {
			t.Errorf("held while it runs: %d alarms", n)
		}
		release()
		time.Sleep(time.Minute)
		if n := heldAlarms(t, s); n != 0 {
			t.Errorf("released while it runs: %d alarms", n)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestHeldIsNotLate reads the gauge by which operators are woken, while notices wait on purpose.
func TestHeldIsNotLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := atMoment(t, 3)
		put(t, s, func(tx data.Tx) error { _, err := data.HoldSending(tx, time.Now(), time.Now()); return err })
		registry := prometheus.NewRegistry()
		sender := &scripted{}
		n := notifier.New(notifier.Options{Store: s, Sender: sender, Domain: "status.example.com", Log: slog.New(slog.DiscardHandler), Registry: registry})
		run(t, n, time.Hour)
		want := "# HELP statusd_notifier_oldest_due_seconds How long ago the oldest notice that is not out should have been; 0 while a restored store is held.\n" +
			"# TYPE statusd_notifier_oldest_due_seconds gauge\nstatusd_notifier_oldest_due_seconds 0\n" +
			"# HELP statusd_notifier_waiting Notices that are not settled.\n# TYPE statusd_notifier_waiting gauge\nstatusd_notifier_waiting 3\n"
		if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "statusd_notifier_oldest_due_seconds", "statusd_notifier_waiting"); err != nil {
			t.Error(err)
		}
		if len(sender.sent) != 0 {
			t.Errorf("%d messages while held", len(sender.sent))
		}
	})
}

func TestHoldThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, sender := atMoment(t, 1), &scripted{}
		put(t, s, func(tx data.Tx) error {
			return tx.Settings().Put(data.Setting{Name: data.SettingSendingHeld, Value: "{}"})
		})
		live(t, s, sender, time.Hour)
		if len(sender.sent) != 0 {
			t.Errorf("%d messages, want none while nobody knows whether they may go", len(sender.sent))
		}
	})
}
