package chart

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// steps are the upper ends a scale can have; half of each is a round number too.
var steps = []time.Duration{
	2 * time.Millisecond, 4 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 40 * time.Millisecond, 60 * time.Millisecond, 100 * time.Millisecond,
	200 * time.Millisecond, 300 * time.Millisecond, 400 * time.Millisecond, 600 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 6 * time.Second,
	10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute,
}

// high is how many units a plot of latency is high.
const high = 200

// scale puts latencies on a plot.
type scale struct{ top time.Duration }

// scaled has a scale on which all but the given share of the latencies fit; those are drawn at its edge.
func scaled(all []time.Duration, outside float64) scale {
	all = slices.Clone(all)
	slices.Sort(all)
	var most time.Duration
	if n := len(all); n > 0 {
		most = all[n-1-min(n-1, int(outside*float64(n)))]
	}
	for _, s := range steps {
		if most <= s {
			return scale{s}
		}
	}
	return scale{steps[len(steps)-1]}
}

// y is where a latency is drawn, counted from above.
func (s scale) y(d time.Duration) int {
	d = min(max(d, 0), s.top)
	return high - int((int64(d)*high+int64(s.top)/2)/int64(s.top))
}

// labels are those of the upper end, the middle and zero.
func (s scale) labels() string {
	return `<span>` + short(s.top) + `</span><span>` + short(s.top/2) + `</span><span>0</span>`
}

// short writes a round latency in the unit that every language shares.
func short(d time.Duration) string {
	if d >= time.Second && d%time.Second == 0 {
		return strconv.FormatInt(int64(d/time.Second), 10) + " s"
	}
	return strconv.FormatInt(int64(d/time.Millisecond), 10) + " ms"
}

// column is one value of a stepped line, or a span between two values; none where it is not known.
type column struct {
	upper, lower int
	known        bool
}

// line draws the upper values as steps, each column being so many units wide, with gaps where nothing is known.
func line(columns []column, wide int) *strings.Builder {
	var d strings.Builder
	at, y := -1, 0 // where the pen is; -1 means up
	for i, c := range columns {
		if !c.known {
			at = -1
			continue
		}
		if at < 0 {
			d.WriteString("M" + itoa(i*wide) + " " + itoa(c.upper))
		} else if c.upper != y {
			d.WriteString("H" + itoa(i*wide) + "V" + itoa(c.upper))
		}
		at, y = i, c.upper
		if i+1 == len(columns) || !columns[i+1].known {
			d.WriteString("H" + itoa((i+1)*wide))
		}
	}
	return &d
}

// band fills what is between upper and lower values.
func band(columns []column, wide int) *strings.Builder {
	var d strings.Builder
	for i := 0; i < len(columns); i++ {
		if !columns[i].known {
			continue
		}
		end := i
		for end < len(columns) && columns[end].known {
			end++
		}
		d.WriteString("M" + itoa(i*wide) + " " + itoa(columns[i].upper))
		for k := i + 1; k < end; k++ {
			if columns[k].upper != columns[k-1].upper {
				d.WriteString("H" + itoa(k*wide) + "V" + itoa(columns[k].upper))
			}
		}
		d.WriteString("H" + itoa(end*wide) + "V" + itoa(columns[end-1].lower))
		for k := end - 2; k >= i; k-- {
			if columns[k].lower != columns[k+1].lower {
				d.WriteString("H" + itoa((k+1)*wide) + "V" + itoa(columns[k].lower))
			}
		}
		d.WriteString("H" + itoa(i*wide) + "z")
		i = end
	}
	return &d
}
