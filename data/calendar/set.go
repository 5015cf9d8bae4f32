package calendar

import (
	"fmt"
	"slices"
)

// Holiday is a day on which a territory does not work, whatever the day of the week.
type Holiday struct {
	Date      Date   `json:"date"`
	Territory string `json:"territory"` // its code
	Name      string `json:"name"`      // in English
	Public    bool   `json:"public"`    // a public holiday by law; otherwise customary, see the package comment
}

// Change is a correction that an operator makes to the table: a date added to it or taken out.
type Change struct {
	Date      Date
	Territory string // its code; empty means every territory of the set
	Name      string // of a date added; empty keeps the table's name, or reads "Company holiday". Of no use on one taken out
}

// Set is the calendars of several territories. It does not change, and is safe for concurrent use.
type Set struct {
	calendars []*Calendar
}

// New makes the calendars of territories, by their codes, with the dates of extra added as public holidays and those of
// without taken out. Taking out a date that is no holiday does nothing, so that a correction outlives the release that makes
// it needless.
//
// An error names what is wrong and the way out: no territory, one that is unknown or twice, a change to a territory that is
// not among them, a date that is both added and taken out.
func New(territories []string, extra, without []Change) (*Set, error) {
	if len(territories) == 0 {
		return nil, fmt.Errorf("no territory is given: name at least one, such as no")
	}
	s := &Set{}
	for i, code := range territories {
		if slices.Contains(territories[:i], code) {
			return nil, fmt.Errorf("territory %q is given twice: name it once", code)
		}
		c, err := newCalendar(code)
		if err != nil {
			return nil, err
		}
		s.calendars = append(s.calendars, c)
	}
	for _, change := range extra {
		cs, err := s.concerned(change)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			c.extra[change.Date] = change.Name
		}
	}
	for _, change := range without {
		cs, err := s.concerned(change)
		if err != nil {
			return nil, err
		}
		for _, c := range cs {
			if _, both := c.extra[change.Date]; both {
				return nil, fmt.Errorf("%s is both added to and taken out of the holidays of %s: keep one of the two", change.Date, c.Code)
			}
			c.without[change.Date] = true
		}
	}
	return s, nil
}

// concerned are the calendars that a change is about.
func (s *Set) concerned(change Change) ([]*Calendar, error) {
	if change.Territory == "" {
		return s.calendars, nil
	}
	c, err := s.Calendar(change.Territory)
	if err != nil {
		return nil, fmt.Errorf("the change of %s: %w", change.Date, err)
	}
	return []*Calendar{c}, nil
}

// Calendar is that of one territory. The error says whether the territory is unknown or merely not in the set.
func (s *Set) Calendar(code string) (*Calendar, error) {
	for _, c := range s.calendars {
		if c.Code == code {
			return c, nil
		}
	}
	if _, err := Lookup(code); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("territory %q is not among those configured: add it to them", code)
}

// Calendars are all of the set, in the order given to New. The slice is the caller's.
func (s *Set) Calendars() []*Calendar { return slices.Clone(s.calendars) }

// Holiday says whether a date is a holiday in any territory, and which. Of several a public one comes first, then the order
// given to New; see On for all of them.
func (s *Set) Holiday(d Date) (Holiday, bool) {
	var customary Holiday
	found := false
	for _, c := range s.calendars {
		h, ok := c.Holiday(d)
		if ok && h.Public {
			return h, true
		}
		if ok && !found {
			customary, found = h, true
		}
	}
	return customary, found
}

// On is the holiday of every territory that has one on a date, in the order given to New; nil when none has.
func (s *Set) On(d Date) []Holiday {
	var out []Holiday
	for _, c := range s.calendars {
		if h, ok := c.Holiday(d); ok {
			out = append(out, h)
		}
	}
	return out
}

// Holidays are those of a year in all territories, ascending by date, then in the order given to New.
func (s *Set) Holidays(year int) []Holiday {
	var out []Holiday
	for _, c := range s.calendars {
		out = append(out, c.Holidays(year)...)
	}
	slices.SortStableFunc(out, func(a, b Holiday) int { return int(a.Date - b.Date) })
	return out
}
