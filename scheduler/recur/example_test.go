package recur_test

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
)

// System maintenance (M1), and the two windows around a change of clocks.
func ExampleCompile() {
	rule, err := recur.Compile(data.Recurrence{
		Zone: "Europe/Oslo", Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", Anchor: "2026-01-02", Start: "00:00", Until: "06:00",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rule)
	show(rule, "2026-03-20", "2026-04-12")
	// Output:
	// every 14 days on Friday from 2026-01-02, 00:00 to 06:00 Europe/Oslo
	// 2026-03-27: 03-26 23:00Z to 03-27 05:00Z
	// 2026-04-10: 04-09 22:00Z to 04-10 04:00Z
}

// The Swedish page says "the month's third week" (A-4): pilot on the third Tuesday, the rest three days later, even where
// that is the fourth Friday.
func ExampleCompile_thirdTuesday() {
	rest, err := recur.Compile(data.Recurrence{
		Zone: "Europe/Oslo", Rule: "FREQ=MONTHLY;BYDAY=3TU", Anchor: "2026-01-20", Shift: 3, Start: "22:00", Until: "05:00",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rest)
	show(rest, "2026-04-01", "2026-06-01")
	// Output:
	// the third Tuesday of every month from 2026-01-20, then 3 days later, 22:00 to 05:00 the next day Europe/Oslo
	// 2026-04-24: 04-24 20:00Z to 04-25 03:00Z
	// 2026-05-22: 05-22 20:00Z to 05-23 03:00Z
}

// "CET +1" read as a fixed UTC+1 (A-1): no night is ever special. The sign in the zone's name is the other way round.
func ExampleCompile_fixedOffset() {
	rule, err := recur.Compile(data.Recurrence{
		Zone: "Etc/GMT-1", Rule: "FREQ=DAILY", Anchor: "2026-01-01", Start: "02:00", Length: 3 * time.Second,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(rule, "2026-03-28", "2026-03-31")
	// Output:
	// 2026-03-28: 03-28 01:00Z to 03-28 01:00Z
	// 2026-03-29: 03-29 01:00Z to 03-29 01:00Z
	// 2026-03-30: 03-30 01:00Z to 03-30 01:00Z
}

// Another zone is another word in the configuration: here clocks go forward by half an hour.
func ExampleCompile_otherZone() {
	rule, err := recur.Compile(data.Recurrence{
		Zone: "Australia/Lord_Howe", Rule: "FREQ=WEEKLY;BYDAY=SA", Anchor: "2026-01-03", Start: "20:00", Until: "06:00",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(rule, "2026-10-03", "2026-10-04")
	// Output:
	// 2026-10-03: 10-03 09:30Z to 10-03 19:00Z (clocks go forward during this window: it lasts 9 h 30 min instead of 10 h)
}

// A fault names the way out.
func ExampleCompile_fault() {
	_, err := recur.Compile(data.Recurrence{
		Zone: "Berlin", Rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", Anchor: "2026-01-01", Start: "00:00", Until: "06:00",
	})
	fmt.Println(err)
	// Output:
	// zone: zone "Berlin" is unknown: use a name such as Europe/Berlin
	// anchor: 2026-01-01 is a Thursday and no date of "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR": use Friday 2025-12-26 or Friday 2026-01-02
}

// The nightly recycle (M6) where 02:00 does not exist.
func ExampleRule_Next() {
	rule, err := recur.Compile(data.Recurrence{
		Zone: "Europe/Oslo", Rule: "FREQ=DAILY", Anchor: "2026-01-01", Start: "02:00", Length: 3 * time.Second,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	next, _ := rule.Next(time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC))
	fmt.Println(next.Window.Start.Format(time.RFC3339))
	fmt.Println(next.Clock)
	// Output:
	// 2026-03-29T01:00:00Z
	// the start 02:00 does not exist on this day, as clocks go forward: it runs at 03:00 CEST
}

func show(rule recur.Rule, from, to string) {
	list, err := rule.BetweenDates(from, to)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range list {
		const layout = "01-02 15:04Z"
		fmt.Printf("%s: %s to %s", o.Date, o.Window.Start.Format(layout), o.Window.End.Format(layout))
		if o.Clock != "" {
			fmt.Printf(" (%s)", o.Clock)
		}
		fmt.Println()
	}
}
