package recur

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLandReading(t *testing.T) {
	for _, tt := range []struct {
		zone, reading string
		end           bool
		at, note      string
	}{
		{"Europe/Oslo", "2026-04-10 22:00", false, "2026-04-10T20:00:00Z", ""},
		{"Europe/Oslo", "2026-03-29 02:30", false, "2026-03-29T01:30:00Z", "02:30 does not exist on 2026-03-29, as clocks go forward: it is taken as 03:30 CEST"},
		{"Europe/Oslo", "2026-03-29 02:30", true, "2026-03-29T01:30:00Z", "02:30 does not exist on 2026-03-29, as clocks go forward: it is taken as 03:30 CEST"},
		{"Europe/Oslo", "2026-10-25 02:30", false, "2026-10-25T00:30:00Z", "02:30 comes twice on 2026-10-25, as clocks go back: a start takes the first, 02:30 CEST"},
		{"Europe/Oslo", "2026-10-25 02:30", true, "2026-10-25T01:30:00Z", "02:30 comes twice on 2026-10-25, as clocks go back: an end takes the second, 02:30 CET"},
		{"Europe/Oslo", "2026-10-25 03:00", false, "2026-10-25T02:00:00Z", ""},
		{"Etc/UTC", "2026-10-25 02:30", true, "2026-10-25T02:30:00Z", ""},
	} {
		loc, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		reading, err := time.Parse("2006-01-02 15:04", tt.reading)
		if err != nil {
			t.Fatal(err)
		}
		at, note := Land(reading, loc, tt.end)
		if got := at.Format(time.RFC3339); got != tt.at || note != tt.note {
			t.Errorf("Land(%s, %s, %t) = %s, %q; want %s, %q", tt.reading, tt.zone, tt.end, got, note, tt.at, tt.note)
		}
	}
}

// TestLandReadingEveryZone reads minutes of every zone near its changes, and compares with the clock on the wall.
func TestLandReadingEveryZone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(allOddZones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		asked := time.Unix(60*rapid.Int64Range(946684800/60, 2208988800/60).Draw(t, "minute"), 0).UTC()
		if _, change := asked.In(loc).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near") {
			asked = change.Add(time.Duration(offset(loc, change.Unix()-1))*time.Second + time.Duration(rapid.Int64Range(-90, 90).Draw(t, "around"))*time.Minute).UTC()
		}
		shows := meanings(loc, asked.Unix())[asked.Unix()]
		for _, isEnd := range []bool{false, true} {
			at, note := Land(asked, loc, isEnd)
			switch {
			case (note == "") != (len(shows) == 1):
				t.Errorf("%s in %s is shown %d times, and the note is %q", asked, loc, len(shows), note)
			case len(shows) > 0 && at.Unix() != shows[0] && !isEnd, len(shows) > 0 && at.Unix() != shows[len(shows)-1] && isEnd:
				t.Errorf("%s in %s: %s, and the clock shows it at %v (end %t)", asked, loc, at, shows, isEnd)
			case len(shows) == 0 && offset(loc, at.Unix()) <= asked.Unix()-at.Unix():
				t.Errorf("%s in %s is skipped, and lands at %s, which shows %s", asked, loc, at, at.In(loc))
			}
		}
	})
}
