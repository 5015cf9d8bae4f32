package i18n_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data/i18n"
)

func readWords(t *testing.T, l i18n.Lang) map[string]string {
	t.Helper()
	text, err := os.ReadFile("words/" + string(l) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var w map[string]string
	if err := json.Unmarshal(text, &w); err != nil {
		t.Fatalf("words/%s.json: %v", l, err)
	}
	return w
}

// sameAsEnglish are the texts that are rightly the same as the English one, with the reason.
var sameAsEnglish = map[string]string{
	"nb mail.incident.subject": "placeholders only",
	"sv mail.incident.subject": "placeholders only",
	"da mail.incident.subject": "placeholders only",
	"de mail.incident.subject": "placeholders only",
	"nl mail.incident.subject": "placeholders only",
	"fi mail.incident.subject": "placeholders only",
	"sv count.incident.one":    "the same word",
	"nl count.incident.one":    "the same word",
	"sv ui.incident":           "the same word",
	"nl ui.incident":           "the same word",
	"nl ui.contract":           "the same word",
	"de ui.live":               "the same word",
	"nl ui.live":               "the same word",
	"nl ui.updates":            "the same word",
	"nb territory.fi":          "the same word",
	"nb territory.lu":          "the same word",
	"sv territory.fi":          "the same word",
	"da territory.fi":          "the same word",
	"da territory.lu":          "the same word",
	"nl territory.fi":          "the same word",
	"sv ui.revision":           "the same word",
	"sv ui.definition":         "the same word",
	"da ui.definition":         "the same word",
	"da ui.revision":           "the same word",
	"nl ui.week":               "the same word",
	"nb ui.median":             "the same word",
	"sv ui.median":             "the same word",
	"da ui.median":             "the same word",
	"nb ui.site_title":         "the same word",
	"sv ui.site_title":         "the same word",
	"da ui.site_title":         "the same word",
	"de ui.site_title":         "the same word",
	"nl ui.site_title":         "the same word",
	"nl privacy.title":         "the same word",
	"nb support.premium":       "a proper name",
	"sv support.premium":       "a proper name",
	"da support.premium":       "a proper name",
	"de support.premium":       "a proper name",
	"nl support.premium":       "a proper name",
	"fi support.premium":       "a proper name",
}

func TestWordsAreComplete(t *testing.T) {
	english := readWords(t, i18n.EN)
	allowed := make(map[string]bool)
	for _, l := range i18n.Langs {
		own := readWords(t, l)
		for key, want := range english {
			text, ok := own[key]
			switch {
			case !ok:
				t.Errorf("words/%s.json lacks %q", l, key)
				continue
			case strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text:
				t.Errorf("words/%s.json: %q is empty or has space around it: %q", l, key, text)
			case l != i18n.EN && text == want:
				allowed[string(l)+" "+key] = true
				if sameAsEnglish[string(l)+" "+key] == "" {
					t.Errorf("words/%s.json: %q is the English text %q: translate it, or give the reason in sameAsEnglish", l, key, text)
				}
			}
			got, wanted := i18n.Placeholders(text), i18n.Placeholders(want)
			slices.Sort(got)
			slices.Sort(wanted)
			if !slices.Equal(got, wanted) {
				t.Errorf("words/%s.json: %q has the placeholders %v, want %v as in English", l, key, got, wanted)
			}
		}
		for key := range own {
			if _, ok := english[key]; !ok {
				t.Errorf("words/%s.json has %q, which English lacks", l, key)
			}
		}
	}
	for entry := range sameAsEnglish {
		if !allowed[entry] {
			t.Errorf("sameAsEnglish has %q, which is not the same: remove it", entry)
		}
	}
}

func TestWordsAreWellFormed(t *testing.T) {
	key := regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)
	known := strings.Fields(`product category what when old_when viewer_when start days least most end next_update date time tz expected
		duration components cohort title incident_status impact month pct target observed url confirm_url unsubscribe_url
		support body n format median high of by zone`)
	for _, l := range i18n.Langs {
		for k, text := range readWords(t, l) {
			if !key.MatchString(k) {
				t.Errorf("words/%s.json: key %q is not of the form part.name", l, k)
			}
			for _, p := range i18n.Placeholders(text) {
				if !slices.Contains(known, p) {
					t.Errorf("words/%s.json: %q has an unknown placeholder {%s}", l, k, p)
				}
			}
			bare := i18n.Fill(text, func(string) (string, bool) { return "", true })
			if strings.ContainsAny(bare, "{}<>") || strings.Contains(text, "  ") {
				t.Errorf("words/%s.json: %q has a stray brace, markup or two spaces: %q", l, k, text)
			}
			if l != i18n.EN && l != i18n.NL && strings.Contains(text, " %") {
				t.Errorf("words/%s.json: %q has a breaking space before %%", l, k)
			}
		}
	}
}

