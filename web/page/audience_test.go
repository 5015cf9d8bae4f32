package page

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
)

// divided is calm with a pilot and a rest, a window of the pilots told of, and an incident of each group and of everybody.
func divided(tb testing.TB) *State {
	s := calm(tb)
	s.Cohorts = data.Cohorts{{Slug: "pilot", Percent: 10}, {Slug: "rest", Rest: true}}
	zone := oslo(tb)
	s.Occurrences = append(s.Occurrences, data.Occurrence{
		Maintenance: "pilots", Date: "2026-04-11", Cohort: "pilot", Ordinal: "0", Category: data.Critical, Phase: data.Scheduled, Zone: "Europe/Oslo",
		Window: data.Window{Start: local(tb, zone, "2026-04-11 12:00"), End: local(tb, zone, "2026-04-11 14:00")},
	})
	for n, cohort := range []string{"pilot", "rest", "all"} {
		i := datatest.Incident("abcdefghijk"+string(rune('0'+n)), testNow.Add(-time.Hour))
		i.Title = "Trouble of " + cohort
		i.Affected = []data.Affected{{Component: "login", Cohort: cohort, Level: data.Degraded}}
		i.Updates[0].Changes = []data.Change{{Component: "login", Cohort: cohort, Old: data.Operational, New: data.Degraded}}
		s.Incidents = append(s.Incidents, i)
	}
	for i := range s.Components {
		c := &s.Components[i]
		c.standings = map[string]data.Standing{data.AllCustomers: c.Now, "pilot": c.Now, "rest": c.Now}
	}
	login := slices.IndexFunc(s.Components, func(c Component) bool { return c.Slug == "login" })
	s.Components[login].Now.Level = data.MajorOutage
	s.Components[login].standings["pilot"] = data.Standing{Level: data.MajorOutage}
	s.Headline = headline(s.Components)
	return s
}

