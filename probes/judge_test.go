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

var zero = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

var letters = map[rune]data.Level{
	'.': data.NoData, 'U': data.NoData, 'G': data.Operational, 'D': data.Degraded, 'P': data.PartialOutage, 'B': data.MajorOutage,
}

// judged feeds one sample a minute and writes down what changes, as minute:level@since, with +start and -end of outages.
func judged(j *Judge, samples string) string {
	var out []string
	minute := func(t time.Time) string { return fmt.Sprint(t.Sub(zero).Minutes()) }
	for i, c := range samples {
		if c == ' ' {
			continue // nobody watched, and nobody said so
		}
		s := data.Sample{At: zero.Add(time.Duration(i) * time.Minute), Level: letters[c]}
		if s.Bad() {
			s.Reason = data.ReasonConnect
		}
		if c == 'U' {
			s.Reason = data.ReasonNotReached
		}
		v := j.Add(s)
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
	return strings.Join(out, " ")
}

func TestJudge(t *testing.T) {
	for _, c := range []struct{ name, samples, want string }{
		{"first good", "G", "0:operational@0"},
		{"first degraded", "D", "0:degraded@0"},
		{"first bad ones are undecided", "BB", ""},
		{"three bad from the start", "BBB", "2:major_outage@0+0"},
		{"one bad, then good", "BGG", "1:operational@1"},
		{"one bad among good", "GBGGG", "0:operational@0"},
		{"two bad among good", "GBBGGG", "0:operational@0"},
		{"three in a row", "GBBB", "0:operational@0 3:major_outage@1+1"},
		{"every second one", "GBGBGB", "0:operational@0 5:major_outage@1+1"},
		{"three of six are not enough", "GBGGBGB", "0:operational@0"},
		{"from the first of the three", "GBGGBB", "0:operational@0 5:major_outage@1+1"},
		{"partial", "GPPP", "0:operational@0 3:partial_outage@1+1"},
		{"the worst counts", "GPBP", "0:operational@0 3:major_outage@1+1"},
		{"one good closes nothing", "GBBBGBGB", "0:operational@0 3:major_outage@1+1"},
		{"two good close at the first", "GBBBGG", "0:operational@0 3:major_outage@1+1 5:operational@4-4"},
		{"spent samples do not vote again", "GBBBGGBGB", "0:operational@0 3:major_outage@1+1 5:operational@4-4"},
		{"the next outage needs its own three", "GBBBGGBBB", "0:operational@0 3:major_outage@1+1 5:operational@4-4 8:major_outage@6+6"},
		{"degraded is good for an outage", "GBBBDD", "0:operational@0 3:major_outage@1+1 5:degraded@4-4"},
		{"degraded and good end it", "GBBBDG", "0:operational@0 3:major_outage@1+1 5:operational@4-4"},
		{"degraded by three of five", "GDGDD", "0:operational@0 4:degraded@1"},
		{"degraded by what is worse, too", "GDBD", "0:operational@0 3:degraded@1"},
		{"and back by two", "GDDDGDGG", "0:operational@0 3:degraded@1 7:operational@6"},
		{"degraded, then out", "DBBB", "0:degraded@0 3:major_outage@1+1"},
		{"an outage that was degraded first starts at the first bad", "GBDDBB", "0:operational@0 3:degraded@1 5:major_outage@4+1"},
		{"a bad one before the first good still votes", "BGBB", "1:operational@1 3:major_outage@2+0"},

		{"two outages an hour are two outages", "GBBBGGBBBGG", "0:operational@0 3:major_outage@1+1 5:operational@4-4 8:major_outage@6+6 10:operational@9-9"},
		{"the third is one too many", "GBBBGGBBBGGBBBGGGGGGGGGG", "0:operational@0 3:major_outage@1+1 5:operational@4-4 8:major_outage@6+6 10:operational@9-9 13:major_outage@11+11 15:degraded@14-14 23:operational@23"},
		{"a bad one begins the ten anew", "GBBBGGBBBGGBBBGGGGGBGGGGGGGGGG", "0:operational@0 3:major_outage@1+1 5:operational@4-4 8:major_outage@6+6 10:operational@9-9 13:major_outage@11+11 15:degraded@14-14 29:operational@29"},
		{"and the fourth is counted like any other", "GBBBGGBBBGGBBBGGBBBGG", "0:operational@0 3:major_outage@1+1 5:operational@4-4 8:major_outage@6+6 10:operational@9-9 13:major_outage@11+11 15:degraded@14-14 18:major_outage@16+16 20:degraded@19-19"},

		{"two not reached say nothing", "GUUGGGUUG", "0:operational@0"},
		{"three with a good one among them", "GUUGUUG", "0:operational@0 4:no_data@1 6:operational@6"},
		{"one in four", "GUGGGUGGGU", "0:operational@0"},
		{"not reached from the start", "UUUU", ""},
		{"three not reached", "GUUUUG", "0:operational@0 3:no_data@1 5:operational@5"},
		{"back at the first verdict", "GUUUGUG", "0:operational@0 3:no_data@1 4:operational@4 5:no_data@5 6:operational@6"},
		{"not reached every second time", "GUGUGU", "0:operational@0 5:no_data@1"},
		{"not reached between bad ones", "GBUBB", "0:operational@0 4:major_outage@1+1"},
		{"down, then not reached, then down", "GBBBUUUB", "0:operational@0 3:major_outage@1+1 6:no_data@4 7:major_outage@7"},
		{"down, then not reached, then good", "GBBBUUUGG", "0:operational@0 3:major_outage@1+1 6:no_data@4 8:operational@7-4"},
		{"down, not reached twice, then good", "GBBBUUGG", "0:operational@0 3:major_outage@1+1 7:operational@6-6"},
		{"not from before the last bad one", "GUBUBUU", "0:operational@0 5:no_data@5"},
		{"blind is at once, and stays from then", "GUU.U", "0:operational@0 3:no_data@3"},
		{"what was missed before a long gap has lapsed", "GUU......GU", "0:operational@0 3:no_data@3 9:operational@9"},

		{"blind from the start", "...", ""},
		{"blind", "GG..", "0:operational@0 2:no_data@2"},
		{"blind, and back", "GG..G", "0:operational@0 2:no_data@2 4:operational@4"},
		{"blind samples do not vote", "GB.B.G", "0:operational@0 2:no_data@2 5:operational@5"},
		{"blind between bad ones", "GB.BB", "0:operational@0 2:no_data@2 4:major_outage@3+1"},
		{"down before and after", "GBBB..B", "0:operational@0 3:major_outage@1+1 4:no_data@4 6:major_outage@6"},
		{"good after: down until one interval after the last bad", "GBBB...GG", "0:operational@0 3:major_outage@1+1 4:no_data@4 8:operational@7-4"},
		{"undecided after: it goes on", "GBBB...GBGG", "0:operational@0 3:major_outage@1+1 4:no_data@4 8:major_outage@8 10:operational@9-9"},
		{"a gap that ended before the last bad one", "GBBB.BB GG", "0:operational@0 3:major_outage@1+1 4:no_data@4 5:major_outage@5 9:operational@8-8"},
		{"a gap between the good ones", "GBBBG..G", "0:operational@0 3:major_outage@1+1 5:no_data@5 7:operational@7-4"},
		{"degraded stays so over a short gap", "DD.GG", "0:degraded@0 2:no_data@2 3:degraded@3 4:operational@4"},
		{"a long gap makes a new beginning", "DD......GG", "0:degraded@0 2:no_data@2 8:operational@8"},
		{"bad ones lapse in a long gap", "GBB......B", "0:operational@0 3:no_data@3"},
		{"bad ones lapse where nobody spoke", "GBB      BG", "0:operational@0"},
	} {
		if got := judged(NewJudge(time.Minute), c.samples); got != c.want {
			t.Errorf("%s: %q gave %q, want %q", c.name, c.samples, got, c.want)
		}
	}
}

func TestHurry(t *testing.T) {
	for _, c := range []struct{ samples, want string }{
		{"GBGGG", "01110"}, // after three good ones two bad would not be enough
		{"GBBBBGBGG", "011001010"},
		{"GDDDD", "00000"}, // a slow target is not worth more load
	} {
		j, got := NewJudge(time.Minute), ""
		for i, r := range c.samples {
			v := j.Add(data.Sample{At: zero.Add(time.Duration(i) * time.Minute), Level: letters[r]})
			got += map[bool]string{false: "0", true: "1"}[v.Hurry]
		}
		if got != c.want {
			t.Errorf("hurry of %s is %s, want %s", c.samples, got, c.want)
		}
	}
}

func TestVerdictSaysWhy(t *testing.T) {
	j := NewJudge(time.Minute)
	at := zero
	add := func(l data.Level, why data.Reason) Verdict {
		at = at.Add(time.Minute)
		return j.Add(data.Sample{At: at, Level: l, Reason: why})
	}
	add(data.Operational, "")
	add(data.MajorOutage, data.ReasonConnect)
	add(data.MajorOutage, data.ReasonTimeout)
	if v := add(data.MajorOutage, data.ReasonStatus); v.Reason != data.ReasonStatus || !v.LastBad.Equal(at) {
		t.Errorf("an outage opened with %+v", v)
	}
	add(data.Degraded, data.ReasonSlow)
	if v := add(data.Degraded, data.ReasonSlow); v.Level != data.Degraded || v.Reason != data.ReasonSlow {
		t.Errorf("it closed with %+v", v)
	}
	add(data.Operational, "")
	if v := add(data.Operational, ""); v.Level != data.Operational || v.Reason != "" {
		t.Errorf("it came back with %+v", v)
	}
	if v := add(data.NoData, data.ReasonBlind); v.Level != data.NoData || v.Reason != data.ReasonBlind {
		t.Errorf("it went blind with %+v", v)
	}
}

// TestResume cuts a run of samples in two: a judge that knows what the store knows goes on as the one before.
func TestResume(t *testing.T) {
	for _, c := range []struct {
		name, samples, want string
		past                past
	}{
		{"down before and after", "..........B", "10:major_outage@10", past{level: data.MajorOutage, gap: true}},
		{"good after", "..........GG", "11:operational@10-1", past{level: data.MajorOutage, gap: true}},
		{"good after, and nobody said anything", "   GG", "4:operational@3-1", past{level: data.MajorOutage, gap: true}},
		{"good before and after", "..........G", "10:operational@10", past{level: data.Operational, gap: true}},
		{"no gap to speak of", "G", "", past{level: data.Operational}},
		{"never decided", "G", "0:operational@0", past{}},
		{"flapping before, still flapping", "GGGGGGGGGG", "9:operational@9", past{level: data.Degraded, reason: data.ReasonFlapping}},
		{"two outages before", "BBBGG", "2:major_outage@0+0 4:degraded@3-3", past{level: data.Operational, ended: []time.Time{zero.Add(-50 * time.Minute), zero.Add(-20 * time.Minute)}}},
	} {
		c.past.lastBad = zero
		c.past.since = zero.Add(-time.Second)
		j := NewJudge(time.Minute)
		j.resume(c.past)
		if got := judged(j, c.samples); got != c.want {
			t.Errorf("%s: %q gave %q, want %q", c.name, c.samples, got, c.want)
		}
	}
	j := NewJudge(time.Minute)
	j.resume(past{level: data.Operational, since: zero.Add(-time.Hour), samples: []data.Sample{
		{At: zero.Add(-2 * time.Minute), Level: data.MajorOutage}, {At: zero.Add(-time.Minute), Level: data.MajorOutage},
	}})
	if got, want := judged(j, "B"), "0:major_outage@-2+-2"; got != want {
		t.Errorf("two bad samples before and one after a restart gave %q, want %q", got, want)
	}
}

// TestShortGap is over before the next regular sample was due: the outage ended with the first good one.
func TestShortGap(t *testing.T) {
	j := NewJudge(time.Minute)
	judged(j, "GBBB")
	j.Gap(zero.Add(3*time.Minute+5*time.Second), data.ReasonBlind)
	good := zero.Add(3*time.Minute + 10*time.Second)
	j.Add(data.Sample{At: good, Level: data.Operational})
	if v := j.Add(data.Sample{At: good.Add(soon), Level: data.Operational}); !v.Closed.Equal(good) {
		t.Errorf("good again at %v, closed by %+v", good, v)
	}
}

// TestSameInstant stops in the second in which a level was decided: both marks are kept, in order.
func TestSameInstant(t *testing.T) {
	j := NewJudge(time.Minute)
	judged(j, "G")
	if v := j.Gap(zero, ""); !v.Changed || !v.Since.Equal(zero.Add(time.Second)) {
		t.Errorf("a gap from the instant of a mark on: %+v", v)
	}
}

// span is an outage; an end of -1 goes on.
type span struct{ from, to int }

// naive finds the outages by the words of A-18, looking at everything again for each sample.
func naive(samples []data.Level) (out []span) {
	type seen struct {
		i   int
		bad bool
	}
	var votes []seen
	gap := false // since the last bad sample
	lastBad := 0
	for i, l := range samples {
		if l == data.NoData {
			gap = gap || len(votes) == 0 || votes[len(votes)-1].bad
			continue
		}
		votes = append(votes, seen{i, l.Bad()})
		if l.Bad() {
			lastBad, gap = i, false
		}
		open := len(out) > 0 && out[len(out)-1].to < 0
		n := len(votes)
		switch {
		case open && n >= 2 && !votes[n-1].bad && !votes[n-2].bad:
			end := votes[n-2].i
			if gap {
				end = min(end, lastBad+1)
			}
			out[len(out)-1].to = end
			votes = slices.Clone(votes[n-2:])
		case !open:
			var bad []int
			for _, v := range votes[max(0, n-5):] {
				if v.bad && v.i >= i-5 {
					bad = append(bad, v.i)
				}
			}
			if len(bad) >= 3 {
				out = append(out, span{bad[0], -1})
			}
		}
	}
	return out
}

func TestJudgeAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := rapid.SliceOfN(rapid.SampledFrom([]data.Level{
			data.Operational, data.Operational, data.MajorOutage, data.MajorOutage, data.Degraded, data.NoData,
		}), 0, 60).Draw(t, "samples")
		j := NewJudge(time.Minute)
		var got []span
		var since time.Time
		index := func(at time.Time) int { return int(at.Sub(zero) / time.Minute) }
		level := data.NoData
		for i, l := range levels {
			v := j.Add(data.Sample{At: zero.Add(time.Duration(i) * time.Minute), Level: l})
			if !v.Opened.IsZero() {
				got = append(got, span{index(v.Opened), -1})
			}
			if !v.Closed.IsZero() {
				got[len(got)-1].to = index(v.Closed)
			}
			if v.Changed && !v.Since.After(since) {
				t.Fatalf("sample %d: the mark at %v is not later than the one at %v", i, v.Since, since)
			}
			if !v.Changed && (v.Level != level || !v.Since.Equal(since)) {
				t.Fatalf("sample %d: %+v is another level than %v since %v without saying so", i, v, level, since)
			}
			if l == data.NoData && v.Level != data.NoData {
				t.Fatalf("sample %d: nobody watches and the level is %v", i, v.Level)
			}
			open := len(got) > 0 && got[len(got)-1].to < 0
			if v.Level.Bad() && !open {
				t.Fatalf("sample %d: %v without an outage", i, v.Level)
			}
			since, level = v.Since, v.Level
		}
		if want := naive(levels); !slices.Equal(got, want) {
			t.Fatalf("outages %v, want %v", got, want)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	j := NewJudge(time.Minute)
	at := zero
	for b.Loop() {
		at = at.Add(time.Minute)
		j.Add(data.Sample{At: at, Level: data.Operational})
	}
}
