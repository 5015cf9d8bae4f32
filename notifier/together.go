package notifier

import (
	"errors"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Windows of the same span and audience are told as one: the notices of one bulletin, the leader, speak for the others (M15).
// The others name it in With. When the leader is overtaken before a notice of it was sent, nobody has spoken for the others to
// that reader: they are fanned out once more, and whoever was reached, or may still have been, is left out.

// spokenFor are the other members that b speaks for: those that are due and not told yet. It writes so into them.
func spokenFor(tx data.Tx, b data.Bulletin, members []data.BulletinKey, now time.Time) (spoken []data.Bulletin, err error) {
	for _, key := range members {
		if key == b.Key() {
			continue
		}
		m, err := tx.Bulletins().Get(key)
		if errors.Is(err, data.ErrNotFound) || err == nil && (m.Moment.After(now) || m.Void || m.Fanned) {
			continue
		} else if err != nil {
			return nil, err
		}
		if !slices.Contains(m.With, b.Key()) {
			m.With = append(slices.Clone(m.With), b.Key())
			if err := tx.Bulletins().Put(m); err != nil {
				return nil, err
			}
		}
		spoken = append(spoken, m)
	}
	return spoken, nil
}

// news says whether a subscriber is to get a notice of b, which speaks for others as well: there is none yet, something in it
// was not told by the notice of another, and, where a window is off or under review, the subscriber had heard of it.
func news(tx data.Tx, b data.Bulletin, spoken []data.Bulletin, who concerned, subscriber string) (bool, error) {
	made, err := anyNotice(tx, []data.BulletinKey{b.Key()}, subscriber, func(data.Notice) bool { return true })
	if err != nil || made {
		return false, err
	}
	for _, each := range append([]data.Bulletin{b}, spoken...) {
		told, err := anyNotice(tx, each.With, subscriber, func(n data.Notice) bool { return n.Phase != data.NoticeVoid })
		switch {
		case err != nil:
			return false, err
		case told:
			continue
		case !who.off:
			return true, nil
		}
		return heard(tx, who.earlier, subscriber)
	}
	return false, nil
}

// heard says whether one of these bulletins reached a subscriber, or may have. Notices that were deleted since leave it open
// whom they reached.
func heard(tx data.Tx, bulletins []data.BulletinKey, subscriber string) (bool, error) {
	for _, key := range bulletins {
		if b, err := tx.Bulletins().Get(key); err == nil && b.Reached > 0 {
			return true, nil
		} else if err != nil && !errors.Is(err, data.ErrNotFound) {
			return false, err
		}
	}
	return anyNotice(tx, bulletins, subscriber, func(n data.Notice) bool {
		return n.Twice || slices.Contains([]data.Phase{data.NoticeSending, data.NoticeUnknown, data.NoticeAccepted}, n.Phase)
	})
}

func anyNotice(tx data.Tx, of []data.BulletinKey, subscriber string, is func(data.Notice) bool) (bool, error) {
	for _, key := range of {
		n, err := tx.Notices().Get(data.KeyOfNotice(key, subscriber))
		if err == nil && is(n) {
			return true, nil
		} else if err != nil && !errors.Is(err, data.ErrNotFound) {
			return false, err
		}
	}
	return false, nil
}

// before are the bulletins about the subject of b that came before it, and those that spoke for them.
func before(tx data.Tx, b data.Bulletin) (keys []data.BulletinKey, err error) {
	for old, err := range tx.Bulletins().Range(data.BulletinsOf(b.About, b.Subject)) {
		if err != nil {
			return nil, err
		}
		if old.Version < b.Version {
			keys = append(append(keys, old.Key()), old.With...)
		}
	}
	return keys, nil
}

// speakAgain lets those be fanned out once more for which the notices of an overtaken bulletin would have spoken.
func speakAgain(tx data.Tx, overtaken map[data.BulletinKey]bool) error {
	if len(overtaken) == 0 {
		return nil
	}
	var again []data.Bulletin
	for b, err := range tx.Bulletins().Range("", "") {
		if err != nil {
			return err
		}
		if !b.Void && slices.ContainsFunc(b.With, func(k data.BulletinKey) bool { return overtaken[k] }) {
			again = append(again, b)
		}
	}
	for _, b := range again {
		b.Cursor, b.Fanned = "", false
		if err := tx.Bulletins().Put(b); err != nil {
			return err
		}
	}
	return nil
}
