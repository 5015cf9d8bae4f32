package page

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/i18n"
)

func TestSupportNow(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		at   string // UTC
		want string
	}{
		{"2026-04-09T10:00:00Z", "Support is open now."},
		{"2026-04-09T05:30:00Z", "Support is open now: Finland"}, // 08:30 there, 07:30 in Oslo
		{"2026-04-09T13:30:00Z", "Support is open now: Denmark, Sweden, Norway, Germany, United Kingdom, Ireland, Switzerland, Netherlands, Belgium, Luxembourg"},
		{"2026-04-09T14:30:00Z", "Support is open now: United Kingdom, Ireland"},
		{"2026-04-10T18:00:00Z", "Support is closed now. It opens Monday 13 April 2026 07:00 (CEST, UTC+2)."},       // Finland at 08:00
		{"2026-05-01T10:00:00Z", "Support is open now: Denmark, United Kingdom, Ireland, Switzerland, Netherlands"}, // Labour Day elsewhere
		{"2026-03-29T12:00:00Z", "Support is closed now. It opens Monday 30 March 2026 07:00 (CEST, UTC+2)."},       // clocks went forward
	} {
		s := calm(t)
		at, err := time.Parse(time.RFC3339, tc.at)
		if err != nil {
			t.Fatal(err)
		}
		s.Now = at
		if got := (maker{s, i18n.EN}).supportNow(); got != tc.want {
			t.Errorf("at %s: %q, want %q", tc.at, got, tc.want)
		}
	}
	if got := (maker{&State{}, i18n.EN}).supportNow(); got != "" {
		t.Errorf("without territories the page says %q", got)
	}
}

func TestSupportPage(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Support = "help@example.com"
	var err error
	if s.Hours, err = calendar.ParseHours("09:00", "17:30"); err != nil {
		t.Fatal(err)
	}
	for _, l := range s.Langs {
		doc := parse(t, detail(t, s, supportPath, l))
		rows := all(all(doc, tag("tbody"))[0], tag("tr"))
		if len(rows) != len(s.Territories) {
			t.Fatalf("%s: %d rows, want %d", l, len(rows), len(s.Territories))
		}
		if got := text(doc); !strings.Contains(got, i18n.T(l, "support.open")) || !strings.Contains(got, "17") {
			t.Errorf("%s: the page does not say until when support is open: %s", l, got)
		}
	}
	finland := text(all(all(parse(t, detail(t, s, supportPath, i18n.EN)), tag("tbody"))[0], tag("tr"))[1])
	const want = "Finland Open now Thursday 9 April 2026 16:30 (CEST, UTC+2) Thursday 9 April 2026 17:30 (EEST, UTC+3) 1 May 2026; 14 May 2026; 19 Jun 2026"
	if finland != want {
		t.Errorf("Finland: %q, want %q", finland, want)
	}
	if next := s.Next(); next.After(time.Date(2026, 4, 9, 14, 30, 0, 0, time.UTC)) {
		t.Errorf("the page is not made again when Finland closes, but at %s", next)
	}
}

func TestContact(t *testing.T) {
	t.Parallel()
	for text, href := range map[string]string{
		"https://help.example.com": "https://help.example.com", "help@example.com": "mailto:help@example.com", "Room 12": "", "": "",
		"javascript:alert(1)@example.com": "", "a@b@c.d": "", "a@example": "", hostile: "",
	} {
		if got := contactOf(text); got != (contact{text, href}) {
			t.Errorf("%q leads to %q, want %q", text, got.Href, href)
		}
	}
}

// detail is the page that is made when somebody asks.
func detail(t *testing.T, s *State, path string, l i18n.Lang) []byte {
	t.Helper()
	d, ok := (&Snapshot{State: s}).Doc(path, l)
	if !ok {
		t.Fatalf("no page at %s in %s", path, l)
	}
	return d.Body
}

func TestCommitmentPage(t *testing.T) {
	t.Parallel()
	s := calm(t)
	for _, l := range s.Langs {
		got := text(parse(t, detail(t, s, commitmentPath, l)))
		for _, key := range []string{"commitment.counts", "commitment.counts_not", "ui.formula_any", "ui.formula_aware", "ui.formula_causes", "ui.claims_text", "cause.internet"} {
			if !strings.Contains(got, i18n.T(l, key)) {
				t.Errorf("%s: %s is not said", l, key)
			}
		}
	}
	page := text(parse(t, detail(t, s, commitmentPath, i18n.EN)))
	counts, not, _ := strings.Cut(page, "Components that do not count, and why")
	for _, c := range s.Components {
		in := counts
		if c.Commitment != data.Committed {
			in = not
		}
		if !strings.Contains(in, c.Name["en"]) {
			t.Errorf("%s stands on the wrong side: %s", c.Slug, page)
		}
	}
	for _, want := range []string{
		"The commitment is an uptime of 99.8% in each calendar month", "Campaign and service e-mail : provided by a third party, which is responsible for it: Mailgun",
		"SuperOffice AI Lab : offered as it is",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not said: %s", want, page)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.PrivacyContact = "privacy@example.com"
	for path, want := range map[string]string{privacyPath: "mailto:privacy@example.com", accessibilityPath: s.Support} {
		for _, l := range s.Langs {
			found := false
			for _, a := range all(parse(t, detail(t, s, path, l)), tag("a")) {
				found = found || attr(a, "href") == want
			}
			if !found {
				t.Errorf("%s in %s does not lead to %s", path, l, want)
			}
		}
	}
}
