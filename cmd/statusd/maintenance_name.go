package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// ofWindow is the argument of commands that do something with one window.
type ofWindow struct {
	Window []string `arg:"" optional:"" name:"window" help:"Which window: its ID, its key, or words such as \"system\" (the next one), \"system 2026-04-10\" or \"application rest\"." complete:"window"`
}

// How far around now a window is looked for by words without a date, and around a date.
const (
	lookBack, lookAhead = 9, 400
	aroundDate          = 35
)

// able says whether what is to be done with a window can be. nil is for what can always be done, such as looking at it.
type able func(api.MaintenanceWindow) bool

// ableTo is able for an act that steers. A slot that has lapsed can be confirmed at short notice only: where that is not meant,
// it is not the next one.
func ableTo(act data.Act, short bool) able {
	return func(w api.MaintenanceWindow) bool {
		return slices.Contains(w.Can, string(act)) && (w.Phase != data.Lapsed || short)
	}
}

// find asks the service for the window that words name, of several of one plan the next with which can be done what is to be.
// Without words it is the only one under way, where that will do.
func (r reach) find(ctx context.Context, words []string, running bool, can able) (api.MaintenanceWindow, error) {
	words = strings.Fields(strings.Join(words, " "))
	switch {
	case len(words) == 0 && running:
		words = []string{"running"}
	case len(words) == 0:
		return api.MaintenanceWindow{}, usagef("name a window: its ID, or words such as system or \"system 2026-04-10\"; `statusd maintenance list` has them")
	case len(words) == 1 && strings.Count(words[0], "|") == 3:
		return r.window(ctx, words[0])
	}
	now := time.Now()
	from, to := now.AddDate(0, 0, -lookBack), now.AddDate(0, 0, lookAhead)
	for _, w := range words {
		if at, err := time.Parse(time.DateOnly, w); err == nil {
			from, to = at.AddDate(0, 0, -aroundDate), at.AddDate(0, 0, aroundDate)
		}
	}
	list, err := r.windows(ctx, url.Values{"from": {from.Format(time.DateOnly)}, "to": {to.Format(time.DateOnly)}})
	if err != nil {
		return api.MaintenanceWindow{}, err
	}
	fit, why := namedBy(list.Maintenance, words, now, can), withheldAs(list.Withheld, words)
	if len(fit) == 0 && words[0] == "running" {
		fit = overran(list.Maintenance)
	}
	if len(fit) == 0 && len(words) == 1 && data.ValidID(words[0]) {
		return r.window(ctx, words[0]) // one that starts further away
	}
	if len(fit) == 0 && !running { // those of every night are left out of lists
		list, err := r.windows(ctx, url.Values{"from": {from.Format(time.DateOnly)}, "to": {to.Format(time.DateOnly)}, "category": {string(data.Recycle)}, "standing": {"true"}})
		if err != nil {
			return api.MaintenanceWindow{}, err
		}
		fit = namedBy(list.Maintenance, words, now, can)
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) == 0 && words[0] == "running":
		return api.MaintenanceWindow{}, fmt.Errorf("no window is under way: name one, such as \"system 2026-04-10\"; `statusd maintenance list%s` has them", r.again())
	case len(fit) == 0 && why != "":
		return api.MaintenanceWindow{}, fmt.Errorf("%s\nFor work that has to be done all the same open a window: `statusd maintenance open --help`", why)
	case len(fit) == 0:
		return api.MaintenanceWindow{}, fmt.Errorf("no window is named by %q: use an ID, or words such as system, \"system 2026-04-10\" or \"application rest\"; "+
			"`statusd maintenance list%s` has them", strings.Join(words, " "), r.again())
	}
	var text strings.Builder
	for _, w := range fit[:min(len(fit), 10)] {
		fmt.Fprintf(&text, "\n  %s  %s  %s, %s", w.ID, nameOf(w), spanOf(w.Start, w.End, zoneOf(w.Zone), true), phaseWords(w.Phase))
	}
	return api.MaintenanceWindow{}, fmt.Errorf("%q can be several windows: name one by its ID, or say which customers or which date%s", strings.Join(words, " "), &text)
}

// overran are the windows that are over while the service is still out: they are what people wait to hear of (M11).
func overran(all []api.MaintenanceWindow) (out []api.MaintenanceWindow) {
	for _, w := range all {
		if w.StillOut {
			out = append(out, w)
		}
	}
	return out
}

func (r reach) window(ctx context.Context, id string) (w api.MaintenanceWindow, err error) {
	_, err = r.get(ctx, windowPath(id), &w)
	return w, err
}

func (r reach) windows(ctx context.Context, q url.Values) (v api.Maintenances, err error) {
	_, err = r.get(ctx, "/api/v1/maintenance?"+q.Encode(), &v)
	return v, err
}

