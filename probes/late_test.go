package probes

import (
	"errors"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
)

// killed makes the world's store what a killed process leaves of it: what its last transaction wrote, and nothing that a stop writes.
func (w *world) killed(store *ill) {
	w.t.Helper()
	store.broken.Store(true)
	w.kill()
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	again, err := bolt.Open(w.path, bolt.Options{NoSync: true})
	if err != nil {
		w.t.Fatal(err)
	}
	w.store, w.options.Store = again, again
}

// TestKilledWhileCatchingUp is killed while bergen tells late what it saw in the hour before. After the next start bergen goes on
// telling: all of the hour that it saw well is filled, also what it told before.
func TestKilledWhileCatchingUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		before int // minutes told before the kill
	}{{"in the middle", 30}, {"after all of them", 59}} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.probe("front", "crm", func(*data.Probe) {})
				w.place("bergen")
				w.start()
				pass(5 * time.Minute)
				w.tell("bergen", 1, "front", 1, data.Operational)
				pass(5 * time.Minute)
				w.stop()
				stopped := time.Now()
				pass(time.Hour)
				store := &ill{Store: w.store}
				w.options.Store = store
				w.start()
				pass(15 * time.Second)
				number := uint64(2)
				told := func(from, to int) {
					for m := from; m < to; m++ {
						s := data.Sample{Probe: "front", Place: "bergen", At: stopped.UTC().Truncate(time.Minute).Add(time.Duration(m) * time.Minute), Level: data.Operational}
						w.update(func(tx data.Tx) error {
							return tx.Parcels().Put(data.Parcel{Place: "bergen", Number: number, Received: time.Now().UTC(), Samples: []data.Sample{s}})
						})
						number++
					}
				}
				told(1, c.before+1)
				pass(5 * time.Second)
				w.levels("crm", "operational no_data operational") // bergen has not told it all
				w.killed(store)
				pass(time.Minute)
				w.start()
				pass(15 * time.Second)
				told(c.before+1, 60)
				pass(5 * time.Second)
				w.tell("bergen", number, "front", 1, data.Operational)
				pass(5 * time.Second)
				w.levels("crm", "operational no_data operational no_data operational no_data operational")
				w.update(func(tx data.Tx) error {
					for s, err := range tx.Settings().Range(settingLate, settingLate+"}") {
						t.Errorf("after all is told there is still %v, %v", s, err)
					}
					return nil
				})
				w.stop()
			})
		})
	}
}

// TestLateOfWhatLeft moves a probe to another component while a place is telling late what it saw of the first: what it had told
// fills the first one's time, and nothing is left to be told.
func TestLateOfWhatLeft(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(*data.Probe) {})
		w.place("bergen")
		w.start()
		pass(5 * time.Minute)
		w.tell("bergen", 1, "front", 1, data.Operational)
		pass(time.Minute)
		w.stop()
		pass(time.Hour)
		w.start()
		pass(15 * time.Second)
		w.update(func(tx data.Tx) error {
			s := data.Sample{Probe: "front", Place: "bergen", At: time.Now().UTC().Truncate(time.Minute).Add(-30 * time.Minute), Level: data.Operational}
			return tx.Parcels().Put(data.Parcel{Place: "bergen", Number: 2, Received: time.Now().UTC(), Samples: []data.Sample{s}})
		})
		pass(5 * time.Second)
		w.levels("crm", "operational no_data operational")
		w.probe("front", "mail", func(*data.Probe) {})
		pass(time.Minute)
		w.levels("crm", "operational no_data operational no_data operational off")
		w.stop()
	})
}

