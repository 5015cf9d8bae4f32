package notifier_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier"
)

// alarms are the standing ones as "kind: detail".
func alarms(t testing.TB, s data.Store) string {
	t.Helper()
	var out []string
	put(t, s, func(tx data.Tx) error {
		out = nil
		all, err := data.All(tx.Alarms().Range("", ""))
		for _, a := range all {
			if a.Stands() {
				out = append(out, string(a.Kind)+": "+a.Detail)
			}
		}
		return err
	})
	return strings.Join(out, "\n")
}

// answers are n times the same.
func answers(n int, e *notifier.SendError) []error {
	out := make([]error, n)
	for i := range out {
		out[i] = e
	}
	return out
}

func TestAlarms(t *testing.T) {
	down := &notifier.SendError{Outcome: notifier.NotTaken, Reason: "the provider cannot be reached"}
	slow := &notifier.SendError{Outcome: notifier.NotTaken, Reason: "ask again later", After: time.Hour}
	no := &notifier.SendError{Outcome: notifier.Refused, Reason: "the provider refuses: 401 Unauthorized"}
	lost := &notifier.SendError{Outcome: notifier.Unknown, Reason: "no answer"}
	const (
		waits  = "notice_unsent: The oldest is due since 2000-01-05 00:00 UTC."
		refuse = "notice_refused: 2 notices were refused in 24 hours, the last on 2000-01-05 00:00 UTC: the provider refuses: 401 Unauthorized."
	)
	type step struct {
		after time.Duration // since the moment
		want  string        // the alarms begin with this; empty means none
	}
	for _, tt := range []struct {
		name    string
		answers []error
		steps   []step
	}{
		{"all is well", nil, []step{{time.Hour, ""}}},
		{"the provider is down", answers(1000, down), []step{{14 * time.Minute, ""}, {16 * time.Minute, waits + " Last tried: the provider cannot be reached."}, {3 * time.Hour, waits}}},
		{"it was down for a while", answers(8, down), []step{{14 * time.Minute, ""}, {24 * time.Hour, ""}}},
		{"it asks for an hour", answers(2, slow), []step{{14 * time.Minute, ""}, {16 * time.Minute, waits}, {59 * time.Minute, waits}, {62 * time.Minute, ""}}},
		{"it refuses", answers(2, no), []step{{time.Minute, refuse}, {23 * time.Hour, refuse}, {24*time.Hour + 2*time.Minute, ""}}},
		{"one is looked up", answers(1, lost), []step{{16 * time.Minute, ""}, {34 * time.Minute, ""}, {time.Hour, ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, sender := open(t), &scripted{answers: tt.answers}
				prepare(t, s, 2, week("system"))
				moment := time.Date(2000, 1, 5, 0, 0, 0, 0, time.UTC)
				for _, step := range tt.steps {
					live(t, s, sender, time.Until(moment.Add(step.after))) // each in a process of its own
					if got := alarms(t, s); !strings.HasPrefix(got, step.want) || step.want == "" && got != "" {
						t.Errorf("%v after the moment: %q, want %q", step.after, got, step.want)
					}
				}
				live(t, s, nil, time.Minute) // mail is configured no more
				if got := alarms(t, s); got != "" {
					t.Errorf("without mail: %q", got)
				}
			})
		})
	}
}
