package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
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
		got, err := listing(t, tt.all...).find(t.Context(), []string{""}, true)
		if got.ID != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("of %d windows it is about %q, %v; want %q", len(tt.all), got.ID, err, tt.want)
		}
	}
}
