package statuspage_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/page"
)

// told is what the API says at an instant of the only window there is.
func told(t *testing.T, o data.Occurrence, now string) (m scheduled, text string) {
	t.Helper()
	s := calm()
	s.Now, s.Occurrences = local(now), []data.Occurrence{o}
	docs := render(t, s)
	for place, d := range docs {
		if strings.Contains(string(d.Body), "hush") {
			t.Errorf("%s tells who did it, or why", place.Path)
		}
	}
	list := *decode(t, docs, "scheduled-maintenances.json").Maintenances
	if len(list) != 1 {
		t.Fatalf("%d windows are listed, want 1", len(list))
	}
	return list[0], string(docs[page.Place{Path: "/api/v2/scheduled-maintenances.json"}].Body)
}

// due is o when its time has come.
func due(o data.Occurrence, now string) data.Occurrence {
	phase, _ := o.Due(local(now))
	if o.Phase == data.Scheduled && phase != data.Scheduled {
		o.Began = o.Window.Start
	}
	if o.Phase != data.Completed && phase == data.Completed {
		o.Ended = o.Window.End
	}
	o.Phase = phase
	return o
}

func opened(category data.Category, start, end string, s data.Steering) data.Occurrence {
	return steered(data.OpenOccurrence(data.Opening{Category: category, Window: data.Window{Start: local(start), End: local(end)}, Zone: "Europe/Oslo"}, s))
}

