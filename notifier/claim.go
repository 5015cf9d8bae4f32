package notifier

import (
	"context"
	"errors"
	"time"

	"github.com/superoffice/statusd/data"
)

// errand is a notice with everything that is needed to send it, or to look it up.
type errand struct {
	due    data.Due
	notice data.Notice
	story  *story
	to     data.Subscriber
	gone   bool // the subscriber is not there any more
	batch  Batch
	hold   data.Hold // of the store
	err    error     // no letter can be written
}

// claim takes what is due, at most size of it: notices to be sent are written as being sent, those whose sender died become
// unknown, and unknown ones come back to be looked up. One for which no letter can be written is put off and keeps none of
// the others. It returns the errands, and when the next notice is due.
//
// Facts are read from a snapshot and letters are written outside of any transaction; the claim itself checks again what
// may have changed since.
func (n *Notifier) claim(ctx context.Context, now time.Time, size int) (due []errand, next time.Time, err error) {
	found, after, err := n.look(ctx, now, size)
	if err != nil || len(found) == 0 {
		return nil, after, err
	}
	var trouble []data.Notice
	err = n.o.Store.Update(ctx, func(tx data.Tx) error {
		due, trouble, next = nil, nil, after
		hold, err := data.SendingHold(tx)
		if err != nil {
			return err
		}
		if hold.Held() {
			return errHeld
		}
		bulletins, overtaken := map[data.BulletinKey]data.Bulletin{}, map[data.BulletinKey]bool{}
		for _, e := range found {
			fresh, err := recheck(tx, &e, bulletins)
			if err != nil {
				return err
			}
			before := e.notice
			e.hold = hold
			if fresh {
				e.notice = take(e, now)
				err = data.PutNotice(tx, e.notice)
			} else {
				e.notice.Next, err = stale(tx, e.due)
			}
			if err != nil {
				return err
			}
			if b := e.notice.Bulletin; fresh && e.notice.Phase == data.NoticeVoid && bulletins[b].Void {
				overtaken[b] = true
			}
			switch {
			case fresh && (e.notice.Phase == data.NoticeSending || before.Phase == data.NoticeUnknown && e.notice.Phase == data.NoticeUnknown):
				due = append(due, e)
				continue
			case fresh && e.notice.Error != before.Error && e.notice.Phase != data.NoticeUnknown:
				trouble = append(trouble, e.notice)
			}
			if at := e.notice.Next; !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
		return speakAgain(tx, overtaken)
	})
	if err != nil {
		return nil, next, err
	}
	for _, t := range trouble {
		n.o.Log.Error("a notice is not sent", "notice", describe(t), "phase", t.Phase, "reason", t.Error, "next", t.Next)
	}
	return due, next, nil
}

// look finds what is due, with letters, and the moment of the first after that.
func (n *Notifier) look(ctx context.Context, now time.Time, size int) (found []errand, next time.Time, err error) {
	var press *press
	err = n.o.Store.View(ctx, func(tx data.Tx) error {
		found, next = nil, time.Time{}
		for d, err := range tx.Dues().Range("", "") {
			if err != nil {
				return err
			}
			if d.At.After(now) || len(found) == size {
				next = d.At
				break
			}
			found = append(found, errand{due: d})
		}
		if len(found) == 0 {
			return nil
		}
		page, err := tx.Settings().Get(data.SettingPageID)
		if err != nil {
			return err
		}
		components, err := data.All(tx.Components().Range("", ""))
		if err != nil {
			return err
		}
		press = newPress(n.o.Settings, page.Value, components)
		stories := map[data.BulletinKey]*story{}
		for i := range found {
			e := &found[i]
			if e.notice, err = tx.Notices().Get(e.due.Notice); errors.Is(err, data.ErrNotFound) {
				continue // recheck finds the same
			} else if err != nil {
				return err
			}
			if e.to, err = tx.Subscribers().Get(e.notice.Subscriber); err != nil && !errors.Is(err, data.ErrNotFound) {
				return err
			}
			b := e.notice.Bulletin
			if stories[b] == nil {
				stories[b] = readStory(tx, b)
			}
			e.story = stories[b]
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, next, err
	}
	for i := range found {
		e := &found[i]
		if e.story == nil {
			continue
		}
		key := data.PublicID(press.page, "notice", string(e.due.Notice))
		e.batch = Batch{
			Key: key, Tag: data.PublicID(press.page, "bulletin", string(e.notice.Bulletin)),
			MessageID: key + "@" + n.o.Domain, To: e.to.Address,
		}
		if e.notice.Phase == data.NoticePlanned && !e.to.Retired && e.to.ID != "" {
			e.batch.Letter, e.err = press.write(e.story, e.to)
		}
	}
	return found, next, nil
}

// recheck brings an errand up to date within the claim. It says false if the errand is not the one any more that its letter
// was written for: then it is looked at again.
func recheck(tx data.Tx, e *errand, bulletins map[data.BulletinKey]data.Bulletin) (bool, error) {
	notice, err := tx.Notices().Get(e.due.Notice)
	if errors.Is(err, data.ErrNotFound) || err == nil && (e.story == nil || notice.Phase != e.notice.Phase || !notice.Next.Equal(e.due.At)) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	e.notice = notice
	to, err := tx.Subscribers().Get(notice.Subscriber)
	if e.gone = errors.Is(err, data.ErrNotFound); err != nil && !e.gone {
		return false, err
	}
	retired := to.Retired
	if !e.gone && !retired && (to.Address != e.to.Address || to.Lang != e.to.Lang || to.Zone != e.to.Zone || to.Contract != e.to.Contract || e.to.Retired) {
		return false, nil
	}
	e.to = to
	b, known := bulletins[notice.Bulletin]
	if !known {
		if b, err = tx.Bulletins().Get(notice.Bulletin); err != nil && !errors.Is(err, data.ErrNotFound) {
			return false, err
		}
		bulletins[notice.Bulletin] = b
	}
	if b.Subject != "" && b.Short != e.story.bulletin.Short {
		return false, nil
	}
	fresh := *e.story
	fresh.bulletin = b
	e.story = &fresh
	return true, nil
}

// stale takes away a due entry that leads to no notice, or to one that is due at another time, and returns when to look
// again.
func stale(tx data.Tx, d data.Due) (again time.Time, err error) {
	notice, err := tx.Notices().Get(d.Notice)
	switch {
	case errors.Is(err, data.ErrNotFound), err == nil && !notice.Next.Equal(d.At):
		return notice.Next, tx.Dues().Delete(d.Key())
	case err != nil:
		return time.Time{}, err
	}
	return d.At, nil
}

// take returns the notice of an errand as the claim writes it.
func take(e errand, now time.Time) data.Notice {
	n, b := TakeUp(e.notice, e.hold), e.story.bulletin
	switch {
	case b.Subject == "":
		return void(n, "its bulletin is gone")
	case e.gone:
		return void(n, "its subscriber is gone")
	case n.Phase == data.NoticeSending:
		return Died(n)
	case n.Phase == data.NoticeUnknown:
		return n
	case e.to.Retired:
		return void(n, "its subscriber does not want to be told any more")
	}
	claimed := Claim(n, b, e.batch.MessageID, now)
	if claimed.Phase == data.NoticeSending && e.err != nil {
		return unwritten(n, e.err, now)
	}
	return claimed
}
