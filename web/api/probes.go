package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/history"
)

// Probes is a list.
type Probes struct {
	Probes     []ProbeNow `json:"probes" doc:"By name; a probe that speaks for several components is there once for each."`
	Components []Judged   `json:"components" doc:"Where each component that a probe looks at stands, and why, in the order of the page."`
}

// ProbeNow is how one side of a probe stands: what it says of one component.
type ProbeNow struct {
	Side      string         `json:"side" doc:"Its name: the probe's, or probe:component where it speaks for several."`
	Probe     string         `json:"probe" doc:"The probe's name."`
	Component string         `json:"component"`
	Name      string         `json:"name" doc:"The component's name, in English."`
	Cohort    string         `json:"cohort"`
	Kind      data.ProbeKind `json:"kind" doc:"What it does: http, tcp, tls, dns and others."`
	Level     data.Level     `json:"level" doc:"What it says of the component."`
	Reason    data.Reason    `json:"reason,omitempty" doc:"Why it says so, from a closed set. flapping: it fails and recovers again and again, and stays degraded until ten good runs in a row."`
	Since     *time.Time     `json:"since" doc:"Since when; null where it never said anything."`
	Interval  float64        `json:"interval_seconds" doc:"How often it runs."`
	Last      *ProbeRun      `json:"last,omitempty" doc:"Its newest run, from whatever place; absent before the first."`
	Next      *time.Time     `json:"next_at" doc:"When it runs next, if nothing calls for it sooner; null before the first run."`
	Asked     *time.Time     `json:"asked_at" doc:"When somebody asked for a run at once that has not begun; null where nobody did."`
	Origin    string         `json:"origin,omitempty" doc:"File and line of the configuration."`
}

// ProbeRun is one run.
type ProbeRun struct {
	At      time.Time   `json:"at" doc:"The moment it was due for."`
	Place   string      `json:"place" doc:"From where it looked."`
	Level   data.Level  `json:"level"`
	Reason  data.Reason `json:"reason,omitempty" doc:"Why it is not good, from a closed set."`
	Detail  string      `json:"detail,omitempty" doc:"More on that; only of the newest runs."`
	Latency float64     `json:"latency_ms" doc:"0 where nothing was timed."`
	Code    int         `json:"http_status,omitempty" doc:"Of the answer."`
	Expires *time.Time  `json:"certificate_expires_at,omitempty" doc:"The earliest end of the certificates seen."`
	Phases  []Timed     `json:"phases,omitempty" doc:"The parts of an HTTP run, in their order."`
	Steps   []StepRun   `json:"steps,omitempty" doc:"The steps of a transaction, in their order."`
}

// Timed is a part of a run.
type Timed struct {
	Name    string  `json:"name" doc:"resolve, connect, tls, processing or transfer."`
	Latency float64 `json:"latency_ms" doc:"How long it took."`
}

// StepRun is how one step of a transaction went.
type StepRun struct {
	Name    string      `json:"name" doc:"As the configuration calls it."`
	Level   data.Level  `json:"level"`
	Reason  data.Reason `json:"reason,omitempty" doc:"Why it is not good, from a closed set."`
	Detail  string      `json:"detail,omitempty" doc:"More on that."`
	Code    int         `json:"http_status,omitempty" doc:"Of the answer."`
	Latency float64     `json:"latency_ms" doc:"How long it took."`
}

// ProbeWhole is everything there is to know of one side of a probe.
type ProbeWhole struct {
	Now      ProbeNow       `json:"now" doc:"How it stands."`
	Settings []ProbeSetting `json:"settings" doc:"As configured, without secrets."`
	Places   []ProbePlace   `json:"places" doc:"What each place says, and its newest runs."`
	Fresh    float64        `json:"fresh_seconds" doc:"How far the newest run of a place may lie behind the newest of all and still vote."`
	Network  string         `json:"network_suspected,omitempty" doc:"Which places see it down while others, at least as many, see it up: the network between may be at fault."`
}

