package api_test

import (
	"testing"

	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/api"
)

// TestAllowance: what is left of the downtime that a target allows, or how much too much there was.
func TestAllowance(t *testing.T) {
	for want, r := range map[string]ledger.Report{
		"Allowed: 1 hour; left: 59 minutes.":     {Allowance: 3600, Contract: ledger.Result{Downtime: 60, Verdict: ledger.Met}},
		"Allowed: 1 hour; exceeded by 1 minute.": {Allowance: 3600, Contract: ledger.Result{Downtime: 3660, Verdict: ledger.NotMet}},
		"Allowed: 1 hour; left: 0 seconds.":      {Allowance: 3600, Contract: ledger.Result{Downtime: 3600, Verdict: ledger.Met}},
		"Allowed: 1 hour.":                       {Allowance: 3600, NoData: true, Contract: ledger.Result{Verdict: ledger.NoVerdict}},
	} {
		if got := api.Allowance(r); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}

// TestLength: from an hour on, seconds are written as well where there are any.
func TestLength(t *testing.T) {
	for seconds, want := range map[int64]string{0: "0 seconds", 59: "59 seconds", 3599: "59 minutes 59 seconds", 3600: "1 hour", 12178: "3 hours 22 minutes 58 seconds"} {
		if got := api.Length(seconds); got != want {
			t.Errorf("%d: %q, want %q", seconds, got, want)
		}
	}
}
