package admin

import "testing"

// TestElapsed: lengths are exact, and short enough for a column.
func TestElapsed(t *testing.T) {
	for seconds, want := range map[int64]string{0: "none", 59: "59 s", 107: "1 min 47 s", 3600: "1 h", 5184: "1 h 26 min 24 s", 90061: "1 d 1 h 1 min 1 s"} {
		if got := elapsed(seconds); got != want {
			t.Errorf("elapsed(%d) is %q, want %q", seconds, got, want)
		}
	}
}
