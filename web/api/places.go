package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// Places is a list.
type Places struct {
	Places []Place `json:"places" doc:"By name; the service's own place is not among them."`
}

// Place is somewhere from where an observer reports, or may.
type Place struct {
	Name    string    `json:"name" doc:"What its observer calls it."`
	Seen    time.Time `json:"seen_at,omitzero" doc:"When it last reported; absent while it never has."`
	Silent  bool      `json:"silent" doc:"It has not reported for five minutes, or never: what it sees does not count."`
	Lost    string    `json:"lost,omitempty" doc:"What it has lost of its own network, so that it judges nobody; absent while it sees."`
	Behind  int       `json:"behind,omitempty" doc:"Parcels that it still keeps for us; of one that is silent, as it said last."`
	Version string    `json:"version,omitempty" doc:"Of its program."`
	By      string    `json:"by,omitempty" doc:"Whose token it reports with; absent while it never has."`
}

// PlaceOrders is what an observer is to do.
type PlaceOrders struct {
	Next       uint64            `json:"next" doc:"Number of the parcel that is expected next; 0 where none ever came."`
	Probes     []json.RawMessage `json:"probes" doc:"What to run from there, as the service keeps it: for statusd observe of the same version."`
	References []string          `json:"references" doc:"Addresses by which the observer tells whether it has a network, unless it was given its own."`
}

// PlaceReport is one parcel of what an observer saw.
type PlaceReport struct {
	Number  int       `json:"number" doc:"Counts up from 1. One that was taken before is taken again without effect, so repeat it until it is answered."`
	Sent    time.Time `json:"sent_at" doc:"Now, by the observer's clock. One that differs from ours by more than 30 s is refused, and all that it saw with it."`
	Samples []SeenRun `json:"samples,omitempty" doc:"Those of one probe in the order of their times; at most 500. Without any the report says that somebody is there, and its number does not count."`
	Lost    string    `json:"lost,omitempty" doc:"What it has lost of its own network."`
	Behind  int       `json:"behind,omitempty" doc:"Parcels that it keeps for later."`
	Version string    `json:"version,omitempty" doc:"Of its program."`
}

// SeenRun is one run as an observer saw it.
type SeenRun struct {
	Side    string      `json:"side" doc:"Name of the probe, or probe:component where it speaks for several."`
	At      time.Time   `json:"at" doc:"The moment it was due for, in whole seconds."`
	Level   data.Level  `json:"level"`
	Reason  data.Reason `json:"reason,omitempty" doc:"Why it is not good, from a closed set."`
	Detail  string      `json:"detail,omitempty" doc:"More on that, at most 200 bytes."`
	Latency float64     `json:"latency_ms,omitempty" doc:"0 where nothing was timed."`
	Code    int         `json:"http_status,omitempty" doc:"Of the answer."`
	Expires *time.Time  `json:"certificate_expires_at,omitempty" doc:"The earliest end of the certificates seen."`
	Phases  []Timed     `json:"phases,omitempty" doc:"The parts of an HTTP run, in their order."`
	Steps   []StepRun   `json:"steps,omitempty" doc:"The steps of a transaction, in their order."`
}

// PlaceTaken answers a report.
type PlaceTaken struct {
	Next    uint64 `json:"next" doc:"Number of the parcel that is expected next."`
	Skipped int    `json:"skipped,omitempty" doc:"How many samples were left out: of probes that are not run from there, or with something wrong."`
}

// Limits of a report.
const (
	silentAfter = 5 * time.Minute
	clockSkew   = 30 * time.Second
	mostSamples = 500
	oldestSeen  = 31 * 24 * time.Hour
)

const placePath = "/api/v1/places/{id}"

func placeOps() []Op {
	return []Op{
		{
			Name: "place.list", Method: http.MethodGet, Path: "/api/v1/places", Need: data.Viewer, Out: Places{},
			Summary: "List the places from where observers report.",
			read:    func(_ *API, tx data.Tx, c *Call) (any, error) { return listPlaces(tx, time.Now()) },
		},
		{
			Name: "place.orders", Method: http.MethodGet, Path: placePath + "/probes", Need: data.Responder, Out: PlaceOrders{}, Scoped: true, Noted: true,
			Summary: "Give an observer the probes that it is to run, with what they send. It takes a token that names this among its scopes; the first time is written down.",
			read:    orders,
		},
		{
			Name: "place.report", Method: http.MethodPost, Path: placePath + "/parcels", Need: data.Responder, In: PlaceReport{}, Out: PlaceTaken{}, Often: true, Long: true,
			Summary: "Report what an observer saw. Parcels are judged in their order, each once. They do not stand in the audit log.",
			write:   takeParcel,
		},
		{
			Name: "place.forget", Method: http.MethodPost, Path: placePath + "/forget", Need: data.Admin, In: struct{}{}, Out: Place{},
			Summary: "Forget a place, so that another token may report from it. What it saw stays.",
			write:   forgetPlace,
		},
	}
}

