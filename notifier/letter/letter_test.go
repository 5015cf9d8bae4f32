package letter_test

import (
	"flag"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// example are facts of a kind as they come from an ordinary month.
func example(t testing.TB, kind letter.Kind, lang i18n.Lang) letter.Facts {
	t.Helper()
	f := letter.Facts{
		Lang: lang, Kind: kind, Product: "SuperOffice CRM Online",
		Categories: []string{"system", "microsoft"},
		Start:      instant(t, "2026-04-09T22:00:00Z"), End: instant(t, "2026-04-10T04:00:00Z"),
		Expected: 30 * time.Minute, Zone: zone(t, "Europe/Oslo"),
		Components: []string{"CRM Online: read", "CRM Online: write"}, Cohort: "all",
		URL:            "https://status.superoffice.com/maintenance/k3v9q0x1m2p7",
		UnsubscribeURL: "https://status.superoffice.com/leave?t=9f2c",
	}
	switch kind {
	case letter.Changed:
		f.Start, f.End = f.Start.AddDate(0, 0, 7), f.End.AddDate(0, 0, 7)
		f.OldStart, f.OldEnd = instant(t, "2026-04-09T22:00:00Z"), instant(t, "2026-04-10T04:00:00Z")
	case letter.ShortNotice:
		f.Categories = []string{"emergency"}
		f.Start, f.End = instant(t, "2026-04-22T16:00:00Z"), instant(t, "2026-04-22T17:00:00Z")
		f.Contract, f.Approximate = true, true
	case letter.Extended:
		f.End, f.NextUpdate = f.End.Add(90*time.Minute), f.End.Add(30*time.Minute)
	case letter.Held, letter.Cancelled:
		f.Categories, f.Cohort = []string{"application"}, "rest"
		f.Start, f.End = instant(t, "2026-04-24T20:00:00Z"), instant(t, "2026-04-25T03:00:00Z")
	case letter.Incident, letter.Resolved:
		f.Start, f.End = instant(t, "2026-04-14T07:12:00Z"), time.Time{}
		f.Title, f.Phase, f.Impact = "Sign-in fails for some customers", "identified", "no_login"
		f.Body = "A certificate of the sign-in service has expired.\nWe are replacing it now.\n\nThose who are signed in already are not affected."
		f.NextUpdate, f.Support = instant(t, "2026-04-14T08:00:00Z"), "support@superoffice.com"
		f.Components = []string{"Login"}
		f.URL = "https://status.superoffice.com/incident/a1b2c3d4e5f6"
		if kind == letter.Resolved {
			f.End, f.Body = instant(t, "2026-04-14T08:47:30Z"), "The certificate has been replaced."
		}
	}
	return f
}

// confirmed are facts of a slot of ten hours that was confirmed too late.
func confirmed(t testing.TB, lang i18n.Lang) letter.Facts {
	t.Helper()
	f := example(t, letter.ShortNotice, lang)
	f.Categories, f.Approximate = []string{"infrastructure"}, false
	f.Start, f.End, f.Expected = instant(t, "2026-04-11T18:00:00Z"), instant(t, "2026-04-12T04:00:00Z"), 2*time.Hour
	return f
}

// TestShortNoticeSaysUntilWhen: only of an emergency is no end told (M9), and either way it is called short notice.
func TestShortNoticeSaysUntilWhen(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs {
		urgent, f := example(t, letter.ShortNotice, lang), confirmed(t, lang)
		when := i18n.When(lang, f.Start, f.End, f.Zone, i18n.FinnishTime)
		roughly, _, _ := strings.Cut(i18n.T(lang, "mail.short_notice.body"), ": {start}")
		roughly = roughly[strings.LastIndex(roughly, "\n")+1:]
		l := write(t, f)
		for name, got := range map[string]string{"mail": l.Text, "HTML": html.UnescapeString(l.HTML), "banner": letter.Banner(f)} {
			if !strings.Contains(got, when) || strings.Contains(strings.ToLower(got), strings.ToLower(roughly)) {
				t.Errorf("the %s in %s has not %q, or an approximate start:\n%s", name, lang, when, got)
			}
		}
		if got := write(t, urgent).Text; !strings.Contains(got, roughly+": "+i18n.At(lang, urgent.Start, urgent.Zone, i18n.FinnishTime)+"\n") {
			t.Errorf("an emergency in %s has no %q:\n%s", lang, roughly, got)
		}
		subject, _, _ := strings.Cut(i18n.T(lang, "mail.short_notice.subject"), "{category}")
		if subject = strings.ReplaceAll(subject, "{product}", f.Product); !strings.HasPrefix(l.Subject, subject) {
			t.Errorf("the subject in %s is %q, want one that begins %q", lang, l.Subject, subject)
		}
	}
}

func write(t testing.TB, f letter.Facts) letter.Letter {
	t.Helper()
	l, err := letter.Write(f)
	if err != nil {
		t.Fatalf("Write(%s, %s): %v", f.Kind, f.Lang, err)
	}
	return l
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs (look at it, then rewrite it with -update):\n got:\n%s\nwant:\n%s", path, got, want)
	}
}

