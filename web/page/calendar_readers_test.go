package page

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
)

// taken is what a reader took from a calendar.
type taken struct {
	Name   string       `json:"name"`
	Method string       `json:"method"`
	Events []takenEvent `json:"events"`
}

type takenEvent struct {
	UID         string `json:"uid"`
	Sequence    int    `json:"sequence"`
	Status      string `json:"status"`
	Modified    int64  `json:"modified"` // in seconds since 1970, as the next two
	Start       int64  `json:"start"`
	End         int64  `json:"end"`
	Summary     string `json:"summary"`
	Description string `json:"description"`
	Category    string `json:"category"`
	URL         string `json:"url"`
}

// golden is a kept calendar and what golang-ical takes from it, which is every field as it was given (TestCalendarComesBack).
func golden(t *testing.T, name string) (text []byte, want taken) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "calendar", name+".ics"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := ics.ParseCalendar(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range c.CalendarProperties {
		switch p.IANAToken {
		case "X-WR-CALNAME":
			want.Name = p.Value
		case "METHOD":
			want.Method = p.Value
		}
	}
	want.Events = []takenEvent{}
	for _, e := range c.Events() {
		get := func(p ics.ComponentProperty) string { return e.GetProperty(p).Value }
		at := func(p ics.ComponentProperty) int64 {
			t.Helper()
			instant, err := time.Parse("20060102T150405Z", get(p))
			if err != nil {
				t.Fatal(err)
			}
			return instant.Unix()
		}
		sequence, err := strconv.Atoi(get("SEQUENCE"))
		if err != nil {
			t.Fatal(err)
		}
		want.Events = append(want.Events, takenEvent{
			get("UID"), sequence, get("STATUS"), at("LAST-MODIFIED"), at("DTSTART"), at("DTEND"), get("SUMMARY"), get("DESCRIPTION"), get("CATEGORIES"), get("URL"),
		})
	}
	return text, want
}

// lacking skips the test, or fails it where STATUSD_REQUIRE names the reader.
func lacking(t *testing.T, reader, why string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("STATUSD_REQUIRE"), ","), reader) {
		t.Fatal(why)
	}
	t.Skip(why)
}

// read has a reader's own program take each golden calendar, and compares all that it took.
func read(t *testing.T, program string, args ...string) {
	t.Helper()
	for _, g := range goldenCalendars {
		text, want := golden(t, g.name)
		cmd := exec.CommandContext(t.Context(), program, args...)
		var complaints bytes.Buffer
		cmd.Stdin, cmd.Stderr = bytes.NewReader(text), &complaints
		out, err := cmd.Output()
		if err != nil || complaints.Len() > 0 {
			t.Errorf("%s of %s: %v\n%s", program, g.name, err, complaints.Bytes())
			continue
		}
		var got taken
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatalf("%s of %s: %v\n%s", program, g.name, err, out)
		}
		if got.Name != want.Name || got.Method != want.Method || len(got.Events) != len(want.Events) {
			t.Errorf("%s of %s: %q, %s, %d events, want %q, %s, %d", program, g.name, got.Name, got.Method, len(got.Events), want.Name, want.Method, len(want.Events))
			continue
		}
		for i := range want.Events {
			if got.Events[i] != want.Events[i] {
				t.Errorf("%s of %s takes\n%+v, want\n%+v", program, g.name, got.Events[i], want.Events[i])
			}
		}
	}
}

// TestPythonReads has Debian's python3-icalendar read the golden calendars: in /usr/bin/python3, or the Python that
// STATUSD_PYTHON names.
func TestPythonReads(t *testing.T) {
	t.Parallel()
	python := cmp.Or(os.Getenv("STATUSD_PYTHON"), "/usr/bin/python3")
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import icalendar").CombinedOutput(); err != nil {
		lacking(t, "icalendar", fmt.Sprintf("%s has no icalendar: install Debian's python3-icalendar, or name a Python that has it in STATUSD_PYTHON: %v %s", python, err, out))
	}
	read(t, python, filepath.Join("testdata", "readers", "read.py"))
}

