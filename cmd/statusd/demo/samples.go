package demo

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/superoffice/statusd/data"
)

const (
	every   = time.Minute        // distance of the samples of the past
	sampled = 3 * 24 * time.Hour // so far back there are any
	seed    = 20260101           // of what is random in them
)

// latencies are what the probes usually measure, in milliseconds.
var latencies = map[string]float64{
	"crm": 140, "crm:crm-write": 210, "login": 95, "documents": 180, "login-certificate": 22, "app-store": 120,
}

// samples writes the blocks of the last days, in keeping with the troubles. The newest one is of now, so that nobody was
// away when the service starts.
func (h *history) samples(p data.Probe, troubles []trouble) error {
	name := fnv.New64a()
	name.Write([]byte(p.Name))
	noise := rand.New(rand.NewPCG(seed, name.Sum64())) //nolint:gosec // it is to look real and to be the same each time
	var b data.Block
	for at := h.now.Add(-sampled).Truncate(every); ; at = at.Add(every) {
		if at.After(h.now) {
			at = h.now
		}
		s := data.Sample{Probe: p.Name, Place: "local", At: at, Level: data.Operational, Latency: usual(p.Name, at, noise)}
		for _, t := range troubles {
			if !at.Before(t.from) && at.Before(t.to) {
				s.Level, s.Reason, s.Latency = t.level, t.reason, troubled(t.reason, s.Latency, p)
			}
		}
		if s.Level != data.NoData { // the observer was off: there is no sample at all
			if day := data.BlockDay(at); day != b.Day {
				if err := h.keep(b); err != nil {
					return err
				}
				b = data.Block{Probe: p.Name, Place: s.Place, Day: day}
			}
			if err := b.Append(s); err != nil {
				return err
			}
		}
		if at.Equal(h.now) {
			return h.keep(b)
		}
	}
}

func (h *history) keep(b data.Block) error {
	if b.Day == "" {
		return nil
	}
	return h.tx.Blocks().Put(b)
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
