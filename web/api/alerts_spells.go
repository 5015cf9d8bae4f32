package api

import (
	"maps"
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/alerts"
)

// spells finds the firing spells of the same alert of Alertmanager's that began before this one, and says whether a later one than
// this is known. Alertmanager tells of one spell at a time: an end that was lost, since nobody answered for long, never comes again.
func (h *hearing) spells(of data.Alert) (earlier []data.Alert, past bool, err error) {
	name, started, ok := alerts.Spell(of.Identity)
	if of.Source != alerts.Alertmanager || !ok {
		return nil, false, nil
	}
	from := data.Alert{Source: of.Source, Identity: name}.Key()
	known := map[data.AlertKey]data.Alert{}
	for v, err := range h.tx.Alerts().Range(from, from[:len(from)-1]+"0") { // 0 follows the slash
		if err != nil {
			return nil, false, err
		}
		known[v.Key()] = v
	}
	for key, v := range h.alerts {
		if strings.HasPrefix(string(key), string(from)) {
			known[key] = v
		}
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		v := known[key]
		_, at, ok := alerts.Spell(v.Identity)
		switch {
		case ok && at.After(started):
			past = true
		case ok && at.Before(started) && v.Firing():
			earlier = append(earlier, v)
		}
	}
	return earlier, past, nil
}

// succeed ends the spells before a later one, when that began.
func (h *hearing) succeed(earlier []data.Alert, by data.Alert) error {
	for _, v := range earlier {
		v.Ended, v.Heard = by.Started, h.c.now
		if v.Ended.Before(v.Started) {
			v.Ended = v.Started
		}
		h.alerts[v.Key()] = v
		if err := h.ended(v); err != nil {
			return err
		}
	}
	return nil
}
