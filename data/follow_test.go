package data_test

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// pair is an upgrade of Tuesday and the Friday that follows it (M3).
func pair(t testing.TB) (tuesday, friday data.Occurrence) {
	tuesday, friday = datatest.Occurrence("pilot", at(t, "2026-01-13 21:00")), datatest.Occurrence("rest", at(t, "2026-01-16 21:00"))
	tuesday.Cohort, friday.Cohort = "pilot", "rest"
	tuesday.Category, friday.Category = data.Application, data.Application
	friday.Follows = tuesday.Key()
	return tuesday, friday
}

func TestFollow(t *testing.T) {
	now := at(t, "2026-01-13 12:00")
	s := data.Steering{By: "socket:root", Why: "because", Now: now}
	keep := func(o data.Occurrence) (data.Occurrence, error) { return o, nil }
	release := func(o data.Occurrence) (data.Occurrence, error) {
		s := s
		s.Now = now.Add(time.Hour)
		held, err := o.Hold(s)
		if err != nil {
			return o, err
		}
		return held.Release(s)
	}
	for _, tt := range []struct {
		name   string
		leader func(data.Occurrence) (data.Occurrence, error)
		friday func(data.Occurrence) (data.Occurrence, error)
		now    string
		want   string // why it is held; empty means that it is not
	}{
		{"nothing went wrong", keep, keep, "2026-01-14 12:00", ""},
		{"cancelled", func(o data.Occurrence) (data.Occurrence, error) { return o.Cancel(s) }, keep, "2026-01-13 12:00", "was cancelled"},
		{"cancelled, and decided since", func(o data.Occurrence) (data.Occurrence, error) { return o.Cancel(s) }, release, "2026-01-13 14:00", ""},
		{"moved", func(o data.Occurrence) (data.Occurrence, error) {
			s.Short = true
			defer func() { s.Short = false }()
			return o.Move(data.Window{Start: at(t, "2026-01-14 21:00"), End: at(t, "2026-01-15 03:00")}, s)
		}, keep, "2026-01-13 12:00", "was moved"},
		{"extended is no reason", func(o data.Occurrence) (data.Occurrence, error) {
			s.Short = true
			defer func() { s.Short = false }()
			return o.Extend(data.Window{End: at(t, "2026-01-14 05:00")}, s)
		}, keep, "2026-01-13 12:00", ""},
		{"withdrawn", func(o data.Occurrence) (data.Occurrence, error) {
			gone := o
			gone.Phase = data.Withdrawn
			return o.Stepped(gone, data.ActWithdraw, "", "the plan no longer has it", now), nil
		}, keep, "2026-01-13 12:00", "is no longer planned"},
		{"ended with the service out", func(o data.Occurrence) (data.Occurrence, error) {
			o.Phase, o.Overran = data.Completed, o.Window.End
			return o, nil
		}, keep, "2026-01-14 06:00", "ended with the service still out"},
		{"after its own deadline it is left alone", func(o data.Occurrence) (data.Occurrence, error) { return o.Cancel(s) }, keep, "2026-01-15 21:00", ""},
		{
			"cancelled itself", func(o data.Occurrence) (data.Occurrence, error) { return o.Cancel(s) },
			func(o data.Occurrence) (data.Occurrence, error) { return o.Cancel(s) }, "2026-01-13 13:00", "",
		},
	} {
		tuesday, friday := pair(t)
		tuesday, err := tt.leader(tuesday)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if friday, err = tt.friday(friday); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		held, ok := data.Follow(friday, tuesday, at(t, tt.now))
		if ok != (tt.want != "") {
			t.Errorf("%s: held %t, want %q", tt.name, ok, tt.want)
			continue
		}
		if !ok {
			continue
		}
		if why := held.Steps[len(held.Steps)-1].Why; held.Phase != data.Held || why != "the application window of pilot on Tue 2026-01-13 "+tt.want {
			t.Errorf("%s: %s because %q", tt.name, held.Phase, why)
		}
		if _, again := data.Follow(held, tuesday, at(t, tt.now)); again {
			t.Errorf("%s: held twice", tt.name)
		}
	}
}
