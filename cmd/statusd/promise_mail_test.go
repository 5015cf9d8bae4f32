package main

import (
	"errors"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// mails checks that nothing was mailed twice, and that what was known in time was mailed to whom it concerns.
func (l *life) mails(tx data.Tx, fault func(string, ...any)) error {
	for id, n := range l.box {
		if n != 1 {
			fault("%s was mailed %d times", id, n)
		}
	}
	reached := map[data.BulletinKey]int{}
	for n, err := range tx.Notices().Range("", "") {
		if err != nil {
			return err
		}
		if n.Phase == data.NoticeAccepted {
			reached[n.Bulletin]++
		}
	}
	type told struct { // what is told as one: the same window and audience
		window data.Window
		cohort string
	}
	type debt struct {
		data.Bulletin
		from time.Time // not before it was opened, confirmed or released: its moment may lie before that
	}
	sums, owed := map[told]int{}, map[told]debt{}
	for b, err := range tx.Bulletins().Range("", "") {
		if err != nil {
			return err
		}
		o, err := tx.Occurrences().Get(data.OccurrenceKey(b.Subject))
		if err != nil {
			return err
		}
		if b.Kind != data.TellPlanned {
			continue
		}
		// One that has changed since may have been told with others that have not: it counts with every window it had.
		had := map[data.Window]bool{o.Window: true}
		for _, s := range o.Steps {
			had[s.Window] = true
		}
		for w := range had {
			sums[told{w, o.Cohort}] += reached[b.Key()] + b.Reached
		}
		if !b.Void && o.Phase == data.Completed && !o.ShortNotice() && !o.HiddenFrom(data.PublicIn(tx)) {
			from := b.Moment
			for _, s := range o.Steps {
				if s.At.After(from) {
					from = s.At
				}
			}
			owed[told{o.Window, o.Cohort}] = debt{b, from}
		}
	}
	for is, b := range owed {
		want := 2
		if is.cohort == "pilot" {
			want = 1 // the other contact is of the rest
		}
		if n := sums[is]; n < want && l.mailable(b.from, b.Until) {
			fault("%s was mailed to %d, want %d", b.Key(), n, want)
		}
	}
	return nil
}

// mailable says whether the service ran and mail worked, both for two hours on end, between two instants.
func (l *life) mailable(from, to time.Time) bool {
	for _, up := range l.up {
		for at := up.Start; at.Before(up.End); at = at.Add(10 * time.Minute) {
			w := data.Window{Start: at, End: at.Add(2 * time.Hour)}
			if w.Start.Before(from) || w.End.After(to) || w.End.After(up.End) {
				continue
			}
			if !slices.ContainsFunc(l.out[data.OnMail], w.Overlaps) {
				return true
			}
		}
	}
	return false
}

// bulletins says of each message ID whose notice it carries.
func (l *life) bulletins() map[string]data.BulletinKey {
	by := map[string]data.BulletinKey{}
	if err := l.store.View(l.t.Context(), func(tx data.Tx) error {
		clear(by)
		for n, err := range tx.Notices().Range("", "") {
			if err != nil {
				return err
			}
			by[n.MessageID] = n.Bulletin
		}
		return nil
	}); err != nil {
		l.t.Error(err)
	}
	return by
}

// arrived says when a subscriber got the mails that tell of a bulletin, its own and those that speak for it too.
func (l *life) arrived(tx data.Tx, b data.Bulletin, subscriber string) (at []time.Time, err error) {
	for _, key := range append([]data.BulletinKey{b.Key()}, b.With...) {
		n, err := tx.Notices().Get(data.KeyOfNotice(key, subscriber))
		if err != nil && !errors.Is(err, data.ErrNotFound) {
			return nil, err
		}
		if l.box[n.MessageID] > 0 {
			at = append(at, n.Accepted)
		}
	}
	return at, nil
}

// corrections checks that whoever was mailed of a window is mailed once of each change and of its end, where that was the last
// word for a while in which mail worked; and that it is off or under review nobody else (N11).
func (l *life) corrections(tx data.Tx, fault func(string, ...any)) error {
	subscribers, err := data.All(tx.Subscribers().Range("", ""))
	if err != nil {
		return err
	}
	for o, err := range tx.Occurrences().Range("", "") {
		if err != nil {
			return err
		}
		told, err := data.All(tx.Bulletins().Range(data.BulletinsOf(data.AboutOccurrence, string(o.Key()))))
		if err != nil {
			return err
		}
		slices.SortFunc(told, func(a, b data.Bulletin) int { return a.Version - b.Version })
		for _, s := range subscribers {
			knew := false
			for _, b := range told {
				at, err := l.arrived(tx, b, s.ID)
				if err != nil {
					return err
				}
				until, phase := b.Until, o.Phase
				for _, step := range slices.Backward(o.Steps) {
					if step.Revised <= b.Version {
						break
					}
					phase = step.Phase
					if step.Told && step.Revised == b.Version+1 && step.At.Before(until) {
						until = step.At // from then on there is something newer to say
					}
				}
				switch off := b.Kind == data.TellCancelled || b.Kind == data.TellChanged && phase == data.Held; {
				case len(at) > 1:
					fault("%s was told to %s %d times", b.Key(), s.ID, len(at))
				case len(at) == 1 && off && !knew:
					fault("%s was mailed to %s, who had heard of nothing", b.Key(), s.ID)
				case len(at) == 0 && knew && l.mailable(b.Moment, until):
					fault("%s was not mailed to %s, who knows what came before: steps %+v", b.Key(), s.ID, o.Steps)
				}
				knew = knew || len(at) > 0
				l.did["corrected"] += min(len(at), b.Version)
			}
		}
	}
	return nil
}

// untold checks that nobody was told of a window of which the public does not know.
func (l *life) untold(tx data.Tx, o data.Occurrence, fault func(string, ...any)) error {
	for _, on := range data.Promised {
		if seen := l.seen[string(on)+" "+string(o.Key())]; len(seen) > 0 {
			fault("%s concerns what the public does not see, and was on the %s from %s on", o.Key(), on, seen[0].from)
		}
	}
	for b, err := range tx.Bulletins().Range(data.BulletinsOf(data.AboutOccurrence, string(o.Key()))) {
		if err != nil {
			return err
		}
		for n, err := range tx.Notices().Range(data.NoticesOf(b.Key())) {
			if err != nil {
				return err
			}
			if l.box[n.MessageID] > 0 {
				fault("%s concerns what the public does not see, and was mailed", o.Key())
			}
		}
	}
	l.did["hidden"]++
	return nil
}
