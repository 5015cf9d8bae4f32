package wire_test

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
)

// TestEndOfAWindow: schedule and calendars end a window when it was completed, where that was early, and never at its start.
func TestEndOfAWindow(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 4, 9, 22, 0, 0, 0, time.UTC)
	end := start.Add(6 * time.Hour)
	for _, c := range []struct {
		name  string
		phase data.Phase
		ended time.Time
		want  time.Time
	}{
		{"to come", data.Scheduled, time.Time{}, end},
		{"under way", data.InProgress, time.Time{}, end},
		{"over, before that is written down", data.Completed, time.Time{}, end},
		{"over", data.Completed, end, end},
		{"completed early", data.Completed, start.Add(time.Hour), start.Add(time.Hour)},
		{"completed in its first second", data.Completed, start.Add(time.Millisecond), end},
	} {
		o := data.Occurrence{Window: data.Window{Start: start, End: end}, Phase: c.phase, Ended: c.ended}
		if got := wire.WindowOf(o).End; !got.Equal(c.want) {
			t.Errorf("%s: the schedule ends it at %s, want %s", c.name, got, c.want)
		}
		if got := wire.EventOf(o, "abcdefghijkl", "status.example").End; !got.Equal(c.want) {
			t.Errorf("%s: the event ends at %s, want %s", c.name, got, c.want)
		}
	}
}
