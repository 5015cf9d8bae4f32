package data_test

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestSeen tells what was seen to fail from what was only slow, whatever counts.
func TestSeen(t *testing.T) {
	t.Parallel()
	said := func(impact data.Impact) data.Correction {
		return data.Correction{At: datatest.Start, Author: "anna", Why: "looked again", Impact: impact}
	}
	slow := func(change func(*data.Outage)) data.Outage {
		o := datatest.Outage("wiki", datatest.Start)
		o.Impact, o.Cause = data.Degradation, data.ExcludedService
		change(&o)
		return o
	}
	cut := slow(func(o *data.Outage) { o.Ended = o.Started.Add(time.Hour) })
	first, second, err := cut.Split(cut.Started.Add(time.Minute), "two things", "anna", datatest.Start.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    data.Outage
		want bool
	}{
		{"it counts", datatest.Outage("crm", datatest.Start), true},
		{"its component counts as degraded at worst", slow(func(*data.Outage) {}), true},
		{"only its cause was corrected", slow(func(o *data.Outage) { o.Corrections = []data.Correction{{Cause: data.ByInternet}} }), true},
		{"somebody says that it was only degraded", slow(func(o *data.Outage) { o.Corrections = []data.Correction{said(data.Degradation)} }), false},
		{"somebody says that it was worse", slow(func(o *data.Outage) { o.Corrections = []data.Correction{said(data.NoRead)} }), true},
		{"one that counted, and was only degraded", func() data.Outage {
			o := datatest.Outage("crm", datatest.Start)
			o.Corrections = []data.Correction{said(data.Degradation)}
			return o
		}(), false},
		{"written down by a person as degraded", slow(func(o *data.Outage) { o.Why = "customers say so" }), false},
		{"the first part of one", first, true},
		{"the second part of one", second, true},
	} {
		if got := c.o.Seen(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
