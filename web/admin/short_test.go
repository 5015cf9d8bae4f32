package admin

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/web/api"
)

// TestElapsed: lengths are exact, and short enough for a column.
func TestElapsed(t *testing.T) {
	for seconds, want := range map[int64]string{0: "none", 59: "59 s", 107: "1 min 47 s", 3600: "1 h", 5184: "1 h 26 min 24 s", 90061: "1 d 1 h 1 min 1 s"} {
		if got := elapsed(seconds); got != want {
			t.Errorf("elapsed(%d) is %q, want %q", seconds, got, want)
		}
	}
}

// TestDated: a deadline of today stands beside those of other days, and says that it is today's.
func TestDated(t *testing.T) {
	p := &Pages{API: &api.API{}}
	now := time.Now().UTC()
	for at, want := range map[time.Time]string{
		now: "today " + now.Format("15:04"), now.AddDate(1, 0, 0): now.AddDate(1, 0, 0).Format("2 Jan 2006 15:04"), {}: "",
	} {
		if got := p.dated(at).Text; got != want {
			t.Errorf("dated(%v) is %q, want %q", at, got, want)
		}
	}
}