// ProbeSetting is a line of a probe's configuration.
type ProbeSetting struct {
	Name  string `json:"name" doc:"As the configuration calls it."`
	Value string `json:"value" doc:"What it is set to; [hidden] where that is a secret."`
}

// ProbePlace holds the newest runs from one place.
type ProbePlace struct {
	Place string     `json:"place" doc:"From where it looks."`
	Says  data.Level `json:"says" doc:"What its newest runs come to, judged alone."`
	Votes bool       `json:"votes" doc:"Whether it counts now. What more than half of those that vote say is the level; where exactly half say that it is down the level is unknown."`
	Why   string     `json:"why_not,omitempty" doc:"Why it does not vote."`
	Runs  []ProbeRun `json:"runs" doc:"Newest first."`
	Bad   []ProbeRun `json:"bad" doc:"The newest that were not good, newest first, however long ago."`
}

// ProbeAsked says that a run was asked for.
type ProbeAsked struct {
	Probe string    `json:"probe" doc:"The probe's name."`
	Asked time.Time `json:"asked_at" doc:"When. Whoever asks again before it has begun gets this one."`
}

const probePath = "/api/v1/probes/{id}"

func probeOps() []Op {
	return append([]Op{
		{
			Name: "probe.list", Method: http.MethodGet, Path: "/api/v1/probes", Need: data.Viewer, Out: Probes{},
			Summary: "List the probes with what each says now.",
			read:    func(_ *API, tx data.Tx, c *Call) (any, error) { return listProbes(tx, c.now) },
		},
		{
			Name: "probe.get", Method: http.MethodGet, Path: probePath, Need: data.Viewer, Out: ProbeWhole{},
			Summary: "Show a probe: its settings, and its newest runs with phases and reasons.",
			read:    getProbe,
		},
		{
			Name: "probe.now", Method: http.MethodPost, Path: probePath + "/now", Need: data.Responder, In: struct{}{}, Out: ProbeAsked{},
			Summary: "Run a probe at once, from every place that runs it.",
			write:   askProbe,
		},
	}, probeDayOps()...)
}

// side finds a side of a probe by its name, or the probe's own.
func side(tx data.Tx, name string) (data.Probe, data.Side, error) {
	probe, component, _ := strings.Cut(name, ":")
	p, err := tx.Probes().Get(probe)
	if err == nil && !p.Retired {
		if sides := p.Sides(); component == "" {
			own := slices.IndexFunc(sides, func(s data.Side) bool { return s.Name == p.Name })
			return p, sides[max(0, own)], nil
		} else if n := slices.IndexFunc(sides, func(s data.Side) bool { return s.Name == name }); n >= 0 {
			return p, sides[n], nil
		}
	}
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return p, data.Side{}, err
	}
	return p, data.Side{}, &data.Error{Kind: data.KindNotFound, Message: fmt.Sprintf("there is no probe %.80q: `statusd probe list` names them", name)}
}

func listProbes(tx data.Tx, now time.Time) (Probes, error) {
	v := Probes{Probes: []ProbeNow{}, Components: []Judged{}}
	probes, err := data.All(tx.Probes().Range("", ""))
	if err != nil {
		return v, err
	}
	slices.SortFunc(probes, func(a, b data.Probe) int { return cmp.Compare(a.Name, b.Name) })
	for _, p := range probes {
		if p.Retired {
			continue
		}
		for _, s := range p.Sides() {
			now, err := probeNow(tx, p, s)
			if err != nil {
				return v, err
			}
			v.Probes = append(v.Probes, now)
		}
	}
	components, err := data.All(tx.Components().Range("", ""))
	if err != nil {
		return v, err
	}
	held, err := data.HeldMarks(tx)
	if err != nil {
		return v, err
	}
	sides := looking(probes)
	slices.SortStableFunc(components, func(a, b data.Component) int { return cmp.Compare(a.Position, b.Position) })
	for _, c := range components {
		if names := sides[c.Slug]; !c.Retired && len(names) > 0 {
			marks := held[c.Slug]
			v.Components = append(v.Components, Judged{c.Slug, c.Name.In("en"), data.Merge(marks, now).Level, ruleOf(marks, names, now)})
		}
	}
	return v, nil
}

