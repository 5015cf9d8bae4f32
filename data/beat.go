package data

import "time"

// Beat is the newest heartbeat of a probe: what a job, a device or a test account says of itself. It comes over the API and
// is read by the probe of its name; before the first one nothing is known.
type Beat struct {
	Probe   string        `json:"probe"`
	At      time.Time     `json:"at"`
	Level   Level         `json:"level"` // what it said; Operational unless it said otherwise
	Detail  string        `json:"detail,omitempty"`
	Latency time.Duration `json:"latency,omitempty"` // how long its work took, if it said so
	By      string        `json:"by"`                // who sent it, as the audit log has it
}

// Key implements Keyed.
func (b Beat) Key() string { return b.Probe }

// Ask asks for one run of a probe at once, whoever sees it first. Who runs it deletes it.
type Ask struct {
	Probe string    `json:"probe"`
	At    time.Time `json:"at"`
	By    string    `json:"by"`
}

// Key implements Keyed.
func (a Ask) Key() string { return a.Probe }

// RecentKey is side | place.
type RecentKey string

// Recent holds the last runs of one side of a probe from one place whole, with phases, steps and details, which blocks do not keep.
// For operators only. It promises nothing: it is written with the samples, and the newest are missing after a crash.
type Recent struct {
	Probe string   `json:"probe"` // the side
	Place string   `json:"place"`
	Runs  []Sample `json:"runs"`          // oldest first, at most RecentRuns
	Bad   []Sample `json:"bad,omitempty"` // the last that were not good, though newer good ones followed; at most RecentBad
}

// How many runs are kept whole.
const (
	RecentRuns = 10
	RecentBad  = 5
)

// Key implements Keyed.
func (r Recent) Key() RecentKey { return KeyOfRecent(r.Probe, r.Place) }

// KeyOfRecent joins the parts.
func KeyOfRecent(side, place string) RecentKey { return RecentKey(side + "|" + place) }

// Add appends one run.
func (r Recent) Add(s Sample) Recent {
	r.Runs = lastOf(r.Runs, s, RecentRuns)
	if s.Level != Operational {
		r.Bad = lastOf(r.Bad, s, RecentBad)
	}
	return r
}

func lastOf(list []Sample, s Sample, most int) []Sample {
	list = append(append([]Sample{}, list...), s)
	return list[max(0, len(list)-most):]
}
