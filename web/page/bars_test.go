package page

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
)

// TestDaysWithGaps colours a day by the worst that was seen of it, and says in every language how long nobody watched.
func TestDaysWithGaps(t *testing.T) {
	t.Parallel()
	words := map[i18n.Lang][2]string{ // without an interruption, and an hour of no data
		i18n.EN: {"no interruption", "no data 1 hour"}, i18n.NB: {"ingen avbrudd", "ingen data 1 time"}, i18n.SV: {"inga avbrott", "inga data 1 timme"}, i18n.DA: {"ingen afbrydelser", "ingen data 1 time"},
		i18n.DE: {"keine Unterbrechung", "keine Daten 1 Stunde"}, i18n.NL: {"geen onderbreking", "geen gegevens 1 uur"}, i18n.FI: {"ei katkoja", "ei tietoa 1 tunti"},
	}
	const day, hour = 86_400, 3_600
	for _, c := range []struct {
		name   string
		day    ledger.Day
		class  string
		well   bool // it says that nothing was interrupted
		unseen bool // it says that nobody watched for an hour
		in     ledger.DayState
		row    bool // it is among the days in numbers
	}{
		{"a quiet day", ledger.Day{State: ledger.DayOperational, Operational: day}, "", true, false, ledger.DayOperational, false},
		{"a restart", ledger.Day{State: ledger.DayOperational, Operational: day - 300, NoData: 300}, "", true, false, ledger.DayOperational, false},
		{"an hour unwatched", ledger.Day{State: ledger.DayOperational, Operational: day - hour, NoData: hour}, "", true, true, ledger.DayOperational, true},
		{"an hour unwatched of a slow day", ledger.Day{State: ledger.DayDegraded, Operational: day - 2*hour, NoData: hour, Degraded: hour}, "d", false, true, ledger.DayDegraded, true},
		{"most of it unwatched", ledger.Day{State: ledger.DayNoData, Operational: hour / 2, NoData: hour}, "n", false, true, ledger.DayNoData, true},
	} {
		start := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC)
		c.day.Date, c.day.Start, c.day.End = "2026-11-19", start, start.AddDate(0, 0, 1)
		after := ledger.Day{Date: "2026-11-20", Start: start.AddDate(0, 0, 1), End: start.AddDate(0, 0, 2), State: ledger.DayOperational, Operational: day}
		days := []ledger.Day{c.day, after}
		for l, want := range words {
			m := maker{&State{Settings: Settings{Zone: time.UTC, ZoneName: "UTC"}}, l}
			b := newBars(m)
			bar, _, _ := strings.Cut(string(b.write(days)), "</i>")
			class := ""
			if _, rest, ok := strings.Cut(bar, "class="); ok {
				class = rest[:1]
			}
			if class != c.class || strings.Contains(bar, want[0]) != c.well || strings.Contains(bar, want[1]) != c.unseen {
				t.Errorf("%s in %s: %s; want class %q, %q %t, %q %t", c.name, l, bar, c.class, want[0], c.well, want[1], c.unseen)
			}
			if text := b.states[c.in] + " " + i18n.Plural(l, "duration.day", 1); c.in != ledger.DayOperational && !strings.Contains(b.summary(days), text) {
				t.Errorf("%s in %s: the summary %q lacks %q", c.name, l, b.summary(days), text)
			}
			if text := b.states[ledger.DayNoData]; c.in != ledger.DayNoData && strings.Contains(b.summary(days), text) {
				t.Errorf("%s in %s: the summary %q counts a day of no data", c.name, l, b.summary(days))
			}
			_, told := m.toldDays(Component{Days: days})
			if len(told) > 0 != c.row {
				t.Errorf("%s in %s: %d rows in numbers", c.name, l, len(told))
			}
		}
	}
}
