package ledger_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // figures must not depend on the machine's zone data

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// at reads a clock of Oslo: "2026-04-10 09:00" or with seconds.
func at(s string) time.Time {
	loc, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		panic(err)
	}
	layout := time.DateTime
	if len(s) == len("2006-01-02 15:04") {
		layout = "2006-01-02 15:04"
	}
	t, err := time.ParseInLocation(layout, s, loc)
	if err != nil {
		panic(err)
	}
	return t
}

func ptr(t time.Time) *time.Time { return &t }

// catalogue is a small one: three committed components and one of each other commitment.
var catalogue = []data.Component{
	{Slug: "crm-read", Commitment: data.Committed},
	{Slug: "crm-write", Commitment: data.Committed},
	{Slug: "login", Commitment: data.Committed},
	{Slug: "email-out", Commitment: data.Informative},
	{Slug: "ai-lab", Commitment: data.NoCommitment, Cause: data.ExcludedService},
}

func outage(component, cohort, start, end string) data.Outage {
	o := data.Outage{
		Component: component, Cohort: cohort, By: "probe", Started: at(start), Aware: at(start),
		Impact: data.NoReadNoWrite, Cause: data.ByProvider,
	}
	if end != "" {
		o.Ended = at(end)
	}
	return o
}

func window(cohort, start, end, announced string, phase data.Phase) data.Occurrence {
	o := data.Occurrence{Cohort: cohort, Window: data.Window{Start: at(start), End: at(end)}, Phase: phase}
	if announced != "" {
		o.Announced = at(announced)
	}
	return o
}

