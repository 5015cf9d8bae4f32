package probes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestStopAndStart stops for an hour, in each state, and looks at what the time between has become.
func TestStopAndStart(t *testing.T) {
	for _, c := range []struct {
		before, after data.Level
		want          string
	}{
		{data.Operational, data.Operational, "operational no_data operational"},
		{data.Operational, data.MajorOutage, "operational no_data major_outage open"},
		{data.MajorOutage, data.MajorOutage, "major_outage no_data major_outage open"},
		{data.MajorOutage, data.Operational, "major_outage no_data operational closed"},
		{data.Degraded, data.Degraded, "degraded no_data degraded"},
	} {
		t.Run(c.before.String()+" to "+c.after.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.probe("front", "crm", func(*data.Probe) {})
				w.set("front", c.before, data.ReasonStatus)
				w.start()
				pass(10 * time.Minute)
				w.stop()
				stopped := time.Now()
				lastBad := w.runs("front")[len(w.runs("front"))-1].UTC()
				pass(time.Hour)
				w.set("front", c.after, data.ReasonStatus)
				w.start()
				pass(10 * time.Minute)
				w.levels("crm", c.want)
				if !strings.Contains(w.story("crm"), fmt.Sprintf("%v:no_data", stopped.Sub(epoch).Seconds())) {
					t.Errorf("the gap does not begin at the stop: %q", w.story("crm"))
				}
				if strings.Contains(c.want, "closed") {
					if o := w.outage(); !o.Ended.Equal(lastBad.Add(time.Minute)) || !o.LastBad.Equal(lastBad) {
						t.Errorf("last bad at %v, the outage: %+v", lastBad, o)
					}
				}
				w.stop()
			})
		})
	}
}

// crash makes a store whose probe was at level until the last sample, as a killed process leaves it.
func (w *world) crash(level data.Level) (last time.Time) {
	w.probe("front", "crm", func(*data.Probe) {})
	last = epoch.Add(-time.Hour)
	first := last.Add(-4 * time.Minute)
	w.update(func(tx data.Tx) error {
		b := data.Block{Probe: "front", Place: "local", Day: data.BlockDay(last)}
		for at := first; !at.After(last); at = at.Add(time.Minute) {
			if err := b.Append(data.Sample{At: at, Level: level}); err != nil {
				return err
			}
		}
		if level.Bad() {
			if err := tx.Outages().Put(datatest.Outage("crm", first)); err != nil {
				return err
			}
		}
		return errors.Join(tx.Blocks().Put(b), tx.Marks().Put(datatest.Mark("crm", first, level)))
	})
	return last
}

