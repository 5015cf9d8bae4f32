package api_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// TestWithheldIsListed: what a freeze withholds stands in the list with its reason, unless a person decided that it takes place.
func TestWithheldIsListed(t *testing.T) {
	d := newDesk(t)
	from := time.Now().UTC().AddDate(0, 2, 0)
	m := datatest.Maintenance("system")
	m.Avoids = []data.Avoid{{Effect: data.EffectWithhold, Freeze: "quiet", From: from.AddDate(0, 0, -2).Format(time.DateOnly), Until: from.AddDate(0, 0, 32).Format(time.DateOnly)}}
	d.put(func(tx data.Tx) error { return tx.Maintenances().Put(m) })
	list := func(more string) (out api.Maintenances) {
		t.Helper()
		status, answer := d.do(&duty, "GET", fmt.Sprintf("/api/v1/maintenance?from=%s&to=%s%s", from.Format(time.DateOnly), from.AddDate(0, 0, 30).Format(time.DateOnly), more), "")
		if err := json.Unmarshal([]byte(answer), &out); status != 200 || err != nil {
			t.Fatalf("%d %s", status, answer)
		}
		return out
	}
	all := list("")
	if len(all.Maintenance) != 0 || len(all.Withheld) < 2 {
		t.Fatalf("all: %+v", all)
	}
	w := all.Withheld[0]
	want := fmt.Sprintf("%s lies in the freeze quiet (%s to %s)", w.Date, m.Avoids[0].From, m.Avoids[0].Until)
	start, err := time.Parse(time.RFC3339, w.Start)
	if w.Plan != "system" || w.Reason != want || err != nil {
		t.Errorf("withheld: %+v, want because %s", w, want)
	}
	if n := len(list("&category=microsoft").Withheld); n != 0 {
		t.Errorf("of another kind %d are withheld", n)
	}
	o := datatest.Occurrence("system", start)
	o.Date, o.Steered = w.Date, true
	d.put(func(tx data.Tx) error { return data.PutOccurrence(tx, o, time.Now()) })
	if after := list(""); len(after.Maintenance) != 1 || len(after.Withheld) != len(all.Withheld)-1 {
		t.Errorf("one that a person wants: %+v", after)
	}
}
