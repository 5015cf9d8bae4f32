package probes

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// readAndWrite configures a probe that speaks for two components.
func readAndWrite(w *world) {
	w.probe("crm", "crm-read", func(p *data.Probe) {
		p.Kind = data.ProbeTransaction
		p.Steps = []data.ProbeStep{{Name: "read", URL: "/read"}, {Name: "write", URL: "/write", Component: "crm-write"}}
	})
}

// TestSides has one probe that speaks for two components: what fails of the one says nothing of the other (U3).
func TestSides(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		readAndWrite(w)
		write := data.Operational
		w.several("crm", func() []data.Sample {
			return []data.Sample{
				{Component: "crm-read", Level: data.Operational, Latency: time.Millisecond},
				{Component: "crm-write", Level: write, Latency: time.Millisecond, Reason: data.ReasonStatus},
			}
		})
		w.start()
		pass(10 * time.Minute)
		w.mu.Lock()
		write = data.MajorOutage
		w.mu.Unlock()
		pass(10 * time.Minute)
		w.stop()
		w.start() // it goes on
		pass(10 * time.Minute)
		w.mu.Lock()
		write = data.Operational
		w.mu.Unlock()
		pass(10 * time.Minute)
		w.stop()
		w.levels("crm-read", "operational no_data operational no_data")
		w.levels("crm-write", "operational major_outage no_data major_outage operational no_data closed")
		w.update(func(tx data.Tx) error {
			from, to := data.KeyOfBlock("crm:crm-write", "local", ""), data.KeyOfBlock("crm:crm-write", "local", "~")
			blocks, err := data.All(tx.Blocks().Range(from, to))
			if len(blocks) == 0 {
				t.Error("what was seen of writing is in no block of its own")
			}
			return err
		})
	})
}

// TestSideLeaves takes a step away: what it held is let go, and the other side goes on without a gap.
func TestSideLeaves(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		readAndWrite(w)
		w.start()
		pass(5 * time.Minute)
		w.probe("crm", "crm-read", func(p *data.Probe) {
			p.Kind = data.ProbeTransaction
			p.Steps = []data.ProbeStep{{Name: "read", URL: "/read"}}
		})
		pass(5 * time.Minute)
		w.levels("crm-read", "operational")
		w.levels("crm-write", "operational off")
	})
}

// place makes another place known, and tell leaves a parcel of what it saw of a probe a minute, up to now.
func (w *world) place(name string) {
	w.update(func(tx data.Tx) error { return tx.Places().Put(data.Place{Name: name, Seen: time.Now().UTC()}) })
}

func (w *world) tell(place string, number uint64, side string, minutes int, level data.Level) {
	p := data.Parcel{Place: place, Number: number, Received: time.Now().UTC()}
	for m := minutes - 1; m >= 0; m-- {
		s := data.Sample{Probe: side, Place: place, At: time.Now().UTC().Add(-time.Duration(m) * time.Minute).Truncate(time.Second), Level: level}
		if s.Bad() {
			s.Reason = data.ReasonConnect
		}
		p.Samples = append(p.Samples, s)
	}
	w.update(func(tx data.Tx) error { return tx.Parcels().Put(p) })
}

func (w *world) count() (parcels, asks int) {
	w.update(func(tx data.Tx) error {
		p, e1 := data.All(tx.Parcels().Range("", ""))
		a, e2 := data.All(tx.Asks().Range("", ""))
		parcels, asks = len(p), len(a)
		return errors.Join(e1, e2)
	})
	return parcels, asks
}

// TestPlaces has two other places that see a target which we do not: that is no outage, and operators are told of it (U6). Once
// one of them sees it down as well it is one, and a restart amid all that changes nothing.
func TestPlaces(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(*data.Probe) {})
		w.place("bergen")
		w.place("cork")
		w.start()
		pass(time.Minute)
		number := uint64(0)
		minutes := func(n int, bergen, cork data.Level) {
			for range n {
				pass(time.Minute)
				number++
				w.tell("bergen", number, "front", 1, bergen)
				w.tell("cork", number, "front", 1, cork)
			}
			pass(time.Second)
		}
		minutes(5, data.Operational, data.Operational)
		w.set("front", data.MajorOutage, data.ReasonConnect)
		minutes(10, data.Operational, data.Operational)
		w.levels("crm", "operational")
		if alarms := w.standing(data.AlarmNetwork); len(alarms) != 1 || alarms[0].Subject != "front" || alarms[0].Detail != "Probe front finds it down from local, while 2 other places see it up." {
			t.Errorf("alarms %+v", alarms)
		}
		if parcels, _ := w.count(); parcels != 0 {
			t.Errorf("%d parcels are left", parcels)
		}
		minutes(10, data.MajorOutage, data.Operational)
		w.levels("crm", "operational major_outage open")
		if alarms := w.standing(data.AlarmNetwork); len(alarms) != 0 {
			t.Errorf("what most see is suspected to be the network: %+v", alarms)
		}
		w.stop()
		w.start()
		minutes(10, data.MajorOutage, data.Operational)
		w.levels("crm", "operational major_outage no_data major_outage open")
		minutes(10, data.Operational, data.Operational)
		w.levels("crm", "operational major_outage no_data major_outage operational closed")
		w.update(func(tx data.Tx) error {
			for _, place := range []string{"local", "bergen", "cork"} {
				b, err := tx.Blocks().Get(data.KeyOfBlock("front", place, "2000-01-01"))
				if err != nil {
					return err
				}
				if samples, err := b.Samples(); err != nil || len(samples) < 30 {
					t.Errorf("%d samples of %s are kept: %v", len(samples), place, err)
				}
			}
			return nil
		})
	})
}

