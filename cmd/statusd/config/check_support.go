package config

import (
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data/calendar"
)

// supportHours reads the two tables of hours (H1, H3); the second is nil where there is none.
func (c *checker) supportHours(p path, f page) (usual calendar.Hours, second *calendar.Hours) {
	read := func(key, from, until string, days []string) calendar.Hours {
		if from == "" || until == "" {
			return calendar.Hours{} // that something is missing was said already
		}
		h, err := calendar.ParseHours(from, until, weekdays(days)...)
		if err != nil {
			c.fault(p.with(key), "%s: %s", key, err)
		}
		return h
	}
	if in := f.SupportHours; in != nil {
		usual = read("support_hours", in.From, in.Until, nil)
	}
	if in := f.PremiumHours; in != nil {
		h := read("premium_hours", in.From, in.Until, in.Days)
		second = &h
	}
	return usual, second
}

// weekdays reads names of days; the decoder lets no others through.
func weekdays(names []string) (out []time.Weekday) {
	for day := range time.Weekday(7) {
		if slices.Contains(names, strings.ToLower(day.String())) {
			out = append(out, day)
		}
	}
	return out
}
