package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

type probeCommand struct {
	List probeList `cmd:"" help:"List the probes with what each says now."`
	Show probeShow `cmd:"" help:"Show a probe's settings, and its newest runs with phases and reasons."`
	Now  probeNow  `cmd:"" help:"Run a probe at once, from every place that runs it."`
	Day  probeDay  `cmd:"" help:"Sum up a day of a probe: latency and levels by the hour, and what fell into the day."`
	Beat probeBeat `cmd:"" help:"Tell a probe of kind heartbeat that something lives."`
}

// probePath is where a probe is asked about.
func probePath(name string) string { return "/api/v1/probes/" + url.PathEscape(name) }

type probeList struct{ reach }

// Run implements the command. A probe that finds something wrong is no failure of the command.
func (c *probeList) Run(ctx context.Context, io streams) error {
	var v api.Probes
	answer, err := c.get(ctx, "/api/v1/probes", &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(out writer) error {
		if len(v.Probes) == 0 {
			_, err := fmt.Fprintln(out, "There are no probes: the configuration names them under `probes`.")
			return err
		}
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "PROBE\tCOMPONENT\tKIND\tSAYS\tLAST RUN\tLATENCY\tNEXT RUN")
		for _, p := range v.Probes {
			last, took, next := "never", "", ""
			if p.Last != nil {
				last, took = out.second(p.Last.At), latencyWords(p.Last.Latency)
			}
			if p.Next != nil {
				next = out.second(*p.Next)
			}
			if p.Asked != nil {
				next = "at once"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Side, whom(p.Component, p.Cohort), p.Kind, saysWords(p), last, took, next)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out, "\nA component is at the worst level of its probes that see; what a failed probe means is its setting `failing`. What a person\ndeclares outranks them, and a window changes no level.")
		for _, c := range v.Components {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", c.Component, levelWords(c.Level), c.Rule)
		}
		return w.Flush()
	})
}

// saysWords is what a probe says, and why where that lasts longer than its newest run tells.
func saysWords(p api.ProbeNow) string {
	if p.Reason == data.ReasonFlapping {
		return levelWords(p.Level) + ": " + api.ReasonName(p.Reason)
	}
	return levelWords(p.Level)
}

type probeShow struct {
	Name string `arg:"" help:"Which probe; probe:component for one side of it." complete:"probe"`
	reach
}

// Run implements the command.
func (c *probeShow) Run(ctx context.Context, io streams) error {
	var v api.ProbeWhole
	answer, err := c.get(ctx, probePath(c.Name), &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { return writeProbe(w, v) })
}

