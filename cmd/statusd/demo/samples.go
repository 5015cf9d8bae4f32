package demo

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

const (
	every  = time.Minute        // distance of the samples of the last days
	often  = 3 * 24 * time.Hour // which are these
	seldom = 5 * time.Minute    // distance of those before
	seed   = 20260101           // of what is random in them
)

// latencies are what the probes usually measure, in milliseconds.
var latencies = map[string]float64{
	"crm": 140, "crm:crm-write": 210, "login": 95, "documents": 180, "login-certificate": 22, "app-store": 120,
}

// Elsewhere is the second place of the demonstration: it was added a week ago, and reports while the demonstration runs.
const (
	Elsewhere = "bergen"
	added     = 7 * 24 * time.Hour
	farther   = 18 * time.Millisecond // from there
)

// samples writes what was measured from everywhere, in keeping with the troubles: blocks, and the newest runs whole. The newest
// sample is of now, so that nobody was away when the service starts.
func (h *history) samples(p data.Probe, troubles []trouble) error {
	if err := h.samplesFrom(p, data.Here, h.begin, troubles); err != nil {
		return err
	}
	if len(p.Places) > 0 && !slices.Contains(p.Places, Elsewhere) {
		return nil
	}
	return h.samplesFrom(p, Elsewhere, h.now.Add(-added), troubles)
}

func (h *history) samplesFrom(p data.Probe, place string, since time.Time, troubles []trouble) error {
	name := fnv.New64a()
	name.Write([]byte(p.Name + place))
	noise := rand.New(rand.NewPCG(seed, name.Sum64())) //nolint:gosec // it is to look real and to be the same each time
	var day []data.Sample
	recent := data.Recent{Probe: p.Name, Place: place}
	for at := since.Truncate(seldom); ; {
		s := data.Sample{Probe: p.Name, Place: place, At: at, Level: data.Operational, Latency: usual(p.Name, at, noise)}
		if place != data.Here {
			s.Latency += farther
		}
		for _, t := range troubles {
			if !at.Before(t.from) && at.Before(t.to) {
				s.Level, s.Reason, s.Latency = t.level, t.reason, troubled(t.reason, s.Latency, p)
			}
		}
		if s.Level != data.NoData { // the observer was off: there is no sample at all
			if len(day) > 0 && data.BlockDay(day[0].At) != data.BlockDay(at) {
				if err := h.keep(day); err != nil {
					return err
				}
				day = day[:0]
			}
			day = append(day, s)
			if s.Level != data.Operational || h.now.Sub(at) < data.RecentRuns*every {
				recent = recent.Add(whole(s, p))
			}
		}
		if at.Equal(h.now) {
			return errors.Join(h.keep(day), h.tx.Recents().Put(recent))
		}
		step := every
		if h.now.Sub(at) > often {
			step = seldom
		}
		if at = at.Add(step); at.After(h.now) {
			at = h.now
		}
	}
}

// keep packs the samples of one day.
func (h *history) keep(day []data.Sample) error {
	if len(day) == 0 {
		return nil
	}
	b := data.Block{Probe: day[0].Probe, Place: day[0].Place, Day: data.BlockDay(day[0].At)}
	if refused, err := b.AppendAll(day); err != nil || refused > 0 {
		return errors.Join(err, fmt.Errorf("%d samples of %s do not fit into %s", refused, b.Probe, b.Day))
	}
	return h.tx.Blocks().Put(b)
}

// whole is a sample with what blocks do not keep, as the debug view shows it.
func whole(s data.Sample, p data.Probe) data.Sample {
	switch s.Reason {
	case data.ReasonTimeout:
		s.Detail = "no answer in " + p.Deadline().String()
		return s
	case data.ReasonConnect:
		s.Detail = "connection refused"
		return s
	case data.ReasonStatus:
		s.Code, s.Detail = 503, "503 Service Unavailable"
	}
	connect := min(s.Latency/10, 2*time.Millisecond)
	switch p.Kind {
	case data.ProbeTLS:
		s.Phases = data.Phases{Connect: connect, TLS: s.Latency - connect}
	case data.ProbeTransaction:
		for _, step := range p.Steps {
			s.Steps = append(s.Steps, data.StepRun{Name: step.Name, Level: s.Level, Reason: s.Reason, Code: cmp.Or(s.Code, 200), Latency: s.Latency / time.Duration(len(p.Steps))})
		}
	default:
		s.Phases, s.Code = data.Phases{Connect: connect, Processing: s.Latency - connect - connect/4, Transfer: connect / 4}, cmp.Or(s.Code, 200)
	}
	return s
}

// usual is a latency with a working day in it.
func usual(probe string, at time.Time, noise *rand.Rand) time.Duration {
	base, ok := latencies[probe]
	if !ok {
		base = 80
	}
	hour := at.Sub(at.Truncate(24 * time.Hour)).Hours()
	busy := 1 + 0.35*math.Exp(-math.Pow((hour-11)/3.5, 2))
	return time.Duration(base * busy * (0.9 + 0.2*noise.Float64() + 0.05*noise.ExpFloat64()) * float64(time.Millisecond))
}

// troubled is the latency of a sample that was not good.
func troubled(why data.Reason, usual time.Duration, p data.Probe) time.Duration {
	switch why {
	case data.ReasonTimeout:
		return p.Deadline()
	case data.ReasonSlow:
		return p.Slow + 4*usual
	case data.ReasonConnect:
		return time.Millisecond
	}
	return usual
}
