package probes

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// stands is where a component stands now, by all that the store holds of it.
func (w *world) stands(component string) (at data.Standing) {
	w.t.Helper()
	err := w.store.View(context.Background(), func(tx data.Tx) error {
		marks, err := data.All(tx.Marks().Range(data.MarksOf(component, "")))
		at = data.Merge(marks, time.Now())
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

// signsIn runs for ten minutes a probe that signs in to read, and then writes.
func (w *world) signsIn() {
	w.probe("crm", "read", func(p *data.Probe) {
		p.Kind = data.ProbeTransaction
		p.Steps = []data.ProbeStep{{Name: "sign in", URL: "/"}, {Name: "save", URL: "/", Component: "write"}}
	})
	w.runsAs("crm", data.Operational, data.Operational)
	w.start()
	pass(10 * time.Minute)
}

// TestNotReached has a sign-in that fails: nothing is known of writing from then on, and that is what the component says, at once and
// until there is a verdict again.
func TestNotReached(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.signsIn()
		if at := w.stands("write"); at.Level != data.Operational {
			t.Fatalf("writing is %s before anything failed", at.Level)
		}
		w.runsAs("crm", data.MajorOutage, data.NoData)
		pass(2 * time.Minute)
		if at := w.stands("write"); at.Level != data.NoData || at.LastKnown != data.Operational {
			t.Errorf("nobody can sign in, and writing is %s, last known as %s; want no_data, and operational", at.Level, at.LastKnown)
		}
		if at := w.stands("read"); at.Level != data.MajorOutage {
			t.Errorf("nobody can sign in, and reading is %s", at.Level)
		}
		if lost, down := w.newest("write").At, w.newest("read").At; !lost.Equal(down) {
			t.Errorf("writing is unknown from %s, reading is down from %s: want the same", lost, down)
		}
		w.runsAs("crm", data.Operational, data.Operational)
		pass(2 * time.Minute)
		if at := w.stands("write"); at.Level != data.Operational {
			t.Errorf("after it writing is %s", at.Level)
		}
		w.levels("write", "operational no_data operational")
		w.levels("read", "operational major_outage operational closed")
		w.stop()
	})
}

// TestNotReachedOnce says nothing.
func TestNotReachedOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.signsIn()
		w.runsAs("crm", data.MajorOutage, data.NoData)
		pass(time.Minute)
		w.runsAs("crm", data.Operational, data.Operational)
		pass(10 * time.Minute)
		w.levels("write", "operational")
		w.levels("read", "operational")
		w.stop()
	})
}

// runsAs makes a transaction of two sides answer with these levels from now on; one without data was not reached.
func (w *world) runsAs(probe string, read, write data.Level) {
	w.mu.Lock()
	defer w.mu.Unlock()
	sample := func(component string, level data.Level) data.Sample {
		s := data.Sample{Component: component, Level: level}
		switch {
		case level.Bad():
			s.Reason = data.ReasonStatus
		case level == data.NoData:
			s.Reason = data.ReasonNotReached
		}
		return s
	}
	if w.many == nil {
		w.many = map[string]func() []data.Sample{}
	}
	w.many[probe] = func() []data.Sample { return []data.Sample{sample("read", read), sample("write", write)} }
}

// newest is the newest mark that probes made of a component.
func (w *world) newest(component string) (m data.Mark) {
	w.t.Helper()
	err := w.store.View(context.Background(), func(tx data.Tx) error {
		marks, err := data.All(tx.Marks().Range(data.MarksOf(component, data.FromProbe)))
		if len(marks) == 0 {
			return errors.Join(err, data.ErrNotFound)
		}
		m = marks[len(marks)-1]
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}
