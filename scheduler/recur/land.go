package recur

import (
	"math"
	"time"
)

// fit says how a clock reading met the zone's clock.
type fit int

const (
	once    fit = iota // the clock shows it once
	skipped            // clocks go forward past it
	doubled            // clocks go back and show it again
)

// span is a stretch [start, end) of instants, in Unix seconds, with one offset from UTC, in seconds.
type span struct{ start, end, offset int64 }

// land turns a clock reading, carried in UTC as Unix seconds, into an instant (DOMAIN.md 4.1, T4, A-2). A reading that is
// skipped is taken as if clocks had not moved: with the offset before the gap (RFC 5545 3.3.5). Of equal readings a start
// takes the first and an end the last, so that a window is never shorter than any reader may understand it.
//
// The spans are all those within margin of the reading, ascending and adjoining. No choice of time.Date's is relied upon:
// it documents none, and takes the second of two equal readings.
func land(reading int64, spans []span, isEnd bool) (int64, fit) {
	matches, at := 0, int64(0)
	for _, s := range spans {
		t := reading - s.offset
		if t < s.start || t >= s.end {
			continue
		}
		if matches == 0 || isEnd {
			at = t
		}
		matches++
	}
	switch matches {
	case 0:
		return reading - gapOffset(reading, spans), skipped
	case 1:
		return at, once
	default:
		return at, doubled
	}
}

// gapOffset is the offset before the change that jumps over reading.
func gapOffset(reading int64, spans []span) int64 {
	for i, s := range spans[:len(spans)-1] {
		if change := s.end; change+s.offset <= reading && reading < change+spans[i+1].offset {
			return s.offset
		}
	}
	// Cannot be: local time passes every reading between its first and its last value, in steps of which one must jump
	// over a reading that none of them shows.
	return spans[0].offset
}

// margin is more than any offset from UTC: the instants a reading may mean lie within it on either side.
const margin = daySeconds

// zone gives the spans of a location, looked up once as a walk goes forward. It is for one goroutine and one walk.
type zone struct {
	loc   *time.Location
	spans []span
	at    int // where the last call found its first span
}

// newZone prepares a walk whose readings are not before from.
func newZone(loc *time.Location, from int64) *zone {
	z := &zone{loc: loc}
	z.extend(from - margin)
	z.spans[0].start = math.MinInt64
	return z
}

// near returns the spans within margin of the readings [from, to].
func (z *zone) near(from, to int64) []span {
	from, to = from-margin, to+margin
	for last := z.spans[len(z.spans)-1]; last.end <= to; last = z.spans[len(z.spans)-1] {
		z.extend(last.end)
	}
	for z.at > 0 && z.spans[z.at].start > from {
		z.at--
	}
	for z.spans[z.at].end <= from {
		z.at++
	}
	end := z.at + 1
	for end < len(z.spans) && z.spans[end].start <= to {
		end++
	}
	return z.spans[z.at:end]
}

// extend adds the span that begins at an instant, or lengthens the last one where only a name changes.
func (z *zone) extend(at int64) {
	t := time.Unix(at, 0).In(z.loc)
	_, offset := t.Zone()
	s := span{start: at, end: math.MaxInt64, offset: int64(offset)}
	if _, end := t.ZoneBounds(); !end.IsZero() {
		// Beyond a zone's table the standard library ends a span with the year, and that a day early in leap years: step
		// over what is left of it.
		s.end = max(end.Unix(), at+3600)
	}
	if n := len(z.spans); n > 0 && z.spans[n-1].offset == s.offset {
		z.spans[n-1].end = s.end
		return
	}
	z.spans = append(z.spans, s)
}

// offset at an instant, which is within margin of a reading that near was asked for.
func offsetAt(at int64, spans []span) int64 {
	for _, s := range spans[:len(spans)-1] {
		if at < s.end {
			return s.offset
		}
	}
	return spans[len(spans)-1].offset
}
