package probes

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/probes/kind"
)

// renewBefore is how long before its end a certificate is an alarm. It becomes urgent on its last day, see data.Alarms.
const renewBefore = 21 * 24 * time.Hour

// worries is what the probes' alarms are made of: whether the observer is blind, and when each certificate ends. What is not
// known since the start changes nothing: the alarms of the last process stand until then. Its methods may be called by many
// goroutines.
type worries struct {
	rouse func() // wakes who writes
	zone  *time.Location

	mu      sync.Mutex
	looked  bool                 // somebody has found out what is lost
	lost    string               // empty means nothing
	since   time.Time            // of lost
	quick   bool                 // lost has changed and nobody has come to write it
	seeded  bool                 // ends holds what the last process knew
	ends    map[string]time.Time // of certificates, by probe
	odd     map[string]string    // what only some places see, by probe
	judged  bool                 // something was
	written map[data.AlarmKind][]data.Alarm
}

// lose notes what the observer has lost; empty means nothing.
func (w *worries) lose(what string) {
	w.mu.Lock()
	changed := !w.looked || w.lost != what
	if changed {
		w.looked, w.lost, w.since, w.quick = true, what, time.Now(), true
	}
	w.mu.Unlock()
	if changed {
		w.rouse()
	}
}

// see notes when the certificate of a sample ends. One that is not seen because its target fails is still what it was.
func (w *worries) see(p data.Probe, s data.Sample) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !s.Expires.IsZero():
		w.note(p.Name, s.Expires)
	case s.Level != data.NoData && kind.Right(s): // it has none
		delete(w.ends, p.Name)
	}
}

func (w *worries) note(probe string, ends time.Time) {
	if w.ends == nil {
		w.ends = map[string]time.Time{}
	}
	w.ends[probe] = ends
}

// recall takes over, once, what the last process said of certificates.
func (w *worries) recall(tx data.Tx) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seeded {
		return nil
	}
	for a, err := range tx.Alarms().Range(data.AlarmsOf(data.AlarmCertificate)) {
		if err != nil {
			return err
		}
		if _, newer := w.ends[a.Subject]; a.Stands() && !newer {
			w.note(a.Subject, a.By)
		}
	}
	w.seeded = true
	return nil
}

// suspect notes that some places see a target down while others see it up (U6): it may be the network between them.
func (w *worries) suspect(p data.Probe, down []string, up int) {
	what := ""
	if len(down) > 0 && up > 0 {
		what = fmt.Sprintf("Probe %s finds it down from %s, while %s it up.", p.Name, strings.Join(down, ", "), see(up))
	}
	w.mu.Lock()
	changed := w.odd[p.Name] != what
	w.judged = true
	if changed {
		if w.odd == nil {
			w.odd = map[string]string{}
		}
		if w.odd[p.Name] = what; what == "" {
			delete(w.odd, p.Name)
		}
		w.quick = true
	}
	w.mu.Unlock()
	if changed {
		w.rouse()
	}
}

func see(up int) string {
	if up == 1 {
		return "one other place sees"
	}
	return fmt.Sprintf("%d other places see", up)
}

// keep forgets what is known of all but these probes.
func (w *worries) keep(probes map[string]data.Probe) {
	w.mu.Lock()
	defer w.mu.Unlock()
	gone := func(name string) bool { p, known := probes[name]; return !known || p.Retired }
	maps.DeleteFunc(w.ends, func(name string, _ time.Time) bool { return gone(name) })
	maps.DeleteFunc(w.odd, func(name string, _ string) bool { return gone(name) })
}

// hasty says whether something is to be written at once.
func (w *worries) hasty() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.quick
}

// standing returns what stands at now, by kind, for the kinds of which something is known, and whether that was written.
func (w *worries) standing(now time.Time) (map[data.AlarmKind][]data.Alarm, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.quick = false
	out := map[data.AlarmKind][]data.Alarm{}
	if w.looked {
		out[data.AlarmBlind] = nil
		if w.lost != "" {
			out[data.AlarmBlind] = []data.Alarm{{Detail: "Found on " + stamp(w.since, w.zone) + ": " + w.lost + "."}}
		}
	}
	if w.seeded {
		out[data.AlarmCertificate] = nil
		for _, name := range slices.Sorted(maps.Keys(w.ends)) {
			if ends := w.ends[name]; ends.Sub(now) < renewBefore {
				out[data.AlarmCertificate] = append(out[data.AlarmCertificate], data.Alarm{
					Subject: name, By: ends, Detail: "Probe " + name + " sees one that ends on " + stamp(ends, w.zone) + ".",
				})
			}
		}
	}
	if w.judged {
		out[data.AlarmNetwork] = nil
	}
	for _, name := range slices.Sorted(maps.Keys(w.odd)) {
		out[data.AlarmNetwork] = append(out[data.AlarmNetwork], data.Alarm{Subject: name, Detail: w.odd[name]})
	}
	return out, reflect.DeepEqual(out, w.written) || len(out) == 0
}

// wrote notes that these were written.
func (w *worries) wrote(standing map[data.AlarmKind][]data.Alarm) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.written = standing
}

// set writes what stands, in a transaction that may write other things too.
func set(tx data.Tx, standing map[data.AlarmKind][]data.Alarm, now time.Time) error {
	var faults []error
	if alarms, known := standing[data.AlarmBlind]; known {
		faults = append(faults, data.SetAlarms(tx, data.AlarmBlind, alarms, now))
	}
	if alarms, known := standing[data.AlarmCertificate]; known {
		faults = append(faults, data.SetAlarms(tx, data.AlarmCertificate, alarms, now))
	}
	if alarms, known := standing[data.AlarmNetwork]; known {
		faults = append(faults, data.SetAlarms(tx, data.AlarmNetwork, alarms, now))
	}
	return errors.Join(faults...)
}

// stamp writes an instant for operators.
func stamp(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02 15:04 MST") }
