package banner_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

var oslo = func() *time.Location {
	l, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		panic(err)
	}
	return l
}()

// local is an instant on Oslo's clock, far from any clock change.
func local(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, oslo)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func window(c data.Category, cohort, start, end string) data.Occurrence {
	return data.Occurrence{
		Maintenance: string(c), Category: c, Cohort: cohort, Date: start[:10], Ordinal: "0", Phase: data.Scheduled, Zone: "Europe/Oslo",
		Window: data.Window{Start: local(start), End: local(end)}, Expected: 30 * time.Minute,
	}
}

func state(now string, os ...data.Occurrence) *page.State {
	for i, o := range os {
		os[i].Phase, _ = o.Due(local(now)) // as page.Read does
	}
	return &page.State{
		Settings: page.Settings{
			Product: "SuperOffice CRM", URL: "https://status.example.com", Zone: oslo, Langs: []i18n.Lang{i18n.EN, i18n.NB}, Support: "https://community.example.com",
		},
		PageID: "abcdefghijkl", Revision: 7, Now: local(now), Occurrences: os,
		Cohorts: data.Cohorts{{Slug: "pilot", List: []string{"Cust1"}}, {Slug: "rest", Rest: true}},
	}
}

// friday is the Friday of DOMAIN 6, "Three reasons, one Friday", with the pilot's Tuesday before it.
func friday() []data.Occurrence {
	return []data.Occurrence{
		window(data.Application, "pilot", "2026-04-07 22:00", "2026-04-08 05:00"),
		window(data.Microsoft, "all", "2026-04-10 00:00", "2026-04-10 06:00"),
		window(data.System, "all", "2026-04-10 00:00", "2026-04-10 06:00"),
		window(data.Application, "rest", "2026-04-10 22:00", "2026-04-11 05:00"),
	}
}

func texts(bs []data.Banner) string {
	var lines []string
	for _, b := range bs {
		lines = append(lines, string(b.Tone)+" "+b.Text)
	}
	return strings.Join(lines, "\n")
}

func TestThreeReasonsOneFriday(t *testing.T) {
	s := state("2026-04-09 12:00", friday()...)
	rest := banner.For(s, "rest", i18n.EN)
	if len(rest) != 2 {
		t.Fatalf("the rest see %d banners:\n%s", len(rest), texts(rest))
	}
	if !strings.Contains(rest[0].Text, "System maintenance and Microsoft security updates: Friday 10 April 2026, 00:00–06:00 (CEST, UTC+2)") {
		t.Errorf("the merged one: %s", rest[0].Text)
	}
	if !rest[0].Start.Equal(time.Date(2026, 4, 9, 22, 0, 0, 0, time.UTC)) || !rest[0].End.Equal(time.Date(2026, 4, 10, 4, 0, 0, 0, time.UTC)) {
		t.Errorf("its span: %v to %v", rest[0].Start, rest[0].End)
	}
	if !strings.Contains(rest[1].Text, "Application upgrade: Friday 10 April 2026 22:00 – Saturday 11 April 2026 05:00") || rest[1].Cohort != "rest" {
		t.Errorf("the upgrade: %+v", rest[1])
	}
	if pilot := banner.For(s, "pilot", i18n.EN); len(pilot) != 1 || pilot[0].ID != rest[0].ID {
		t.Errorf("a pilot sees\n%s", texts(pilot))
	}
	if nobody := banner.For(s, "", i18n.EN); len(nobody) != 2 || !strings.Contains(nobody[1].Text, "other customers") {
		t.Errorf("without an identifier the group is named:\n%s", texts(nobody))
	}
}

