package history

import (
	"math"
	"time"

	"github.com/superoffice/statusd/data"
)

// Summary counts the samples of a span. The zero value has none; summaries are added up by Merge.
type Summary struct {
	Good     int // operational
	Degraded int
	Bad      int // partial or major outage
	NoData   int // the observer was blind

	codes [data.LatencyCodes]uint32 // of answers, by code
}

// Add counts one sample.
func (s *Summary) Add(level data.Level, code byte) {
	switch level {
	case data.Operational:
		s.Good++
	case data.Degraded:
		s.Degraded++
	case data.NoData:
		s.NoData++
		return
	default:
		s.Bad++
		return
	}
	if code > 0 {
		s.codes[code&(data.LatencyCodes-1)]++
	}
}

// Merge adds what o counted: another place, another probe, the next span.
func (s *Summary) Merge(o *Summary) {
	s.Good, s.Degraded, s.Bad, s.NoData = s.Good+o.Good, s.Degraded+o.Degraded, s.Bad+o.Bad, s.NoData+o.NoData
	for i, n := range o.codes {
		s.codes[i] += n
	}
}

// Samples is how many samples were taken, those without data included.
func (s *Summary) Samples() int { return s.Good + s.Degraded + s.Bad + s.NoData }

// Answered is the share of samples with data that were not bad, from 0 to 1; false where there are none. Degraded is answered:
// it is no downtime (U11).
func (s *Summary) Answered() (float64, bool) {
	seen := s.Good + s.Degraded + s.Bad
	if seen == 0 {
		return 0, false
	}
	return float64(s.Good+s.Degraded) / float64(seen), true
}

// Timed is how many latencies were counted.
func (s *Summary) Timed() int {
	n := 0
	for _, c := range s.codes {
		n += int(c)
	}
	return n
}

// Latency is the latency at rank q from 0 (the least) to 1 (the greatest), by nearest rank: the smallest latency that at least
// that share of the answers did not exceed. Zero means that there was none.
func (s *Summary) Latency(q float64) time.Duration {
	n := s.Timed()
	if n == 0 {
		return 0
	}
	rank := min(n, max(1, int(math.Ceil(q*float64(n)))))
	for code, c := range s.codes {
		if rank -= int(c); rank <= 0 {
			return data.LatencyOf(byte(code))
		}
	}
	return 0
}

// Worst is the worst level of the samples with data, PartialOutage standing for both outages; NoData where there are none.
func (s *Summary) Worst() data.Level {
	switch {
	case s.Bad > 0:
		return data.PartialOutage
	case s.Degraded > 0:
		return data.Degraded
	case s.Good > 0:
		return data.Operational
	}
	return data.NoData
}
