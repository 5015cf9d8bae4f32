package page

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// archive is every settled month. They change only with the head of their chain, so they are read when that does.
type archive struct {
	head   string
	months map[string]months.Kept
}

func readArchive(tx data.Tx, book months.Book, before *State) (archive, error) {
	head, err := tx.Settings().Get(data.SettingMonthsHead)
	switch {
	case errors.Is(err, data.ErrNotFound):
		return archive{}, nil
	case err != nil:
		return archive{}, err
	case before != nil && before.archive.head == head.Value:
		return before.archive, nil
	}
	all, err := book.Archive(tx)
	if err != nil {
		return archive{}, fmt.Errorf("reading the settled months: %w", err)
	}
	return archive{head.Value, all}, nil
}

// readMonths reads the months shown, and those before them that are not settled.
func (s *State) readMonths(tx data.Tx, r ledger.Records, before *State) (err error) {
	if s.archive, err = readArchive(tx, s.Book(), before); err != nil {
		return err
	}
	s.readNotices(r.Occurrences)
	s.first = s.Now
	for _, c := range r.Components {
		if c.Commitment == data.Committed && c.Since.Before(s.first) {
			s.first = c.Since
		}
	}
	for month := range s.archive.months {
		if begin, _, err := ledger.Bounds(month, s.Zone); err == nil && begin.Before(s.first) {
			s.first = begin
		}
	}
	book, list := s.Book(), ledger.Months(s.Now, s.Zone, s.age()+1)
	for i, month := range list {
		_, end, err := ledger.Bounds(month, s.Zone)
		if err != nil {
			return err
		}
		if end.Before(s.first) {
			continue
		}
		kept, settled := s.archive.months[month]
		shown := len(list)-i <= MonthsShown
		if settled && !shown {
			continue // looked up when somebody asks
		}
		if !settled {
			facts, err := ledger.FromRecords(month, book.ZoneName, book.Target, r, s.Now)
			if err != nil {
				return err
			}
			kept.Facts = facts
		}
		m, err := s.monthOf(kept)
		if err != nil {
			return err
		}
		if shown {
			s.Months = append(s.Months, m)
		} else {
			s.older = append(s.older, m)
		}
	}
	return nil
}

// mostMonths is how far back unsettled months are looked for.
const mostMonths = 20 * 12

// age is how many months before the running one the first was, but at least those shown.
func (s *State) age() int {
	now, first := s.Now.In(s.Zone), s.first.In(s.Zone)
	n := 12*(now.Year()-first.Year()) + int(now.Month()) - int(first.Month())
	return min(max(n, MonthsShown-1), mostMonths)
}

// monthOf makes a Month of what was kept of it, for this audience.
func (s *State) monthOf(k months.Kept) (Month, error) {
	r, err := k.Report(s.counted())
	if err != nil {
		return Month{}, err
	}
	return Month{Report: r, Known: r.Contract.Verdict.Known(), Notices: s.noticesOf(r.Month), Settled: k.Settled, kept: &k}, nil
}

// counted is what of the figures concerns this audience.
func (s *State) counted() ledger.Selection {
	if s.audience == data.AllCustomers {
		return ledger.Selection{Cohort: noCohort}
	}
	return ledger.Selection{Cohort: s.audience}
}

// noCohort is no cohort's name: with it counts only what is of all customers.
const noCohort = "-"

// Years are those that have months, newest first.
func (s *State) Years() []int {
	var out []int
	if s.first.IsZero() {
		return out
	}
	for y := s.Now.In(s.Zone).Year(); y >= max(s.first.In(s.Zone).Year(), 1970); y-- {
		out = append(out, y)
	}
	return out
}

// Month returns a month by YYYY-MM, for this audience: any from the first year of the service to the running one. A month before
// the service began was watched by nobody. It is a *data.Error for what is no month, and data.NotFound for one to come.
func (s *State) Month(month string) (Month, error) {
	begin, end, err := ledger.Bounds(month, s.Zone)
	if err != nil {
		return Month{}, err
	}
	if begin.After(s.Now) || !slices.Contains(s.Years(), begin.In(s.Zone).Year()) {
		return Month{}, data.NotFound("figure for", month)
	}
	for _, known := range [][]Month{s.Months, s.older} {
		for _, m := range known {
			if m.Month != month || m.kept == nil {
				continue
			}
			return s.monthOf(*m.kept)
		}
	}
	if kept, ok := s.archive.months[month]; ok {
		return s.monthOf(kept)
	}
	facts := ledger.Facts{Month: month, Zone: s.ZoneName, Target: s.Target}
	if end.After(s.Now) {
		facts.AsOf = s.Now
	}
	facts.Unobserved = []ledger.Gap{{Start: begin.UTC(), End: end.UTC()}}
	return s.monthOf(months.Kept{Statement: months.Statement{Facts: facts}})
}

