package calendar

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestOpen: support hours on the clock of the territory.
func TestOpen(t *testing.T) {
	for _, test := range []struct {
		territory, hours, now string
		open                  bool
		next                  string
	}{
		// A plain Tuesday of Oslo.
		{"no", "08:00-16:00", "2026-02-03T06:59:59Z", false, "2026-02-03T07:00:00Z"},
		{"no", "08:00-16:00", "2026-02-03T07:00:00Z", true, "2026-02-03T15:00:00Z"},
		{"no", "08:00-16:00", "2026-02-03T14:59:59Z", true, "2026-02-03T15:00:00Z"},
		{"no", "08:00-16:00", "2026-02-03T15:00:00Z", false, "2026-02-04T07:00:00Z"},
		// The same instant elsewhere.
		{"fi", "08:00-16:00", "2026-02-03T06:30:00Z", true, "2026-02-03T14:00:00Z"},
		{"gb", "08:00-16:00", "2026-02-03T15:30:00Z", true, "2026-02-03T16:00:00Z"},
		// Over weekends on which clocks change: 63 and 65 hours.
		{"no", "08:00-16:00", "2027-03-19T15:30:00Z", false, "2027-03-22T07:00:00Z"},
		{"de", "08:00-16:00", "2025-03-28T15:00:00Z", false, "2025-03-31T06:00:00Z"},
		{"no", "08:00-16:00", "2026-10-23T14:00:00Z", false, "2026-10-26T07:00:00Z"},
		// Holidays: Easter in Norway and in Britain, a Swedish eve, Christmas.
		{"no", "08:00-16:00", "2026-04-01T14:00:00Z", false, "2026-04-07T06:00:00Z"},
		{"gb", "08:00-16:00", "2026-04-01T15:00:00Z", false, "2026-04-02T07:00:00Z"},
		{"se", "08:00-16:00", "2026-06-18T14:00:00Z", false, "2026-06-22T06:00:00Z"},
		{"de", "08:00-16:00", "2026-12-24T15:00:00Z", false, "2026-12-28T07:00:00Z"},
		// Days that run on into each other: from Monday to the end of Friday, and to the eve of a holiday.
		{"no", "00:00-24:00", "2026-02-03T12:00:00Z", true, "2026-02-06T23:00:00Z"},
		{"no", "00:00-24:00", "2026-04-29T12:00:00Z", true, "2026-04-30T22:00:00Z"},
		{"no", "00:00-24:00", "2026-02-07T12:00:00Z", false, "2026-02-08T23:00:00Z"},
	} {
		h := hours(t, test.hours)
		if test.hours == "08:00-16:00" {
			h = Hours{} // says the same
		}
		open, next := open(t, test.territory).Open(h, instant(t, test.now))
		if open != test.open || next.Format(time.RFC3339) != test.next {
			t.Errorf("%s %s at %s: got %t until %s, want %t until %s", test.territory, test.hours, test.now, open, next.Format(time.RFC3339), test.open, test.next)
		}
	}
}

// TestOpenInTheChangedHour: bounds that a clock change doubles or skips, on a Sunday (DOMAIN.md 4.1).
func TestOpenInTheChangedHour(t *testing.T) {
	for _, test := range []struct {
		hours, now string
		open       bool
		next       string
	}{
		// Oslo, 25 October 2026: 02:00 to 03:00 comes twice. A start takes the first 02:30, an end the last.
		{"02:30-05:00", "2026-10-25T00:00:00Z", false, "2026-10-25T00:30:00Z"},
		{"02:30-05:00", "2026-10-25T01:15:00Z", true, "2026-10-25T04:00:00Z"},
		{"01:00-02:30", "2026-10-25T00:45:00Z", true, "2026-10-25T01:30:00Z"},
		// Oslo, 29 March 2026: 02:30 is skipped, and read as 01:30Z, which is 03:30.
		{"02:30-05:00", "2026-03-29T01:00:00Z", false, "2026-03-29T01:30:00Z"},
		{"01:00-02:30", "2026-03-29T01:15:00Z", true, "2026-03-29T01:30:00Z"},
		// 02:30 to 03:15 begins after it ends: not open that day.
		{"02:30-03:15", "2026-03-29T00:00:00Z", false, "2026-03-30T00:30:00Z"},
	} {
		h := hours(t, test.hours, time.Sunday, time.Monday)
		open, next := open(t, "no").Open(h, instant(t, test.now))
		if open != test.open || next.Format(time.RFC3339) != test.next {
			t.Errorf("%s at %s: got %t until %s, want %t until %s", test.hours, test.now, open, next.Format(time.RFC3339), test.open, test.next)
		}
	}
}

