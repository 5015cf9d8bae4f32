package page

import (
	"net/http"
	"sync"

	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/ui"
)

// sheets are the answers of /api/v1/uptime: each is worked out, encoded and compressed once for a Snapshot, when somebody first asks. There
// are as many as months, public components and cohorts, whatever is asked for; no more than detailsKept are kept. The zero value is empty.
type sheets struct {
	mu   sync.Mutex
	docs map[[4]string]*ui.Doc
}

// Uptime is a month, such as 2026-04, or a year, such as 2026, as JSON, for one audience (State.Audience), and of a month one component or
// cohort where they are given. Errors are those of State.Sheet and State.Year.
func (s *Snapshot) Uptime(audience, period, component, cohort string) (*ui.Doc, error) {
	key := [4]string{audience, period, component, cohort}
	year, err := months.ParseYear(period)
	isYear := err == nil
	if isYear { // a year is given as a whole
		key[2], key[3] = "", ""
	}
	s.sheets.mu.Lock()
	defer s.sheets.mu.Unlock()
	if d, ok := s.sheets.docs[key]; ok {
		return d, nil
	}
	state := s.State
	if audience != "" {
		if own := s.audiences.of(state, audience); own != nil {
			state = own.state
		}
	}
	var answer any
	if isYear {
		answer, err = state.Year(year)
	} else {
		answer, err = state.Sheet(period, component, cohort)
	}
	if err != nil {
		return nil, err
	}
	body, err := ui.MarshalJSON(months.Public{Of: answer})
	if err != nil {
		return nil, err
	}
	if s.sheets.docs == nil || len(s.sheets.docs) >= detailsKept {
		s.sheets.docs = map[[4]string]*ui.Doc{}
	}
	d := ui.NewDoc(body, ui.DocOptions{Type: "application/json; charset=utf-8", Header: http.Header{"Access-Control-Allow-Origin": {"*"}}})
	s.sheets.docs[key] = d
	return d, nil
}