// TestCrash starts an hour after a process was killed: the time since its last sample is unknown.
func TestCrash(t *testing.T) {
	t.Run("good, then good", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.crash(data.Operational)
			w.start()
			pass(time.Minute)
			one := first(datatest.Probe("front", "crm"), time.Time{}, epoch).Sub(epoch).Seconds()
			w.want("crm", fmt.Sprintf("-3840:operational -3540:no_data %v:operational", one))
			w.stop()
		})
	})
	t.Run("down, then down", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.crash(data.MajorOutage)
			w.set("front", data.MajorOutage, data.ReasonConnect)
			w.start()
			pass(time.Minute)
			w.levels("crm", "major_outage no_data major_outage open")
			w.stop()
		})
	})
	t.Run("down, then good", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			last := w.crash(data.MajorOutage)
			w.start()
			pass(time.Minute)
			w.levels("crm", "major_outage no_data operational closed")
			if o := w.outage(); !o.Ended.Equal(last.Add(time.Minute)) {
				t.Errorf("the last bad sample was at %v, the outage ended at %v", last, o.Ended)
			}
			w.stop()
		})
	})
	t.Run("turned off", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.crash(data.Operational)
			w.options.Disabled = true
			w.start()
			pass(time.Hour)
			w.want("crm", "-3840:operational -3540:no_data")
			if asked := w.runs("front"); len(asked) > 0 {
				t.Errorf("the target was asked at %v", asked)
			}
			w.stop()
		})
	})
	t.Run("does not compile", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.crash(data.Operational)
			w.probe("front", "crm", func(p *data.Probe) { p.Target = "https://broken.example/" })
			w.start()
			pass(time.Hour)
			w.want("crm", "-3840:operational -3540:no_data")
			w.stop()
		})
	})
	t.Run("retired meanwhile", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			last := w.crash(data.MajorOutage)
			w.probe("front", "crm", func(p *data.Probe) { p.Retired = true })
			w.start()
			pass(time.Minute)
			w.want("crm", "-3840:major_outage -3540:no_data 0:off -3840--3540")
			if o := w.outage(); !o.Ended.Equal(last.Add(time.Minute)) {
				t.Errorf("the outage ended at %v", o.Ended)
			}
			w.stop()
			w.start() // and once is enough
			pass(time.Minute)
			w.want("crm", "-3840:major_outage -3540:no_data 0:off -3840--3540")
			w.stop()
		})
	})
	t.Run("another component meanwhile", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.crash(data.MajorOutage)
			w.probe("front", "mail", func(*data.Probe) {})
			w.start()
			pass(time.Minute)
			w.levels("crm", "major_outage no_data off closed")
			w.levels("mail", "operational")
			w.stop()
		})
	})
}

// TestQuickRestart is back before the next sample was due: there was no gap, and what was undecided goes on.
func TestQuickRestart(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.crash(data.MajorOutage)
		w.probe("front", "crm", func(p *data.Probe) { p.Interval = 2 * time.Hour })
		w.set("front", data.MajorOutage, data.ReasonConnect)
		w.start()
		pass(time.Minute)
		w.levels("crm", "major_outage open")
		w.stop()
	})
}

// TestSpent restarts soon after an outage: its bad samples do not vote again.
func TestSpent(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(*data.Probe) {})
		w.set("front", data.MajorOutage, data.ReasonConnect)
		w.start()
		pass(5 * time.Minute)
		w.set("front", data.Operational, "")
		for len(w.story("crm")) == 0 || !strings.HasSuffix(levels(w.story("crm")), "closed") {
			pass(time.Second)
		}
		w.stop()
		bad := 1
		w.answer("front", func() data.Sample {
			if bad--; bad >= 0 {
				return data.Sample{Level: data.MajorOutage, Reason: data.ReasonConnect}
			}
			return data.Sample{Level: data.Operational}
		})
		w.start()
		pass(5 * time.Minute)
		w.levels("crm", "major_outage operational no_data operational closed")
		w.stop()
	})
}