// TestStoryOfSteps: each change stands at its own time, says what it was and what it is, and is the newest one until another
// comes (N11). One line an entry, newest first.
func TestStoryOfSteps(t *testing.T) {
	const planned = "2026-03-21T21:00 scheduled Planned for Monday 20 April 2026 22:00 – Tuesday 21 April 2026 05:00 (CEST, UTC+2)"
	plan := func() data.Occurrence {
		return window("application", "all", "2026-04-20 22:00", "2026-04-21 05:00", data.Scheduled)
	}
	later := data.Window{Start: local("2026-04-21 22:00"), End: local("2026-04-22 05:00")}
	with := func(s data.Steering, body string) data.Steering { s.Body = body; return s }
	past := func(s data.Steering) data.Steering { s.Past = true; return s }
	for _, c := range []struct {
		name           string
		make           func() data.Occurrence
		now            string
		created, ended string // ended is empty while it is not over
		want           string
	}{
		{
			"opened for the same evening", func() data.Occurrence {
				return opened(data.Emergency, "2026-04-09 18:00", "2026-04-09 19:00", by("2026-04-09 08:47"))
			},
			"2026-04-09 09:00", "2026-04-09T08:47", "",
			"2026-04-09T08:47 scheduled Planned for Thursday 9 April 2026, 18:00–19:00 (CEST, UTC+2)",
		},
		{
			"opened long before", func() data.Occurrence {
				return opened(data.Critical, "2026-04-20 18:00", "2026-04-20 19:00", by("2026-01-09 08:47"))
			},
			"2026-04-09 09:00", "2026-01-09T08:47", "",
			"2026-01-09T08:47 scheduled Planned for Monday 20 April 2026, 18:00–19:00 (CEST, UTC+2)",
		},
		{
			"opened with words", func() data.Occurrence {
				return opened(data.Emergency, "2026-04-09 18:00", "2026-04-09 19:00", with(by("2026-04-09 08:47"), "It cannot wait."))
			},
			"2026-04-09 09:00", "2026-04-09T08:47", "",
			"2026-04-09T08:47 scheduled Planned for Thursday 9 April 2026, 18:00–19:00 (CEST, UTC+2) … It cannot wait",
		},
		{
			"declared afterwards", func() data.Occurrence {
				return due(opened(data.System, "2026-04-09 06:00", "2026-04-09 07:00", past(by("2026-04-09 08:47"))), "2026-04-09 08:47")
			},
			"2026-04-09 09:00", "2026-04-09T08:47", "2026-04-09T08:47",
			"2026-04-09T08:47 completed The maintenance is completed|2026-04-09T08:47 in_progress The maintenance has begun|" +
				"2026-04-09T08:47 scheduled Declared afterwards. The time is Thursday 9 April 2026, 06:00–07:00 (CEST, UTC+2)",
		},
		{
			"confirmed in good time", func() data.Occurrence {
				o := plan()
				o.Phase = data.Reserved
				return steered(o.Confirm(by("2026-03-01 09:00")))
			},
			"2026-04-09 09:00", "2026-03-21T21:00", "", planned,
		},
		{
			"confirmed within 30 days", func() data.Occurrence {
				o := plan()
				o.Phase = data.Reserved
				return steered(o.Confirm(by("2026-04-09 08:47")))
			},
			"2026-04-09 09:00", "2026-04-09T08:47", "", strings.Replace(planned, "2026-03-21T21:00", "2026-04-09T08:47", 1),
		},
		{
			"a word on it", func() data.Occurrence {
				return steered(plan().Say("Said.", nil, false, "hush", local("2026-04-19 08:46")))
			},
			"2026-04-19 09:00", "2026-03-21T21:00", "", "2026-04-19T08:46 scheduled Said|" + planned,
		},
		{
			"moved without words, before mail told of it", func() data.Occurrence { return steered(plan().Move(later, by("2026-04-09 08:46"))) },
			"2026-04-09 09:00", "2026-03-21T21:00", "",
			"2026-04-09T08:46 scheduled Moved. The new time is Tuesday 21 April 2026 22:00 – Wednesday 22 April 2026 05:00 (CEST, UTC+2) … " +
				"It was planned for Monday 20 April 2026 22:00 – Tuesday 21 April 2026 05:00 (CEST, UTC+2)|" + planned,
		},
		{
			"moved, then a word", func() data.Occurrence {
				o := steered(plan().Move(later, with(by("2026-04-19 08:46"), "Sorry.")))
				return steered(o.Say("Said.", nil, false, "hush", local("2026-04-19 08:50")))
			},
			"2026-04-19 09:00", "2026-03-21T21:00", "",
			"2026-04-19T08:50 scheduled Said|2026-04-19T08:46 scheduled Moved. The new time is Tuesday 21 April 2026 22:00 – Wednesday 22 April 2026 05:00 (CEST, UTC+2) … " +
				"It was announced for Monday 20 April 2026 22:00 – Tuesday 21 April 2026 05:00 (CEST, UTC+2) … Sorry|" + planned,
		},
		{
			"moved before it was listed", func() data.Occurrence { return steered(plan().Move(later, by("2026-03-09 08:46"))) },
			"2026-04-09 09:00", "2026-03-22T21:00", "",
			"2026-03-22T21:00 scheduled Planned for Tuesday 21 April 2026 22:00 – Wednesday 22 April 2026 05:00 (CEST, UTC+2)",
		},
		{
			"cancelled", func() data.Occurrence { return steered(plan().Cancel(by("2026-04-19 08:46"))) },
			"2026-04-19 09:00", "2026-03-21T21:00", "2026-04-19T08:46",
			"2026-04-19T08:46 completed This maintenance has been cancelled. Nothing will be done in the announced window|" + planned,
		},
		{
			"cancelled with words, and a word after", func() data.Occurrence {
				o := steered(plan().Cancel(with(by("2026-04-19 08:46"), "Not needed.")))
				return steered(o.Say("Said.", nil, false, "hush", local("2026-04-19 08:50")))
			},
			"2026-04-19 09:00", "2026-03-21T21:00", "2026-04-19T08:46",
			"2026-04-19T08:50 completed Said|2026-04-19T08:46 completed This maintenance has been cancelled. Nothing will be done in the announced window … Not needed|" + planned,
		},
		{
			"held, released, and held again", func() data.Occurrence {
				o := steered(plan().Hold(by("2026-04-18 08:46")))
				o = steered(o.Release(by("2026-04-18 09:46")))
				return steered(o.Hold(by("2026-04-18 10:46")))
			},
			"2026-04-18 11:00", "2026-03-21T21:00", "",
			"2026-04-18T10:46 scheduled This maintenance is under review. It is confirmed or cancelled by Sunday 19 April 2026 22:00 (CEST, UTC+2)|" +
				"2026-04-18T09:46 scheduled This maintenance takes place. It is planned for Monday 20 April 2026 22:00 – Tuesday 21 April 2026 05:00 (CEST, UTC+2)|" +
				"2026-04-18T08:46 scheduled This maintenance is under review. It is confirmed or cancelled by Sunday 19 April 2026 22:00 (CEST, UTC+2)|" + planned,
		},
		{
			"held until its deadline, before that is written down", func() data.Occurrence {
				return due(steered(plan().Hold(by("2026-04-18 08:46"))), "2026-04-19 22:05")
			},
			"2026-04-19 22:05", "2026-03-21T21:00", "2026-04-19T22:00",
			"2026-04-19T22:00 completed This maintenance has been cancelled. Nothing will be done in the announced window|" +
				"2026-04-18T08:46 scheduled This maintenance is under review. It is confirmed or cancelled by Sunday 19 April 2026 22:00 (CEST, UTC+2)|" + planned,
		},
		{
			"withdrawn and restored", func() data.Occurrence {
				o := plan()
				gone := o
				gone.Phase = data.Withdrawn
				gone = o.Stepped(gone, data.ActWithdraw, "", "hush", local("2026-04-18 08:46"))
				return gone.Stepped(o, data.ActRestore, "", "hush", local("2026-04-18 09:46"))
			},
			"2026-04-18 11:00", "2026-03-21T21:00", "",
			"2026-04-18T09:46 scheduled This maintenance takes place. It is planned for Monday 20 April 2026 22:00 – Tuesday 21 April 2026 05:00 (CEST, UTC+2)|" +
				"2026-04-18T08:46 completed This maintenance has been cancelled. Nothing will be done in the announced window|" + planned,
		},
		{
			"another expected interruption", func() data.Occurrence {
				o := plan()
				return o.Stepped(o, data.ActReplan, "", "hush", local("2026-04-18 08:46"))
			},
			"2026-04-18 11:00", "2026-03-21T21:00", "",
			"2026-04-18T08:46 scheduled What is planned has changed … " + strings.TrimPrefix(planned, "2026-03-21T21:00 scheduled ") + "|" + planned,
		},
		{
			"extended while it runs, completed, and longer afterwards", func() data.Occurrence {
				o := due(plan(), "2026-04-20 23:00")
				o = steered(o.Extend(data.Window{End: local("2026-04-21 06:00")}, by("2026-04-21 01:00")))
				o = steered(o.Verify(by("2026-04-21 02:00")))
				o = steered(o.Complete(by("2026-04-21 02:30")))
				return steered(o.Extend(data.Window{End: local("2026-04-21 06:30")}, past(by("2026-04-21 07:00"))))
			},
			"2026-04-21 09:00", "2026-03-21T21:00", "2026-04-21T06:30",
			"2026-04-21T07:00 completed Extended. The new time is Monday 20 April 2026 22:00 – Tuesday 21 April 2026 06:30 (CEST, UTC+2) … " +
				"It was announced for Monday 20 April 2026 22:00 – Tuesday 21 April 2026 06:00 (CEST, UTC+2) … This was declared afterwards|" +
				"2026-04-21T02:30 completed The maintenance is completed|2026-04-21T02:00 verifying The work is done. We are checking the result|" +
				"2026-04-21T01:00 in_progress Extended. The new time is Monday 20 April 2026 22:00 – Tuesday 21 April 2026 06:00 (CEST, UTC+2) … " +
				"It was announced for Monday 20 April 2026 22:00 – Tuesday 21 April 2026 05:00 (CEST, UTC+2)|" +
				"2026-04-20T22:00 in_progress The maintenance has begun|" + planned,
		},
		{
			"shortened", func() data.Occurrence {
				return steered(plan().Shorten(data.Window{Start: local("2026-04-20 23:00")}, by("2026-04-19 08:46")))
			},
			"2026-04-19 09:00", "2026-03-21T21:00", "",
			"2026-04-19T08:46 scheduled Shortened. The new time is Monday 20 April 2026 23:00 – Tuesday 21 April 2026 05:00 (CEST, UTC+2) … " +
				"It was announced for Monday 20 April 2026 22:00 – Tuesday 21 April 2026 05:00 (CEST, UTC+2)|" + planned,
		},
	} {
		m, _ := told(t, c.make(), c.now)
		at := func(t time.Time) string { return t.In(oslo).Format("2006-01-02T15:04") }
		var lines []string
		for _, u := range m.Updates {
			facts := strings.Split(strings.TrimSuffix(u.Body, "."), ".<br />")
			facts = drop(facts, "You get a new version", "Expected interruption", "An important security", "A fix is needed", "Operating-system")
			lines = append(lines, fmt.Sprintf("%s %s %s", at(u.Display), u.Status, strings.Join(facts, " … ")))
			if !u.Created.Equal(u.Display) {
				t.Errorf("%s: an entry of %s was created at %s", c.name, u.Display, u.Created)
			}
		}
		if got := strings.Join(lines, "|"); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(lines, "\n"), strings.ReplaceAll(c.want, "|", "\n"))
		}
		ended := ""
		if m.Resolved != nil {
			ended = at(*m.Resolved)
		}
		if at(m.Created) != c.created || ended != c.ended || !m.Updated.Equal(m.Updates[0].Display) {
			t.Errorf("%s: created %s, over %q, updated %s: want %s, %q and the time of the newest entry", c.name, at(m.Created), ended, at(m.Updated), c.created, c.ended)
		}
	}
}

