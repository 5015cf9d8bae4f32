package wire_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
)

// hostile are texts that try to get out of their line, or out of a line's length.
var hostile = []string{
	"plain", "", "a, b; c\\n d\\", "two\nlines", "a\r\nX-EVIL:1\rATTACH:x", "\u2028X-EVIL:1\u2029\u0085\v\f", "\x00\x1b[2J\x7f", "\xff\xfe", "a\tb",
	strings.Repeat("å", 90), strings.Repeat("漢", 60), strings.Repeat("👩‍💻", 30), strings.Repeat(",;\\\n", 40), " leading", "END:VEVENT\r\nBEGIN:VEVENT",
}

func anyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "bytes"))
	}))
}

func anyInstant() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "seconds"), 0).UTC()
	})
}

func anyEvent() *rapid.Generator[wire.Event] {
	return rapid.Custom(func(t *rapid.T) wire.Event {
		start := anyInstant().Draw(t, "start")
		return wire.Event{
			UID: anyText().Draw(t, "uid"), Sequence: rapid.IntRange(0, 1e6).Draw(t, "sequence"), Modified: anyInstant().Draw(t, "modified"),
			Start: start, End: start.Add(time.Duration(rapid.Int64Range(1, 1e6).Draw(t, "length")) * time.Second),
			Status:  rapid.SampledFrom([]wire.EventStatus{wire.EventConfirmed, wire.EventTentative, wire.EventCancelled}).Draw(t, "status"),
			Summary: anyText().Draw(t, "summary"), Description: anyText().Draw(t, "description"), Category: anyText().Draw(t, "category"),
			URL: anyText().Draw(t, "url"),
		}
	})
}

// arrives is what a reader may get of text: its line breaks as such, and no other control character.
func arrives(text string) string {
	for _, end := range []string{"\r\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029"} {
		text = strings.ReplaceAll(text, end, "\n")
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r // RuneError for a byte that is no character
	}, text)
}

// label is what a reader may get of a text that it shows on one line.
func label(text string) string { return strings.ReplaceAll(arrives(text), "\n", " ") }

// wellFormed says what is wrong with the lines of a calendar; nil if nothing is.
func wellFormed(text []byte) error {
	if !utf8.Valid(text) {
		return fmt.Errorf("it is no UTF-8")
	}
	body, ok := bytes.CutSuffix(text, []byte("\r\n"))
	if !ok {
		return fmt.Errorf("its last line has no end")
	}
	for n, line := range bytes.Split(body, []byte("\r\n")) {
		switch {
		case len(line) == 0 || len(line) > 75:
			return fmt.Errorf("line %d has %d octets: %q", n+1, len(line), line)
		case !utf8.Valid(line):
			return fmt.Errorf("line %d ends within a character: %q", n+1, line)
		case bytes.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' || r == '\u2028' || r == '\u2029' }):
			return fmt.Errorf("line %d holds a control character: %q", n+1, line)
		}
	}
	return nil
}

// TestCalendarComesBack has another's reader take back every field of any calendar.
func TestCalendarComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := wire.Calendar{
			Name: anyText().Draw(t, "name"), Zone: rapid.SampledFrom([]string{"", "Europe/Oslo"}).Draw(t, "zone"),
			Refresh: time.Duration(rapid.IntRange(0, 600).Draw(t, "refresh")) * time.Minute,
			Events:  rapid.SliceOfN(anyEvent(), 0, 4).Draw(t, "events"),
		}
		text := c.Text()
		if err := wellFormed(text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		read, err := ics.ParseCalendar(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("reading it: %v\n%s", err, text)
		}
		props := map[string]string{}
		for _, p := range read.CalendarProperties {
			if _, twice := props[p.IANAToken]; twice {
				t.Errorf("%s stands twice", p.IANAToken)
			}
			props[p.IANAToken] = p.Value
		}
		want := map[string]string{
			"VERSION": "2.0", "PRODID": "-//SuperOffice//statusd//EN", "CALSCALE": "GREGORIAN", "METHOD": "PUBLISH",
			"NAME": label(c.Name), "X-WR-CALNAME": label(c.Name),
		}
		if c.Zone != "" {
			want["X-WR-TIMEZONE"] = c.Zone
		}
		if c.Refresh > 0 {
			every := "PT" + strconv.Itoa(int(c.Refresh.Minutes())) + "M"
			want["REFRESH-INTERVAL"], want["X-PUBLISHED-TTL"] = every, every
		}
		if fmt.Sprint(props) != fmt.Sprint(want) {
			t.Errorf("the calendar's properties are %q, want %q", props, want)
		}
		if len(read.Events()) != len(c.Events) || len(read.Timezones()) != max(0, 1-len(c.Events)) {
			t.Fatalf("%d events and %d zones of %d events\n%s", len(read.Events()), len(read.Timezones()), len(c.Events), text)
		}
		for i, e := range c.Events {
			checkEvent(t, read.Events()[i], e)
		}
	})
}

