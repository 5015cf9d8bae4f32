package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/plan"
)

const scheduleGuide = "../../docs/schedule.md"

var (
	scheduleExample = regexp.MustCompile("(?s)```yaml\n(.*?)```\n\n```text\n([0-9-]{10}) to ([0-9-]{10})\n(.*?)```")
	scheduleRow     = regexp.MustCompile(`(?m)^\| ([a-z-]+) \| ([A-Za-z0-9/-]+) \| ([0-9-]{10}) \| (\S+) \| (\S+) \| (\S+) \|$`)
)

// TestScheduleGuide: every configuration in the guide has no fault, and makes the windows that stand below it.
func TestScheduleGuide(t *testing.T) {
	b, err := os.ReadFile(scheduleGuide)
	if err != nil {
		t.Fatal(err)
	}
	guide := string(b)
	examples := 0
	written := scheduleExample.ReplaceAllStringFunc(guide, func(text string) string {
		examples++
		m := scheduleExample.FindStringSubmatch(text)
		cfg, err := config.Parse("schedule.md", []byte(m[1]), config.Options{})
		if err != nil {
			t.Errorf("%v\nin\n%s", err, m[1])
			return text
		}
		laid, err := plan.LayDates(cfg.Maintenances, m[2], m[3])
		if err != nil {
			t.Errorf("%v\nin\n%s", err, m[1])
			return text
		}
		return fmt.Sprintf("```yaml\n%s```\n\n```text\n%s to %s\n%s```", m[1], m[2], m[3], guideLines(t, laid))
	})
	if n := strings.Count(guide, "```yaml"); examples != n || n < 9 {
		t.Errorf("%d of %d configurations have their windows below them", examples, n)
	}
	if *update {
		if err := os.WriteFile(scheduleGuide, []byte(written), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if written != guide {
		t.Errorf("%s shows other windows than its configurations make: run go test ./cmd/statusd -run TestScheduleGuide -update, and read the difference", scheduleGuide)
	}
}

// guideLines are the windows as the guide shows them, each in its plan's zone.
func guideLines(t *testing.T, laid plan.Layout) string {
	t.Helper()
	var b strings.Builder
	for _, o := range laid.InOrder() {
		zone, err := time.LoadLocation(o.Zone)
		if err != nil {
			t.Fatal(err)
		}
		const form = "Mon 2006-01-02 15:04 -07:00"
		fmt.Fprintf(&b, "%s: %s to %s", o.Maintenance, o.Window.Start.In(zone).Format(form), o.Window.End.In(zone).Format(form))
		if o.Phase == data.Reserved {
			b.WriteString(", reserved")
		}
		if o.Clock != "" {
			b.WriteString("\n  " + o.Clock)
		}
		if why, ok := laid.Moved[o.Key()]; ok {
			b.WriteString("\n  moved: " + why)
		}
		if o.Warning != "" {
			b.WriteString("\n  warning: " + o.Warning)
		}
		b.WriteString("\n")
	}
	for _, w := range laid.WithheldInOrder() {
		fmt.Fprintf(&b, "%s: none on %s\n  withheld: %s\n", w.Occurrence.Maintenance, w.Occurrence.Date, w.Why)
	}
	return b.String()
}

// TestScheduleGuideTables: the tables of the guide are those of DOMAIN.md 4, and what the built-in schedule makes.
func TestScheduleGuideTables(t *testing.T) {
	b, err := os.ReadFile(scheduleGuide)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Default(config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := scheduleRow.FindAllStringSubmatch(string(b), -1)
	if len(rows) < 27 {
		t.Errorf("%d rows are shown: are they found?", len(rows))
	}
	for _, row := range rows {
		slug, zone, date := row[1], row[2], row[3]
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, m := range cfg.Maintenances {
			if m.Slug != slug {
				continue
			}
			m.Recurrence.Zone = zone
			laid, err := plan.LayDates([]data.Maintenance{m}, date, day.AddDate(0, 0, 1).Format(time.DateOnly))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range laid.Windows {
				lasts := strings.TrimSuffix(strings.TrimSuffix(o.Window.Duration().String(), "0s"), "0m")
				got += fmt.Sprintf("%s %s %s", shortInstant(o.Window.Start), shortInstant(o.Window.End), lasts)
			}
		}
		if want := strings.Join(row[4:7], " "); got != want {
			t.Errorf("%s of %s in %s: the guide says %s, the schedule has %s", slug, date, zone, want, got)
		}
	}
}

func shortInstant(at time.Time) string {
	return strings.Replace(at.Format(time.RFC3339), ":00Z", "Z", 1)
}
