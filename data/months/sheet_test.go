package months_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

func sheetOf(t *testing.T, facts string, sel ledger.Selection) months.Sheet {
	t.Helper()
	f, err := ledger.ReadFacts(strings.NewReader(facts))
	if err != nil {
		t.Fatal(err)
	}
	set, err := calendar.New([]string{"no", "se"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := months.Kept{Statement: months.Statement{Facts: f}}.Sheet(months.View{
		Selection: sel, Components: []string{"a", "hush"}, Cohorts: []string{"pilot", "rest"}, Territories: set.Calendars(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSheet takes January apart: overlapping outages, one into a window for both cohorts, one of somebody else's, one that was slow.
func TestSheet(t *testing.T) {
	const facts = `{"month":"2026-01","zone":"Europe/Oslo","target":"0.998","outages":[
		{"start":"2026-01-15T22:30:00Z","end":"2026-01-15T23:45:00Z","component":"a"},
		{"start":"2026-01-15T22:45:00Z","end":"2026-01-15T23:00:00Z","component":"hush","cohort":"pilot"},
		{"start":"2026-01-20T08:00:00Z","end":"2026-01-20T09:00:00Z","component":"a","cause":"internet","reported":"2026-01-21T00:00:00Z"},
		{"start":"2026-01-21T08:00:00Z","end":"2026-01-21T09:00:00Z","component":"a","impact":"degraded"},
		{"start":"2025-12-31T20:00:00Z","end":"2026-01-01T00:00:00Z","component":"a","cohort":"rest"}],
		"maintenance":[
		{"start":"2026-01-15T23:00:00Z","end":"2026-01-16T05:00:00Z","announced":"2026-01-12T23:00:00Z","cohort":"pilot","category":"system"},
		{"start":"2026-01-15T23:00:00Z","end":"2026-01-16T05:00:00Z","announced":"2026-01-15T22:00:00Z","cohort":"rest","components":["a","hush"]},
		{"start":"2026-01-17T23:00:00Z","end":"2026-01-18T05:00:00Z","phase":"cancelled"}],"unobserved":[]}`
	s := sheetOf(t, facts, ledger.Selection{})
	var contract, strict, observed []int64
	for _, e := range s.Intervals {
		contract, strict, observed = append(contract, e.Contract), append(strict, e.Strict), append(observed, e.Observed)
	}
	if want := []int64{1800, 900, 0, 0, 3600}; !slices.Equal(contract, want) || !slices.Equal(strict, []int64{4500, 900, 0, 0, 3600}) || !slices.Equal(observed, []int64{4500, 900, 3600, 0, 3600}) {
		t.Errorf("the outages count %v, %v, %v", contract, strict, observed)
	}
	if s.Contract.Downtime != 1800+3600 {
		t.Errorf("together %d: what overlaps counts once", s.Contract.Downtime)
	}
	if len(s.Exclusions) != 2 || s.Exclusions[0].Contract != 2700 || s.Exclusions[1].Contract != 0 || s.Exclusions[1].Shared != 2700 || s.Exclusions[0].Strict != 0 || *s.Exclusions[1].Notice != 3600 {
		t.Errorf("the windows take out %+v", s.Exclusions)
	}
	if len(s.Claims) != 3 || s.Claims[0].Days[0].Last.String() != "2026-01-22" || s.Claims[0].Days[0].Handled != "" {
		t.Errorf("claims %+v", s.Claims)
	}
	if s.Contract.Met || s.Reduction != "0.2016" {
		t.Errorf("the reduction is %q of %+v", s.Reduction, s.Contract)
	}
	if of := sheetOf(t, facts, ledger.Selection{Cohort: "pilot"}); of.Contract.Downtime != 1800 || len(of.Intervals) != 4 || of.Reduction != "" {
		t.Errorf("the pilot's: %+v", of.Report)
	}
	hidden := s.Shown(func(c string) bool { return c == "a" })
	if len(hidden.ByComponent) != 1 || hidden.Intervals[1].Component != months.Other || hidden.Claims[1].Component != months.Other || hidden.Contract != s.Contract {
		t.Errorf("the public's: %+v", hidden)
	}
	if s.Intervals[1].Component != "hush" || len(s.Exclusions[1].Components) != 2 {
		t.Error("what was shown to the public changed the sheet itself")
	}
}

// TestReduction cuts to four decimals, and is silent where the target is met.
func TestReduction(t *testing.T) {
	for end, want := range map[string]string{"10:26:24": "", "10:26:25": "0.2000", "11:00:00": "0.2777"} {
		s := sheetOf(t, `{"month":"2026-04","zone":"Europe/Oslo","target":"0.998","outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T`+end+`Z"}],"maintenance":[],"unobserved":[]}`, ledger.Selection{})
		if s.Reduction != want {
			t.Errorf("until %s: %q, want %q", end, s.Reduction, want)
		}
	}
}

// TestYear adds seconds, never percentages, and counts only months that are over and known.
func TestYear(t *testing.T) {
	sheet := func(month string, down int64, verdict ledger.Verdict, soFar bool) months.Sheet {
		var s months.Sheet
		s.Month, s.SoFar, s.Contract = month, soFar, ledger.Result{Downtime: down, Verdict: verdict}
		return s
	}
	y := months.YearOf("2026", "Europe/Oslo", []months.Sheet{
		sheet("2026-01", 0, ledger.NoVerdict, false), sheet("2026-02", 9000, ledger.NotMet, false), sheet("2026-03", 60, ledger.Met, false),
		sheet("2026-04", 7, ledger.Uncertain, false), sheet("2026-05", 900, ledger.Withheld, false), sheet("2026-06", 5, ledger.Met, true),
	})
	if y.Contract != 9072 || y.Over != 2 || y.Met != 1 || y.NoData != 1 || y.Unknown != 1 || y.Withheld != 1 || !y.SoFar {
		t.Errorf("%+v", y)
	}
}

// TestCSV reads what was written: the same columns everywhere, nothing a spreadsheet would run, strict figures for operators only.
func TestCSV(t *testing.T) {
	s := sheetOf(t, `{"month":"2026-04","zone":"Europe/Oslo","target":"0.998","outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T11:00:00Z","component":"=cmd|' /C calc'!A0","cohort":"@SUM(1+1),\"x\""}],
		"maintenance":[{"start":"2026-04-08T09:00:00Z","end":"2026-04-08T10:00:00Z","announced":"2026-04-08T09:30:00Z","category":"+49"}],"unobserved":[]}`, ledger.Selection{})
	s.Settled, s.Revision = time.Date(2026, 5, 11, 0, 0, 0, 0, time.UTC), 2
	s.Restated = []months.Restatement{{At: s.Settled, Revision: 2, Before: months.Figures{Contract: ledger.Result{Downtime: 1}}}}
	for _, strict := range []bool{false, true} {
		var b bytes.Buffer
		if err := months.WriteCSV(&b, strict, s, s); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "\r\n") || strings.Count(b.String(), "row,month") != 1 {
			t.Error("not one header, or not the line ends of RFC 4180")
		}
		lines, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[string]int{}
		at := func(line []string, name string) string { return line[slices.Index(lines[0], name)] }
		for _, line := range lines[1:] {
			kinds[line[0]]++
			for i, cell := range line {
				if cell != "" && strings.ContainsRune("=+@\t\r|", rune(cell[0])) || strings.HasPrefix(cell, "-") && lines[0][i] != "notice_seconds" {
					t.Errorf("%s: %q is a formula", lines[0][i], cell)
				}
			}
			if line[0] == "interval" && (at(line, "contract_seconds") != "7200" || (at(line, "strict_seconds") == "7200") != strict || at(line, "component") != "'=cmd|' /C calc'!A0") {
				t.Errorf("the interval: %v", line)
			}
			if line[0] == "exclusion" && at(line, "notice_seconds") != "-1800" {
				t.Errorf("the exclusion: %v", line)
			}
		}
		for kind, n := range map[string]int{"month": 2, "component": 4, "cohort": 4, "interval": 2, "exclusion": 2, "claim": 4, "restated": 4, "stretch": 2} {
			if kinds[kind] != n {
				t.Errorf("%d rows of %s, want %d", kinds[kind], kind, n)
			}
		}
	}
}

// TestKeep reads a month with what it said before, from the record and from the archive.
func TestKeep(t *testing.T) {
	s := newShelf(t)
	s.settle(on(3, 20, 0))
	s.correct(data.OutageChange{Cause: data.ByCustomer, Why: "their own line"}, on(4, 1, 0))
	s.update(func(tx data.Tx) error {
		one, err := s.book.Keep(tx, "2026-01", on(4, 2, 0))
		if err != nil {
			return err
		}
		all, err := s.book.Archive(tx)
		if err != nil {
			return err
		}
		for _, k := range []months.Kept{one, all["2026-01"]} {
			sheet, err := k.Sheet(months.View{})
			if err != nil {
				return err
			}
			if sheet.Revision != 2 || sheet.Hash == "" || len(sheet.Restated) != 1 || sheet.Restated[0].Before.Contract.Downtime != 3600 || sheet.Restated[0].After.Contract.Downtime != 0 || !sheet.Restated[0].At.Equal(on(4, 1, 0)) {
				t.Errorf("%+v", sheet)
			}
		}
		running, err := s.book.Keep(tx, "2026-04", on(4, 2, 0))
		if running.Settled != nil || len(all) != 2 {
			t.Errorf("the running month is settled, or %d are", len(all))
		}
		return err
	})
}

// TestCategoryRevisesNothing settles a month as an older version wrote it, without what windows were for.
func TestCategoryRevisesNothing(t *testing.T) {
	s := newShelf(t)
	s.update(func(tx data.Tx) error {
		o := data.Occurrence{
			Maintenance: "m", Date: "2026-01-09", Cohort: data.AllCustomers, Ordinal: "0", Category: data.System, Zone: "Europe/Oslo", Phase: data.Completed,
			Window: data.Window{Start: on(1, 9, 0), End: on(1, 9, 5)}, Began: on(1, 9, 0), Ended: on(1, 9, 5),
		}
		return tx.Occurrences().Put(o)
	})
	s.update(func(tx data.Tx) error {
		r, err := months.Records(tx, on(2, 20, 0))
		if err != nil {
			return err
		}
		for i := range r.Occurrences {
			r.Occurrences[i].Category = ""
		}
		_, err = s.book.Settle(tx, r, "2026-01", "statusd", on(2, 20, 0))
		return err
	})
	s.update(func(tx data.Tx) error {
		revised, err := s.book.Revise(tx, on(1, 1, 0), "it", "why", on(2, 21, 0))
		if len(revised) != 0 {
			t.Error("a month is restated by what counts for nothing")
		}
		return err
	})
}

func FuzzParseYear(f *testing.F) {
	for _, s := range []string{"2026", "1970", "2999", "0000", "+202", "20 6", "２０２６", "99999", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		y, err := months.ParseYear(s)
		if err == nil && (len(s) != 4 || y < 1970 || y > 2999) {
			t.Errorf("%q is read as %d", s, y)
		}
	})
}