// Each case is told twice: as records, and as the facts file somebody else may have written.
var figures = []struct {
	name    string
	month   string
	sel     ledger.Selection
	records ledger.Records
	facts   string // the lists of a facts file, in zone Europe/Oslo
	want    string // contract / strict / observed: seconds, per cent, shown, met
}{
	{
		name: "4.4 into the noticed system window", month: "2026-01",
		records: ledger.Records{
			Outages:     []data.Outage{outage("crm-read", "all", "2026-01-15 23:30", "2026-01-16 00:45")},
			Occurrences: []data.Occurrence{window("all", "2026-01-16 00:00", "2026-01-16 06:00", "2026-01-13 00:00", data.Completed)},
		},
		facts: `"outages":[{"start":"2026-01-15T23:30:00+01:00","end":"2026-01-16T00:45:00+01:00"}],
			"maintenance":[{"start":"2026-01-16T00:00:00+01:00","end":"2026-01-16T06:00:00+01:00","announced":"2026-01-13T00:00:00+01:00"}]`,
		want: "1800 99.932795 99.93 met / 1800 99.932795 99.93 met / 4500 99.831989 99.83 met",
	},
	{
		name: "4.4 and 6 when counting starts", month: "2026-01",
		records: ledger.Records{Outages: []data.Outage{func() data.Outage {
			o := outage("crm-write", "all", "2026-01-20 09:00", "2026-01-20 10:30")
			o.Aware, o.Reported = at("2026-01-20 09:04"), at("2026-01-20 09:02")
			return o
		}()}},
		facts: `"outages":[{"start":"2026-01-20T09:00:00+01:00","end":"2026-01-20T10:30:00+01:00",
			"aware":"2026-01-20T09:04:00+01:00","reported":"2026-01-20T08:02:00Z"}]`,
		want: "5280 99.802867 99.80 met / 5400 99.798387 99.79 breach / 5400 99.798387 99.79 breach",
	},
	{
		name: "4.4 exactly 99.8", month: "2026-04",
		records: ledger.Records{Outages: []data.Outage{outage("login", "all", "2026-04-10 09:00:00", "2026-04-10 10:26:24")}},
		facts:   `"outages":[{"start":"2026-04-10T09:00:00+02:00","end":"2026-04-10T10:26:24+02:00"}]`,
		want:    "5184 99.800000 99.80 met / 5184 99.800000 99.80 met / 5184 99.800000 99.80 met",
	},
	{
		name: "4.4 one second more", month: "2026-04",
		records: ledger.Records{Outages: []data.Outage{outage("login", "all", "2026-04-10 09:00:00", "2026-04-10 10:26:25")}},
		facts:   `"outages":[{"start":"2026-04-10T09:00:00+02:00","end":"2026-04-10T10:26:25+02:00"}]`,
		want:    "5185 99.799961 99.79 breach / 5185 99.799961 99.79 breach / 5185 99.799961 99.79 breach",
	},
	{
		name: "4.4 March is an hour short", month: "2026-03",
		records: ledger.Records{Outages: []data.Outage{outage("login", "all", "2026-03-10 09:00:00", "2026-03-10 10:29:15")}},
		facts:   `"outages":[{"start":"2026-03-10T08:00:00Z","end":"2026-03-10T09:29:15Z"}]`,
		want:    "5355 99.799798 99.79 breach / 5355 99.799798 99.79 breach / 5355 99.799798 99.79 breach",
	},
	{
		name: "4.4 emergency patch", month: "2026-04",
		records: ledger.Records{
			Outages:     []data.Outage{outage("crm-read", "all", "2026-04-15 18:00", "2026-04-15 18:20")},
			Occurrences: []data.Occurrence{window("all", "2026-04-15 18:00", "2026-04-15 18:20", "2026-04-15 15:00", data.Completed)},
		},
		facts: `"outages":[{"start":"2026-04-15T18:00:00+02:00","end":"2026-04-15T18:20:00+02:00"}],
			"maintenance":[{"start":"2026-04-15T18:00:00+02:00","end":"2026-04-15T18:20:00+02:00","announced":"2026-04-15T15:00:00+02:00"}]`,
		want: "0 100.000000 100.00 met / 1200 99.953703 99.95 met / 1200 99.953703 99.95 met",
	},
	{
		name: "6 three reasons, one Friday: 6 h excluded, not 12", month: "2026-04",
		records: ledger.Records{
			Outages: []data.Outage{outage("crm-read", "all", "2026-04-10 00:00", "2026-04-10 07:00")},
			Occurrences: []data.Occurrence{
				window("all", "2026-04-10 00:00", "2026-04-10 06:00", "2026-04-07 00:00", data.Completed),
				window("all", "2026-04-10 00:00", "2026-04-10 06:00", "2026-04-07 00:00", data.Completed),
			},
		},
		facts: `"outages":[{"start":"2026-04-09T22:00:00Z","end":"2026-04-10T05:00:00Z"}],"maintenance":[
			{"start":"2026-04-09T22:00:00Z","end":"2026-04-10T04:00:00Z","announced":"2026-04-06T22:00:00Z"},
			{"start":"2026-04-09T22:00:00Z","end":"2026-04-10T04:00:00Z","announced":"2026-04-06T22:00:00Z"}]`,
		want: "3600 99.861111 99.86 met / 3600 99.861111 99.86 met / 25200 99.027777 99.02 breach",
	},
	{
		name: "6 spring slot of 9 h", month: "2026-03",
		records: ledger.Records{
			Outages:     []data.Outage{outage("crm-read", "all", "2026-03-28 20:00", "2026-03-29 06:00")},
			Occurrences: []data.Occurrence{window("all", "2026-03-28 20:00", "2026-03-29 06:00", "2026-03-26 10:00", data.Completed)},
		},
		facts: `"outages":[{"start":"2026-03-28T19:00:00Z","end":"2026-03-29T04:00:00Z"}],"maintenance":[
			{"start":"2026-03-28T19:00:00Z","end":"2026-03-29T04:00:00Z","announced":"2026-03-26T10:00:00+01:00"}]`,
		want: "0 100.000000 100.00 met / 0 100.000000 100.00 met / 32400 98.788694 98.78 breach",
	},
	{
		name: "6 24 hours in spring, kept", month: "2026-03",
		records: ledger.Records{
			Outages:     []data.Outage{outage("crm-read", "all", "2026-03-29 20:00", "2026-03-29 20:10")},
			Occurrences: []data.Occurrence{window("all", "2026-03-29 20:00", "2026-03-29 21:00", "2026-03-28 18:59", data.Completed)},
		},
		facts: `"outages":[{"start":"2026-03-29T20:00:00+02:00","end":"2026-03-29T20:10:00+02:00"}],"maintenance":[
			{"start":"2026-03-29T20:00:00+02:00","end":"2026-03-29T21:00:00+02:00","announced":"2026-03-28T18:59:00+01:00"}]`,
		want: "0 100.000000 100.00 met / 0 100.000000 100.00 met / 600 99.977568 99.97 met",
	},
	{
		name: "6 24 hours in spring, 23 h 30 min", month: "2026-03",
		records: ledger.Records{
			Outages:     []data.Outage{outage("crm-read", "all", "2026-03-29 20:00", "2026-03-29 20:10")},
			Occurrences: []data.Occurrence{window("all", "2026-03-29 20:00", "2026-03-29 21:00", "2026-03-28 19:30", data.Completed)},
		},
		facts: `"outages":[{"start":"2026-03-29T20:00:00+02:00","end":"2026-03-29T20:10:00+02:00"}],"maintenance":[
			{"start":"2026-03-29T20:00:00+02:00","end":"2026-03-29T21:00:00+02:00","announced":"2026-03-28T19:30:00+01:00"}]`,
		want: "0 100.000000 100.00 met / 600 99.977568 99.97 met / 600 99.977568 99.97 met",
	},
	{
		name: "6 only the pilot fails: headline", month: "2026-01",
		records: pilotFails, facts: pilotFacts,
		want: "5400 99.798387 99.79 breach / 5400 99.798387 99.79 breach / 30600 98.857526 98.85 breach",
	},
	{
		name: "6 only the pilot fails: pilot", month: "2026-01", sel: ledger.Selection{Cohort: "pilot"},
		records: pilotFails, facts: pilotFacts,
		want: "5400 99.798387 99.79 breach / 5400 99.798387 99.79 breach / 30600 98.857526 98.85 breach",
	},
	{
		name: "6 only the pilot fails: rest", month: "2026-01", sel: ledger.Selection{Cohort: "rest"},
		records: pilotFails, facts: pilotFacts,
		want: "0 100.000000 100.00 met / 0 100.000000 100.00 met / 0 100.000000 100.00 met",
	},
	{
		name: "6 offline maintenance of the pilot", month: "2026-02",
		records: ledger.Records{
			Outages:     []data.Outage{outage("crm-read", "pilot", "2026-02-24 22:10", "2026-02-24 22:24")},
			Occurrences: []data.Occurrence{window("pilot", "2026-02-24 22:00", "2026-02-25 05:00", "2026-02-21 22:00", data.Completed)},
		},
		facts: `"outages":[{"start":"2026-02-24T22:10:00+01:00","end":"2026-02-24T22:24:00+01:00","cohort":"pilot","component":"crm-read"}],
			"maintenance":[{"start":"2026-02-24T22:00:00+01:00","end":"2026-02-25T05:00:00+01:00","announced":"2026-02-21T22:00:00+01:00","cohort":"pilot"}]`,
		want: "0 100.000000 100.00 met / 0 100.000000 100.00 met / 840 99.965277 99.96 met",
	},
	{
		name: "a reserved slot is no free pass (A-10)", month: "2026-04",
		records: ledger.Records{
			Outages:     []data.Outage{outage("crm-read", "all", "2026-04-11 20:00", "2026-04-11 21:00")},
			Occurrences: []data.Occurrence{window("all", "2026-04-11 20:00", "2026-04-12 06:00", "", data.Reserved)},
		},
		facts: `"outages":[{"start":"2026-04-11T20:00:00+02:00","end":"2026-04-11T21:00:00+02:00"}],
			"maintenance":[{"start":"2026-04-11T20:00:00+02:00","end":"2026-04-12T06:00:00+02:00","phase":"lapsed"}]`,
		want: "3600 99.861111 99.86 met / 3600 99.861111 99.86 met / 3600 99.861111 99.86 met",
	},
	{
		name: "degraded never counts, causes by policy", month: "2026-04",
		records: ledger.Records{Outages: func() (list []data.Outage) {
			for i, c := range data.Causes {
				o := outage("crm-read", "all", fmt.Sprintf("2026-04-%02d 09:00", i+1), fmt.Sprintf("2026-04-%02d 09:10", i+1))
				o.Cause = c
				slow := outage("crm-read", "all", fmt.Sprintf("2026-04-%02d 12:00", i+1), fmt.Sprintf("2026-04-%02d 13:00", i+1))
				slow.Impact, slow.Cause = data.Degradation, c
				list = append(list, o, slow)
			}
			return list
		}()},
		facts: `"outages":[
			{"start":"2026-04-01T09:00:00+02:00","end":"2026-04-01T09:10:00+02:00","cause":"provider","impact":"no_write"},
			{"start":"2026-04-02T09:00:00+02:00","end":"2026-04-02T09:10:00+02:00","cause":"internet","impact":"no_read"},
			{"start":"2026-04-03T09:00:00+02:00","end":"2026-04-03T09:10:00+02:00","cause":"external"},
			{"start":"2026-04-04T09:00:00+02:00","end":"2026-04-04T09:10:00+02:00","cause":"customer"},
			{"start":"2026-04-05T09:00:00+02:00","end":"2026-04-05T09:10:00+02:00","cause":"third_party"},
			{"start":"2026-04-06T09:00:00+02:00","end":"2026-04-06T09:10:00+02:00","cause":"excluded_service"},
			{"start":"2026-04-07T09:00:00+02:00","end":"2026-04-07T19:10:00+02:00","impact":"degraded"}]`,
		want: "600 99.976851 99.97 met / 600 99.976851 99.97 met / 2400 99.907407 99.90 met",
	},
	{
		name: "one second of downtime is not 100", month: "2026-10",
		records: ledger.Records{Outages: []data.Outage{outage("login", "all", "2026-10-10 09:00:00", "2026-10-10 09:00:01")}},
		facts:   `"outages":[{"start":"2026-10-10T09:00:00+02:00","end":"2026-10-10T09:00:01+02:00"}]`,
		want:    "1 99.999962 99.99 met / 1 99.999962 99.99 met / 1 99.999962 99.99 met",
	},
}

