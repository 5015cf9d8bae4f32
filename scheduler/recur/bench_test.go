package recur

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

const benchFrom, benchTo = "2026-01-01", "2036-01-01"

// BenchmarkDefaultTenYears expands and lands ten years of the default schedule, against plain date arithmetic over the same
// rules in the same run (DESIGN.md 13: at most 8 times).
func BenchmarkDefaultTenYears(b *testing.B) {
	var rules []Rule
	for _, rec := range defaults {
		rules = append(rules, compile(b, rec))
	}
	var ours, floor time.Duration
	var windows, plain int
	for b.Loop() {
		began := time.Now()
		windows = 0
		for _, r := range rules {
			windows += len(between(b, r, benchFrom, benchTo))
		}
		between := time.Now()
		plain = plainTenYears(b)
		ours, floor = ours+between.Sub(began), floor+time.Since(between)
	}
	if windows != plain {
		b.Fatalf("%d windows against %d by plain arithmetic", windows, plain)
	}
	b.ReportMetric(float64(ours)/float64(floor), "x-floor")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "ns/ours")
	b.ReportMetric(float64(floor.Nanoseconds())/float64(b.N), "ns/floor")
}

// plainTenYears is the floor: dates and clock readings alone, in no zone.
func plainTenYears(b *testing.B) int {
	b.Helper()
	from, to := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	windows := 0
	steps := func(first time.Time, days int, start, length time.Duration) {
		var list []data.Window
		for d := first; d.Before(to); d = d.AddDate(0, 0, days) {
			list = append(list, data.Window{Start: d.Add(start), End: d.Add(start + length)})
		}
		windows += len(list)
	}
	steps(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), 14, 0, 6*time.Hour)
	steps(time.Date(2026, 1, 13, 0, 0, 0, 0, time.UTC), 21, 22*time.Hour, 7*time.Hour)
	steps(time.Date(2026, 1, 16, 0, 0, 0, 0, time.UTC), 21, 22*time.Hour, 7*time.Hour)
	steps(from, 1, 2*time.Hour, 3*time.Second)
	steps(time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC), 7, 20*time.Hour, 10*time.Hour)
	var list []data.Window
	for m := from; m.Before(to); m = m.AddDate(0, 1, 0) {
		d := m.AddDate(0, 0, int(time.Friday-m.Weekday()+7)%7+7)
		list = append(list, data.Window{Start: d, End: d.Add(6 * time.Hour)})
	}
	return windows + len(list)
}

// BenchmarkNext asks for the next window of a fortnightly rule.
func BenchmarkNext(b *testing.B) {
	r := compile(b, system)
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		r.Next(at)
	}
}
