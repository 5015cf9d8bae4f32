package admin

import (
	"net/url"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
)

// clockLayout is how a field of type datetime-local has a time. Browsers leave the seconds out where they are zero.
const clockLayout = "2006-01-02T15:04:05"

// parseClock takes a reading of the zone's clock for an instant, by the rule for starts of windows (DOMAIN.md 4.1, T4): of two
// equal readings the first, and one that the clock skipped as if clocks had not moved (RFC 5545 3.3.5).
func parseClock(text string, zone *time.Location) (time.Time, error) {
	reading, err := readClock(text)
	if err != nil {
		return time.Time{}, err
	}
	at, _ := recur.Land(reading, zone, false)
	return at.In(zone), nil
}

// readClock reads what a field of type datetime-local holds, carried in UTC.
func readClock(text string) (time.Time, error) {
	for _, layout := range []string{clockLayout, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, data.Invalid("started", "write the time as 2026-01-31T03:10")
}

// atBelow is the choice of the time that the field beside it holds.
const atBelow = "exact"

// left says whether the field of a time was left as the page filled it in. An empty one was not filled in.
func left(v url.Values) bool {
	is, err := readClock(v.Get("started_at"))
	was, werr := readClock(v.Get("started_was"))
	return err == nil && werr == nil && is.Equal(was)
}

// startedOf reads when something began: a length of time before now, or an instant. A time that somebody typed wins over the
// choice beside it, and that choice over a time that was filled in and left alone. The latter is taken from started_exact, which
// knows which of two equal readings was meant.
func startedOf(v url.Values, zone *time.Location) (ago string, at time.Time, err error) {
	choice, text := v.Get("started"), v.Get("started_at")
	switch {
	case choice != atBelow && (text == "" || left(v)):
		return choice, at, nil
	case text == "":
		return "", at, data.Invalid("started", "the time is empty: write it as 2026-01-31T03:10, or choose how long ago it was")
	case left(v) && v.Get("started_exact") != "":
		if at, err = time.Parse(time.RFC3339, v.Get("started_exact")); err != nil {
			return "", at, data.Invalid("started", "the form's own time cannot be read: load the page again")
		}
		return "", at, nil
	}
	at, err = parseClock(text, zone)
	return "", at, err
}

// began fills in an instant.
func (f *reportForm) began(t time.Time, zone *time.Location) {
	f.Started, f.StartedAt, f.StartedExact = atBelow, t.In(zone).Format(clockLayout), t.UTC().Format(time.RFC3339Nano)
	f.StartedWas, f.More = f.StartedAt, true
}

// fillStarted puts back when something began, as it would be read.
func (f *reportForm) fillStarted(v url.Values) {
	f.Started = v.Get("started")
	if v.Get("started_at") == "" || f.Started != atBelow && left(v) {
		return
	}
	f.Started, f.StartedAt, f.StartedWas = atBelow, v.Get("started_at"), v.Get("started_at")
	if left(v) {
		f.StartedExact = v.Get("started_exact")
	}
}

// Ago are the choices of when something began.
func (f reportForm) Ago() []option {
	if f.StartedAt == "" {
		return agoOptions
	}
	return append([]option{{atBelow, "at the time below"}}, agoOptions...)
}
