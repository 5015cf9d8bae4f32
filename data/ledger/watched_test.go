package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// marks reads "hh:mm probe level", with level off to let go; all of 2026-04-01 UTC and crm-read.
func marks(lines ...string) []data.Mark {
	var list []data.Mark
	for _, l := range lines {
		f := strings.Fields(l)
		m := data.Mark{Component: "crm-read", Cohort: "all", Source: data.FromProbe, By: f[1], At: clock(f[0])}
		if f[2] == "off" {
			m.Off = true
		} else if err := m.Level.UnmarshalText([]byte(f[2])); err != nil {
			panic(err)
		}
		list = append(list, m)
	}
	return list
}

func clock(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", "2026-04-01 "+s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestUnobserved(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		marks           []data.Mark
		blind, degraded string // spans within 10:00 to 12:00
	}{
		{"never a mark", nil, "10:00-12:00", ""},
		{"seen all along", marks("09:00 a operational"), "", ""},
		{"before the first mark", marks("10:30 a operational"), "10:00-10:30", ""},
		{"a gap", marks("09:00 a operational", "10:10 a no_data", "10:20 a operational"), "10:10-10:20", ""},
		{"a gap from before", marks("09:00 a no_data", "10:20 a major_outage"), "10:00-10:20", ""},
		{"a gap told in two marks", marks("09:00 a operational", "10:10 a no_data", "10:15 a no_data", "10:20 a operational"), "10:10-10:20", ""},
		{"one of two is blind", marks("09:00 a operational", "09:00 b operational", "10:10 a no_data"), "", ""},
		{"both are blind", marks("09:00 a operational", "09:00 b operational", "10:10 a no_data", "10:30 b no_data", "11:00 a degraded"), "10:30-11:00", "11:00-12:00"},
		{"the one that sees lets go", marks("09:00 a no_data", "09:00 b operational", "11:00 b off"), "11:00-12:00", ""},
		{"the blind one lets go", marks("09:00 a no_data", "10:30 a off", "11:00 b operational"), "10:00-11:00", ""},
		{"marks after the end", marks("09:00 a operational", "12:00 a no_data", "13:00 a operational"), "", ""},
		{"in any order", marks("11:00 a operational", "10:10 a no_data", "09:00 a operational"), "10:10-11:00", ""},
		{"degraded unless worse", marks("09:00 a degraded", "09:00 b operational", "10:30 b partial_outage", "11:00 b operational", "11:30 a operational"), "", "10:00-10:30 11:00-11:30"},
	} {
		blind := ledger.Unobserved("crm-read", c.marks, clock("10:00"), clock("12:00"))
		if got := spans(blind); got != c.blind {
			t.Errorf("%s: unobserved %q, want %q", c.name, got, c.blind)
		}
		if got := spans(ledger.Degraded("crm-read", c.marks, clock("10:00"), clock("12:00"))); got != c.degraded {
			t.Errorf("%s: degraded %q, want %q", c.name, got, c.degraded)
		}
	}
	foreign := marks("09:00 a operational")
	foreign[0].Component = "login"
	person := marks("09:00 a operational")
	person[0].Source = data.FromPerson
	if got := spans(ledger.Unobserved("crm-read", append(foreign, person...), clock("10:00"), clock("12:00"))); got != "10:00-12:00" {
		t.Errorf("marks of another component or of a person: unobserved %q, want 10:00-12:00", got)
	}
}

func spans(gaps []ledger.Gap) string {
	var list []string
	for _, g := range gaps {
		list = append(list, g.Start.Format("15:04")+"-"+g.End.Format("15:04"))
	}
	return strings.Join(list, " ")
}
