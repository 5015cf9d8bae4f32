package letter_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
)

func TestHostileWords(t *testing.T) {
	t.Parallel()
	for _, hostile := range []string{
		`<script>alert(1)</script>`,
		`"><img src=x onerror=alert(1)>`,
		"T\r\nBcc: victim@example.com\r\n\r\nbody",
		"{{.Product}} {url} {unsubscribe_url} ${7*7} <%= 7*7 %>",
		"\x00\x1b[31mred\u202egnp.exe\u2028line\u0085end\xff",
		"Support: call +47 000. Unsubscribe: https://evil.example",
		strings.Repeat("very long ", 400),
		strings.Repeat("æ", 5000),
	} {
		for _, kind := range []letter.Kind{letter.Incident, letter.Resolved} {
			f := example(t, kind, i18n.EN)
			f.Title, f.Components, f.Body = hostile, []string{hostile, hostile}, hostile
			check(t, f, hostile)
		}
		f := example(t, letter.Planned, i18n.DE)
		f.Product, f.Categories, f.Cohort, f.NameCohort, f.Components = hostile, []string{hostile, "system"}, hostile, true, []string{hostile}
		check(t, f, hostile)
	}
}

// check holds what must be true whatever people typed.
func check(t testing.TB, f letter.Facts, hostile string) {
	t.Helper()
	l, err := letter.Write(f)
	if err != nil {
		t.Fatalf("%q: %v", hostile, err)
	}
	banner := letter.Banner(f)
	for part, text := range map[string]string{"subject": l.Subject, "banner": banner} {
		if strings.ContainsAny(text, "\r\n\x00\x1b\u202e\u2028\u0085") || !utf8.ValidString(text) {
			t.Errorf("%q: the %s is not one clean line: %q", hostile, part, text)
		}
	}
	if n := utf8.RuneCountInString(banner); n > letter.BannerLimit {
		t.Errorf("%q: the banner has %d characters: %q", hostile, n, banner)
	}
	if n := utf8.RuneCountInString(l.Subject); n > 160 {
		t.Errorf("%q: the subject has %d characters: %q", hostile, n, l.Subject)
	}
	if strings.ContainsAny(l.Text, "\r\x00\x1b\u202e") || !utf8.ValidString(l.Text) || !utf8.ValidString(l.HTML) {
		t.Errorf("%q: the text is not clean: %q", hostile, l.Text)
	}
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(l.HTML, -1) {
		if !regexp.MustCompile(`^<(!DOCTYPE|/?(html|head|meta|title|body|div|p|h1|dl|dt|dd|a|br|hr))\b`).MatchString(tag) || strings.Contains(tag, "onerror") {
			t.Errorf("%q: the HTML has the tag %s", hostile, tag)
		}
	}
	if f.Contract || f.UnsubscribeURL == "" {
		return
	}
	if n := strings.Count(l.HTML, "href="); n != 2 {
		t.Errorf("%q: the HTML has %d links, want the one to follow and the one to leave", hostile, n)
	}
}

// The operator's words stay as they are: what looks like a placeholder is not filled in.
func TestTypedPlaceholdersStayLiteral(t *testing.T) {
	t.Parallel()
	f := example(t, letter.Incident, i18n.EN)
	f.Title, f.Body = "{url} {next_update}", "{product} {body}\n\n{body}"
	l := write(t, f)
	for part, text := range map[string]string{"subject": l.Subject, "text": l.Text, "HTML": l.HTML, "banner": letter.Banner(f)} {
		if !strings.Contains(text, "{url} {next_update}") {
			t.Errorf("the %s lacks the title as it was typed:\n%s", part, text)
		}
	}
	if !strings.Contains(l.Text, "\n{product} {body}\n\n{body}\n") {
		t.Errorf("the text lacks the body as it was typed:\n%s", l.Text)
	}
}

func FuzzLetter(f *testing.F) {
	f.Add("title", "body\n\nmore", "Login")
	f.Add("<b>{title}", "\r\n{url}\x00", "A. B {c}")
	f.Fuzz(func(t *testing.T, title, body, component string) {
		facts := example(t, letter.Incident, i18n.SV)
		facts.Title, facts.Body, facts.Components = "T"+title, body, []string{component, "Login"}
		check(t, facts, title)
	})
}
