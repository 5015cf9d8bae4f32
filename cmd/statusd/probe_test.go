package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

func TestProbeWords(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 10, 8, 0, 30, 0, time.UTC)
	bad := api.ProbeRun{
		At: at, Place: "local", Level: data.MajorOutage, Reason: data.ReasonTimeout, Detail: "no answer in 10 s", Latency: 10000,
		Phases: []api.Timed{{Name: "resolve", Latency: 1.5}, {Name: "connect", Latency: 20}}, Steps: []api.StepRun{{Name: "sign in", Level: data.MajorOutage, Reason: data.ReasonTimeout, Latency: 9000}},
	}
	whole := api.ProbeWhole{
		Now:      api.ProbeNow{Side: "front", Component: "login", Cohort: "pilot", Kind: data.ProbeHTTP, Level: data.MajorOutage, Since: &at, Asked: &at, Origin: "statusd.yaml:12"},
		Settings: []api.ProbeSetting{{Name: "target", Value: "https://crm.example.com/"}}, Network: "Probe front finds it down from local.",
		Places: []api.ProbePlace{
			{Place: "bergen", Why: "nothing newer came from there"}, {Place: "local", Says: data.MajorOutage, Votes: true, Runs: []api.ProbeRun{bad}, Bad: []api.ProbeRun{bad}},
		},
	}
	day := api.ProbeDay{
		Side: "front", Component: "login", Date: "2026-04-10", Zone: "Europe/Oslo", Sum: api.SampleSum{Start: at, Count: 3, Good: 2, Bad: 1, Answered: "66.6666", P50: 82, P95: 1200, P99: 1200, Max: 1200},
		Marks: []api.ProbeMoment{{Start: at, Level: data.MajorOutage, Text: "timeout"}}, Windows: []api.ProbeMoment{{Start: at, End: &at, Text: "the system window"}},
	}
	day.Hours = []api.SampleSum{day.Sum}
	var shown, summed, empty bytes.Buffer
	if err := writeProbe(writer{&shown, oslo(t)}, whole); err != nil {
		t.Fatal(err)
	}
	if err := writeDay(writer{&summed, oslo(t)}, day); err != nil {
		t.Fatal(err)
	}
	if err := writeDay(writer{&empty, oslo(t)}, api.ProbeDay{Side: "front", Date: "2026-04-10", Zone: "UTC"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"show", shown.String(), []string{
			"front says of login@pilot: major outage, since ", "A run was asked for at ", "Settings (statusd.yaml:12)", "target  https://crm.example.com/", "resolve 1.5 ms, connect 20 ms  no answer in time: no answer in 10 s",
			"sign in", "9.00 s", "The last that were not good, from local", "Last runs from local, which votes major outage",
			"Last runs from bergen, which does not vote: nothing newer came from there", "The network between may be at fault: Probe front finds it down from local.",
		}},
		{"day", summed.String(), []string{"front on 2026-04-10 (Europe/Oslo)", "10:00", "66.6666 %", "1.20 s", "all day", "from 2026-04-10 10:00:30  goes on", "major outage: timeout", "Windows"}},
		{"a day of nothing", empty.String(), []string{"No sample is kept of this day."}},
	} {
		for _, want := range tt.want {
			if !strings.Contains(tt.text, want) {
				t.Errorf("%s says no %q:\n%s", tt.name, want, tt.text)
			}
		}
	}
}