// cohorts are those that the windows and incidents of s are of.
func cohorts(s *State) []string {
	var out []string
	for _, o := range s.Occurrences {
		out = append(out, o.Cohort)
	}
	for _, i := range s.Incidents {
		for _, a := range i.Affected {
			out = append(out, a.Cohort)
		}
		for _, u := range i.Updates {
			for _, c := range u.Changes {
				out = append(out, c.Cohort)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestFor(t *testing.T) {
	t.Parallel()
	s := divided(t)
	before := cohorts(s)
	for _, tt := range []struct {
		audience string
		cohorts  string
		login    data.Level
		headline Headline
		titles   string
	}{
		{"", "all pilot rest", data.MajorOutage, Major, "pilot rest all"},
		{"pilot", "all pilot", data.MajorOutage, Major, "pilot all"},
		{"rest", "all rest", data.Operational, AllOK, "rest all"},
		{"all", "all", data.Operational, AllOK, "all"},
	} {
		got := s.For(tt.audience)
		if names := strings.Join(cohorts(got), " "); names != tt.cohorts {
			t.Errorf("For(%q) holds what is of %s, want %s", tt.audience, names, tt.cohorts)
		}
		if c, _ := got.Component("login"); c.Now.Level != tt.login || got.Headline != tt.headline {
			t.Errorf("For(%q): sign-in %s, headline %s; want %s, %s", tt.audience, c.Now.Level, got.Headline, tt.login, tt.headline)
		}
		var titles []string
		for _, i := range got.Incidents {
			titles = append(titles, strings.TrimPrefix(i.Title, "Trouble of "))
		}
		if all := strings.Join(titles, " "); all != tt.titles {
			t.Errorf("For(%q) has the incidents of %s, want %s", tt.audience, all, tt.titles)
		}
	}
	if after := cohorts(s); !slices.Equal(before, after) || len(s.Incidents[0].Affected) != 1 {
		t.Errorf("For changed what it was asked of: %v, was %v", after, before)
	}
}

// What concerns whom, of an incident that moved on, is over, or names nothing.
func TestNarrowed(t *testing.T) {
	t.Parallel()
	pilot := []data.Affected{{Component: "login", Cohort: "pilot", Level: data.Degraded}}
	rest := []data.Change{{Component: "login", Cohort: "rest", New: data.Degraded}}
	for _, tt := range []struct {
		name     string
		phase    data.Phase
		affected []data.Affected
		changes  []data.Change
		pilot    bool
		rest     bool
	}{
		{"affects nobody by name", data.Investigating, nil, nil, true, true},
		{"of the pilots", data.Investigating, pilot, nil, true, false},
		{"moved from the rest to the pilots", data.Investigating, pilot, rest, true, false},
		{"over, was of both", data.Resolved, pilot, rest, true, true},
		{"over, was of the rest", data.Resolved, nil, rest, false, true},
		{"of everybody", data.Investigating, []data.Affected{{Component: "login"}}, rest, true, true},
	} {
		i := datatest.Incident("abcdefghijk1", testNow)
		i.Phase, i.Affected, i.Updates[0].Changes = tt.phase, tt.affected, tt.changes
		for audience, want := range map[string]bool{"pilot": tt.pilot, "rest": tt.rest} {
			if _, got := narrowed(i, func(c string) bool { return c == "" || c == "all" || c == audience }); got != want {
				t.Errorf("%s: concerns the %s: %t, want %t", tt.name, audience, got, want)
			}
		}
	}
}

// A component stands for an audience as what is said of it and of everybody says; a person's word for one group outranks the
// probes there and nowhere else.
func TestStandings(t *testing.T) {
	t.Parallel()
	cs := data.Cohorts{{Slug: "pilot"}, {Slug: "rest"}}
	mark := func(source data.Source, by, cohort string, l data.Level) data.Mark {
		return data.Mark{Component: "login", Source: source, By: by, Cohort: cohort, Level: l, At: testNow}
	}
	probe := mark(data.FromProbe, "p", "all", data.Operational)
	for _, tt := range []struct {
		name             string
		marks            []data.Mark
		all, pilot, rest data.Level
		in               string // who is in maintenance
	}{
		{"a probe", []data.Mark{probe}, 1, 1, 1, ""},
		{"nothing", nil, 0, 0, 0, ""},
		{"a word for the pilots", []data.Mark{probe, mark(data.FromPerson, "i", "pilot", data.MajorOutage)}, 1, 4, 1, ""},
		{"one incident, two groups", []data.Mark{mark(data.FromPerson, "i", "pilot", data.MajorOutage), mark(data.FromPerson, "i", "", data.Degraded)}, 2, 4, 2, ""},
		{"a probe of the rest", []data.Mark{probe, mark(data.FromProbe, "q", "rest", data.PartialOutage)}, 1, 1, 3, ""},
		{"people know better", []data.Mark{mark(data.FromProbe, "p", "all", data.MajorOutage), mark(data.FromPerson, "i", "rest", data.Operational)}, 4, 4, 1, ""},
		{"a window of the pilots", []data.Mark{probe, mark(data.FromSchedule, "w", "pilot", 0)}, 1, 1, 1, "pilot"},
		{"a window of all", []data.Mark{probe, mark(data.FromSchedule, "w", "all", 0)}, 1, 1, 1, "all pilot rest"},
	} {
		got := standings(tt.marks, cs, testNow)
		var in []string
		for _, audience := range []string{"all", "pilot", "rest"} {
			want := map[string]data.Level{"all": tt.all, "pilot": tt.pilot, "rest": tt.rest}[audience]
			if got[audience].Level != want {
				t.Errorf("%s: for %s %s, want %s", tt.name, audience, got[audience].Level, want)
			}
			if got[audience].Maintenance {
				in = append(in, audience)
			}
		}
		if strings.Join(in, " ") != tt.in {
			t.Errorf("%s: in maintenance %v, want %q", tt.name, in, tt.in)
		}
	}
}

func TestAudience(t *testing.T) {
	t.Parallel()
	s := divided(t)
	s.Cohorts[0].List = []string{"Cust7"}
	for _, tt := range []struct {
		customer, cohort string
		known            bool
		want             string
	}{
		{"", "", false, ""},
		{"Cust7", "", true, "pilot"},
		{"Cust7", "rest", true, "pilot"},
		{"Cust7", "", false, ""}, // not of the form
		{"", "pilot", false, "pilot"},
		{"", "all", false, "all"},
		{"", "nobody", false, ""},
	} {
		if got := s.Audience(tt.customer, tt.cohort, tt.known); got != tt.want {
			t.Errorf("Audience(%q, %q, %t) = %q, want %q", tt.customer, tt.cohort, tt.known, got, tt.want)
		}
	}
	s.Cohorts = s.Cohorts[:1]
	s.Cohorts[0].Percent = 0
	if got := s.Audience("Cust8", "", true); got != "all" {
		t.Errorf("whom no cohort takes is of %q", got)
	}
}

var otherCohort = regexp.MustCompile(`Trouble of rest|cohort=rest|all other customers|rest`)

// An audience's pages are whole, lead on within it, are kept out of search engines, follow everybody's, and hold nothing of
// another cohort.
func TestPagesOfAnAudience(t *testing.T) {
	t.Parallel()
	state := divided(t)
	state.Langs = []i18n.Lang{i18n.EN, i18n.DE}
	snapshot := &Snapshot{State: state, Docs: render(t, state)}
	live := frames(t, state)
	paths := []string{"/", "/schedule", "/uptime", "/history", NotFoundPlace}
	for path := range stories(state.For("pilot")) {
		paths = append(paths, path)
	}
	for _, l := range state.Langs {
		for _, path := range paths {
			general, _ := snapshot.Doc(path, l)
			d, ok := snapshot.DocFor("pilot", path, l)
			if !ok {
				t.Fatalf("DocFor(pilot, %s, %s): no page", path, l)
			}
			if d.ETag == general.ETag {
				t.Errorf("%s in %s has everybody's ETag", path, l)
			}
			if again, _ := snapshot.DocFor("pilot", path, l); again != d {
				t.Errorf("%s in %s was made twice", path, l)
			}
			doc := parse(t, d.Body)
			root := all(doc, tag("html"))[0]
			if path != NotFoundPlace && (attr(root, "data-cohort") != "pilot" || attr(root, "data-follows") != live[l].Main) {
				t.Errorf("%s in %s is of %q and follows %q, want pilot and %q", path, l, attr(root, "data-cohort"), attr(root, "data-follows"), live[l].Main)
			}
			if robots := all(doc, has("name", "robots")); len(robots) != 1 || attr(robots[0], "content") != "noindex" {
				t.Errorf("%s in %s: robots %v", path, l, robots)
			}
			if n := len(all(doc, func(n *html.Node) bool { return attr(n, "hreflang") != "" && n.Data == "link" })); n != 0 {
				t.Errorf("%s in %s names %d alternates", path, l, n)
			}
			for _, c := range all(doc, has("rel", "canonical")) {
				if href := attr(c, "href"); href != state.URL+path {
					t.Errorf("%s in %s has the canonical address %s", path, l, href)
				}
			}
			ways := 0
			for _, a := range all(doc, tag("a")) {
				href := attr(a, "href")
				switch own := strings.Contains(href, "cohort=pilot"); {
				case !strings.HasPrefix(href, "/") || strings.HasPrefix(href, "/api/"):
				case class("mine")(a.Parent):
					if ways++; own {
						t.Errorf("%s in %s: the way to everybody's page is %s", path, l, href)
					}
				case !own:
					t.Errorf("%s in %s leads out of the audience by %s", path, l, href)
				}
			}
			if ways != 1 {
				t.Errorf("%s in %s has %d ways to everybody's page", path, l, ways)
			}
			if found := otherCohort.FindString(text(all(doc, tag("main"))[0])); l == i18n.EN && found != "" {
				t.Errorf("%s tells pilots of %q", path, found)
			}
			if bytes.Contains(general.Body, []byte("data-cohort")) {
				t.Errorf("everybody's %s names an audience", path)
			}
		}
		for _, o := range state.Occurrences {
			if o.Cohort == "rest" && o.Phase != data.Reserved {
				if _, ok := snapshot.DocFor("pilot", maintenancePath+state.OccurrenceID(o), l); ok {
					t.Errorf("pilots can see the window %s of the rest", o.Key())
				}
			}
		}
	}
	if d, _ := snapshot.DocFor("", "/", i18n.EN); d != snapshot.Docs[Place{"/", i18n.EN}] {
		t.Error("everybody's page was made again")
	}
	if d, _ := snapshot.Doc("/", i18n.EN); len(otherCohort.FindAllString(text(parse(t, d.Body)), -1)) < 2 {
		t.Error("everybody's page names no group: what pilots do not see says nothing")
	}
	script, _ := snapshot.Doc(ScriptPath(), i18n.EN)
	if d, ok := snapshot.DocFor("pilot", ScriptPath(), i18n.EN); !ok || d != script {
		t.Error("the script is another for an audience")
	}
	if _, ok := snapshot.DocFor("pilot", "/nowhere", i18n.EN); ok {
		t.Error("there is something at an address where nothing is")
	}
}

// A change that shows only to one cohort changes the hash that its pages follow.
func TestAudiencesFollow(t *testing.T) {
	t.Parallel()
	s := divided(t)
	before := frames(t, s)[i18n.EN].Main
	s.Components[3].standings["rest"] = data.Standing{Level: data.Degraded}
	if frames(t, s)[i18n.EN].Main == before {
		t.Error("a component that became worse for the rest alone is no change")
	}
}

// Figures and days of an audience are of its own outages, as read from a store.
func TestFiguresOfAnAudience(t *testing.T) {
	t.Parallel()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := datatest.Start.AddDate(0, 0, 20)
	began := now.Add(-5 * time.Hour)
	var s *State
	err = store.Update(context.Background(), func(tx data.Tx) error {
		c := datatest.Component("login")
		c.Since = datatest.Start
		return errors.Join(
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "kctbh9vrtdwd"}), tx.Components().Put(c),
			tx.Probes().Put(datatest.Probe("p", "login")), tx.Marks().Put(datatest.Mark("login", datatest.Start, data.Operational)),
			tx.Cohorts().Put(data.Cohort{Slug: "pilot", Percent: 10}), tx.Cohorts().Put(data.Cohort{Slug: "rest", Rest: true}),
			tx.Outages().Put(data.Outage{
				Component: "login", Cohort: "pilot", By: "abcdefghijk1", Started: began, Aware: began, Ended: began.Add(2 * time.Hour),
				Impact: data.NoReadNoWrite, Cause: data.ByProvider,
			}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	settings := Settings{Zone: oslo(t), ZoneName: "Europe/Oslo", Target: "0.998"}
	err = store.View(context.Background(), func(tx data.Tx) (err error) { s, err = Read(tx, settings, now); return err })
	if err != nil {
		t.Fatal(err)
	}
	for audience, want := range map[string]int64{"": 7200, "pilot": 7200, "rest": 0, "all": 0} {
		of := s.For(audience)
		if got := of.Months[len(of.Months)-1].Contract.Downtime; got != want {
			t.Errorf("the month of %q has %d s of downtime, want %d", audience, got, want)
		}
		c, _ := of.Component("login")
		if got := int64(c.Days[len(c.Days)-1].Outage); got != want {
			t.Errorf("today's bar of %q has %d s of outage, want %d", audience, got, want)
		}
	}
	datatest.Invariants(t, store)
}
