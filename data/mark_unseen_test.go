package data_test

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestUnseenForAWhile loses sight of a component: for five minutes it counts as it did, and then nothing is known (DESIGN 8).
func TestUnseenForAWhile(t *testing.T) {
	mark := func(minute int, level data.Level, why data.Reason) data.Mark {
		m := datatest.Mark("crm-read", datatest.Start.Add(time.Duration(minute)*time.Minute), level)
		m.Cause = string(why)
		return m
	}
	good, down := mark(0, data.Operational, ""), mark(0, data.MajorOutage, data.ReasonConnect)
	lost := mark(10, data.NoData, data.ReasonBlind)
	off := mark(10, data.NoData, "")
	off.Off = true
	for _, c := range []struct {
		name  string
		marks []data.Mark
		after time.Duration // since the newest mark
		want  data.Level
		last  data.Level
	}{
		{"just now", []data.Mark{good, lost}, 0, data.Operational, data.Operational},
		{"nearly five minutes", []data.Mark{good, lost}, data.UnseenFor - 1, data.Operational, data.Operational},
		{"five minutes", []data.Mark{good, lost}, data.UnseenFor, data.NoData, data.Operational},
		{"it was down", []data.Mark{lost, down}, time.Minute, data.MajorOutage, data.MajorOutage},
		{"it was down, long ago", []data.Mark{lost, down}, time.Hour, data.NoData, data.MajorOutage},
		{"places disagree", []data.Mark{good, mark(10, data.NoData, data.ReasonDisagree)}, 0, data.NoData, data.Operational},
		{"not reached", []data.Mark{good, mark(10, data.NoData, data.ReasonNotReached)}, 0, data.NoData, data.Operational},
		{"never seen", []data.Mark{lost}, 0, data.NoData, data.NoData},
		{"let go", []data.Mark{good, off}, 0, data.NoData, data.NoData},
	} {
		s := data.Merge(c.marks, lost.At.Add(c.after))
		if s.Level != c.want || s.LastKnown != c.last {
			t.Errorf("%s: %s, last known %s; want %s and %s", c.name, s.Level, s.LastKnown, c.want, c.last)
		}
	}
}
