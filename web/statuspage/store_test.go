package statuspage_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/statuspage"
)

// build makes the documents of a store that holds what fill puts there.
func build(t *testing.T, zone string, fill func(data.Tx) error) *page.Snapshot {
	t.Helper()
	ctx := context.Background()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.Update(ctx, func(tx data.Tx) error {
		if err := fill(tx); err != nil {
			return err
		}
		return tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: pageID})
	})
	if err != nil {
		t.Fatal(err)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	pages := &page.Publisher{
		Store: store, Renderers: []page.Renderer{statuspage.Render}, Log: slog.New(slog.DiscardHandler),
		Settings: page.Settings{Name: "Status", URL: "https://status.example.com", ZoneName: zone, Zone: location, Target: "0.998", Langs: i18n.Langs[:]},
	}
	if err := pages.First(ctx); err != nil {
		t.Fatal(err)
	}
	return pages.Current()
}

// TestHidden goes from the store to the documents: what is hidden is in none of them (RELIABILITY C6).
func TestHidden(t *testing.T) {
	now := time.Now().UTC()
	login, operators, customers, retired := datatest.Component("login"), datatest.Component("hush-operators"), datatest.Component("hush-customers"), datatest.Component("hush-retired")
	operators.Audience, customers.Audience, retired.Retired = data.ForOperators, data.ForCustomers, true
	operators.Group, operators.GroupName = "hush-group", data.Words{"en": "hush-group"}
	shown, draft := datatest.Incident("aaaabbbbcccc", now.Add(-time.Hour)), datatest.Incident("draftdraft00", now.Add(-time.Hour))
	draft.Hidden, draft.Title = true, "hush-draft"
	shown.Affected = append(shown.Affected, data.Affected{Component: "hush-operators", Level: data.MajorOutage})
	shown.Updates[0].Changes = append(shown.Updates[0].Changes, data.Change{Component: "hush-customers", New: data.MajorOutage})
	shown.Updates = append(shown.Updates, data.Update{ID: "u00000000002", Phase: data.Investigating, Body: "hush-note", At: now, Created: now, Internal: true})
	planned := datatest.Occurrence("system", now.Add(48*time.Hour).Truncate(time.Hour))
	planned.Components = []string{"login", "hush-operators"}
	planned.Updates = []data.Update{{ID: "u00000000003", Phase: data.Scheduled, Body: "hush-note", At: now, Created: now, Internal: true}}
	reserved := datatest.Occurrence("reserved", now.Add(50*time.Hour))
	reserved.Phase = data.Reserved
	never := datatest.Occurrence("never-told", now.Add(20*24*time.Hour))
	never.Phase = data.Cancelled
	snapshot := build(t, "Europe/Oslo", func(tx data.Tx) error {
		for _, c := range []data.Component{login, operators, customers, retired} {
			if err := tx.Components().Put(c); err != nil {
				return err
			}
			if err := tx.Marks().Put(datatest.Mark(c.Slug, now.Add(-2*time.Hour), data.Operational)); err != nil {
				return err
			}
		}
		for _, i := range []data.Incident{shown, draft} {
			if err := data.PutIncident(tx, i); err != nil {
				return err
			}
		}
		for _, o := range []data.Occurrence{planned, reserved, never} {
			if err := tx.Occurrences().Put(o); err != nil {
				return err
			}
		}
		return nil
	})
	hidden := []string{"hush", draft.ID}
	for _, c := range []data.Component{operators, customers, retired} {
		hidden = append(hidden, data.PublicID(pageID, "component", c.Slug))
	}
	for _, o := range []data.Occurrence{reserved, never} {
		hidden = append(hidden, snapshot.State.OccurrenceID(o))
	}
	for place, d := range snapshot.Docs {
		for _, secret := range hidden {
			if strings.Contains(string(d.Body), secret) || strings.Contains(place.Path, secret) {
				t.Errorf("%s tells of %s", place.Path, secret)
			}
		}
	}
	summary := decode(t, snapshot.Docs, "summary.json")
	if len(*summary.Components) != 1 || len(*summary.Incidents) != 1 || len(*summary.Maintenances) != 1 {
		t.Errorf("the summary has %d components, %d incidents and %d maintenances: want one of each",
			len(*summary.Components), len(*summary.Incidents), len(*summary.Maintenances))
	}
}