func placeOf(p data.Place, now time.Time) Place {
	return Place{
		Name: p.Name, Seen: p.Seen, Silent: now.Sub(p.Seen) > silentAfter, Lost: p.Lost, Behind: p.Behind, Version: p.Version, By: p.By,
	}
}

func listPlaces(tx data.Tx, now time.Time) (Places, error) {
	v := Places{Places: []Place{}}
	admitted, err := data.AdmittedPlaces(tx)
	if err != nil {
		return v, err
	}
	for p, err := range tx.Places().Range("", "") {
		if err != nil {
			return v, err
		}
		v.Places = append(v.Places, placeOf(p, now))
		admitted = slices.DeleteFunc(admitted, func(name string) bool { return name == p.Name })
	}
	for _, name := range admitted {
		v.Places = append(v.Places, Place{Name: name, Silent: true})
	}
	slices.SortFunc(v.Places, func(a, b Place) int { return strings.Compare(a.Name, b.Name) })
	return v, nil
}

// validPlace says what is wrong with a place's name.
func validPlace(name string) error {
	switch {
	case name == data.Here:
		return data.Invalid("place", fmt.Sprintf("%q is the service's own place: give the observer another name, such as bergen", name))
	case data.ValidSlug(name) != nil || strings.Contains(name, "/"):
		return data.Invalid("place", fmt.Sprintf("%.60q is no name of a place: use lower-case letters, digits and single hyphens, such as bergen", name))
	}
	return nil
}

// ours is the place as it is known. One that the configuration does not name is refused, as is one that reports with another token,
// and a token that reports from elsewhere: so who holds one token speaks for one place, and cannot make a majority.
func ours(tx data.Tx, c *Call) (data.Place, error) {
	if err := validPlace(c.ID); err != nil {
		return data.Place{}, err
	}
	admitted, err := data.AdmittedPlaces(tx)
	if err != nil {
		return data.Place{}, err
	}
	if !slices.Contains(admitted, c.ID) {
		return data.Place{}, &data.Error{Kind: data.KindNotFound, Message: fmt.Sprintf("nobody reports from %q here: add it to places: in the configuration, and load that by SIGHUP", c.ID)}
	}
	for p, err := range tx.Places().Range("", "") {
		if err != nil {
			return p, err
		}
		if p.Name != c.ID && p.By == c.By.Name {
			return p, data.Conflict(fmt.Sprintf("%s reports from %s already: make a token of its own for %s, by `statusd token create %s --scope place.orders --scope place.report`", p.By, p.Name, c.ID, c.ID))
		}
	}
	p, err := tx.Places().Get(c.ID)
	switch {
	case errors.Is(err, data.ErrNotFound):
		return data.Place{Name: c.ID, By: c.By.Name}, nil
	case err != nil:
		return p, err
	case p.By != c.By.Name:
		return p, data.Conflict(fmt.Sprintf("%s reports with %s: give this observer another --place, or let an admin run `statusd place forget %s`", p.Name, p.By, p.Name))
	}
	return p, nil
}

// orders lists what is to be run from a place. Heartbeats come to us.
func orders(a *API, tx data.Tx, c *Call) (any, error) {
	place, err := ours(tx, c)
	if err != nil {
		return nil, err
	}
	v := PlaceOrders{Next: place.Next, Probes: []json.RawMessage{}, References: a.References}
	if v.References == nil {
		v.References = []string{}
	}
	for p, err := range tx.Probes().Range("", "") {
		if err != nil {
			return nil, err
		}
		if p.Retired || !runFrom(p, c.ID) {
			continue
		}
		p.Origin = ""
		b, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		v.Probes = append(v.Probes, b)
	}
	return v, nil
}

// runFrom says whether an observer may run a probe from a place. Heartbeats come to us.
func runFrom(p data.Probe, place string) bool {
	return p.Kind != data.ProbeHeartbeat && (len(p.Places) == 0 || slices.Contains(p.Places, place))
}

// sides knows whose samples a place may report.
type sides map[string]bool

// may says whether a place may speak for a side. What it saw of a probe that was taken away since is still true.
func (known sides) may(tx data.Tx, side, place string) (bool, error) {
	ok, was := known[side]
	if was {
		return ok, nil
	}
	name, _, _ := strings.Cut(side, ":")
	if name == "" {
		return false, nil
	}
	p, err := tx.Probes().Get(name)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return false, err
	}
	known[side] = err == nil && runFrom(p, place) && slices.ContainsFunc(p.Sides(), func(s data.Side) bool { return s.Name == side })
	return known[side], nil
}