// withheldAs is why a window that words name by plan and date does not take place; empty where they name none.
func withheldAs(all []api.Withheld, words []string) string {
	for _, w := range all {
		if slices.Contains(words, w.Plan) && slices.Contains(words, w.Date) {
			return fmt.Sprintf("%s of %s is withheld: %s", w.Plan, w.Date, strings.TrimPrefix(w.Reason, w.Plan+" of "+w.Date+": "))
		}
	}
	return ""
}

func windowPath(id string) string { return "/api/v1/maintenance/" + url.PathEscape(id) }

// namedBy are the windows that every word fits: an ID, a category or plan, customers, a date or day, a phase. Where no day is
// named it is the next of those of one plan, past those with which cannot be done what is to be: a slot that lapsed, say. One that
// a person steered is not passed, whatever has become of it: a command that is repeated must not go on to the one after. What
// the plan has taken back is never the next.
func namedBy(all []api.MaintenanceWindow, words []string, now time.Time, can able) []api.MaintenanceWindow {
	dated := false
	fits := func(w api.MaintenanceWindow, word string) bool {
		word = strings.ToLower(word)
		start := w.Start.In(zoneOf(w.Zone))
		today := civil(now.In(zoneOf(w.Zone)))
		day, isDay := time.Time{}, true
		switch m := dayFirst.FindStringSubmatch(word); {
		case m == nil || m[3] != "":
			isDay = false
		default:
			var err error
			if day, err = (clock{zone: zoneOf(w.Zone), now: now}).day("", m); err != nil {
				isDay = false
			}
		}
		switch {
		case isDay:
			return w.Date == day.Format(time.DateOnly) || civil(start).Equal(day)
		case word == w.ID, word == string(w.Category), word == w.Plan, word == w.Cohort, word == string(w.Phase):
			return true
		case word == "running":
			return w.Phase == data.InProgress || w.Phase == data.Verifying
		case word == "next":
			return w.End.After(now)
		case word == strings.ToLower(start.Format("Monday")), word == strings.ToLower(start.Format("Mon")):
			return w.End.After(now) && start.Before(today.AddDate(0, 0, 8))
		}
		return false
	}
	for _, word := range words {
		dated = dated || dayFirst.MatchString(word)
	}
	var fit []api.MaintenanceWindow
	for _, w := range all {
		if !slices.ContainsFunc(words, func(word string) bool { return !fits(w, word) }) {
			fit = append(fit, w)
		}
	}
	if dated || len(fit) == 1 {
		return fit
	}
	if next := nextOf(fit, now, can); len(next) > 0 {
		return next
	}
	return nextOf(fit, now, nil) // whose refusal says what can be done
}

// nextOf are the next windows of each plan, and all that people opened.
func nextOf(fit []api.MaintenanceWindow, now time.Time, can able) (next []api.MaintenanceWindow) {
	for _, w := range fit {
		if can != nil && !can(w) && !w.Steered {
			continue
		}
		of := func(o api.MaintenanceWindow) bool { return o.Plan == w.Plan && o.Cohort == w.Cohort }
		if !w.End.After(now) || w.Phase == data.Withdrawn || w.Plan != data.AdHoc && slices.ContainsFunc(next, of) {
			continue
		}
		if w.Plan == data.AdHoc && (w.Phase == data.Cancelled || w.Phase == data.Completed) {
			continue
		}
		next = append(next, w)
	}
	return next
}

// nameOf are the words by which a window is named.
func nameOf(w api.MaintenanceWindow) string {
	name := w.Plan
	if name == data.AdHoc {
		name = string(w.Category)
		if w.Cohort != data.AllCustomers {
			name += " " + w.Cohort
		}
	}
	return name + " " + w.Date
}

// windowNames are the words that can name a window, or go on naming one: plans and IDs first, then dates.
func windowNames(all []api.MaintenanceWindow, begun []string, now time.Time) []candidate {
	var list []candidate
	seen := map[string]bool{}
	for _, w := range all {
		when := spanOf(w.Start, w.End, zoneOf(w.Zone), true) + ", " + phaseWords(w.Phase)
		if len(begun) > 0 {
			if len(namedBy([]api.MaintenanceWindow{w}, begun, now, nil)) == 1 && !seen[w.Date] {
				list, seen[w.Date] = append(list, candidate{w.Date, w.Plan + ", " + when}), true
			}
			continue
		}
		if w.Plan != data.AdHoc && !seen[w.Plan] {
			list, seen[w.Plan] = append(list, candidate{w.Plan, "the next one, " + when}), true
		}
		list = append(list, candidate{w.ID, nameOf(w) + ", " + when})
	}
	return list
}