// The upgrade of Tuesday ends at 06:30 instead of 05:00.
var (
	pilotFails = ledger.Records{
		Outages:     []data.Outage{outage("crm-read", "pilot", "2026-01-13 22:00", "2026-01-14 06:30")},
		Occurrences: []data.Occurrence{window("pilot", "2026-01-13 22:00", "2026-01-14 05:00", "2026-01-10 22:00", data.Completed)},
	}
	pilotFacts = `"outages":[{"start":"2026-01-13T22:00:00+01:00","end":"2026-01-14T06:30:00+01:00","component":"crm-read","cohort":"pilot"}],
		"maintenance":[{"start":"2026-01-13T22:00:00+01:00","end":"2026-01-14T05:00:00+01:00","announced":"2026-01-10T22:00:00+01:00","cohort":"pilot"}]`
)

func TestFigures(t *testing.T) {
	t.Parallel()
	for _, c := range figures {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := c.records
			r.Components = catalogue
			for _, c := range catalogue { // somebody watched, or there would be no figure
				r.Marks = append(r.Marks, data.Mark{Component: c.Slug, Cohort: data.AllCustomers, Source: data.FromProbe, By: "p", At: at("2025-01-01 00:00"), Level: data.Operational})
			}
			fromRecords, err := ledger.FromRecords(c.month, "Europe/Oslo", "0.998", r, at("2027-01-01 00:00"))
			if err != nil {
				t.Fatal(err)
			}
			fromFile := read(t, facts(c.month, c.facts))
			for _, way := range []struct {
				name  string
				facts ledger.Facts
			}{{"records", fromRecords}, {"records, written and read", again(t, fromRecords)}, {"file", fromFile}} {
				got, err := way.facts.Report(c.sel)
				if err != nil {
					t.Fatal(err)
				}
				if s := told(got.Contract) + " / " + told(got.Strict) + " / " + told(got.Observed); s != c.want {
					t.Errorf("Report(%s, %+v) from %s =\n\t%s, want\n\t%s", c.month, c.sel, way.name, s, c.want)
				}
			}
		})
	}
}

func told(r ledger.Result) string {
	met := "breach"
	if r.Met {
		met = "met"
	}
	return fmt.Sprintf("%d %s %s %s", r.Downtime, r.Uptime, r.Shown, met)
}

func facts(month, lists string) string {
	return `{"month":"` + month + `","zone":"Europe/Oslo","target":"0.998",` + lists + `}`
}

func read(t testing.TB, s string) ledger.Facts {
	t.Helper()
	f, err := ledger.ReadFacts(strings.NewReader(s))
	if err != nil {
		t.Fatalf("ReadFacts(%s): %v", s, err)
	}
	return f
}

// again writes facts and reads them back.
func again(t testing.TB, f ledger.Facts) ledger.Facts {
	t.Helper()
	var b bytes.Buffer
	if err := ledger.WriteFacts(&b, f); err != nil {
		t.Fatal(err)
	}
	return read(t, b.String())
}
