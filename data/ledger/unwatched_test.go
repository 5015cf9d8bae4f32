package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// A month has no figure only where nobody watched any of what counts, and nothing is known to have been down either.
func TestNoData(t *testing.T) {
	t.Parallel()
	gap := func(component, from, to string) ledger.Gap {
		return ledger.Gap{Start: at(from), End: at(to), Component: component}
	}
	whole := func(component string) ledger.Gap { return gap(component, "2026-04-01 00:00", "2026-05-01 00:00") }
	down := func(component string, cause data.Cause) ledger.Rows {
		return ledger.Rows{Outages: []ledger.Outage{{Start: at("2026-04-10 09:00"), End: at("2026-04-10 13:00"), Component: component, Cause: cause}}}
	}
	two := []string{"a", "b"}
	for _, c := range []struct {
		name      string
		counted   []string
		rows      ledger.Rows
		asOf      string
		component string
		want      bool
	}{
		{"all watched", two, ledger.Rows{}, "", "", false},
		{"one of two is unwatched", two, ledger.Rows{Unobserved: []ledger.Gap{whole("b")}}, "", "", false},
		{"its own row", two, ledger.Rows{Unobserved: []ledger.Gap{whole("b")}}, "", "b", true},
		{"the other's row", two, ledger.Rows{Unobserved: []ledger.Gap{whole("b")}}, "", "a", false},
		{"both are unwatched", two, ledger.Rows{Unobserved: []ledger.Gap{whole("a"), whole("b")}}, "", "", true},
		{"each for a half", two, ledger.Rows{Unobserved: []ledger.Gap{gap("a", "2026-04-01 00:00", "2026-04-15 00:00"), gap("b", "2026-04-15 00:00", "2026-05-01 00:00")}}, "", "", false},
		{"all but a minute", []string{"a"}, ledger.Rows{Unobserved: []ledger.Gap{gap("a", "2026-04-01 00:01", "2026-05-01 00:00")}}, "", "", false},
		{"in two pieces", []string{"a"}, ledger.Rows{Unobserved: []ledger.Gap{gap("a", "2026-04-01 00:00", "2026-04-15 00:00"), gap("a", "2026-04-14 00:00", "2026-05-01 00:00")}}, "", "", true},
		{"a person said that it was down", []string{"a"}, ledger.Rows{Outages: down("a", "").Outages, Unobserved: []ledger.Gap{whole("a")}}, "", "", false},
		{"for which we are not to blame", []string{"a"}, ledger.Rows{Outages: down("a", data.ByInternet).Outages, Unobserved: []ledger.Gap{whole("a")}}, "", "", false},
		{"unwatched so far", []string{"a"}, ledger.Rows{Unobserved: []ledger.Gap{gap("a", "2026-04-01 00:00", "2026-04-10 00:00")}}, "2026-04-10 00:00", "", true},
		{"what counts in nothing", two, ledger.Rows{}, "", "c", true},
		{"nothing counts", []string{}, ledger.Rows{}, "", "", true},
		{"a file without gaps", nil, ledger.Rows{}, "", "", false},
		{"a file with a gap of everything", nil, ledger.Rows{Unobserved: []ledger.Gap{whole("")}}, "", "", true},
		{"a file that names one", nil, ledger.Rows{Unobserved: []ledger.Gap{whole("a")}}, "", "", true},
		{"a file that names another by its outage", nil, ledger.Rows{Outages: down("b", "").Outages, Unobserved: []ledger.Gap{whole("a")}}, "", "", false},
		{"a file that names another by its window", nil, ledger.Rows{Maintenance: []ledger.Maintenance{{Start: at("2026-04-10 09:00"), End: at("2026-04-10 13:00"), Components: []string{"b"}}}, Unobserved: []ledger.Gap{whole("a")}}, "", "", false},
		{"a file, of one", nil, ledger.Rows{Unobserved: []ledger.Gap{whole("a")}}, "", "a", true},
	} {
		f := ledger.Facts{Month: "2026-04", Zone: "Europe/Oslo", Target: "0.998", Rows: c.rows, Counted: c.counted}
		if c.asOf != "" {
			f.AsOf = at(c.asOf)
		}
		r, err := f.Report(ledger.Selection{Component: c.component})
		if err != nil || r.NoData != c.want {
			t.Errorf("%s: no data %v, want %v (%v)", c.name, r.NoData, c.want, err)
		}
	}
}

