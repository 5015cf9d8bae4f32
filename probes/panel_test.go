package probes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
)

// weighed feeds lines of samples, one a minute from each place, in the order of the lines, and writes down what changes.
func weighed(p *panel, lines ...string) string {
	var out []string
	minute := func(t time.Time) string { return fmt.Sprint(t.Sub(zero).Minutes()) }
	for i := range lines[0] {
		for n, line := range lines {
			if line[i] == ' ' {
				continue // cut off
			}
			s := data.Sample{At: zero.Add(time.Duration(i) * time.Minute), Level: letters[rune(line[i])]}
			if s.Bad() {
				s.Reason = data.ReasonConnect
			}
			if line[i] == 'U' {
				s.Reason = data.ReasonNotReached
			}
			v := p.add(fmt.Sprint("place", n), s)
			if !v.Changed {
				continue
			}
			word := fmt.Sprintf("%d:%s@%s", i, v.Level, minute(v.Since))
			if !v.Opened.IsZero() {
				word += "+" + minute(v.Opened)
			}
			if !v.Closed.IsZero() {
				word += "-" + minute(v.Closed)
			}
			out = append(out, word)
		}
	}
	return strings.Join(out, " ")
}

func TestPanel(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"one place is its judge", []string{"GBBBGG"}, "0:operational@0 3:major_outage@1+1 5:operational@4-4"},
		{"three agree", []string{"GBBBGG", "GBBBGG", "GBBBGG"}, "0:operational@0 3:major_outage@1+1 5:operational@4-4"},
		{"one of three is odd", []string{"GBBBBB", "GGGGGG", "GGGGGG"}, "0:operational@0"},
		{"two of three are most", []string{"GBBBBBGGGG", "GGGBBBBBGG", "GGGGGGGGGG"}, "0:operational@0 5:major_outage@3+3 7:operational@6-6"},
		{"one of two is doubt", []string{"GBBBBBGG", "GGGGGGGG"}, "0:operational@0 3:no_data@1 7:operational@7"},
		{"doubt becomes an outage, from when both had it", []string{"GBBBBBBBB", "GGGGBBBBB"}, "0:operational@0 3:no_data@1 6:major_outage@4+4"},
		{"an outage that goes over into doubt ended there", []string{"GBBBBBBGG", "GBBBGGGGG"}, "0:operational@0 3:major_outage@1+1 5:no_data@4 8:operational@7-4"},
		{"or not, if it comes back", []string{"GBBBBBBBBBGG", "GBBBGGBBBBGG"}, "0:operational@0 3:major_outage@1+1 5:no_data@4 8:major_outage@8 11:operational@10-10"},
		{"a blind place does not vote", []string{"GBBBB", "G....", "G...."}, "0:operational@0 3:major_outage@1+1"},
		{"all blind", []string{"GG..G", "GG..G"}, "0:operational@0 2:no_data@2 4:operational@4"},
		{"nobody gets so far", []string{"GUUUUG", "GGUUUG"}, "0:operational@0 4:no_data@2 5:operational@5"},
		{"one place alone does not get so far", []string{"GUUUUG", "GGGGGG"}, "0:operational@0"},
		{"an outage, then all blind, then good", []string{"GBBB..GG", "GBBB..GG"}, "0:operational@0 3:major_outage@1+1 4:no_data@4 7:operational@6-4"},
		{"who is cut off votes no more", []string{"GGGGGGGBBBB", "GBBBB      ", "GGGGGGGGGGG"}, "0:operational@0 9:no_data@8"},
		{"partial by most", []string{"GPPP", "GBBB", "GPPP"}, "0:operational@0 3:partial_outage@1+1"},
		{"degraded by most", []string{"GDDDD", "GDDDD", "GGGGG"}, "0:operational@0 3:degraded@3"},
		{"one joins and is down", []string{"GGGGGG", "  BBBB"}, "0:operational@0 4:no_data@4"},
	} {
		if got := weighed(newPanel(time.Minute), c.lines...); got != c.want {
			t.Errorf("%s:\n%s\ngave %q\nwant %q", c.name, strings.Join(c.lines, "\n"), got, c.want)
		}
	}
}

