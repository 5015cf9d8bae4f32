package recur

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// TestFaults: every fault names the member that is wrong and the way out.
func TestFaults(t *testing.T) {
	t.Parallel()
	rule := func(text string) func(*data.Recurrence) { return func(r *data.Recurrence) { r.Rule = text } }
	zone := fixed
	anchor := func(text string) func(*data.Recurrence) { return func(r *data.Recurrence) { r.Anchor = text } }
	cron := func(text string) func(*data.Recurrence) {
		return func(r *data.Recurrence) { r.Rule, r.Start, r.Cron = "", "", text }
	}
	for _, c := range []struct {
		name   string
		change func(*data.Recurrence) // of the system rule
		field  string
		says   string
	}{
		{"no zone", zone(""), "zone", "use a name such as Europe/Berlin"},
		{"town", zone("Berlin"), "zone", `zone "Berlin" is unknown: use a name such as Europe/Berlin`},
		{"town of two words", zone("new_york"), "zone", "use a name such as America/New_York"},
		{"unknown", zone("Europe/Atlantis"), "zone", "use a name such as Europe/Berlin"},
		{"offset", zone("UTC+1"), "zone", "for a fixed UTC+1 use Etc/GMT-1"},
		{"CET +1", zone("CET+1"), "zone", "Europe/Oslo"},
		{"spelt with a space", zone("CET +1"), "zone", "is no zone name"},
		{"local", zone("Local"), "zone", "on every machine"},
		{"local in small", zone("local"), "zone", "on every machine"},
		{"path up", zone("../../etc/passwd"), "zone", "is no zone name"},
		{"absolute path", zone("/etc/localtime"), "zone", "is no zone name"},
		{"windows path", zone(`Europe\Oslo`), "zone", "is no zone name"},
		{"NUL", zone("Europe/Oslo\x00"), "zone", "is no zone name"},
		{"folder", zone("Europe"), "zone", "is unknown"},
		{"host's own", zone("localtime"), "zone", "depends on the machine"},
		{"leap seconds", zone("right/Europe/Oslo"), "zone", "depends on the machine"},
		{"long", zone(strings.Repeat("a/", 1000)), "zone", "is no zone name"},

		{"no anchor", anchor(""), "anchor", "set the first date"},
		{"no date", anchor("soon"), "anchor", "use YYYY-MM-DD"},
		{"impossible date", anchor("2026-02-30"), "anchor", "the last day of that month is 2026-02-28"},
		{"short date", anchor("2026-1-2"), "anchor", "use YYYY-MM-DD"},
		{"date with a time", anchor("2026-01-02T00:00"), "anchor", "use YYYY-MM-DD"},
		{"long ago", anchor("1026-01-02"), "anchor", "2000 to 2199"},
		{"far away", anchor("2926-01-02"), "anchor", "2000 to 2199"},
		{"wrong weekday", anchor("2026-01-01"), "anchor", "2026-01-01 is a Thursday and no date of \"FREQ=WEEKLY;INTERVAL=2;BYDAY=FR\": use Friday 2025-12-26 or Friday 2026-01-02"},
		{"wrong Friday", func(r *data.Recurrence) { r.Rule, r.Anchor = microsoft.Rule, "2026-01-16" }, "anchor", "use Friday 2026-01-09 or Friday 2026-02-13"},
		{"no leap day", func(r *data.Recurrence) { r.Rule, r.Anchor = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-03-01" }, "anchor", "use Thursday 2024-02-29 or Tuesday 2028-02-29"},
		{"cron's weekday", cron("0 2 * * 1"), "anchor", "use Monday 2025-12-29 or Monday 2026-01-05"},

		{"no start", func(r *data.Recurrence) { r.Start = "" }, "start", "such as 22:00"},
		{"hour alone", func(r *data.Recurrence) { r.Start = "6:00" }, "start", "such as 06:00"},
		{"24:00", func(r *data.Recurrence) { r.Start = "24:00" }, "start", "can only be an end"},
		{"25:00", func(r *data.Recurrence) { r.Start = "25:00" }, "start", "use HH:MM"},
		{"00:60", func(r *data.Recurrence) { r.Start = "00:60" }, "start", "use HH:MM"},
		{"sign", func(r *data.Recurrence) { r.Start = "+1:00" }, "start", "use HH:MM"},
		{"other digits", func(r *data.Recurrence) { r.Start = "٠٠:00" }, "start", "use HH:MM"},
		{"24:01", func(r *data.Recurrence) { r.Until = "24:01" }, "until", "use HH:MM"},
		{"no end", func(r *data.Recurrence) { r.Until = "" }, "until", "neither until nor length"},
		{"two ends", func(r *data.Recurrence) { r.Length = time.Hour }, "length", "keep one"},
		{"negative length", func(r *data.Recurrence) { r.Until, r.Length = "", -time.Second }, "length", "out of bounds"},
		{"fraction", func(r *data.Recurrence) { r.Until, r.Length = "", 1500*time.Millisecond }, "length", "whole seconds"},
		{"eight days", func(r *data.Recurrence) { r.Until, r.Length = "", 8*24*time.Hour }, "length", "to 168h0m0s"},
		{"length and days", func(r *data.Recurrence) { r.Until, r.Length, r.Days = "", time.Hour, 1 }, "days", "leave days out"},
		{"days", func(r *data.Recurrence) { r.Days = 7 }, "days", "use 0 to 6"},
		{"days back", func(r *data.Recurrence) { r.Days = -1 }, "days", "use 0 to 6"},
		{"shift", func(r *data.Recurrence) { r.Shift = 32 }, "shift", "use 0 to 31"},
		{"shift back", func(r *data.Recurrence) { r.Shift = -1 }, "shift", "use 0 to 31"},

		{"neither", rule(""), "rule", "neither rule nor cron"},
		{"both", func(r *data.Recurrence) { r.Cron, r.Start = "0 0 * * FRI", "" }, "cron", "keep one"},
		{"no FREQ", rule("INTERVAL=2"), "rule", "says no FREQ"},
		{"seconds", rule("FREQ=SECONDLY"), "rule", "use DAILY, WEEKLY, MONTHLY or YEARLY"},
		{"hours", rule("FREQ=HOURLY"), "rule", "for several windows a day use cron"},
		{"words", rule("every second Friday"), "rule", "on one line"},
		{"no value", rule("FREQ=DAILY;INTERVAL="), "rule", "is no part of a rule"},
		{"twice", rule("FREQ=DAILY;FREQ=WEEKLY"), "rule", "stands twice"},
		{"prefix", rule("RRULE:FREQ=DAILY"), "rule", "without a name before it"},
		{"with DTSTART", rule("DTSTART;TZID=Europe/Oslo:20260102T000000\nRRULE:FREQ=DAILY"), "rule", "on one line"},
		{"DTSTART inside", rule("FREQ=DAILY;DTSTART=20260102T000000"), "rule", "set anchor"},
		{"TZID inside", rule("FREQ=DAILY;TZID=Europe/Oslo"), "rule", "set zone"},
		{"unknown part", rule("FREQ=DAILY;BYMOON=FULL"), "rule", "there is no such part"},
		{"times", rule("FREQ=DAILY;BYHOUR=1,2,3"), "rule", "set start"},
		{"week numbers", rule("FREQ=YEARLY;BYWEEKNO=2,4;BYDAY=FR"), "rule", "53 weeks"},
		{"INTERVAL=0", rule("FREQ=DAILY;INTERVAL=0"), "rule", "from 1 to 1000"},
		{"INTERVAL below", rule("FREQ=DAILY;INTERVAL=-1"), "rule", "from 1 to 1000"},
		{"INTERVAL huge", rule("FREQ=DAILY;INTERVAL=99999999999999999999"), "rule", "from 1 to 1000"},
		{"COUNT=0", rule("FREQ=DAILY;COUNT=0"), "rule", "from 1 to 1000"},
		{"COUNT and UNTIL", rule("FREQ=DAILY;COUNT=3;UNTIL=20270101"), "rule", "keep one"},
		{"UNTIL instant", rule("FREQ=DAILY;UNTIL=20271231T235959Z"), "rule", "UNTIL=20271231"},
		{"UNTIL before", rule("FREQ=DAILY;UNTIL=20260101"), "rule", "before its anchor 2026-01-02"},
		{"WKST", rule("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=FR"), "rule", "weeks begin on Monday"},
		{"weekday", rule("FREQ=WEEKLY;BYDAY=FRI"), "rule", "use MO, TU"},
		{"weekday cut", rule("FREQ=WEEKLY;BYDAY=F"), "rule", "use MO, TU"},
		{"sixth Friday", rule("FREQ=MONTHLY;BYDAY=6FR"), "rule", "from 1 to 5"},
		{"zeroth Friday", rule("FREQ=MONTHLY;BYDAY=0FR"), "rule", "from 1 to 5"},
		{"counted in a week", rule("FREQ=WEEKLY;BYDAY=2FR"), "rule", "needs FREQ=MONTHLY"},
		{"counted in a year", rule("FREQ=YEARLY;BYDAY=2FR"), "rule", "BYMONTH beside FREQ=YEARLY"},
		{"both kinds", rule("FREQ=MONTHLY;BYDAY=2FR,MO"), "rule", "make it two rules"},
		{"month day 32", rule("FREQ=MONTHLY;BYMONTHDAY=32"), "rule", "1 to 31"},
		{"month 0", rule("FREQ=YEARLY;BYMONTH=0"), "rule", "1 to 12"},
		{"month 13", rule("FREQ=YEARLY;BYMONTH=-1"), "rule", "1 to 12"},
		{"month day in a week", rule("FREQ=WEEKLY;BYMONTHDAY=1"), "rule", "needs FREQ=MONTHLY or YEARLY"},
		{"position in a day", rule("FREQ=DAILY;BYSETPOS=1;BYDAY=FR"), "rule", "needs FREQ=MONTHLY or YEARLY"},
		{"position of nothing", rule("FREQ=MONTHLY;BYSETPOS=1"), "rule", "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"},
		{"30 February", rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "rule", "never falls on any date"},
		{"30 February, daily", rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "rule", "never falls on any date"},
		{"no such position", rule("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=6"), "rule", "never falls on any date"},
		{"day of anchor, short months", func(r *data.Recurrence) { r.Rule, r.Anchor = "FREQ=MONTHLY", "2026-01-31" }, "rule", "BYMONTHDAY=-1"},
		{"day of anchor, leap day", func(r *data.Recurrence) { r.Rule, r.Anchor = "FREQ=YEARLY", "2028-02-29" }, "rule", "BYMONTHDAY=-1"},
		{"too long", rule("FREQ=DAILY;BYMONTH=" + strings.Repeat("1,", 5000) + "1"), "rule", "too long"},

		{"cron zone", cron("TZ=Europe/Oslo 0 2 * * *"), "cron", "set zone"},
		{"cron zone that panics", cron("TZ=0"), "cron", "set zone"},
		{"cron zone that panics too", cron("CRON_TZ=X"), "cron", "set zone"},
		{"@every", cron("@every 1s"), "cron", "is a short form"},
		{"@reboot", cron("@reboot"), "cron", "is a short form"},
		{"@daily", cron("@daily"), "cron", "is a short form"},
		{"six fields", cron("0 0 2 * * *"), "cron", "has 6 fields"},
		{"nothing named", cron("0 , * * *"), "cron", "names nothing"},
		{"Sunday as 7", cron("0 2 * * 7"), "cron", "0 (Sunday) to 6"},
		{"both days", cron("0 2 8-14 * FRI"), "cron", "FREQ=MONTHLY;BYDAY=2FR"},
		{"both days, stepping", cron("0 2 */2 * FRI"), "cron", "match either"},
		{"every minute", cron("* * * * *"), "cron", "1440 times a day"},
		{"48 times a day", cron("*/30 * * * *"), "cron", "48 times a day"},
		{"cron never", cron("0 2 30 2 *"), "cron", "never falls on any date"},
		{"cron too long", cron(strings.Repeat("0,", 5000) + "0 2 * * *"), "cron", "too long"},
		{"cron newline", cron("0 2 * *\n*"), "cron", "no place there"},
		{"cron start", func(r *data.Recurrence) { r.Rule, r.Cron = "", "0 2 * * *" }, "start", "leave start out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rec := with(system, c.change)
			_, err := Compile(rec)
			var fault *data.Error
			if !errors.As(err, &fault) {
				t.Fatalf("Compile(%+v): got %v, want a *data.Error", rec, err)
			}
			if fault.Kind != data.KindInvalid || fault.Field != c.field || !strings.Contains(fault.Message, c.says) {
				t.Errorf("got %s: %s\nwant %s: …%s…", fault.Field, fault.Message, c.field, c.says)
			}
			if len(fault.Message) > 600 {
				t.Errorf("the message has %d bytes", len(fault.Message))
			}
			if _, joined := err.(interface{ Unwrap() []error }); joined {
				t.Errorf("one mistake gave several faults: %v", err)
			}
		})
	}
}

// TestSeveralFaults: all faults come at once, in the order of the members.
func TestSeveralFaults(t *testing.T) {
	t.Parallel()
	_, err := Compile(data.Recurrence{Zone: "Berlin", Rule: "FREQ=SECONDLY", Anchor: "2026-02-30", Start: "6:00", Shift: -1})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("got %v, want several faults", err)
	}
	var fields []string
	for _, e := range joined.Unwrap() {
		var fault *data.Error
		if !errors.As(e, &fault) {
			t.Fatalf("%v is no *data.Error", e)
		}
		fields = append(fields, fault.Field)
	}
	if got, want := strings.Join(fields, " "), "zone anchor start until shift rule"; got != want {
		t.Errorf("got faults in %s, want %s", got, want)
	}
}