// TestBackWhileStoreFails moves a probe to another component and back while nothing can be written. It goes on there only once the
// store knows that it had left: its outage ended when it left, and is not ended again.
func TestBackWhileStoreFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		away   func(*data.Probe)
		unsure bool
	}{
		{"moved", func(p *data.Probe) { p.Component = "mail" }, false},
		{"retired", func(p *data.Probe) { p.Retired = true }, false},
		{"other customers", func(p *data.Probe) { p.Cohort = "pilot" }, false},
		{"moved, and the outcome is unknown", func(p *data.Probe) { p.Component = "mail" }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				store := &ill{Store: w.store}
				w.options.Store = store
				w.probe("front", "crm", func(*data.Probe) {})
				w.set("front", data.MajorOutage, data.ReasonConnect)
				w.start()
				pass(5 * time.Minute)
				w.levels("crm", "major_outage open")
				store.broken.Store(!c.unsure)
				store.unsure.Store(c.unsure)
				pass(2 * time.Minute)
				w.probe("front", "crm", c.away)
				left := time.Now()
				pass(2 * time.Minute)
				w.probe("front", "crm", func(*data.Probe) {})
				pass(2 * time.Minute)
				store.broken.Store(false)
				store.unsure.Store(false)
				known := time.Now()
				pass(5 * time.Minute)
				w.set("front", data.Operational, "")
				pass(5 * time.Minute)
				w.stop()
				var of []data.Outage
				w.update(func(tx data.Tx) error {
					all, err := data.All(tx.Outages().Range("", ""))
					of = nil
					for _, o := range all {
						if o.Component == "crm" && o.Cohort == data.AllCustomers {
							of = append(of, o)
						}
					}
					return err
				})
				if len(of) != 2 {
					t.Fatalf("%d outages, want the one that ended when the probe left and the one that it found when it was back: %s", len(of), w.story("crm"))
				}
				if e := of[0].Ended; e.IsZero() || e.After(left) {
					t.Errorf("the first ended at %v, and the probe left at %v: %s", e, left, w.story("crm"))
				}
				if !c.unsure && of[1].Started.Before(known) {
					t.Errorf("the second began at %v, before the store knew at %v that the first is over", of[1].Started, known)
				}
				if of[1].Ended.IsZero() || of[1].Started.Before(of[0].Ended) {
					t.Errorf("the second is of %v to %v", of[1].Started, of[1].Ended)
				}
			})
		})
	}
}

// TestBeatsOfRetired retires a probe, gives another a kind that is not told, and takes a third one's record away: what was heard of
// them last goes with it, and of a fourth it stays. One that comes back begins as a new one does.
func TestBeatsOfRetired(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.options.Compile = nil
		beating := func(p *data.Probe) { p.Kind, p.Target = data.ProbeHeartbeat, "" }
		names := []string{"changed", "gone", "kept", "retired"}
		for _, name := range names {
			w.probe(name, "sync", beating)
		}
		w.start()
		for range 3 {
			w.update(func(tx data.Tx) (err error) {
				for _, name := range names {
					err = errors.Join(err, tx.Beats().Put(data.Beat{Probe: name, At: time.Now().UTC(), Level: data.Operational}))
				}
				return err
			})
			pass(time.Minute)
		}
		w.probe("changed", "sync", func(p *data.Probe) { p.Kind, p.Target = data.ProbeTCP, "127.0.0.1:1" })
		w.probe("retired", "sync", func(p *data.Probe) { beating(p); p.Retired = true })
		w.update(func(tx data.Tx) error { return tx.Probes().Delete("gone") })
		pass(time.Second)
		w.update(func(tx data.Tx) error {
			all, err := data.All(tx.Beats().Range("", ""))
			if len(all) != 1 || all[0].Probe != "kept" {
				t.Errorf("kept: %v", all)
			}
			return err
		})
		if len(w.samples("retired")) == 0 {
			t.Error("its samples are gone")
		}
		pass(time.Hour)
		w.probe("retired", "sync", beating)
		pass(10 * time.Minute)
		if got := w.samples("retired"); got[len(got)-1].Bad() {
			t.Errorf("back, it is held against it that it was silent while it was retired: %+v", got[len(got)-1])
		}
		w.stop()
	})
}