// Sheet returns a month in full as the public may see it, of one component or cohort where they are given. It fails where they are
// none that the public knows of.
func (s *State) Sheet(month, component, cohort string) (months.Sheet, error) {
	m, err := s.Month(month)
	if err != nil {
		return months.Sheet{}, err
	}
	sel, err := s.selection(m, component, cohort)
	if err != nil {
		return months.Sheet{}, err
	}
	v := months.View{Selection: sel, Territories: s.Territories, PageID: s.PageID}
	if at, err := s.Book().SettlesAt(month); err == nil && m.Settled == nil && m.Known {
		v.Settling = at
	}
	public := map[string]bool{}
	for _, c := range s.Components {
		if public[c.Slug] = true; c.Commitment != data.Committed && m.Settled == nil {
			continue
		}
		if sel.Component == "" || sel.Component == c.Slug {
			v.Components = append(v.Components, c.Slug)
		}
	}
	if sel.Cohort == "" {
		v.Cohorts = s.cohorts(m.kept.Facts)
	}
	sheet, err := m.kept.Sheet(v)
	if err != nil {
		return sheet, err
	}
	sheet = sheet.Shown(func(c string) bool { return public[c] })
	if sheet.Cohort == noCohort {
		sheet.Cohort = data.AllCustomers
		for i := range sheet.ByComponent {
			sheet.ByComponent[i].Cohort = data.AllCustomers
		}
	}
	return sheet, nil
}

// selection reads what somebody asks for of a month. A component goes by its slug or its public ID; of a settled month it has a figure
// if it counted then. An audience sees no other cohort.
func (s *State) selection(m Month, component, cohort string) (sel ledger.Selection, err error) {
	sel = s.counted()
	if component != "" && component != data.AllCustomers {
		i := slices.IndexFunc(s.Components, func(c Component) bool {
			counts := c.Commitment == data.Committed
			if m.Settled != nil {
				counts = m.kept.Facts.Counts(c.Slug)
			}
			return counts && (c.Slug == component || c.ID == component)
		})
		if i < 0 {
			return sel, data.NotFound("figure for the component", component)
		}
		sel.Component = s.Components[i].Slug
	}
	if cohort != "" && cohort != data.AllCustomers {
		if !slices.ContainsFunc(s.Cohorts, func(c data.Cohort) bool { return c.Slug == cohort }) {
			return sel, data.NotFound("figure for the cohort", cohort)
		}
		sel.Cohort = cohort
	}
	return sel, nil
}

// cohorts are those that a month's figure is shown for: the ones there are, and "rest", which is whoever no other takes, where the
// month knows of it.
func (s *State) cohorts(f ledger.Facts) []string {
	var out []string
	add := func(slug string) {
		if slug != "" && slug != data.AllCustomers && !slices.Contains(out, slug) {
			out = append(out, slug)
		}
	}
	for _, c := range s.Cohorts {
		add(c.Slug)
	}
	for _, o := range f.Outages {
		add(o.Cohort)
	}
	return out
}

// Year returns the months of a year, oldest first.
func (s *State) Year(year int) (months.Year, error) {
	text := fmt.Sprintf("%04d", year)
	if !slices.Contains(s.Years(), year) {
		return months.Year{}, data.NotFound("figure for", text)
	}
	var sheets []months.Sheet
	for n := time.January; n <= time.December; n++ {
		month := fmt.Sprintf("%s-%02d", text, n)
		if begin, _, err := ledger.Bounds(month, s.Zone); err != nil || begin.After(s.Now) {
			continue
		}
		sheet, err := s.Sheet(month, "", "")
		if err != nil {
			return months.Year{}, err
		}
		sheets = append(sheets, sheet)
	}
	return months.YearOf(text, s.ZoneName, sheets), nil
}
