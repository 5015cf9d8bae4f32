package web_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/page"
)

// freeze lets the listener go on answering from the page as it is now.
func (h *house) freeze() {
	old := &page.Publisher{}
	old.Swap(h.pages.Current())
	h.old.Store(old)
}

// proven compares since when both surfaces were seen to show b with what is wanted: after since, or not at all.
func (h *house) proven(what string, b data.Bulletin, since time.Time, want bool) {
	h.t.Helper()
	for _, surface := range []data.Surface{data.OnPage, data.OnBanner} {
		at := h.proof(b, surface)
		if got := !at.IsZero(); got != want || got && at.Before(since) {
			h.t.Errorf("%s: %s is proven on the %s at %v; want %t, and since %v", what, b.Key(), surface, at, want, since)
		}
	}
}

// A listener that still shows what was told before proves nothing of what is told now, whether that is a change, a
// cancellation, or one of several windows that are told as one.
func TestNoProofByAnOlderVersion(t *testing.T) {
	for _, tt := range []struct {
		name   string
		kind   data.BulletinKind
		change func(*data.Occurrence)
	}{
		{"moved", data.TellChanged, func(o *data.Occurrence) {
			o.OldWindow = o.Window
			o.Window.Start, o.Window.End = o.Window.Start.Add(time.Hour), o.Window.End.Add(time.Hour)
		}},
		{"cancelled", data.TellCancelled, func(o *data.Occurrence) { o.Phase = data.Cancelled }},
		{"reworded, still merged", data.TellChanged, func(*data.Occurrence) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				first, planned := friday(data.System, "all")
				second, other := friday(data.Microsoft, "all")
				h.put(func(tx data.Tx) error {
					return errors.Join(tx.Occurrences().Put(first), tx.Bulletins().Put(planned), tx.Occurrences().Put(second), tx.Bulletins().Put(other))
				})
				h.live(time.Until(planned.Banner.Add(time.Hour)))
				h.proven("the plan", planned, planned.Moment, true)
				h.proven("what is told with it", other, other.Moment, true)

				h.freeze()
				changed := second // not the one whose name stands for both
				tt.change(&changed)
				changed.Revised++
				now := time.Now()
				told := data.Bulletin{
					About: data.AboutOccurrence, Subject: string(changed.Key()), Kind: tt.kind, Version: changed.Revised,
					Moment: now, Banner: now, Until: changed.Window.End,
				}
				h.put(func(tx data.Tx) error { return errors.Join(tx.Occurrences().Put(changed), tx.Bulletins().Put(told)) })
				h.live(time.Hour)
				h.proven("an older page", told, now, false)
				h.unseen(2)
				if got := h.standing(); !strings.Contains(got, "notice_at_risk") {
					t.Errorf("an hour later %q stands", got)
				}
				h.old.Store(nil)
				right := time.Now()
				h.live(time.Minute)
				h.proven("the page of now", told, right, true)
				h.unseen(0)
			})
		})
	}
}

// A later version proves an earlier one: it says more, and whoever saw it was told.
func TestALaterVersionProves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		o, b := friday(data.System, "all")
		o.Revised = 3
		h.put(func(tx data.Tx) error { return errors.Join(tx.Occurrences().Put(o), tx.Bulletins().Put(b)) })
		h.live(time.Until(b.Banner.Add(time.Minute)))
		h.proven("version 3", b, b.Moment, true)
	})
}

func TestNoProofByAnOlderUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		first := h.incident(0, "")
		h.live(time.Minute)
		h.proven("the first word", first, first.Moment, true)
		h.freeze()
		second := first
		h.put(func(tx data.Tx) error {
			i, err := tx.Incidents().Get(first.Subject)
			if err != nil {
				return err
			}
			if i, err = i.Update(data.Report{Phase: data.Identified, Bodies: data.Words{"en": `" data-incident="` + i.ID + `.99"`}}, "socket:root", time.Now()); err != nil {
				return err
			}
			second.Version, second.Moment = i.Revised, time.Now()
			return errors.Join(data.PutIncident(tx, i), tx.Bulletins().Put(second))
		})
		h.live(time.Minute)
		h.proven("an older page", second, second.Moment, false)
		h.old.Store(nil)
		h.live(time.Minute)
		h.proven("the page of now", second, second.Moment, true)

		// What people write cannot look like a proof.
		third := second
		third.Version = 50
		h.put(func(tx data.Tx) error { return tx.Bulletins().Put(third) })
		h.live(time.Minute)
		h.proven("words of people", third, third.Moment, false)
	})
}