// TestOpenForEver: hours that never change within two years say so with a zero time.
func TestOpenForEver(t *testing.T) {
	var all []Change
	for d := On(2026, time.January, 1); d < On(2029, time.January, 1); d++ {
		all = append(all, Change{Date: d})
	}
	always, err := New([]string{"no"}, nil, all)
	if err != nil {
		t.Fatal(err)
	}
	never, err := New([]string{"no"}, all, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := instant(t, "2026-05-05T10:00:00Z")
	week := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	for _, test := range []struct {
		set   *Set
		hours string
		days  []time.Weekday
		open  bool
		zero  bool
	}{
		{always, "00:00-24:00", week, true, true},
		{always, "00:00-23:59", week, true, false},
		{never, "00:00-24:00", week, false, true},
	} {
		open, next := test.set.Calendars()[0].Open(hours(t, test.hours, test.days...), now)
		if open != test.open || next.IsZero() != test.zero {
			t.Errorf("%s: got %t until %s, want %t, zero %t", test.hours, open, next, test.open, test.zero)
		}
	}
}

// TestOpenAtEveryClockChange walks by the minute around every clock change of every zone from 2000 to 2040, and finds that
// next is the first minute at which the reading of the clock says otherwise. Hours begin and end outside the hours that change.
func TestOpenAtEveryClockChange(t *testing.T) {
	type change struct {
		calendar *Calendar
		at       time.Time
	}
	var changes []change
	for _, territory := range Territories() {
		c := open(t, territory.Code)
		for at, end := On(2000, time.January, 1), On(2041, time.January, 1); at < end; at++ {
			if noon := int64(at)*daySeconds + daySeconds/2; offset(noon, c.zone) != offset(noon+daySeconds, c.zone) {
				changes = append(changes, change{c, time.Unix(noon, 0)})
			}
		}
	}
	if want := len(Territories()) * 41 * 2; len(changes) != want {
		t.Fatalf("found %d clock changes, want %d", len(changes), want)
	}
	clock := func(t *rapid.T, name string, low, high int) int {
		m := rapid.IntRange(low, high).Draw(t, name)
		if m >= 60 && m < 300 {
			m = 60*(m%2) + 300 // 05:00 or 06:00
		}
		return m
	}
	check := func(t *rapid.T, c *Calendar, at time.Time) {
		h := Hours{from: clock(t, "from", 0, dayMinutes-2)}
		h.until = clock(t, "until", h.from+1, dayMinutes)
		for _, day := range rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 1, 7, rapid.ID).Draw(t, "days") {
			h.days[day] = true
		}
		if h.until <= h.from {
			h.until = dayMinutes
		}
		isOpen := func(at time.Time) bool {
			local := at.In(c.zone)
			reading := local.Hour()*60 + local.Minute()
			if !h.days[local.Weekday()] || reading < h.from || reading >= h.until {
				return false
			}
			_, holiday := c.Holiday(DateOf(local))
			return !holiday
		}
		now := at.Add(time.Duration(rapid.IntRange(-36*60, 48*60).Draw(t, "minutes")) * time.Minute)
		got, next := c.Open(h, now)
		if got != isOpen(now) {
			t.Fatalf("%s, %s, at %s: got %t", c.Code, h, now.In(c.zone), got)
		}
		for walk, end := now, now.Add(72*time.Hour); walk.Before(end); walk = walk.Add(time.Minute) {
			if changed := isOpen(walk) != got; changed != !walk.Before(next) {
				t.Fatalf("%s, %s, at %s: next is %s, and at %s it is open: %t", c.Code, h, now.In(c.zone), next.In(c.zone), walk.In(c.zone), !got == changed)
			} else if changed {
				return
			}
		}
		if !next.After(now.Add(72*time.Hour - time.Minute)) {
			t.Fatalf("%s, %s, at %s: next is %s, and nothing changes there", c.Code, h, now.In(c.zone), next.In(c.zone))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		// Each run draws hours anew for every twelfth change; a hundred runs come to all of them about eight times.
		const slices = 12
		start := rapid.IntRange(0, slices-1).Draw(t, "slice")
		for i := start; i < len(changes); i += slices {
			check(t, changes[i].calendar, changes[i].at)
		}
	})
}

