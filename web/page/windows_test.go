package page

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// alone is a State with one emergency window on the evening of its day, as change makes it.
func alone(t *testing.T, change func(*State, *data.Occurrence)) *State {
	t.Helper()
	s := diary(t)
	s.Occurrences = s.Occurrences[2:3]
	change(s, &s.Occurrences[0])
	return s
}

// calendarText is the calendar of all in lang, unfolded.
func calendarText(s *State, lang i18n.Lang) string {
	return strings.ReplaceAll(string((&Snapshot{State: s}).Calendar(Calendar{}, lang).Body), "\r\n ", "")
}

// windowText is the page of the only window of s in lang.
func windowText(t *testing.T, s *State, lang i18n.Lang) string {
	t.Helper()
	snapshot := &Snapshot{State: s, Docs: render(t, s)}
	d, ok := snapshot.Doc("/maintenance/"+s.OccurrenceID(s.Occurrences[0]), lang)
	if !ok {
		t.Fatal("the window has no page")
	}
	return text(parse(t, d.Body))
}

// TestDeclaredAfterwards: whoever reads of a window learns that it was declared afterwards, beside that it was short notice
// (DESIGN 10, M13).
func TestDeclaredAfterwards(t *testing.T) {
	t.Parallel()
	words := map[i18n.Lang]string{
		i18n.EN: "declared afterwards", i18n.NB: "registrert i etterkant", i18n.SV: "registrerat i efterhand", i18n.DA: "registreret efterfølgende",
		i18n.DE: "nachträglich eingetragen", i18n.NL: "achteraf geregistreerd", i18n.FI: "kirjattu jälkikäteen",
	}
	for declared, want := range map[bool]bool{true: true, false: false} {
		s := alone(t, func(s *State, o *data.Occurrence) {
			o.Phase, o.Window = data.Completed, data.Window{Start: s.Now.Add(-2 * time.Hour), End: s.Now.Add(-time.Hour)}
			o.Began, o.Ended = o.Window.Start, o.Window.End
			if declared {
				o.Declared = s.Now
			}
		})
		docs := render(t, s)
		for _, l := range i18n.Langs {
			for place, got := range map[string]string{
				"its page": windowText(t, s, l), "/history": text(parse(t, docs[Place{"/history", l}].Body)), "/history.ics": calendarText(s, l),
			} {
				if strings.Contains(strings.ToLower(got), words[l]) != want {
					t.Errorf("%s in %s, declared afterwards %t: want %q in it %t: %s", place, l, declared, words[l], want, got)
				}
				if short := i18n.T(l, "ui.short_notice"); !strings.Contains(strings.ToLower(got), short) {
					t.Errorf("%s in %s lacks %q", place, l, short)
				}
			}
		}
	}
}

// TestShortNoticeSaysWhen it was announced, in every language: its label says that it was short, and not how short.
func TestShortNoticeSaysWhen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*State, *data.Occurrence)
		want   bool
	}{
		{"announced", func(*State, *data.Occurrence) {}, true},
		{"announced, and over", func(s *State, o *data.Occurrence) {
			o.Phase, o.Window = data.Completed, data.Window{Start: s.Now.Add(-2 * time.Hour), End: s.Now.Add(-time.Hour)}
			o.Began, o.Ended = o.Window.Start, o.Window.End
		}, true},
		{"never announced", func(_ *State, o *data.Occurrence) { o.Announced = time.Time{} }, false},
	} {
		var announced time.Time
		s := alone(t, func(s *State, o *data.Occurrence) {
			o.Short, o.Announced = "it cannot wait", s.Now.Add(-3*time.Hour)
			c.change(s, o)
			announced = s.Now.Add(-3 * time.Hour)
		})
		for _, l := range i18n.Langs {
			m := maker{s, l}
			line := m.Cap("ui.announced_at", "time", i18n.At(l, announced, s.Zone))
			if got := windowText(t, s, l); strings.Contains(got, line) != c.want {
				t.Errorf("%s in %s: want %q in it %t: %s", c.name, l, line, c.want, got)
			}
		}
	}
}

