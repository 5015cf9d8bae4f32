package config_test

import (
	"testing"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
)

// Without holidays all contract units count; with them those named, with what is added and taken out, a holiday before none.
func TestTerritories(t *testing.T) {
	if all := (&config.Config{}).Territories(); len(all) != len(calendar.Territories()) {
		t.Errorf("%d territories of a configuration that names none", len(all))
	}
	cfg := config.Config{Holidays: []data.Avoid{
		{Territories: []string{"no", "se"}, Add: []data.DayChange{{Date: "2026-12-24", Territory: "no"}}, Remove: []data.DayChange{{Date: "2026-06-19"}}},
		{Territories: []string{"se"}, Add: []data.DayChange{{Date: "2026-06-19"}}},
	}}
	got := cfg.Territories()
	if len(got) != 2 || got[0].Code != "no" || got[1].Code != "se" {
		t.Fatalf("%d territories", len(got))
	}
	eve, midsummer := calendar.On(2026, 12, 24), calendar.On(2026, 6, 19)
	if got[0].WorkingDay(eve) || !got[0].WorkingDay(midsummer) || got[1].WorkingDay(midsummer) {
		t.Error("what was added or taken out counts for nothing, or elsewhere")
	}
}