func writeProbe(out writer, v api.ProbeWhole) error {
	fmt.Fprintf(out, "%s says of %s: %s", v.Now.Side, whom(v.Now.Component, v.Now.Cohort), saysWords(v.Now))
	if v.Now.Since != nil {
		fmt.Fprintf(out, ", since %s", out.minute(*v.Now.Since))
	}
	fmt.Fprintln(out)
	if v.Now.Asked != nil {
		fmt.Fprintf(out, "A run was asked for at %s and begins in a moment.\n", out.second(*v.Now.Asked))
	}
	fmt.Fprintf(out, "\nSettings (%s)\n", v.Now.Origin)
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "  kind\t%s\n", v.Now.Kind)
	for _, s := range v.Settings {
		fmt.Fprintf(w, "  %s\t%s\n", s.Name, s.Value)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if v.Network != "" {
		fmt.Fprintf(out, "\nThe network between may be at fault: %s\n", v.Network)
	}
	for _, p := range v.Places {
		fmt.Fprintf(out, "\nLast runs from %s, which %s\n", p.Place, voteWords(p))
		for _, r := range p.Runs {
			writeRun(out.through(w), r)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if len(p.Bad) == 0 {
			continue
		}
		fmt.Fprintf(out, "The last that were not good, from %s\n", p.Place)
		for _, r := range p.Bad {
			writeRun(out.through(w), r)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if len(v.Places) == 0 {
		fmt.Fprintln(out, "\nIt has not run yet.")
	}
	return nil
}

// voteWords is what a place says, and whether that counts.
func voteWords(p api.ProbePlace) string {
	if p.Votes {
		return "votes " + levelWords(p.Says)
	}
	return "does not vote: " + p.Why
}

func writeRun(w writer, r api.ProbeRun) {
	var parts []string
	for _, p := range r.Phases {
		parts = append(parts, p.Name+" "+latencyWords(p.Latency))
	}
	fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", w.second(r.At), levelWords(r.Level), latencyWords(r.Latency), strings.Join(parts, ", "), whyBad(r.Reason, r.Detail))
	for _, s := range r.Steps {
		fmt.Fprintf(w, "    %s\t%s\t%s\t\t%s\n", s.Name, levelWords(s.Level), latencyWords(s.Latency), whyBad(s.Reason, s.Detail))
	}
}

// whyBad says why a run was not good.
func whyBad(r data.Reason, detail string) string {
	text := api.ReasonName(r)
	if text != "" && detail != "" {
		text += ": "
	}
	return text + detail
}

type probeNow struct {
	Name string `arg:"" help:"Which probe." complete:"probe"`
	keyed
	reach
}

// Run implements the command.
func (c *probeNow) Run(ctx context.Context, io streams) error {
	var v api.ProbeAsked
	answer, err := c.post(ctx, probePath(c.Name)+"/now", c.key(), struct{}{}, &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error {
		_, err := fmt.Fprintf(w, "Asked for a run of %s at %s. `statusd probe show %s` shows what it found.\n", v.Probe, w.second(v.Asked), quoted(c.Name))
		return err
	})
}

type probeDay struct {
	Name    string `arg:"" help:"Which probe; probe:component for one side of it." complete:"probe"`
	Date    string `arg:"" optional:"" help:"The day, such as 2026-04-10, in the zone of the schedule; or today or yesterday; without one today."`
	Place   string `help:"From this place only; without it from all." placeholder:"PLACE" complete:"place"`
	Samples bool   `help:"Every sample, one by one."`
	reach
}

// Run implements the command.
func (c *probeDay) Run(ctx context.Context, io streams) error {
	query := url.Values{}
	if c.Date != "" {
		_, err := time.Parse(time.DateOnly, c.Date)
		if err != nil && c.Date != "today" && c.Date != "yesterday" {
			return usagef("%q is no day: write it as 2026-04-10, or say today or yesterday", c.Date)
		}
		query.Set("date", c.Date)
	}
	if c.Place != "" {
		query.Set("place", c.Place)
	}
	path := func(what string) string {
		if len(query) == 0 {
			return probePath(c.Name) + what
		}
		return probePath(c.Name) + what + "?" + query.Encode()
	}
	if c.Samples {
		var v api.ProbeSamples
		answer, err := c.get(ctx, path("/samples"), &v)
		if err != nil {
			return err
		}
		return c.show(io, answer, func(w writer) error { return writeSamples(w, v) })
	}
	var v api.ProbeDay
	answer, err := c.get(ctx, path("/day"), &v)
	if err != nil {
		return err
	}
	return c.show(io, answer, func(w writer) error { return writeDay(w, v) })
}

func writeSamples(out writer, v api.ProbeSamples) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "AT\tPLACE\tLEVEL\tLATENCY\tREASON")
	for _, s := range v.Samples {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", out.second(s.At), s.Place, levelWords(s.Level), latencyWords(s.Latency), api.ReasonName(s.Reason))
	}
	return w.Flush()
}

func writeDay(out writer, v api.ProbeDay) error {
	zone, err := time.LoadLocation(v.Zone)
	if err != nil {
		zone = time.UTC
	}
	from := ""
	if v.Place != "" {
		from = " from " + v.Place
	}
	fmt.Fprintf(out, "%s%s on %s (%s)\n", v.Side, from, v.Date, v.Zone)
	if v.Sum.Count == 0 {
		fmt.Fprintln(out, "No sample is kept of this day.")
	}
	if v.Damaged {
		fmt.Fprintln(out, "Some samples cannot be read and are left out.")
	}
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	if v.Sum.Count > 0 {
		fmt.Fprintln(w, "\nFROM\tSAMPLES\tGOOD\tDEGRADED\tBAD\tNO DATA\tANSWERED\tMEDIAN\t95 %\t99 %\tGREATEST")
		for _, h := range v.Hours {
			if h.Count > 0 {
				writeSum(w, h.Start.In(zone).Format("15:04"), h)
			}
		}
		writeSum(w, "all day", v.Sum)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, lane := range []struct {
		name    string
		moments []api.ProbeMoment
	}{{"What the probe said", v.Marks}, {"Outages of " + v.Component, v.Outages}, {"Windows", v.Windows}, {"Incidents", v.Incidents}} {
		if len(lane.moments) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n%s\n", lane.name)
		for _, m := range lane.moments {
			until := "goes on"
			if m.End != nil {
				until = "until " + m.End.In(zone).Format("2006-01-02 15:04:05")
			}
			what := m.Text
			if m.Level != data.NoData {
				what = levelWords(m.Level) + ": " + what
			}
			fmt.Fprintf(w, "  from %s\t%s\t%s\n", m.Start.In(zone).Format("2006-01-02 15:04:05"), until, what)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func writeSum(w *tabwriter.Writer, name string, s api.SampleSum) {
	answered := ""
	if s.Answered != "" {
		answered = s.Answered + " %"
	}
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\n", name, s.Count, s.Good, s.Degraded, s.Bad, s.NoData, answered,
		latencyWords(s.P50), latencyWords(s.P95), latencyWords(s.P99), latencyWords(s.Max))
}

// latencyWords writes milliseconds as people read them; nothing where there is none.
func latencyWords(ms float64) string {
	switch {
	case ms <= 0:
		return ""
	case ms < 10:
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	case ms < 1000:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(ms/1000, 'f', 2, 64) + " s"
}
