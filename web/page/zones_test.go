package page

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

func TestZonesAreKnown(t *testing.T) {
	t.Parallel()
	last := ""
	for _, name := range strings.Fields(zonesSource) {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name <= last {
			t.Errorf("%s stands after %s", name, last)
		}
		last = name
		if region, place, ok := strings.Cut(name, "/"); !ok || place == "" || i18n.T(i18n.EN, "zone."+strings.ToLower(region)) == "" {
			t.Errorf("%s has no region", name)
		}
	}
	for _, c := range territories(t) {
		if _, known := zoneNames()[c.Zone]; !known {
			t.Errorf("%s, where customers are, cannot be chosen", c.Zone)
		}
	}
}

// What a reader who chose a zone sees of the windows on the eve of three (M14).
func TestChosenZone(t *testing.T) {
	t.Parallel()
	snapshot := snapshotOf(t, "calm")
	for _, tc := range []struct {
		zone string
		l    i18n.Lang
		want string // empty: nothing is added
	}{
		{"Europe/London", i18n.EN, "In your time zone: Thursday 9 April 2026 23:00 – Friday 10 April 2026 05:00 (BST, UTC+1)"},
		{"Europe/Helsinki", i18n.SV, "I din tidszon: fredag 10 april 2026 kl. 01:00–07:00 (EEST, UTC+3)"},
		{"Europe/Helsinki", i18n.FI, ""},
		{"Asia/Kolkata", i18n.DE, "In Ihrer Zeitzone: Freitag, 10. April 2026, 03:30–09:30 Uhr (IST, UTC+5:30)"},
		{"Europe/Berlin", i18n.EN, ""},
	} {
		for _, path := range []string{"/", "/schedule"} {
			d, ok := snapshot.DocIn(tc.zone, "", path, tc.l)
			if !ok {
				t.Fatalf("no page at %s in %s", path, tc.zone)
			}
			doc := parse(t, d.Body)
			got := text(doc)
			if tc.want != "" && !strings.Contains(got, tc.want) || tc.want == "" && len(all(doc, class("yours"))) > 0 {
				t.Errorf("%s in %s and %s does not say %q, or more: %s", path, tc.zone, tc.l, tc.want, got)
			}
			if note := text(all(doc, func(n *html.Node) bool { return attr(n, "id") == "zone-note" })[0]); !strings.Contains(note, tc.zone) {
				t.Errorf("%s in %s: the note is %q", path, tc.zone, note)
			}
			for _, a := range all(doc, tag("a")) {
				href := attr(a, "href")
				if strings.HasPrefix(href, "/") && strings.Contains(href, "lang=") && !strings.Contains(href, "zone=") {
					t.Errorf("%s forgets the zone", href)
				}
			}
			for _, link := range all(doc, tag("link")) {
				if strings.Contains(attr(link, "href"), "zone=") && attr(link, "rel") != "alternate" || attr(link, "hreflang") != "" && strings.Contains(attr(link, "href"), "zone=") {
					t.Errorf("%s is for all readers", attr(link, "href"))
				}
			}
			plain, _ := snapshot.DocFor("", path, tc.l)
			if hashOf(t, d.Body) != hashOf(t, plain.Body) {
				t.Errorf("%s in %s does not follow the live frames", path, tc.zone)
			}
		}
	}
}

// hashOf is what an open page compares.
func hashOf(t *testing.T, body []byte) string {
	t.Helper()
	return attr(all(parse(t, body), tag("html"))[0], "data-main")
}

// Whoever makes names up gets one page, with a line that says so, and no memory (RELIABILITY C32).
func TestMadeUpZones(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Cohorts = data.Cohorts{{Slug: "pilot", Percent: 10}}
	snapshot := &Snapshot{State: s, Docs: render(t, s)}
	first, _ := snapshot.DocIn("Europe/Olso", "", "/", i18n.EN)
	if !bytes.Contains(first.Body, []byte(i18n.T(i18n.EN, "zone.unknown"))) {
		t.Error("the page does not say that it knows no such zone")
	}
	for _, zone := range []string{"../../etc/passwd", "/etc/localtime", "europe/oslo", "Local", "localtime", hostile, strings.Repeat("x", 1e5), "?"} {
		if d, ok := snapshot.DocIn(zone, "", "/", i18n.EN); !ok || d != first {
			t.Errorf("%.40q is another page", zone)
		}
	}
	for i, zone := range strings.Fields(zonesSource)[:2*zonedKept] {
		if _, ok := snapshot.DocIn(zone, "", privacyPath, i18n.EN); !ok {
			t.Fatalf("no page in %s", zone)
		}
		if n := len(snapshot.zoned.docs); n > zonedKept {
			t.Fatalf("after %d zones %d pages are kept", i+1, n)
		}
	}
	for _, path := range []string{"/favicon.svg", ScriptPath()} {
		plain, _ := snapshot.DocFor("", path, i18n.EN)
		if d, ok := snapshot.DocIn("Asia/Tokyo", "", path, i18n.EN); !ok || d != plain {
			t.Errorf("%s depends on the zone", path)
		}
	}
	if _, ok := snapshot.DocIn("Asia/Tokyo", "", "/nowhere", i18n.EN); ok {
		t.Error("a page that is not there is there in a zone")
	}
	snapshot.zoned.waiting.Store(zonedWaiting)
	plain, _ := snapshot.DocFor("", "/", i18n.NB)
	if d, _ := snapshot.DocIn("Asia/Tokyo", "", "/", i18n.NB); d != plain {
		t.Error("a crowd is made to wait for pages in zones")
	}
}

func TestChosenZoneOfACustomer(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Cohorts = data.Cohorts{{Slug: "pilot", Percent: 10}}
	snapshot := &Snapshot{State: s, Docs: render(t, s)}
	d, ok := snapshot.DocIn("Asia/Tokyo", "pilot", "/schedule", i18n.EN)
	if !ok {
		t.Fatal("no page")
	}
	root := all(parse(t, d.Body), tag("html"))[0]
	if attr(root, "data-cohort") != "pilot" || attr(root, "data-chosen") != "Asia/Tokyo" || attr(root, "data-follows") == "" {
		t.Errorf("cohort %q, zone %q, follows %q", attr(root, "data-cohort"), attr(root, "data-chosen"), attr(root, "data-follows"))
	}
	form := all(parse(t, d.Body), tag("form"))[0]
	kept := ""
	for _, in := range all(form, tag("input")) {
		kept += fmt.Sprintf("%s=%s ", attr(in, "name"), attr(in, "value"))
	}
	if kept != "lang=en cohort=pilot " {
		t.Errorf("the form keeps %s", kept)
	}
}

// Many readers at once, of several groups and languages, get what they asked for or the page without a zone.
func TestZonesAtOnce(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Cohorts = data.Cohorts{{Slug: "pilot", Percent: 10}}
	snapshot := &Snapshot{State: s, Docs: render(t, s)}
	var g errgroup.Group
	for i, zone := range strings.Fields(zonesSource)[:24] {
		g.Go(func() error {
			of, l := []string{"", "pilot", data.AllCustomers}[i%3], s.Langs[i%len(s.Langs)]
			for _, path := range []string{"/", "/schedule", supportPath} {
				if d, ok := snapshot.DocIn(zone, of, path, l); !ok || !bytes.Contains(d.Body, []byte(`lang="`+string(l)+`"`)) {
					return fmt.Errorf("%s for %q in %s and %s: there %t", path, of, l, zone, ok)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}
