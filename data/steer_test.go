package data_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestSteer goes through what people may do with a window of Fri 2026-01-16 00:00 to 06:00 in Oslo, whose deadline is Wed 23:00Z.
func TestSteer(t *testing.T) {
	const early, told, late, running, after = "2026-01-10 00:00", "2026-01-13 00:00", "2026-01-15 12:00", "2026-01-16 01:00", "2026-01-16 08:00"
	window := func(start, end string) data.Window {
		w := data.Window{}
		if start != "" {
			w.Start = at(t, start)
		}
		if end != "" {
			w.End = at(t, end)
		}
		return w
	}
	type doing func(data.Occurrence, data.Steering) (data.Occurrence, error)
	confirm := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { return o.Confirm(s) }
	cancel := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { return o.Cancel(s) }
	hold := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { return o.Hold(s) }
	release := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { return o.Release(s) }
	verify := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { return o.Verify(s) }
	complete := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { return o.Complete(s) }
	move := func(start, end string) doing {
		return func(o data.Occurrence, s data.Steering) (data.Occurrence, error) {
			return o.Move(window(start, end), s)
		}
	}
	extend := func(start, end string) doing {
		return func(o data.Occurrence, s data.Steering) (data.Occurrence, error) {
			return o.Extend(window(start, end), s)
		}
	}
	shorten := func(start, end string) doing {
		return func(o data.Occurrence, s data.Steering) (data.Occurrence, error) {
			return o.Shorten(window(start, end), s)
		}
	}
	short := func(do doing) doing {
		return func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { s.Short = true; return do(o, s) }
	}
	past := func(do doing) doing {
		return func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { s.Past = true; return do(o, s) }
	}
	standing := func(do doing) doing {
		return func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { o.Standing = true; return do(o, s) }
	}
	for _, tt := range []struct {
		name  string
		phase data.Phase
		now   string
		do    doing
		want  string // phase, start and end in UTC, "told" where it is news, "short"; or "! field: words of the error"
	}{
		{"confirm", data.Reserved, early, confirm, "scheduled 15 23:00 16 05:00"},
		{"confirm at the deadline", data.Reserved, "2026-01-14 23:00", confirm, "scheduled 15 23:00 16 05:00"},
		{"confirm a second after the deadline", data.Reserved, "2026-01-14 23:01", confirm, "! short_notice: people would learn of it 23 h 59 min before"},
		{"confirm late, as short notice", data.Lapsed, late, short(confirm), "scheduled 15 23:00 16 05:00 short"},
		{"confirm what began", data.Lapsed, running, short(confirm), "! the slot began"},
		{"confirm what is scheduled", data.Scheduled, early, confirm, "! only a reserved slot can be confirmed, and this window is scheduled: it takes place as it stands, unless you move, extend, shorten, hold or cancel it"},
		{"cancel before it was told", data.Scheduled, early, cancel, "cancelled 15 23:00 16 05:00"},
		{"cancel after it was told", data.Scheduled, told, cancel, "cancelled 15 23:00 16 05:00 told"},
		{"cancel a minute before", data.Scheduled, "2026-01-15 22:59", cancel, "cancelled 15 23:00 16 05:00 told"},
		{"cancel a slot", data.Reserved, told, cancel, "cancelled 15 23:00 16 05:00"},
		{"cancel while it runs", data.InProgress, running, cancel, "! the work is under way: complete"},
		{"cancel what is over", data.Completed, after, cancel, "! only what is still to come can be cancelled, and this window is completed: where it was used for longer, extend it afterwards; for work still to be done open another"},
		{"move later", data.Scheduled, told, move("2026-01-17 23:00", "2026-01-18 05:00"), "scheduled 17 23:00 18 05:00 told"},
		{"move a slot", data.Reserved, told, move("2026-01-17 23:00", "2026-01-18 05:00"), "reserved 17 23:00 18 05:00"},
		{"move what is held decides it", data.Held, told, move("2026-01-17 23:00", "2026-01-18 05:00"), "scheduled 17 23:00 18 05:00 told"},
		{"move to too soon", data.Scheduled, told, move("2026-01-13 20:00", "2026-01-13 22:00"), "! short_notice: people would learn of it 20 h before Tue 2026-01-13 21:00 CET, and 24 h are promised: choose a start from Wed 2026-01-14 01:00 CET"},
		{"move to too soon, as short notice", data.Scheduled, told, short(move("2026-01-13 20:00", "2026-01-13 22:00")), "scheduled 13 20:00 13 22:00 told short"},
		{"move into the past", data.Scheduled, told, move("2026-01-12 20:00", "2026-01-12 22:00"), "! start: Mon 2026-01-12 21:00 CET has passed"},
		{"move nowhere", data.Scheduled, told, move("2026-01-15 23:00", "2026-01-16 05:00"), "! start: that is the window it has already"},
		{"move to an end before its start", data.Scheduled, told, move("2026-01-17 23:00", "2026-01-17 20:00"), "! end: the window would end at Sat 2026-01-17 21:00 CET, which is not after its start at Sun 2026-01-18 00:00 CET: give a later end"},
		{"move to eight days", data.Scheduled, told, move("2026-01-17 23:00", "2026-01-25 23:01"), "! end: a window of"},
		{"move what lapsed", data.Lapsed, late, move("2026-01-17 23:00", "2026-01-18 05:00"), "! only what is still to come can be moved, and this window is lapsed: confirm it at short notice, or open"},
		{"move what was withdrawn", data.Withdrawn, late, move("2026-01-17 23:00", "2026-01-18 05:00"), "! only what is still to come can be moved, and this window is withdrawn: for work"},
		{"hold what is held", data.Held, told, hold, "! only a scheduled window can be put under review, and this window is held: release, move"},
		{"confirm what runs", data.InProgress, running, confirm, "! only a reserved slot can be confirmed, and this window is in progress: verify, complete, extend or shorten it"},
		{"confirm what is verified", data.Verifying, running, confirm, "! only a reserved slot can be confirmed, and this window is verifying: complete, extend or shorten it"},
		{"hold a slot", data.Reserved, told, hold, "! only a scheduled window can be put under review, and this window is reserved: confirm, move"},
		{"hold late what is over", data.Completed, after, hold, "! only a scheduled window can be put under review, and this window is completed: where"},
		{"release shortly before", data.Scheduled, late, release, "! only a window under review can be released, and this window is scheduled: it takes place as it stands, unless you move, extend, shorten or cancel it"},
		{"move by more than a year", data.Scheduled, told, move("2027-02-20 23:00", "2027-02-21 05:00"), "! start: Sun 2027-02-21 00:00 CET is 401 days from the window's own start at Fri 2026-01-16 00:00 CET: check the year"},
		{"move by 400 days", data.Scheduled, told, move("2027-02-19 23:00", "2027-02-20 05:00"), "scheduled 19 23:00 20 05:00 told"},
		{"extend what was over long ago", data.Completed, "2026-03-20 12:00", past(extend("", "2026-01-16 07:00")), "! start: Fri 2026-01-16 00:00 CET is 63 days ago: check the month"},
		{"move while it runs", data.InProgress, running, move("2026-01-17 23:00", "2026-01-18 05:00"), "! the work is under way and cannot be moved"},
		{"extend in time", data.Scheduled, told, extend("", "2026-01-16 07:00"), "scheduled 15 23:00 16 07:00 told"},
		{"extend to an end a day away, after the window's own deadline", data.Scheduled, "2026-01-15 05:00", extend("", "2026-01-16 07:00"), "scheduled 15 23:00 16 07:00 told"},
		{"extend too late", data.Scheduled, "2026-01-15 05:01", extend("", "2026-01-16 07:00"), "! short_notice: people would learn of it 23 h 59 min before Fri 2026-01-16 06:00"},
		{"extend while it runs", data.InProgress, running, short(extend("", "2026-01-16 07:00")), "in_progress 15 23:00 16 07:00 told short"},
		{"extend while it runs, to before", data.InProgress, running, short(extend("2026-01-15 22:00", "")), "! start: that makes time which has passed"},
		{"extend while it runs, to before, declared", data.InProgress, running, past(extend("2026-01-15 22:00", "")), "in_progress 15 22:00 16 05:00 told short declared"},
		{"extend what is over", data.Completed, after, extend("", "2026-01-16 07:00"), "! end: that makes time which has passed"},
		{"extend what is over, declared", data.Completed, after, past(extend("", "2026-01-16 07:00")), "completed 15 23:00 16 07:00 told short declared"},
		{"extend what is over into what is to come", data.Completed, after, past(extend("", "2026-01-16 09:00")), "! end: the window is over"},
		{"extend what a standing notice covers", data.InProgress, running, standing(extend("", "2026-01-16 07:00")), "! it is covered by a standing notice"},
		{"move what a standing notice covers", data.Scheduled, told, standing(move("2026-01-17 23:00", "2026-01-18 05:00")), "! it is covered by a standing notice"},
		{"extend what was cancelled", data.Cancelled, told, extend("", "2026-01-16 07:00"), "! it does not take place, so there is nothing to extend, and this window is cancelled: for work that has to be done all the same open another"},
		{"extend by nothing", data.Scheduled, told, extend("", "2026-01-16 04:00"), "! end: the window is Fri 2026-01-16 00:00 CET to Fri 2026-01-16 06:00 CET"},
		{"shorten", data.Scheduled, late, shorten("", "2026-01-16 04:00"), "scheduled 15 23:00 16 04:00 told"},
		{"shorten to a later start", data.Scheduled, late, shorten("2026-01-16 01:00", ""), "scheduled 16 01:00 16 05:00 told"},
		{"shorten while it runs", data.InProgress, running, shorten("", "2026-01-16 04:00"), "in_progress 15 23:00 16 04:00 told"},
		{"shorten while it runs, to before now", data.InProgress, running, shorten("", "2026-01-16 00:30"), "! end: that has passed: complete"},
		{"shorten to nothing", data.Scheduled, told, shorten("2026-01-16 05:00", ""), "! end: the window would end at"},
		{"shorten to more", data.Scheduled, told, shorten("", "2026-01-16 06:00"), "! end: the window is"},
		{"shorten what is over", data.Completed, after, shorten("", "2026-01-16 04:00"), "! it is over"},
		{"hold", data.Scheduled, told, hold, "held 15 23:00 16 05:00 told"},
		{"hold after the deadline", data.Scheduled, late, hold, "! it would have to be decided by"},
		{"release", data.Held, told, release, "scheduled 15 23:00 16 05:00 told"},
		{"release what is scheduled", data.Scheduled, told, release, "! only a window under review can be released, and this window is scheduled: it takes place as it stands, unless"},
		{"verify", data.InProgress, running, verify, "verifying 15 23:00 16 05:00"},
		{"verify what has not begun", data.Scheduled, told, verify, "! only work that is under way can be verified, and this window is scheduled: it takes place as it stands, unless"},
		{"complete", data.Verifying, running, complete, "completed 15 23:00 16 05:00 ended 16 01:00"},
		{"complete what is over", data.Completed, after, complete, "! only work that is under way"},
	} {
		o := datatest.Occurrence("system", at(t, "2026-01-15 23:00"))
		if o.Phase = tt.phase; o.CarriedOut() {
			o.Began = o.Window.Start
		}
		if o.Phase == data.Completed {
			o.Ended = o.Window.End
		}
		o.Known = o.Phase == data.Held // that it was to take place
		next, err := tt.do(o, data.Steering{By: "socket:root", Why: "the supplier is late", Now: at(t, tt.now)})
		got := ""
		if err != nil {
			var told *data.Error
			if !errors.As(err, &told) {
				t.Errorf("%s: %v is no error for people", tt.name, err)
			}
			got = "! " + err.Error()
		} else {
			const day = "02 15:04"
			got = string(next.Phase) + " " + next.Window.Start.Format(day) + " " + next.Window.End.Format(day)
			step := next.Steps[0]
			for _, mark := range []struct {
				is   bool
				word string
			}{
				{step.Told, "told"},
				{next.Short == "the supplier is late", "short"},
				{step.Past && next.Declared.Equal(at(t, tt.now)), "declared"},
				{next.Ended.Before(next.Window.End) && !next.Ended.IsZero(), "ended " + next.Ended.Format(day)},
			} {
				if mark.is {
					got += " " + mark.word
				}
			}
			if !next.Steered || step.By != "socket:root" || step.Why != "the supplier is late" || step.Phase != o.Phase || !step.Window.Equal(o.Window) || next.Revised != step.Revised {
				t.Errorf("%s: the step written down is %+v", tt.name, step)
			}
			if next.Key() != o.Key() {
				t.Errorf("%s: it has the name %s now", tt.name, next.Key())
			}
		}
		if strings.HasPrefix(tt.want, "!") && !strings.HasPrefix(got, tt.want) || !strings.HasPrefix(tt.want, "!") && got != tt.want {
			t.Errorf("%s: got %q\nwant %q", tt.name, got, tt.want)
		}
		if _, err := tt.do(o, data.Steering{By: "socket:root", Now: at(t, tt.now)}); err == nil {
			t.Errorf("%s: goes without a reason", tt.name)
		}
	}
}