// A key that stands twice would lose one of its texts without a word; sorted files also merge without conflicts.
func TestWordFilesAreSorted(t *testing.T) {
	for _, l := range i18n.Langs {
		text, err := os.ReadFile("words/" + string(l) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		last := ""
		for _, m := range regexp.MustCompile(`(?m)^  "([^"]+)":`).FindAllStringSubmatch(string(text), -1) {
			if m[1] <= last {
				t.Errorf("words/%s.json: %q stands after %q: keep the keys sorted, each once", l, m[1], last)
			}
			last = m[1]
		}
		if n := strings.Count(string(text), "\n") - 2; n != len(i18n.Keys()) {
			t.Errorf("words/%s.json has %d lines of text for %d keys: one key a line", l, n, len(i18n.Keys()))
		}
	}
}

func TestT(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lang  i18n.Lang
		key   string
		pairs []string
		want  string
	}{
		{i18n.EN, "level.operational", nil, "Operational"},
		{i18n.NB, "level.operational", nil, "Fungerer normalt"},
		{"xx", "level.operational", nil, "Operational"},
		{"", "level.operational", nil, "Operational"},
		{i18n.SV, "ui.downtime", []string{"duration", "30 minuter"}, "driftavbrott 30 minuter"},
		{i18n.EN, "ui.downtime", nil, "downtime {duration}"},
		{i18n.EN, "ui.downtime", []string{"other", "x"}, "downtime {duration}"},
		{i18n.EN, "ui.downtime", []string{"duration", "{duration} {url}"}, "downtime {duration} {url}"},
		{i18n.EN, "mail.incident.subject", []string{"title", "{product}", "product", "{title}", "incident_status", "{x}"}, "[{title}] {x}: {product}"},
	} {
		if got := i18n.T(tc.lang, tc.key, tc.pairs...); got != tc.want {
			t.Errorf("T(%q, %q, %q) = %q, want %q", tc.lang, tc.key, tc.pairs, got, tc.want)
		}
	}
}

func TestUnknownKeyIsLoudInTests(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(){
		"unknown key": func() { i18n.T(i18n.EN, "ui.no_such_key") },
		"odd pairs":   func() { i18n.T(i18n.EN, "ui.downtime", "duration") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: T did not panic in a test binary", name)
				}
			}()
			call()
		}()
	}
	if text, ok := i18n.Lookup(i18n.FI, "category.of-our-own"); ok || text != "" {
		t.Errorf("Lookup of an unknown key = %q, %v; want nothing", text, ok)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	keys := i18n.Keys()
	if len(keys) < 200 || !slices.IsSorted(keys) {
		t.Errorf("Keys() gives %d keys, sorted %v", len(keys), slices.IsSorted(keys))
	}
	for _, want := range []string{
		"category.system", "what.system", "level.operational", "headline.all_ok", "incident.investigating",
		"maintenance.reserved", "impact.no_login", "banner.planned", "line.recycle_standing", "cohort.all",
		"mail.planned.subject", "mail.planned.body", "mail.basis_contract", "mail.confirm_subject",
	} {
		if !slices.Contains(keys, want) {
			t.Errorf("Keys() lacks %q", want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                   nil,
		"none":               nil,
		"{a} and {b_2}, {a}": {"a", "b_2", "a"},
		"{ {} {A} {a b} {a":  nil,
		"{{a}} {{{b}":        {"a", "b"},
		"{æ} {a}":            {"a"},
	} {
		if got := i18n.Placeholders(text); !slices.Equal(got, want) {
			t.Errorf("Placeholders(%q) = %q, want %q", text, got, want)
		}
	}
}

// FuzzFill compares Fill with the plainest description of it: a regular expression and one pass.
func FuzzFill(f *testing.F) {
	for _, text := range []string{"", "{a}", "{{a}}", "x {a} {b} {c", "{a}{a}", "\xff{a}\xff", "{a{b}"} {
		f.Add(text, "{b}", "")
	}
	placeholder := regexp.MustCompile(`\{[a-z0-9_]+\}`)
	f.Fuzz(func(t *testing.T, text, a, b string) {
		values := map[string]string{"a": a, "b": b}
		want := placeholder.ReplaceAllStringFunc(text, func(m string) string {
			if v, ok := values[m[1:len(m)-1]]; ok {
				return v
			}
			return m
		})
		got := i18n.Fill(text, func(name string) (string, bool) { v, ok := values[name]; return v, ok })
		if got != want {
			t.Errorf("Fill(%q) with a=%q, b=%q = %q, want %q", text, a, b, got, want)
		}
	})
}
