package probes

import (
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

func TestSay(t *testing.T) {
	t.Parallel()
	levels := map[rune]data.Level{'+': data.Operational, '~': data.Degraded, '-': data.MajorOutage, '?': data.NoData}
	for runs, want := range map[string]data.Level{
		"": data.NoData, "+": data.Operational, "-": data.NoData, "++++++++-": data.Operational, "+++++++-+-": data.Operational,
		"++++++----": data.MajorOutage, "---": data.MajorOutage, "----++": data.Operational, "----+": data.MajorOutage,
		"+++~~~": data.Degraded, "+++++?": data.NoData, "++??+": data.Operational,
	} {
		var samples []data.Sample
		for i, c := range runs {
			s := data.Sample{At: time.Date(2026, 4, 9, 12, 0, 30*i, 0, time.UTC), Level: levels[c]}
			if s.Level == data.NoData {
				s.Reason = data.ReasonBlind
			}
			samples = append(samples, s)
		}
		if got := Say(30*time.Second, samples); got != want {
			t.Errorf("Say(%q) = %s, want %s", runs, got, want)
		}
	}
}
