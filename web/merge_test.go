package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// crowd draws a State of up to a dozen windows that often share their span and audience, all told of.
func crowd(t *rapid.T) *page.State {
	now := time.Date(2026, 4, 9, 10, 0, 0, 0, time.UTC)
	s := &page.State{
		Settings: page.Settings{
			Name: "Status", Product: "CRM", URL: "https://status.example.com", Zone: time.UTC, ZoneName: "UTC", Target: "0.998",
			Langs: []i18n.Lang{rapid.SampledFrom(i18n.Langs[:]).Draw(t, "lang")},
		},
		PageID: "abcdefghijkl", Now: now, Headline: page.AllOK, Cohorts: data.Cohorts{{Slug: "pilot", Percent: 10}, {Slug: "rest", Rest: true}},
	}
	for n := range rapid.IntRange(0, 12).Draw(t, "windows") {
		start := now.Add(time.Duration(rapid.IntRange(1, 2).Draw(t, "in")) * 6 * time.Hour)
		o := data.Occurrence{
			Maintenance: fmt.Sprintf("plan-%d", n), Date: "2026-04-10", Ordinal: "0", Zone: "UTC", Expected: 30 * time.Minute,
			Category: rapid.SampledFrom([]data.Category{
				data.System, data.Application, data.Microsoft, data.Infrastructure, data.Emergency, data.Critical,
			}).Draw(t, "category"),
			Cohort:  rapid.SampledFrom([]string{"all", "all", "pilot", "rest"}).Draw(t, "cohort"),
			Phase:   rapid.SampledFrom([]data.Phase{data.Scheduled, data.Scheduled, data.Held, data.Cancelled}).Draw(t, "phase"),
			Window:  data.Window{Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 2).Draw(t, "for")) * time.Hour)},
			Known:   true,
			Revised: rapid.IntRange(0, 3).Draw(t, "revised"),
		}
		if rapid.Bool().Draw(t, "short") {
			o.Short = "It was known only now."
		}
		if rapid.IntRange(0, 3).Draw(t, "moved") == 0 {
			o.OldWindow = data.Window{Start: o.Window.Start.Add(-time.Hour), End: o.Window.End.Add(-time.Hour)}
		}
		s.Occurrences = append(s.Occurrences, o)
	}
	return s
}

// reasons compares the reasons that a text names with those of windows: each exactly once, and no other. Of a banner that had
// to be cut to its length (letter.BannerLimit) some may be missing.
func reasons(t *rapid.T, where, text string, lang i18n.Lang, os []data.Occurrence) {
	for _, c := range data.Categories {
		want := 0
		if slices.ContainsFunc(os, func(o data.Occurrence) bool { return o.Category == c }) {
			want = 1
		}
		name := strings.ToLower(i18n.T(lang, "category."+string(c)))
		if got := strings.Count(strings.ToLower(text), name); got != want && (got > want || !strings.Contains(text, "…")) {
			t.Fatalf("%s names %q %d times, want %d: %s", where, name, got, want, text)
		}
	}
}

// toldAsOne finds the windows that "id.version" names tell of, and takes them out of left.
func toldAsOne(t *rapid.T, where, told string, left map[string]data.Occurrence) (out []data.Occurrence) {
	for name := range strings.FieldsSeq(told) {
		o, ok := left[name]
		if !ok {
			t.Fatalf("%s tells of %s, which it does not concern, or twice", where, name)
		}
		delete(left, name)
		if len(out) > 0 && (o.Window != out[0].Window || o.Cohort != out[0].Cohort || o.Phase != out[0].Phase) {
			t.Fatalf("%s tells of %s and %s as one", where, o.Key(), out[0].Key())
		}
		out = append(out, o)
	}
	return out
}

var cards = regexp.MustCompile(`(?s)data-occurrence="([^"]*)">\s*<h3>(.*?)</a>`)

// Merging is in words only (M15): every window is told of once, each reason is named once, what is told as one has one span
// and one audience; and the schedule of programs has each window for itself.
func TestMergingIsInWordsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := crowd(t)
		lang := s.Langs[0]
		names := func(audience string) map[string]data.Occurrence {
			out := map[string]data.Occurrence{}
			for _, o := range s.Occurrences {
				if audience == "" || o.Cohort == data.AllCustomers || o.Cohort == audience {
					out[page.ToldAs(s.OccurrenceID(o), o.Revised)] = o
				}
			}
			return out
		}
		for _, audience := range []string{"", "all", "pilot", "rest"} {
			left := names(audience)
			shown := banner.For(s, audience, lang)
			for _, b := range shown {
				told := toldAsOne(t, "the banner of "+audience, b.Told, left)
				reasons(t, "the banner of "+audience, b.Text, lang, told)
			}
			if len(shown) < banner.Most && len(left) > 0 {
				t.Fatalf("the banner of %q has room and leaves out %v", audience, left)
			}

			docs, err := page.Render(s.For(audience))
			if err != nil {
				t.Fatal(err)
			}
			left = names(audience)
			for _, card := range cards.FindAllSubmatch(docs[page.Place{Path: "/", Lang: lang}].Body, -1) {
				told := toldAsOne(t, "the page of "+audience, string(card[1]), left)
				reasons(t, "the page of "+audience, string(card[2]), lang, told)
			}
			if len(left) > 0 {
				t.Fatalf("the page of %q leaves out %v", audience, left)
			}
		}

		pages := &page.Publisher{}
		pages.Swap(&page.Snapshot{State: s})
		public := web.Public(web.PublicOptions{
			Pages: pages, Live: http.NotFoundHandler(), Ready: http.NotFoundHandler(), Banner: http.NotFoundHandler(), Log: quiet,
		})
		w := httptest.NewRecorder()
		public.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/schedule", nil))
		var windows []struct{ Category, Cohort, Start string }
		if err := json.Unmarshal(w.Body.Bytes(), &windows); err != nil || w.Code != http.StatusOK {
			t.Fatalf("the schedule answers %d %s: %v", w.Code, w.Body, err)
		}
		var got, want []string
		for _, v := range windows {
			got = append(got, v.Category+" "+v.Cohort+" "+v.Start)
		}
		for _, o := range s.Occurrences {
			want = append(want, string(o.Category)+" "+o.Cohort+" "+o.Window.Start.Format(time.RFC3339))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("the schedule of programs has\n%q, want\n%q", got, want)
		}
	})
}
