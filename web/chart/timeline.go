package chart

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Timeline is one day, or any other span, in detail: the least, the middle and the greatest latency of each moment, the worst level,
// and lanes of what fell into it.
type Timeline struct {
	Title   string // its name
	Text    string // the same in words and numbers, for who does not see it
	Levels  string // what the strip of levels is called, in a word or two
	From    time.Time
	To      time.Time
	Columns []Column // evenly spread over the span, at most MostColumns
	Lanes   []Lane   // at most MostLanes
	Ticks   []Tick   // below; three to five
}

// Column is one moment.
type Column struct {
	Min, Median, Max time.Duration // Max zero means that nothing was timed
	Key              string        // of the worst level, such as partial_outage; empty means that there was no sample
}

// Lane is a row of spans of one kind.
type Lane struct {
	Name  string
	Spans []Span // at most MostSpans are drawn one by one; the rest are one more that says how many
}

// Span is something that lasted.
type Span struct {
	From, To time.Time // a zero To goes on; one that is not after From is an instant
	Key      string    // its look: a level, or maintenance
	Text     string    // what is said when somebody points at it
}

// Tick is a reading of the clock below the plots.
type Tick struct {
	At   time.Time
	Text string
}

// How much is drawn.
const (
	MostColumns = 480
	MostLanes   = 6
	MostSpans   = 16
)

// spanWide is how many units a timeline is wide.
const spanWide = 1440

// HTML draws the chart.
func (c Timeline) HTML() template.HTML {
	columns := c.Columns[:min(MostColumns, len(c.Columns))]
	n := max(1, len(columns))
	wide := max(1, spanWide/n)
	width := n * wide
	var all []time.Duration
	for _, v := range columns {
		if v.Max > 0 {
			all = append(all, v.Max)
		}
	}
	s := scaled(all, 0.01) // one answer that took a minute would flatten all others
	spread, median, states := make([]column, len(columns)), make([]column, len(columns)), make([]string, len(columns))
	for i, v := range columns {
		known := v.Max > 0
		spread[i] = column{s.y(v.Max), s.y(min(v.Min, v.Max)), known}
		median[i] = column{upper: s.y(v.Median), known: known}
		if v.Key != "" {
			states[i] = class(v.Key)
		}
	}
	var m markup
	m.add(`<div class="chart">`)
	m.open(s.labels(), "plot", width, high, ` role="img"`)
	m.add(image(c.Title, c.Text))
	m.grid(width)
	m.hours(c, width)
	m.path("band", band(spread, wide))
	m.path("line", line(median, wide))
	m.add(`</svg>`)
	m.open(clean(c.Levels, longest), "strip", width, strip, ` aria-hidden="true"`)
	m.states(states, wide, 0)
	m.add(`</svg>`)
	for _, l := range c.Lanes[:min(MostLanes, len(c.Lanes))] {
		m.open(clean(l.Name, longest/4), "lane", width, strip, ` aria-hidden="true"`)
		m.hours(c, width)
		for _, span := range l.drawn() {
			m.span(c, span, width)
		}
		m.add(`</svg>`)
	}
	m.clock(c)
	m.add(`</div>`)
	return m.html()
}

// share is where an instant is, from 0 to 1.
func (c Timeline) share(at time.Time) float64 {
	length := c.To.Sub(c.From)
	if length <= 0 || !at.After(c.From) {
		return 0
	}
	return min(1, float64(at.Sub(c.From))/float64(length))
}

// drawn are the spans to be drawn one by one.
func (l Lane) drawn() []Span {
	if len(l.Spans) <= MostSpans {
		return l.Spans
	}
	spans := slices.Clone(l.Spans)
	slices.SortStableFunc(spans, func(a, b Span) int { return a.From.Compare(b.From) })
	rest := spans[MostSpans-1:]
	more := Span{From: rest[0].From, To: rest[len(rest)-1].To, Key: rest[0].Key, Text: "+ " + itoa(len(rest))}
	for _, s := range rest {
		if s.To.IsZero() {
			more.To = time.Time{}
			break
		}
		if s.To.After(more.To) {
			more.To = s.To
		}
	}
	return append(spans[:MostSpans-1:MostSpans-1], more)
}

// span draws one, at least as wide as can be seen.
func (m *markup) span(c Timeline, s Span, width int) {
	if s.To.IsZero() {
		s.To = c.To
	}
	if s.From.After(c.To) || s.To.Before(c.From) && !s.To.Equal(s.From) || s.To.Before(c.From) {
		return
	}
	const least = 8
	x := int(c.share(s.From) * float64(width))
	w := max(least, int(c.share(s.To)*float64(width))-x)
	x = min(x, width-w)
	m.add(`<rect class="ch-`, class(s.Key), `" x="`, itoa(max(0, x)), `" y="3" width="`, itoa(w), `" height="14"><title>`, clean(s.Text, longest), `</title></rect>`)
}

// hours are the lines of the ticks.
func (m *markup) hours(c Timeline, width int) {
	var d strings.Builder
	for _, t := range c.ticks() {
		d.WriteString("M" + itoa(int(c.share(t.At)*float64(width))) + " 0v" + itoa(high))
	}
	m.path("grid", &d)
}

func (c Timeline) ticks() []Tick { return c.Ticks[:min(5, len(c.Ticks))] }

// clock writes the ticks below the plots, each where it belongs: its SVG is not stretched, so its texts are not either.
func (m *markup) clock(c Timeline) {
	m.add(`<div class="ch-l"></div><svg class="ch-t" aria-hidden="true">`)
	for _, t := range c.ticks() {
		share := c.share(t.At)
		anchor := "middle"
		if share < 0.02 {
			anchor = "start"
		} else if share > 0.98 {
			anchor = "end"
		}
		m.add(`<text x="`, strconv.FormatFloat(100*share, 'f', 2, 64), `%" y="12" text-anchor="`, anchor, `">`, clean(t.Text, longest/8), `</text>`)
	}
	m.add(`</svg>`)
}
