package notifier

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// page is how many subscribers one transaction of the fan-out goes through.
const page = 300

// mailed are the kinds of bulletin that go out by mail.
var mailed = map[data.BulletinKind]bool{
	data.TellPlanned: true, data.TellChanged: true, data.TellCancelled: true, data.TellIncident: true, data.TellResolved: true,
}

// FanOut makes the notices of every bulletin whose moment has come, and returns the moment of the next one; zero if there
// is none. Bulletins that nobody may be told of any more are passed over for good; one that cannot be fanned out keeps no
// other from it, and is named in the error.
func FanOut(ctx context.Context, store data.Store, now time.Time) (next time.Time, err error) {
	failed := map[data.BulletinKey]error{}
	for {
		key, at, err := nextBulletin(ctx, store, now, failed)
		if err != nil || key == "" {
			return at, errors.Join(append(slices.Collect(maps.Values(failed)), err)...)
		}
		if err := fanOutPage(ctx, store, key, now); err != nil {
			failed[key] = fmt.Errorf("fanning out %s: %w", key, err)
		}
	}
}

// nextBulletin finds one that is due and not fanned out, else the moment of the first that will be.
func nextBulletin(ctx context.Context, store data.Store, now time.Time, failed map[data.BulletinKey]error) (due data.BulletinKey, next time.Time, err error) {
	err = store.View(ctx, func(tx data.Tx) error {
		due, next = "", time.Time{}
		for b, err := range tx.Bulletins().Range("", "") {
			switch {
			case err != nil:
				return err
			case failed[b.Key()] != nil || b.Fanned || b.Void || !now.Before(b.Until) || !mailed[b.Kind]:
			case !b.Moment.After(now):
				due = b.Key()
				return nil
			case next.IsZero() || b.Moment.Before(next):
				next = b.Moment
			}
		}
		return nil
	})
	return due, next, err
}

// fanOutPage makes the notices of one bulletin for the next few hundred subscribers.
func fanOutPage(ctx context.Context, store data.Store, key data.BulletinKey, now time.Time) error {
	return store.Update(ctx, func(tx data.Tx) error {
		hold, err := data.SendingHold(tx)
		if err != nil {
			return err
		}
		if hold.Held() {
			return errHeld
		}
		b, err := tx.Bulletins().Get(key)
		if err != nil || b.Fanned || b.Void {
			return err
		}
		who, err := audience(tx, b)
		if err != nil {
			return err
		}
		if who.nobody {
			b.Fanned = true
			return tx.Bulletins().Put(b)
		}
		if who.leader != "" && who.leader != key {
			if leader, err := tx.Bulletins().Get(who.leader); err == nil && !leader.Fanned && !leader.Void && !leader.Moment.After(now) {
				b = leader // it speaks for both
			}
		}
		spoken, err := spokenFor(tx, b, who.members, now)
		if err != nil {
			return err
		}
		n := 0
		last := b.Cursor
		for s, err := range tx.Subscribers().Range(b.Cursor, "") {
			if err != nil {
				return err
			}
			if s.ID == b.Cursor && b.Cursor != "" {
				continue
			}
			if n++; n > page {
				b.Cursor = last
				return tx.Bulletins().Put(b)
			}
			last = s.ID
			if !s.Wants(who.topic) || s.Channel != data.ByMail {
				continue
			}
			if has, err := news(tx, b, spoken, who, s.ID); err != nil {
				return err
			} else if !has {
				continue
			}
			if err := data.PutNotice(tx, Begin(b, s.ID, hold, now)); err != nil {
				return err
			}
		}
		b.Cursor, b.Fanned = last, true
		for _, m := range spoken {
			m.Fanned = true
			if err := tx.Bulletins().Put(m); err != nil {
				return err
			}
		}
		return tx.Bulletins().Put(b)
	})
}

// concerned is who is to be told of a bulletin.
type concerned struct {
	nobody  bool
	topic   data.Topic
	leader  data.BulletinKey   // of the windows told as one; empty for an incident
	members []data.BulletinKey // the bulletins of all of them
	off     bool               // it says of a window that it does not take place, or maybe not: only who heard of it wants to know
	earlier []data.BulletinKey // whose notices told of what is off
}

func audience(tx data.Tx, b data.Bulletin) (concerned, error) {
	if b.About == data.AboutIncident {
		return readers(tx, b.Subject)
	}
	a, err := announcement(tx, data.OccurrenceKey(b.Subject))
	if err != nil {
		return concerned{}, err
	}
	who := concerned{
		topic: a.Topic(), nobody: a.First().HiddenFrom(data.PublicIn(tx)),
		off: b.Kind == data.TellCancelled || b.Kind == data.TellChanged && a.First().Phase == data.Held,
	}
	if who.nobody {
		return who, nil
	}
	for _, o := range a.Occurrences {
		m := data.Bulletin{About: data.AboutOccurrence, Subject: string(o.Key()), Kind: b.Kind, Version: o.Revised}
		if b.Kind == data.TellPlanned {
			m.Version = 0
		}
		who.members = append(who.members, m.Key())
		if who.off {
			before, err := before(tx, m)
			if err != nil {
				return who, err
			}
			who.earlier = append(who.earlier, before...)
		}
	}
	who.leader = who.members[0]
	return who, nil
}

// readers is who is to be told of an incident.
func readers(tx data.Tx, id string) (concerned, error) {
	i, err := tx.Incidents().Get(id)
	if err != nil {
		return concerned{}, err
	}
	topic, anybody, err := i.Topic(tx)
	return concerned{topic: topic, nobody: !anybody}, err
}

// announcement is what an occurrence is told as: all those of the same span and audience (M15) that the public may know of
// (C6). A hidden one is told as itself, which is to nobody.
func announcement(tx data.Tx, key data.OccurrenceKey) (data.Announcement, error) {
	o, err := tx.Occurrences().Get(key)
	if err != nil {
		return data.Announcement{}, err
	}
	public := data.PublicIn(tx)
	same := []data.Occurrence{}
	for other, err := range tx.Occurrences().Range("", "") {
		if err != nil {
			return data.Announcement{}, err
		}
		if !other.Standing && other.Window.Start.Equal(o.Window.Start) && !other.HiddenFrom(public) {
			same = append(same, other)
		}
	}
	for _, a := range data.Announcements(same) {
		for _, member := range a.Occurrences {
			if member.Key() == key {
				return a, nil
			}
		}
	}
	return data.Announcement{Occurrences: []data.Occurrence{o}}, nil
}