// TestString: what people read.
func TestString(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rec  data.Recurrence
		want string
	}{
		{system, "every 14 days on Friday from 2026-01-02, 00:00 to 06:00 Europe/Oslo"},
		{pilot, "every 21 days on Tuesday from 2026-01-13, 22:00 to 05:00 the next day Europe/Oslo"},
		{restOfThem, "every 21 days on Tuesday from 2026-01-13, then 3 days later, 22:00 to 05:00 the next day Europe/Oslo"},
		{recycle, "every day from 2026-01-01, 02:00 for 3 s, clock of Europe/Oslo"},
		{microsoft, "the second Friday of every month from 2026-01-09, 00:00 to 06:00 Europe/Oslo"},
		{datacentre, "every Saturday from 2026-01-03, 20:00 to 06:00 the next day Europe/Oslo"},
		{with(system, func(r *data.Recurrence) { r.Until = "24:00" }), "every 14 days on Friday from 2026-01-02, 00:00 to 24:00 Europe/Oslo"},
		{with(system, func(r *data.Recurrence) { r.Until, r.Days = "24:00", 1 }), "every 14 days on Friday from 2026-01-02, 00:00 to 24:00 the next day Europe/Oslo"},
		{with(datacentre, func(r *data.Recurrence) { r.Days = 1 }), "every Saturday from 2026-01-03, 20:00 to 06:00 2 days later Europe/Oslo"},
		{with(system, func(r *data.Recurrence) { r.Rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR" }), "every 2 weeks on Tuesday and Friday from 2026-01-02, 00:00 to 06:00 Europe/Oslo"},
		{with(system, func(r *data.Recurrence) { r.Rule = "FREQ=DAILY;INTERVAL=21;UNTIL=20261231" }), "every 21 days from 2026-01-02 until 2026-12-31, 00:00 to 06:00 Europe/Oslo"},
		{with(system, func(r *data.Recurrence) { r.Rule = "freq=daily;count=3" }), "every day from 2026-01-02 until 2026-01-04, 00:00 to 06:00 Europe/Oslo"},
		{with(system, func(r *data.Recurrence) { r.Rule, r.Shift = "FREQ=MONTHLY", 1 }), "day 2 of every month from 2026-01-02, then one day later, 00:00 to 06:00 Europe/Oslo"},
		{with(system, func(r *data.Recurrence) { r.Rule, r.Anchor = "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "2026-01-31" }), "the last day of every 3 months from 2026-01-31, 00:00 to 06:00 Europe/Oslo"},
		{with(system, func(r *data.Recurrence) { r.Rule = "FREQ=YEARLY" }), "by rule FREQ=YEARLY from 2026-01-02, 00:00 to 06:00 Europe/Oslo"},
		{data.Recurrence{Zone: "Europe/Oslo", Cron: "0 2 * * *", Anchor: "2026-01-01", Until: "03:00"}, `by cron text "0 2 * * *" from 2026-01-01, to 03:00 Europe/Oslo`},
		{data.Recurrence{Zone: "Europe/Oslo", Cron: "0 2 * * *", Anchor: "2026-01-01", Until: "03:00", Days: 2}, `by cron text "0 2 * * *" from 2026-01-01, to 03:00 and 2 days more Europe/Oslo`},
	} {
		if got := compile(t, c.rec).String(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	if got := (Rule{}).String(); got != "never" {
		t.Errorf("the zero Rule says %q", got)
	}
}
