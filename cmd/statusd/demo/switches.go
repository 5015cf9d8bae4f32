package demo

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Fault is one way in which the stand-in product can be broken.
type Fault string

// The faults.
const (
	Down     Fault = "down"     // every request is answered with 503, and TLS connections are closed
	ReadOnly Fault = "readonly" // saving fails
	Slow     Fault = "slow"     // answers come after SlowAnswer
	Expired  Fault = "expired"  // the TLS listener shows a certificate that has ended
)

// Faults lists every fault, in the order of the switches.
var Faults = []Fault{Down, ReadOnly, Slow, Expired}

// SlowAnswer is how long an answer takes while Slow is on: longer than the probes call slow, shorter than they wait.
const SlowAnswer = 3 * time.Second

// switches are what is broken now. The zero value is nothing; safe for concurrent use.
type switches struct {
	mu sync.Mutex
	on map[Fault]bool
}

func (s *switches) set(f Fault, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on == nil {
		s.on = map[Fault]bool{}
	}
	s.on[f] = on
}

func (s *switches) is(f Fault) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on[f]
}

// any says whether something is broken.
func (s *switches) any() bool { return slices.ContainsFunc(Faults, s.is) }

// turn handles POST /switches/{name}/{state}: name is a fault or "all", state is on or off.
func (p *Product) turn(w http.ResponseWriter, r *http.Request) {
	name, state := Fault(r.PathValue("name")), r.PathValue("state")
	list := []Fault{name}
	if name == "all" {
		list = Faults
	} else if !slices.Contains(Faults, name) {
		http.Error(w, "There is no such switch: use down, readonly, slow, expired or all.", http.StatusNotFound)
		return
	}
	if state != "on" && state != "off" {
		http.Error(w, "A switch is on or off: end the address with /on or /off.", http.StatusNotFound)
		return
	}
	for _, f := range list {
		p.broken.set(f, state == "on")
	}
	http.Redirect(w, r, "/switches", http.StatusSeeOther)
}

// switchView is one switch as its page shows it.
type switchView struct {
	Name, Title, Effect string
	On                  bool
}

var switchWords = map[Fault][2]string{
	Down:     {"Down", "Nothing answers any more. Reading, sign-in and documents become a major outage: three bad answers within about half a minute decide it. Of saving nothing is known then, since nobody gets in to try it."},
	ReadOnly: {"Read-only", "Saving fails, everything else works. Only “Saving data” becomes an outage; the headline turns red all the same."},
	Slow:     {"Slow", "Every answer is right, and takes three seconds. Components become degraded. It never counts as downtime."},
	Expired:  {"Expired certificate", "The TLS listener shows a certificate that ended yesterday. Sign-in is degraded, and the App Store, which is reached that way, is out."},
}

func (p *Product) switchViews() []switchView {
	var out []switchView
	for _, f := range Faults {
		out = append(out, switchView{string(f), switchWords[f][0], switchWords[f][1], p.broken.is(f)})
	}
	return out
}
