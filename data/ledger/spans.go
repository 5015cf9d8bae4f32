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

// Spans are rows made ready for Uptime: cut to seconds, narrowed to a selection, sorted by whom they concern. Read only;
// safe for concurrent use.
//
// Components that no window names are alike to the arithmetic, and so are cohorts. So each named one gets a number from 1,
// and number 0 stands for the rest.
type Spans struct {
	from, to   int64
	outages    []outage
	windows    []window
	components int  // numbers in use, with 0
	cohorts    int  // likewise
	closed     bool // cohort 0 stands for nobody
	unobserved []span
	degraded   []outage // from Rows.Degraded
}

const everyone = -1

// outage is one outage; component and cohort are numbers, or everyone.
type outage struct {
	span
	aware             int64 // min(aware, reported)
	down              bool  // its impact counts
	cause             data.Cause
	component, cohort int
}

// window is one maintenance entry.
type window struct {
	span
	carriedOut bool
	announced  bool
	standing   bool
	lead       time.Duration
	components []int // none means everyone
	cohort     int
}

// Spans prepares the rows for the time [from, to).
func (r Rows) Spans(from, to time.Time, sel Selection) Spans {
	s := Spans{from: from.Unix(), to: to.Unix()}
	sel = Selection{name(sel.Component), name(sel.Cohort)}
	components, cohorts := r.names(sel)
	s.components, s.cohorts = len(components.number)+1, len(cohorts.number)+1
	s.closed = cohorts.closed()
	for _, o := range r.Outages {
		if sel.component(o.Component) && sel.cohort(o.Cohort) {
			s.outages = append(s.outages, s.outage(o, components.of(o.Component), cohorts.of(o.Cohort)))
		}
	}
	for _, m := range r.Maintenance {
		if sel.components(m.Components) && sel.cohort(m.Cohort) {
			w := s.window(m, cohorts.of(m.Cohort))
			if !everything(m.Components) && sel.Component == "" {
				for _, c := range m.Components {
					w.components = append(w.components, components.of(c))
				}
			}
			s.windows = append(s.windows, w)
		}
	}
	for _, g := range r.Unobserved {
		if sel.component(g.Component) {
			s.unobserved = append(s.unobserved, s.span(g.Start, g.End))
		}
	}
	s.unobserved = union(s.unobserved)
	for _, g := range r.Degraded {
		if sel.component(g.Component) {
			s.degraded = append(s.degraded, outage{span: s.span(g.Start, g.End), component: components.of(g.Component), cohort: everyone})
		}
	}
	return s
}

// Unobserved is how many seconds nobody watched.
func (s Spans) Unobserved() int64 { return within(s.unobserved, s.from, s.to) }

func (s Spans) span(start, end time.Time) span {
	if end.IsZero() {
		return span{start.Unix(), math.MaxInt64}
	}
	return span{start.Unix(), end.Unix()}
}

func (s Spans) outage(o Outage, component, cohort int) outage {
	out := outage{
		span: s.span(o.Start, o.End), down: o.Impact != data.Degradation, cause: o.Cause,
		component: component, cohort: cohort,
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

func (s Spans) window(m Maintenance, cohort int) window {
	return window{
		span:       s.span(m.Start, m.End),
		carriedOut: m.Phase == "" || m.Phase == data.Completed || m.Phase == data.InProgress || m.Phase == data.Verifying,
		announced:  !m.Announced.IsZero(),
		standing:   m.Standing,
		lead:       m.Start.Sub(m.Announced),
		cohort:     cohort,
	}
}

// left returns the time in which any pair of component and cohort was down: the union over the pairs of the outages that
// concern it, as counted, less the windows that concern it and are accepted.
//
// Outages of the same component and cohort are taken together. What all the pairs they concern have been given as
// maintenance is exactly what is taken from them: a second is left if one pair is left in it.
func (s Spans) left(counted func(outage) span, accepts func(window) bool) []span {
	type whom struct{ component, cohort int }
	groups := map[whom][]span{}
	for _, o := range s.outages {
		if c := counted(o); c.a < c.b {
			groups[whom{o.component, o.cohort}] = append(groups[whom{o.component, o.cohort}], c)
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

// excused returns the time in which each pair that (component, cohort) stands for lies in one of the windows.
func (s Spans) excused(component, cohort int, windows []window) []span {
	var common []span
	first := true
	for c := range s.components {
		if component != everyone && component != c {
			continue
		}
		for k := range s.cohorts {
			if cohort != everyone && cohort != k || cohort == everyone && k == 0 && s.closed {
				continue
			}
			var pair []span
			for _, w := range windows {
				if (w.cohort == everyone || w.cohort == k) && (len(w.components) == 0 || slices.Contains(w.components, c)) {
					pair = append(pair, w.span)
				}
			}
			if pair = union(pair); first {
				common, first = pair, false
			} else {
				common = intersect(common, pair)
			}
			if len(common) == 0 {
				return nil
			}
		}
	}
	return common
}

// numbering gives each name that windows use a number from 1.
type numbering struct {
	number map[string]int
	rest   bool // windows name the cohort "rest"
	others bool // outages name one that no window names
}

func (n *numbering) of(s string) int {
	if name(s) == "" {
		return everyone
	}
	return n.number[s] // 0 is the rest
}

func (n *numbering) add(s string) {
	if name(s) != "" && n.number[s] == 0 {
		n.number[s] = len(n.number) + 1
	}
}

// closed says whether the names cover everybody: "rest" is whoever no other cohort takes, if others are named.
func (n *numbering) closed() bool { return n.number["rest"] > 0 && len(n.number) > 1 && !n.others }

// names numbers what the windows name. A selection leaves one component or cohort, which needs no name.
func (r Rows) names(sel Selection) (components, cohorts *numbering) {
	components, cohorts = &numbering{number: map[string]int{}}, &numbering{number: map[string]int{}}
	for _, m := range r.Maintenance {
		if sel.Component == "" && !everything(m.Components) {
			for _, c := range m.Components {
				components.add(c)
			}
		}
		if sel.Cohort == "" {
			cohorts.add(m.Cohort)
		}
	}
	for _, o := range r.Outages {
		if name(o.Cohort) != "" && cohorts.number[o.Cohort] == 0 {
			cohorts.others = true
		}
	}
	return components, cohorts
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
