package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestListOfNothingThereIs: a list by a phase or cohort that does not exist is refused, with those that do; an empty answer would
// look as if nothing were planned.
func TestListOfNothingThereIs(t *testing.T) {
	d := newDesk(t)
	d.put(func(tx data.Tx) error { return tx.Cohorts().Put(data.Cohort{Slug: "pilot"}) })
	for query, want := range map[string]string{
		"phase=bogus":  "use reserved, scheduled, held, in_progress, verifying, completed, cancelled, withdrawn, lapsed",
		"cohort=bogus": "use all, pilot",
	} {
		status, answer := d.do(&duty, "GET", "/api/v1/maintenance?"+query, "")
		if status != 422 || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s, want %q", query, status, answer, want)
		}
	}
	for _, query := range []string{"phase=held", "cohort=all", "cohort=pilot"} {
		if status, answer := d.do(&duty, "GET", "/api/v1/maintenance?"+query, ""); status != 200 {
			t.Errorf("%s: %d %s", query, status, answer)
		}
	}
}

// TestResizedTooFar: a length in the wrong direction, and one that leaves nothing, are refused with the way out.
func TestResizedTooFar(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	o := datatest.Occurrence("system", now.Add(100*time.Hour))
	d.put(func(tx data.Tx) error { return data.PutOccurrence(tx, o, now) })
	id := data.PublicID("", "occurrence", string(o.Key()))
	for _, tt := range []struct{ act, by, want string }{
		{"extend", "-30m", "goes the other way: extend adds time and shorten takes it away"},
		{"shorten", "-30m", "goes the other way"},
		{"shorten", "10h", "the window lasts 6 hours: shorten it by less, or cancel it"},
		{"shorten", "6h", "the window lasts 6 hours"},
		{"shorten", "soon", "is no length of time"},
	} {
		status, answer := d.do(&duty, "POST", "/api/v1/maintenance/"+id+"/"+tt.act, `{"by":"`+tt.by+`","reason":"r"}`)
		var p struct{ Field, Detail string }
		if err := json.Unmarshal([]byte(answer), &p); status != 422 || err != nil || p.Field != "by" || !strings.Contains(p.Detail, tt.want) {
			t.Errorf("%s by %s: %d %s, want %q", tt.act, tt.by, status, answer, tt.want)
		}
	}
}

// TestCompletedEarly: when a window really began and ended is known.
func TestCompletedEarly(t *testing.T) {
	d := newDesk(t)
	now := time.Now().UTC().Truncate(time.Second)
	o := datatest.Occurrence("system", now.Add(-time.Hour))
	d.put(func(tx data.Tx) error { return data.PutOccurrence(tx, o, now) })
	w := d.window(duty, 200, "POST", "/"+data.PublicID("", "occurrence", string(o.Key()))+"/complete", `{"reason":"done"}`)
	if w.Began == nil || !w.Began.Equal(o.Window.Start) || w.Ended == nil || w.Ended.Before(now) || !w.Ended.Before(w.End) {
		t.Errorf("completed: began %v, ended %v, to end %s", w.Began, w.Ended, w.End)
	}
}
