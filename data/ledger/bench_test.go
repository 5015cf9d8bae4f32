package ledger_test

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// A bad month as the default schedule would leave it: 31 recycles, the windows of all categories for both cohorts, forty
// outages, some gaps. The samples behind it, 30 seconds apart or one, are not there to be read.
func badMonth(b *testing.B) (f ledger.Facts, from, to time.Time) {
	from, to = at("2026-10-01 00:00"), at("2026-11-01 00:00")
	f = ledger.Facts{Month: "2026-10", Zone: "Europe/Oslo", Target: "0.998"}
	add := func(start time.Time, length, lead time.Duration, cohort string, phase data.Phase) {
		f.Maintenance = append(f.Maintenance, ledger.Maintenance{
			Start: start, End: start.Add(length), Announced: start.Add(-lead), Phase: phase, Cohort: cohort,
		})
	}
	for d := range 31 {
		day := from.AddDate(0, 0, d)
		add(day.Add(2*time.Hour), 3*time.Second, 24*time.Hour, "", data.Completed)
		switch {
		case day.Weekday() == time.Friday:
			add(day, 6*time.Hour, 72*time.Hour, "", data.Completed)
			add(day.Add(22*time.Hour), 7*time.Hour, 72*time.Hour, "rest", data.Completed)
		case day.Weekday() == time.Tuesday:
			add(day.Add(22*time.Hour), 7*time.Hour, 72*time.Hour, "pilot", data.Completed)
		case day.Weekday() == time.Saturday:
			add(day.Add(20*time.Hour), 10*time.Hour, 72*time.Hour, "", data.Lapsed)
		}
	}
	names, cohorts := []string{"crm-read", "crm-write", "login", "documents"}, []string{"", "pilot", "rest"}
	for i := range 40 {
		start := from.Add(time.Duration(i) * 18 * time.Hour)
		f.Outages = append(f.Outages, ledger.Outage{
			Start: start, End: start.Add(time.Duration(i) * time.Minute), Aware: start.Add(20 * time.Second),
			Component: names[i%len(names)], Cohort: cohorts[i%len(cohorts)], Cause: data.Causes[i%len(data.Causes)],
		})
	}
	for i := range 6 {
		start := from.Add(time.Duration(i) * 100 * time.Hour)
		f.Unobserved = append(f.Unobserved, ledger.Gap{Start: start, End: start.Add(time.Minute), Component: names[i%len(names)]})
	}
	if r, err := f.Report(ledger.Selection{}); err != nil || r.Contract.Downtime == 0 || r.Contract.Downtime == r.Strict.Downtime {
		b.Fatalf("the month tests nothing: %+v, %v", r, err)
	}
	return f, from, to
}

// BenchmarkMonth compares a month's figure with its floor, a plain loop over the same rows that only adds up lengths. The
// target of DESIGN.md 13 is 0.1 ms whatever the sampling rate; report is three policies with reading zone and target.
func BenchmarkMonth(b *testing.B) {
	f, from, to := badMonth(b)
	var floor, figure time.Duration
	var n int
	for b.Loop() {
		n++
		start := time.Now()
		var sum time.Duration
		for range 100 { // one pass is too short for the clock
			sum += plain(f, from, to)
		}
		floor += time.Since(start) / 100
		if sum == 0 {
			b.Fatal("no time at all")
		}
		start = time.Now()
		spans := f.Spans(from, to, ledger.Selection{})
		for _, p := range []ledger.Policy{ledger.Contract, ledger.Strict, ledger.Observed} {
			if ledger.Uptime(spans, p).Downtime == 0 {
				b.Fatal("no downtime")
			}
		}
		figure += time.Since(start)
	}
	b.ReportMetric(float64(figure.Nanoseconds())/float64(n), "ns/month")
	b.ReportMetric(float64(floor.Nanoseconds())/float64(n), "ns/floor")
	b.ReportMetric(float64(figure)/float64(floor), "x-floor")
}

func plain(f ledger.Facts, from, to time.Time) (sum time.Duration) {
	length := func(start, end time.Time) {
		if start.Before(from) {
			start = from
		}
		if end.After(to) {
			end = to
		}
		if start.Before(end) {
			sum += end.Sub(start)
		}
	}
	for _, o := range f.Outages {
		length(o.Start, o.End)
	}
	for _, m := range f.Maintenance {
		length(m.Start, m.End)
	}
	for _, g := range f.Unobserved {
		length(g.Start, g.End)
	}
	return sum
}

func BenchmarkUptime(b *testing.B) {
	f, from, to := badMonth(b)
	spans := f.Spans(from, to, ledger.Selection{})
	for b.Loop() {
		ledger.Uptime(spans, ledger.Contract)
	}
}

func BenchmarkReport(b *testing.B) {
	f, _, _ := badMonth(b)
	for b.Loop() {
		if _, err := f.Report(ledger.Selection{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDays(b *testing.B) {
	f, _, to := badMonth(b)
	for b.Loop() {
		ledger.Days(f.Rows, ledger.Selection{Component: "crm-read"}, to.Location(), to, 90)
	}
}