// takeParcel stores a parcel for who judges. Its number makes a repetition harmless; one that is ahead of what we expect is taken
// as well, for we may be a restored copy. A sample with something wrong is left out, and so is one of a probe that is not run from
// there; the others count.
func takeParcel(_ *API, tx data.Tx, c *Call) (*result, error) {
	var in PlaceReport
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	place, err := ours(tx, c)
	if err != nil {
		return nil, err
	}
	if skew := in.Sent.Sub(c.now); skew.Abs() > clockSkew {
		return nil, data.Invalid("sent_at", fmt.Sprintf("this clock is %s off ours, which is %s: set it right; nothing that it timed counts", skew.Round(time.Second).Abs(), c.now.UTC().Format(time.RFC3339)))
	}
	if in.Number < 1 {
		return nil, data.Invalid("number", "number the parcels from 1")
	}
	number := uint64(in.Number)
	parcel := data.Parcel{Place: place.Name, Number: number, Received: c.now}
	if len(in.Samples) > mostSamples {
		return nil, data.Invalid("samples", fmt.Sprintf("at most %d in a parcel, these are %d", mostSamples, len(in.Samples)))
	}
	known := sides{}
	for _, run := range in.Samples {
		s, wrong := run.sample(place.Name, c.now)
		if wrong != nil {
			continue
		}
		may, err := known.may(tx, run.Side, place.Name)
		if err != nil {
			return nil, err
		}
		if may {
			parcel.Samples = append(parcel.Samples, s)
		}
	}
	if in.Behind < 0 {
		return nil, data.Invalid("behind", "say how many parcels wait: 0 or more")
	}
	for _, text := range []struct {
		field string
		said  *string
	}{{"lost", &in.Lost}, {"version", &in.Version}} {
		if *text.said != "" {
			if *text.said, err = data.CleanLine(text.field, *text.said, 200); err != nil {
				return nil, err
			}
		}
	}
	fresh := number >= place.Next
	place.Seen, place.Lost, place.Behind, place.Version = c.now, in.Lost, in.Behind, in.Version
	if fresh && len(in.Samples) > 0 {
		place.Next = number + 1
	}
	if fresh && len(parcel.Samples) > 0 {
		if err := tx.Parcels().Put(parcel); err != nil {
			return nil, err
		}
	}
	return &result{body: PlaceTaken{place.Next, len(in.Samples) - len(parcel.Samples)}, object: place.Name, same: true}, tx.Places().Put(place)
}

// sample is a run as the probes have it.
func (r SeenRun) sample(place string, now time.Time) (data.Sample, error) {
	s := data.Sample{
		Probe: r.Side, Place: place, At: r.At.UTC().Truncate(time.Second), Level: r.Level, Reason: r.Reason, Detail: r.Detail,
		Latency: elapsed(r.Latency), Code: r.Code,
	}
	switch {
	case r.Side == "" || len(r.Side) > 200 || strings.ContainsAny(r.Side, "| \t\r\n"):
		return s, errors.New("side is the name of a probe")
	case r.At.After(now.Add(clockSkew)):
		return s, errors.New("at lies in the future")
	case r.At.Before(now.Add(-oldestSeen)):
		return s, errors.New("at lies more than 31 days back")
	case !slices.Contains(data.Reasons, r.Reason):
		return s, fmt.Errorf("%.40q is no reason", r.Reason)
	case len(r.Detail) > 200 || len(r.Steps) > 50 || len(r.Phases) > 10 || r.Latency < 0 || r.Latency > 1e9:
		return s, errors.New("a detail has at most 200 bytes, a run at most 50 steps and 10 phases, and a latency is not negative")
	}
	if r.Expires != nil {
		s.Expires = r.Expires.UTC()
	}
	for _, p := range r.Phases {
		if to := phaseNamed(&s.Phases, p.Name); to != nil {
			*to = elapsed(p.Latency)
		}
	}
	for _, step := range r.Steps {
		if len(step.Name) > 200 || len(step.Detail) > 200 {
			return s, errors.New("a step's name and detail have at most 200 bytes each")
		}
		s.Steps = append(s.Steps, data.StepRun{
			Name: step.Name, Level: step.Level, Reason: step.Reason, Detail: step.Detail, Code: step.Code, Latency: elapsed(step.Latency),
		})
	}
	return s, nil
}

func elapsed(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

func phaseNamed(p *data.Phases, name string) *time.Duration {
	switch name {
	case "resolve":
		return &p.Resolve
	case "connect":
		return &p.Connect
	case "tls":
		return &p.TLS
	case "processing":
		return &p.Processing
	case "transfer":
		return &p.Transfer
	}
	return nil
}

// Seen is a sample as an observer reports it.
func Seen(s data.Sample) SeenRun {
	run := probeRun(s, s.Place)
	return SeenRun{
		Side: s.Probe, At: run.At, Level: run.Level, Reason: run.Reason, Detail: run.Detail, Latency: run.Latency, Code: run.Code,
		Expires: run.Expires, Phases: run.Phases, Steps: run.Steps,
	}
}

func forgetPlace(_ *API, tx data.Tx, c *Call) (*result, error) {
	var in struct{}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, err := tx.Places().Get(c.ID)
	if errors.Is(err, data.ErrNotFound) {
		return nil, data.NotFound("place", c.ID)
	} else if err != nil {
		return nil, err
	}
	if err := tx.Places().Delete(p.Name); err != nil {
		return nil, err
	}
	return &result{body: placeOf(p, c.now), object: p.Name, before: p}, nil
}