// TestSpringLead is DOMAIN 6: 24 hours are elapsed time, also on the night in which clocks go forward.
func TestSpringLead(t *testing.T) {
	open := func(now string, short bool) (data.Occurrence, error) {
		return data.OpenOccurrence(data.Opening{
			Category: data.Critical, Zone: "Europe/Oslo",
			Window: data.Window{Start: at(t, "2026-03-29 18:00"), End: at(t, "2026-03-29 19:00")}, // 20:00 CEST
		}, data.Steering{By: "socket:root", Why: "the store must stay stable", Now: at(t, now), Short: short})
	}
	if o, err := open("2026-03-28 17:59", false); err != nil || o.Short != "" { // Sat 18:59 CET
		t.Errorf("saved 24 h 1 min before: %+v, %v", o, err)
	}
	_, err := open("2026-03-28 18:30", false) // Sat 19:30 CET
	if err == nil || !strings.Contains(err.Error(), "23 h 30 min") {
		t.Errorf("saved 23 h 30 min before: %v", err)
	}
	if o, err := open("2026-03-28 18:30", true); err != nil || o.Short != "the store must stay stable" {
		t.Errorf("saved as short notice: %+v, %v", o, err)
	}
}

func TestOpenOccurrence(t *testing.T) {
	now := at(t, "2026-04-15 13:00")
	r := data.Opening{Category: data.Emergency, Zone: "Europe/Oslo", Window: data.Window{End: at(t, "2026-04-15 14:00")}}
	s := data.Steering{By: "socket:root", Why: "a hole is being used", Now: now}
	o, err := data.OpenOccurrence(r, s)
	if err != nil {
		t.Fatal(err)
	}
	if o.Phase != data.Scheduled || !o.Window.Start.Equal(now) || o.Short != s.Why || o.Cohort != data.AllCustomers || o.Date != "2026-04-15" ||
		o.Expected != data.UsualInterruption || o.Revised != 0 || !o.OldWindow.Equal(data.Window{}) || len(o.Steps) != 1 || o.Steps[0].Told || !o.Declared.IsZero() {
		t.Errorf("an emergency from now on is %+v", o)
	}
	past := r
	past.Window.Start = at(t, "2026-04-15 11:00")
	for _, tt := range []struct {
		name   string
		change func(*data.Opening, *data.Steering)
		want   string // of the error
	}{
		{"no end", func(r *data.Opening, _ *data.Steering) { r.Window.End = time.Time{} }, "end: say when"},
		{"end before start", func(r *data.Opening, _ *data.Steering) { r.Window.End = now.Add(-time.Hour) }, "end: the window would end at Wed 2026-04-15 14:00 CEST, which is not after its start at Wed 2026-04-15 15:00 CEST: give"},
		{"unknown kind", func(r *data.Opening, _ *data.Steering) { r.Category = "party" }, "category:"},
		{"recycle", func(r *data.Opening, _ *data.Steering) { r.Category = data.Recycle }, "category:"},
		{"zone", func(r *data.Opening, _ *data.Steering) { r.Zone = "Oslo" }, "zone:"},
		{"expected too long", func(r *data.Opening, _ *data.Steering) { r.Expected = 2 * time.Hour }, "expected: an interruption of 2 h does not fit into a window of 1 h: shorten it"},
		{"a critical fix now", func(r *data.Opening, _ *data.Steering) { r.Category = data.Critical }, "short_notice:"},
		{"afterwards", func(r *data.Opening, _ *data.Steering) { *r = past }, "start: that makes time which has passed"},
		{"afterwards, long ago", func(r *data.Opening, s *data.Steering) {
			r.Window, s.Past = data.Window{Start: at(t, "2026-02-11 13:00"), End: at(t, "2026-02-11 14:00")}, true
		}, "start: Wed 2026-02-11 14:00 CET is 63 days ago: check the month and the year; at most 62 days ago"},
		{"no reason", func(_ *data.Opening, s *data.Steering) { s.Why = " " }, "reason:"},
	} {
		r, s := r, s
		tt.change(&r, &s)
		if _, err := data.OpenOccurrence(r, s); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	s.Past = true
	if o, err := data.OpenOccurrence(past, s); err != nil || !o.Declared.Equal(now) || !o.Steps[0].Past {
		t.Errorf("declared afterwards: %+v, %v", o, err)
	}
}

// TestSteerAtRandom lets people and time do anything to a window. Whatever comes of it, its pieces are its window, history is
// only added to, nothing is told twice, and time that people learn of too late is known to be short notice.
func TestSteerAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 3, 28, 19, 0, 0, 0, time.UTC)
		o := datatest.Occurrence("infrastructure", start)
		o.Phase = rapid.SampledFrom([]data.Phase{data.Reserved, data.Scheduled}).Draw(t, "phase")
		now := start.Add(-rapid.SampledFrom([]time.Duration{100, 73, 49, 25, 23}).Draw(t, "hours") * time.Hour)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(rapid.SampledFrom([]time.Duration{time.Minute, time.Hour, 5 * time.Hour, 25 * time.Hour}).Draw(t, "later"))
			if phase, _ := o.Due(now); phase != o.Phase {
				o.Phase = phase
				if o.CarriedOut() && o.Began.IsZero() {
					o.Began = o.Window.Start
				}
				if phase == data.Completed {
					o.Ended = o.Window.End
				}
			}
			shift := func(name string) time.Duration {
				return time.Duration(rapid.IntRange(-50, 50).Draw(t, name)) * time.Hour
			}
			w := data.Window{Start: o.Window.Start.Add(shift("start")), End: o.Window.End.Add(shift("end"))}
			s := data.Steering{
				By: "socket:root", Why: "because", Now: now, Short: rapid.Bool().Draw(t, "short"), Past: rapid.Bool().Draw(t, "past"),
			}
			acts := []func() (data.Occurrence, error){
				func() (data.Occurrence, error) { return o.Confirm(s) },
				func() (data.Occurrence, error) { return o.Cancel(s) },
				func() (data.Occurrence, error) { return o.Move(w, s) },
				func() (data.Occurrence, error) { return o.Extend(w, s) },
				func() (data.Occurrence, error) { return o.Shorten(w, s) },
				func() (data.Occurrence, error) { return o.Hold(s) },
				func() (data.Occurrence, error) { return o.Release(s) },
				func() (data.Occurrence, error) { return o.Verify(s) },
				func() (data.Occurrence, error) { return o.Complete(s) },
			}
			next, err := acts[rapid.IntRange(0, len(acts)-1).Draw(t, "act")]()
			if err != nil {
				continue
			}
			if err := next.Validate(); err != nil {
				t.Fatal(err)
			}
			told := o.Told(now)
			step := next.Steps[len(next.Steps)-1]
			if len(next.Steps) != len(o.Steps)+1 || next.Revised != o.Revised && next.Revised != o.Revised+1 || step.Told && !told {
				t.Fatalf("history: %+v becomes %+v", o, next)
			}
			certain := next.Phase == data.Scheduled || next.Phase == data.InProgress
			added, more := next.Window.Added(o.Window)
			if o.Phase == data.Reserved || o.Phase == data.Lapsed {
				added, more = next.Window.Start, true
			}
			if certain && more && now.After(added.Add(-24*time.Hour)) && next.Short == "" {
				t.Fatalf("at %s %s was added from %s on, and it is no short notice", now, step.Act, added)
			}
			if next.Short != "" && !now.After(next.Window.Start.Add(-24*time.Hour)) && certain {
				t.Fatalf("all of it is in time at %s, and it is short notice: %+v", now, next)
			}
			if step.Past != (next.Declared.Equal(now) && !now.IsZero()) {
				t.Fatalf("declared %s, past %t", next.Declared, step.Past)
			}
			at := next.Window.Start
			for _, p := range next.Parts() {
				if !p.Window.Start.Equal(at) || !p.Window.End.After(at) {
					t.Fatalf("pieces of %v: %v", next.Window, next.Parts())
				}
				at = p.Window.End
			}
			if !at.Equal(next.Window.End) {
				t.Fatalf("pieces of %v: %v", next.Window, next.Parts())
			}
			current := 0
			for _, b := range next.Owed(now) {
				if !b.Void {
					current++
				}
			}
			if current > 1 {
				t.Fatalf("%d bulletins tell of it at once: %+v", current, next.Owed(now))
			}
			o = next
		}
	})
}

