package api

import (
	"errors"
	"fmt"
	"time"

	"github.com/superoffice/statusd/data"
)

// BeatWish is what a job, a device or a test account says of itself.
type BeatWish struct {
	Level   string `json:"level,omitempty" enum:"operational,degraded,partial_outage,major_outage" doc:"How well it works; without it operational."`
	Detail  string `json:"detail,omitempty" doc:"Why, or what it did, in a line of at most 160 characters; for operators only."`
	Latency int    `json:"latency_ms,omitempty" doc:"How long its work took, in ms; at most a week."`
}

// Beat is a heartbeat as it was taken in.
type Beat struct {
	Probe   string     `json:"probe" doc:"The probe that it is of."`
	At      time.Time  `json:"at" doc:"When it was taken in, by the clock of the service."`
	Level   data.Level `json:"level"`
	Detail  string     `json:"detail,omitempty" doc:"What it said."`
	Latency int64      `json:"latency_ms,omitempty" doc:"How long its work took, in ms."`
	By      string     `json:"by"`
}

const maxBeatLatency = 7 * 24 * time.Hour

func beatOps() []Op {
	return []Op{{
		Name: "probe.beat", Method: "POST", Path: "/api/v1/probes/{id}/beat", Need: data.Responder, In: BeatWish{}, Out: Beat{}, Often: true,
		Summary: "Tell the probe of this name, which is of kind heartbeat, that something lives. Heartbeats do not stand in the audit log.",
		write:   beat,
	}}
}

// beat keeps the newest heartbeat of a probe. It writes no audit entry: one a minute would bury what people did, Beat.By says
// whose the newest was, and what came of it is kept as samples. For the same reason a repeated idempotency key is a new
// heartbeat: it lives, again.
func beat(_ *API, tx data.Tx, c *Call) (*result, error) {
	var in BeatWish
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	b := data.Beat{Probe: c.ID, At: c.now, Level: data.Operational, Latency: time.Duration(in.Latency) * time.Millisecond, By: c.By.Name}
	if in.Level != "" {
		if err := b.Level.UnmarshalText([]byte(in.Level)); err != nil || b.Level == data.NoData {
			return nil, data.Invalid("level", "use operational, degraded, partial_outage or major_outage")
		}
	}
	if in.Latency < 0 || in.Latency > int(maxBeatLatency/time.Millisecond) {
		return nil, data.Invalid("latency_ms", "use 0 to 604800000: a week")
	}
	if in.Detail != "" {
		var err error
		if b.Detail, err = data.CleanLine("detail", in.Detail, 160); err != nil {
			return nil, err
		}
	}
	p, err := tx.Probes().Get(c.ID)
	switch {
	case errors.Is(err, data.ErrNotFound), err == nil && p.Retired:
		return nil, data.NotFound("probe", c.ID)
	case err != nil:
		return nil, err
	case p.Kind != data.ProbeHeartbeat:
		return nil, data.Conflict(fmt.Sprintf("the probe %s is of kind %s, which looks by itself: only one of kind heartbeat is told", p.Name, p.Kind))
	}
	if err := tx.Beats().Put(b); err != nil {
		return nil, err
	}
	return &result{
		body: Beat{Probe: b.Probe, At: b.At, Level: b.Level, Detail: b.Detail, Latency: b.Latency.Milliseconds(), By: b.By}, object: b.Probe, same: true,
	}, nil
}
