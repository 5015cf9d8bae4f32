package calendar

import (
	"strings"
	"testing"
	"time"
)

// TestEveryHolidayHasALocalName: also those of a few years alone, and no name is there that no day has.
func TestEveryHolidayHasALocalName(t *testing.T) {
	t.Parallel()
	for n, row := range strings.Split(localNames, "\n") {
		if got, want := strings.Count(row, "|"), len(local()); got != want {
			t.Errorf("row %d has %d columns, want %d", n, got, want)
		}
	}
	for _, e := range entries {
		used := map[string]bool{}
		for _, r := range e.rules {
			used[r.name] = true
			name, lang := Holiday{Territory: e.Code, Name: r.name}.Local()
			if name == "" || lang == "" {
				t.Errorf("%s: %s has no local name", e.Code, r.name)
			}
		}
		for name := range local()[e.Code].names {
			if !used[name] {
				t.Errorf("%s: no day is called %s", e.Code, name)
			}
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	set, err := New(
		[]string{"no", "gb", "se", "ch"},
		[]Change{{Date: On(2026, time.June, 1), Territory: "no", Name: "Bryggedag"}, {Date: On(2026, time.June, 2), Territory: "gb"}, {Date: On(2026, time.May, 14), Territory: "se"}}, nil,
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		territory string
		date      Date
		name      string
		lang      string
	}{
		{"no", On(2026, time.May, 14), "Kristi himmelfartsdag", "nb"},
		{"no", On(2027, time.May, 17), "Grunnlovsdagen, Andre pinsedag", "nb"}, // two on one date
		{"no", On(2026, time.June, 1), "Bryggedag", ""},
		{"se", On(2026, time.May, 14), "Kristi himmelsfärdsdag", "sv"}, // added, with the table's name
		{"gb", On(2026, time.December, 28), "Boxing Day (substitute day)", "en"},
		{"gb", On(2026, time.June, 2), CompanyHoliday, ""},
		{"ch", On(2026, time.May, 14), "Auffahrt", "de"},
	} {
		c, err := set.Calendar(tt.territory)
		if err != nil {
			t.Fatal(err)
		}
		h, ok := c.Holiday(tt.date)
		if name, lang := h.Local(); !ok || name != tt.name || lang != tt.lang {
			t.Errorf("%s %s: %q in %q, want %q in %q", tt.territory, tt.date, name, lang, tt.name, tt.lang)
		}
	}
	if name, lang := (Holiday{Territory: "xx", Name: "Day"}).Local(); name != "Day" || lang != "" {
		t.Errorf("of an unknown territory: %q in %q", name, lang)
	}
}