func TestGoldenText(t *testing.T) {
	for _, lang := range i18n.Langs {
		var all strings.Builder
		for _, kind := range letter.Kinds {
			f := example(t, kind, lang)
			l := write(t, f)
			all.WriteString("=== " + string(kind) + "\nBanner: " + letter.Banner(f) + "\nSubject: " + l.Subject + "\n\n" + l.Text + "\n")
		}
		f := confirmed(t, lang)
		l := write(t, f)
		all.WriteString("=== short_notice of a confirmed slot\nBanner: " + letter.Banner(f) + "\nSubject: " + l.Subject + "\n\n" + l.Text + "\n")
		golden(t, string(lang)+".txt", all.String())
	}
}

func TestGoldenHTML(t *testing.T) {
	for _, lang := range []i18n.Lang{i18n.EN, i18n.NB} {
		for _, kind := range []letter.Kind{letter.Planned, letter.Incident} {
			golden(t, string(kind)+"."+string(lang)+".html", write(t, example(t, kind, lang)).HTML)
		}
	}
}

// The banners of the wording guide's examples, through the whole way.
func TestBannerExamples(t *testing.T) {
	t.Parallel()
	f := example(t, letter.Planned, i18n.FI)
	f.URL = "https://status.superoffice.com/"
	const merged = "Suunniteltu huolto – Järjestelmähuolto ja Microsoftin tietoturvapäivitykset: perjantai 10.4.2026 klo 00.00–06.00 (CEST, UTC+2); Suomen aikaa klo 01.00–07.00. Arvioitu käyttökatko: enintään 30 minuuttia. Lisätietoja: status.superoffice.com"
	if got := letter.Banner(f); got != merged {
		t.Errorf("merged banner\n got %q\nwant %q", got, merged)
	}
	f = example(t, letter.ShortNotice, i18n.DE)
	f.URL = "https://status.superoffice.com/"
	const urgent = "Dringendes Sicherheitsupdate – ungefährer Beginn: Mittwoch, 22. April 2026, 18:00 Uhr (MESZ, UTC+2). Wir bitten um Verständnis für die kurzfristige Ankündigung. Erwartete Unterbrechung: bis zu 30 Minuten. Details: status.superoffice.com"
	if got := letter.Banner(f); got != urgent {
		t.Errorf("urgent banner\n got %q\nwant %q", got, urgent)
	}
}

