package probes

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// TestVotesInTheGuide: the examples in docs/observers.md are what the panel comes to.
func TestVotesInTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/observers.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (\d) \| (\d) \| (\w+) \|$`).FindAllStringSubmatch(string(guide), -1)
	if len(rows) < 8 {
		t.Fatalf("%d examples are found", len(rows))
	}
	words := map[data.Level]string{data.NoData: "unknown", data.Operational: "up", data.MajorOutage: "down"}
	for _, row := range rows {
		places, _ := strconv.Atoi(row[1])
		down, _ := strconv.Atoi(row[2])
		p := newPanel(30 * time.Second)
		var v Verdict
		for round := range 20 {
			for n := range places {
				s := data.Sample{Place: fmt.Sprint("place-", n), At: time.Date(2026, 4, 9, 12, 0, 30*round, 0, time.UTC), Level: data.Operational}
				if round >= 10 && n < down {
					s.Level, s.Reason = data.MajorOutage, data.ReasonTimeout
				}
				v = p.add(s.Place, s)
			}
		}
		if got := words[v.Level]; got != row[3] {
			t.Errorf("%d of %d say down: the panel says %s, the guide %s", down, places, got, row[3])
		}
		odd, _ := p.odd()
		if suspected := row[3] != "down"; suspected != (len(odd) > 0) {
			t.Errorf("%d of %d say down: %v are odd, the guide says that the network is suspected: %t", down, places, odd, suspected)
		}
	}
}
