package chart_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/web/chart"
)

var update = flag.Bool("update", false, "write the golden files anew")

var start = time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)

// ninety are ninety days of a target that was slow twice, out once and not watched for three days.
func ninety() chart.Days {
	c := chart.Days{Title: "Latency and availability of 90 days", Text: "Median 80 ms; 95 of 100 answers within 130 ms.", Strip: "Answered", Labels: []string{"11 Jan", "25 Feb", "10 Apr"}}
	for i := range 90 {
		d := chart.Day{Label: fmt.Sprintf("day %d", i), Median: time.Duration(70+i%7) * time.Millisecond, High: time.Duration(110+(i*37)%40) * time.Millisecond, Share: 1, Known: true}
		switch {
		case i == 30 || i == 31:
			d.High = 390 * time.Millisecond
		case i == 50:
			d.Share = 0.93
		case i == 60:
			d.Share = 0.998
		case i > 70 && i < 74:
			d = chart.Day{Label: d.Label}
		}
		c.Days = append(c.Days, d)
	}
	return c
}

// aDay is a day with an outage, a gap, a window and an incident.
func aDay() chart.Timeline {
	c := chart.Timeline{
		Title: "crm-read, Friday 10 April 2026", Text: "2,880 samples; median 80 ms.", Levels: "level", From: start, To: start.AddDate(0, 0, 1),
		Lanes: []chart.Lane{
			{Name: "marks", Spans: []chart.Span{{From: start.Add(10 * time.Hour), To: start.Add(11 * time.Hour), Key: "major_outage", Text: "major outage: timeout"}}},
			{Name: "outages", Spans: []chart.Span{{From: start.Add(10 * time.Hour), To: start.Add(11 * time.Hour), Key: "major_outage", Text: "10:00 to 11:00"}}},
			{Name: "windows", Spans: []chart.Span{{From: start.Add(-2 * time.Hour), To: start.Add(4 * time.Hour), Key: "maintenance", Text: "system maintenance"}}},
			{Name: "incidents", Spans: []chart.Span{{From: start.Add(23 * time.Hour), Key: "degraded", Text: "Slow search"}}},
		},
	}
	for h := 0; h <= 24; h += 6 {
		c.Ticks = append(c.Ticks, chart.Tick{At: start.Add(time.Duration(h) * time.Hour), Text: fmt.Sprintf("%02d:00", h)})
	}
	for i := range chart.MostColumns {
		v := chart.Column{Min: 60 * time.Millisecond, Median: time.Duration(75+i%11) * time.Millisecond, Max: time.Duration(100+(i*53)%60) * time.Millisecond, Key: "operational"}
		switch {
		case i == 100:
			v.Max = 9 * time.Second
		case i >= 200 && i < 220:
			v = chart.Column{Key: "major_outage"}
		case i >= 300 && i < 310:
			v = chart.Column{}
		}
		c.Columns = append(c.Columns, v)
	}
	return c
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, got := range map[string]template.HTML{"days": ninety().HTML(), "timeline": aDay().HTML(), "days.empty": chart.Days{}.HTML(), "timeline.empty": chart.Timeline{}.HTML()} {
		file := filepath.Join("testdata", name+".html")
		text := strings.ReplaceAll(string(got), "><", ">\n<") + "\n"
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v: write it with -update", err)
		}
		if text != string(want) {
			t.Errorf("%s is not as it was: look at it, then -update", name)
		}
		if err := sound(got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var (
	paths    = regexp.MustCompile(` d="([^"]*)"`)
	commands = regexp.MustCompile(`^(?:[MHVhvz]-?[0-9]*(?: -?[0-9]+)?)*$`)
	sizes    = regexp.MustCompile(` (?:x|width|height)="([^"%]*)%?"`)
)

// sound says what is wrong with a chart: XML that is none, numbers that are none, a style or a script in it, or too much of it.
func sound(h template.HTML) error {
	if len(h) > chart.Most {
		return fmt.Errorf("%d bytes, at most %d are allowed", len(h), chart.Most)
	}
	d := xml.NewDecoder(strings.NewReader(string(h)))
	depth := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			switch e.Name.Local {
			case "div", "span", "svg", "g", "path", "rect", "title", "desc", "text":
			default:
				return fmt.Errorf("an element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					return fmt.Errorf("an attribute %s", a.Name.Local)
				}
			}
		case xml.EndElement:
			depth--
		}
	}
	if depth != 0 {
		return fmt.Errorf("%d elements are left open", depth)
	}
	drawn := 0
	for _, m := range paths.FindAllSubmatch([]byte(h), -1) {
		if drawn += len(m[1]); !commands.Match(m[1]) {
			return fmt.Errorf("a path %.80s", m[1])
		}
	}
	if drawn > 20<<10 {
		return fmt.Errorf("%d bytes of paths", drawn)
	}
	for _, m := range sizes.FindAllSubmatch([]byte(h), -1) {
		if f, err := strconv.ParseFloat(string(m[1]), 64); err != nil || math.IsNaN(f) || f < 0 || f > 1e6 {
			return fmt.Errorf("a size of %s", m[1])
		}
	}
	if bytes.Contains([]byte(h), []byte("NaN")) || bytes.Contains([]byte(h), []byte("Inf")) {
		return fmt.Errorf("a number that is none")
	}
	return nil
}