// drop leaves out the lines that explain what the work is.
func drop(lines []string, starts ...string) (out []string) {
	for _, line := range lines {
		keep := true
		for _, s := range starts {
			keep = keep && !strings.HasPrefix(line, s)
		}
		if keep {
			out = append(out, line)
		}
	}
	return out
}

// TestEntriesStay: what was said stays as it is, word for word and under its ID, whatever is added.
func TestEntriesStay(t *testing.T) {
	o := window("application", "all", "2026-04-20 22:00", "2026-04-21 05:00", data.Scheduled)
	before := map[string]entry{}
	for _, step := range []struct {
		at string
		do func(data.Occurrence, data.Steering) data.Occurrence
	}{
		{"2026-04-17 23:00", func(o data.Occurrence, s data.Steering) data.Occurrence { return steered(o.Hold(s)) }},
		{"2026-04-17 23:30", func(o data.Occurrence, s data.Steering) data.Occurrence {
			return steered(o.Move(data.Window{Start: local("2026-04-20 20:00"), End: local("2026-04-21 03:00")}, s))
		}},
		{"2026-04-18 01:00", func(o data.Occurrence, s data.Steering) data.Occurrence {
			return steered(o.Say("Said.", nil, false, "hush", s.Now))
		}},
		{"2026-04-20 20:30", func(o data.Occurrence, s data.Steering) data.Occurrence { return due(o, "2026-04-20 20:30") }},
		{"2026-04-20 21:00", func(o data.Occurrence, s data.Steering) data.Occurrence { return steered(o.Complete(s)) }},
		{"2026-04-20 23:00", func(o data.Occurrence, s data.Steering) data.Occurrence {
			s.Past = true
			return steered(o.Extend(data.Window{Start: local("2026-04-20 19:00"), End: local("2026-04-20 22:00")}, s))
		}},
	} {
		if step.at == "2026-04-20 23:00" {
			o.Window.End = local("2026-04-20 21:00") // as announced, so that the extension adds to both ends
		}
		o = step.do(o, by(step.at))
		m, _ := told(t, o, step.at)
		if len(m.Updates) <= len(before) {
			t.Errorf("at %s there are %d entries, and there were %d", step.at, len(m.Updates), len(before))
		}
		after := map[string]entry{}
		for _, u := range m.Updates {
			after[u.ID] = u
		}
		for id, u := range before {
			if got := after[id]; got.Body != u.Body || got.Status != u.Status || !got.Display.Equal(u.Display) {
				t.Errorf("at %s entry %s says %q of %s, and it said %q of %s", step.at, id, got.Body, got.Display, u.Body, u.Display)
			}
		}
		before = after
	}
}
