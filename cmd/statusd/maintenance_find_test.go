package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// listing reaches a service that has these windows.
func listing(t *testing.T, all ...api.MaintenanceWindow) reach {
	t.Helper()
	t.Setenv("STATUSD_TOKEN", "sp_marked")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(api.Maintenances{Zone: "Europe/Oslo", Maintenance: all}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return reach{Server: server.URL}
}

// TestWindowOfAWord: a word without a name is about the window under way, else about the one that ended with the service out.
func TestWindowOfAWord(t *testing.T) {
	now := time.Now()
	over := api.MaintenanceWindow{ID: "over", Plan: "system", Phase: data.Completed, Start: now.Add(-7 * time.Hour), End: now.Add(-time.Hour), StillOut: true}
	well := over
	well.ID, well.StillOut = "well", false
	runs := over
	runs.ID, runs.Phase, runs.End, runs.StillOut = "runs", data.InProgress, now.Add(time.Hour), false
	for _, tt := range []struct {
		all  []api.MaintenanceWindow
		want string // empty where there is none
	}{
		{[]api.MaintenanceWindow{well}, ""},
		{[]api.MaintenanceWindow{well, over}, "over"},
		{[]api.MaintenanceWindow{well, over, runs}, "runs"},
	} {
		got, err := listing(t, tt.all...).find(t.Context(), []string{""}, true, nil)
		if got.ID != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("of %d windows it is about %q, %v; want %q", len(tt.all), got.ID, err, tt.want)
		}
	}
}

// TestNextForAnAct: the next window of a plan is the next with which can be done what is to be; one that a person steered is not
// passed, so that a repeated command does not go on to the one after.
func TestNextForAnAct(t *testing.T) {
	now := instant(t, "2026-04-11T10:00:00Z")
	window := func(id, date string, phase data.Phase, steered bool, can ...string) api.MaintenanceWindow {
		at := instant(t, date+"T18:00:00Z")
		return api.MaintenanceWindow{ID: id, Plan: "infrastructure", Cohort: "all", Date: date, Start: at, End: at.Add(10 * time.Hour), Zone: "Europe/Oslo", Phase: phase, Steered: steered, Can: can}
	}
	lapsed, slot := window("tonight", "2026-04-11", data.Lapsed, false, "confirm"), window("slot", "2026-04-18", data.Reserved, false, "confirm", "move", "cancel")
	used := window("used", "2026-04-25", data.Scheduled, true, "move", "hold", "cancel")
	last := window("last", "2026-05-02", data.Reserved, false, "confirm", "move", "cancel")
	off := window("off", "2026-04-18", data.Cancelled, true)
	for _, tt := range []struct {
		all   []api.MaintenanceWindow
		words string
		can   able
		want  string
	}{
		{[]api.MaintenanceWindow{lapsed, slot, used, last}, "infrastructure", nil, "tonight"},
		{[]api.MaintenanceWindow{lapsed, slot, used, last}, "infrastructure", ableTo(data.ActConfirm, false), "slot"},
		{[]api.MaintenanceWindow{lapsed, slot, used, last}, "infrastructure", ableTo(data.ActConfirm, true), "tonight"},
		{[]api.MaintenanceWindow{lapsed, slot, used, last}, "infrastructure", ableTo(data.ActHold, false), "used"},
		{[]api.MaintenanceWindow{lapsed, slot, used, last}, "infrastructure", ableTo(data.ActCancel, false), "slot"},
		{[]api.MaintenanceWindow{lapsed, slot, used, last}, "infrastructure 2026-04-11", ableTo(data.ActHold, false), "tonight"}, // by date
		{[]api.MaintenanceWindow{lapsed, used, last}, "infrastructure", ableTo(data.ActConfirm, false), "used"},                  // confirmed already
		{[]api.MaintenanceWindow{lapsed, off, used}, "infrastructure", ableTo(data.ActCancel, false), "off"},                     // cancelled already
		{[]api.MaintenanceWindow{lapsed, slot}, "infrastructure", ableTo(data.ActHold, false), "tonight"},                        // none: it says why
	} {
		got := ""
		for _, w := range namedBy(tt.all, strings.Fields(tt.words), now, tt.can) {
			got += w.ID
		}
		if got != tt.want {
			t.Errorf("%q names %s, want %s", tt.words, got, tt.want)
		}
	}
}

// TestLengthBelowZero: a length that goes the other way is no unknown flag.
func TestLengthBelowZero(t *testing.T) {
	for _, args := range [][]string{{"--by", "-30m"}, {"--by=-30m"}} {
		var out, errs bytes.Buffer
		status := run(append([]string{"maintenance", "shorten", "system", "--reason", "r"}, args...), nil, &out, &errs)
		if status != exitUsage || !strings.Contains(errs.String(), "-30m goes the other way: extend adds time and shorten takes it away") {
			t.Errorf("%q: %d %s", args, status, &errs)
		}
	}
}