// TestMajority counts references: most of them must fail.
func TestMajority(t *testing.T) {
	for _, c := range []struct {
		references string
		want       bool
	}{
		{"ok", false}, {"no", true}, {"ok no", false}, {"no no", true}, {"ok ok no", false}, {"ok no no", true}, {"ok ok no no", false},
	} {
		o := observer{references: strings.Fields(c.references), dial: func(_ context.Context, _, address string) (net.Conn, error) {
			if address == "no" {
				return nil, errors.New("no network")
			}
			a, b := net.Pipe()
			return a, b.Close()
		}}
		if got := o.look(t.Context()); got != c.want {
			t.Errorf("with %s it is dark: %v, want %v", c.references, got, c.want)
		}
	}
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name       string
		change     func(w *world)
		crm, other string
	}{
		{"retired", func(w *world) { w.probe("front", "crm", func(p *data.Probe) { p.Retired = true }) }, "major_outage off closed", ""},
		{"removed", func(w *world) { w.update(func(tx data.Tx) error { return tx.Probes().Delete("front") }) }, "major_outage off closed", ""},
		{"another component", func(w *world) { w.probe("front", "mail", func(*data.Probe) {}) }, "major_outage off closed", "major_outage open"},
		{"another target", func(w *world) {
			w.set("front", data.Operational, "")
			w.probe("front", "crm", func(p *data.Probe) { p.Target = "https://other.example/" })
		}, "major_outage operational closed", ""},
		{"another interval", func(w *world) { w.probe("front", "crm", func(p *data.Probe) { p.Interval = 10 * time.Second }) }, "major_outage open", ""},
		{"another line of the file", func(w *world) { w.probe("front", "crm", func(p *data.Probe) { p.Origin = "statusd.yaml:7" }) }, "major_outage open", ""},
		{"another probe beside it", func(w *world) { w.probe("back", "mail", func(*data.Probe) {}) }, "major_outage open", "operational"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.probe("front", "crm", func(*data.Probe) {})
				w.set("front", data.MajorOutage, data.ReasonConnect)
				w.start()
				pass(10 * time.Minute)
				lastBad := w.runs("front")[len(w.runs("front"))-1].UTC()
				pass(3 * time.Second)
				changed := time.Now().UTC()
				c.change(w)
				pass(5 * time.Minute)
				w.levels("crm", c.crm)
				w.levels("mail", c.other)
				if c.name == "retired" {
					if o := w.outage(); !o.Ended.Equal(changed) || !o.LastBad.Equal(lastBad) {
						t.Errorf("the last bad sample was at %v, the probe was retired at %v, the outage: %+v", lastBad, changed, o)
					}
					asked := len(w.runs("front"))
					w.probe("front", "crm", func(*data.Probe) {}) // and back in service
					w.set("front", data.Operational, "")
					pass(5 * time.Minute)
					w.levels("crm", "major_outage off operational closed")
					if len(w.runs("front")) == asked {
						t.Error("a probe back in service was not asked")
					}
				}
				w.stop()
			})
		})
	}
}

// TestBlind takes the network away from the observer for half an hour.
func TestBlind(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.options.References = []string{"a.example:443", "b.example:443", "c.example:443"}
		w.probe("front", "crm", func(*data.Probe) {})
		w.probe("down", "mail", func(*data.Probe) {})
		w.probe("inside", "wiki", func(p *data.Probe) { p.Target = "http://10.0.0.7/" })
		w.set("down", data.MajorOutage, data.ReasonConnect)
		w.start()
		pass(10 * time.Minute)
		if w.looked() == 0 {
			t.Error("an outage was not compared with the references")
		}
		w.lose(true)
		for _, name := range []string{"front", "inside"} {
			w.set(name, data.MajorOutage, data.ReasonTimeout)
		}
		pass(30 * time.Minute)
		w.levels("crm", "operational no_data")
		w.levels("mail", "major_outage no_data open")
		w.levels("wiki", "operational major_outage open")
		if got := w.gauge("statusd_probes_blind"); got != 1 {
			t.Errorf("the gauge says %v", got)
		}
		w.lose(false)
		w.set("front", data.Operational, "")
		pass(10 * time.Minute)
		w.levels("crm", "operational no_data operational")
		w.levels("mail", "major_outage no_data major_outage open")
		if got := w.gauge("statusd_probes_blind"); got != 0 {
			t.Errorf("afterwards the gauge says %v", got)
		}
		w.stop()
	})
}

// TestNotBlind has references that fail while a target can be reached: they are what is down (F33).
func TestNotBlind(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.options.References = []string{"a.example:443"}
		w.lose(true)
		w.probe("down", "mail", func(*data.Probe) {})
		for i := range 6 { // one of them answers while the other waits for its time to be over
			w.probe(fmt.Sprintf("front%d", i), "crm", func(p *data.Probe) { p.Interval = 10 * time.Second })
		}
		w.answer("down", func() data.Sample { return data.Sample{Latency: time.Hour} })
		w.start()
		pass(10 * time.Minute)
		w.levels("mail", "major_outage open")
		w.stop()
	})
}