// TestJavaScriptReads has npm's ical.js read the golden calendars. It is installed with the browser tests.
func TestJavaScriptReads(t *testing.T) {
	t.Parallel()
	library, err := filepath.Abs(filepath.Join("..", "..", ".ci", "browser", "node_modules", "ical.js", "dist", "ical.js"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(library); err != nil {
		lacking(t, "ical.js", "there is no ical.js: run npm ci in .ci/browser")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		lacking(t, "ical.js", "there is no node, which ical.js needs")
	}
	read(t, node, filepath.Join("testdata", "readers", "read.mjs"), library)
}

// TestCalcurseReads imports the golden calendars into Debian's calcurse, on clocks of several zones.
func TestCalcurseReads(t *testing.T) {
	t.Parallel()
	calcurse, err := exec.LookPath("calcurse")
	if err != nil {
		lacking(t, "calcurse", "there is no calcurse: install Debian's")
	}
	for _, zone := range []string{"Europe/Oslo", "UTC", "America/New_York", "Pacific/Auckland"} {
		for _, g := range goldenCalendars {
			_, want := golden(t, g.name)
			dir := t.TempDir()
			cmd := exec.CommandContext(t.Context(), calcurse, "-D", dir, "-C", dir, "-i", filepath.Join("testdata", "calendar", g.name+".ics"),
				"--dump-imported", "--format-apt", `took %(start:epoch) %(end:epoch) %m\n`)
			cmd.Env = append(os.Environ(), "TZ="+zone, "TMPDIR="+dir, "LC_ALL=C.UTF-8")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("calcurse of %s: %v\n%s", g.name, err, out)
			}
			var got, wanted []string
			report := ""
			for line := range strings.Lines(string(out)) {
				line = strings.TrimRight(line, "\n")
				if what, ok := strings.CutPrefix(line, "took "); ok {
					got = append(got, what)
				} else if !strings.HasPrefix(line, "Import process report:") {
					report += line
				}
			}
			for _, e := range want.Events {
				wanted = append(wanted, fmt.Sprintf("%d %d %s", e.Start, e.End, e.Summary))
			}
			slices.Sort(got)
			slices.Sort(wanted)
			if !slices.Equal(got, wanted) {
				t.Errorf("calcurse in %s of %s has\n%q, want\n%q", zone, g.name, got, wanted)
			}
			if !strings.HasSuffix(report, " / 0 events / 0 todos / 0 skipped") || strings.Contains(report, "could not") {
				t.Errorf("calcurse in %s of %s reports %q", zone, g.name, report)
			}
			if zone == "Europe/Oslo" && g.name == "all.en" {
				nights(t, dir, want)
			}
		}
	}
}

// nights holds the two nights on which clocks change: ten hours on the clock in Oslo, nine and eleven in truth.
func nights(t *testing.T, dir string, want taken) {
	t.Helper()
	kept, err := os.ReadFile(filepath.Join(dir, "apts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, night := range []struct {
		start, end, clock string
	}{
		{"2026-03-28T19:00:00Z", "2026-03-29T04:00:00Z", "03/28/2026 @ 20:00 -> 03/29/2026 @ 06:00"},
		{"2026-10-24T18:00:00Z", "2026-10-25T05:00:00Z", "10/24/2026 @ 20:00 -> 10/25/2026 @ 06:00"},
	} {
		if !strings.Contains(string(kept), night.clock) {
			t.Errorf("calcurse does not show %s:\n%s", night.clock, kept)
		}
		at := func(text string) int64 {
			instant, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			return instant.Unix()
		}
		if !slices.ContainsFunc(want.Events, func(e takenEvent) bool { return e.Start == at(night.start) && e.End == at(night.end) }) {
			t.Errorf("no event from %s to %s", night.start, night.end)
		}
	}
}
