package recur

import (
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/superoffice/statusd/data"
)

// Bounds on the text of a rule, and on how often it may fall.
const (
	maxText   = 200
	maxPerDay = 24
)

const starBit = 1 << 63 // set by the parser in a field that is not restricted

var cronParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// cronSchedule is cron text on clock readings carried in UTC. Cron gives up after five years; a 29 February may be eight
// years off, in 2096, so a second look is taken from there.
type cronSchedule struct{ *cron.SpecSchedule }

// Next implements cron.Schedule.
func (s cronSchedule) Next(t time.Time) time.Time {
	// Readings are whole minutes. Asked from a minute's last second, cron need not count the seconds one by one.
	t = time.Unix(floorDiv(t.Unix(), 60)*60+59, 0).UTC()
	if next := s.SpecSchedule.Next(t); !next.IsZero() {
		return next
	}
	return s.SpecSchedule.Next(t.AddDate(5, 0, 0))
}

// parseCron reads five-field cron text. What would make the parser panic or mean an instant of another zone is refused
// before it is parsed.
func parseCron(text string) (cronSchedule, error) {
	fault := func(format string, args ...any) (cronSchedule, error) {
		return cronSchedule{}, data.Invalid("cron", fmt.Sprintf(format, args...))
	}
	const form = `five fields: minute, hour, day of month, month, weekday, such as "0 2 * * *"`
	switch {
	case len(text) > maxText:
		return fault("cron text of %d characters is too long: use at most %d, as %s", len(text), maxText, form)
	case strings.Contains(text, "="):
		return fault("cron text %s names a zone: take it out and set zone, such as Europe/Oslo", quote(text))
	case strings.Contains(text, "@"):
		return fault("cron text %s is a short form: write %s", quote(text), form)
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }):
		return fault("cron text %s holds a character that has no place there: use %s", quote(text), form)
	case len(strings.Fields(text)) != 5:
		return fault("cron text %s has %d fields: use %s", quote(text), len(strings.Fields(text)), form)
	}
	schedule, err := cronParser.Parse(text)
	if err != nil {
		return fault("cron text %s is not understood (%v): use %s, where weekdays are 0 (Sunday) to 6 or SUN to SAT", quote(text), err, form)
	}
	s, ok := schedule.(*cron.SpecSchedule)
	if !ok {
		return fault("cron text %s has no fixed times: use %s", quote(text), form)
	}
	for _, field := range []uint64{s.Minute, s.Hour, s.Dom, s.Month, s.Dow} {
		if field&^starBit == 0 {
			return fault("cron text %s has a field that names nothing: use %s", quote(text), form)
		}
	}
	if s.Dom&starBit == 0 && s.Dow&starBit == 0 {
		return fault("cron text %s restricts both day of month and weekday, and cron then takes days that match either: "+
			"set one to *, or use a rule instead, such as FREQ=MONTHLY;BYDAY=2FR for the second Friday", quote(text))
	}
	if n := bits.OnesCount64(s.Minute&^starBit) * bits.OnesCount64(s.Hour&^starBit); n > maxPerDay {
		return fault("cron text %s falls %d times a day: at most %d are possible, such as \"0 * * * *\"", quote(text), n, maxPerDay)
	}
	s.Location = time.UTC
	return cronSchedule{s}, nil
}
