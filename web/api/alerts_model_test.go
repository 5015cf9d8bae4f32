package api

import (
	"fmt"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/alerts"
)

// TestAlertsAgainstModel plays deliveries at random, with repeats, reordering, losses and restarts, against a model that knows
// nothing but which alerts it was told of: while one of a component fires there is exactly one open incident that holds the
// component, never two, and once all has been quiet there is none. When a person resolves an incident, what fires then is
// answered, until another alert of the group begins: from then on everything that fires in the group counts, old and new.
func TestAlertsAgainstModel(t *testing.T) {
	rule := byLabel
	rule.Levels = nil
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		rule := rule
		rule.Group = rapid.SampledFrom([]alerts.Grouping{alerts.ByComponent, alerts.ByRule}).Draw(t, "grouping")
		in := Inbound{Rules: []alerts.Rule{rule}}
		group := func(component string) string {
			if rule.Group == alerts.ByRule {
				return ""
			}
			return component
		}
		own := drawn{outer, t}
		dir, err := os.MkdirTemp("", "alerts")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := newWatchroom(own, dir, in)
		defer func() { w.store.Close() }()

		type spell struct {
			alert sent
			over  bool // in the world
		}
		components := []string{"login", "crm-read"}
		var world []spell                                     // everything that ever fired
		firing, ended := map[string]sent{}, map[string]bool{} // what was delivered
		newest := map[string]time.Time{}                      // start by fingerprint
		answered := map[string]bool{}                         // by group: a person has resolved it since something began
		var waiting [][]sent                                  // messages on their way, at most a few seconds old
		identity := func(a sent) string { return a.Fingerprint + a.Starts.Format(time.RFC3339Nano) }
		deliver := func(m []sent) {
			w.send(m...)
			for _, a := range m {
				id := identity(a)
				_, known := firing[id]
				switch {
				case a.Status == "resolved":
					ended[id] = true
					delete(firing, id)
				case !ended[id] && !known && !a.Starts.Before(newest[a.Fingerprint]):
					firing[id], answered[group(a.Labels["service"])] = a, false
				}
				if a.Starts.After(newest[a.Fingerprint]) {
					newest[a.Fingerprint] = a.Starts
				}
				for id, f := range firing { // an alert has one spell at a time
					if f.Fingerprint == a.Fingerprint && f.Starts.Before(newest[a.Fingerprint]) {
						delete(firing, id)
					}
				}
			}
			before := w.revision()
			if w.send(m...); w.revision() != before {
				t.Fatalf("a repeat of %+v wrote something", m)
			}
		}
		check := func() {
			open := map[string]int{}
			for _, i := range w.incidents() {
				if !i.Open() {
					continue
				}
				for _, h := range i.Affected {
					switch h.Level {
					case data.MajorOutage:
						open[h.Component]++
					case data.Operational:
					default:
						t.Fatalf("an open incident holds %s", heldBy(i))
					}
				}
			}
			for _, component := range components {
				fires := 0
				for _, a := range firing {
					if a.Labels["service"] == component {
						fires++
					}
				}
				if open[component] > 1 || fires > 0 && open[component] == 0 && !answered[group(component)] {
					t.Fatalf("%s: %d alerts fire, %d incidents are open", component, fires, open[component])
				}
			}
		}
		flush := func() { // all that is on its way arrives, in some order
			for len(waiting) > 0 {
				n := rapid.IntRange(0, len(waiting)-1).Draw(t, "which")
				m := waiting[n]
				waiting = append(waiting[:n], waiting[n+1:]...)
				deliver(m)
				check()
			}
		}
		say := func() { // the whole group, as Alertmanager sends it: what fires, and what ended
			var m []sent
			for _, s := range world[max(0, len(world)-6):] {
				m = append(m, s.alert)
			}
			if len(m) == 0 {
				return
			}
			switch rapid.IntRange(0, 5).Draw(t, "fate") {
			case 0: // lost
			case 1, 2: // on its way
				waiting = append(waiting, m)
			default:
				deliver(m)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"begin": func(t *rapid.T) {
				n := rapid.IntRange(0, 2).Draw(t, "alert")
				for _, s := range world {
					if s.alert.Fingerprint == fmt.Sprint(n) && !s.over {
						return
					}
				}
				world = append(world, spell{alert: fires(fmt.Sprint(n), components[n%2], w.now)})
				say()
			},
			"end": func(t *rapid.T) {
				for n := range world {
					if s := &world[n]; !s.over && rapid.Bool().Draw(t, "this one") {
						s.alert, s.over = s.alert.over(w.now), true
						break
					}
				}
				say()
			},
			"again": func(*rapid.T) { say() },
			"person": func(t *rapid.T) {
				for _, i := range w.incidents() {
					if i.Open() && rapid.Bool().Draw(t, "resolved by a person") {
						for _, h := range i.Affected {
							answered[group(h.Component)] = true
						}
						w.person("incident.resolve", i.ID, `{}`)
					}
				}
			},
			"arrive": func(*rapid.T) { flush() },
			"restart": func(t *rapid.T) {
				if err := w.store.Close(); err != nil {
					t.Fatal(err)
				}
				now := w.now
				w = newWatchroom(own, dir, in)
				w.now = now
			},
			"wait": func(t *rapid.T) {
				flush() // nothing is on its way for minutes
				w.after(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute)
				w.settle()
			},
			"": func(*rapid.T) {
				w.after(time.Second)
				check()
			},
		})
		flush()
		var last []sent
		for _, s := range world {
			if !s.over {
				s.alert = s.alert.over(w.now)
			}
			last = append(last, s.alert)
		}
		if len(last) > 0 {
			deliver(last)
		}
		w.after(alerts.QuietFor)
		w.settle()
		for _, i := range w.incidents() {
			if i.Open() {
				t.Fatalf("all is quiet and %q is open", i.Title)
			}
		}
		datatest.Invariants(own, w.store)
	})
}

// drawn is a test whose failures rapid hears of, so that it can look for a smaller one.
type drawn struct {
	*testing.T
	t *rapid.T
}

func (d drawn) Fatal(args ...any)                 { d.t.Fatal(args...) }
func (d drawn) Fatalf(format string, args ...any) { d.t.Fatalf(format, args...) }
func (d drawn) Error(args ...any)                 { d.t.Error(args...) }
func (d drawn) Errorf(format string, args ...any) { d.t.Errorf(format, args...) }