// TestLand compares with a walk over all instants near: of those that show the reading a start takes the first and an end the
// last; a skipped reading lies as far behind the last instant before the jump as the clock would have gone.
func TestLand(t *testing.T) {
	for _, name := range []string{"Europe/Oslo", "Europe/London", "Europe/Dublin", "Europe/Helsinki", "America/Sao_Paulo", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kolkata"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for d := On(2009, time.January, 1); d < On(2011, time.January, 1); d++ {
			noon := int64(d)*daySeconds + daySeconds/2
			if offset(noon-daySeconds, zone) == offset(noon+daySeconds, zone) {
				continue // clocks do not change near
			}
			for minutes := 0; minutes <= dayMinutes; minutes += 15 {
				want := d.midnight().Add(time.Duration(minutes) * time.Minute)
				var shown []time.Time
				var before time.Time // the last instant at which the clock was not yet at the reading
				for at := want.Add(-15 * time.Hour); at.Before(want.Add(15 * time.Hour)); at = at.Add(15 * time.Minute) {
					_, ahead := at.In(zone).Zone()
					switch reading := at.Add(time.Duration(ahead) * time.Second); {
					case reading.Equal(want):
						shown = append(shown, at)
					case reading.Before(want) && len(shown) == 0:
						before = at
					}
				}
				first, last := want, want
				if len(shown) > 0 {
					first, last = shown[0], shown[len(shown)-1]
				} else {
					_, ahead := before.In(zone).Zone()
					first = want.Add(-time.Duration(ahead) * time.Second)
					last = first
				}
				if start, end := land(d, minutes, zone, false), land(d, minutes, zone, true); !start.Equal(first) || !end.Equal(last) {
					t.Errorf("%s, %s: start %s and end %s, want %s and %s", name, want.Format("2006-01-02 15:04"), start, end, first, last)
				}
			}
		}
	}
}

// TestParseHours: what is refused, in words that name the way out, and what is read back.
func TestParseHours(t *testing.T) {
	for _, test := range []struct {
		from, until string
		days        []time.Weekday
		want        string
	}{
		{"8:00", "16:00", nil, `"8:00" is not a time of day: write hours and minutes, such as 08:00`},
		{"08:00", "25:00", nil, `"25:00" is not a time of day: write hours and minutes, such as 08:00`},
		{"16:00", "08:00", nil, "hours from 16:00 until 08:00 do not lie within a day: until must be later than from, at most 24:00"},
		{"08:00", "08:00", nil, "hours from 08:00 until 08:00 do not lie within a day: until must be later than from, at most 24:00"},
		{"08:00", "16:00", []time.Weekday{7}, "day 7 is no day of the week: use 0 for Sunday to 6 for Saturday"},
		{"08:00", "24:00", []time.Weekday{6}, "08:00-24:00"},
		{"08:00", "16:00", nil, "08:00-16:00"},
	} {
		h, err := ParseHours(test.from, test.until, test.days...)
		got := h.String()
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s until %s on %v:\n got %s\nwant %s", test.from, test.until, test.days, got, test.want)
		}
	}
	if got := (Hours{}).String(); got != "08:00-16:00" {
		t.Errorf("no hours read %s", got)
	}
}

// hours reads the hours of a table, as 08:00-16:00.
func hours(t testing.TB, text string, days ...time.Weekday) Hours {
	t.Helper()
	var from, until string
	if _, err := fmt.Sscanf(text, "%5s-%5s", &from, &until); err != nil {
		t.Fatal(err)
	}
	h, err := ParseHours(from, until, days...)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHoursDays(t *testing.T) {
	t.Parallel()
	weekend, err := ParseHours("10:00", "14:00", time.Sunday, time.Saturday)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(weekend.Days()); got != "[Saturday Sunday]" {
		t.Errorf("the weekend is %s", got)
	}
	if got := fmt.Sprint((Hours{}).Days()); got != "[Monday Tuesday Wednesday Thursday Friday]" {
		t.Errorf("the usual days are %s", got)
	}
}
