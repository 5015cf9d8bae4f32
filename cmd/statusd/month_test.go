package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/api"
)

// TestMonthCommands works on a file whose service does not run: dates are on the clock of the schedule, a month before the service is
// promised nothing, facts are checked by their fingerprint, and one month that was changed is withheld with the way out.
func TestMonthCommands(t *testing.T) {
	dir := t.TempDir()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	book := months.Book{Zone: oslo, ZoneName: "Europe/Oslo", Target: "0.998"}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, oslo)
	update := func(fn func(tx data.Tx) error) {
		t.Helper()
		store, err := bolt.Open(filepath.Join(dir, storeName), bolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(store.Update(t.Context(), fn), store.Close()); err != nil {
			t.Fatal(err)
		}
	}
	settled := time.Date(2026, 3, 10, 23, 30, 0, 0, time.UTC) // half past midnight of the 11th in Oslo
	update(func(tx data.Tx) error {
		c := datatest.Component("login")
		c.Since = start
		o := datatest.Outage("login", start.AddDate(0, 1, 3))
		o.Ended = o.Started.Add(3 * time.Hour)
		if err := errors.Join(tx.Components().Put(c), tx.Outages().Put(o), tx.Marks().Put(datatest.Mark("login", start, data.Operational)),
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"})); err != nil {
			return err
		}
		for _, month := range []string{"2026-01", "2026-02"} {
			r, err := months.Records(tx, settled)
			if err != nil {
				return err
			}
			if _, err := book.Settle(tx, r, month, "statusd", settled); err != nil {
				return err
			}
		}
		if o, err = o.Correct(data.OutageChange{Cause: data.ByInternet, Why: "a cable"}, "operator:it", settled.AddDate(0, 0, 2)); err != nil {
			return err
		}
		if err := tx.Outages().Put(o); err != nil {
			return err
		}
		_, err := book.Revise(tx, o.Started, "operator:it", "a cable", settled.AddDate(0, 0, 2))
		return err
	})
	reachable := reach{files: files{Data: dir}}
	run := func(do func(streams) error) (string, string, error) {
		var out, errs bytes.Buffer
		err := do(streams{in: strings.NewReader(""), out: &out, err: &errs})
		return out.String(), errs.String(), err
	}
	says := func(what, text string, wants ...string) {
		t.Helper()
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", what, want, text)
			}
		}
	}
	out, _, err := run(func(s streams) error { return (&monthList{reachable}).Run(t.Context(), s) })
	if says("the list", out, "2026-02  2         2026-03-11  2026-03-13", "2026-01  1         2026-03-11  "); err != nil || !strings.Contains(out, " CET.") && !strings.Contains(out, " CEST.") {
		t.Errorf("the list: %v\n%s", err, out)
	}
	out, _, err = run(func(s streams) error { return (&monthShow{Month: "2026-02", reach: reachable}).Run(t.Context(), s) })
	if says("February", out, "Settled on 2026-03-11 00:30:00 CET, revised on 2026-03-13 00:30:00 CET.", "2026-02-04 00:00:00 CET",
		"  not counted             2026-02-04 00:00:00 CET  2026-02-04 03:00:00 CET                        the internet  3 hours"); err != nil {
		t.Error(err)
	}
	out, _, err = run(func(s streams) error { return (&monthShow{Month: "2025-11", reach: reachable}).Run(t.Context(), s) })
	if says("a month before the service", out, "There are no records of this month"); err != nil || strings.Contains(out, "it will be") {
		t.Errorf("a month before the service is promised something: %v\n%s", err, out)
	}

	facts, _, err := run(func(s streams) error {
		return (&reportCommand{Month: "2026-02", Facts: true, reach: reachable}).Run(t.Context(), s)
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "facts.json")
	fromFile := func(text string, csv bool) (string, string, error) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return run(func(s streams) error { return (&reportCommand{FromFacts: file, CSV: csv}).Run(t.Context(), s) })
	}
	var head struct{ Hash, Fingerprint string }
	if err := json.Unmarshal([]byte(facts), &head); err != nil {
		t.Fatal(err)
	}
	var record api.MonthRecord
	if _, err := reachable.get(t.Context(), "/api/v1/months/2026-02", &record); err != nil || record.Sheet.Hash != head.Hash || record.Sheet.Fingerprint != head.Fingerprint || head.Fingerprint == "" {
		t.Errorf("the file has %+v, the month %q %q, %v", head, record.Sheet.Hash, record.Sheet.Fingerprint, err)
	}
	out, _, err = fromFile(facts, false)
	if says("the report from the file", out, "These are the facts of revision 2 of the settled month: their fingerprint is "+head.Fingerprint); err != nil {
		t.Error(err)
	}
	if out, _, err = fromFile(facts, true); err != nil || strings.Contains(out, "not_settled") || !strings.Contains(out, ",2,,"+head.Hash+",restated,") {
		t.Errorf("the CSV from the file: %v\n%s", err, out)
	}
	if _, _, err = fromFile(strings.Replace(facts, `"internet"`, `"provider"`, 1), false); err == nil || !strings.Contains(err.Error(), "these are not the facts of the settled month") {
		t.Errorf("other facts pass for those of the month: %v", err)
	}

	update(func(tx data.Tx) error {
		m, err := data.LatestMonth(tx, "2026-02")
		m.Facts = bytes.Replace(m.Facts, []byte(`"internet"`), []byte(`"provider"`), 1)
		return errors.Join(err, tx.Months().Put(m))
	})
	for name, do := range map[string]func(streams) error{
		"report":     func(s streams) error { return (&reportCommand{Month: "2026-02", reach: reachable}).Run(t.Context(), s) },
		"month show": func(s streams) error { return (&monthShow{Month: "2026-02", reach: reachable}).Run(t.Context(), s) },
	} {
		if _, _, err := run(do); err == nil || !strings.Contains(err.Error(), "statusd month verify") || !strings.Contains(err.Error(), "statusd restore") || strings.Contains(err.Error(), "log") {
			t.Errorf("%s of a month that was changed: %v", name, err)
		}
	}
	for name, do := range map[string]func(streams) error{
		"the year": func(s streams) error { return (&reportCommand{Month: "2026", reach: reachable}).Run(t.Context(), s) },
		"the list": func(s streams) error { return (&monthList{reachable}).Run(t.Context(), s) },
	} {
		out, _, err := run(do)
		if says(name, out, "2026-01", "withheld", "statusd month verify"); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := run(func(s streams) error { return (&monthVerify{reachable}).Run(t.Context(), s) }); !errors.Is(err, errSilent) {
		t.Errorf("the chain verifies: %v", err)
	}
}
