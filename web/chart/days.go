package chart

import (
	"html/template"
	"math"
	"strings"
	"time"
)

// Days is a chart of calendar days: the band from the median to the 95th percentile of latency, and a strip that says how many of
// a day's samples were good.
type Days struct {
	Title  string   // its name
	Text   string   // the same in words and numbers, for who does not see it
	Strip  string   // what the strip is called, in a word or two
	Labels []string // below, evenly spread from the first day to the last; two to four
	Days   []Day    // oldest first, at most MostDays
}

// Day is one of the Days.
type Day struct {
	Label  string        // what is said when somebody points at it
	Median time.Duration // with High: zero means that nothing was timed
	High   time.Duration
	Share  float64 // of samples that were good, from 0 to 1
	Known  bool    // there were samples with data
}

// MostDays is how many days are drawn; older ones are left out.
const MostDays = 120

// dayWide is how many units a day is wide.
const dayWide = 10

// HTML draws the chart.
func (c Days) HTML() template.HTML {
	days := c.Days[max(0, len(c.Days)-MostDays):]
	var all []time.Duration
	for _, d := range days {
		if d.High > 0 {
			all = append(all, d.High)
		}
	}
	s := scaled(all, 0)
	columns := make([]column, len(days))
	median := make([]column, len(days))
	for i, d := range days {
		known := d.High > 0
		columns[i] = column{s.y(max(d.High, d.Median)), s.y(d.Median), known}
		median[i] = column{upper: s.y(d.Median), known: known}
	}
	width := max(1, len(days)) * dayWide
	var m markup
	m.add(`<div class="chart">`)
	m.open(s.labels(), "plot", width, high, ` role="img"`)
	m.add(image(c.Title, c.Text))
	m.grid(width)
	m.path("band", band(columns, dayWide))
	m.path("high", line(columns, dayWide))
	m.path("line", line(median, dayWide))
	m.points(days)
	m.add(`</svg>`)
	m.open(clean(c.Strip, longest), "strip", width, strip, ` aria-hidden="true"`)
	m.shares(days)
	m.add(`</svg>`)
	m.under(c.Labels)
	m.add(`</div>`)
	return m.html()
}

// grid draws the lines of the upper end, the middle and zero.
func (m *markup) grid(width int) {
	w := itoa(width)
	m.add(`<path class="ch-grid" d="M0 0H`, w, `M0 `, itoa(high/2), `H`, w, `M0 `, itoa(high), `H`, w, `"/>`)
}

// points are what a pointer finds over each day.
func (m *markup) points(days []Day) {
	m.add(`<g class="ch-hit">`)
	for i, d := range days {
		if d.Label != "" {
			m.add(`<path d="M`, itoa(i*dayWide), ` 0h`, itoa(dayWide), `v`, itoa(high), `h-`, itoa(dayWide), `z"><title>`, clean(d.Label, longest*2/3), `</title></path>`)
		}
	}
	m.add(`</g>`)
}

// strip is how many units a strip of states is high.
const strip = 20

// tops are how far down each state begins: they differ in height as well as in colour.
var tops = map[string]int{"ok": 10, "de": 5, "pa": 0, "ma": 0, "mn": 5, "no": 16}

// shareKey is the state that a share of good samples is drawn as.
func shareKey(d Day) string {
	switch {
	case !d.Known || math.IsNaN(d.Share):
		return "no_data"
	case d.Share >= 1:
		return "operational"
	case d.Share >= 0.99:
		return "degraded"
	}
	return "major_outage"
}

func (m *markup) shares(days []Day) {
	states := make([]string, len(days))
	for i, d := range days {
		states[i] = class(shareKey(d))
	}
	m.states(states, dayWide, 1)
}

// looks are all of them, in the order in which they are drawn.
var looks = []string{"ok", "de", "pa", "ma", "mn", "no"}

// states draws a strip: columns of the same look that follow one another are one shape, or one each with a gap between them.
func (m *markup) states(states []string, wide, gap int) {
	for _, look := range looks {
		var d strings.Builder
		for i := 0; i < len(states); i++ {
			if states[i] != look {
				continue
			}
			end := i + 1
			for gap == 0 && end < len(states) && states[end] == look {
				end++
			}
			w := itoa((end-i)*wide - gap)
			d.WriteString("M" + itoa(i*wide) + " " + itoa(tops[look]) + "h" + w + "V" + itoa(strip) + "h-" + w + "z")
			i = end - 1
		}
		m.path(look, &d)
	}
}

// under writes labels evenly spread below the plots.
func (m *markup) under(labels []string) {
	m.add(`<div class="ch-l"></div><div class="ch-x" aria-hidden="true">`)
	for _, l := range labels[:min(4, len(labels))] {
		m.add(`<span>`, clean(l, longest/4), `</span>`)
	}
	m.add(`</div>`)
}
