package ledger_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data/ledger"
)

func TestReportShape(t *testing.T) {
	t.Parallel()
	f := read(t, facts("2026-08", `"outages":[],"maintenance":[],"unobserved":[
		{"start":"2026-08-05T03:00:00+02:00","end":"2026-08-05T03:40:00+02:00"},
		{"start":"2026-08-05T03:30:00+02:00","end":"2026-08-05T04:00:00+02:00"}]`))
	r, err := f.Report(ledger.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	up := `{"downtime_seconds":0,"uptime_percent":"100.000000","uptime_shown":"100.00","met":true,"verdict":"met"}`
	want := `{"month":"2026-08","zone":"Europe/Oslo","target":"0.998","month_seconds":2678400,"allowance_seconds":5356,` +
		`"unobserved_seconds":3600,"coverage_percent":"99.865591","contract":` + up + `,"strict":` + up + `,"observed":` + up + `}`
	if string(b) != want {
		t.Errorf("the report is\n%s, want\n%s", b, want)
	}
}

// Coverage is a share of the time that is over: what is still to come was watched by nobody.
func TestCoverage(t *testing.T) {
	t.Parallel()
	const never, hour = `{"start":"2026-01-01T00:00:00Z"}`, `{"start":"2026-11-03T00:00:00Z","end":"2026-11-03T01:00:00Z"}`
	for _, c := range []struct{ name, asOf, gaps, want string }{
		{"never measured, looked at on the 21st", "2026-11-21T02:16:29+01:00", never, "0.000000"},
		{"never measured, over", "", never, "0.000000"},
		{"watched since it began", "2026-11-21T02:16:29+01:00", "", "100.000000"},
		{"an hour of ten days", "2026-11-11T00:00:00+01:00", hour, "99.583333"},
		{"an hour of the month", "", hour, "99.861111"},
		{"measured since noon of its first day", "2026-11-02T00:00:00+01:00", `{"start":"2026-01-01T00:00:00Z","end":"2026-11-01T12:00:00+01:00"}`, "50.000000"},
		{"a third, cut", "2026-11-01T00:00:03+01:00", `{"start":"2026-11-01T00:00:01+01:00"}`, "33.333333"},
		{"a gap that is to come", "2026-11-02T00:00:00+01:00", hour, "100.000000"},
		{"within its first second", "2026-11-01T00:00:00.5+01:00", never, "100.000000"},
	} {
		f := read(t, facts("2026-11", `"unobserved":[`+c.gaps+`]`))
		if c.asOf != "" {
			at, err := time.Parse(time.RFC3339, c.asOf)
			if err != nil {
				t.Fatal(err)
			}
			f.AsOf = at
		}
		r, err := f.Report(ledger.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Coverage != c.want {
			t.Errorf("%s: coverage is %s %%, want %s", c.name, r.Coverage, c.want)
		}
	}
}

func TestReportSelection(t *testing.T) {
	t.Parallel()
	f := read(t, facts("2026-04", `"outages":[
			{"start":"2026-04-01T10:00:00Z","end":"2026-04-01T10:01:00Z","component":"crm-read","cohort":"pilot"},
			{"start":"2026-04-01T10:00:30Z","end":"2026-04-01T10:02:00Z","component":"crm-write","cohort":"rest"},
			{"start":"2026-04-02T10:00:00Z","end":"2026-04-02T10:00:10Z"}],
		"unobserved":[{"start":"2026-04-03T10:00:00Z","end":"2026-04-03T10:00:05Z"},
			{"start":"2026-04-03T10:00:00Z","end":"2026-04-03T10:00:07Z","component":"crm-read"}]`))
	for _, c := range []struct {
		sel              ledger.Selection
		down, unobserved int64
	}{
		{ledger.Selection{}, 130, 7},
		{ledger.Selection{Component: "all", Cohort: "all"}, 130, 7},
		{ledger.Selection{Component: "crm-read"}, 70, 7},
		{ledger.Selection{Component: "crm-write"}, 100, 5},
		{ledger.Selection{Component: "login"}, 10, 5},
		{ledger.Selection{Cohort: "pilot"}, 70, 7},
		{ledger.Selection{Cohort: "rest"}, 100, 7},
		{ledger.Selection{Component: "crm-read", Cohort: "rest"}, 10, 7},
	} {
		r, err := f.Report(c.sel)
		if err != nil {
			t.Fatal(err)
		}
		if r.Component == "all" || r.Cohort == "all" {
			t.Errorf("Report(%+v) is of %q and %q: all is nobody in particular", c.sel, r.Component, r.Cohort)
		}
		if r.Strict.Downtime != c.down || r.Unobserved != c.unobserved {
			t.Errorf("Report(%+v): %d s down, %d s unobserved, want %d and %d", c.sel, r.Strict.Downtime, r.Unobserved, c.down, c.unobserved)
		}
	}
}

// What "all" means when a window is narrower than an outage, and the other way about.
func TestExclusionPerPair(t *testing.T) {
	t.Parallel()
	const hour = `"start":"2026-04-01T10:00:00Z","end":"2026-04-01T11:00:00Z"`
	for _, c := range []struct {
		name, outages, windows string
		want                   int64
	}{
		{"all against all", `{` + hour + `}`, `{` + hour + `}`, 0},
		{"all against one cohort", `{` + hour + `}`, `{` + hour + `,"cohort":"pilot"}`, 3600},
		{"all against rest alone", `{` + hour + `}`, `{` + hour + `,"cohort":"rest"}`, 3600},
		{"all against pilot and rest", `{` + hour + `}`, `{` + hour + `,"cohort":"pilot"},{` + hour + `,"cohort":"rest"}`, 0},
		{
			"pilot and rest, and a third is named", `{` + hour + `},{"start":"2026-04-02T10:00:00Z","end":"2026-04-02T10:00:00Z","cohort":"farm2"}`,
			`{` + hour + `,"cohort":"pilot"},{` + hour + `,"cohort":"rest"}`, 3600,
		},
		{"all against one component", `{` + hour + `}`, `{` + hour + `,"components":["crm-read"]}`, 3600},
		{"one component against it", `{` + hour + `,"component":"crm-read"}`, `{` + hour + `,"components":["login","crm-read"]}`, 0},
		{"one component against another", `{` + hour + `,"component":"crm-read"}`, `{` + hour + `,"components":["login"]}`, 3600},
		{
			"one pair against its component and its cohort apart", `{` + hour + `,"component":"crm-read","cohort":"pilot"}`,
			`{"start":"2026-04-01T10:00:00Z","end":"2026-04-01T10:30:00Z","components":["crm-read"]},
			 {"start":"2026-04-01T10:30:00Z","end":"2026-04-01T11:00:00Z","cohort":"pilot"}`, 0,
		},
		{
			"two pairs, one in its window", `{` + hour + `,"cohort":"pilot"},{"start":"2026-04-01T10:30:00Z","end":"2026-04-01T11:30:00Z","cohort":"rest"}`,
			`{"start":"2026-04-01T09:00:00Z","end":"2026-04-01T12:00:00Z","cohort":"pilot"}`, 3600,
		},
		{"a cohort within a window for all", `{` + hour + `,"cohort":"pilot"}`, `{` + hour + `}`, 0},
		{
			"a second window begins where the first ends", `{` + hour + `}`,
			`{"start":"2026-04-01T10:00:00Z","end":"2026-04-01T10:30:00Z"},{"start":"2026-04-01T10:30:00Z","end":"2026-04-01T11:00:00Z"}`, 0,
		},
	} {
		f := read(t, facts("2026-04", `"outages":[`+c.outages+`],"maintenance":[`+c.windows+`]`))
		r, err := f.Report(ledger.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Contract.Downtime != c.want {
			t.Errorf("%s: %d s of downtime, want %d", c.name, r.Contract.Downtime, c.want)
		}
	}
}

func TestReportRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f    ledger.Facts
		want string
	}{
		{ledger.Facts{Month: "2026-13", Zone: "Europe/Oslo", Target: "0.998"}, "month: "},
		{ledger.Facts{Month: "2026-04", Zone: "Local", Target: "0.998"}, "zone: "},
		{ledger.Facts{Month: "2026-04", Zone: "Europe/Oslo", Target: "99.8"}, "target: "},
	} {
		if _, err := c.f.Report(ledger.Selection{}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("Report of %+v: %v, want an error on %s", c.f, err, c.want)
		}
	}
}

func TestFigurePercent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f      ledger.Figure
		digits int
		want   string
	}{
		{ledger.Figure{}, 2, "100.00"},
		{ledger.Figure{Downtime: 0, Total: 10}, 2, "100.00"},
		{ledger.Figure{Downtime: 10, Total: 10}, 2, "0.00"},
		{ledger.Figure{Downtime: 10, Total: 10}, 6, "0.000000"},
		{ledger.Figure{Downtime: 9999, Total: 10000}, 2, "0.01"},
		{ledger.Figure{Downtime: 1, Total: 3}, 0, "66"},
		{ledger.Figure{Downtime: 1, Total: 1 << 40}, 6, "99.999999"},
	} {
		if got := c.f.Percent(c.digits); got != c.want {
			t.Errorf("%+v.Percent(%d) = %s, want %s", c.f, c.digits, got, c.want)
		}
	}
}

