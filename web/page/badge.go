package page

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/ui"
)

// badgePath is where the badges are: /badge/uptime.svg is the running month, /badge/uptime/2026-04.svg another one, and
// /badge/component/ID/uptime.svg, with the same forms behind it, those of one component, by its public ID.
const badgePath = "/badge/"

// badge makes the badge at path; nil where there is none: for the public a hidden component is none.
func (m maker) badge(path string) *ui.Doc {
	rest, ok := strings.CutPrefix(path, badgePath)
	if !ok {
		return nil
	}
	component := ""
	if tail, of := strings.CutPrefix(rest, "component/"); of {
		if component, rest, ok = strings.Cut(tail, "/"); !ok || component == "" {
			return nil
		}
	}
	month := m.s.Now.In(m.s.Zone).Format("2006-01")
	if rest != "uptime.svg" {
		text, ok := strings.CutPrefix(rest, "uptime/")
		if text, is := strings.CutSuffix(text, ".svg"); !ok || !is {
			return nil
		} else if p, is := parsePeriod(text); !is || p.month == "" || p.csv {
			return nil
		} else {
			month = p.month
		}
	}
	label, title := m.T("ui.uptime")+" "+month, m.T("ui.uptime_of", "month", m.monthInText(month)) // short, and in full
	if component != "" {
		i := slices.IndexFunc(m.s.Components, func(c Component) bool { return c.ID == component })
		if i < 0 {
			return nil
		}
		name := m.name(m.s.Components[i]) + ": "
		label, title = name+label, name+title
	}
	s, err := m.s.Sheet(month, component, "")
	if err != nil {
		return nil
	}
	value, colour := i18n.Percent(m.l, s.Contract.Shown), "#0f7b45"
	switch s.Contract.Verdict {
	case ledger.Withheld:
		value, colour = m.T("ui.withheld"), "#56606c"
	case ledger.NoVerdict:
		value, colour = m.T("level.no_data"), "#56606c"
	case ledger.Uncertain:
		colour = "#56606c"
	case ledger.NotMet:
		colour = "#b3122a"
	case ledger.Met:
	}
	if of, err := m.s.Month(month); err == nil && s.Contract.Verdict.Known() && (blank(s.Report) || of.kept.Facts.NothingWatched(m.s.counted())) {
		value, colour = m.T("ui.not_observed"), "#56606c"
	}
	if s.Contract.Verdict.Known() && s.SoFar {
		title += ", " + m.T("ui.so_far_this_month")
	}
	return ui.NewDoc([]byte(badgeSVG(label, title, value, colour)), ui.DocOptions{
		Type: "image/svg+xml", Vary: "Accept-Language",
		Header: http.Header{
			"Cross-Origin-Resource-Policy": {"cross-origin"}, "Access-Control-Allow-Origin": {"*"}, "Content-Language": {string(m.l)},
			"Content-Security-Policy": {"default-src 'none'; style-src 'none'; frame-ancestors *"},
		},
	})
}

// badgeSVG draws two boxes with text. Widths are reckoned, and the text is made to fit them, whatever font there is.
func badgeSVG(label, title, value, colour string) string {
	width := func(s string) int { return 7*utf8.RuneCountInString(s) + 14 }
	a, b := width(label), width(value)
	text := func(x, w int, s string) string {
		return fmt.Sprintf(`<text x="%d" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>`, x+7, w-14, html.EscapeString(clean(s)))
	}
	all := html.EscapeString(clean(title + ": " + value))
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" viewBox="0 0 %d 20" role="img" aria-label="%s"><title>%s</title>`+
		`<rect width="%d" height="20" fill="#33393f"/><rect x="%d" width="%d" height="20" fill="%s"/>`+
		`<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">%s%s</g></svg>`+"\n",
		a+b, a+b, all, all, a, a, b, colour, text(0, a, label), text(a, b, value))
}

// clean takes out what XML cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < 0x20 || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}
