package notifier

import (
	"testing"
	"time"
)

func TestNextRound(t *testing.T) {
	for _, tt := range []struct {
		claimed int
		took    time.Duration
		want    int
	}{
		{16, 0, 64},
		{16, 10 * time.Millisecond, 64},
		{256, 50 * time.Millisecond, 500},
		{500, 100 * time.Millisecond, 500}, // 5,000 a second
		{500, 20 * time.Second, 125},
		{16, 40 * time.Second, 8},
		{0, 0, 8},
		{3, time.Nanosecond, 12},
	} {
		if got := nextRound(tt.claimed, tt.took); got != tt.want {
			t.Errorf("nextRound(%d, %v) = %d, want %d", tt.claimed, tt.took, got, tt.want)
		}
	}
}
