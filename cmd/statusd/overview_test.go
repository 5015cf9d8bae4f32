package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
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
