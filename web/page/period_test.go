package page

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data/ledger"
)

// TestParsePeriod reads the last part of addresses below /uptime/.
func TestParsePeriod(t *testing.T) {
	for text, want := range map[string]period{
		"2026-04": {month: "2026-04"}, "2026": {year: 2026}, "2026-04.csv": {month: "2026-04", csv: true}, "2026.csv": {year: 2026, csv: true},
	} {
		if p, ok := parsePeriod(text); !ok || p != want {
			t.Errorf("%q is read as %+v, %v", text, p, ok)
		}
	}
	for _, text := range []string{"", ".csv", "2026-4", "2026-13", "2026-00", "26-04", "2026-04.CSV", "2026-04.csv.csv", "2026-04/", "2026-04-01", "1969", "1969-12", "3000-01", "-026-04", "2026-04 ", "٢٠٢٦"} {
		if p, ok := parsePeriod(text); ok {
			t.Errorf("%q is read as %+v", text, p)
		}
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026-04", "2026", "2026-04.csv", "..", "2026-04\x00", "%2e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := parsePeriod(s)
		if !ok {
			return
		}
		if p.month != "" {
			if _, _, err := ledger.Bounds(p.month, time.UTC); err != nil {
				t.Errorf("%q: %v", s, err)
			}
		}
		again := p.month
		if p.month == "" {
			again = s[:4]
		}
		if p.csv {
			again += ".csv"
		}
		if again != s {
			t.Errorf("%q is another way to write %q", s, again)
		}
	})
}

// TestBadgeIsXML draws what people may call a component.
func TestBadgeIsXML(t *testing.T) {
	for _, name := range []string{"Reading data", `</text><script>alert(1)</script>`, "a & b \"c\" 'd'", "\x00\x1f\ufffe\xff", "]]>", "日本語"} {
		svg := badgeSVG(name+" 2026-04", name, "99.80%", "#0f7b45")
		if strings.Contains(svg, "<script") {
			t.Errorf("%q: %s", name, svg)
		}
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%q: %v in %s", name, err, svg)
				break
			}
		}
	}
}
