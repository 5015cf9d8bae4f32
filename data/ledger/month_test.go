package ledger_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/superoffice/statusd/data/ledger"
)

func TestBoundsOslo(t *testing.T) {
	t.Parallel()
	oslo := at("2026-01-01 00:00").Location()
	for _, c := range []struct {
		month, from, to string
		minutes         int
	}{
		{"2026-01", "2025-12-31T23:00:00Z", "2026-01-31T23:00:00Z", 44640},
		{"2026-02", "2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z", 40320},
		{"2026-03", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", 44580},
		{"2026-04", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z", 43200},
		{"2026-10", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", 44700},
		{"2026-12", "2026-11-30T23:00:00Z", "2026-12-31T23:00:00Z", 44640},
		{"2028-02", "2028-01-31T23:00:00Z", "2028-02-29T23:00:00Z", 41760},
	} {
		from, to, err := ledger.Bounds(c.month, oslo)
		if err != nil {
			t.Fatal(err)
		}
		f, l := from.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339)
		if n := int(to.Sub(from).Minutes()); f != c.from || l != c.to || n != c.minutes {
			t.Errorf("Bounds(%s) = %s to %s, %d min; want %s to %s, %d min", c.month, f, l, n, c.from, c.to, c.minutes)
		}
	}
}

// Zones where clocks have changed at or around midnight, some of them on the first of a month.
var zones = []string{
	"UTC", "Europe/Oslo", "America/Asuncion", "America/Havana", "America/Sao_Paulo", "America/Santiago", "America/St_Johns",
	"Asia/Amman", "Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Pyongyang", "Asia/Tehran", "Africa/Cairo", "Africa/Casablanca",
	"Atlantic/Azores", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Africa/Monrovia",
}

// A month is the instants at which the clock shows it: its first second does, the one before does not.
func TestBoundsByTheClock(t *testing.T) {
	t.Parallel()
	for _, zone := range zones {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		var last time.Time
		for m := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC); m.Year() < 2040; m = m.AddDate(0, 1, 0) {
			month := m.Format("2006-01")
			from, to, err := ledger.Bounds(month, loc)
			if err != nil {
				t.Fatal(err)
			}
			first, before := from.In(loc).Format("2006-01"), from.Add(-time.Second).In(loc).Format("2006-01")
			if first != month || before >= month {
				t.Errorf("Bounds(%s) in %s begins at %s: the clock shows %s, a second before %s", month, zone, from, first, before)
			}
			if !last.IsZero() && !last.Equal(from) || !from.Before(to) {
				t.Errorf("Bounds(%s) in %s: %s to %s, after a month that ended at %s", month, zone, from, to, last)
			}
			last = to
		}
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	oslo := at("2026-01-01 00:00").Location()
	for _, c := range []struct {
		now  string
		n    int
		want []string
	}{
		{"2026-03-31T21:59:59Z", 3, []string{"2026-01", "2026-02", "2026-03"}},
		{"2026-03-31T22:00:00Z", 3, []string{"2026-02", "2026-03", "2026-04"}},
		{"2026-01-31T12:00:00Z", 2, []string{"2025-12", "2026-01"}},
		{"2026-01-31T12:00:00Z", 0, []string{}},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := ledger.Months(now, oslo, c.n); !reflect.DeepEqual(got, c.want) {
			t.Errorf("Months(%s, %d) = %v, want %v", c.now, c.n, got, c.want)
		}
	}
}
