package page

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// TestSinceWhenNobodyMeasures: of several probes, sides and cohorts the last one to see counts; places that disagree are no
// measurement, and neither is a window or a person.
func TestSinceWhenNobodyMeasures(t *testing.T) {
	t.Parallel()
	mark := func(source data.Source, by, cohort string, ago time.Duration, l data.Level, why data.Reason) data.Mark {
		return data.Mark{Component: "login", Cohort: cohort, Source: source, By: by, At: testNow.Add(-ago), Level: l, Cause: string(why)}
	}
	probe := func(by string, ago time.Duration, l data.Level) data.Mark {
		return mark(data.FromProbe, by, "all", ago, l, "")
	}
	const h = time.Hour
	for name, tt := range map[string]struct {
		marks []data.Mark
		want  time.Duration // ago; negative means never
	}{
		"one that sees":                  {[]data.Mark{probe("login", 9*h, data.Operational)}, 0},
		"one blind":                      {[]data.Mark{probe("login", 9*h, data.Operational), probe("login", 2*h, data.NoData)}, 2 * h},
		"both sides blind, one later":    {[]data.Mark{probe("crm", 9*h, data.Operational), probe("crm:login", 9*h, data.MajorOutage), probe("crm", 3*h, data.NoData), probe("crm:login", 2*h, data.NoData)}, 2 * h},
		"one side still sees":            {[]data.Mark{probe("crm", 9*h, data.Operational), probe("crm:login", 9*h, data.Operational), probe("crm", 3*h, data.NoData)}, 0},
		"a cohort's probe still sees":    {[]data.Mark{probe("login", 9*h, data.Operational), mark(data.FromProbe, "login", "pilot", 9*h, data.Operational, ""), probe("login", h, data.NoData)}, 0},
		"places disagree":                {[]data.Mark{probe("login", 9*h, data.Operational), mark(data.FromProbe, "login", "all", h, data.NoData, data.ReasonDisagree)}, h},
		"seen again, and lost again":     {[]data.Mark{probe("login", 9*h, data.Operational), probe("login", 5*h, data.NoData), probe("login", 4*h, data.Degraded), probe("login", h, data.NoData)}, h},
		"a window and a person are none": {[]data.Mark{mark(data.FromSchedule, "w", "all", h, data.NoData, ""), mark(data.FromPerson, "i", "all", h, data.MajorOutage, "")}, -1},
	} {
		got := measured(tt.marks, true, testNow)
		if want := testNow.Add(-tt.want); tt.want < 0 && !got.IsZero() || tt.want >= 0 && !got.Equal(want) {
			t.Errorf("%s: measured until %s, want %s ago", name, got, tt.want)
		}
	}
	s := calm(t)
	s.Headline, s.Measured = Unknown, testNow.Add(-2*h)
	if got := text(frontOf(t, s, i18n.EN)); !strings.Contains(got, "Last measured: Thursday 9 April 2026 10:00") {
		t.Errorf("the front page does not say since when: %s", got)
	}
	s.Measured = testNow
	if got := text(frontOf(t, s, i18n.EN)); strings.Contains(got, "Last measured") {
		t.Error("the front page says that nobody measures, though somebody does")
	}
}
