package probes

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// farDay and farTime sort behind everything that is kept.
const farDay = "9999-12-31"

var farTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// manyDays is how many blocks are read back for the last five samples: at one a day, one each.
const manyDays = window + 1

// held is what the store knows of a probe.
type held struct {
	past    past
	off     bool           // it let go, or never held anything
	outage  data.OutageKey // the open one
	last    time.Time      // newest stored sample
	watched time.Time      // newest mark with a level, or sample: since then nobody is known to have watched

	others map[string][]data.Sample // newest samples seen from other places
	behind backlog                  // what they told late and nothing was made of yet
}

// recall reads what a probe held and saw when this was last written.
func recall(tx data.Tx, p data.Probe, place string) (held, error) {
	var h held
	if err := h.marks(tx, p); err != nil {
		return h, err
	}
	ended, err := h.outages(tx, p)
	if err != nil {
		return h, err
	}
	if h.behind, err = recallLate(tx, p); err != nil {
		return h, err
	}
	return h, h.samples(tx, p, place, ended)
}

// marks walks back to the last level.
func (h *held) marks(tx data.Tx, p data.Probe) error {
	at := data.Mark{Component: p.Component, Cohort: p.Cohort, Source: data.FromProbe, By: p.Name, At: farTime}
	for newest := true; ; newest = false {
		m, err := tx.Marks().Last(at.Key())
		if err != nil && !errors.Is(err, data.ErrNotFound) {
			return err
		}
		own := err == nil && m.Component == p.Component && m.Cohort == p.Cohort && m.Source == data.FromProbe && m.By == p.Name
		if !own || m.Off {
			h.off = newest
			if newest && own {
				h.past.since = m.At
			}
			return nil
		}
		if newest {
			h.past.since, h.past.gap = m.At, m.Level == data.NoData
		}
		if m.Level != data.NoData {
			h.past.level, h.past.reason, h.watched = m.Level, data.Reason(m.Cause), m.At
			return nil
		}
		at.At = m.At
	}
}

// outages finds the open one, and returns when the last of the others ended.
func (h *held) outages(tx data.Tx, p data.Probe) (ended time.Time, err error) {
	prefix := p.Component + "|" + p.Cohort + "|"
	for o, err := range tx.Outages().Range(data.OutageKey(prefix), data.OutageKey(strings.TrimSuffix(prefix, "|")+"}")) {
		switch {
		case err != nil:
			return ended, err
		case o.By != p.Name:
		case o.Ended.IsZero():
			h.outage, h.past.lastBad = o.Key(), o.LastBad
			if h.past.lastBad.IsZero() {
				h.past.lastBad = o.Started
			}
		default:
			h.past.ended = append(h.past.ended, o.Ended)
			if o.Ended.After(ended) {
				ended = o.Ended
			}
		}
	}
	slices.SortFunc(h.past.ended, time.Time.Compare)
	h.past.ended = h.past.ended[max(0, len(h.past.ended)-flaps):]
	return ended, nil
}

// samples reads back the newest that may vote: what came before the end of an outage was spent on it.
func (h *held) samples(tx data.Tx, p data.Probe, place string, ended time.Time) error {
	found, err := newest(tx, p.Name, place)
	for _, s := range found {
		h.last = s.At
		if s.Level != data.NoData {
			h.watched = later(h.watched, s.At)
		}
		if !s.At.Before(ended) {
			h.past.samples = append(h.past.samples, s)
		}
	}
	return err
}

// elsewhere reads back what other places saw last.
func (h *held) elsewhere(tx data.Tx, p data.Probe, here string, places []data.Place) error {
	for _, place := range places {
		if place.Name == here {
			continue
		}
		found, err := newest(tx, p.Name, place.Name)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		if h.others == nil {
			h.others = map[string][]data.Sample{}
		}
		h.others[place.Name] = found[max(0, len(found)-2*window):]
		for _, s := range h.others[place.Name] {
			if s.Level != data.NoData {
				h.watched = later(h.watched, s.At)
			}
		}
	}
	return nil
}

// newest reads back blocks of one side from one place, oldest sample first, until five that may vote are found. What cannot be
// read is left out: samples promise nothing, and the judge goes by the marks.
func newest(tx data.Tx, side, place string) ([]data.Sample, error) {
	var found []data.Sample
	key := data.KeyOfBlock(side, place, farDay)
	for range manyDays {
		b, err := tx.Blocks().Last(key)
		if errors.Is(err, data.ErrNotFound) || err == nil && (b.Probe != side || b.Place != place) {
			break
		}
		var samples []data.Sample
		if err == nil {
			samples, err = b.Samples()
		}
		if errors.Is(err, data.ErrDamaged) {
			break
		}
		if err != nil {
			return nil, err
		}
		found = append(samples, found...)
		key = b.Key()
		if votesIn(found) >= window {
			break
		}
	}
	return found, nil
}

func votesIn(samples []data.Sample) (n int) {
	for _, s := range samples {
		if s.Level != data.NoData {
			n++
		}
	}
	return n
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// orphan is what a probe holds that is there no more, or speaks for another component now.
type orphan struct {
	probe data.Probe
	held  held
}

// orphans goes from holder to holder through the marks, without reading them all.
func orphans(tx data.Tx, sides map[string]data.Probe, place string) ([]orphan, error) {
	var out []orphan
	for key := data.MarkKey(""); ; {
		first, ok, err := firstFrom(tx, key)
		if err != nil || !ok {
			return out, err
		}
		prefix := first.Component + "|" + string(first.Source)
		if first.Source != data.FromProbe {
			key = data.MarkKey(prefix + "}")
			continue
		}
		key = data.MarkKey(prefix + "|" + first.Cohort + "|" + first.By + "}")
		p, known := sides[first.By]
		if side := (data.Probe{Name: first.By, Component: first.Component, Cohort: first.Cohort}); known && !p.Retired && sameSide(p, side) {
			continue
		}
		p.Name, p.Component, p.Cohort = first.By, first.Component, first.Cohort
		h, err := recall(tx, p, place)
		if err != nil {
			return out, fmt.Errorf("recalling probe %s: %w", p.Name, err)
		}
		if !h.off {
			out = append(out, orphan{p, h})
		}
	}
}

func firstFrom(tx data.Tx, key data.MarkKey) (data.Mark, bool, error) {
	for m, err := range tx.Marks().Range(key, "") {
		return m, err == nil, err
	}
	return data.Mark{}, false, nil
}
