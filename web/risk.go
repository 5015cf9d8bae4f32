package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/page"
)

// StaleAfter is how old the public snapshot may be: then this process should get no visitors, and an alarm is raised.
const StaleAfter = 5 * time.Minute

// lateAfter is how long after its moment a notice that is not seen is worth an alarm: a look that fails once, or a restart, is none.
const lateAfter = 15 * time.Minute

// gap is one surface that a bulletin is due on, and when it was first seen there; zero means that it was not.
type gap struct {
	bulletin data.Bulletin
	surface  data.Surface
	moment   time.Time
	seen     time.Time
	full     bool      // the surface has no room for it
	starts   time.Time // the window told of; zero for an incident
}

// due is when what was promised is broken, where g is not seen; false where nothing was. What was laid out too late to be
// noticed in time has nothing to miss (M13).
func (g gap) due() (time.Time, bool) {
	due := g.bulletin.Deadline
	if due.IsZero() || g.bulletin.Short || !g.bulletin.Moment.Before(due) {
		return time.Time{}, false
	}
	if least := g.moment.Add(data.NoticeTakes); least.After(due) {
		due = least
	}
	return due, true
}

// wake is the first instant after now at which a look may find something else than at now, all of whose bulletins are those
// ahead: a moment to speak or its end, a window that begins or ends, a gap that becomes an alarm or stops being one, a page
// that has become old. It is within lookAtLeast.
func wake(s *page.State, ahead []data.Bulletin, gaps []gap, now time.Time) time.Time {
	next := now.Add(lookAtLeast)
	at := func(t time.Time) {
		if t.After(now) && t.Before(next) {
			next = t
		}
	}
	at(s.Now.Add(StaleAfter + 1))
	later := *s
	later.Now = now.UTC()
	if t := later.Next(); !t.IsZero() {
		at(t)
	}
	for _, b := range ahead {
		at(b.Moment)
		at(b.Banner)
		at(b.Until)
	}
	for _, g := range gaps {
		due, promised := g.due()
		if g.seen.IsZero() {
			at(g.moment.Add(lateAfter))
		}
		if promised && (g.seen.IsZero() || g.seen.After(due)) {
			at(due)
			at(g.starts)
		}
	}
	return next
}

// alarm raises and clears what the look owns, and returns what it was worked out from. Of notices it says nothing where told
// is nil, for then nobody knows.
func (l *Look) alarm(ctx context.Context, s *page.State, told []data.Bulletin, now time.Time) (gaps []gap, err error) {
	var old []data.Alarm
	if now.Sub(s.Now) > StaleAfter {
		old = []data.Alarm{{Detail: "It is as of " + clock(s.Now.In(s.Zone), s.Now) + "."}}
	}
	at := *s // what should be seen now, though s may be old
	at.Now = now.UTC()
	err = l.Store.Update(ctx, func(tx data.Tx) error {
		if err := data.SetAlarms(tx, data.AlarmPageOld, old, now); err != nil || told == nil {
			return err
		}
		if gaps, err = l.gaps(tx, &at, told); err != nil {
			return err
		}
		risk, missed := endangered(gaps, now.In(s.Zone))
		if err := data.SetAlarms(tx, data.AlarmNoticeAtRisk, risk, now); err != nil {
			return err
		}
		return data.SetAlarms(tx, data.AlarmNoticeMissed, missed, now)
	})
	return gaps, err
}

// gaps lists every surface that something is due on.
func (l *Look) gaps(tx data.Tx, s *page.State, told []data.Bulletin) ([]gap, error) {
	var out []gap
	banners := crowdOf(s)
	for _, b := range told {
		for _, o := range l.due(s, b) {
			g := gap{bulletin: b, surface: o.surface, moment: b.Moment}
			if o.surface == data.OnBanner && b.Banner.After(b.Moment) {
				g.moment = b.Banner
			}
			proof, err := tx.Proofs().Get(data.KeyOfProof(b.Key(), o.surface))
			switch {
			case err == nil:
				g.seen = proof.At
			case !errors.Is(err, data.ErrNotFound):
				return nil, err
			case o.surface == data.OnBanner:
				g.full = banners.out(o)
			}
			if n := slices.IndexFunc(s.Occurrences, func(o data.Occurrence) bool { return string(o.Key()) == b.Subject }); n >= 0 {
				g.starts = s.Occurrences[n].Window.Start
			}
			out = append(out, g)
		}
	}
	return out, nil
}

// endangered says which notices are at risk and which missed their deadline at now, one alarm for each window or incident.
//
// At risk is what is not seen a quarter of an hour after its moment; it becomes urgent as its deadline draws near. Missed is
// what was not seen by its deadline, seen since or not, until its window starts: until then somebody can still act. What was
// laid out too late to be noticed in time has missed nothing (M13), and may still be at risk. They speak the zone of now.
func endangered(gaps []gap, now time.Time) (risk, missed []data.Alarm) {
	for _, g := range gaps {
		b := g.bulletin
		due, promised := g.due()
		unseen := g.seen.IsZero()
		switch {
		case g.full:
		case promised && !now.Before(due) && (unseen || g.seen.After(due)):
			if !now.Before(g.starts) {
				continue
			}
			where := "the " + string(g.surface) + " does not show it"
			if !unseen {
				where = "the " + string(g.surface) + " shows it since " + clock(now, g.seen)
			}
			missed = add(missed, data.Alarm{Subject: b.Subject, By: g.starts, Detail: "It was due by " + clock(now, b.Deadline) + ": " + where})
		case unseen && !now.Before(g.moment.Add(lateAfter)):
			a := data.Alarm{Subject: b.Subject, Detail: fmt.Sprintf("Not seen on the %s, where it is due since %s", g.surface, clock(now, g.moment))}
			if promised {
				a.By = due
			}
			risk = add(risk, a)
		}
	}
	for _, list := range [][]data.Alarm{risk, missed} {
		for i := range list {
			list[i].Detail += "."
		}
	}
	return risk, missed
}

// add joins an alarm to the one of the same subject.
func add(list []data.Alarm, a data.Alarm) []data.Alarm {
	n := slices.IndexFunc(list, func(b data.Alarm) bool { return b.Subject == a.Subject })
	if n < 0 {
		return append(list, a)
	}
	if _, more, ok := strings.Cut(a.Detail, ": "); ok { // the deadline is the same
		a.Detail = more
	}
	list[n].Detail += "; " + a.Detail
	if list[n].By.IsZero() || !a.By.IsZero() && a.By.Before(list[n].By) {
		list[n].By = a.By
	}
	return list
}

// clock writes an instant for operators on the clock that now is told by.
func clock(now, t time.Time) string { return t.In(now.Location()).Format("2006-01-02 15:04 MST") }
