package months

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// Year is the months of a calendar year. There is no percentage of a year: the contract is about months, and a mean of
// percentages is none of anything.
type Year struct {
	Year     string  `json:"year"`
	Zone     string  `json:"zone"`
	Contract int64   `json:"contract_downtime_seconds"`
	Strict   int64   `json:"strict_downtime_seconds"`
	Observed int64   `json:"observed_downtime_seconds"`
	Over     int     `json:"months_over" doc:"Months that are over and of which it is known whether the contract's target was met."`
	Met      int     `json:"months_met" doc:"Those of them in which it was."`
	Unknown  int     `json:"months_unknown" doc:"Months that are over and were watched too little to know."`
	NoData   int     `json:"months_no_data" doc:"Months of which nobody watched anything."`
	Withheld int     `json:"months_withheld" doc:"Months whose record was changed after they were settled."`
	SoFar    bool    `json:"so_far,omitempty" doc:"The last month still runs."`
	Months   []Sheet `json:"months"`
}

// YearOf sums up the sheets of a year's months, oldest first. A month without data, or that is withheld, adds no
// downtime.
func YearOf(year, zone string, sheets []Sheet) Year {
	y := Year{Year: year, Zone: zone, Months: sheets}
	if sheets == nil {
		y.Months = []Sheet{}
	}
	for _, s := range sheets {
		y.SoFar = y.SoFar || s.SoFar
		switch s.Contract.Verdict {
		case ledger.NoVerdict:
			y.NoData++
			continue
		case ledger.Withheld:
			y.Withheld++
			continue
		}
		y.Contract += s.Contract.Downtime
		y.Strict += s.Strict.Downtime
		y.Observed += s.Observed.Downtime
		switch {
		case s.SoFar:
		case s.Contract.Verdict == ledger.Uncertain:
			y.Unknown++
		case s.Contract.Verdict == ledger.Met:
			y.Met++
			fallthrough
		default:
			y.Over++
		}
	}
	return y
}

// ParseYear reads a year as an address has it: four digits, 1970 to 2999.
func ParseYear(text string) (int, error) {
	if len(text) == 4 {
		if t, err := time.Parse("2006", text); err == nil && t.Year() >= 1970 && t.Year() <= 2999 {
			return t.Year(), nil
		}
	}
	if len(text) > 60 {
		text = text[:60]
	}
	return 0, data.Invalid("year", fmt.Sprintf("%q is no year: write it as 2026 (1970 to 2999)", text))
}
