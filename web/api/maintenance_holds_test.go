package api_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// TestHoldsAreTold: who calls a pilot off or moves it learns which windows are put under review by that, before and after, and
// until when somebody must decide (M3).
func TestHoldsAreTold(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	pilot, rest, last := datatest.Occurrence("pilot", now.Add(100*time.Hour)), datatest.Occurrence("rest", now.Add(172*time.Hour)), datatest.Occurrence("last", now.Add(196*time.Hour))
	rest.Cohort, rest.Follows = "rest", pilot.Key()
	last.Follows = rest.Key()
	far := datatest.Occurrence("elsewhere", now.Add(172*time.Hour))
	const page = "abcdefghijkl"
	d.put(func(tx data.Tx) error {
		if err := tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: page}); err != nil {
			return err
		}
		for _, o := range []data.Occurrence{pilot, rest, last, far} {
			if err := data.PutOccurrence(tx, o, now); err != nil {
				return err
			}
		}
		return nil
	})
	id := data.PublicID(page, "occurrence", string(pilot.Key()))
	later := pilot.Window.Start.AddDate(0, 0, 1).Format(time.RFC3339)
	for op, body := range map[string]string{
		"cancel": `{"reason":"r"}`, "move": `{"reason":"r","start":"` + later + `"}`, "hold": `{"reason":"r"}`,
		"extend": `{"reason":"r","by":"1h"}`,
	} {
		wish := `{"operation":"maintenance.` + op + `","id":"` + id + `","body":` + body + `}`
		status, answer := d.do(&duty, "POST", "/api/v1/maintenance-preview", wish)
		var p api.WindowPreview
		if err := json.Unmarshal([]byte(answer), &p); status != 200 || err != nil {
			t.Fatalf("%s: %d %s", op, status, answer)
		}
		checkHolds(t, page, op, p.Window.Holds, op != "extend", rest, last)
	}
	w := d.window(duty, 200, "POST", "/"+id+"/cancel", `{"reason":"a fault was found"}`)
	checkHolds(t, page, "cancelled", w.Holds, true, rest, last)
	if shown := d.window(duty, 200, "GET", "/"+id, ""); len(shown.Holds) != 0 {
		t.Errorf("shown: %+v", shown.Holds)
	}
}

func checkHolds(t *testing.T, page, what string, got []api.WindowHold, want bool, rest, last data.Occurrence) {
	t.Helper()
	if !want {
		if len(got) != 0 {
			t.Errorf("%s holds %+v", what, got)
		}
		return
	}
	if len(got) != 2 || got[0].ID != data.PublicID(page, "occurrence", string(rest.Key())) || got[1].ID != data.PublicID(page, "occurrence", string(last.Key())) ||
		!got[0].DecideBy.Equal(rest.Deadline()) || got[0].Plan != "rest" || got[0].Reason == "" {
		t.Errorf("%s holds %+v, want the two that follow", what, got)
	}
}

// TestOverranIsStillOut: a window that ended with the service out says whether it is out yet, and its alarm what people call it.
func TestOverranIsStillOut(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	o := datatest.Occurrence("system", now.Add(-7*time.Hour))
	o.Components, o.Phase, o.Overran = []string{"crm-read"}, data.Completed, o.Window.End
	outage := datatest.Outage("crm-read", now.Add(-2*time.Hour))
	d.put(func(tx data.Tx) error {
		return errors.Join(data.PutOccurrence(tx, o, now), tx.Outages().Put(outage),
			data.SetAlarms(tx, data.AlarmWindowOverrun, []data.Alarm{{Subject: string(o.Key()), Detail: "It is out."}}, now))
	})
	id := data.PublicID("", "occurrence", string(o.Key()))
	if w := d.window(duty, 200, "GET", "/"+id, ""); !w.StillOut {
		t.Errorf("while the service is out: %+v", w)
	}
	status, answer := d.do(&duty, "GET", "/api/v1/overview", "")
	var v api.Overview
	if err := json.Unmarshal([]byte(answer), &v); status != 200 || err != nil || len(v.Alarms) != 1 || v.Alarms[0].Window != id || v.Alarms[0].Named != o.Named() {
		t.Errorf("%d %s", status, answer)
	}
	outage.Ended = now.Add(-time.Minute)
	d.put(func(tx data.Tx) error { return tx.Outages().Put(outage) })
	if w := d.window(duty, 200, "GET", "/"+id, ""); w.StillOut {
		t.Errorf("once it is back: %+v", w)
	}
}
