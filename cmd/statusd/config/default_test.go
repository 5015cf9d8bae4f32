package config

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/scheduler/recur"
)

func defaults(t testing.TB) *Config {
	t.Helper()
	c, err := Default(options())
	if err != nil {
		t.Fatalf("the default has faults:\n%v", err)
	}
	return c
}

func TestDefaultHasNoWarnings(t *testing.T) {
	t.Parallel()
	if c := defaults(t); len(c.Warnings) > 0 {
		t.Errorf("warnings:\n%v", c.Warnings)
	}
}

// The dates are those of DOMAIN.md 4.3.
func TestDefaultSchedule(t *testing.T) {
	t.Parallel()
	plans := map[string]data.Maintenance{}
	for _, m := range defaults(t).Maintenances {
		plans[m.Slug] = m
	}
	if len(plans) != 6 {
		t.Errorf("%d plans, want 6", len(plans))
	}
	for _, tt := range []struct {
		plan, from, to string
		dates          string // of the first windows
		first          string // window, in UTC
	}{
		{"system", "2026-12-10", "2027-01-20", "2026-12-18 2027-01-01 2027-01-15", "2026-12-17T23:00:00Z/6h0m0s"},
		{"system", "2026-01-01", "2026-01-20", "2026-01-02 2026-01-16", "2026-01-01T23:00:00Z/6h0m0s"},
		{"microsoft", "2026-01-01", "2026-03-01", "2026-01-09 2026-02-13", "2026-01-08T23:00:00Z/6h0m0s"},
		{"application-pilot", "2026-01-01", "2026-02-20", "2026-01-13 2026-02-03", "2026-01-13T21:00:00Z/7h0m0s"},
		{"application-rest", "2026-01-01", "2026-02-20", "2026-01-16 2026-02-06", "2026-01-16T21:00:00Z/7h0m0s"},
		{"infrastructure", "2026-01-01", "2026-01-12", "2026-01-03 2026-01-10", "2026-01-03T19:00:00Z/10h0m0s"},
		{"infrastructure", "2026-03-28", "2026-03-29", "2026-03-28", "2026-03-28T19:00:00Z/9h0m0s"},
		{"infrastructure", "2026-10-24", "2026-10-25", "2026-10-24", "2026-10-24T18:00:00Z/11h0m0s"},
		{"recycle", "2026-03-29", "2026-03-30", "2026-03-29", "2026-03-29T01:00:00Z/3s"},
		{"recycle", "2026-10-25", "2026-10-26", "2026-10-25", "2026-10-25T00:00:00Z/3s"},
	} {
		rule, err := recur.Compile(plans[tt.plan].Recurrence)
		if err != nil {
			t.Fatalf("%s: %v", tt.plan, err)
		}
		list, err := rule.BetweenDates(tt.from, tt.to)
		if err != nil {
			t.Fatal(err)
		}
		var dates []string
		for _, o := range list {
			dates = append(dates, o.Date)
		}
		if got := strings.Join(dates, " "); got != tt.dates {
			t.Errorf("%s from %s to %s: %s, want %s", tt.plan, tt.from, tt.to, got, tt.dates)
		} else if got := list[0].Window.Start.Format(time.RFC3339) + "/" + list[0].Window.Duration().String(); got != tt.first {
			t.Errorf("%s on %s: %s, want %s", tt.plan, list[0].Date, got, tt.first)
		}
	}
	if m := plans["application-rest"]; m.Follows != "application-pilot" || m.Cohort != "rest" || plans["application-pilot"].Cohort != "pilot" {
		t.Errorf("the upgrade's second half: %+v", m)
	}
	for slug, m := range plans {
		if m.Reserved != (slug == "infrastructure") || m.Standing != (slug == "recycle") || m.Recurrence.Zone != "Europe/Oslo" || !m.ValidFrom.IsZero() ||
			m.Notice != (data.NoticeTimes{}).WithDefaults() {
			t.Errorf("%s: %+v", slug, m)
		}
	}
}

// "Third week of the month" is told in a comment; it must work as it is told.
func TestThirdWeekOfTheMonth(t *testing.T) {
	t.Parallel()
	const rule, anchor = "FREQ=MONTHLY;BYDAY=3TU", "2026-01-20"
	if s := string(DefaultSource()); !strings.Contains(s, rule) || !strings.Contains(s, "anchor: "+anchor) {
		t.Fatal("the comment says something else")
	}
	for shift, want := range map[int]string{0: "2026-04-21", 3: "2026-04-24"} {
		r, err := recur.Compile(data.Recurrence{Zone: "Europe/Oslo", Rule: rule, Anchor: anchor, Start: "22:00", Until: "05:00", Shift: shift})
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.BetweenDates("2026-04-01", "2026-05-01")
		if err != nil || len(list) != 1 || list[0].Date != want {
			t.Errorf("shift %d: %v, %v, want %s", shift, list, err, want)
		}
	}
}