func TestWhatIsUnknownIsLeftOut(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		kind   letter.Kind
		change func(*letter.Facts)
		banner string
		not    []string // in the text
	}{
		"no expected interruption, no address": {
			letter.Planned, func(f *letter.Facts) { f.Expected, f.URL, f.Components = 0, "", nil },
			"Planned maintenance – System maintenance and Microsoft security updates: Friday 10 April 2026, 00:00–06:00 (CEST, UTC+2).",
			[]string{"Expected", "Affected", "Follow"},
		},
		"a few seconds, no explanation": {
			letter.Planned, func(f *letter.Facts) { f.Expected, f.URL, f.Categories = 3*time.Second, "", []string{"recycle"} },
			"Planned maintenance – Nightly server recycle: Friday 10 April 2026, 00:00–06:00 (CEST, UTC+2). Expected interruption: a few seconds.",
			[]string{"patches"},
		},
		"next update not known, extended": {
			letter.Extended, func(f *letter.Facts) { f.NextUpdate = time.Time{} },
			"Taking longer than planned – System maintenance and Microsoft security updates. New expected end: Friday 10 April 2026 07:30 (CEST, UTC+2). We apologise for the inconvenience.",
			[]string{"Next update"},
		},
		"next update not known, incident": {
			letter.Incident, func(f *letter.Facts) { f.NextUpdate, f.Components, f.Impact, f.Body = time.Time{}, nil, "", "" },
			"Cause identified: Sign-in fails for some customers. status.superoffice.com",
			[]string{"Next update", "notice", "Affected", "contact support"},
		},
		"changed, but not the time": {
			letter.Changed, func(f *letter.Facts) { f.OldStart, f.OldEnd, f.URL = f.Start, f.End, "" },
			"Planned maintenance – System maintenance and Microsoft security updates: Friday 17 April 2026, 00:00–06:00 (CEST, UTC+2). Expected interruption: up to 30 minutes.",
			[]string{"Previously", "New time"},
		},
		"the group named for those we do not know": {
			letter.Planned, func(f *letter.Facts) {
				f.Categories, f.Cohort, f.NameCohort, f.URL = []string{"application"}, "pilot", true, ""
			},
			"Planned maintenance – Application upgrade (customers who get the new version first): Friday 10 April 2026, 00:00–06:00 (CEST, UTC+2). Expected interruption: up to 30 minutes.",
			nil,
		},
		"a subscriber without a way out of the list": {
			letter.End, func(f *letter.Facts) { f.UnsubscribeURL = "" },
			"Maintenance completed – System maintenance and Microsoft security updates, Friday 10 April 2026 06:00 (CEST, UTC+2). The service is available as usual.",
			[]string{"Unsubscribe"},
		},
	} {
		f := example(t, tc.kind, i18n.EN)
		tc.change(&f)
		if got := letter.Banner(f); got != tc.banner {
			t.Errorf("%s: banner\n got %q\nwant %q", name, got, tc.banner)
		}
		text := write(t, f).Text
		for _, not := range tc.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: the text should not have %q:\n%s", name, not, text)
			}
		}
	}
}

func TestReadersZone(t *testing.T) {
	t.Parallel()
	f := example(t, letter.Planned, i18n.EN)
	f.ReaderZone = zone(t, "Europe/London")
	const line = "\nWhen: Friday 10 April 2026, 00:00–06:00 (CEST, UTC+2)\nIn your time zone: Thursday 9 April 2026 23:00 – Friday 10 April 2026 05:00 (BST, UTC+1)\n"
	l := write(t, f)
	if !strings.Contains(l.Text, line) || !strings.Contains(l.HTML, "(BST, UTC&#43;1)") {
		t.Errorf("the mail lacks the reader's time %q:\n%s", line, l.Text)
	}
	f.ReaderZone = f.Zone
	if text := write(t, f).Text; strings.Contains(text, "your time zone") {
		t.Errorf("a reader in the schedule's zone is told the time twice:\n%s", text)
	}
	f = example(t, letter.Start, i18n.FI)
	f.ReaderZone = zone(t, "Europe/Helsinki")
	text := write(t, f).Text
	if strings.Contains(text, "Suomen aikaa") || !strings.Contains(text, "Omalla aikavyöhykkeelläsi: perjantai 10.4.2026 klo 07.00 (EEST, UTC+3)\n") {
		t.Errorf("a Finnish reader with a zone is told it once, in that zone:\n%s", text)
	}
}

func TestFaultsAreNamed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		f    letter.Facts
		want []string
	}{
		"nothing":       {letter.Facts{}, []string{`kind "" is unknown`, "give Product", "give Start", "give Categories", "give End"}},
		"no title":      {letter.Facts{Kind: letter.Incident, Product: "P", Start: time.Unix(1, 0)}, []string{"give Title", `phase "" is unknown`}},
		"not over":      {letter.Facts{Kind: letter.Resolved, Product: "P", Start: time.Unix(1, 0), Title: "T"}, []string{"give End"}},
		"odd address":   {letter.Facts{Kind: letter.Resolved, Product: "P", Start: time.Unix(1, 0), End: time.Unix(2, 0), Title: "T", URL: "javascript:alert(1)"}, []string{"give URL as https://"}},
		"split address": {letter.Facts{Kind: letter.Resolved, Product: "P", Start: time.Unix(1, 0), End: time.Unix(2, 0), Title: "T", UnsubscribeURL: "https://a.example/ b"}, []string{"give UnsubscribeURL as https://"}},
	} {
		l, err := letter.Write(tc.f)
		if err == nil {
			t.Errorf("%s: no error, subject %q", name, l.Subject)
			continue
		}
		for _, want := range tc.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error lacks %q: %v", name, want, err)
			}
		}
	}
	if got := letter.Banner(letter.Facts{Kind: "party"}); got != "" {
		t.Errorf("the banner of an unknown kind = %q, want none", got)
	}
}

