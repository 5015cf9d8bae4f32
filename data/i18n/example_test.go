package i18n_test

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/data/i18n"
)

func ExampleT() {
	fmt.Println(i18n.T(i18n.NB, "ui.downtime", "duration", i18n.Duration(i18n.NB, 90*time.Minute)))
	// Output: nedetid 1 time 30 minutter
}

func ExampleWhen() {
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2026, time.March, 28, 19, 0, 0, 0, time.UTC)
	end := time.Date(2026, time.March, 29, 4, 0, 0, 0, time.UTC)
	fmt.Println(i18n.When(i18n.EN, start, end, oslo))
	fmt.Println(i18n.ClockChange(i18n.EN, start, end, oslo))
	// Output:
	// Saturday 28 March 2026 20:00 (CET, UTC+1) – Sunday 29 March 2026 06:00 (CEST, UTC+2)
	// Clocks go forward during this window; it lasts 9 hours.
}
