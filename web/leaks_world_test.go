package web_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/statuspage"
)

// secrets is a public listener over a store in which much must not be seen, and something may.
type secrets struct {
	*testing.T
	public http.Handler
	pages  *page.Publisher

	never    []string            // words and IDs that nobody may see, anywhere
	schedule []string            // those of a reserved slot: on the schedule alone
	rest     []string            // what concerns the cohort "rest" alone
	open     map[string][]string // words that must be there by path: else nothing is shown by not finding the others
	hidden   map[string]string   // an ID or slug that is hidden, by one of the same kind that is not
}

func newSecrets(t *testing.T) *secrets {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, store)
		store.Close()
	})
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	s := &secrets{T: t}
	now := time.Now().UTC().Truncate(time.Minute)
	story := func(id, title, body, component, cohort string) data.Incident {
		i := datatest.Incident(id, now.Add(-time.Hour))
		i.Title, i.Updates[0].Body = title, body
		i.Affected[0] = data.Affected{Component: component, Cohort: cohort, Level: data.MajorOutage}
		i.Updates[0].Changes[0] = data.Change{Component: component, Cohort: cohort, Old: data.Operational, New: data.MajorOutage}
		return i
	}
	note := func(body string) data.Update {
		return data.Update{ID: data.NewID(), Phase: data.Identified, Body: body, At: now, Created: now, By: "operator:kari", Internal: true}
	}
	told := story("openopenopen", "Sign-in fails", "A disk is full.", "login", "")
	told.Affected = append(told.Affected, data.Affected{Component: "hush-oslo", Level: data.MajorOutage})
	told.Updates = append(told.Updates, note("hushnote"))
	over := story("overoverover", "It was slow", "Now it is not.", "crm-read", "")
	over.Phase, over.ResolvedAt, over.Updates[0].Phase = data.Resolved, now.Add(-30*time.Minute), data.Resolved
	over.Updates = append(over.Updates, note("hushpast"))
	draft := story("hushdraftxxx", "hushdraft", "hushdraftbody", "login", "")
	draft.Hidden = true
	inner := story("hushinnerxxx", "hushinner", "hushinnerbody", "hush-oslo", "")
	group := story("restrestrest", "forrest title", "forrest body", "crm-read", "rest")

	slot := func(slug string, category data.Category, cohort string, in time.Duration, phase data.Phase, body string) data.Occurrence {
		o := datatest.Occurrence(slug, now.Add(in))
		o.Category, o.Cohort, o.Phase = category, cohort, phase
		if body != "" {
			u := note(body)
			u.Internal = false
			o.Updates = []data.Update{u}
		}
		return o
	}
	day := 24 * time.Hour
	planned := slot("open-plan", data.System, data.AllCustomers, day, data.Scheduled, "The cellar is being cleaned.")
	planned.Known, planned.Updates = true, append(planned.Updates, note("hushplan"))
	reserved := slot("held-back", data.Critical, data.AllCustomers, 20*day+37*time.Minute, data.Reserved, "")
	ofRest := slot("rest-plan", data.Application, "rest", day+time.Hour, data.Scheduled, "forrest window")
	never := map[string]data.Occurrence{
		"cancelled": slot("hush-cancelled", data.System, data.AllCustomers, 10*day, data.Cancelled, "hushcancelled"), // nobody knew: Known and Revised are zero
		"withdrawn": slot("hush-withdrawn", data.System, data.AllCustomers, 11*day, data.Withdrawn, "hushwithdrawn"),
		"inner":     slot("hush-window", data.Microsoft, data.AllCustomers, day, data.Scheduled, "hushwindow"),
	}
	inside := never["inner"]
	inside.Components = []string{"hush-oslo"}
	never["inner"] = inside

	hush := datatest.Component("hush-oslo")
	hush.Audience, hush.Name, hush.Group, hush.GroupName = data.ForOperators, data.Words{"en": "Hushname", "nb": "Hushname"}, "hush-group", data.Words{"en": "Hushgroup"}
	hush.Description = data.Words{"en": "Hushwords"}
	login := datatest.Component("login")
	login.Name = data.Words{"en": "Sign-in"}
	for _, c := range []*data.Component{&hush, &login} {
		c.Since = now.AddDate(0, -3, 0)
	}
	read := datatest.Component("crm-read")
	read.Since = hush.Since
	err = store.Update(context.Background(), func(tx data.Tx) error {
		errs := []error{
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}),
			tx.Components().Put(login), tx.Components().Put(read), tx.Components().Put(hush),
			tx.Probes().Put(datatest.Probe("front", "login")), tx.Probes().Put(datatest.Probe("back", "crm-read")), tx.Probes().Put(datatest.Probe("hush-probe", "hush-oslo")),
			tx.Cohorts().Put(data.Cohort{Slug: "pilot", List: []string{"Cust7001"}, Name: data.Words{"en": "First group"}}),
			tx.Cohorts().Put(data.Cohort{Slug: "rest", List: []string{"Cust7002"}, Name: data.Words{"en": "Second group"}}),
		}
		for _, i := range []data.Incident{told, over, draft, inner, group} {
			errs = append(errs, data.PutIncident(tx, i))
		}
		for _, o := range []data.Occurrence{planned, reserved, ofRest, never["cancelled"], never["withdrawn"], never["inner"]} {
			errs = append(errs, data.PutOccurrence(tx, o, now))
		}
		for slug, by := range map[string]string{"hush-oslo": "hush-probe", "login": "front"} {
			out := datatest.Outage(slug, now.Add(-2*time.Hour))
			mark := datatest.Mark(slug, now.Add(-2*time.Hour), data.MajorOutage)
			out.By, mark.By = by, by
			errs = append(errs, tx.Outages().Put(out), tx.Marks().Put(mark))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.pages = &page.Publisher{
		Store: store, Log: quiet, Renderers: []page.Renderer{page.Render, banner.Render, statuspage.Render},
		Settings: page.Settings{
			Name: "CRM status", Product: "CRM", URL: publicURL, ZoneName: "Europe/Oslo", Zone: zone, Target: "0.998", Langs: []i18n.Lang{i18n.EN, i18n.NB},
			BannerFrames: []string{"https://login.example.com"},
		},
	}
	if err := s.pages.First(context.Background()); err != nil {
		t.Fatal(err)
	}
	customer := regexp.MustCompile(`^Cust[0-9]+$`)
	s.public = web.Public(web.PublicOptions{
		Pages: s.pages, Live: http.HandlerFunc(s.frame), Ready: web.Ready{}.Public(), Log: quiet, HTTPS: true, Customer: customer,
		Banner: &banner.Handler{Pages: s.pages, Customer: customer, Log: quiet, Language: web.Language},
	})
	state := s.pages.Current().State
	id := state.OccurrenceID
	component := func(slug string) string { return data.PublicID(state.PageID, "component", slug) }
	s.never = []string{
		"hush", "Hush", component("hush-oslo"), id(never["cancelled"]), id(never["withdrawn"]), id(never["inner"]),
		told.Updates[1].ID, over.Updates[1].ID, planned.Updates[1].ID, "operator:kari", "socket:root", "Cust7001", "Cust7002",
	}
	start := reserved.Window.Start
	s.schedule = []string{id(reserved), start.Format("2006-01-02T15:04"), start.In(zone).Format("2006-01-02T15:04"), start.Format("20060102T1504"), start.In(zone).Format("20060102T1504")}
	s.rest = []string{"forrest", group.ID, id(ofRest)}
	s.open = map[string][]string{
		"/": {"A disk is full.", "The cellar is being cleaned.", "Sign-in fails", "forrest title"}, "/incidents/" + told.ID: {"A disk is full."},
		"/maintenance/" + id(planned): {"The cellar is being cleaned."}, "/schedule": {start.Format("2006-01-02T15:04")}, "/api/v1/schedule": {start.Format("2006-01-02T15:04")},
		"/api/v2/incidents.json": {told.ID, "A disk is full.", group.ID}, "/api/v1/banner": {told.ID}, "/live": {told.ID, "Sign-in fails"}, "/history": {"It was slow"},
		"/history.ics": {id(planned)}, "/component/" + component("login"): {"Sign-in"},
	}
	s.hidden = map[string]string{
		draft.ID: told.ID, inner.ID: told.ID, component("hush-oslo"): component("login"), "hush-oslo": "crm-read", id(never["cancelled"]): id(planned),
		id(never["withdrawn"]): id(planned), id(never["inner"]): id(planned), id(reserved): id(planned),
	}
	return s
}

// frame is what /live pushes to whoever joins, as an answer.
func (s *secrets) frame(w http.ResponseWriter, r *http.Request) {
	frames, err := page.LiveFrames(s.pages.Current())
	if err != nil {
		s.Error(err)
	}
	w.Write(frames[web.Language(r, s.pages.Current().State.Langs)]) //nolint:errcheck // a recorder takes everything
}