// TestExtendWhatEndedEarly: what was not used of a window does not come back as announced time when more is declared (DESIGN 10).
func TestExtendWhatEndedEarly(t *testing.T) {
	o := datatest.Occurrence("system", at(t, "2026-01-15 23:00"))
	o.Phase, o.Began, o.Announced = data.InProgress, o.Window.Start, at(t, "2026-01-12 23:00")
	s := data.Steering{By: "socket:root", Why: "it was not over", Now: at(t, "2026-01-16 00:00")}
	o, err := o.Complete(s)
	if err != nil {
		t.Fatal(err)
	}
	s.Now = at(t, "2026-01-16 02:00")
	if _, err := o.Extend(data.Window{End: at(t, "2026-01-16 00:30")}, s); err == nil {
		t.Error("time that had passed became maintenance without being declared")
	}
	s.Past = true
	if o, err = o.Extend(data.Window{End: at(t, "2026-01-16 00:30")}, s); err != nil {
		t.Fatal(err)
	}
	parts := o.Parts()
	if len(parts) != 2 || !parts[0].Declared.IsZero() || !parts[0].Window.End.Equal(at(t, "2026-01-16 00:00")) ||
		!parts[1].Declared.Equal(s.Now) || !parts[1].Announced.IsZero() || !parts[1].Window.End.Equal(at(t, "2026-01-16 00:30")) {
		t.Errorf("pieces: %+v", parts)
	}
}