// TestApproximateStart: the start of an emergency is rough until it has come; that of any other window never is (M9).
func TestApproximateStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		of   data.Category
		in   data.Phase
		want bool
	}{
		{"to come", data.Emergency, data.Scheduled, true},
		{"under review", data.Emergency, data.Held, true},
		{"begun", data.Emergency, data.InProgress, false},
		{"being checked", data.Emergency, data.Verifying, false},
		{"over", data.Emergency, data.Completed, false},
		{"called off", data.Emergency, data.Cancelled, false},
		{"no emergency", data.Critical, data.Scheduled, false},
	} {
		s := alone(t, func(_ *State, o *data.Occurrence) { o.Category, o.Phase = c.of, c.in })
		for place, got := range map[string]string{"its page": windowText(t, s, i18n.EN), "/history.ics": calendarText(s, i18n.EN)} {
			if strings.Contains(got, "Approximate start") != c.want {
				t.Errorf("%s: %s says so %t, want %t: %s", c.name, place, !c.want, c.want, got)
			}
		}
	}
}

// TestPreviouslyAnnounced: the time that a window had before has its name.
func TestPreviouslyAnnounced(t *testing.T) {
	t.Parallel()
	words := map[i18n.Lang]string{
		i18n.EN: "Previously announced", i18n.NB: "Tidligere varslet", i18n.SV: "Tidigare meddelad tid", i18n.DA: "Tidligere varslet",
		i18n.DE: "Bisher angekündigt", i18n.NL: "Eerder aangekondigd", i18n.FI: "Aiemmin ilmoitettu",
	}
	s := alone(t, func(_ *State, o *data.Occurrence) {
		o.OldWindow = data.Window{Start: o.Window.Start.Add(-time.Hour), End: o.Window.End}
	})
	for _, l := range i18n.Langs {
		old := maker{s, l}.when(s.Occurrences[0].OldWindow).Text
		if got := windowText(t, s, l); !strings.Contains(got, words[l]+" "+old) {
			t.Errorf("the page in %s lacks %q before %q: %s", l, words[l], old, got)
		}
	}
}

// TestCompletedEarly: the page keeps the announced span and says when the work ended; calendars end the event then.
func TestCompletedEarly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		ended time.Duration // before the end of the window
		end   string
		early bool
	}{
		{"early", 45 * time.Minute, "DTEND:20260409T083000Z", true},
		{"in time", 0, "DTEND:20260409T091500Z", false},
	} {
		s := alone(t, func(s *State, o *data.Occurrence) {
			o.Phase, o.Window = data.Completed, data.Window{Start: local(t, s.Zone, "2026-04-09 10:00"), End: local(t, s.Zone, "2026-04-09 11:15")}
			o.Began, o.Ended = o.Window.Start, o.Window.End.Add(-c.ended)
		})
		docs := render(t, s)
		history, own := text(parse(t, docs[Place{"/history", i18n.EN}].Body)), windowText(t, s, i18n.EN)
		for place, got := range map[string]string{"its page": own, "/history": history} {
			if span := "Thursday 9 April 2026, 10:00–11:15 (CEST, UTC+2)"; !strings.Contains(got, span) {
				t.Errorf("%s: %s lacks the announced span %q: %s", c.name, place, span, got)
			}
		}
		if strings.Contains(history, "Ended: Thursday 9 April 2026 10:30 (CEST, UTC+2)") != c.early {
			t.Errorf("%s: /history says that it ended early %t, want %t: %s", c.name, !c.early, c.early, history)
		}
		if got := calendarText(s, i18n.EN); !strings.Contains(got, c.end) {
			t.Errorf("%s: the calendar lacks %s:\n%s", c.name, c.end, got)
		}
	}
}