// The catalogue is DOMAIN.md 3.
func TestDefaultCatalogue(t *testing.T) {
	t.Parallel()
	c := defaults(t)
	bySlug := map[string]data.Component{}
	var committed []string
	for i, v := range c.Components {
		bySlug[v.Slug] = v
		if v.Position != i+1 {
			t.Errorf("%s has position %d, want %d", v.Slug, v.Position, i+1)
		}
		if v.Commitment == data.Committed {
			committed = append(committed, v.Slug)
		}
		if n := len(v.Name); n != 1 && n != len(i18n.Langs) {
			t.Errorf("%s is named in %d languages, want 1 (a name) or all", v.Slug, n)
		}
		if n := len(v.Description); n != 0 && n != len(i18n.Langs) {
			t.Errorf("%s is described in %d languages", v.Slug, n)
		}
		if v.Group == "" || v.GroupName["en"] == "" {
			t.Errorf("%s stands alone", v.Slug)
		}
	}
	for _, slug := range strings.Fields(`crm-read crm-write login crm-sales crm-service crm-marketing customer-centre documents office365 google email-out
		calendar-sync app-store apps expander/api mirroring mirroring/delivery ai-lab support admin data-export trial dc-oslo trust status`) {
		if _, ok := bySlug[slug]; !ok {
			t.Errorf("%s of DOMAIN.md 3 is missing", slug)
		}
	}
	slices.Sort(committed)
	if want := []string{"crm-read", "crm-write", "documents", "login"}; !slices.Equal(committed, want) {
		t.Errorf("committed: %v, want %v", committed, want)
	}
	for slug, want := range map[string]data.Impact{"crm-read": data.NoRead, "crm-write": data.NoWrite, "login": data.NoReadNoWrite, "documents": data.NoReadNoWrite} {
		if got := bySlug[slug].Impact; got != want {
			t.Errorf("impact of %s is %s, want %s", slug, got, want)
		}
	}
	if v := bySlug["ai-lab"]; v.Commitment != data.NoCommitment || v.Cause != data.ExcludedService {
		t.Errorf("ai-lab (X1): %+v", v)
	}
	if v := bySlug["mirroring/delivery"]; v.Cause != data.ByCustomer || v.Audience != data.ForCustomers {
		t.Errorf("mirroring/delivery (X6): %+v", v)
	}
	for _, slug := range []string{"dc-oslo", "status"} {
		if bySlug[slug].Audience != data.ForOperators {
			t.Errorf("%s is not for operators only", slug)
		}
	}
}

func TestDefaultProbesArePublicAndLight(t *testing.T) {
	t.Parallel()
	c := defaults(t)
	for _, p := range c.Probes {
		if p.Interval != time.Minute || p.Method != "" || len(p.Headers) > 0 || p.Cohort != data.AllCustomers {
			t.Errorf("%s: %+v", p.Name, p)
		}
		if !strings.HasPrefix(p.Target, "https://online.superoffice.com/") && !strings.HasPrefix(p.Target, "https://community.superoffice.com/") &&
			!strings.HasPrefix(p.Target, "https://www.superoffice.com/") && p.Target != "online.superoffice.com:443" {
			t.Errorf("%s looks at %s", p.Name, p.Target)
		}
	}
	if len(c.References) != 6 || c.Mail != nil || len(c.Subscribers) != 0 || c.Listen != "127.0.0.1:8080" || c.AdminListen != "127.0.0.1:8081" || c.Data != "" {
		t.Errorf("%v %v %v %q %q %q", c.References, c.Mail, c.Subscribers, c.Listen, c.AdminListen, c.Data)
	}
}

func TestDefaultCohortsTakeATenth(t *testing.T) {
	t.Parallel()
	c := defaults(t)
	pilot := 0
	for i := range 20000 {
		switch got := c.Cohorts.Of("Cust" + string(rune('0'+i%10)) + strings.Repeat("7", i%7) + time.Duration(i).String()); got {
		case "pilot":
			pilot++
		case "rest":
		default:
			t.Fatalf("a customer is in %q", got)
		}
	}
	if pilot < 1800 || pilot > 2200 {
		t.Errorf("%d of 20000 are in the first group", pilot)
	}
}

func TestDefaultHasNoPublicAddress(t *testing.T) {
	c, err := Default(options())
	if err != nil || !c.OwnURL() {
		t.Errorf("the default's address is %s, %v; want %s", c.Page.URL, err, builtInURL)
	}
}
