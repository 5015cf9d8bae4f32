package data_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// day is an instant of the day that the tables below live in.
func day(t testing.TB, clock string) time.Time {
	t.Helper()
	if clock == "" {
		return time.Time{}
	}
	at, err := time.Parse("2006-01-02 15:04:05", "2026-01-"+clock)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestOwes(t *testing.T) {
	t.Parallel()
	const (
		urgent = data.AlarmBlind
		calm   = data.AlarmNoticeRefused
		near   = data.AlarmNoticeAtRisk // urgent twelve hours before By
		weekly = data.AlarmCertificate  // urgent a day before By, else a reminder a week
	)
	for _, tt := range []struct {
		name               string
		kind               data.AlarmKind
		since, by, cleared string
		raise              int
		told               string // when the channel said last that it stands
		toldRaise          int
		toldUrgent, ended  bool
		now                string
		word               data.Word
		next               string
	}{
		{"urgent, within its grace", urgent, "10 12:00:00", "", "", 1, "", 0, false, false, "10 12:00:59", "", "10 12:01:00"},
		{"urgent, after its grace", urgent, "10 12:00:00", "", "", 1, "", 0, false, false, "10 12:01:00", data.SayRaised, ""},
		{"calm, within its grace", calm, "10 12:00:00", "", "", 1, "", 0, false, false, "10 12:09:59", "", "10 12:10:00"},
		{"calm, after its grace", calm, "10 12:00:00", "", "", 1, "", 0, false, false, "10 12:10:00", data.SayRaised, ""},
		{"gone before anybody was told", urgent, "10 12:00:00", "", "10 12:00:30", 1, "", 0, false, false, "10 12:30:00", "", ""},
		{"told, and stands", urgent, "10 12:00:00", "", "", 1, "10 12:01:00", 1, true, false, "10 16:00:59", "", "10 16:01:00"},
		{"a reminder of what is urgent", urgent, "10 12:00:00", "", "", 1, "10 12:01:00", 1, true, false, "10 16:01:00", data.SayReminder, ""},
		{"no reminder of what is calm yet", calm, "10 12:00:00", "", "", 1, "10 12:10:00", 1, false, false, "11 12:09:00", "", "11 12:10:00"},
		{"a reminder of what is calm", calm, "10 12:00:00", "", "", 1, "10 12:10:00", 1, false, false, "11 12:10:00", data.SayReminder, ""},
		{"its end, just now", urgent, "10 12:00:00", "", "10 13:00:00", 1, "10 12:01:00", 1, true, false, "10 13:00:00", "", "10 13:00:30"},
		{"its end", urgent, "10 12:00:00", "", "10 13:00:00", 1, "10 12:01:00", 1, true, false, "10 13:00:30", data.SayEnded, ""},
		{"its end was said", urgent, "10 12:00:00", "", "10 13:00:00", 1, "10 12:01:00", 1, true, true, "10 20:00:00", "", ""},
		{"back at once", urgent, "10 12:10:00", "", "", 2, "10 12:01:00", 1, true, true, "10 12:11:00", "", "10 12:31:00"},
		{"back at once, and stays", urgent, "10 12:10:00", "", "", 2, "10 12:01:00", 1, true, true, "10 12:31:00", data.SayRaised, ""},
		{"back after long", urgent, "10 15:00:00", "", "", 2, "10 12:01:00", 1, true, true, "10 15:01:00", data.SayRaised, ""},
		{"back before its end was said", urgent, "10 15:00:00", "", "", 2, "10 12:01:00", 1, true, false, "10 15:01:00", data.SayRaised, ""},
		{"back, and gone before it was told anew", urgent, "10 12:10:00", "", "10 12:20:00", 2, "10 12:01:00", 1, true, true, "10 12:31:00", "", ""},
		{"far from too late", near, "10 12:00:00", "11 12:00:00", "", 1, "", 0, false, false, "10 12:05:00", "", "10 12:10:00"},
		{"far from too late, after its grace", near, "10 12:00:00", "11 12:00:00", "", 1, "", 0, false, false, "10 12:10:00", data.SayRaised, ""},
		{"becomes urgent within the grace of calm", near, "10 12:00:00", "11 00:03:00", "", 1, "", 0, false, false, "10 12:02:00", "", "10 12:03:00"},
		{"became urgent within its grace", near, "10 12:00:00", "11 00:03:00", "", 1, "", 0, false, false, "10 12:03:00", data.SayRaised, ""},
		{"urgent from the beginning", near, "10 12:00:00", "10 20:00:00", "", 1, "", 0, false, false, "10 12:01:00", data.SayRaised, ""},
		{"will become urgent", near, "10 12:00:00", "11 12:00:00", "", 1, "10 12:10:00", 1, false, false, "10 23:00:00", "", "11 00:00:00"},
		{"has become urgent", near, "10 12:00:00", "11 12:00:00", "", 1, "10 12:10:00", 1, false, false, "11 00:00:00", data.SayUrgent, ""},
		{"said to be urgent", near, "10 12:00:00", "11 12:00:00", "", 1, "11 00:00:00", 1, true, false, "11 03:00:00", "", "11 04:00:00"},
		{"without By it is urgent", near, "10 12:00:00", "", "", 1, "", 0, false, false, "10 12:01:00", data.SayRaised, ""},
		{"a week until the reminder", weekly, "02 12:00:00", "23 12:00:00", "", 1, "02 12:10:00", 1, false, false, "08 12:00:00", "", "09 12:10:00"},
		{"the last day", weekly, "02 12:00:00", "23 12:00:00", "", 1, "16 12:10:00", 1, false, false, "22 12:00:00", data.SayUrgent, ""},
		{"raised before the clock was set back", urgent, "20 12:00:00", "", "", 1, "", 0, false, false, "10 12:00:00", data.SayRaised, ""},
		{"told before the clock was set back", urgent, "10 11:00:00", "", "", 1, "20 12:00:00", 1, true, false, "10 12:00:00", data.SayReminder, ""},
		{"told a moment ahead", urgent, "10 11:00:00", "", "", 1, "10 12:01:00", 1, true, false, "10 12:00:00", "", "10 16:01:00"},
		{"ended before the clock was set back", urgent, "10 12:00:00", "", "", 2, "20 12:00:00", 1, true, true, "10 12:01:00", data.SayRaised, ""},
	} {
		a := data.Alarm{Kind: tt.kind, Since: day(t, tt.since), By: day(t, tt.by), Cleared: day(t, tt.cleared), Raise: tt.raise}
		s := data.Said{At: day(t, tt.told), Raise: tt.toldRaise, Urgent: tt.toldUrgent, Ended: tt.ended}
		word, next := a.Owes(s, day(t, tt.now))
		if word != tt.word || !next.Equal(day(t, tt.next)) {
			t.Errorf("%s: %q, next %v; want %q, %v", tt.name, word, next, tt.word, day(t, tt.next))
		}
		if word == "" && !next.IsZero() {
			if early, _ := a.Owes(s, next.Add(-time.Second)); early != "" {
				t.Errorf("%s: %q is owed a second before its time", tt.name, early)
			}
			if then, _ := a.Owes(s, next); then == "" {
				t.Errorf("%s: nothing is owed at %v", tt.name, next)
			}
		}
	}
}

func TestSetAlarms(t *testing.T) {
	t.Parallel()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx := context.Background()
	revision := func() data.Revision {
		watching, stop := context.WithCancel(ctx)
		defer stop()
		return <-s.Watch(watching, data.AlarmsTable)
	}
	said := map[string]data.Said{"webhook": {At: day(t, "10 12:01:00"), Raise: 1}}
	// Each step says which subjects stand at an instant; the table is as "subject raise back since [cleared]" then.
	for _, step := range []struct{ at, stands, want string }{
		{"10 12:00:00", "a b a", "a 1 0 12:00, b 1 0 12:00"},
		{"10 12:05:00", "b a", "a 1 0 12:00, b 1 0 12:00"},
		{"10 12:10:00", "b c", "a 1 0 12:00 12:10, b 1 0 12:00, c 1 0 12:10"},
		{"10 12:20:00", "a b c", "a 2 1 12:20, b 1 0 12:00, c 1 0 12:10"},
		{"10 12:30:00", "b c", "a 2 1 12:20 12:30, b 1 0 12:00, c 1 0 12:10"},
		{"10 12:40:00", "a b c", "a 3 2 12:40, b 1 0 12:00, c 1 0 12:10"},
		{"10 12:50:00", "b c", "a 3 2 12:40 12:50, b 1 0 12:00, c 1 0 12:10"},
		{"10 13:20:00", "a b c", "a 4 0 13:20, b 1 0 12:00, c 1 0 12:10"},
		{"10 11:00:00", "a b c", "a 4 0 11:00, b 1 0 11:00, c 1 0 11:00"}, // the clock was set back
		{"10 11:10:00", "", "a 4 0 11:00 11:10, b 1 0 11:00 11:10, c 1 0 11:00 11:10"},
	} {
		now := day(t, step.at)
		var standing []data.Alarm
		for _, subject := range strings.Fields(step.stands) {
			standing = append(standing, data.Alarm{Subject: subject, Detail: "of " + subject, Since: day(t, "09 00:00:00"), Kind: data.AlarmBlind, Raise: 7})
		}
		set := func(tx data.Tx) error { return data.SetAlarms(tx, data.AlarmCertificate, standing, now) }
		if err := s.Update(ctx, set); err != nil {
			t.Fatal(err)
		}
		before := revision()
		if err := s.Update(ctx, set); err != nil {
			t.Fatal(err)
		}
		if after := revision(); after != before {
			t.Errorf("%s: saying the same again raised revision %d after %d", step.at, after, before)
		}
		var got []string
		err := s.Update(ctx, func(tx data.Tx) error {
			got = nil
			all, err := data.All(tx.Alarms().Range("", ""))
			for _, a := range all {
				text := fmt.Sprintf("%s %d %d %s", a.Subject, a.Raise, a.Back, a.Since.Format("15:04"))
				if !a.Stands() {
					text += a.Cleared.Format(" 15:04")
				}
				got = append(got, text)
				if a.Subject == "a" {
					if diff := cmp.Diff(said, a.Said); a.Said != nil && diff != "" {
						t.Errorf("%s: what was said was lost: %s", step.at, diff)
					}
					if first := day(t, "10 12:00:00"); (a.Back > 0) != a.First.Equal(first) {
						t.Errorf("%s: it came back %d times since %v", step.at, a.Back, a.First)
					}
					a.Said = said
					if err := tx.Alarms().Put(a); err != nil {
						return err
					}
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(got, ", "); text != step.want {
			t.Errorf("at %s %q stand:\n got %s\nwant %s", step.at, step.stands, text, step.want)
		}
	}
	if err := s.Update(ctx, func(tx data.Tx) error { return data.SetAlarms(tx, "invented", nil, time.Now()) }); err == nil {
		t.Error("an unknown kind was set")
	}
	datatest.Invariants(t, s)
}

func TestSilentSince(t *testing.T) {
	t.Parallel()
	word := func(clock string, internal bool) data.Update {
		return data.Update{Created: day(t, clock), At: day(t, "10 01:00:00"), Internal: internal}
	}
	for _, tt := range []struct {
		name   string
		phase  data.Phase
		level  data.Level
		hidden bool
		next   string
		words  []data.Update
		due    string
	}{
		{"an outage", data.Investigating, data.MajorOutage, false, "", []data.Update{word("10 12:00:00", false)}, "10 12:30:00"},
		{"a partial outage", data.Identified, data.PartialOutage, false, "", []data.Update{word("10 12:00:00", false)}, "10 12:30:00"},
		{"degraded", data.Investigating, data.Degraded, false, "", []data.Update{word("10 12:00:00", false)}, "10 13:00:00"},
		{"nothing is held", data.Investigating, data.Operational, false, "", []data.Update{word("10 12:00:00", false)}, "10 13:00:00"},
		{"being watched", data.Monitoring, data.MajorOutage, false, "", []data.Update{word("10 12:00:00", false)}, "10 16:00:00"},
		{"the last word counts", data.Investigating, data.MajorOutage, false, "", []data.Update{word("10 12:00:00", false), word("10 12:20:00", false)}, "10 12:50:00"},
		{"a note is no word", data.Investigating, data.MajorOutage, false, "", []data.Update{word("10 12:00:00", false), word("10 12:20:00", true)}, "10 12:30:00"},
		{"nothing but notes", data.Investigating, data.MajorOutage, false, "", []data.Update{word("10 12:00:00", true)}, "10 11:30:00"},
		{"promised soon", data.Investigating, data.Degraded, false, "10 12:10:00", []data.Update{word("10 12:00:00", false)}, "10 12:15:00"},
		{"promised late", data.Investigating, data.MajorOutage, false, "10 18:00:00", []data.Update{word("10 12:00:00", false)}, "10 18:05:00"},
		{"a draft", data.Investigating, data.MajorOutage, true, "", []data.Update{word("10 12:00:00", false)}, ""},
		{"over", data.Resolved, data.Operational, false, "", []data.Update{word("10 12:00:00", false)}, ""},
		{"reviewed", data.Postmortem, data.Operational, false, "10 12:10:00", []data.Update{word("10 12:00:00", false)}, ""},
	} {
		i := data.Incident{
			Phase: tt.phase, Hidden: tt.hidden, Created: day(t, "10 11:00:00"), NextUpdate: day(t, tt.next), Updates: tt.words,
			Affected: []data.Affected{{Component: "login", Level: tt.level}},
		}
		want := day(t, tt.due)
		for shift, silent := range map[time.Duration]bool{-time.Second: false, 0: true, time.Hour: true} {
			now := want.Add(shift)
			due, is := i.SilentSince(now)
			if !due.Equal(want) || is != (silent && !want.IsZero()) {
				t.Errorf("%s at %v: due %v, silent %t; want %v", tt.name, now, due, is, want)
			}
		}
	}
}