// TestSound draws whatever comes: days and columns in any number, with any latency and share.
func TestSound(t *testing.T) {
	t.Parallel()
	latency := rapid.Custom(func(r *rapid.T) time.Duration {
		return time.Duration(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, int64(time.Second)), rapid.Int64()).Draw(r, "latency"))
	})
	instant := rapid.Custom(func(r *rapid.T) time.Time {
		return start.Add(time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(r, "seconds")) * time.Second)
	})
	key := rapid.SampledFrom([]string{"", "operational", "degraded", "partial_outage", "major_outage", "maintenance", "no_data", "x"})
	rapid.Check(t, func(r *rapid.T) {
		days := chart.Days{Title: rapid.String().Draw(r, "title")}
		for range rapid.IntRange(0, 130).Draw(r, "days") {
			days.Days = append(days.Days, chart.Day{
				Label: "a day", Median: latency.Draw(r, "median"), High: latency.Draw(r, "high"), Share: rapid.OneOf(rapid.Float64(), rapid.Just(math.NaN()), rapid.Just(math.Inf(1))).Draw(r, "share"),
				Known: rapid.Bool().Draw(r, "known"),
			})
		}
		if err := sound(days.HTML()); err != nil {
			r.Errorf("days: %v", err)
		}
		line := chart.Timeline{From: start, To: instant.Draw(r, "to")}
		for range rapid.IntRange(0, 40).Draw(r, "columns") {
			line.Columns = append(line.Columns, chart.Column{Min: latency.Draw(r, "min"), Median: latency.Draw(r, "median"), Max: latency.Draw(r, "max"), Key: key.Draw(r, "key")})
		}
		for range rapid.IntRange(0, 8).Draw(r, "lanes") {
			var l chart.Lane
			for range rapid.IntRange(0, 30).Draw(r, "spans") {
				l.Spans = append(l.Spans, chart.Span{From: instant.Draw(r, "from"), To: rapid.OneOf(instant, rapid.Just(time.Time{})).Draw(r, "until"), Key: key.Draw(r, "look")})
			}
			line.Lanes = append(line.Lanes, l)
		}
		if err := sound(line.HTML()); err != nil {
			r.Errorf("timeline: %v", err)
		}
	})
}

// TestMost draws the most there can be: every column another, every text too long and full of what has to be escaped.
func TestMost(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`<"&'>`, 500)
	days := chart.Days{Title: long, Text: long, Strip: long, Labels: []string{long, long, long, long, long}}
	for i := range 200 {
		days.Days = append(days.Days, chart.Day{Label: long, Median: time.Duration(i%2) * time.Second, High: time.Duration(3+i%3) * time.Second, Share: float64(i%3) / 2, Known: true})
	}
	line := chart.Timeline{Title: long, Text: long, Levels: long, From: start, To: start.AddDate(0, 0, 1)}
	for i := range 700 {
		line.Columns = append(line.Columns, chart.Column{
			Min: time.Duration(1+i%2) * time.Second, Median: time.Duration(22+i%3) * time.Second, Max: time.Duration(55-i%5) * time.Second,
			Key: []string{"operational", "degraded", "major_outage", "no_data"}[i%4],
		})
	}
	for range 9 {
		l := chart.Lane{Name: long}
		for i := range 60 {
			l.Spans = append(l.Spans, chart.Span{From: start.Add(time.Duration(i) * time.Minute), To: start.Add(time.Duration(i+1) * time.Minute), Key: "major_outage", Text: long})
		}
		line.Lanes = append(line.Lanes, l)
	}
	for i := range 9 {
		line.Ticks = append(line.Ticks, chart.Tick{At: start.Add(time.Duration(i) * time.Hour), Text: long})
	}
	for name, h := range map[string]template.HTML{"days": days.HTML(), "timeline": line.HTML()} {
		if err := sound(h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"", "</title><script>alert(1)</script>", `" onload="x`, "\x00\x1b\xff\ufffe", "]]>", "&amp;", "\u202eabc", "<!--"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		days := ninety()
		days.Title, days.Text, days.Strip, days.Labels, days.Days[3].Label = s, s, s, []string{s}, s
		line := aDay()
		line.Title, line.Text, line.Levels, line.Lanes[0].Name, line.Ticks[0].Text = s, s, s, s, s
		line.Lanes[1].Spans[0].Text, line.Lanes[1].Spans[0].Key, line.Columns[0].Key = s, s, s
		for _, h := range []template.HTML{days.HTML(), line.HTML()} {
			if err := sound(h); err != nil {
				t.Errorf("%q: %v", s, err)
			}
		}
	})
}
