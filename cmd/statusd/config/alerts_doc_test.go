package config

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/alerts"
)

var fenced = regexp.MustCompile("(?s)```(yaml|json)\n(.*?)```")

// TestAlertsGuide tries what docs/alerts.md shows: every configuration is taken, and every message is read by its hook and taken
// by a rule.
func TestAlertsGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	var in []AlertsIn
	var bodies []string
	for _, m := range fenced.FindAllStringSubmatch(string(guide), -1) {
		if m[1] == "json" {
			bodies = append(bodies, m[2])
			continue
		}
		c, err := Parse("statusd.yaml", []byte(m[2]), options())
		if err != nil {
			t.Fatalf("%s\n%v", m[2], err)
		}
		in = append(in, c.Alerts)
	}
	if len(in) != 2 || len(bodies) != 2 || len(in[1].Hooks) != 2 {
		t.Fatalf("the guide has %d configurations and %d messages", len(in), len(bodies))
	}
	known := alerts.Catalogue{Components: map[string]data.Component{"login": {}}}
	for n, h := range in[1].Hooks {
		m, err := h.Read([]byte(bodies[n]))
		if err != nil || len(m.Alerts) != 1 || !m.Alerts[0].Firing || m.Alerts[0].Summary == "" {
			t.Errorf("%s: %+v %v", h.Name, m, err)
			continue
		}
		hit, ok := alerts.Match(in[1].Rules, h.Name, m.Alerts[0], known)
		if !ok || hit.Group != "login" {
			t.Errorf("%s: no rule takes %+v", h.Name, m.Alerts[0])
		}
	}
}

// TestAlertsDefaults are what a rule is that says no more than it must.
func TestAlertsDefaults(t *testing.T) {
	t.Parallel()
	c, err := Parse("x.yaml", []byte("alerts: {rules: [{name: a, components: [login]}, {name: b, component_label: service, resolve: false, open: draft, level: degraded}]}"), options())
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Alerts.Rules[0], c.Alerts.Rules[1]
	if !a.Resolve || a.Draft || a.Level != data.MajorOutage || a.Group != alerts.ByRule || b.Resolve || !b.Draft || b.Level != data.Degraded {
		t.Errorf("%+v\n%+v", a, b)
	}
	c, err = Parse("x.yaml", []byte("alerts: {}"), options())
	if err != nil || !slices.ContainsFunc(c.Warnings, func(f Fault) bool { return strings.Contains(f.Message, "counted and forgotten") }) {
		t.Errorf("%v %v", c.Warnings, err)
	}
}