func checkEvent(t *rapid.T, got *ics.VEvent, e wire.Event) {
	t.Helper()
	stamp := e.Modified.Format("20060102T150405Z")
	want := map[string]string{
		"UID": label(e.UID), "DTSTAMP": stamp, "LAST-MODIFIED": stamp, "SEQUENCE": strconv.Itoa(e.Sequence), "STATUS": string(e.Status), "TRANSP": "TRANSPARENT",
		"DTSTART": e.Start.Format("20060102T150405Z"), "DTEND": e.End.Format("20060102T150405Z"), "SUMMARY": label(e.Summary), "DESCRIPTION": arrives(e.Description),
	}
	if e.Category != "" {
		want["CATEGORIES"] = label(e.Category)
	}
	props := map[string]string{}
	for _, p := range got.Properties {
		props[p.IANAToken] = p.Value
	}
	if len(got.Properties) != len(props) {
		t.Errorf("some property stands twice: %v", got.Properties)
	}
	url, linked := props["URL"]
	delete(props, "URL")
	if fmt.Sprint(props) != fmt.Sprint(want) {
		t.Errorf("the event has %q, want %q", props, want)
	}
	if linked != (e.URL != "") || strings.ContainsFunc(url, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		t.Errorf("the address is %q, of %q", url, e.URL)
	}
}

func TestURLOfAnEvent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ url, want string }{
		{"https://status.example/maintenance/abc?lang=nb&x=1#y", "https://status.example/maintenance/abc?lang=nb&x=1#y"},
		{"https://status.example/a,b;c%20d", "https://status.example/a,b;c%20d"},
		{"https://status.example/\r\nATTACH:https://evil.example", "https://status.example/%0D%0AATTACH:https://evil.example"},
		{"https://status.example/å \"<>\x7f", "https://status.example/%C3%A5%20%22%3C%3E%7F"},
	} {
		text := string(wire.Calendar{Events: []wire.Event{{URL: tc.url}}}.Text())
		_, after, _ := strings.Cut(strings.ReplaceAll(text, "\r\n ", ""), "\r\nURL:")
		if got, _, _ := strings.Cut(after, "\r\n"); got != tc.want {
			t.Errorf("the address %q is %q, want %q", tc.url, got, tc.want)
		}
	}
}

