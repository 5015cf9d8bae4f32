package i18n_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data/i18n"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		tag  string
		want i18n.Lang
		ok   bool
	}{
		{"en", i18n.EN, true},
		{"en-GB", i18n.EN, true},
		{"DE-ch", i18n.DE, true},
		{"nb_NO", i18n.NB, true},
		{"no", i18n.NB, true},
		{"nn-NO", i18n.NB, true},
		{" fi ", i18n.FI, true},
		{"sv", i18n.SV, true},
		{"da", i18n.DA, true},
		{"nl-BE-x-private", i18n.NL, true},
		{"fr", i18n.EN, false},
		{"", i18n.EN, false},
		{"deutsch", i18n.EN, false},
		{"-de", i18n.EN, false},
		{"d\x00", i18n.EN, false},
	} {
		if got, ok := i18n.Parse(tc.tag); got != tc.want || ok != tc.ok {
			t.Errorf("Parse(%q) = %q, %v; want %q, %v", tc.tag, got, ok, tc.want, tc.ok)
		}
	}
	for _, l := range i18n.Langs {
		if got, ok := i18n.Parse(string(l)); got != l || !ok || l.Name() == "" {
			t.Errorf("Parse(%q) = %q, %v, name %q: a language of ours must read itself back and have a name", l, got, ok, l.Name())
		}
	}
	if got := i18n.Lang("xx").Name(); got != "English" {
		t.Errorf("name of an unknown language = %q, want English", got)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		header string
		want   i18n.Lang
	}{
		{"", i18n.EN},
		{"sv", i18n.SV},
		{"sv-SE,sv;q=0.9,en;q=0.8", i18n.SV},
		{"no", i18n.NB},
		{"nn-NO, en;q=0.5", i18n.NB},
		{"fr-FR,fr;q=0.9,de;q=0.3,en;q=0.2", i18n.DE},
		{"en;q=0.2, da;q=0.7", i18n.DA},
		{"da;q=0.7, nl;q=0.7", i18n.DA},
		{"fi;q=0, sv;q=0.001", i18n.SV},
		{"fi;q=0", i18n.EN},
		{"*", i18n.EN},
		{"fr, *;q=0.5, de;q=0.4", i18n.EN},
		{"zh, ja", i18n.EN},
		{"de;q=1.000", i18n.DE},
		{"de;q=1.001, fi;q=0.1", i18n.FI},
		{"de;q=0.1234, fi;q=0.1", i18n.FI},
		{"de;q=, fi;q=0.1", i18n.FI},
		{"de;q=-1, fi;q=0.1", i18n.FI},
		{"de;q=0.x, fi;q=0.1", i18n.FI},
		{"de;level=1, fi;q=0.1", i18n.FI},
		{"de ; Q = 0.9 , fi;q=0.1", i18n.DE},
		{"de;q=1., fi;q=0.1", i18n.DE},
		{",,, ;;; ,nl", i18n.NL},
		{strings.Repeat("fr,", 31) + "nl", i18n.NL},
		{strings.Repeat("fr,", 32) + "nl", i18n.EN},
		{strings.Repeat("x", 1020) + ",nl,de", i18n.NL},
		{strings.Repeat("x", 1021) + ",nl", i18n.NL},
		{strings.Repeat("x", 1021) + ",nl-BE;q=0.1", i18n.EN},
		{strings.Repeat("a", 1<<20), i18n.EN},
	} {
		if got := i18n.Match(tc.header); got != tc.want {
			t.Errorf("Match(%.60q) = %q, want %q", tc.header, got, tc.want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, h := range []string{"", "sv-SE,sv;q=0.9", "*;q=0", "de;q=1.0001", ";;,,==", "nn\x00;q=0.5"} {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := i18n.Match(header)
		if !slices.Contains(i18n.Langs[:], got) {
			t.Fatalf("Match(%q) = %q, which is no language of ours", header, got)
		}
		if len(header) < 900 && strings.Count(header, ",") < 30 {
			// A refused language changes nothing, and a named favourite wins over whatever follows.
			if again := i18n.Match("fi;q=0," + header); again != got {
				t.Errorf("Match(%q) = %q, with a refusal before it %q", header, got, again)
			}
			if first := i18n.Match("da," + header); first != i18n.DA {
				t.Errorf("Match(da, %q) = %q, want da", header, first)
			}
		}
	})
}
