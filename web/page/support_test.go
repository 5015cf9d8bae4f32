package page

import (
	"slices"
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
	const want = "Finland Open now Thursday 9 April 2026 16:30 (CEST, UTC+2) Thursday 9 April 2026 17:30 (EEST, UTC+3) 1 May 2026 Vappu 14 May 2026 Helatorstai 19 Jun 2026 Juhannusaatto"
	if finland != want {
		t.Errorf("Finland: %q, want %q", finland, want)
	}
	if next := s.Next(); next.After(time.Date(2026, 4, 9, 14, 30, 0, 0, time.UTC)) {
		t.Errorf("the page is not made again when Finland closes, but at %s", next)
	}
}

// TestHolidaysByTheirOwnNames: a holiday goes by what it is called where it is one, marked as that language unless the page is in it.
func TestHolidaysByTheirOwnNames(t *testing.T) {
	t.Parallel()
	s := calm(t)
	set, err := calendar.New([]string{"no", "gb", "lu"}, []calendar.Change{{Date: calendar.On(2026, time.April, 10)}, {Date: calendar.On(2026, time.April, 13), Name: "Moving day"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Territories = set.Calendars()
	s.Now = time.Date(2026, 4, 20, 10, 0, 0, 0, time.UTC)
	names := func(l i18n.Lang) (out []string) {
		for _, row := range all(all(parse(t, detail(t, s, supportPath, l)), tag("tbody"))[0], tag("tr")) {
			cells := all(row, tag("td"))
			for _, name := range all(cells[len(cells)-1], tag("small")) {
				out = append(out, attr(name, "lang")+":"+text(name))
			}
		}
		return out
	}
	for l, want := range map[i18n.Lang][]string{
		i18n.NB: {
			":Arbeidernes dag", ":Kristi himmelfartsdag", ":Andre pinsedag", "en:Early May bank holiday", "en:Spring bank holiday", "en:Summer bank holiday",
			"fr:Fête du Travail", "fr:Ascension", "fr:Lundi de Pentecôte",
		},
		i18n.EN: {
			"nb:Arbeidernes dag", "nb:Kristi himmelfartsdag", "nb:Andre pinsedag", ":Early May bank holiday", ":Spring bank holiday", ":Summer bank holiday",
			"fr:Fête du Travail", "fr:Ascension", "fr:Lundi de Pentecôte",
		},
	} {
		if got := names(l); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
	s.Now = time.Date(2026, 4, 9, 10, 0, 0, 0, time.UTC)
	for _, l := range s.Langs {
		if got, want := names(l)[:2], []string{":" + i18n.T(l, "support.company_holiday"), ":Moving day"}; !slices.Equal(got, want) {
			t.Errorf("%s: an operator's holidays are %q, want %q", l, got, want)
		}
	}
}

// TestPremiumHours: the second table stands where there is one (H3), in every language, and the page is made again when it changes.
func TestPremiumHours(t *testing.T) {
	t.Parallel()
	s := calm(t)
	for _, l := range s.Langs {
		if n := len(all(parse(t, detail(t, s, supportPath, l)), has("id", "premium"))); n > 0 {
			t.Errorf("%s: without a second table there is one", l)
		}
	}
	h, err := calendar.ParseHours("07:00", "22:00", time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday)
	if err != nil {
		t.Fatal(err)
	}
	s.Premium = &h
	s.Now = time.Date(2026, 4, 11, 10, 0, 0, 0, time.UTC) // a Saturday
	for l, want := range map[i18n.Lang]string{
		i18n.EN: "With the Premium Support addendum: Monday–Saturday, 07:00–22:00 local time in each country.", i18n.NB: "Med tillegget Premium Support: mandag–lørdag, kl. 07:00–22:00 lokal tid i hvert land.",
		i18n.SV: "Med tilläggsavtalet Premium Support: måndag–lördag, kl. 07:00–22:00 lokal tid i varje land.", i18n.DA: "Med tillægget Premium Support: mandag–lørdag, kl. 07.00-22.00 lokal tid i hvert land.",
		i18n.DE: "Mit der Zusatzvereinbarung Premium Support: Montag–Samstag, 07:00–22:00 Uhr Ortszeit des jeweiligen Landes.",
		i18n.NL: "Met de aanvullende overeenkomst Premium Support: maandag–zaterdag, 07:00–22:00 uur lokale tijd in elk land.", i18n.FI: "Premium Support -lisäsopimuksella: maanantai–lauantai, klo 07.00–22.00 kunkin maan aikaa.",
	} {
		doc := parse(t, detail(t, s, supportPath, l))
		tables := all(doc, tag("tbody"))
		if len(tables) != 2 || !strings.Contains(text(doc), want) {
			t.Fatalf("%s: %d tables, and %q, want it to say %q", l, len(tables), text(doc), want)
		}
		for n, word := range []string{"support.closed", "support.open"} {
			for i, row := range all(tables[n], tag("tr")) {
				if got := text(row); !strings.Contains(got, i18n.T(l, word)) || !strings.HasPrefix(got, i18n.T(l, "territory."+s.Territories[i].Code)) {
					t.Errorf("%s: table %d: %q", l, n, got)
				}
			}
		}
	}
	if next, want := s.Next(), time.Date(2026, 4, 11, 19, 0, 0, 0, time.UTC); next.After(want) { // 22:00 in Finland
		t.Errorf("the page is made again at %s, not when it closes at %s", next, want)
	}
}

func TestHoursUntilMidnight(t *testing.T) {
	t.Parallel()
	h, err := calendar.ParseHours("00:00", "24:00")
	if err != nil {
		t.Fatal(err)
	}
	for l, want := range map[i18n.Lang]string{
		i18n.EN: "00:00–24:00", i18n.NB: "kl. 00:00–24:00", i18n.SV: "kl. 00:00–24:00", i18n.DA: "kl. 00.00-24.00", i18n.DE: "00:00–24:00 Uhr", i18n.NL: "00:00–24:00 uur", i18n.FI: "klo 00.00–24.00",
	} {
		if got := (maker{&State{}, l}).hours(h); got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
}

func TestWeekdays(t *testing.T) {
	t.Parallel()
	for want, days := range map[string][]time.Weekday{
		"Monday": {time.Monday}, "Saturday and Sunday": {time.Saturday, time.Sunday}, "Monday–Friday": calendar.Hours{}.Days(),
		"Monday–Sunday": {1, 2, 3, 4, 5, 6, 0}, "Monday, Wednesday–Friday and Sunday": {1, 3, 4, 5, 0}, "Monday, Tuesday and Thursday": {1, 2, 4},
	} {
		if got := (maker{&State{}, i18n.EN}).weekdays(days); got != want {
			t.Errorf("%v: %q, want %q", days, got, want)
		}
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