func probeNow(tx data.Tx, p data.Probe, s data.Side) (ProbeNow, error) {
	v := ProbeNow{
		Side: s.Name, Probe: p.Name, Component: s.Component, Name: s.Component, Cohort: p.Cohort, Kind: p.Kind, Interval: p.Interval.Seconds(), Origin: p.Origin,
	}
	if c, err := tx.Components().Get(s.Component); err == nil {
		v.Name = c.Name.In("en")
	} else if !errors.Is(err, data.ErrNotFound) {
		return v, err
	}
	m, err := data.LatestMark(tx, s.Component, data.FromProbe, p.Cohort, s.Name)
	if err == nil && !m.Off {
		v.Level, v.Since, v.Reason = m.Level, &m.At, data.Reason(m.Cause)
	} else if err != nil && !errors.Is(err, data.ErrNotFound) {
		return v, err
	}
	if ask, err := tx.Asks().Get(p.Name); err == nil {
		v.Asked = &ask.At
	} else if !errors.Is(err, data.ErrNotFound) {
		return v, err
	}
	recents, err := recentsOf(tx, s.Name)
	if err != nil {
		return v, err
	}
	for _, r := range recents {
		if last := newest(r); last != nil && (v.Last == nil || last.At.After(v.Last.At)) {
			v.Last = last
		}
	}
	if v.Last != nil {
		next := v.Last.At.Add(p.Interval)
		v.Next = &next
	}
	return v, nil
}

func newest(r data.Recent) *ProbeRun {
	if len(r.Runs) == 0 {
		return nil
	}
	run := probeRun(r.Runs[len(r.Runs)-1], r.Place)
	return &run
}

// recentsOf are the newest runs by place. Where none are kept whole, the newest sample that is packed stands for them.
func recentsOf(tx data.Tx, side string) ([]data.Recent, error) {
	var out []data.Recent
	for r, err := range tx.Recents().Range(data.KeyOfRecent(side, ""), data.RecentKey(side+"}")) {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	for place, err := range history.Places(tx, side) {
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(r data.Recent) bool { return r.Place == place }) {
			continue
		}
		b, err := tx.Blocks().Last(data.KeyOfBlock(side, place, "}"))
		if err != nil {
			return nil, err
		}
		samples, err := b.Samples()
		if err != nil && !errors.Is(err, data.ErrDamaged) {
			return nil, err
		}
		if n := len(samples); n > 0 {
			out = append(out, data.Recent{Probe: side, Place: place, Runs: samples[n-1:]})
		}
	}
	return out, nil
}

func getProbe(a *API, tx data.Tx, c *Call) (any, error) {
	p, s, err := side(tx, c.ID)
	if err != nil {
		return nil, err
	}
	v := ProbeWhole{Settings: probeSettings(p), Places: []ProbePlace{}, Fresh: data.FreshFor(p.Every()).Seconds()}
	if v.Now, err = probeNow(tx, p, s); err != nil {
		return nil, err
	}
	recents, err := recentsOf(tx, s.Name)
	if err != nil {
		return nil, err
	}
	v.Places = a.votes(p, recents, c.now)
	alarm, err := tx.Alarms().Get(data.Alarm{Kind: data.AlarmNetwork, Subject: s.Name}.Key())
	if err == nil && alarm.Stands() {
		v.Network = alarm.Detail
	} else if err != nil && !errors.Is(err, data.ErrNotFound) {
		return nil, err
	}
	return v, nil
}

// stored is how long after its moment a run is surely among those that are kept.
const stored = time.Minute