var leftover = regexp.MustCompile(`\{[a-z0-9_]+\}|\[\]|ZgotmplZ`)

// Every kind in every language, with everything known and with next to nothing: no placeholder is left, nothing is
// fetched, text and HTML say the same, and a block has facts or words but never both.
func TestEveryLetterIsWhole(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs {
		for _, kind := range letter.Kinds {
			full := example(t, kind, lang)
			full.ReaderZone, full.NameCohort, full.Cohort = zone(t, "Asia/Kathmandu"), true, "pilot"
			bare := letter.Facts{Lang: lang, Kind: kind, Product: "P", Start: full.Start, End: full.Start.Add(time.Hour)}
			if kind == letter.Incident || kind == letter.Resolved {
				bare.Title, bare.Phase = "T", "investigating"
			} else {
				bare.Categories = []string{"custom"}
			}
			if bare.Title == "" {
				full.Categories = []string{"application"}
			}
			for _, f := range []letter.Facts{example(t, kind, lang), full, bare} {
				l, banner := write(t, f), letter.Banner(f)
				for part, text := range map[string]string{"subject": l.Subject, "text": l.Text, "HTML": html.UnescapeString(l.HTML), "banner": banner} {
					if rest := leftover.FindString(text); rest != "" || text == "" {
						t.Errorf("%s, %s: the %s is empty or has %q left in it:\n%s", lang, kind, part, rest, text)
					}
				}
				if n := utf8.RuneCountInString(banner); n > letter.BannerLimit || strings.Contains(banner, "…") {
					t.Errorf("%s, %s: the banner has %d characters and should not need to be cut: %s", lang, kind, n, banner)
				}
				for _, remote := range []string{"<img", "<table", "<script", "<style", "src=", "@import", "url("} {
					if strings.Contains(l.HTML, remote) {
						t.Errorf("%s, %s: the HTML has %s", lang, kind, remote)
					}
				}
				if !strings.Contains(l.HTML, `<html lang="`+string(lang)+`"`) {
					t.Errorf("%s, %s: the HTML does not say its language", lang, kind)
				}
				if strings.Contains(l.HTML, "<dt style=\"margin:0;font-size:14px;opacity:.75\"></dt>") {
					t.Errorf("%s, %s: a block has facts and words:\n%s", lang, kind, l.Text)
				}
				plain := strings.Join(strings.Fields(untagged(l.HTML)), " ")
				for line := range strings.SplitSeq(l.Text, "\n") {
					head := strings.HasPrefix(line, f.Title+" – ") && f.Title != ""
					line = strings.Join(strings.Fields(line), " ")
					if label, value, ok := strings.Cut(line, ": "); ok && !strings.Contains(plain, line) {
						line = label + " " + value
					}
					if !strings.Contains(plain, line) && !head {
						t.Errorf("%s, %s: the HTML lacks the line %q of the text", lang, kind, line)
					}
				}
			}
		}
	}
}

// untagged returns what a reader sees of an HTML letter of ours.
func untagged(page string) string {
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	return strings.NewReplacer("&#43;", "+", "&amp;", "&", "&#39;", "'", "&#34;", `"`, "&lt;", "<", "&gt;", ">").Replace(page)
}

func TestBannerIsCutAtAWord(t *testing.T) {
	t.Parallel()
	f := example(t, letter.Incident, i18n.EN)
	f.Title = "Sign-in fails for customers whose identity provider answers more slowly than usual since the certificate of the sign-in service was replaced this morning in both places at once"
	const want = "Cause identified: Sign-in fails for customers whose identity provider answers more slowly than usual since the certificate of the sign-in service was replaced… Affected: Login. Next update: Tuesday 14 April 2026 10:00 (CEST, UTC+2). status.superoffice.com"
	if got := letter.Banner(f); got != want {
		t.Errorf("banner\n got %q\nwant %q", got, want)
	}
	f.Title = "Short"
	f.URL = "https://" + strings.Repeat("x", 300) + ".superoffice.com/"
	if got, want := letter.Banner(f), "Cause identified: Short. Affected: Login. Next update: Tuesday 14 April 2026 10:00 (CEST, UTC+2)."; got != want {
		t.Errorf("an address that does not fit goes whole:\n got %q\nwant %q", got, want)
	}
}

func BenchmarkWrite(b *testing.B) {
	f := example(b, letter.Planned, i18n.DE)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := letter.Write(f); err != nil {
			b.Fatal(err)
		}
	}
}
