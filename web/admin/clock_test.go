package admin

import (
	"net/url"
	"testing"
	"time"
)

func oslo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestParseClock reads a clock across both of its changes.
func TestParseClock(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-29T01:59":    "2026-03-29T00:59:00Z",
		"2026-03-29T02:00":    "2026-03-29T01:00:00Z", // skipped, as if clocks had not moved
		"2026-03-29T02:30:15": "2026-03-29T01:30:15Z",
		"2026-03-29T03:00":    "2026-03-29T01:00:00Z",
		"2026-03-29T23:00":    "2026-03-29T21:00:00Z",
		"2026-10-25T01:59":    "2026-10-24T23:59:00Z",
		"2026-10-25T02:00":    "2026-10-25T00:00:00Z", // twice: the first
		"2026-10-25T02:30":    "2026-10-25T00:30:00Z",
		"2026-10-25T02:59:59": "2026-10-25T00:59:59Z",
		"2026-10-25T03:00":    "2026-10-25T02:00:00Z",
		"2026-07-01T12:00":    "2026-07-01T10:00:00Z",
	} {
		got, err := parseClock(text, oslo(t))
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s is %s, %v; want %s", text, got.UTC().Format(time.RFC3339), err, want)
		}
	}
	for _, text := range []string{"", "yesterday", "2026-02-30T01:00", "2026-01-01"} {
		if got, err := parseClock(text, oslo(t)); err == nil {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

// TestStarted: a time that was filled in keeps its instant, whatever the clock reads, until something else is chosen or typed; a
// form that comes back reads as before.
func TestStarted(t *testing.T) {
	second := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC) // the second 02:30
	type fields = map[string]string
	for name, tt := range map[string]struct {
		change fields
		ago    string
		at     time.Time
	}{
		"left alone":                    {fields{}, "", second},
		"without its seconds":           {fields{"started_at": "2026-10-25T02:30"}, "", second},
		"typed":                         {fields{"started_at": "2026-10-25T02:31"}, "", second.Add(-59 * time.Minute)},
		"typed, and a choice":           {fields{"started_at": "2026-10-25T03:31", "started": "5m"}, "", second.Add(61 * time.Minute)},
		"another choice":                {fields{"started": "10m"}, "10m", time.Time{}},
		"now":                           {fields{"started": ""}, "", time.Time{}},
		"typed on a form that had none": {fields{"started": "", "started_at": "2026-10-25T02:30", "started_was": "", "started_exact": ""}, "", second.Add(-time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			var f reportForm
			f.began(second, oslo(t))
			for round := range 2 {
				v := url.Values{"started": {f.Started}, "started_at": {f.StartedAt}, "started_was": {f.StartedWas}, "started_exact": {f.StartedExact}}
				if round == 0 {
					for k, s := range tt.change {
						v.Set(k, s)
					}
				}
				ago, at, err := startedOf(v, oslo(t))
				if err != nil || ago != tt.ago || !at.Equal(tt.at) {
					t.Errorf("round %d: %q, %s, %v; want %q, %s", round, ago, at, err, tt.ago, tt.at)
				}
				f = reportForm{}
				f.fillStarted(v)
			}
		})
	}
	for name, v := range map[string]url.Values{
		"emptied": {"started": {"exact"}, "started_at": {""}},
		"forged":  {"started": {"exact"}, "started_at": {"2026-10-25T02:30"}, "started_was": {"2026-10-25T02:30"}, "started_exact": {"x"}},
	} {
		if _, at, err := startedOf(v, oslo(t)); err == nil {
			t.Errorf("%s: %s", name, at)
		}
	}
	if !left(url.Values{"started_at": {"2026-10-25T02:30"}, "started_was": {"2026-10-25T02:30:00"}}) {
		t.Error("an amendment corrects a beginning that was left alone")
	}
}