// TestEventOf holds what stays and what grows while an occurrence is moved, held, called off and brought back, whether people
// knew of it by then or not.
func TestEventOf(t *testing.T) {
	t.Parallel()
	statuses := map[data.Phase]wire.EventStatus{
		data.Scheduled: wire.EventConfirmed, data.Held: wire.EventTentative, data.Cancelled: wire.EventCancelled, data.Withdrawn: wire.EventCancelled,
		data.InProgress: wire.EventConfirmed, data.Verifying: wire.EventConfirmed, data.Completed: wire.EventConfirmed,
	}
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)
		o := data.Occurrence{
			Maintenance: "system", Date: "2026-04-10", Cohort: "all", Ordinal: "0", Phase: data.Scheduled, Window: data.Window{Start: start, End: start.Add(time.Hour)},
			Revised: rapid.IntRange(0, 2).Draw(t, "revised before there were steps"),
		}
		now := start.AddDate(0, 0, -30)
		before := wire.EventOf(o, "abcdefghijkl", "status.example")
		check := func(what string, grows bool) {
			t.Helper()
			after := wire.EventOf(o, "abcdefghijkl", "status.example")
			if again := wire.EventOf(o, "abcdefghijkl", "status.example"); again != after {
				t.Fatalf("the same occurrence makes %+v and %+v", after, again)
			}
			switch {
			case after.UID != "abcdefghijkl@status.example":
				t.Fatalf("%s: the UID is %s", what, after.UID)
			case after.Status != statuses[o.Phase]:
				t.Fatalf("%s: %s is %s", what, o.Phase, after.Status)
			case after.Sequence < before.Sequence || grows && after.Sequence == before.Sequence:
				t.Fatalf("%s: SEQUENCE goes from %d to %d", what, before.Sequence, after.Sequence)
			case after.Modified.Before(before.Modified):
				t.Fatalf("%s: LAST-MODIFIED goes from %s to %s", what, before.Modified, after.Modified)
			case !after.Start.Equal(o.Window.Start) || !after.End.Equal(o.Window.End):
				t.Fatalf("%s: the event is from %s to %s, the window %v", what, after.Start, after.End, o.Window)
			}
			before = after
		}
		phases := slices.Sorted(maps.Keys(statuses))
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			now = now.Add(time.Duration(rapid.IntRange(0, 14*24).Draw(t, "hours on")) * time.Hour)
			was := o
			if o.Phase == data.Held && rapid.Bool().Draw(t, "its deadline goes by") {
				o.Phase = data.Cancelled // as those see it who read before it is written down
				check("at the deadline", true)
				o = was.Stepped(o, data.ActCancel, "", "", now)
				check("written down", true)
				continue
			}
			o.Phase = rapid.SampledFrom(phases).Draw(t, "phase")
			if rapid.Bool().Draw(t, "moves") {
				o.Window.Start = o.Window.Start.Add(time.Duration(rapid.IntRange(-50, 50).Draw(t, "by hours")) * time.Hour)
				o.Window.End = o.Window.Start.Add(time.Hour)
			}
			o = was.Stepped(o, rapid.SampledFrom([]data.Act{data.ActMove, data.ActReplan, data.ActVerify}).Draw(t, "act"), "", "", now)
			check("changed", true)
			o.Began = now
			check("begun", false)
		}
	})
}

func TestModified(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 8, 12, 0, 0, 0, time.UTC)
	laidOut := time.Date(2025, 3, 6, 0, 0, 0, 0, time.UTC) // 400 days before 2026-04-10
	base := data.Occurrence{Date: "2026-04-10", Window: data.Window{Start: at.AddDate(0, 0, 9), End: at.AddDate(0, 0, 10)}}
	for _, tc := range []struct {
		name   string
		change func(*data.Occurrence)
		want   time.Time
	}{
		{"nothing happened", func(*data.Occurrence) {}, laidOut},
		{"it was moved", func(o *data.Occurrence) { o.Window.Start = at.AddDate(1, 0, 0) }, laidOut},
		{"it has no date", func(o *data.Occurrence) { o.Date = "" }, at.AddDate(0, 0, 9-400).Truncate(24 * time.Hour)},
		{"it began", func(o *data.Occurrence) { o.Began = at }, at},
		{"it ended", func(o *data.Occurrence) { o.Began, o.Ended = at, at.Add(time.Hour) }, at.Add(time.Hour)},
		{"a person did something", func(o *data.Occurrence) { o.Steps = []data.Step{{At: at.Add(-time.Hour)}, {At: at}} }, at},
		{"something was said", func(o *data.Occurrence) { o.Updates = []data.Update{{At: at.Add(time.Hour)}, {At: at}} }, at.Add(time.Hour)},
		{"something was said inside", func(o *data.Occurrence) { o.Updates = []data.Update{{At: at, Internal: true}} }, laidOut},
	} {
		o := base
		tc.change(&o)
		if got := wire.EventOf(o, "a", "b").Modified; !got.Equal(tc.want) {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestHostOf(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]string{
		"https://status.example": "status.example", "http://127.0.0.1:8080": "127.0.0.1", "http://[::1]:80": "::1", "": "", "::": "",
		"https://status.example\r\nX-EVIL:1": "",
	} {
		if got := wire.HostOf(origin); got != want {
			t.Errorf("the host of %q is %q, want %q", origin, got, want)
		}
	}
}

func FuzzCalendar(f *testing.F) {
	for _, text := range slices.Concat(hostile, []string{"https://status.example/maintenance/abcdefghijkl?lang=en"}) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := wire.Calendar{Name: text, Zone: text, Events: []wire.Event{{UID: text, Summary: text, Description: text, Category: text, URL: text}}}.Text()
		if err := wellFormed(out); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, name := range []string{"BEGIN:VEVENT", "END:VEVENT", "SUMMARY:", "X-WR-CALNAME:"} {
			if n := strings.Count("\r\n"+string(out), "\r\n"+name); n != 1 {
				t.Errorf("%s begins %d lines\n%s", name, n, out)
			}
		}
	})
}
