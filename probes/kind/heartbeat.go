package kind

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// heartbeat looks whether somebody has told of himself in time. It opens no connection: the beat comes to us, so a network
// that we have lost blinds nobody here. What could not reach us because we were away is not held against anybody: silence
// counts only from one Interval and Grace after the prober was made.
type heartbeat struct {
	probe data.Probe
	beats func(ctx context.Context, probe string) (data.Beat, error)
	made  time.Time
}

var _ Prober = (*heartbeat)(nil)

func newHeartbeat(p data.Probe, c Client, _ *x509.CertPool) Prober {
	return &heartbeat{probe: p, beats: c.Beats, made: time.Now()}
}

func checkHeartbeat(p data.Probe) error {
	var errs []error
	if p.Target != "" {
		errs = append(errs, data.Invalid("target", "a heartbeat has no target, since it comes to us: leave it out, and send POST /api/v1/probes/NAME/beat"))
	}
	if p.Grace < 0 || p.Grace > maxGrace {
		errs = append(errs, data.Invalid("grace", fmt.Sprintf("%s is out of bounds: say how much later than the interval a heartbeat may come, at most 7d", p.Grace)))
	}
	return errors.Join(errs...)
}

const maxGrace = 7 * 24 * time.Hour

// Probe implements Prober.
func (h *heartbeat) Probe(ctx context.Context) []data.Sample {
	if h.beats == nil {
		return []data.Sample{{Level: data.NoData, Reason: data.ReasonForbidden, Detail: "heartbeats are not kept here: let the place that takes them run this probe"}}
	}
	b, err := h.beats(ctx, h.probe.Name)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return []data.Sample{{Level: data.NoData, Reason: data.ReasonUnsure, Detail: "the newest heartbeat could not be read from the database"}}
	}
	return []data.Sample{beating(h.probe, b, h.made, time.Now())}
}

// allowed is how old the newest heartbeat may be.
func allowed(p data.Probe) time.Duration {
	if p.Grace > 0 {
		return p.Interval + p.Grace
	}
	return p.Interval + p.Interval/2
}

// beating is what the newest heartbeat says at now, to a prober that was made at made. The zero Beat is none. All times are
// of our own clock: a sender's is never asked.
//
//	no beat                                        unknown: it may never have been set up
//	younger than Interval + Grace                  what it said
//	older, and we have listened for that long      a failure
//	older, and we have not, or from the future     unknown
func beating(p data.Probe, b data.Beat, made, now time.Time) data.Sample {
	unsure := func(format string, args ...any) data.Sample {
		return data.Sample{Level: data.NoData, Reason: data.ReasonUnsure, Detail: Clip(fmt.Sprintf(format, args...))}
	}
	most := allowed(p)
	age := now.Sub(b.At)
	switch {
	case b.At.IsZero():
		return unsure("no heartbeat has come yet")
	case age < -most:
		return unsure("the newest heartbeat is of %s, which is still to come: our clock was set back", day(b.At))
	case age >= most && now.Sub(made) < most:
		return unsure("no heartbeat since %s; whether one was missed while nobody listened is not known", day(b.At))
	case age >= most:
		return Fail(p, data.ReasonSilent, "the last heartbeat came at "+day(b.At))
	}
	s := data.Sample{Level: b.Level, Latency: b.Latency}
	switch {
	case b.Level == data.Operational:
		return late(p, s)
	case !b.Level.Bad() && b.Level != data.Degraded:
		return unsure("the heartbeat told of no level that is known")
	}
	s.Reason, s.Detail = data.ReasonReported, "it says so itself"
	if b.Detail != "" {
		s.Detail = Clip("it says: " + b.Detail)
	}
	return s
}
