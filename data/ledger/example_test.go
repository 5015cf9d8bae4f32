package ledger_test

import (
	"fmt"
	"strings"

	"github.com/superoffice/statusd/data/ledger"
)

// A month from its facts alone: an outage that began before a window of which people had been told three days ahead.
func ExampleReadFacts() {
	facts, err := ledger.ReadFacts(strings.NewReader(`{
		"month": "2026-01", "zone": "Europe/Oslo", "target": "0.998",
		"outages": [{"start": "2026-01-15T23:30:00+01:00", "end": "2026-01-16T00:45:00+01:00"}],
		"maintenance": [{"start": "2026-01-16T00:00:00+01:00", "end": "2026-01-16T06:00:00+01:00", "announced": "2026-01-13T00:00:00+01:00"}]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	month, err := facts.Report(ledger.Selection{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("contract", month.Contract.Downtime, "s", month.Contract.Uptime, "%")
	fmt.Println("observed", month.Observed.Downtime, "s", month.Observed.Uptime, "%")
	// Output:
	// contract 1800 s 99.932795 %
	// observed 4500 s 99.831989 %
}
