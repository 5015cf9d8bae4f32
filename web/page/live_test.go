package page

import (
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/ui"
)

func serve(d *ui.Doc) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w
}

func frames(t *testing.T, s *State) map[i18n.Lang]LiveFrame {
	t.Helper()
	raw, err := LiveFrames(&Snapshot{State: s})
	if err != nil {
		t.Fatal(err)
	}
	out := map[i18n.Lang]LiveFrame{}
	for l, b := range raw {
		var f LiveFrame
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		out[l] = f
	}
	return out
}

func TestLiveFrame(t *testing.T) {
	t.Parallel()
	s := bad(t)
	s.Components, s.Langs = s.Components[:2], s.Langs[:2]
	raw, err := LiveFrames(&Snapshot{State: s})
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`"main":"[0-9a-f]{16}"`).ReplaceAllString(string(raw[i18n.EN]), `"main":"…"`)
	want := `{"revision":7,"as_of":"2026-04-09T10:00:00Z","as_of_text":"As of Thursday 9 April 2026 12:00 (CEST, UTC+2)",` +
		`"headline":{"key":"major","symbol":"major_outage","text":"Major outage"},` +
		`"components":[{"id":"` + s.Components[0].ID + `","level":"operational","text":"Operational"},{"id":"` + s.Components[1].ID + `","level":"partial_outage","text":"Partial outage"}],` +
		`"incidents":[{"id":"aaaabbbbcccc","title":"Sign-in fails for many customers","phase":"identified","text":"Cause identified"}],"main":"…","banner":"e3b0c44298fc"}`
	if got != want {
		t.Errorf("frame\n got %s\nwant %s", got, want)
	}
}

// The hash in a frame is the one in the pages; it stays while only time goes by, also during an outage whose sums grow, and
// changes with anything that a reader would miss.
func TestMainHash(t *testing.T) {
	t.Parallel()
	for name, make := range situations {
		s := make(t)
		before := frames(t, s)
		docs := snapshotOf(t, name).Docs
		for l, f := range before {
			for _, path := range []string{"/", "/schedule", "/uptime", "/history"} {
				if got := attr(parse(t, docs[Place{path, l}].Body).FirstChild.NextSibling, "data-main"); got != f.Main {
					t.Errorf("%s: %s in %s has data-main %q, the frame %q", name, path, l, got, f.Main)
				}
			}
		}
		later := make(t)
		later.Now = later.Now.Add(time.Minute)
		if later.moves(t) {
			for i := range later.Components {
				c := &later.Components[i]
				today := &c.Days[len(c.Days)-1]
				switch {
				case c.Now.Level.Bad():
					today.Outage += 60
				case c.Now.Level == data.NoData:
					today.NoData += 60
				}
			}
			last := &later.Months[len(later.Months)-1]
			if last.Known {
				last.Report = report(last.Month, last.Contract.Downtime+60, last.Observed.Downtime+60, last.Unobserved)
				left := last.Allowance - last.Contract.Downtime
				last.SoFar, last.AsOf, last.Left = true, later.Now, &left
			}
		}
		for l, f := range frames(t, later) {
			if f.Main != before[l].Main {
				t.Errorf("%s in %s: a minute alone makes every open page fetch again", name, l)
			}
			if f.AsOf == before[l].AsOf || f.AsOfText == before[l].AsOfText {
				t.Errorf("%s in %s: as of stands still", name, l)
			}
		}
	}
	for what, change := range map[string]func(*State){
		"a level":            func(s *State) { s.level("crm-sales", data.Degraded) },
		"an update":          func(s *State) { s.Incidents[0].Updates[0].Body += "!" },
		"a past story":       func(s *State) { s.Incidents[1].Updates[0].Body += "!" },
		"a phase":            func(s *State) { s.Occurrences[7].Phase = data.Held },
		"a corrected figure": func(s *State) { s.Months[1].Report = report("2025-12", 1, 2, 3) },
	} {
		s := bad(t)
		s.Langs = s.Langs[:1]
		before := frames(t, s)[i18n.EN].Main
		change(s)
		if after := frames(t, s)[i18n.EN].Main; after == before {
			t.Errorf("%s changes and no open page is told", what)
		}
	}
}

func (s *State) moves(tb testing.TB) bool {
	tb.Helper()
	return maker{s, i18n.EN}.moves()
}

// A reader must be able to make out every word in both schemes (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	t.Parallel()
	light, dark, ok := strings.Cut(styleSource, "prefers-color-scheme:dark")
	if !ok {
		t.Fatal("the style has no dark scheme")
	}
	bands := regexp.MustCompile(`--band:(#[0-9a-f]{6})`).FindAllStringSubmatch(styleSource, -1)
	if len(bands) < 6 {
		t.Fatalf("%d band colours, want one for each state", len(bands))
	}
	for _, b := range bands {
		if c := contrast(t, b[1], "#ffffff"); c < 4.5 {
			t.Errorf("white on the band %s has contrast %.2f", b[1], c)
		}
	}
	for name, scheme := range map[string]string{"light": light, "dark": dark[:strings.Index(dark, "}}")]} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+):(#[0-9a-f]{3,6})\b`).FindAllStringSubmatch(scheme, -1) {
			colour[m[1]] = m[2]
		}
		for _, ground := range []string{"bg", "card"} {
			for _, ink := range []string{"ink", "soft", "link", "ok", "deg", "par", "maj", "mnt", "nod"} {
				if c := contrast(t, colour[ink], colour[ground]); c < 4.5 {
					t.Errorf("%s: %s on %s has contrast %.2f, want 4.5", name, ink, ground, c)
				}
			}
			for _, bar := range []string{"b-ok", "b-d", "b-o", "b-m", "b-n"} {
				if c := contrast(t, colour[bar], colour[ground]); c < 3 {
					t.Errorf("%s: the bar %s on %s has contrast %.2f, want 3", name, bar, ground, c)
				}
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2 between two colours.
func contrast(tb testing.TB, a, b string) float64 {
	tb.Helper()
	luminance := func(hex string) float64 {
		hex = strings.TrimPrefix(hex, "#")
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		n, err := strconv.ParseUint(hex, 16, 32)
		if err != nil || len(hex) != 6 {
			tb.Fatalf("%q is no colour", hex)
		}
		return 0.2126*linear(n>>16) + 0.7152*linear(n>>8&255) + 0.0722*linear(n&255)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func linear(channel uint64) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
