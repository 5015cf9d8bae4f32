package api_test

import (
	"errors"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// measures lets a probe of its own say a level of each component from then on.
func (d *desk) measures(at time.Time, levels map[string]data.Level) {
	d.t.Helper()
	d.put(func(tx data.Tx) error {
		var all error
		for component, level := range levels {
			p := datatest.Probe(component+"-web", component)
			all = errors.Join(all, tx.Probes().Put(p), tx.Marks().Put(data.Mark{
				Component: component, Cohort: data.AllCustomers, Source: data.FromProbe, By: p.Name, At: at, Level: level, Cause: string(data.ReasonStatus),
			}))
		}
		return all
	})
}

// TestResolvedThoughStillDown: who says that it is over while probes see it down is warned, before and after, and not refused.
func TestResolvedThoughStillDown(t *testing.T) {
	d := newDesk(t)
	d.put(func(tx data.Tx) error {
		return tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"})
	})
	now := time.Now().UTC()
	d.measures(now.Add(-10*time.Minute), map[string]data.Level{"login": data.MajorOutage, "crm-read": data.Operational})
	i := d.ask(201, "", `{"title":"Nothing works","components":{"login":"major_outage","crm-read":"degraded"}}`)
	if changes := i.Updates[0].Changes; len(changes) != 2 || changes[0].Measured != data.NoData && changes[0].Component == "crm-read" || changes[1].Measured != data.MajorOutage {
		t.Errorf("what it was before: %+v", changes)
	}
	if len(i.Still) != 0 {
		t.Errorf("one that goes on warns of %+v", i.Still)
	}
	want := "Probes still see login (major outage): the page goes on saying so."
	words := func(all []api.StillSeen) string {
		return api.StillWords(all, func(s api.StillSeen) string { return s.Component })
	}
	if p := d.previewed("incident.resolve", i.ID, `{}`); words(p.Still) != want {
		t.Errorf("the preview warns %q", words(p.Still))
	}
	if over := d.ask(200, "/"+i.ID+"/resolve", `{}`); words(over.Still) != want {
		t.Errorf("the answer warns %q", words(over.Still))
	}
	if shown := d.get(i.ID); words(shown.Still) != want {
		t.Errorf("the incident warns %q", words(shown.Still))
	}
	d.measures(time.Now().UTC(), map[string]data.Level{"login": data.Operational})
	d.measures(time.Now().UTC(), map[string]data.Level{"crm-read": data.MajorOutage})
	if shown := d.get(i.ID); len(shown.Still) != 0 {
		t.Errorf("with login well again, and crm-read down by itself, it warns of %+v", shown.Still)
	}
}
