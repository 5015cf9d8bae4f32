package page

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/ui"
)

// period is what an address below /uptime/ asks for: a month or a year, as a page or as CSV.
type period struct {
	month string // YYYY-MM; empty for a year
	year  int
	csv   bool
}

// parsePeriod reads the last part of such an address. It is false for what is none.
func parsePeriod(text string) (p period, ok bool) {
	text, p.csv = strings.CutSuffix(text, ".csv")
	if year, err := months.ParseYear(text); err == nil {
		p.year = year
		return p, true
	}
	if len(text) != len("2006-01") {
		return period{}, false
	}
	if _, _, err := ledger.Bounds(text, time.UTC); err != nil {
		return period{}, false
	}
	p.month = text
	return p, true
}

// monthStory is the page of a month or a year; nil where there is none.
func monthStory(s *State, path string) func(maker) view {
	text, ok := strings.CutPrefix(path, uptimePath)
	if !ok {
		return nil
	}
	p, ok := parsePeriod(text)
	if !ok || p.csv {
		return nil
	}
	if p.month == "" {
		y, err := s.Year(p.year)
		if err != nil {
			return nil
		}
		return func(m maker) view {
			v := m.yearPage(p.year, y)
			return view{path, "year", v.Heading, v}
		}
	}
	month, err := s.Month(p.month)
	if err != nil {
		return nil
	}
	sheet, err := s.Sheet(p.month, "", "")
	if err != nil {
		return nil
	}
	return func(m maker) view {
		return view{path, "month", m.T("ui.uptime_of", "month", m.monthInText(p.month)), m.monthPage(month, sheet)}
	}
}

// file is what is no page: CSV of a month or year, and badges; nil where there is none at path.
func (m maker) file(path string) *ui.Doc {
	if text, ok := strings.CutPrefix(path, uptimePath); ok {
		if p, ok := parsePeriod(text); ok && p.csv {
			return m.csv(p)
		}
		return nil
	}
	return m.badge(path)
}

func (m maker) csv(p period) *ui.Doc {
	var sheets []months.Sheet
	name := p.month
	if p.month != "" {
		sheet, err := m.s.Sheet(p.month, "", "")
		if err != nil {
			return nil
		}
		sheets = append(sheets, sheet)
	} else {
		y, err := m.s.Year(p.year)
		if err != nil {
			return nil
		}
		name, sheets = y.Year, y.Months
	}
	var b bytes.Buffer
	if err := months.WriteCSV(&b, false, sheets...); err != nil {
		return nil // a buffer takes everything
	}
	return ui.NewDoc(b.Bytes(), ui.DocOptions{Type: "text/csv; charset=utf-8; header=present", Header: http.Header{
		"Content-Disposition":         {fmt.Sprintf(`attachment; filename="uptime-%s.csv"`, name)},
		"Access-Control-Allow-Origin": {"*"},
	}})
}

// monthInText is the name of a month inside a sentence.
func (m maker) monthInText(month string) string {
	begin, _, err := ledger.Bounds(month, m.s.Zone)
	if err != nil {
		return month
	}
	t := begin.In(m.s.Zone)
	return i18n.Month(m.l, t.Year(), t.Month())
}
