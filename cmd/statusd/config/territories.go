package config

import (
	"slices"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
)

// Territories are the calendars by which customers' last days to report go (C2, A-20): of the territories whose holidays the
// configuration names, with what it adds and takes out, else of all contract units. Where two of its entries differ about a
// date, it is a holiday: that makes the day a later one.
func (c *Config) Territories() []*calendar.Calendar {
	var codes []string
	var added, removed []calendar.Change
	for _, h := range c.Holidays {
		for _, code := range h.Territories {
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
			added = append(added, changesOf(h.Add, code)...)
			removed = append(removed, changesOf(h.Remove, code)...)
		}
	}
	if len(codes) == 0 {
		for _, t := range calendar.Territories() {
			codes = append(codes, t.Code)
		}
	}
	removed = slices.DeleteFunc(removed, func(r calendar.Change) bool {
		return slices.ContainsFunc(added, func(a calendar.Change) bool { return a.Date == r.Date && a.Territory == r.Territory })
	})
	set, err := calendar.New(codes, added, removed)
	if err != nil {
		return nil // each entry was checked when the configuration was read
	}
	return set.Calendars()
}

// changesOf are those that concern one territory.
func changesOf(list []data.DayChange, code string) (out []calendar.Change) {
	for _, c := range list {
		if date, err := calendar.ParseDate(c.Date); err == nil && (c.Territory == "" || c.Territory == code) {
			out = append(out, calendar.Change{Date: date, Territory: code, Name: c.Name})
		}
	}
	return out
}
