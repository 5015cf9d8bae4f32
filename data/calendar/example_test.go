package calendar_test

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/data/calendar"
)

// The schedule asks of a date whether anybody has a holiday, and who.
func ExampleSet_Holiday() {
	set, err := calendar.New([]string{"no", "se"}, []calendar.Change{{Date: calendar.On(2026, time.December, 24), Territory: "no"}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for d := calendar.On(2026, time.December, 23); d <= calendar.On(2026, time.December, 25); d++ {
		if h, ok := set.Holiday(d); ok {
			fmt.Println(h.Date, h.Territory, h.Name)
		} else {
			fmt.Println(d, "nobody")
		}
	}
	// Output:
	// 2026-12-23 nobody
	// 2026-12-24 no Company holiday
	// 2026-12-25 no Christmas Day
}

// A page says whether support is open, and until when a problem can be reported.
func ExampleCalendar() {
	set, err := calendar.New([]string{"no"}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	norway, err := set.Calendar("no")
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, time.April, 1, 17, 0, 0, 0, time.UTC) // the Wednesday before Easter
	open, next := norway.Open(calendar.Hours{}, now)
	last, _ := norway.ClaimBy(now)
	fmt.Println("open:", open, "until", next.In(norway.Location()).Format("Mon 2 Jan 15:04"))
	fmt.Println("report by", last, "handled by", norway.HandledBy(now))
	// Output:
	// open: false until Tue 7 Apr 08:00
	// report by 2026-04-13 handled by 2026-05-01
}
