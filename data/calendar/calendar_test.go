package calendar

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestChanges: dates that an operator adds and takes out.
func TestChanges(t *testing.T) {
	on := func(text, territory, name string) Change { return Change{date(t, text), territory, name} }
	set, err := New([]string{"no", "se"},
		[]Change{on("2026-12-24", "no", ""), on("2026-05-15", "", "Bridge day"), on("2026-12-31", "se", ""), on("2026-05-17", "no", "")},
		[]Change{on("2026-06-19", "", ""), on("2026-01-06", "se", "")})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ territory, date, want string }{
		{"no", "2026-12-24", "Company holiday true"},
		{"se", "2026-12-24", "Christmas Eve false"},
		{"no", "2026-05-15", "Bridge day true"},
		{"se", "2026-05-15", "Bridge day true"},
		{"se", "2026-12-31", "New Year's Eve true"}, // known already: it keeps its name and counts as public
		{"no", "2026-05-17", "Constitution Day true"},
		{"se", "2026-06-19", ""}, // taken out everywhere, and no holiday of Norway to begin with
		{"no", "2026-06-19", ""},
		{"se", "2026-01-06", ""},
		{"se", "2027-01-06", "Epiphany true"},
	} {
		c, err := set.Calendar(test.territory)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if h, ok := c.Holiday(date(t, test.date)); ok {
			got = h.Name + map[bool]string{true: " true", false: " false"}[h.Public]
			if h.Territory != test.territory || h.Date != date(t, test.date) {
				t.Errorf("%s on %s is of %s on %s", test.territory, test.date, h.Territory, h.Date)
			}
		}
		if got != test.want {
			t.Errorf("%s on %s: got %q, want %q", test.territory, test.date, got, test.want)
		}
	}
}

