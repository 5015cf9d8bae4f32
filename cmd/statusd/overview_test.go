package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/web/api"
)

// TestOverviewAlarms: an alarm about a window names it as people do, with the command that answers it.
func TestOverviewAlarms(t *testing.T) {
	for kind, command := range map[data.AlarmKind]string{
		data.AlarmWindowHeld:    `statusd maintenance release abc --reason "…" --server http://127.0.0.1:1`,
		data.AlarmWindowOverrun: `statusd maintenance update --id abc "…" --server http://127.0.0.1:1`,
		data.AlarmNoticeMissed:  `statusd maintenance show abc --server http://127.0.0.1:1`,
		data.AlarmBlind:         "",
	} {
		a := api.Alarm{Kind: kind, Title: "A title", Detail: "Why.", Do: "Do it."}
		if command != "" {
			a.Window, a.Named = "abc", "the application window of pilot on Tue 2026-11-24"
		}
		var out bytes.Buffer
		c := overviewCommand{reach: reach{Server: "http://127.0.0.1:1"}}
		if err := c.write(writer{&out, oslo(t)}, api.Overview{Alarms: []api.Alarm{a}}); err != nil {
			t.Fatal(err)
		}
		named := strings.Contains(out.String(), "The application window of pilot on Tue 2026-11-24 (abc)\n")
		if named != (command != "") || !strings.Contains(out.String(), command) {
			t.Errorf("%s is written\n%s\nwant the window and %q", kind, &out, command)
		}
	}
}

// TestOverviewDuringAWindow: that a window runs and what is measured meanwhile are two facts.
func TestOverviewDuringAWindow(t *testing.T) {
	for want, c := range map[string]api.ComponentNow{
		"in maintenance, and actually up":                 {Level: data.Operational, Maintenance: true, Windows: []string{"all"}},
		"in maintenance, and actually down":               {Level: data.MajorOutage, Maintenance: true, Windows: []string{"all", "pilot"}},
		"in maintenance for pilot, and actually degraded": {Level: data.Degraded, Maintenance: true, Windows: []string{"pilot"}},
		"in maintenance for rest, not measured":           {Maintenance: true, Windows: []string{"rest"}},
		"in maintenance, declared partial outage":         {Level: data.PartialOutage, Maintenance: true, Declared: true, Windows: []string{"all"}},
		"in maintenance, and actually partial outage":     {Level: data.PartialOutage, Maintenance: true, Windows: []string{"all"}},
		"degraded": {Level: data.Degraded},
	} {
		if got := standsWords(c); got != want {
			t.Errorf("%+v stands %q, want %q", c, got, want)
		}
	}
	var out bytes.Buffer
	down := api.ComponentNow{Component: "login", Level: data.MajorOutage, Rule: "the worst of login (major outage: timeout), login-certificate (operational)"}
	if err := writeComponents(writer{&out, oslo(t)}, []api.ComponentNow{down}); err != nil || !strings.Contains(out.String(), down.Rule) {
		t.Errorf("%v, the rule is not in\n%s", err, &out)
	}
}

// TestOverviewComponents: only what is not well for somebody is listed.
func TestOverviewComponents(t *testing.T) {
	all := func(l data.Level) map[string]data.Level { return map[string]data.Level{"all": l} }
	var out bytes.Buffer
	err := writeComponents(writer{&out, oslo(t)}, []api.ComponentNow{
		{Component: "well", Level: data.Operational, Cohorts: all(data.Operational)},
		{Component: "well-for-all", Level: data.Operational, Cohorts: map[string]data.Level{"all": data.Operational, "pilot": data.Operational}},
		{Component: "slow", Level: data.Degraded, Cohorts: all(data.Degraded)},
		{Component: "partly", Level: data.Operational, Cohorts: map[string]data.Level{"all": data.Operational, "pilot": data.MajorOutage}},
		{Component: "worked-on", Level: data.Operational, Cohorts: all(data.Operational), Maintenance: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"well": false, "well-for-all": false, "slow": true, "partly": true, "worked-on": true} {
		if got := strings.Contains(out.String(), "  "+name+" "); got != want {
			t.Errorf("%s listed: %t, want %t\n%s", name, got, want, &out)
		}
	}
}

// TestOverviewDrafts: a draft is nothing that is wrong, and what begins together takes one command.
func TestOverviewDrafts(t *testing.T) {
	at := time.Date(2026, 12, 3, 23, 0, 0, 0, time.UTC)
	v := api.Overview{AsOf: at, Incidents: []api.Incident{{Draft: true, Incident: wire.Incident{ID: "abcdefghijkl", Title: "Sign-in fails", Started: at}}}}
	for n, name := range []string{"login", "crm-read", "ai-lab"} {
		v.Suspected = append(v.Suspected, api.SuspectedOutage{
			Outage: data.OutageKey(name), Component: name, Name: name, Cohort: data.AllCustomers, Level: data.MajorOutage,
			Started: at.Add(time.Duration(n*n) * time.Minute), Reason: string(data.ReasonTLS), Public: true,
		})
	}
	var out bytes.Buffer
	c := overviewCommand{}
	if err := c.write(writer{&out, oslo(t)}, v); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"As of 2026-12-04 00:00 CET\n", "Open incidents: none\n",
		"Sign-in fails, since 2026-12-04 00:00 CET\n    statusd incident publish abcdefghijkl\n    statusd incident discard abcdefghijkl\n",
		"since 2026-12-04 00:00 CET (no TLS)\n",
		"    These 2 began together:\n    statusd incident open --outage login --outage crm-read\n", "\n    statusd incident open --outage ai-lab\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}

// TestCounted: one thing is no things.
func TestCounted(t *testing.T) {
	if one, two := counted(1, "probe"), counted(2, "probe"); one != "1 probe" || two != "2 probes" {
		t.Errorf("%q, %q", one, two)
	}
}
