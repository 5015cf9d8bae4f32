package probes

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// alarms are the standing ones, as kind, or kind/subject, and the number of the raise.
func (w *world) alarms() string {
	w.t.Helper()
	var out []string
	w.update(func(tx data.Tx) error {
		out = nil
		all, err := data.All(tx.Alarms().Range("", ""))
		for _, a := range all {
			if a.Stands() {
				out = append(out, strings.TrimSuffix(string(a.Kind)+"/"+a.Subject, "/")+" "+string(rune('0'+a.Raise)))
			}
		}
		return err
	})
	return strings.Join(out, ", ")
}

func (w *world) alarmed(want string) {
	w.t.Helper()
	if got := w.alarms(); got != want {
		w.t.Errorf("at %v: %q stand, want %q", time.Since(epoch), got, want)
	}
}

func TestAlarmOfBlindness(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.options.References = []string{"a.example:443", "b.example:443", "c.example:443"}
		w.probe("front", "crm", func(*data.Probe) {})
		w.start()
		pass(10 * time.Minute)
		w.alarmed("")
		w.lose(true)
		w.set("front", data.MajorOutage, data.ReasonTimeout)
		pass(2 * time.Minute)
		w.alarmed("blind 1")
		pass(time.Hour)
		w.alarmed("blind 1")
		w.stop()
		pass(time.Minute)
		w.start() // it is no new alarm for a new process, and none that ends before somebody looked
		pass(time.Second)
		w.alarmed("blind 1")
		pass(10 * time.Minute)
		w.alarmed("blind 1")
		w.lose(false)
		w.set("front", data.Operational, "")
		pass(2 * time.Minute)
		w.alarmed("")
		w.lose(true)
		w.set("front", data.MajorOutage, data.ReasonTimeout)
		pass(2 * time.Minute)
		w.alarmed("blind 2")
		w.stop()
		w.options.References = nil // nobody looks any more
		w.start()
		pass(time.Second)
		w.alarmed("")
		w.stop()
	})
}

func TestAlarmOfCertificates(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		ends := func(name string, at time.Time, level data.Level, why data.Reason) {
			w.answer(name, func() data.Sample { return data.Sample{Level: level, Reason: why, Expires: at} })
		}
		const day = 24 * time.Hour
		hourly := func(p *data.Probe) { p.Interval = time.Hour }
		w.probe("a", "crm", hourly)
		w.probe("b", "crm", hourly)
		w.probe("plain", "crm", hourly)
		ends("a", epoch.Add(22*day), data.Operational, "")
		ends("b", epoch.Add(90*day), data.Operational, "")
		w.start()
		pass(12 * time.Hour)
		w.alarmed("")
		pass(13 * time.Hour)
		w.alarmed("certificate/a 1")
		w.set("a", data.MajorOutage, data.ReasonConnect) // it is down: its certificate is what it was
		pass(2 * time.Hour)
		w.alarmed("certificate/a 1")
		w.stop()
		w.start()
		pass(2 * time.Hour)
		w.alarmed("certificate/a 1")
		ends("a", epoch.Add(10*day), data.Degraded, data.ReasonExpiring) // another machine answers
		pass(2 * time.Hour)
		w.update(func(tx data.Tx) error {
			a, err := tx.Alarms().Get(data.Alarm{Kind: data.AlarmCertificate, Subject: "a"}.Key())
			if !a.By.Equal(epoch.Add(10*day)) || a.Detail != "Probe a sees one that ends on 2000-01-11 00:00 UTC." {
				t.Errorf("%+v", a)
			}
			return err
		})
		ends("a", epoch.Add(120*day), data.Operational, "")
		pass(2 * time.Hour)
		w.alarmed("")
		ends("a", epoch.Add(5*day), data.Operational, "")
		ends("b", epoch.Add(5*day), data.Operational, "")
		pass(2 * time.Hour)
		w.alarmed("certificate/a 2, certificate/b 1")
		w.set("b", data.Operational, "") // no TLS any more
		w.update(func(tx data.Tx) error {
			p, err := tx.Probes().Get("a")
			if err != nil {
				return err
			}
			p.Retired = true
			return tx.Probes().Put(p)
		})
		pass(2 * time.Hour)
		w.alarmed("")
		w.stop()
	})
}
