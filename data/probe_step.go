package data

import "time"

// ProbeStep is one HTTP request of a transaction. Steps run in order with one cookie jar. A step is left out when one it needs
// failed or was left out itself; then nothing is known of what it would have told.
type ProbeStep struct {
	Name      string            `json:"name"`
	Component string            `json:"component,omitempty"` // whom it speaks for; empty means the probe's own
	Method    string            `json:"method,omitempty"`    // empty means GET, or POST with Form or Body
	URL       string            `json:"url"`                 // absolute, or relative to the probe's Target
	Headers   map[string]string `json:"headers,omitempty"`
	Form      map[string]string `json:"form,omitempty"` // sent as application/x-www-form-urlencoded
	Body      string            `json:"body,omitempty"`
	Status    []int             `json:"status,omitempty"`  // none means 200-299
	Expect    []string          `json:"expect,omitempty"`  // conditions on the answer, in the language of expr; all must hold
	Capture   map[string]string `json:"capture,omitempty"` // name → expression over the answer; later steps name it as {{name}}, and in conditions by its name
	Needs     []string          `json:"needs,omitempty"`   // names of steps; none means all before it, but those of Always
	Slow      time.Duration     `json:"slow,omitempty"`    // a right answer after this is degraded; zero means never
	Always    bool              `json:"always,omitempty"`  // a clean-up: runs whatever failed, if what it names was captured
}

// StepRun is how one step went.
type StepRun struct {
	Name    string        `json:"name"`
	Level   Level         `json:"level"` // NoData where it was left out
	Reason  Reason        `json:"reason,omitempty"`
	Detail  string        `json:"detail,omitempty"`
	Code    int           `json:"http_status,omitempty"`
	Latency time.Duration `json:"latency"`
}

// Side is one component that a probe speaks for. Marks, outages and blocks are kept by its name.
type Side struct {
	Name      string // the probe's, for its own component; else probe:component
	Component string
}

// Sides lists what the probe speaks for, in the order of its steps; never none.
func (p Probe) Sides() []Side {
	var sides []Side
	add := func(component string) {
		if component == "" {
			component = p.Component
		}
		s := p.Side(component)
		for _, known := range sides {
			if known == s {
				return
			}
		}
		sides = append(sides, s)
	}
	for _, step := range p.Steps {
		if !step.Always {
			add(step.Component)
		}
	}
	if len(sides) == 0 {
		add(p.Component)
	}
	return sides
}

// Side is the probe's side towards one component; empty means its own.
func (p Probe) Side(component string) Side {
	if component == "" || component == p.Component {
		return Side{Name: p.Name, Component: p.Component}
	}
	return Side{Name: p.Name + ":" + component, Component: component}
}
