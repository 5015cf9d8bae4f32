package data_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

func hours(h float64) time.Time { return datatest.Start.Add(time.Duration(h * float64(time.Hour))) }

func over(from, to float64) data.Outage {
	o := datatest.Outage("crm-read", hours(from))
	o.Ended = hours(to)
	return o
}

func TestCorrect(t *testing.T) {
	now, later, zero := hours(100), hours(200), time.Time{}
	at := func(h float64) *time.Time { v := hours(h); return &v }
	void, _ := over(1, 2).Correct(data.OutageChange{Void: true, Why: "the probe was wrong"}, "it", now)
	for _, c := range []struct {
		name  string
		o     data.Outage
		ch    data.OutageChange
		field string // of the error; "-" means none
	}{
		{"a beginning", over(1, 2), data.OutageChange{Started: at(0.5), Why: "log"}, "-"},
		{"an end", over(1, 2), data.OutageChange{Ended: at(3), Why: "log"}, "-"},
		{"no reason", over(1, 2), data.OutageChange{Ended: at(3)}, "why"},
		{"nothing", over(1, 2), data.OutageChange{Why: "so"}, ""},
		{"what is so already", over(1, 2), data.OutageChange{Ended: at(2), Cause: data.ByProvider, Why: "so"}, ""},
		{"an end before its beginning", over(1, 2), data.OutageChange{Ended: at(0), Why: "so"}, "ended"},
		{"a beginning after its end", over(1, 2), data.OutageChange{Started: at(2), Why: "so"}, "ended"},
		{"an end to come", over(1, 2), data.OutageChange{Ended: &later, Why: "so"}, "ended"},
		{"a report to come", over(1, 2), data.OutageChange{Reported: &later, Why: "so"}, "reported"},
		{"no report after all", reported(over(1, 2)), data.OutageChange{Reported: &zero, Why: "so"}, "-"},
		{"an end of what goes on", datatest.Outage("crm-read", hours(1)), data.OutageChange{Ended: at(3), Why: "so"}, "ended"},
		{"a cause of what goes on", datatest.Outage("crm-read", hours(1)), data.OutageChange{Cause: data.ByInternet, Why: "so"}, "-"},
		{"an unknown cause", over(1, 2), data.OutageChange{Cause: "weather", Why: "so"}, "cause"},
		{"an unknown impact", over(1, 2), data.OutageChange{Impact: "bad", Why: "so"}, "impact"},
		{"set aside twice", void, data.OutageChange{Void: true, Why: "so"}, ""},
		{"restored", void, data.OutageChange{Restore: true, Why: "so"}, "-"},
		{"restored though it counts", over(1, 2), data.OutageChange{Restore: true, Why: "so"}, ""},
	} {
		got, err := c.o.Correct(c.ch, "operator:it", now)
		if c.field == "-" {
			if err != nil || len(got.Corrections) != len(c.o.Corrections)+1 || got.Corrections[len(c.o.Corrections)].Author != "operator:it" {
				t.Errorf("%s: %v, %+v", c.name, err, got.Corrections)
			}
			continue
		}
		if e, ok := err.(*data.Error); !ok || e.Field != c.field {
			t.Errorf("%s: error %v, want one of %q", c.name, err, c.field)
		}
	}
	if !void.Corrected().Void {
		t.Error("what was set aside counts")
	}
	if again, _ := void.Correct(data.OutageChange{Restore: true, Why: "it was one"}, "it", now); again.Corrected().Void {
		t.Error("what was restored does not count")
	}
}

func reported(o data.Outage) data.Outage {
	o.Reported = o.Started
	return o
}

func TestJoin(t *testing.T) {
	now := hours(100)
	other := over(5, 6)
	other.Cohort = "pilot"
	for name, list := range map[string][]data.Outage{
		"one": {over(1, 2)}, "twice": {over(1, 2), over(1, 2)}, "of different customers": {over(1, 2), other},
		"one goes on": {over(1, 2), datatest.Outage("crm-read", hours(3))}, "one inside the first": {over(1, 9), over(2, 3)},
	} {
		if _, err := data.JoinOutages(list, "so", "it", now); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	list, err := data.JoinOutages([]data.Outage{over(3, 4), reported(over(1, 2)), over(5, 6)}, "it was down between", "it", now)
	if err != nil {
		t.Fatal(err)
	}
	if is := list[0].Corrected(); !is.Started.Equal(hours(1)) || !is.Ended.Equal(hours(6)) || !is.Reported.Equal(hours(1)) || is.Void {
		t.Errorf("the whole is %+v", is)
	}
	for _, o := range list[1:] {
		if !o.Corrected().Void {
			t.Errorf("a part counts beside the whole: %+v", o)
		}
	}
}

// TestSplitKeepsTheSum cuts outages at random and finds each second in exactly one part.
func TestSplitKeepsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []data.Outage{over(0, 10)}
		for range rapid.IntRange(1, 6).Draw(t, "cuts") {
			n := rapid.IntRange(0, len(parts)-1).Draw(t, "part")
			first, second, err := parts[n].Split(hours(rapid.Float64Range(-1, 11).Draw(t, "at")), "so", "it", hours(50))
			if err != nil {
				continue
			}
			parts[n] = first
			parts = append(parts, second)
			if second.Key() == first.Key() || second.Of != first.Key() {
				t.Fatalf("parts %s and %s of %s", first.Key(), second.Key(), second.Of)
			}
		}
		var sum time.Duration
		for _, p := range parts {
			is := p.Corrected()
			sum += is.Ended.Sub(is.Started)
		}
		if sum != 10*time.Hour {
			t.Fatalf("%d parts last %s together", len(parts), sum)
		}
	})
}

func TestAddOutage(t *testing.T) {
	now := hours(100)
	good := data.Outage{Component: "crm-read", Started: hours(1), Ended: hours(2), Why: "customers told us"}
	o, err := data.AddOutage(good, "operator:it", now)
	if err != nil || o.Cohort != data.AllCustomers || o.Impact != data.NoReadNoWrite || o.Cause != data.ByProvider || !o.Aware.Equal(hours(1)) || o.Author != "operator:it" {
		t.Errorf("%+v: %v", o, err)
	}
	for field, spoil := range map[string]func(*data.Outage){
		"component": func(o *data.Outage) { o.Component = "" }, "started": func(o *data.Outage) { o.Started = time.Time{} },
		"ended": func(o *data.Outage) { o.Ended = o.Started }, "why": func(o *data.Outage) { o.Why = "" }, "cause": func(o *data.Outage) { o.Cause = "x" },
		"impact": func(o *data.Outage) { o.Impact = "x" }, "reported": func(o *data.Outage) { o.Reported = now.Add(1) }, "aware": func(o *data.Outage) { o.Aware = now.Add(1) },
	} {
		bad := good
		spoil(&bad)
		if _, err := data.AddOutage(bad, "it", now); err == nil || err.(*data.Error).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
