package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// phaseOf is how far along an incident is, and whether the public knows.
func phaseOf(i api.Incident) string {
	if i.Draft {
		return string(i.Phase) + " draft"
	}
	return string(i.Phase)
}

// levelWords is a level as people read it.
func levelWords(l data.Level) string { return strings.ReplaceAll(l.String(), "_", " ") }

// whom is a component with its cohort, as -c takes it.
func whom(component, cohort string) string {
	if cohort == "" || cohort == data.AllCustomers {
		return component
	}
	return component + "@" + cohort
}

func writeHolds(w writer, i api.Incident) {
	for _, a := range i.Holds {
		fmt.Fprintf(w, "  %s: %s\n", whom(a.Component, a.Cohort), levelWords(a.Level))
	}
}

// writeIncident writes everything there is to know.
func (r reach) writeIncident(w writer, i api.Incident) error {
	fmt.Fprintf(w, "%s: %s\n", i.ID, i.Title)
	writeWords(w, "    ", i.Titles)
	fmt.Fprintf(w, "  %s, impact %s, version %d, opened by %s\n", phaseOf(i), i.Impact, i.Version, i.By)
	if i.Alerts != "" {
		fmt.Fprintf(w, "  by the alerts of rule %s\n", i.Alerts)
	}
	line := "  started " + w.minute(i.Started)
	if i.Resolved != nil {
		line += ", resolved " + w.minute(*i.Resolved) + ", after " + lasted(i.Resolved.Sub(i.Started))
	}
	fmt.Fprintln(w, line)
	if i.NextUpdate != nil && i.Resolved == nil {
		fmt.Fprintf(w, "  next update promised for %s\n", w.minute(*i.NextUpdate))
	}
	if i.SilentFor != "" {
		fmt.Fprintf(w, "  a word has been overdue for %s\n", i.SilentFor)
	}
	writeHolds(w, i)
	if i.UndoUntil != nil {
		fmt.Fprintf(w, "  Until %s this takes the last change back: statusd incident undo %s%s\n", w.at(*i.UndoUntil, "15:04:05 MST"), i.ID, r.again())
	}
	if !i.Draft {
		fmt.Fprintf(w, "  %s\n", i.URL)
	}
	writeStill(w, "  ", i.Still)
	fmt.Fprintln(w, "\nUpdates, newest first")
	for _, u := range i.Updates {
		writeUpdate(w, u)
	}
	if len(i.Trail) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nWho did what, newest first")
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, a := range i.Trail {
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\n", w.second(a.At), a.Actor, a.Address, a.Action, a.Outcome)
	}
	return t.Flush()
}

func writeUpdate(w writer, u api.IncidentUpdate) {
	what := string(u.Phase)
	if u.Internal {
		what = "note, for operators only"
	}
	fmt.Fprintf(w, "  %s  %s  (%s, by %s)\n    %s\n", w.minute(u.At), what, u.ID, u.By, indented(u.Body))
	writeWords(w, "    ", u.Bodies)
	for _, c := range u.Changes {
		if was := wasWords(c); was != "" {
			fmt.Fprintf(w, "    %s: %s, %s\n", whom(c.Component, c.Cohort), levelWords(c.New), was)
		}
	}
	for _, e := range slices.Backward(u.Edits) {
		fmt.Fprintf(w, "    before %s changed it %s: %s\n", e.By, w.minute(e.At), indented(e.Body))
	}
}

// wasWords says what a component was before an update named it; empty where that changed nothing. Nobody had said anything of one
// that is named for the first time: then it was what probes said.
func wasWords(c data.Change) string {
	switch {
	case c.Measured == c.New && c.Measured != data.NoData:
		return "as probes said already"
	case c.Measured != data.NoData:
		return levelWords(c.Measured) + " by probes before"
	case c.Old == c.New:
		return ""
	}
	return "was " + levelWords(c.Old)
}

// writeStill warns where an incident is said to be over and probes see its components not well.
func writeStill(w writer, before string, all []api.StillSeen) {
	if text := api.StillWords(all, func(s api.StillSeen) string { return whom(s.Component, s.Cohort) }); text != "" {
		fmt.Fprintf(w, "%sWARNING: %s\n", before, text)
	}
}

// writeWords writes a text in other languages, one a line.
func writeWords(w writer, before string, words data.Words) {
	for _, lang := range slices.Sorted(maps.Keys(words)) {
		fmt.Fprintf(w, "%s%s: %s\n", before, lang, indented(words[lang]))
	}
}

func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n      ") }

// lasted is a span of time as people say it: 3 h 20 min.
func lasted(d time.Duration) string {
	d = d.Truncate(time.Minute)
	switch days, hours, minutes := d/(24*time.Hour), d%(24*time.Hour)/time.Hour, d%time.Hour/time.Minute; {
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	default:
		return fmt.Sprintf("%d min", minutes)
	}
}
