package months

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// columns of the CSV (C4, C7). They are fixed: new ones are added at the end.
var columns = []string{
	"row", "month", "component", "cohort", "start", "end", "impact", "cause", "aware", "reported", "category", "phase", "announced", "declared_afterwards",
	"notice_seconds", "contract_seconds", "strict_seconds", "observed_seconds", "contract_percent", "strict_percent", "observed_percent", "met",
	"month_seconds", "allowance_seconds", "unobserved_seconds", "coverage_percent", "territory", "last_day", "handled_by", "reduction_percent",
	"revision", "settled", "hash", "state",
	"verdict", "settled_at", "revised_at", "shared_seconds", "number", "intervals", "reason", "maintenance", "known_at", "seconds",
}

// WriteCSV writes sheets as CSV (RFC 4180) with one header. Each row says in its first cell what it is: the month as a whole or of
// one component or cohort, an interval, an exclusion, a claim's last day, or a restatement; a stretch, which joins the intervals of
// those numbers and adds up with the others to the month, and what is uncounted of it. Percentages have six decimals.
// Instants are in UTC. Without strict its columns are empty. No cell is taken for a formula by a spreadsheet.
func WriteCSV(w io.Writer, strict bool, sheets ...Sheet) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(columns); err != nil {
		return err
	}
	for _, s := range sheets {
		for _, r := range s.rows() {
			if !strict {
				delete(r, "strict_seconds")
				delete(r, "strict_percent")
			}
			r["month"] = s.Month
			line := make([]string, len(columns))
			for i, c := range columns {
				line[i] = harmless(r[c])
			}
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// harmless puts an apostrophe before what a spreadsheet would take for a formula; numbers below zero are none.
func harmless(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n|%", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseInt(cell, 10, 64); err == nil && cell[0] == '-' {
		return cell
	}
	return "'" + cell
}

type row map[string]string

func (s Sheet) rows() []row {
	month := figures("month", s.Report)
	month["reduction_percent"], month["settled"], month["hash"] = s.Reduction, instant(s.Settled), s.Hash
	month["settled_at"], month["revised_at"] = instant(s.SettledAt), instant(s.RevisedAt)
	if s.Revision > 0 {
		month["revision"] = strconv.Itoa(s.Revision)
	}
	month["state"] = s.State()
	rows := []row{month}
	for _, kind := range []struct {
		name string
		of   []ledger.Report
	}{{"component", s.ByComponent}, {"cohort", s.ByCohort}} {
		for _, r := range kind.of {
			part := figures(kind.name, r)
			if r.NoData {
				part["state"] = StateNoData
			}
			rows = append(rows, part)
		}
	}
	for i, e := range s.Intervals {
		rows = append(rows, row{
			"row": "interval", "number": strconv.Itoa(i), "component": all(e.Component), "cohort": all(e.Cohort), "start": instant(e.Start), "end": instant(e.End),
			"impact": string(e.Impact), "cause": string(e.Cause), "aware": instant(e.Aware), "reported": instant(e.Reported),
			"contract_seconds": number(e.Contract), "strict_seconds": number(e.Strict), "observed_seconds": number(e.Observed),
		})
	}
	for i, x := range s.Exclusions {
		r := row{
			"row": "exclusion", "number": strconv.Itoa(i), "maintenance": x.ID, "shared_seconds": number(x.Shared), "component": all(strings.Join(x.Components, " ")), "cohort": all(x.Cohort), "start": instant(x.Start), "end": instant(x.End),
			"category": x.Category, "phase": string(x.Phase), "announced": instant(x.Announced), "declared_afterwards": instant(x.Declared),
			"contract_seconds": number(x.Contract), "strict_seconds": number(x.Strict),
		}
		if x.Notice != nil {
			r["notice_seconds"] = number(*x.Notice)
		}
		rows = append(rows, r)
	}
	for i, t := range s.Stretches {
		rows = append(rows, row{
			"row": "stretch", "number": strconv.Itoa(i), "component": all(strings.Join(t.Components, " ")), "cohort": all(strings.Join(t.Cohorts, " ")),
			"start": instant(t.Start), "end": instant(t.End), "intervals": strings.Trim(fmt.Sprint(t.Intervals), "[]"),
			"contract_seconds": number(t.Contract), "strict_seconds": number(t.Strict), "observed_seconds": number(t.Observed),
		})
		for _, u := range t.Uncounted {
			rows = append(rows, row{
				"row": "uncounted", "number": strconv.Itoa(i), "start": instant(u.Start), "end": instant(u.End), "seconds": number(u.Seconds), "reason": string(u.Reason),
				"maintenance": u.Maintenance, "known_at": instant(u.Known), "cause": string(u.Cause),
			})
		}
	}
	for _, c := range s.Claims {
		for _, d := range c.Days {
			rows = append(rows, row{
				"row": "claim", "component": all(c.Component), "cohort": all(c.Cohort), "start": instant(c.Start), "end": instant(d.Before),
				"territory": d.Territory, "last_day": d.Last.String(), "handled_by": d.Handled,
			})
		}
	}
	for _, r := range s.Restated {
		for i, f := range []Figures{r.Before, r.After} {
			line := figures("restated", ledger.Report{Component: s.Component, Cohort: s.Cohort, Contract: f.Contract, Strict: f.Strict, Observed: f.Observed})
			for _, c := range []string{"month_seconds", "allowance_seconds", "unobserved_seconds", "coverage_percent"} {
				delete(line, c)
			}
			line["settled"], line["revision"], line["state"] = instant(r.At), strconv.Itoa(r.Revision), [...]string{"before", "after"}[i]
			rows = append(rows, line)
		}
	}
	return rows
}

func figures(kind string, r ledger.Report) row {
	met := ""
	switch r.Contract.Verdict {
	case ledger.Met, ledger.NotMet:
		met = strconv.FormatBool(r.Contract.Met)
	case ledger.Uncertain, ledger.NoVerdict, ledger.Withheld: // nobody knows
	}
	return row{
		"row": kind, "component": all(r.Component), "cohort": all(r.Cohort),
		"contract_seconds": number(r.Contract.Downtime), "strict_seconds": number(r.Strict.Downtime), "observed_seconds": number(r.Observed.Downtime),
		"contract_percent": r.Contract.Uptime, "strict_percent": r.Strict.Uptime, "observed_percent": r.Observed.Uptime, "met": met, "verdict": string(r.Contract.Verdict),
		"month_seconds": number(r.Seconds), "allowance_seconds": number(r.Allowance), "unobserved_seconds": number(r.Unobserved), "coverage_percent": r.Coverage,
	}
}

func all(name string) string {
	if name == "" {
		return data.AllCustomers
	}
	return name
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
