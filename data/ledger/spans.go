package ledger

import (
	"math"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Selection narrows a figure to one component, one cohort or both, by slug. Empty or "all" means any.
type Selection struct {
	Component string
	Cohort    string
}

// Spans are rows made ready for Uptime: narrowed to a selection, in seconds. Read only; safe for concurrent use.
type Spans struct {
	from, to   int64
	outages    []outage
	windows    []window
	cohorts    []string // every cohort there is, where the facts name them all; else none
	unobserved []span
	degraded   []outage // from Rows.Degraded
}

// outage is one outage. An empty component or cohort is all of them.
type outage struct {
	span
	aware             int64 // min(aware, reported)
	down              bool  // its impact counts
	seen              bool  // it was seen to fail, whether that counts or not
	cause             data.Cause
	component, cohort string
}

// window is one maintenance entry. No components or an empty cohort is all of them.
type window struct {
	span
	carriedOut bool
	announced  bool
	standing   bool
	lead       time.Duration
	components []string
	cohort     string
}

// Spans prepares the rows for the time [from, to).
func (r Rows) Spans(from, to time.Time, sel Selection) Spans {
	sel = Selection{name(sel.Component), name(sel.Cohort)}
	s := Spans{
		from: from.Unix(), to: to.Unix(), cohorts: r.cohorts(),
		outages: make([]outage, 0, len(r.Outages)), windows: make([]window, 0, len(r.Maintenance)),
	}
	if sel.Cohort != "" {
		s.cohorts = nil
	}
	for _, o := range r.Outages {
		if sel.component(o.Component) && sel.cohort(o.Cohort) {
			s.outages = append(s.outages, newOutage(o, sel))
		}
	}
	for _, m := range r.Maintenance {
		if sel.components(m.Components) && sel.cohort(m.Cohort) {
			s.windows = append(s.windows, newWindow(m, sel))
		}
	}
	for _, g := range r.Unobserved {
		if sel.component(g.Component) {
			s.unobserved = append(s.unobserved, seconds(g.Start, g.End))
		}
	}
	s.unobserved = union(s.unobserved)
	for _, g := range r.Degraded {
		if sel.component(g.Component) {
			s.degraded = append(s.degraded, newOutage(Outage{Start: g.Start, End: g.End, Component: g.Component}, sel))
		}
	}
	return s
}

// Unobserved is how many seconds nobody watched.
func (s Spans) Unobserved() int64 { return within(s.unobserved, s.from, s.to) }

func seconds(start, end time.Time) span {
	if end.IsZero() {
		return span{start.Unix(), math.MaxInt64}
	}
	return span{start.Unix(), end.Unix()}
}

// newOutage reads a row. A selection leaves one component or cohort, which then is all there is.
func newOutage(o Outage, sel Selection) outage {
	out := outage{
		span: seconds(o.Start, o.End), down: o.Impact != data.Degradation, cause: o.Cause,
		component: name(o.Component), cohort: name(o.Cohort),
	}
	out.seen = out.down || o.Seen
	if sel.Component != "" {
		out.component = ""
	}
	if sel.Cohort != "" {
		out.cohort = ""
	}
	if o.Cause == "" {
		out.cause = data.ByProvider
	}
	out.aware = out.a
	if !o.Aware.IsZero() {
		out.aware = o.Aware.Unix()
	}
	if !o.Reported.IsZero() {
		out.aware = min(out.aware, o.Reported.Unix())
	}
	return out
}

// newWindow reads a row, under a selection as newOutage does.
func newWindow(m Maintenance, sel Selection) window {
	w := window{
		span:       seconds(m.Start, m.End),
		carriedOut: m.Phase == "" || m.Phase == data.Completed || m.Phase == data.InProgress || m.Phase == data.Verifying,
		announced:  !m.Announced.IsZero(),
		standing:   m.Standing,
		lead:       m.Start.Sub(m.Announced),
		components: m.Components,
		cohort:     name(m.Cohort),
	}
	if sel.Component != "" || everything(m.Components) {
		w.components = nil
	}
	if sel.Cohort != "" {
		w.cohort = ""
	}
	return w
}

// left returns the time in which any pair of component and cohort was down: the union over the pairs of the outages that
// concern it, as counted, less the windows that concern it and are accepted.
//
// Outages of the same component and cohort are taken together. A second is left of them if it is left for one of the pairs
// that they stand for; so what is taken away is the time in which every one of those pairs was in a window.
func (s Spans) left(counted func(outage) span, accepts func(window) bool) []span {
	type whom struct{ component, cohort string }
	groups := map[whom][]span{}
	for _, o := range s.outages {
		if c := counted(o); c.a < c.b {
			who := whom{o.component, o.cohort}
			groups[who] = append(groups[who], c)
		}
	}
	accepted := make([]window, 0, len(s.windows))
	for _, w := range s.windows {
		if accepts(w) {
			accepted = append(accepted, w)
		}
	}
	var all []span
	for who, spans := range groups {
		all = append(all, subtract(union(spans), s.excused(who.component, who.cohort, accepted))...)
	}
	return union(all)
}

// excused returns the time in which every pair that (component, cohort) stands for was in one of the windows.
//
// Among all components there is always one that no window names, and only windows for all components concern that one:
// they concern every other, too. So the time sought is simply theirs. With cohorts it is the same, unless every cohort is
// known by name: then it is the time that their windows have in common.
func (s Spans) excused(component, cohort string, windows []window) []span {
	if cohort != "" || len(s.cohorts) == 0 {
		return covered(component, cohort, windows)
	}
	common := covered(component, s.cohorts[0], windows)
	for _, c := range s.cohorts[1:] {
		common = intersect(common, covered(component, c, windows))
	}
	return common
}

// covered returns the union of the windows that concern one component, or all, and one cohort, or all.
func covered(component, cohort string, windows []window) []span {
	spans := make([]span, 0, len(windows))
	for _, w := range windows {
		if (w.cohort == "" || w.cohort == cohort) &&
			(len(w.components) == 0 || slices.Contains(w.components, component)) {
			spans = append(spans, w.span)
		}
	}
	return union(spans)
}

// cohorts lists the cohorts that the rows name, if those are everybody: if "rest", which is whoever no other cohort takes,
// is among several.
func (r Rows) cohorts() []string {
	var names []string
	add := func(s string) {
		if s = name(s); s != "" && !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	for _, o := range r.Outages {
		add(o.Cohort)
	}
	for _, m := range r.Maintenance {
		add(m.Cohort)
	}
	if len(names) < 2 || !slices.Contains(names, "rest") {
		return nil
	}
	return names
}

func (sel Selection) component(c string) bool {
	return sel.Component == "" || name(c) == "" || c == sel.Component
}

func (sel Selection) components(list []string) bool {
	return sel.Component == "" || everything(list) || slices.Contains(list, sel.Component)
}

func (sel Selection) cohort(c string) bool {
	return sel.Cohort == "" || name(c) == "" || c == sel.Cohort
}

func everything(components []string) bool {
	return len(components) == 0 || slices.Contains(components, data.AllCustomers)
}

// name is s, or empty where s means all.
func name(s string) string {
	if s == data.AllCustomers {
		return ""
	}
	return s
}