// TestLatePlace was cut off and tells afterwards what it saw: that changes nothing that others have seen since, and fills the
// time in which nobody did.
func TestLatePlace(t *testing.T) {
	p := newPanel(time.Minute)
	at := func(m int) time.Time { return zero.Add(time.Duration(m) * time.Minute) }
	for m := range 20 {
		p.add("here", data.Sample{At: at(m), Level: data.Operational})
	}
	for m := range 10 {
		if v := p.add("there", data.Sample{At: at(m), Level: data.MajorOutage}); v.Changed {
			t.Fatalf("what there saw in minute %d, told in minute 20, changed the level: %+v", m, v)
		}
	}
	if down, up := p.odd(); len(down) != 0 || up != 1 {
		t.Errorf("%v see it down and %d up, though what one saw is old", down, up)
	}
	since, silent := p.silent(at(30))
	if !silent || !since.Equal(at(20)) {
		t.Errorf("silent %v since %v", silent, since)
	}
	if v := p.lose(since, data.ReasonBlind); v.Level != data.NoData || !v.Since.Equal(at(20)) {
		t.Errorf("everybody fell silent: %+v", v)
	}
	for m := 10; m < 30; m++ {
		v := p.add("there", data.Sample{At: at(m), Level: data.MajorOutage})
		if m == 20 && (!v.Changed || v.Level != data.MajorOutage || v.Opened.Sub(at(20)).Truncate(time.Minute) != 0) {
			t.Errorf("nobody but there saw minute 20, and the level is %+v", v)
		}
	}
}

// TestReplay has a panel that knows again what the places said before a restart.
func TestReplay(t *testing.T) {
	p := newPanel(time.Minute)
	p.resume("place0", past{level: data.Operational, since: zero.Add(-time.Hour)})
	for n := 1; n < 3; n++ {
		p.replay(fmt.Sprint("place", n), []data.Sample{{At: zero.Add(-2 * time.Minute), Level: data.Operational}, {At: zero.Add(-time.Minute), Level: data.Operational}})
	}
	if got := weighed(p, "BBBB", "GGGG", "GGGG"); got != "" {
		t.Errorf("one of three that are known to see changed the level: %s", got)
	}
	if down, up := p.odd(); !slices.Equal(down, []string{"place0"}) || up != 2 {
		t.Errorf("%v see it down and %d up", down, up)
	}
}

// TestPanelAgainstNaive compares outages with a count of the places that were down, second by second, by judges of their own.
func TestPanelAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.IntRange(2, 5).Draw(t, "places")
		const minutes = 80
		down := make([][minutes]bool, places)
		lines := make([]string, places)
		for n := range places {
			var line strings.Builder
			line.WriteString("G")
			for line.Len() < minutes {
				letter := rapid.SampledFrom([]string{"G", "B"}).Draw(t, "letter")
				line.WriteString(strings.Repeat(letter, rapid.IntRange(6, 20).Draw(t, "run")))
			}
			lines[n] = line.String()[:minutes]
			opened := -1
			j := NewJudge(time.Minute)
			for i, c := range lines[n] {
				v := j.Add(data.Sample{At: zero.Add(time.Duration(i) * time.Minute), Level: letters[c]})
				if !v.Opened.IsZero() {
					opened = int(v.Opened.Sub(zero) / time.Minute)
				}
				if end := int(v.Closed.Sub(zero) / time.Minute); !v.Closed.IsZero() {
					for m := opened; m < end; m++ {
						down[n][m] = true
					}
					opened = -1
				}
			}
			for m := opened; opened >= 0 && m < minutes; m++ {
				down[n][m] = true
			}
		}
		var want [minutes]int
		for m := range minutes {
			for n := range places {
				if down[n][m] {
					want[m]++
				}
			}
		}
		p := newPanel(time.Minute)
		var got [minutes]bool
		opened := -1
		for i := range minutes {
			for n := range places {
				v := p.add(fmt.Sprint(n), data.Sample{At: zero.Add(time.Duration(i) * time.Minute), Level: letters[rune(lines[n][i])]})
				if !v.Opened.IsZero() {
					opened = int(v.Opened.Sub(zero) / time.Minute)
				}
				if end := int(v.Closed.Sub(zero) / time.Minute); !v.Closed.IsZero() {
					for m := opened; m < end; m++ {
						got[m] = true
					}
					opened = -1
				}
			}
		}
		for m := opened; opened >= 0 && m < minutes; m++ {
			got[m] = true
		}
		run := make([]int, places) // minutes for which each has been down
		for m := range minutes {
			sure := 0
			for n := range places {
				if run[n]++; !down[n][m] {
					run[n] = 0
				}
				if run[n] > window {
					sure++
				}
			}
			// Exactly half: it may go on until that is over, for nobody can tell.
			if got[m] && 2*want[m] < places {
				t.Fatalf("minute %d: %d of %d are down and it is an outage\n%s", m, want[m], places, strings.Join(lines, "\n"))
			}
			if !got[m] && 2*sure > places {
				t.Fatalf("minute %d: %d of %d have been down for more than %d minutes and it is none\n%s", m, sure, places, window, strings.Join(lines, "\n"))
			}
		}
	})
}
