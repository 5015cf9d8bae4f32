package data_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestOperatorCalled(t *testing.T) {
	t.Parallel()
	const id = "abcdefgh2345"
	for _, tc := range []struct {
		name, by string
		want     bool
	}{
		{"kari", "kari", true},
		{"kari", "Kari", true},
		{"kari (" + id + ")", "kari", true},
		{"kari (" + id + ")", "kari (" + id + ")", true},
		{"kari (other)", "kari", false},
		{"kari", "kari (" + id + ")", false},
		{"kari", "kar", false},
		{"kari", "", false},
	} {
		if got := (data.Operator{ID: id, Name: tc.name}).Called(tc.by); got != tc.want {
			t.Errorf("%q called %q: %t", tc.name, tc.by, got)
		}
	}
}

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
