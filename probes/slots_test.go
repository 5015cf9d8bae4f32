package probes

import (
	"slices"
	"testing"
	"time"

	"github.com/superoffice/statusd/data/datatest"
)

func TestSlots(t *testing.T) {
	t.Parallel()
	p := datatest.Probe("front", "crm")
	for _, every := range []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 7 * time.Minute, 24 * time.Hour} {
		p.Interval = every
		at := regular(p, zero)
		if !at.After(zero) || at.Sub(zero) > every || at.Nanosecond() != 0 {
			t.Errorf("every %s: the slot after %v is %v", every, zero, at)
		}
		if again := regular(p, at); again.Sub(at) != every {
			t.Errorf("every %s: the slot after %v is %v", every, at, again)
		}
	}
	p.Interval = time.Minute
	slot := regular(p, zero)
	for _, c := range []struct {
		name  string
		after time.Duration // when the run was over
		hurry bool
		want  time.Duration
	}{
		{"regular", time.Second, false, time.Minute},
		{"in a hurry", time.Second, true, 10 * time.Second},
		{"a long run in a hurry", 10500 * time.Millisecond, true, 11 * time.Second},
		{"a run beyond its slots", 150 * time.Second, false, 3 * time.Minute},
	} {
		if got := next(p, slot, slot.Add(c.after), c.hurry).Sub(slot); got != c.want {
			t.Errorf("%s: the next slot is %s later, want %s", c.name, got, c.want)
		}
	}
	// The regular slot after a hurried one may be near; it is left out then.
	if got := next(p, slot.Add(55*time.Second), slot.Add(56*time.Second), false).Sub(slot); got != 2*time.Minute {
		t.Errorf("five seconds before a regular slot the next is %s after the one before, want 2m", got)
	}
	if got := first(p, time.Time{}, zero).Sub(zero); got < time.Second || got > soon {
		t.Errorf("the first slot is %s after the start, want within ten seconds", got)
	}
	if got := first(p, zero.Add(time.Hour), zero); !got.After(zero.Add(time.Hour)) {
		t.Errorf("with a clock set back the first slot is %v, before the last one", got)
	}
	var spread []time.Duration
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		p.Name = name
		spread = append(spread, regular(p, zero).Sub(zero))
	}
	slices.Sort(spread)
	if n := len(slices.Compact(spread)); n < 5 {
		t.Errorf("eight probes share %d slots", n)
	}
}
