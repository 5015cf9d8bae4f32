package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/probes/kind"
	"github.com/superoffice/statusd/web/api"
)

// promiseConfig is the built-in schedule without its nightly recycle, of which nobody is told. The blanks are the end of system
// maintenance, how long before a window people are told, whether Microsoft's updates are planned, and freezes. Of the window on a
// component that the public does not see, which has the span of Microsoft's, nobody is told.
const promiseConfig = `
page: {public_url: "https://status.example.com", languages: [en]}
references: []
components:
  - {id: crm, name: CRM, commitment: "yes"}
  - {id: inside, name: Inside, commitment: "none", audience: operators}
probes: []
notices: {page: %s, banner: %s, deadline: %s}
maintenance:
  - {id: system, category: system, rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", anchor: 2026-01-02, start: "00:00", end: "%s"}
  - {id: application-pilot, category: application, cohort: pilot, rule: "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", anchor: 2026-01-13, start: "22:00", end: "05:00"}
  - {id: application-rest, category: application, cohort: rest, rule: "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", anchor: 2026-01-13, shift: 3, start: "22:00", end: "05:00", follows: application-pilot}
  - {id: infrastructure, category: infrastructure, rule: FREQ=WEEKLY;BYDAY=SA, anchor: 2026-01-03, start: "20:00", end: "06:00", reserved: true}
  - {id: inside, category: system, components: [inside], rule: FREQ=MONTHLY;BYDAY=2FR, anchor: 2026-01-09, start: "00:00", end: "06:00"}
%s
freezes: [%s]
contacts:
  - {address: one@example.com, language: en}
  - {address: two@example.com, language: nb, cohort: rest}
`

const microsoftPlan = `  - {id: microsoft, category: microsoft, rule: FREQ=MONTHLY;BYDAY=2FR, anchor: 2026-01-09, start: "00:00", end: "06:00"}`

// configure reads a configuration that differs a little from time to time.
func (l *life) configure(end string, microsoft bool, freeze string) {
	l.t.Helper()
	leads := []any{"72h", "48h", "24h"}
	if l.how == tooLate {
		leads = []any{"23h", "23h", "23h"}
	}
	more := ""
	if microsoft {
		more = microsoftPlan
	}
	cfg, err := config.Parse("promise.yaml", fmt.Appendf(nil, promiseConfig, append(leads, end, more, freeze)...), config.Options{CheckProbe: kind.Check})
	if err != nil {
		l.t.Fatal(err)
	}
	l.cfg = cfg
}

// steer does one thing that people do: the configuration is changed, or a window.
func (l *life) steer(ctx context.Context, desk *api.API) {
	if l.rnd.IntN(6) == 0 {
		freeze := ""
		if l.rnd.IntN(2) == 0 {
			freeze = fmt.Sprintf("{id: f%d, from: %s, days: %d, effect: %s}", l.rnd.IntN(3), time.Now().AddDate(0, 0, l.rnd.IntN(21)-3).Format(time.DateOnly),
				1+l.rnd.IntN(9), []string{"warn", "move", "withhold"}[l.rnd.IntN(3)])
			l.did["froze"]++
		}
		l.configure([]string{"06:00", "04:00", "07:00"}[l.rnd.IntN(3)], l.rnd.IntN(3) > 0, freeze)
		if err := l.cfg.Apply(ctx, l.store, time.Now()); err != nil && ctx.Err() == nil {
			l.t.Error(err)
		}
		l.did["configured"]++
		return
	}
	var near []data.Occurrence
	if err := l.store.View(ctx, func(tx data.Tx) error {
		near = near[:0]
		for o, err := range tx.Occurrences().Range("", "") {
			if err != nil {
				return err
			}
			if o.Window.End.After(time.Now()) && o.Window.Start.Before(time.Now().AddDate(0, 0, 9)) && o.Phase != data.Cancelled {
				near = append(near, o)
			}
		}
		return nil
	}); err != nil {
		return
	}
	hours := func(from, to int) time.Time {
		return time.Now().Add(time.Duration(from+l.rnd.IntN(to-from)) * time.Hour)
	}
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	short := l.rnd.IntN(2) == 0
	name, id, body := "maintenance.open", "", map[string]any{"category": "critical", "start": at(hours(1, 120)), "lasts": "2h"}
	if len(near) > 0 && l.rnd.IntN(6) > 0 {
		o := near[l.rnd.IntN(len(near))]
		id, body = string(o.Key()), map[string]any{}
		switch verb := []string{"confirm", "confirm", "cancel", "move", "move", "extend", "extend", "shorten", "hold", "release", "verify", "complete"}[l.rnd.IntN(12)]; verb {
		case "move":
			start := hours(1, 200)
			body["start"], body["end"] = at(start), at(start.Add(o.Window.Duration()))
			name = "maintenance.move"
		case "extend":
			body["end"] = at(o.Window.End.Add(time.Duration(1+l.rnd.IntN(4)) * time.Hour))
			if l.rnd.IntN(3) == 0 {
				body["start"] = at(o.Window.Start.Add(-time.Duration(1+l.rnd.IntN(4)) * time.Hour))
			}
			name = "maintenance.extend"
		case "shorten":
			body["by"] = "1h"
			name = "maintenance.shorten"
		default:
			name = "maintenance." + verb
		}
	}
	body["reason"], body["short_notice"] = "because", short
	if name == "maintenance.open" && l.rnd.IntN(3) == 0 {
		body["cohort"] = "pilot"
	}
	text, err := json.Marshal(body)
	if err != nil {
		l.t.Fatal(err)
	}
	_, _, err = desk.Do(ctx, name, api.Call{By: data.Actor{Name: "duty", Role: data.Responder, Address: api.Local}, ID: id, Body: text})
	if err == nil {
		l.did[strings.TrimPrefix(name, "maintenance.")]++
	} else {
		l.did["refused"]++
	}
}
