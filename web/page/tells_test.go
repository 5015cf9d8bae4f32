package page

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
)

// TestTellOf: an outage leads to the incident that opened it, however late that was written down, else to those of the same time.
func TestTellOf(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time { return local(t, time.UTC, "2026-04-02 "+clock) }
	story := func(id, from, to, slug string) data.Incident {
		i := data.Incident{ID: id, Phase: data.Resolved, Started: at(from), Created: at(from), Affected: []data.Affected{{Component: slug}}}
		if i.ResolvedAt = at(to); to == "23:59" {
			i.Phase, i.ResolvedAt = data.Investigating, time.Time{}
		}
		return i
	}
	own := func(slug, from, to string) []data.Outage {
		return []data.Outage{{Component: slug, Started: at(from), Ended: at(to)}}
	}
	knew := story("late", "12:00", "13:00", "login")
	knew.Aware = at("09:02")
	told := story("late", "12:00", "13:00", "login")
	told.Reported = at("09:10")
	for _, tt := range []struct {
		name       string
		incidents  []data.Incident
		own        map[string][]data.Outage
		start, end string
		components string
		want       string
	}{
		{"of the same time", []data.Incident{story("a", "09:05", "10:00", "login")}, nil, "09:00", "09:30", "login", "a"},
		{"of another component", []data.Incident{story("a", "09:05", "10:00", "crm-read")}, nil, "09:00", "09:30", "login", ""},
		{"after it", []data.Incident{story("a", "09:30", "10:00", "login")}, nil, "09:00", "09:30", "login", ""},
		{"before it", []data.Incident{story("a", "08:00", "09:00", "login")}, nil, "09:00", "09:30", "login", ""},
		{"one that goes on", []data.Incident{story("a", "08:00", "23:59", "login")}, nil, "09:00", "09:30", "login", "a"},
		{"of all", []data.Incident{story("a", "08:00", "23:59", "login")}, nil, "09:00", "09:30", "", "a"},
		{"written down after it was over, without its times", []data.Incident{story("late", "12:00", "13:00", "login")}, nil, "09:00", "09:30", "login", ""},
		{"it opened the outage", []data.Incident{story("late", "12:00", "13:00", "login")}, map[string][]data.Outage{"late": own("login", "09:00", "09:30")}, "09:00", "09:30", "login", "late"},
		{"we knew before", []data.Incident{knew}, nil, "09:00", "09:30", "login", "late"},
		{"a customer told us before", []data.Incident{told}, nil, "09:00", "09:30", "login", "late"},
		{
			"its own before another of the same time",
			[]data.Incident{story("own", "12:00", "13:00", "login"), story("other", "08:00", "23:59", "login")},
			map[string][]data.Outage{"own": own("login", "09:00", "09:30")},
			"09:00", "09:30", "login", "own",
		},
		{
			"another's own is of another component",
			[]data.Incident{story("own", "12:00", "13:00", "crm-read"), story("other", "08:00", "23:59", "login")},
			map[string][]data.Outage{"own": own("crm-read", "09:00", "09:30")},
			"09:00", "09:30", "login", "other",
		},
		{
			"another's own is of another time",
			[]data.Incident{story("own", "12:00", "13:00", "login"), story("other", "08:00", "23:59", "login")},
			map[string][]data.Outage{"own": own("login", "11:00", "11:30")},
			"09:00", "09:30", "login", "other",
		},
		{
			"two opened parts of it",
			[]data.Incident{story("one", "12:00", "13:00", "login"), story("two", "12:00", "13:00", "crm-read")},
			map[string][]data.Outage{"one": own("login", "09:00", "09:20"), "two": own("crm-read", "09:10", "09:30")},
			"09:00", "09:30", "login crm-read", "one two",
		},
	} {
		s := calm(t)
		s.Incidents, s.own = tt.incidents, tt.own
		var got []string
		for _, i := range s.tellOf(at(tt.start), at(tt.end), strings.Fields(tt.components)) {
			got = append(got, i.ID)
		}
		if !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

// TestLateIncidentInItsMonth: an incident that was written down in April of an outage of March, whose times were corrected, leads to
// March, and March to it.
func TestLateIncidentInItsMonth(t *testing.T) {
	t.Parallel()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	was, over, said := testNow.AddDate(0, 0, -20), testNow.AddDate(0, 0, -20).Add(time.Hour), testNow.AddDate(0, 0, -2)
	login := datatest.Component("login")
	login.Commitment, login.Since = data.Committed, testNow.AddDate(0, -3, 0)
	incident := data.Incident{
		ID: "abcdefghijkl", Title: "Sign-in failed", Phase: data.Resolved, Started: said, Created: said, ResolvedAt: said.Add(time.Minute),
		Affected: []data.Affected{{Component: "login", Level: data.Operational}},
		Updates:  []data.Update{{ID: "abcdefghijkm", Phase: data.Resolved, At: said, Body: "It was out three weeks ago."}},
	}
	outage := data.Outage{
		Component: "login", Cohort: data.AllCustomers, By: incident.ID, Started: said, Aware: said, Ended: said.Add(time.Minute), Impact: data.NoReadNoWrite, Cause: data.ByProvider,
		Corrections: []data.Correction{{At: testNow, Author: "operator:desk", Why: "the times of the outage", Started: &was, Aware: &was, Ended: &over}},
	}
	err = store.Update(context.Background(), func(tx data.Tx) error {
		return errors.Join(
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"}), tx.Components().Put(login),
			tx.Probes().Put(datatest.Probe("front", "login")), tx.Marks().Put(datatest.Mark("login", login.Since, data.Operational)),
			data.PutIncident(tx, incident), tx.Outages().Put(outage),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	var s *State
	err = store.View(context.Background(), func(tx data.Tx) (err error) {
		s, err = Read(tx, Settings{Zone: oslo(t), ZoneName: "Europe/Oslo", Target: "0.998", Langs: i18n.Langs[:], Territories: territories(t)}, testNow)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	links := func(path string) (out []string) {
		for _, a := range all(all(parse(t, detail(t, s, path, i18n.EN)), tag("main"))[0], tag("a")) {
			out = append(out, attr(a, "href"))
		}
		return out
	}
	if got := links(incidentsPath + incident.ID); !slices.Contains(got, uptimePath+"2026-03?lang=en") {
		t.Errorf("the incident does not lead to the month of its outage: %v", got)
	}
	if got := links(uptimePath + "2026-03"); !slices.Contains(got, incidentsPath+incident.ID+"?lang=en") {
		t.Errorf("the month does not lead to the incident: %v", got)
	}
}

// TestReach: an incident is looked for in the months of its outages too: before it was written down, and after it was resolved where one goes on.
func TestReach(t *testing.T) {
	t.Parallel()
	s := calm(t)
	day := func(n int) time.Time { return testNow.AddDate(0, 0, n) }
	i := data.Incident{ID: "abcdefghijkl", Phase: data.Resolved, Started: day(-40), ResolvedAt: day(-39)}
	for _, tt := range []struct {
		name     string
		own      []data.Outage
		from, to time.Time
	}{
		{"none is its own", nil, day(-40), day(-39)},
		{"within it", []data.Outage{{Started: day(-40), Ended: day(-39)}}, day(-40), day(-39)},
		{"around it", []data.Outage{{Started: day(-70), Ended: day(-60)}, {Started: day(-20), Ended: day(-10)}}, day(-70), day(-10)},
		{"one goes on", []data.Outage{{Started: day(-40)}, {Started: day(-20), Ended: day(-10)}}, day(-40), testNow},
	} {
		s.own = map[string][]data.Outage{i.ID: tt.own}
		if from, to := s.reach(i); !from.Equal(tt.from) || !to.Equal(tt.to) {
			t.Errorf("%s: from %s to %s, want %s to %s", tt.name, from, to, tt.from, tt.to)
		}
	}
}