// votes says what each place makes of its newest runs, and whether that counts at now.
func (a *API) votes(p data.Probe, recents []data.Recent, now time.Time) []ProbePlace {
	saw := func(r data.Recent) (at time.Time) {
		for _, s := range r.Runs {
			if s.Level != data.NoData {
				at = s.At
			}
		}
		return at
	}
	fresh, newest := data.FreshFor(p.Every()), time.Time{}
	for _, r := range recents {
		if at := saw(r); at.After(newest) {
			newest = at
		}
	}
	silent := now.Sub(newest) > fresh+stored // nobody watches
	places := []ProbePlace{}
	for _, r := range recents {
		v := ProbePlace{Place: r.Place, Runs: probeRuns(r.Runs, r.Place), Bad: probeRuns(r.Bad, r.Place)}
		if n := len(r.Runs); n > 0 && a.Say != nil {
			v.Says = a.Say(p.Every(), r.Runs)
		} else if n > 0 {
			v.Says = r.Runs[n-1].Level
		}
		at := saw(r)
		switch {
		case len(p.Places) > 0 && !slices.Contains(p.Places, r.Place):
			v.Why = "the probe is not run from there any more"
		case at.IsZero():
			v.Why = "none of its newest runs saw anything"
		case silent || newest.Sub(at) > fresh:
			v.Why = "nothing newer came from there"
		case v.Says == data.NoData:
			v.Why = "its newest runs decide nothing"
		default:
			v.Votes = true
		}
		places = append(places, v)
	}
	return places
}

// probeRuns turns runs round, newest first.
func probeRuns(samples []data.Sample, place string) []ProbeRun {
	out := []ProbeRun{}
	for _, s := range slices.Backward(samples) {
		out = append(out, probeRun(s, place))
	}
	return out
}

func probeRun(s data.Sample, place string) ProbeRun {
	v := ProbeRun{At: s.At, Place: place, Level: s.Level, Reason: s.Reason, Detail: s.Detail, Latency: ms(s.Latency), Code: s.Code}
	if !s.Expires.IsZero() {
		v.Expires = &s.Expires
	}
	for _, part := range []struct {
		name string
		took time.Duration
	}{
		{"resolve", s.Phases.Resolve}, {"connect", s.Phases.Connect}, {"tls", s.Phases.TLS}, {"processing", s.Phases.Processing}, {"transfer", s.Phases.Transfer},
	} {
		if part.took > 0 {
			v.Phases = append(v.Phases, Timed{part.name, ms(part.took)})
		}
	}
	for _, step := range s.Steps {
		v.Steps = append(v.Steps, StepRun{step.Name, step.Level, step.Reason, step.Detail, step.Code, ms(step.Latency)})
	}
	return v
}

// ms is a length of time in milliseconds, to the hundredth.
func ms(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)/(10*time.Microsecond)) / 100
}

// askProbe writes down that a run is wanted: whoever runs the probe finds it on the next revision.
func askProbe(_ *API, tx data.Tx, c *Call) (*result, error) {
	var in struct{}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, _, err := side(tx, c.ID)
	if err != nil {
		return nil, err
	}
	if p.Kind == data.ProbeHeartbeat {
		return nil, data.Conflict(fmt.Sprintf("%s is a heartbeat: it is told, and cannot be asked", p.Name))
	}
	old, err := tx.Asks().Get(p.Name)
	switch {
	case err == nil && c.now.Sub(old.At) < askedFor && !old.At.After(c.now):
		return &result{body: ProbeAsked{p.Name, old.At}, object: p.Name, same: true}, nil
	case err != nil && !errors.Is(err, data.ErrNotFound):
		return nil, err
	}
	ask := data.Ask{Probe: p.Name, At: c.now, By: c.By.Name}
	return &result{body: ProbeAsked{p.Name, ask.At}, object: p.Name, after: ask}, tx.Asks().Put(ask)
}

// askedFor is how long a wish stands before it is written anew: by then nobody runs the probe, or the wish was lost.
const askedFor = time.Minute
