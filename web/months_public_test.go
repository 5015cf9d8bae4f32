package web_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/page"
)

// newArchive is a site that settled the three months before this one, of which the middle one was restated, and one with an
// outage in each, a window and a gap.
func newArchive(t *testing.T, after func(tx data.Tx, settled []string) error) (s *site, settled []string, running string) {
	t.Helper()
	s = newSite(t, nil)
	state := s.desk.Settings
	now := time.Now()
	s.update(func(tx data.Tx) error {
		settled = nil
		begin := now.In(state.Zone).AddDate(0, 0, -now.In(state.Zone).Day()-100)
		for _, slug := range []string{"login", "crm-read"} {
			c, err := tx.Components().Get(slug)
			if err != nil {
				return err
			}
			c.Since = begin
			if err := errors.Join(tx.Components().Put(c), tx.Marks().Put(datatest.Mark(slug, begin, data.Operational))); err != nil {
				return err
			}
		}
		book := state.Book()
		for ago := 3; ago >= 0; ago-- {
			first := time.Date(now.In(state.Zone).Year(), now.In(state.Zone).Month()-time.Month(ago), 1, 0, 0, 0, 0, state.Zone)
			month := first.Format("2006-01")
			o := datatest.Outage("login", first.Add(-time.Minute))
			o.Ended = first.Add(3 * time.Hour)
			w := datatest.Occurrence("m", first.UTC())
			w.Phase, w.Began, w.Window.End, w.Ended = data.Completed, w.Window.Start, w.Window.Start.Add(time.Minute), w.Window.Start.Add(time.Minute)
			if err := errors.Join(tx.Outages().Put(o), tx.Occurrences().Put(w)); err != nil {
				return err
			}
			if running = month; ago == 0 {
				break
			}
			records, err := months.Records(tx, now)
			if err != nil {
				return err
			}
			if _, err := book.Settle(tx, records, month, "statusd", now); err != nil {
				return err
			}
			settled = append(settled, month)
			if ago != 2 {
				continue
			}
			if o, err = o.Correct(data.OutageChange{Cause: data.ByInternet, Why: "a cable"}, "operator:it", now); err != nil {
				return err
			}
			if err := tx.Outages().Put(o); err != nil {
				return err
			}
			if _, err := book.Revise(tx, o.Started, "operator:it", "a cable", now); err != nil {
				return err
			}
		}
		if after != nil {
			return after(tx, settled)
		}
		return nil
	})
	if err := s.desk.Public.First(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, settled, running
}

func (s *site) get(path string) (int, string) {
	rec := httptest.NewRecorder()
	s.public.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec.Code, rec.Body.String()
}

// TestStrictIsForOperators looks through everything that the public listener serves, and what /live pushes, for the figure that the public
// does not get (U5): no member of any JSON has a name that begins with strict, and no column of CSV holds it.
func TestStrictIsForOperators(t *testing.T) {
	s, settled, running := newArchive(t, nil)
	snapshot := s.desk.Public.Current()
	paths := []string{
		"/api/v1/schedule", "/api/v1/schedule?customer=Cust12345", "/api/v1/banner", "/api/v1/banner?customer=Cust12345", "/api/v1/uptime/" + running[:4],
		"/api/v1/uptime/" + running[:4] + "?customer=Cust12345", "/api/v1/openapi.json", "/readyz", "/healthz", "/uptime/" + running[:4] + ".csv", "/uptime/" + running[:4],
	}
	for _, month := range append(slices.Clone(settled), running) {
		for _, more := range []string{"", "?component=login", "?cohort=pilot", "?customer=Cust12345"} {
			paths = append(paths, "/api/v1/uptime/"+month+more, "/uptime/"+month+more, "/uptime/"+month+".csv"+more)
		}
		paths = append(paths, "/badge/uptime/"+month+".svg")
	}
	for place := range snapshot.Docs { // pages, feeds and the API of others
		if strings.HasPrefix(place.Path, "/") {
			paths = append(paths, place.Path)
		}
	}
	slices.Sort(paths)
	seen := 0
	for _, path := range slices.Compact(paths) {
		status, body := s.get(path)
		if status != http.StatusOK {
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(body), &v); err == nil {
			seen++
			if names := strictMembers(v); len(names) > 0 {
				t.Errorf("%s has %v", path, names)
			}
		}
		if strings.Contains(path, ".csv") {
			seen++
			lines, err := csv.NewReader(strings.NewReader(body)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for i, name := range lines[0] {
				for _, line := range lines[1:] {
					if strings.HasPrefix(name, "strict") && line[i] != "" {
						t.Errorf("%s has %s %s", path, name, line[i])
					}
				}
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d answers had figures to look through", seen)
	}
	frames, err := page.LiveFrames(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	for lang, frame := range frames {
		var v any
		if err := json.Unmarshal(frame, &v); err != nil || len(strictMembers(v)) > 0 {
			t.Errorf("the frame in %s: %v, %v", lang, strictMembers(v), err)
		}
	}
}

// strictMembers are the names of members, wherever they lie, that begin with strict.
func strictMembers(v any) (names []string) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if strings.HasPrefix(strings.ToLower(name), "strict") {
				names = append(names, name)
			}
			names = append(names, strictMembers(v[name])...)
		}
	case []any:
		for _, e := range v {
			names = append(names, strictMembers(e)...)
		}
	}
	return names
}

// TestWithheldMonth changes a settled month in the store: every public surface withholds it and says so, and all other months stay.
func TestWithheldMonth(t *testing.T) {
	s, settled, running := newArchive(t, func(tx data.Tx, settled []string) error {
		m, err := data.LatestMonth(tx, settled[2])
		if err != nil {
			return err
		}
		m.Facts = bytes.Replace(m.Facts, []byte(`"cause":"provider"`), []byte(`"cause":"external"`), 1)
		return tx.Months().Put(m)
	})
	bad := settled[2]
	for _, month := range append(slices.Clone(settled), running) {
		withheld := month == bad
		status, body := s.get("/api/v1/uptime/" + month)
		var sheet months.Sheet
		if err := json.Unmarshal([]byte(body), &sheet); err != nil || status != http.StatusOK || sheet.Withheld != withheld || (sheet.Contract.Uptime == "") != withheld || (len(sheet.Intervals) == 0) != withheld {
			t.Errorf("the JSON of %s: %d %v\n%s", month, status, err, body)
		}
		_, csv := s.get("/uptime/" + month + ".csv")
		if strings.Contains(csv, ",withheld,withheld,") != withheld {
			t.Errorf("the CSV of %s:\n%s", month, csv)
		}
		word := i18n.T(i18n.EN, "ui.withheld")
		status, html := s.get("/uptime/" + month + "?lang=en")
		if status != http.StatusOK || strings.Contains(html, i18n.Capital(word)) != withheld {
			t.Errorf("the page of %s: %d, or it does not say whether it is withheld", month, status)
		}
		if _, svg := s.get("/badge/uptime/" + month + ".svg?lang=en"); strings.Contains(svg, ">"+word+"<") != withheld {
			t.Errorf("the badge of %s: %s", month, svg)
		}
	}
	status, body := s.get("/api/v1/uptime/" + bad[:4])
	var year months.Year
	if err := json.Unmarshal([]byte(body), &year); err != nil || status != http.StatusOK || year.Withheld != 1 {
		t.Errorf("the year: %d %v, %d withheld", status, err, year.Withheld)
	}
	if status, html := s.get("/uptime/" + bad[:4] + "?lang=en"); status != http.StatusOK || !strings.Contains(html, i18n.Capital(i18n.T(i18n.EN, "ui.withheld"))) {
		t.Errorf("the page of the year: %d, or it does not say that a month is withheld", status)
	}
	operator := s.session("ola", data.Viewer)
	for path, want := range map[string]int{"/api/v1/report/" + bad: 409, "/api/v1/facts/" + bad: 409, "/api/v1/months/" + bad: 409, "/api/v1/months": 200, "/api/v1/years/" + bad[:4]: 200} {
		if got := s.ask(s.operators, "GET", path, "", operator); got.status != want || !strings.Contains(got.body, "withheld") || want == 409 && !strings.Contains(got.body, "statusd month verify") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