// TestDeclaredAfterwards: time that was declared maintenance afterwards leaves the contract's figure alone, not the strict one, and
// the report says which it is (DESIGN 10). A facts file keeps it.
func TestDeclaredAfterwards(t *testing.T) {
	facts := `{"month":"2026-04","zone":"Europe/Oslo","target":"0.998",
		"outages":[{"start":"2026-04-10T04:00:00Z","end":"2026-04-10T06:00:00Z"}],
		"maintenance":[{"start":"2026-04-10T04:00:00Z","end":"2026-04-10T06:00:00Z","declared":"2026-04-10T08:00:00Z"},
			{"start":"2026-04-11T04:00:00Z","end":"2026-04-11T06:00:00Z","declared":"2026-04-11T08:00:00Z","cohort":"pilot"},
			{"start":"2026-05-11T04:00:00Z","end":"2026-05-11T06:00:00Z","declared":"2026-05-11T08:00:00Z"}],"unobserved":[]}`
	f, err := ledger.ReadFacts(strings.NewReader(facts))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := ledger.WriteFacts(&b, f); err != nil {
		t.Fatal(err)
	}
	if again, err := ledger.ReadFacts(&b); err != nil || len(again.Maintenance) != 3 || !again.Maintenance[0].Declared.Equal(f.Maintenance[0].Declared) {
		t.Errorf("read back: %+v, %v", again.Maintenance, err)
	}
	for sel, want := range map[ledger.Selection]int{{}: 2, {Cohort: "rest"}: 1, {Cohort: "pilot"}: 2} {
		r, err := f.Report(sel)
		if err != nil {
			t.Fatal(err)
		}
		if r.Contract.Downtime != 0 || r.Strict.Downtime != 7200 || len(r.Declared) != want || r.Declared[0].Declared.Hour() != 8 {
			t.Errorf("%+v: contract %d s, strict %d s, declared %+v; want %d", sel, r.Contract.Downtime, r.Strict.Downtime, r.Declared, want)
		}
	}
}