// TestElsewhere has a probe that only another place runs: we never ask the target, we judge what is told, and say when nothing is.
func TestElsewhere(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(p *data.Probe) { p.Places = []string{"bergen"} })
		w.place("bergen")
		w.start()
		for n := range 10 {
			pass(time.Minute)
			w.tell("bergen", uint64(n+1), "front", 1, data.Operational)
		}
		pass(time.Second)
		w.levels("crm", "operational")
		pass(10 * time.Minute)
		w.levels("crm", "operational no_data")
		w.tell("bergen", 11, "front", 10, data.Operational) // it was cut off
		pass(time.Minute)
		w.levels("crm", "operational no_data operational operational") // the second is what counts from now on
		if n := len(w.runs("front")); n != 0 {
			t.Errorf("the target was asked %d times from here", n)
		}
	})
}

// TestAsk runs a probe that is long before its slot, and keeps the run whole.
func TestAsk(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(p *data.Probe) { p.Interval = time.Hour })
		w.start()
		pass(time.Minute)
		before := len(w.runs("front"))
		w.answer("front", func() data.Sample {
			return data.Sample{Level: data.Degraded, Reason: data.ReasonSlow, Detail: "it took 3s"}
		})
		w.update(func(tx data.Tx) error {
			return errors.Join(tx.Asks().Put(data.Ask{Probe: "front", At: time.Now().UTC(), By: "socket:root"}), tx.Asks().Put(data.Ask{Probe: "gone", At: time.Now().UTC()}))
		})
		pass(5 * time.Second)
		if n := len(w.runs("front")) - before; n != 1 {
			t.Errorf("it was run %d times", n)
		}
		if _, asks := w.count(); asks != 0 {
			t.Errorf("%d asks are left", asks)
		}
		w.update(func(tx data.Tx) error {
			r, err := tx.Recents().Get(data.KeyOfRecent("front", "local"))
			if err != nil {
				return err
			}
			if n := len(r.Runs); n != before+1 || r.Runs[n-1].Detail != "it took 3s" || len(r.Bad) != 1 {
				t.Errorf("kept runs %+v", r)
			}
			return nil
		})
	})
}

// TestForward observes for elsewhere: what it saw waits in parcels, numbered without a hole over a restart, and nothing is judged.
func TestForward(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.options.Forward, w.options.Place, w.options.Flush = true, "bergen", 10*time.Second
		w.probe("front", "crm", func(*data.Probe) {})
		w.start()
		pass(5 * time.Minute)
		w.stop()
		w.set("front", data.MajorOutage, data.ReasonConnect)
		w.start()
		pass(5 * time.Minute)
		w.stop()
		if got := w.story("crm"); got != "" {
			t.Errorf("an observer judged: %s", got)
		}
		w.update(func(tx data.Tx) error {
			parcels, err := data.All(tx.Parcels().Range("", ""))
			var at []time.Time
			for i, p := range parcels {
				if p.Number != uint64(i+1) || p.Place != "bergen" {
					t.Errorf("parcel %d is number %d of %s", i, p.Number, p.Place)
				}
				for _, s := range p.Samples {
					at = append(at, s.At)
				}
			}
			if !slices.IsSortedFunc(at, time.Time.Compare) || len(at) < 10 {
				t.Errorf("%d samples, in order: %v", len(at), slices.IsSortedFunc(at, time.Time.Compare))
			}
			return err
		})
	})
}

// several makes a target answer with samples of several components; say is called with w.mu held.
func (w *world) several(probe string, say func() []data.Sample) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.many == nil {
		w.many = map[string]func() []data.Sample{}
	}
	w.many[probe] = say
}

// standing are the alarms of one kind that stand.
func (w *world) standing(kind data.AlarmKind) (out []data.Alarm) {
	w.t.Helper()
	w.update(func(tx data.Tx) error {
		out = nil
		for a, err := range tx.Alarms().Range(data.AlarmsOf(kind)) {
			if err != nil {
				return err
			}
			if a.Stands() {
				out = append(out, a)
			}
		}
		return nil
	})
	return out
}