// TestHiddenIncident: a story only of components that the public does not know is nowhere (C6), and one that names others too
// is told without those. One of a component that is retired since stays in the history.
func TestHiddenIncident(t *testing.T) {
	now := time.Now().UTC()
	login, oslo, tenant, old := datatest.Component("login"), datatest.Component("hush-oslo"), datatest.Component("hush-tenant"), datatest.Component("old")
	oslo.Audience, tenant.Audience, old.Retired = data.ForOperators, data.ForCustomers, true
	story := func(id, title string, slugs ...string) data.Incident {
		i := datatest.Incident(id, now.Add(-time.Hour))
		i.Title, i.Affected, i.Updates[0].Changes = title, nil, nil
		for _, slug := range slugs {
			i.Affected = append(i.Affected, data.Affected{Component: slug, Level: data.MajorOutage})
			i.Updates[0].Changes = append(i.Updates[0].Changes, data.Change{Component: slug, Old: data.Operational, New: data.MajorOutage})
		}
		return i
	}
	incidents := []data.Incident{
		story("hushhush0001", "hush-oslo is down", "hush-oslo"), story("hushhush0002", "hush-tenant is down", "hush-tenant", "hush-oslo"),
		story("aaaabbbb0001", "Sign-in fails", "hush-oslo", "login"), story("aaaabbbb0002", "It was slow", "old"),
	}
	incidents[0].Affected[0].Cohort = "pilot"
	snapshot := build(t, "Europe/Oslo", func(tx data.Tx) error {
		for _, c := range []data.Component{login, oslo, tenant, old} {
			if err := errors.Join(tx.Components().Put(c), tx.Marks().Put(datatest.Mark(c.Slug, now.Add(-2*time.Hour), data.Operational))); err != nil {
				return err
			}
		}
		for _, i := range incidents {
			if err := data.PutIncident(tx, i); err != nil {
				return err
			}
		}
		return nil
	})
	hush := func(where, text string) {
		t.Helper()
		if strings.Contains(text, "hush") {
			t.Errorf("%s tells of what is hidden", where)
		}
	}
	var ids []string
	for _, i := range snapshot.State.Incidents {
		ids = append(ids, i.ID)
		hush("our own JSON", fmt.Sprint(wire.IncidentOf(i, "https://status.example.com")))
		hush("the state", fmt.Sprint(i))
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"aaaabbbb0001", "aaaabbbb0002"}) {
		t.Errorf("the public knows of the incidents %v", ids)
	}
	for _, render := range []page.Renderer{statuspage.Render, page.Render} {
		docs, err := render(snapshot.State)
		if err != nil {
			t.Fatal(err)
		}
		for place, d := range docs {
			hush(place.Path, place.Path+string(d.Body))
		}
	}
	for _, path := range []string{"/incidents/hushhush0001", "/incidents/hushhush0002"} {
		if _, ok := snapshot.Doc(path, i18n.EN); ok {
			t.Errorf("%s has a page", path)
		}
	}
	if d, ok := snapshot.Doc("/incidents/aaaabbbb0001", i18n.EN); !ok {
		t.Error("what names a public component too has no page")
	} else {
		hush("its page", string(d.Body))
	}
	frames, err := page.LiveFrames(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	hush("the live frame", string(frames[i18n.EN]))
	if summary := decode(t, snapshot.Docs, "summary.json"); len(*summary.Incidents) != 2 {
		t.Errorf("the summary has %d incidents, want 2", len(*summary.Incidents))
	}
}

// TestWindowEndIsAChange: a component that leaves a window was updated then, and not when its probe last spoke.
func TestWindowEndIsAChange(t *testing.T) {
	end := time.Now().UTC().Truncate(time.Second).Add(-time.Hour)
	mark := data.Mark{Component: "login", Cohort: data.AllCustomers, Source: data.FromSchedule, By: "system|window", At: end.Add(-time.Hour)}
	off := mark
	off.At, off.Off = end, true
	snapshot := build(t, "UTC", func(tx data.Tx) error {
		for _, m := range []data.Mark{datatest.Mark("login", end.Add(-3*time.Hour), data.Operational), mark, off} {
			if err := tx.Marks().Put(m); err != nil {
				return err
			}
		}
		if err := tx.Components().Put(datatest.Component("login")); err != nil {
			return err
		}
		return nil
	})
	c := (*decode(t, snapshot.Docs, "components.json").Components)[0]
	if c.Status != "operational" || !c.Updated.Equal(end) {
		t.Errorf("after its window login is %s since %s, want operational since %s", c.Status, c.Updated, end)
	}
}
