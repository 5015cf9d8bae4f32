package notifier_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/notifier"
)

// choosy is a Sender that takes nothing for whom it fails.
type choosy struct {
	scripted
	fails map[string]bool
}

func (c *choosy) Send(ctx context.Context, b notifier.Batch) (notifier.Receipt, error) {
	if c.fails[b.To] {
		return notifier.Receipt{}, &notifier.SendError{Outcome: notifier.NotTaken, Reason: "connection refused"}
	}
	return c.scripted.Send(ctx, b)
}

// pair are two windows of the same span, of which the first leads.
func pair() (leader, member data.Occurrence) {
	leader, member = week("system"), week("microsoft")
	member.Category = data.Microsoft
	return leader, member
}

// mailedTo says who was mailed of what, in the order of the notices' keys.
func mailedTo(t *testing.T, s data.Store) string {
	t.Helper()
	var out []string
	for _, n := range notices(t, s) {
		if n.Phase == data.NoticeAccepted {
			part := strings.Split(string(n.Bulletin), "|")
			out = append(out, fmt.Sprintf("%s %s to %s", part[len(part)-2], part[1], n.Subscriber))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// TestLeaderIsOvertaken: two windows are told as one while mail fails for some. What becomes of the first then does not keep the
// second from them; those who were reached by the mail that named both are not mailed of the second again.
func TestLeaderIsOvertaken(t *testing.T) {
	cancel := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { return o.Cancel(s) }
	hold := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) { return o.Hold(s) }
	move := func(o data.Occurrence, s data.Steering) (data.Occurrence, error) {
		return o.Move(data.Window{Start: o.Window.Start.Add(24 * time.Hour), End: o.Window.End.Add(24 * time.Hour)}, s)
	}
	const first, second = "s00000", "s00001"
	for _, tt := range []struct {
		name  string
		do    func(data.Occurrence, data.Steering) (data.Occurrence, error)
		fails []string
		third bool // a third window of the span
		want  string
	}{
		{"cancelled, none reached", cancel, []string{first, second}, false, "planned microsoft to s00000, planned microsoft to s00001"},
		{
			"cancelled, one reached", cancel,
			[]string{second},
			false,
			"cancelled system to s00000, planned microsoft to s00001, planned system to s00000",
		},
		{
			"cancelled, three windows", cancel,
			[]string{second},
			true,
			"cancelled system to s00000, planned microsoft to s00001, planned system to s00000",
		},
		{
			"held, one reached", hold,
			[]string{second},
			false,
			"changed system to s00000, planned microsoft to s00001, planned system to s00000",
		},
		{
			"moved, one reached", move,
			[]string{second},
			false,
			"changed system to s00000, changed system to s00001, planned microsoft to s00001, planned system to s00000",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, sender := open(t), &choosy{fails: map[string]bool{}}
				for _, id := range tt.fails {
					sender.fails[id+"@example.com"] = true
				}
				a, b := pair()
				prepare(t, s, 2)
				put(t, s, func(tx data.Tx) error {
					err := errors.Join(data.PutOccurrence(tx, a, time.Now()), data.PutOccurrence(tx, b, time.Now()))
					if tt.third {
						c := week("critical")
						c.Category = data.Critical
						err = errors.Join(err, data.PutOccurrence(tx, c, time.Now()))
					}
					return err
				})
				time.Sleep(96 * time.Hour)
				live(t, s, sender, 20*time.Minute)
				put(t, s, func(tx data.Tx) error {
					next, err := tt.do(a, data.Steering{By: "socket:root", Why: "why", Now: time.Now()})
					return errors.Join(err, data.PutOccurrence(tx, next, time.Now()))
				})
				live(t, s, sender, 20*time.Minute)
				clear(sender.fails)
				live(t, s, sender, time.Hour)
				if got := mailedTo(t, s); got != tt.want {
					t.Errorf("mailed: %s\nwant:   %s", got, tt.want)
				}
			})
		})
	}
}

// TestHiddenIsNotToldWithOthers: a window of which the public does not know neither keeps one of the same span from being mailed
// nor is named in its mail (C6), whichever comes first.
func TestHiddenIsNotToldWithOthers(t *testing.T) {
	for _, hidden := range []string{"system", "microsoft"} {
		synctest.Test(t, func(t *testing.T) {
			s, sender := open(t), &scripted{}
			a, b := pair()
			for _, o := range []*data.Occurrence{&a, &b} {
				if o.Maintenance == hidden {
					o.Components = []string{"inside"}
				}
			}
			prepare(t, s, 1, a, b)
			put(t, s, func(tx data.Tx) error {
				c := datatest.Component("inside")
				c.Audience = data.ForOperators
				return tx.Components().Put(c)
			})
			time.Sleep(96 * time.Hour)
			live(t, s, sender, time.Minute)
			if len(sender.sent) != 1 {
				t.Fatalf("%s is hidden: %d messages, want one", hidden, len(sender.sent))
			}
			named := map[string]string{"system": "System maintenance", "microsoft": "Microsoft"}
			for maintenance, words := range named {
				if got := strings.Contains(sender.sent[0].Letter.Subject, words); got != (maintenance != hidden) {
					t.Errorf("%s is hidden: the subject is %q", hidden, sender.sent[0].Letter.Subject)
				}
			}
		})
	}
}
