package web_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
)

// standing are the alarms that stand, as "kind".
func (h *house) standing() string {
	h.t.Helper()
	var out []string
	h.put(func(tx data.Tx) error {
		out = nil
		all, err := data.All(tx.Alarms().Range("", ""))
		for _, a := range all {
			if a.Stands() {
				out = append(out, string(a.Kind))
			}
		}
		return err
	})
	return strings.Join(out, " ")
}

func TestAlarmsOfALyingListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.pages.Tick = time.Minute
		o, b := friday(data.System, "all") // of the page from Tuesday 23:00 on, the banner from Wednesday 23:00 on
		h.put(func(tx data.Tx) error { return errors.Join(tx.Occurrences().Put(o), tx.Bulletins().Put(b)) })
		h.lie.Store(true)
		for _, step := range []struct {
			until time.Time
			want  string
			truth bool
		}{
			{b.Moment.Add(14 * time.Minute), "", false},
			{b.Moment.Add(17 * time.Minute), "notice_at_risk", false},
			{b.Deadline.Add(-time.Minute), "notice_at_risk", false},
			{b.Deadline.Add(2 * time.Minute), "notice_missed", false},
			{b.Deadline.Add(time.Hour), "notice_missed", true}, // shown too late is missed all the same
			{o.Window.Start.Add(2 * time.Minute), "", true},
		} {
			h.lie.Store(!step.truth)
			time.Sleep(max(0, time.Until(step.until.Add(-3*time.Minute)))) // nothing runs
			h.live(time.Until(step.until))
			if got := h.standing(); got != step.want {
				t.Errorf("at %v: %q, want %q", step.until, got, step.want)
			}
		}
	})
}

// A page that is not renewed is noticed without any swap, and so are the notices that it does not show.
func TestAlarmOfAnOldPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- h.look.Run(ctx) }()
		if err := h.pages.First(ctx); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			wait time.Duration
			want string
		}{{5 * time.Minute, ""}, {2 * time.Minute, "page_old"}, {time.Hour, "page_old"}} {
			time.Sleep(step.wait)
			synctest.Wait()
			if got := h.standing(); got != step.want {
				t.Errorf("%v later: %q, want %q", step.wait, got, step.want)
			}
		}
		if err := h.pages.First(ctx); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := h.standing(); got != "" {
			t.Errorf("a new page: %q stands", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}