// TestSet: which territories keep a date, and which of them is named when one has to be.
func TestSet(t *testing.T) {
	set, err := New([]string{"se", "no", "gb"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ date, first, all string }{
		{"2026-05-18", "", ""},
		{"2026-06-19", "se", "se"},
		{"2026-12-24", "se", "se"},
		{"2026-05-17", "no", "no"},
		{"2026-05-25", "no", "no gb"},
		{"2026-12-25", "se", "se no gb"},
	} {
		var all []string
		for _, h := range set.On(date(t, test.date)) {
			all = append(all, h.Territory)
		}
		first, ok := set.Holiday(date(t, test.date))
		if got := strings.Join(all, " "); got != test.all || first.Territory != test.first || ok != (test.first != "") {
			t.Errorf("%s: got %q of %q, want %q of %q", test.date, first.Territory, got, test.first, test.all)
		}
	}
	// A public holiday goes before a customary one, whatever the order.
	both, err := New([]string{"se", "ie", "gb"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if h, _ := both.Holiday(date(t, "2021-12-27")); h.Territory != "gb" {
		t.Errorf("27 December 2021 is customary in Ireland and public in Britain: got %s", h.Territory)
	}
	year := set.Holidays(2026)
	for i := 1; i < len(year); i++ {
		if year[i].Date < year[i-1].Date {
			t.Errorf("%s comes after %s", year[i].Date, year[i-1].Date)
		}
	}
	if want := len(open(t, "se").Holidays(2026)) + len(open(t, "no").Holidays(2026)) + len(open(t, "gb").Holidays(2026)); len(year) != want {
		t.Errorf("%d holidays of three territories, want %d", len(year), want)
	}
}

// TestFaults: every bad input is told what is wrong and the way out.
func TestFaults(t *testing.T) {
	may := []Change{{Date: On(2026, time.May, 4)}}
	for _, test := range []struct {
		territories    string
		extra, without []Change
		want           string
	}{
		{"", nil, nil, "no territory is given: name at least one, such as no"},
		{"no xx", nil, nil, `territory "xx" is unknown: use one of dk, fi, se, no, de, gb, ie, ch, nl, be, lu`},
		{"NO", nil, nil, `territory "NO" is unknown: use one of dk, fi, se, no, de, gb, ie, ch, nl, be, lu`},
		{"uk", nil, nil, `territory "uk" is unknown: the United Kingdom is gb`},
		{"no se no", nil, nil, `territory "no" is given twice: name it once`},
		{"no", may, may, "2026-05-04 is both added to and taken out of the holidays of no: keep one of the two"},
		{"no", []Change{{Territory: "se"}}, nil, `the change of 1970-01-01: territory "se" is not among those configured: add it to them`},
		{"no", nil, []Change{{Territory: "sv"}}, `the change of 1970-01-01: territory "sv" is unknown: use one of dk, fi, se, no, de, gb, ie, ch, nl, be, lu`},
	} {
		_, err := New(strings.Fields(test.territories), test.extra, test.without)
		if err == nil || err.Error() != test.want {
			t.Errorf("New(%s):\n got %v\nwant %s", test.territories, err, test.want)
		}
	}
	for _, text := range []string{"", "2026-2-3", "2026-02-30", "20260203", "2026-02-03T00:00:00Z"} {
		if d, err := ParseDate(text); err == nil || !strings.Contains(err.Error(), "write year, month and day") {
			t.Errorf("ParseDate(%q) = %s, %v", text, d, err)
		}
	}
}

// TestClaims: C2 and C5 on the clock of the territory.
func TestClaims(t *testing.T) {
	for _, test := range []struct{ territory, event, last, end, handled string }{
		// A plain week: Monday's event, the Monday after.
		{"no", "2026-02-02T09:00:00Z", "2026-02-09", "2026-02-09T23:00:00Z", "2026-03-04"},
		// Friday and the weekend after it end alike.
		{"no", "2026-02-06T09:00:00Z", "2026-02-13", "2026-02-13T23:00:00Z", "2026-03-08"},
		{"no", "2026-02-07T09:00:00Z", "2026-02-13", "2026-02-13T23:00:00Z", "2026-03-09"},
		{"no", "2026-02-08T09:00:00Z", "2026-02-13", "2026-02-13T23:00:00Z", "2026-03-10"},
		// 23:30 in London is the next day in Oslo and Helsinki.
		{"gb", "2026-02-02T23:30:00Z", "2026-02-09", "2026-02-10T00:00:00Z", "2026-03-04"},
		{"no", "2026-02-02T23:30:00Z", "2026-02-10", "2026-02-10T23:00:00Z", "2026-03-05"},
		{"fi", "2026-02-02T23:30:00Z", "2026-02-10", "2026-02-10T22:00:00Z", "2026-03-05"},
		// Holy week takes three weekdays in Norway and two in Sweden; the end is on summer time.
		{"no", "2026-03-27T12:00:00Z", "2026-04-08", "2026-04-08T22:00:00Z", "2026-04-26"},
		{"se", "2026-03-27T12:00:00Z", "2026-04-07", "2026-04-07T22:00:00Z", "2026-04-26"},
		// Christmas, with the eves of Sweden and without.
		{"se", "2026-12-23T12:00:00Z", "2027-01-05", "2027-01-05T23:00:00Z", "2027-01-22"},
		{"no", "2026-12-23T12:00:00Z", "2026-12-31", "2026-12-31T23:00:00Z", "2027-01-22"},
		{"gb", "2026-12-23T12:00:00Z", "2027-01-04", "2027-01-05T00:00:00Z", "2027-01-22"},
	} {
		c := open(t, test.territory)
		event := instant(t, test.event)
		last, end := c.ClaimBy(event)
		if last.String() != test.last || end.Format(time.RFC3339) != test.end {
			t.Errorf("%s, event at %s: got %s until %s, want %s until %s", test.territory, test.event, last, end.Format(time.RFC3339), test.last, test.end)
		}
		if got := c.HandledBy(event).String(); got != test.handled {
			t.Errorf("%s, report at %s: got %s, want %s", test.territory, test.event, got, test.handled)
		}
	}
}

// TestAddWorkingDaysNaively lists every working day of a span, and counts in the list.
func TestAddWorkingDaysNaively(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom(Territories()).Draw(t, "territory").Code
		start := Date(rapid.IntRange(int(On(2000, time.June, 1)), int(On(2060, time.June, 1))).Draw(t, "date"))
		n := rapid.IntRange(-60, 60).Draw(t, "n")
		near := rapid.Custom(func(t *rapid.T) Change {
			return Change{Date: start + Date(rapid.IntRange(-30, 30).Draw(t, "days away"))}
		})
		extra := rapid.SliceOfN(near, 0, 4).Draw(t, "extra")
		set, err := New([]string{code}, extra, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := set.calendars[0]
		closed := map[string]bool{}
		for year := start.Year() - 1; year <= start.Year()+1; year++ {
			for _, h := range c.Holidays(year) {
				closed[h.Date.String()] = true
			}
		}
		var before, after []string
		for away := 1; away < 180; away++ {
			for _, sign := range []int{-1, 1} {
				day := start.midnight().AddDate(0, 0, sign*away)
				if text := day.Format("2006-01-02"); day.Weekday() != time.Saturday && day.Weekday() != time.Sunday && !closed[text] {
					if sign < 0 {
						before = append(before, text)
					} else {
						after = append(after, text)
					}
				}
			}
		}
		want := start.String()
		if n < 0 {
			want = before[-n-1]
		}
		if n > 0 {
			want = after[n-1]
		}
		if got := c.AddWorkingDays(start, n); got.String() != want {
			t.Fatalf("%s: %d working days from %s: got %s, want %s", code, n, start, got, want)
		}
	})
}

// TestDateText: a date survives its text, in JSON too, and carries the weekday that time says.
func TestDateText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.IntRange(int(On(1, time.January, 1)), int(On(9999, time.December, 31))).Draw(t, "date"))
		text, err := json.Marshal(Holiday{Date: d})
		if err != nil {
			t.Fatal(err)
		}
		var back Holiday
		if err := json.Unmarshal(text, &back); err != nil || back.Date != d {
			t.Fatalf("%s came back as %s: %v", text, back.Date, err)
		}
		if next := d.midnight().AddDate(0, 0, 1); DateOf(next) != d+1 || next.Weekday() != (d+1).Weekday() {
			t.Fatalf("the day after %s is not %s", d, next)
		}
	})
	var d Date
	if err := json.Unmarshal([]byte(`"24.12.2026"`), &d); err == nil {
		t.Error("24.12.2026 was read as a date")
	}
}

// instant reads an instant of a table.
func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
