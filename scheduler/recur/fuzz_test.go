package recur

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// FuzzCompile: whatever the text, Compile neither panics nor works without end, a fault is for people, and what compiles
// has a first window on or after its anchor and no more than 24 on a date.
func FuzzCompile(f *testing.F) {
	add := func(r data.Recurrence) {
		f.Add(r.Zone, r.Rule, r.Cron, r.Anchor, r.Start, r.Until, r.Days, int64(r.Length), r.Shift)
	}
	for _, r := range defaults {
		add(r)
	}
	for _, text := range []string{
		"TZ=0", "CRON_TZ=X", "TZ=", "CRON_TZ=Europe/Oslo", "TZ=Local 0 2 * * *", "@every 1s", "@every", "@reboot", "@", "* * * * *", "0 2 * * *",
		"0 * * * *", "0 2 30 2 *", "0 2 29 2 *", "0 2 8-14 * 5", ", , , , ,", "0 2 */31 * *", "-", "0 2 1-31/18446744073709551615 * *", "59/59 23 ? * ?",
	} {
		add(data.Recurrence{Zone: "Europe/Oslo", Cron: text, Anchor: "2026-01-01", Until: "06:00"})
	}
	for _, text := range []string{
		"FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;COUNT=1000;INTERVAL=1000",
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=29", "FREQ=MONTHLY;BYDAY=5FR;INTERVAL=12",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY;BYDAY=FR;BYSETPOS=53", "FREQ=WEEKLY;BYDAY=TU;BYMONTH=1,7", "FREQ=MONTHLY;BYMONTHDAY=31",
		"FREQ=YEARLY;BYMONTH=12;BYDAY=-5FR", "freq=weekly;", "FREQ=DAILY;;", "FREQ=MONTHLY;BYDAY=+-1FR", "FREQ=DAILY;WKST=", "=", ";",
	} {
		for _, anchor := range []string{"2026-01-02", "2000-02-29", "2199-12-31"} {
			add(with(system, func(r *data.Recurrence) { r.Rule, r.Anchor = text, anchor }))
		}
	}
	for _, zone := range []string{"Local", "", "Berlin", "../etc/passwd", "Europe/Oslo\x00", "Pacific/Apia", "Australia/Lord_Howe", "UTC+1", "GMT-0"} {
		add(with(recycle, fixed(zone)))
	}
	f.Fuzz(func(t *testing.T, zone, rule, cron, anchor, start, until string, days int, length int64, shift int) {
		rec := data.Recurrence{
			Zone: zone, Rule: rule, Cron: cron, Anchor: anchor, Start: start, Until: until,
			Days: days, Length: time.Duration(length), Shift: shift,
		}
		r, err := Compile(rec)
		if err != nil {
			checkFaults(t, err)
			return
		}
		first, ok := r.Next(time.Time{})
		if !ok {
			t.Fatalf("%+v compiles and has no window", rec)
		}
		if earliest := r.first.AddDate(0, 0, shift).Format(time.DateOnly); first.Date < earliest {
			t.Fatalf("%+v starts on %s, before %s", rec, first.Date, earliest)
		}
		if !first.Window.Start.Before(first.Window.End) {
			t.Fatalf("%+v: %v is empty", rec, first)
		}
		if list := r.occasions(dayOf(r.first)+int64(shift), dayOf(r.first)+int64(shift)+1); len(list) > maxPerDay {
			t.Fatalf("%+v: %d windows on its first date", rec, len(list))
		}
		if s := r.String(); s == "" || strings.ContainsAny(s, "\r\n") {
			t.Fatalf("%+v says %q", rec, s)
		}
		if again, err := Compile(rec); err != nil || again.String() != r.String() {
			t.Fatalf("%+v compiles once and then not: %v", rec, err)
		}
	})
}

func checkFaults(t *testing.T, err error) {
	t.Helper()
	faults := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		faults = joined.Unwrap()
	}
	for _, e := range faults {
		var fault *data.Error
		if !errors.As(e, &fault) || fault.Kind != data.KindInvalid || fault.Field == "" || fault.Message == "" {
			t.Fatalf("%v is no fault for people", e)
		}
		if len(fault.Message) > 1000 || strings.ContainsAny(fault.Message, "\r\n\x00") {
			t.Fatalf("a message of %d bytes, or with control characters: %.300q", len(fault.Message), fault.Message)
		}
	}
}
