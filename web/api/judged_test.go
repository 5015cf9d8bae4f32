package api

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// TestRuleOf: a person can read what a component's level comes from, with the real names.
func TestRuleOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)
	mark := func(source data.Source, by, cohort string, l data.Level, why data.Reason) data.Mark {
		return data.Mark{Component: "login", Cohort: cohort, Source: source, By: by, At: now.Add(-time.Hour), Level: l, Cause: string(why)}
	}
	probe := func(by string, l data.Level, why data.Reason) data.Mark {
		return mark(data.FromProbe, by, "all", l, why)
	}
	off := probe("old", data.MajorOutage, "")
	off.Off = true
	later := probe("login", data.MajorOutage, "")
	later.At = now.Add(time.Hour)
	login, certificate := probe("login", data.Operational, ""), probe("login-certificate", data.Operational, "")
	both := []string{"login", "login-certificate"}
	for _, tt := range []struct {
		name  string
		marks []data.Mark
		sides []string
		want  string
	}{
		{"two", []data.Mark{certificate, login}, both, "the worst of login (operational), login-certificate (operational)"},
		{"one", []data.Mark{login}, both[:1], "what login (operational) says"},
		{"one down", []data.Mark{probe("login", data.MajorOutage, data.ReasonTimeout), certificate}, both, "the worst of login (major outage: no answer in time), login-certificate (operational)"},
		{"flapping", []data.Mark{probe("login", data.Degraded, data.ReasonFlapping)}, both[:1], "what login (degraded: it fails and recovers again and again) says"},
		{"one blind", []data.Mark{login, probe("login-certificate", data.NoData, data.ReasonBlind)}, both, "the worst of login (operational); not counted, for it sees nothing: login-certificate"},
		{"one that never ran", []data.Mark{login}, both, "the worst of login (operational); not counted, for it sees nothing: login-certificate"},
		{"none sees", []data.Mark{probe("login", data.NoData, data.ReasonDisagree)}, both, "no data, for none of its probes sees anything: login, login-certificate"},
		{"nobody looks", nil, nil, "no probe looks at it"},
		{"let go, and to come", []data.Mark{off, later, certificate}, both[1:], "what login-certificate (operational) says"},
		{"a cohort's", []data.Mark{login, mark(data.FromProbe, "front", "pilot", data.PartialOutage, data.ReasonStatus)}, []string{"front", "login"}, "the worst of front for pilot (partial outage: another HTTP status), login (operational)"},
		{"a person", []data.Mark{login, mark(data.FromPerson, "abc", "all", data.MajorOutage, "")}, both[:1], "what a person says: major outage (incident abc), which outranks what is measured for the same customers: what login (operational) says"},
		{"a window", []data.Mark{login, mark(data.FromSchedule, "system|2026-04-09", "all", data.NoData, "")}, both[:1], "what login (operational) says; a window runs, which changes no level"},
	} {
		if got := ruleOf(tt.marks, tt.sides, now); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestVotes: who votes is who sees and is fresh, as for the panel that judges.
func TestVotes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 9, 12, 0, 0, 0, time.UTC)
	p := data.Probe{Name: "login", Interval: 30 * time.Second} // so fresh means 2 minutes
	runs := func(place string, ago time.Duration, levels ...data.Level) data.Recent {
		r := data.Recent{Probe: "login", Place: place}
		for i, l := range levels {
			r = r.Add(data.Sample{Probe: "login", Place: place, At: now.Add(-ago - time.Duration(len(levels)-1-i)*30*time.Second), Level: l})
		}
		return r
	}
	const good, bad, blind = data.Operational, data.MajorOutage, data.NoData
	a := &API{Say: func(_ time.Duration, runs []data.Sample) data.Level { return runs[len(runs)-1].Level }}
	for _, tt := range []struct {
		name string
		runs data.Recent
		only []string
		why  string
	}{
		{"fresh", runs("local", 0, good, good), nil, ""},
		{"as old as may be", runs("local", 2*time.Minute, bad), nil, ""},
		{"too old", runs("local", 2*time.Minute+time.Second, bad), nil, "nothing newer came from there"},
		{"blind now", runs("local", 0, good, blind), nil, "its newest runs decide nothing"},
		{"blind throughout", runs("local", 0, blind, blind), nil, "none of its newest runs saw anything"},
		{"never ran", data.Recent{Place: "local"}, nil, "none of its newest runs saw anything"},
		{"not run from there any more", runs("local", 0, good), []string{"bergen"}, "the probe is not run from there any more"},
	} {
		p.Places = tt.only
		got := a.votes(p, []data.Recent{tt.runs, runs("bergen", 0, good)}, now)
		if got[0].Why != tt.why || got[0].Votes != (tt.why == "") || !got[1].Votes {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	p.Places = nil
	for ago, want := range map[time.Duration]bool{3 * time.Minute: true, 4 * time.Minute: false} { // of the newest: nobody who is older still votes
		if got := a.votes(p, []data.Recent{runs("local", ago, good)}, now); got[0].Votes != want {
			t.Errorf("alone and silent for %s: %+v", ago, got[0])
		}
	}
}