// TestKnown: time alone tells nobody of what was called off or put under review before its moment; what was told stays told
// wherever it is moved (N11).
func TestKnown(t *testing.T) {
	start := at(t, "2026-01-15 23:00")
	o := datatest.Occurrence("system", start)
	s := data.Steering{By: "socket:root", Why: "why", Now: start.Add(-100 * time.Hour)}
	near := start.Add(-60 * time.Hour)
	off, err := o.Cancel(s)
	if err != nil || off.Told(near) || off.Revised != 0 {
		t.Errorf("cancelled a hundred hours before: told %t, %+v, %v", off.Told(near), off, err)
	}
	held, err := o.Hold(s)
	if err != nil || held.Told(near) {
		t.Errorf("held a hundred hours before: told %t, %v", held.Told(near), err)
	}
	s.Now = near
	free, err := held.Release(s)
	if err != nil || free.Revised != 0 || free.Owed(near)[0].Void {
		t.Errorf("released before anybody knew, it is a plan like any other: %+v, %v", free, err)
	}
	far, err := o.Move(data.Window{Start: start.AddDate(0, 0, 30), End: start.AddDate(0, 0, 30).Add(6 * time.Hour)}, s)
	if err != nil || !far.Told(near) || !far.FirstStart().Equal(start) {
		t.Errorf("moved by a month after it was told: %+v, %v", far, err)
	}
	s.Now = near.Add(time.Hour)
	longer, err := far.Extend(data.Window{End: far.Window.End.Add(time.Hour)}, s)
	if err != nil || longer.Revised != 2 || !longer.FirstStart().Equal(start) || !longer.Told(s.Now) {
		t.Errorf("and extended: %+v, %v", longer, err)
	}
}
