package probes_test

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/probes"
)

// Three bad samples of the last five open an outage, from the first of them; two good ones close it, at the first.
func ExampleJudge() {
	judge := probes.NewJudge(time.Minute)
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, level := range []data.Level{
		data.Operational, data.MajorOutage, data.Operational, data.MajorOutage, data.MajorOutage, data.Operational, data.Operational,
	} {
		v := judge.Add(data.Sample{At: at, Level: level})
		fmt.Print(at.Format("15:04 "), level, ": ", v.Level)
		if !v.Opened.IsZero() {
			fmt.Print(", out since ", v.Opened.Format("15:04"))
		}
		if !v.Closed.IsZero() {
			fmt.Print(", over since ", v.Closed.Format("15:04"))
		}
		fmt.Println()
		at = at.Add(time.Minute)
	}
	// Output:
	// 12:00 operational: operational
	// 12:01 major_outage: operational
	// 12:02 operational: operational
	// 12:03 major_outage: operational
	// 12:04 major_outage: major_outage, out since 12:01
	// 12:05 operational: major_outage
	// 12:06 operational: operational, over since 12:05
}