// Retiring a component ends its gaps at that moment, whatever its marks say and whenever one asks; what was before stays.
func TestGapsOfTheRetired(t *testing.T) {
	t.Parallel()
	r := ledger.Records{Components: []data.Component{
		{Slug: "bare", Commitment: data.Committed, Retired: true, RetiredAt: at("2026-04-10 00:00")},
		{Slug: "blind", Commitment: data.Committed, Retired: true, RetiredAt: at("2026-04-10 00:00")},
	}, Marks: []data.Mark{{Component: "blind", Cohort: "all", Source: data.FromProbe, By: "blind", At: at("2026-03-20 00:00"), Level: data.NoData}}}
	for month, want := range map[string]int64{"2026-03": 31*86400 - 3600, "2026-04": 9 * 86400, "2026-05": 0} {
		f, err := ledger.FromRecords(month, "Europe/Oslo", "0.998", r, at("2026-06-20 00:00"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Report(ledger.Selection{})
		if err != nil || got.Unobserved != want {
			t.Errorf("%s: unobserved %d, want %d (%v)", month, got.Unobserved, want, err)
		}
	}
}

// TestFactsSayWhatCounted writes and reads back facts of which one component was watched and no row names it: the figure is
// the same elsewhere.
func TestFactsSayWhatCounted(t *testing.T) {
	from, to, err := ledger.Bounds("2026-04", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	f := ledger.Facts{
		Month: "2026-04", Zone: "UTC", Target: "0.998", Counted: []string{"login", "documents"},
		Rows: ledger.Rows{Unobserved: []ledger.Gap{{Start: from, End: to, Component: "documents"}}},
	}
	b, err := f.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var back ledger.Facts
	if err := back.UnmarshalJSON(b); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	here, err := f.Report(ledger.Selection{})
	if err != nil || here.NoData {
		t.Fatalf("%+v: %v", here, err)
	}
	if there, err := back.Report(ledger.Selection{}); err != nil || there.NoData || there.Contract != here.Contract {
		t.Errorf("elsewhere %+v: %v", there, err)
	}
	if strings.Contains(string(b), `"components":null`) {
		t.Errorf("a list is null: %s", b)
	}
}

// TestLeast: with the time that nobody watched down too, maintenance taken out of it as of all downtime, and never above the figure.
func TestLeast(t *testing.T) {
	t.Parallel()
	gap := func(from, to string) []ledger.Gap {
		return []ledger.Gap{{Start: at(from), End: at(to), Component: "a"}}
	}
	window := []ledger.Maintenance{{Start: at("2026-04-10 00:00"), End: at("2026-04-10 06:00")}}
	down := []ledger.Outage{{Start: at("2026-04-20 09:00"), End: at("2026-04-20 09:30"), Component: "a"}}
	for _, tt := range []struct {
		name, asOf string
		rows       ledger.Rows
		want       string
		verdict    ledger.Verdict
	}{
		{"all watched", "", ledger.Rows{}, "100.00", ledger.Met},
		{"61 minutes are not", "", ledger.Rows{Unobserved: gap("2026-04-12 03:00", "2026-04-12 04:01")}, "99.85", ledger.Met},
		{"61 minutes are not, half an hour was down", "", ledger.Rows{Outages: down, Unobserved: gap("2026-04-12 03:00", "2026-04-12 04:01")}, "99.78", ledger.Uncertain},
		{"the same hour", "", ledger.Rows{Outages: down, Unobserved: gap("2026-04-20 09:00", "2026-04-20 10:00")}, "99.86", ledger.Met},
		{"within maintenance", "", ledger.Rows{Maintenance: window, Unobserved: gap("2026-04-10 00:00", "2026-04-10 06:00")}, "100.00", ledger.Met},
		{"beyond what has gone by", "2026-04-02 00:00", ledger.Rows{Unobserved: gap("2026-04-01 00:00", "2026-05-01 00:00")}, "96.66", ledger.NoVerdict},
	} {
		f := ledger.Facts{Month: "2026-04", Zone: "Europe/Oslo", Target: "0.998", Rows: tt.rows, Counted: []string{"a"}}
		if tt.asOf != "" {
			f.AsOf = at(tt.asOf)
		}
		r, err := f.Report(ledger.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.Least(ledger.Selection{}); err != nil || got != tt.want || r.Contract.Verdict != tt.verdict {
			t.Errorf("%s: at the least %s of %s (%v), %s, want %s, %s", tt.name, got, r.Contract.Shown, err, r.Contract.Verdict, tt.want, tt.verdict)
		}
	}
	for _, f := range []ledger.Facts{{Month: "2026-13", Zone: "UTC", Target: "0.998"}, {Month: "2026-04", Zone: "Nowhere", Target: "0.998"}} {
		if got, err := f.Least(ledger.Selection{}); err == nil {
			t.Errorf("%s in %s has a figure: %s", f.Month, f.Zone, got)
		}
	}
}
