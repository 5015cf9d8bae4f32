package recur

import (
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/superoffice/statusd/data"
)

// hostile are rules that would take long to work out if nothing bounded them.
var hostile = []string{
	"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=29",
	"FREQ=DAILY;COUNT=1000;INTERVAL=1000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=1000", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1000",
	"FREQ=MONTHLY;INTERVAL=1000;BYMONTHDAY=31", "FREQ=WEEKLY;INTERVAL=1000;BYDAY=TU;BYMONTH=1", "FREQ=DAILY;INTERVAL=1000;BYDAY=MO;BYMONTH=2",
}

// counting counts how often a rule is asked for its next reading.
type counting struct {
	cron.Schedule
	asked *int
}

func (c counting) Next(t time.Time) time.Time {
	*c.asked++
	return c.Schedule.Next(t)
}

// TestWorkIsBounded counts the work that hostile rules cause: what Compile allocates, how often a schedule is asked, and over how
// many years rrule-go may look. Nothing is timed.
func TestWorkIsBounded(t *testing.T) { // alone: other tests would allocate beside it
	compiled := 0
	for _, text := range hostile {
		for _, anchor := range []string{"2000-01-03", "2026-01-02", "2199-12-31"} {
			rec := anchored(with(system, func(r *data.Recurrence) { r.Rule, r.Anchor = text, anchor }))
			var r Rule
			var err error
			if n := testing.AllocsPerRun(1, func() { r, err = Compile(rec) }); n > 50_000 {
				t.Errorf("Compile(%s from %s) allocates %.0f times", text, anchor, n)
			}
			if err != nil {
				continue
			}
			compiled++
			asked := 0
			if s, ok := r.sched.(rest); ok {
				for _, at := range []time.Time{r.first, r.first.AddDate(100, 0, 0), endOfYears} {
					if left := 9999 - (s.frame(at).Year() + cycles); left < 0 || left > lastYear-firstYear {
						t.Errorf("%s from %s: rrule-go may look over %d years", text, anchor, left)
					}
				}
			}
			r.sched = counting{r.sched, &asked}
			list := between(t, r, "2026-01-01", "2027-02-05")
			if asked > len(list)+1 {
				t.Errorf("%s from %s: asked %d times for %d windows", text, anchor, asked, len(list))
			}
			for _, at := range []time.Time{{}, time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC), endOfYears} {
				asked = 0
				if r.Next(at); asked > 40 {
					t.Errorf("%s from %s: asked %d times for the window after %s", text, anchor, asked, at)
				}
			}
		}
	}
	if compiled < 12 {
		t.Errorf("only %d rules compiled", compiled)
	}
	for _, text := range []string{"0 2 30 2 *", "* * * * *", "0 2 29 2 *", "0 2 31 2,4,6,9,11 *"} {
		rec := data.Recurrence{Zone: "Europe/Oslo", Cron: text, Anchor: "2026-01-01", Until: "06:00"}
		var err error
		if n := testing.AllocsPerRun(1, func() { _, err = Compile(rec) }); n > 1000 || err == nil {
			t.Errorf("Compile(%s) allocates %.0f times and says %v; want a fault", text, n, err)
		}
	}
}
