package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data/calendar"
)

// TestAvoidsOfPlans: whom freezes and holidays are for, and what a plan says of them.
func TestAvoidsOfPlans(t *testing.T) {
	t.Parallel()
	const plan = `  - {id: %s, category: %s, rule: FREQ=WEEKLY, anchor: 2026-01-02, start: "00:00", end: "06:00"%s}` + "\n"
	plans := "maintenance:\n" + fmt.Sprintf(plan, "a", "system", "") + fmt.Sprintf(plan, "b", "microsoft", ", freezes: none, holidays: move") +
		fmt.Sprintf(plan, "c", "recycle", "") + fmt.Sprintf(plan, "d", "system", ", standing: true") + fmt.Sprintf(plan, "e", "recycle", ", freezes: move")
	for _, tt := range []struct{ name, src, want string }{
		{"nothing", "", "a: b: c: d: e:"},
		{"a freeze for all", "freezes: [{id: x, from: 2026-05-01, days: 2}]", "a: x withhold b: c: d: e: x move"},
		{"a freeze for a category", "freezes: [{id: x, from: 2026-05-01, days: 2, categories: [system]}]", "a: x withhold b: c: d: x withhold e:"},
		{"a freeze for a plan and a category", "freezes: [{id: x, from: 2026-05-01, days: 2, categories: [microsoft], plans: [c]}]", "a: b: c: x withhold d: e:"},
		{"holidays", "holidays: [{territories: [no]}]", "a: no warn b: no move c: d: e:"},
		{"holidays of several", "holidays: [{territories: [no], effect: move}, {territories: [se], plans: [c]}]", "a: no move b: no move c: se warn d: e:"},
	} {
		c, err := Parse("x.yaml", []byte(plans+tt.src), options())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, m := range c.Maintenances {
			got = append(got, m.Slug+":")
			for _, a := range m.Avoids {
				got = append(got, a.Freeze+strings.Join(a.Territories, "+"), string(a.Effect))
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, text, tt.want)
		}
	}
}

// TestWarningsOfAvoided: check says which windows lie on holidays that only warn, and what never takes place.
func TestWarningsOfAvoided(t *testing.T) {
	t.Parallel()
	const daily = "maintenance: [{id: a, category: system, rule: FREQ=DAILY, anchor: 2026-01-01, start: \"00:00\", end: \"06:00\"}]\n"
	const yearly = "maintenance: [{id: a, category: system, rule: FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1, anchor: 2026-05-01, start: \"00:00\", end: \"06:00\"}]\n"
	many := "maintenance:\n"
	for i := range 13 {
		many += fmt.Sprintf("  - {id: p%d, category: system, cron: 0 * * * *, anchor: 2026-01-01, length: 60s, reason: \"\u2713\"}\n", i)
	}
	for _, tt := range []struct{ name, src, want string }{
		{"holidays", daily + "holidays: [{territories: [no]}]", "x.yaml:1:15: windows of the next 400 days lie on days to avoid: 2026-04-02 is a holiday in Norway (Maundy Thursday)"},
		{"a bounded list", daily + "holidays: [{territories: [no]}]", "2026-05-01 is a holiday in Norway (Labour Day); and "},
		{"holidays that withhold", daily + "holidays: [{territories: [no], effect: withhold}]", ""},
		{"a freeze of a year", daily + "freezes: [{id: x, from: 2026-06-01, days: 365}]", ""},
		{"a longer one", daily + "freezes: [{id: x, from: 2026-06-01, days: 380}]", "x.yaml:1:15: for more than a year nothing of this plan takes place (2026-06-01 lies in the freeze x"},
		{"one of a yearly plan", yearly + "freezes: [{id: x, from: 2027-05-01, days: 1}]", "for more than a year nothing of this plan takes place (2027-05-01 lies in the freeze x"},
		{"a yearly plan", yearly + "freezes: [{id: x, from: 2027-06-01, days: 1}]", ""},
		{"too many to look at", many + "holidays: [{territories: [no]}]", ""},
	} {
		c, err := Parse("x.yaml", []byte(tt.src), options())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []string
		for _, w := range c.Warnings {
			if strings.Contains(w.Message, "days to avoid") || strings.Contains(w.Message, "for more than a year") {
				got = append(got, w.String())
			}
		}
		if text := strings.Join(got, "\n"); len(got) > 1 || (text == "") != (tt.want == "") || !strings.Contains(text, tt.want) {
			t.Errorf("%s: %s\nwant %s", tt.name, text, tt.want)
		}
	}
}

// TestTerritoriesInTheReference: the explanation of the key lists every territory that there is.
func TestTerritoriesInTheReference(t *testing.T) {
	t.Parallel()
	var codes []string
	for _, known := range calendar.Territories() {
		codes = append(codes, known.Code)
	}
	slices.Sort(codes)
	want := "Whose holidays: " + strings.Join(codes[:len(codes)-1], ", ") + " or " + codes[len(codes)-1] + "."
	src, err := Schema()
	if err != nil || !strings.Contains(string(src), want) {
		t.Errorf("the schema lacks %q (%v)", want, err)
	}
}
