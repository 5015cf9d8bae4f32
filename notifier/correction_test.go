package notifier_test

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/notifier"
)

// TestCorrections: what is called off is mailed to those who were mailed of it, and to nobody where nobody was (N11). Of several
// changes in a row only the newest goes out.
func TestCorrections(t *testing.T) {
	start := time.Date(2026, 4, 10, 22, 0, 0, 0, time.UTC)
	moment := start.Add(-72 * time.Hour)
	steer := func(at time.Time) data.Steering { return data.Steering{By: "socket:root", Why: "why", Now: at} }
	for _, tt := range []struct {
		name   string
		fanned bool       // the planned notice had been made
		phase  data.Phase // and stood so
		want   string
	}{
		{"mailed", true, data.NoticeAccepted, "cancelled/2 x3, planned/0 x3"},
		{"maybe mailed", true, data.NoticeUnknown, "cancelled/2 x3, planned/0 x3"},
		{"made and not mailed", true, data.NoticePlanned, "planned/0 x3"},
		{"not mailed yet", false, "", ""},
	} {
		s := open(t)
		prepare(t, s, 3)
		o := datatest.Occurrence("system", start)
		put(t, s, func(tx data.Tx) error { return data.PutOccurrence(tx, o, moment.Add(-time.Hour)) })
		if tt.fanned {
			if _, err := notifier.FanOut(t.Context(), s, moment.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range notices(t, s) {
			n.Phase = tt.phase
			put(t, s, func(tx data.Tx) error { return data.PutNotice(tx, n) })
		}
		put(t, s, func(tx data.Tx) error {
			held, err := o.Hold(steer(moment.Add(time.Hour)))
			if err != nil {
				return err
			}
			if err := data.PutOccurrence(tx, held, moment.Add(time.Hour)); err != nil {
				return err
			}
			off, err := held.Cancel(steer(moment.Add(2 * time.Hour)))
			if err != nil {
				return err
			}
			return data.PutOccurrence(tx, off, moment.Add(2*time.Hour))
		})
		if _, err := notifier.FanOut(t.Context(), s, moment.Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		put(t, s, func(tx data.Tx) error {
			for n, err := range tx.Notices().Range("", "") {
				if err != nil {
					return err
				}
				b, err := tx.Bulletins().Get(n.Bulletin)
				if err != nil {
					return err
				}
				got[string(b.Kind)+"/"+string(rune('0'+b.Version))]++
			}
			return nil
		})
		var words []string
		for _, kind := range []string{"cancelled/2", "changed/1", "planned/0"} {
			if got[kind] > 0 {
				words = append(words, kind+" x"+string(rune('0'+got[kind])))
			}
		}
		if strings.Join(words, ", ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, strings.Join(words, ", "), tt.want)
		}
	}
}
