package data_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

func TestOwed(t *testing.T) {
	now := at(t, "2026-01-13 00:00")
	base := datatest.Occurrence("system", at(t, "2026-01-15 23:00"))
	for _, tt := range []struct {
		name   string
		change func(*data.Occurrence)
		want   string
	}{
		{"scheduled", nil, "planned/0"},
		{"standing", func(o *data.Occurrence) { o.Standing = true }, ""},
		{"reserved", func(o *data.Occurrence) { o.Phase = data.Reserved }, ""},
		{"lapsed", func(o *data.Occurrence) { o.Phase = data.Lapsed }, ""},
		{"moved after it was told", func(o *data.Occurrence) { o.Revised = 2 }, "planned/0 void changed/2"},
		{"held before it was told", func(o *data.Occurrence) { o.Phase = data.Held }, "planned/0 void"},
		{"held after it was told", func(o *data.Occurrence) { o.Phase = data.Held; o.Revised = 1 }, "planned/0 void changed/1"},
		{"cancelled before it was told", func(o *data.Occurrence) { o.Phase = data.Cancelled }, "planned/0 void"},
		{"cancelled after it was told", func(o *data.Occurrence) { o.Phase = data.Cancelled; o.Revised = 1 }, "planned/0 void cancelled/1"},
		{"completed", func(o *data.Occurrence) { o.Phase = data.Completed }, "planned/0"},
	} {
		o := base
		if tt.change != nil {
			tt.change(&o)
		}
		var words []string
		for _, b := range o.Owed(now) {
			words = append(words, string(b.Kind)+"/"+string(rune('0'+b.Version)))
			if b.Void {
				words = append(words, "void")
			}
		}
		if got := strings.Join(words, " "); got != tt.want {
			t.Errorf("%s: Owed = %q, want %q", tt.name, got, tt.want)
		}
	}
	b := base.Owed(now)[0]
	if b.Moment != base.Window.Start.Add(-72*time.Hour) || b.Banner != base.Window.Start.Add(-48*time.Hour) || b.Deadline != base.Window.Start.Add(-24*time.Hour) {
		t.Errorf("moments of %v: %v, %v, %v; want 72, 48 and 24 h before", base.Window.Start, b.Moment, b.Banner, b.Deadline)
	}
}

// TestOwedOfChange looks at what a change promises: the window's own deadline while there is time, else that of what was added.
func TestOwedOfChange(t *testing.T) {
	start := at(t, "2026-01-15 23:00")
	base := datatest.Occurrence("system", start)
	for _, tt := range []struct {
		name, now, until string // until is the new end
		deadline         string
		short            bool
	}{
		{"in time", "2026-01-13 12:00", "2026-01-16 07:00", "2026-01-14 23:00", false},
		{"later end, its own day before", "2026-01-15 00:00", "2026-01-16 07:00", "2026-01-15 05:00", false},
		{"later end, too late", "2026-01-15 12:00", "2026-01-16 07:00", "2026-01-15 05:00", true},
		{"earlier end promises nothing new", "2026-01-15 12:00", "2026-01-16 04:00", "", false},
	} {
		next := base
		next.Window.End = at(t, tt.until)
		o := base.Stepped(next, data.ActExtend, "socket:root", "why", at(t, tt.now))
		b := o.Owed(at(t, tt.now))[1]
		deadline := ""
		if !b.Deadline.IsZero() {
			deadline = b.Deadline.Format("2006-01-02 15:04")
		}
		if b.Kind != data.TellChanged || b.Version != 1 || deadline != tt.deadline || b.Short != tt.short {
			t.Errorf("%s: %+v; want the deadline %s, short %t", tt.name, b, tt.deadline, tt.short)
		}
	}
}

// TestPutOccurrence follows one window through its life: its bulletins and its marks are those of its newest version.
func TestPutOccurrence(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := at(t, "2026-01-13 00:00")
	steering := data.Steering{By: "socket:root", Why: "the supplier is late", Now: now}
	put := func(o data.Occurrence, err error) data.Occurrence {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Update(context.Background(), func(tx data.Tx) error {
			if err := tx.Components().Put(datatest.Component("crm-read")); err != nil {
				return err
			}
			return data.PutOccurrence(tx, o, now)
		}); err != nil {
			t.Fatal(err)
		}
		datatest.Invariants(t, s)
		return o
	}
	stand := func() string {
		var words []string
		if err := s.View(context.Background(), func(tx data.Tx) error {
			for b, err := range tx.Bulletins().Range("", "") {
				if err != nil {
					return err
				}
				if !b.Void {
					words = append(words, string(b.Kind)+"/"+string(rune('0'+b.Version)))
				}
			}
			for m, err := range tx.Marks().Range("", "") {
				if err != nil {
					return err
				}
				words = append(words, map[bool]string{false: "on", true: "off"}[m.Off]+" "+m.At.Format("15:04"))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(words, ", ")
	}
	o := put(datatest.Occurrence("system", at(t, "2026-01-15 23:00")), nil)
	for _, step := range []struct {
		name string
		do   func(data.Occurrence) (data.Occurrence, error)
		want string
	}{
		{"laid out", func(o data.Occurrence) (data.Occurrence, error) { return o, nil }, "planned/0"},
		{"held", func(o data.Occurrence) (data.Occurrence, error) { return o.Hold(steering) }, "changed/1"},
		{"released", func(o data.Occurrence) (data.Occurrence, error) { return o.Release(steering) }, "changed/2"},
		{"moved", func(o data.Occurrence) (data.Occurrence, error) {
			return o.Move(data.Window{Start: at(t, "2026-01-20 23:00"), End: at(t, "2026-01-21 05:00")}, steering)
		}, "changed/3"},
		{"begun", func(o data.Occurrence) (data.Occurrence, error) {
			o.Phase, o.Began = data.InProgress, o.Window.Start
			now = at(t, "2026-01-20 23:00")
			steering.Now = at(t, "2026-01-21 01:00")
			return o, nil
		}, "changed/3, on 23:00"},
		{"verified", func(o data.Occurrence) (data.Occurrence, error) { return o.Verify(steering) }, "changed/3, on 23:00"},
		{"completed", func(o data.Occurrence) (data.Occurrence, error) { return o.Complete(steering) }, "changed/3, on 23:00, off 01:00"},
	} {
		if o = put(step.do(o)); stand() != step.want {
			t.Fatalf("%s: %q, want %q", step.name, stand(), step.want)
		}
	}
}
