package data_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestSessionValid(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name          string
		created, seen time.Duration // before now
		want          bool
	}{
		{"new", 0, 0, true},
		{"used a minute ago", time.Hour, time.Minute, true},
		{"idle for 59 minutes", 2 * time.Hour, 59 * time.Minute, true},
		{"idle for an hour", 2 * time.Hour, time.Hour, false},
		{"in use for twelve hours", 12 * time.Hour, time.Second, false},
		{"clock set back a little", 0, -30 * time.Second, true},
		{"clock set back an hour", 0, -time.Hour, false},
	} {
		s := data.Session{Created: at.Add(-tc.created), Seen: at.Add(-tc.seen)}
		if got := s.Valid(at); got != tc.want {
			t.Errorf("%s: valid %t, want %t", tc.name, got, tc.want)
		}
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	a, hash := data.NewReference()
	if b, _ := data.NewReference(); a == b || hash != data.HashSecret(a) || !data.WellFormedReference(a) {
		t.Errorf("references %q and %q with hash %q", a, b, hash)
	}
	for _, s := range []string{"", "a", a[1:], a + "A", strings.Repeat("=", len(a)), a[:len(a)-1] + "\n", "undefined", "null"} {
		if data.WellFormedReference(s) {
			t.Errorf("%q passes for a reference", s)
		}
	}
}