// TestMailAtStart has parcels waiting before anything is put to work: each is judged.
func TestMailAtStart(t *testing.T) {
	for range 10 { // which of two watches wakes first is chance
		bubble(t, func(t *testing.T, w *world) {
			w.probe("front", "crm", func(p *data.Probe) { p.Places = []string{"bergen"} })
			w.place("bergen")
			w.tell("bergen", 1, "front", 3, data.Operational)
			w.start()
			pass(time.Minute)
			w.stop()
			if n := len(w.samples("front")); n != 3 {
				t.Errorf("%d samples are kept of 3 that waited", n)
			}
		})
	}
}

// TestStrangers hears of a probe from places that are not to run it: they have no say.
func TestStrangers(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(p *data.Probe) { p.Places = []string{data.Here} })
		w.place("bergen")
		w.place("cork")
		w.start()
		pass(5 * time.Minute)
		for n := range 6 {
			w.tell("bergen", uint64(n+1), "front", 1, data.MajorOutage)
			w.tell("cork", uint64(n+1), "front", 1, data.MajorOutage)
			pass(time.Minute)
		}
		w.levels("crm", "operational")
		if parcels, _ := w.count(); parcels != 0 {
			t.Errorf("%d parcels are left", parcels)
		}
	})
}

// TestCutOffTogether has two places without a way for half an hour, of which one saw it down for a while: whoever tells first, no
// outage is opened by one alone, and what both saw well counts as watched.
func TestCutOffTogether(t *testing.T) {
	for _, first := range []string{"bergen", "cork"} {
		bubble(t, func(t *testing.T, w *world) {
			w.probe("front", "crm", func(p *data.Probe) { p.Places = []string{"bergen", "cork"} })
			w.place("bergen")
			w.place("cork")
			w.start()
			pass(time.Minute)
			n := uint64(0)
			for range 5 {
				n++
				w.tell("bergen", n, "front", 1, data.Operational)
				w.tell("cork", n, "front", 1, data.Operational)
				pass(time.Minute)
			}
			pass(30 * time.Minute)
			told := func(place string) {
				p := data.Parcel{Place: place, Number: n + 1, Received: time.Now().UTC()}
				for m := 29; m >= 0; m-- {
					s := data.Sample{Probe: "front", Place: place, At: time.Now().UTC().Add(-time.Duration(m) * time.Minute).Truncate(time.Second), Level: data.Operational}
					if place == "bergen" && m > 10 && m < 22 {
						s.Level, s.Reason = data.MajorOutage, data.ReasonConnect
					}
					p.Samples = append(p.Samples, s)
				}
				w.update(func(tx data.Tx) error { return tx.Parcels().Put(p) })
				pass(2 * time.Second)
			}
			told(first)
			told(map[string]string{"bergen": "cork", "cork": "bergen"}[first])
			pass(time.Minute)
			w.update(func(tx data.Tx) error {
				if all, _ := data.All(tx.Outages().Range("", "")); len(all) != 0 {
					t.Errorf("%s first: outages %+v", first, all)
				}
				return nil
			})
			if got := levels(w.story("crm")); !strings.HasSuffix(got, "operational") || !strings.Contains(got, "no_data operational") {
				t.Errorf("%s first: %s", first, w.story("crm"))
			}
		})
	}
}

// TestBacklogSurvivesAStop is stopped between what a place tells late and the moment in which it has caught up.
func TestBacklogSurvivesAStop(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(*data.Probe) {})
		w.place("bergen")
		w.start()
		pass(5 * time.Minute)
		w.stop()
		stopped := time.Now().UTC()
		pass(time.Hour)
		w.start()
		pass(15 * time.Second)
		p := data.Parcel{Place: "bergen", Number: 1, Received: time.Now().UTC()}
		for m := 1; m < 50; m++ {
			p.Samples = append(p.Samples, data.Sample{Probe: "front", Place: "bergen", At: stopped.Add(time.Duration(m) * time.Minute).Truncate(time.Minute), Level: data.Operational})
		}
		w.update(func(tx data.Tx) error { return tx.Parcels().Put(p) })
		pass(2 * time.Second)
		w.stop()
		w.levels("crm", "operational no_data operational no_data operational no_data")
	})
}

// TestRestate tells from when on something is known that was not: an outage that ended while nobody was there.
func TestRestate(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var from []time.Time
		w.options.Restate = func(_ data.Tx, at, _ time.Time) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			from = append(from, at)
			return nil
		}
		w.probe("front", "crm", func(*data.Probe) {})
		w.set("front", data.MajorOutage, data.ReasonConnect)
		w.start()
		pass(5 * time.Minute)
		w.stop()
		stopped := time.Now()
		pass(300 * time.Hour)
		w.set("front", data.Operational, "")
		w.mu.Lock()
		from = nil
		w.mu.Unlock()
		w.start()
		pass(5 * time.Minute)
		w.stop()
		w.mu.Lock()
		defer w.mu.Unlock()
		earliest := time.Now()
		for _, at := range from {
			if at.Before(earliest) {
				earliest = at
			}
		}
		if o := w.outage(); !o.Ended.Equal(earliest) || earliest.After(stopped.Add(time.Minute)) {
			t.Errorf("the outage ended at %v, what is known anew begins at %v", o.Ended, earliest)
		}
	})
}