func TestMoments(t *testing.T) {
	change := func(f func(*data.Occurrence)) data.Occurrence {
		o := window(data.System, "all", "2026-01-16 00:00", "2026-01-16 06:00")
		f(&o)
		return o
	}
	plain := func(*data.Occurrence) {}
	phase := func(p data.Phase) func(*data.Occurrence) { return func(o *data.Occurrence) { o.Phase = p } }
	known := func(p data.Phase) func(*data.Occurrence) {
		return func(o *data.Occurrence) { o.Phase, o.Known = p, true }
	}
	for _, tt := range []struct {
		name   string
		now    string
		change func(*data.Occurrence)
		want   string
	}{
		{"49 h before", "2026-01-13 23:00", plain, ""},
		{"a second too early", "2026-01-13 23:59", plain, ""},
		{"48 h before", "2026-01-14 00:00", plain, "planned Planned maintenance"},
		{"running", "2026-01-16 01:00", plain, "maintenance Maintenance in progress"},
		{"over", "2026-01-16 06:00", plain, ""},
		{"completed early", "2026-01-16 03:00", phase(data.Completed), ""},
		{"reserved", "2026-01-15 00:00", phase(data.Reserved), ""},
		{"lapsed", "2026-01-15 00:00", phase(data.Lapsed), ""},
		{"held after it was told", "2026-01-14 12:00", known(data.Held), "info "},
		{"held before it was told", "2026-01-14 12:00", phase(data.Held), ""},
		{"cancelled after it was told", "2026-01-15 00:00", known(data.Cancelled), "info Cancelled"},
		{"cancelled after page and mail told of it, before the banner does", "2026-01-13 00:00", known(data.Cancelled), ""},
		{"cancelled long before anybody was told", "2026-01-15 00:00", phase(data.Cancelled), ""},
		{"cancelled, and its time has come", "2026-01-16 00:00", known(data.Cancelled), ""},
		{"standing", "2026-01-15 00:00", func(o *data.Occurrence) { o.Standing = true }, ""},
		{"short notice", "2026-01-15 12:00", func(o *data.Occurrence) { o.Short = "urgent" }, "short_notice System maintenance: Friday 16 January 2026, 00:00–06:00 (CET, UTC+1). We are sorry for the short notice."},
		{"an emergency", "2026-01-15 12:00", func(o *data.Occurrence) {
			o.Short, o.Category = "urgent", data.Emergency
		}, "short_notice Urgent security update – approximate start: Friday 16 January 2026 00:00 (CET, UTC+1). We are sorry for the short notice."},
		{"moved later, told at its old time", "2026-01-13 12:00", func(o *data.Occurrence) {
			o.OldWindow = data.Window{Start: local("2026-01-15 00:00"), End: local("2026-01-15 06:00")}
		}, "planned New time"},
	} {
		got := texts(banner.For(state(tt.now, change(tt.change)), "rest", i18n.EN))
		if tt.want == "" && got != "" || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestIncidentsComeFirst(t *testing.T) {
	s := state("2026-04-09 12:00", append(friday(), window(data.Critical, "all", "2026-04-09 18:00", "2026-04-09 20:00"))...)
	i := datatest.Incident("abcdefghijk1", local("2026-04-09 11:00"))
	s.Incidents = []data.Incident{i}
	login := datatest.Component("login")
	login.Name = data.Words{"en": "Login", "nb": "Innlogging"}
	s.Components = []page.Component{{Component: login}}
	got := banner.For(s, "rest", i18n.NB)
	if len(got) != banner.Most || got[0].Tone != data.ToneIncident || got[0].ID != i.ID {
		t.Fatalf("the most urgent three:\n%s", texts(got))
	}
	if !strings.Contains(got[0].Text, "Innlogging") || !strings.Contains(got[0].Text, "community.example.com") {
		t.Errorf("sign-in fails, so the text names another way to support (H2): %s", got[0].Text)
	}
	resolved := i
	resolved.Phase, resolved.ResolvedAt = data.Resolved, s.Now
	s.Incidents = []data.Incident{resolved}
	if got := banner.For(s, "rest", i18n.NB); got[0].Tone == data.ToneIncident {
		t.Errorf("a resolved incident is on the banner: %s", texts(got))
	}
	pilots := i
	pilots.Affected = []data.Affected{{Component: "login", Cohort: "pilot", Level: data.MajorOutage}}
	s.Incidents = []data.Incident{pilots}
	if got := banner.For(s, "rest", i18n.NB); got[0].Tone == data.ToneIncident {
		t.Errorf("an incident of the pilots is shown to the rest: %s", texts(got))
	}
	if got := banner.For(s, "pilot", i18n.NB); got[0].Tone != data.ToneIncident {
		t.Errorf("an incident of the pilots is not shown to them: %s", texts(got))
	}
}

// TestWayToSupport: while signing in fails the banner names the way to support, if need be in the place of the page's own address (H2),
// and what is affected in the order of the page.
func TestWayToSupport(t *testing.T) {
	for _, tt := range []struct{ title, want string }{
		{"Sign-in fails", "Investigating: Sign-in fails. Affected: Login, Reading. status.example.com – If you cannot sign in, contact support here: https://community.example.com"},
		{strings.Repeat("Sign-in fails ", 9) + "badly", "badly. Affected: Login, Reading. If you cannot sign in, contact support here: https://community.example.com"},
	} {
		s := state("2026-04-09 12:00")
		i := datatest.Incident("abcdefghijk1", local("2026-04-09 11:00"))
		i.Title, i.Titles, i.NextUpdate, i.Phase = tt.title, nil, time.Time{}, data.Investigating
		i.Affected = []data.Affected{{Component: "crm-read", Level: data.Degraded}, {Component: "login", Level: data.MajorOutage}}
		s.Incidents = []data.Incident{i}
		login, read := datatest.Component("login"), datatest.Component("crm-read")
		login.Name, read.Name = data.Words{"en": "Login"}, data.Words{"en": "Reading"}
		s.Components = []page.Component{{Component: login}, {Component: read}}
		got := banner.For(s, "rest", i18n.EN)
		if len(got) != 1 || !strings.HasSuffix(got[0].Text, tt.want) {
			t.Errorf("%s\nwant it to end with %q", texts(got), tt.want)
		}
	}
}

// serve answers one request from a snapshot of s.
func serve(t *testing.T, s *page.State, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	docs, err := banner.Render(s)
	if err != nil {
		t.Fatal(err)
	}
	pages := &page.Publisher{}
	pages.Swap(&page.Snapshot{State: s, Docs: docs})
	h := &banner.Handler{
		Pages: pages, Customer: regexp.MustCompile(`^Cust[0-9]+$`), Log: slog.New(slog.DiscardHandler),
		Language: func(r *http.Request, _ []i18n.Lang) i18n.Lang {
			l, _ := i18n.Parse(r.URL.Query().Get("lang"))
			return l
		},
	}
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandler(t *testing.T) {
	s := state("2026-04-09 12:00", friday()...)
	get := func(query string) banner.Answer {
		w := serve(t, s, "/api/v1/banner?lang=en"+query)
		var a banner.Answer
		if err := json.Unmarshal(w.Body.Bytes(), &a); w.Code != 200 || err != nil {
			t.Fatalf("%s: %d %s", query, w.Code, w.Body)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: headers %v", query, w.Header())
		}
		return a
	}
	general := texts(get("").Banners)
	for _, query := range []string{"&customer=", "&customer=Cust", "&customer=cust2", "&customer=' or 1=1", "&customer=Cust2x", "&customer=Cust" + strings.Repeat("2", 100), "&x=1"} {
		if got := texts(get(strings.ReplaceAll(query, " ", "+")).Banners); got != general {
			t.Errorf("%s is answered otherwise than no identifier:\n%s", query, got)
		}
	}
	if got := get("&customer=Cust1"); len(got.Banners) != 1 || got.Revision != 7 || !got.AsOf.Equal(s.Now) {
		t.Errorf("a listed pilot: %+v", got)
	}
	if got := get("&customer=Cust2&environment=online2&_=1"); len(got.Banners) != 2 {
		t.Errorf("a customer of the rest, with members nobody knows: %+v", got)
	}
	if got := serve(t, state("2026-01-01 00:00"), "/api/v1/banner?lang=nb").Body.String(); !strings.Contains(got, `"banners":[]`) {
		t.Errorf("no banner is an empty list: %s", got)
	}
}

func TestUnchangedIs304(t *testing.T) {
	s := state("2026-04-09 12:00", friday()...)
	tag := serve(t, s, "/api/v1/banner?lang=en").Header().Get("ETag")
	later := *s
	later.Now, later.Revision = s.Now.Add(time.Hour), 9
	if w := serve(t, &later, "/api/v1/banner?lang=en", "If-None-Match", tag); w.Code != http.StatusNotModified {
		t.Errorf("an hour later without news: %d", w.Code)
	}
	if w := serve(t, &later, "/api/v1/banner?lang=en&customer=Cust1", "If-None-Match", tag); w.Code != http.StatusOK {
		t.Errorf("another audience: %d", w.Code)
	}
}

// A customer of the right form whom no cohort takes sees what concerns everybody, and no group's notices.
func TestKnownInNoCohort(t *testing.T) {
	s := state("2026-04-07 12:00", window(data.Application, "pilot", "2026-04-07 22:00", "2026-04-08 05:00"), window(data.System, "all", "2026-04-09 00:00", "2026-04-09 06:00"))
	s.Cohorts = data.Cohorts{{Slug: "pilot", List: []string{"Cust1"}}}
	pilots := datatest.Incident("abcdefghijk1", local("2026-04-07 11:00"))
	pilots.Affected[0].Cohort = "pilot"
	s.Incidents = []data.Incident{pilots}
	for _, tt := range []struct {
		query string
		want  int
	}{{"&customer=Cust1", 3}, {"&customer=Cust2", 1}, {"&customer=nobody", 3}, {"", 3}} {
		var a banner.Answer
		w := serve(t, s, "/api/v1/banner?lang=en"+tt.query)
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || len(a.Banners) != tt.want {
			t.Errorf("%q sees %d banners, want %d:\n%s", tt.query, len(a.Banners), tt.want, w.Body)
		}
	}
}
