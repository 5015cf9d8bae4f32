package main

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier/pager"
	"github.com/superoffice/statusd/web"
)

func alarmConfig(t *testing.T, alarms string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	for name, text := range map[string]string{"new": secret, "old": secret, "key": "key-123"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Parse(filepath.Join(dir, "statusd.yaml"), []byte("mail: {from: s@example.com, mailgun: {domain: mg.example.com, key_file: key}}\n"+alarms+"\n"), config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestAlarmChannels(t *testing.T) {
	t.Parallel()
	for alarms, want := range map[string]string{
		"": "",
		"alarms: {mail: {to: [a@example.com, b@example.com]}}":                                                                                         "mail mail",
		"alarms: {mail: {to: [a@example.com], smtp: {host: smtp.example.com, from: s@example.com}}}":                                                   "mail",
		"alarms: {webhook: {url: \"https://hooks.example.com/x\", secret_file: new, old_secret_file: old}}":                                            "webhook",
		"alarms: {mail: {to: [a@example.com]}, webhook: {url: \"http://127.0.0.1:9/x\", secret_file: new}, deadman: {url: \"https://x.example.com\"}}": "mail webhook",
	} {
		channels, err := alarmChannels(alarmConfig(t, alarms), "https://admin.example.com")
		if err != nil {
			t.Errorf("%s: %v", alarms, err)
		}
		var kinds []string
		names := map[string]bool{}
		for _, c := range channels {
			kinds = append(kinds, c.Kind)
			names[c.Name] = true
		}
		if got := strings.Join(kinds, " "); got != want || len(names) != len(channels) {
			t.Errorf("%s: %q under %v, want %q", alarms, got, names, want)
		}
	}
}

// What is configured of alarms reaches a receiver, and changing it is known to need a restart.
func TestAlarmsReachAReceiver(t *testing.T) {
	t.Parallel()
	var body []byte
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { body, _ = io.ReadAll(r.Body) }))
	defer receiver.Close()
	hook := "alarms: {webhook: {url: \"" + receiver.URL + "/x\", secret_file: new}"
	cfg := alarmConfig(t, hook+"}")
	channels, err := alarmChannels(cfg, "https://admin.example.com")
	if err != nil {
		t.Fatal(err)
	}
	m := pager.Message{ID: "alarm_x", At: time.Now(), Items: []pager.Item{{Alarm: data.Alarm{Kind: data.AlarmBlind, Detail: "No network.", Since: time.Now()}, Word: data.SayRaised}}}
	if err := channels[0].Deliver(context.Background(), m); err != nil || !strings.Contains(string(body), `"overview":"https://admin.example.com"`) {
		t.Errorf("%v: %s", err, body)
	}
	for _, other := range []string{"", "alarms: {mail: {to: [a@example.com]}}", hook + ", deadman: {url: \"https://x.example.com\"}}", strings.Replace(hook, "/x", "/y", 1) + "}"} {
		fresh := alarmConfig(t, other)
		if got := restartNeeded(cfg, fresh); !slices.Contains(got, "alarms") {
			t.Errorf("%q: %v need a restart", other, got)
		}
	}
	if got := restartNeeded(cfg, alarmConfig(t, hook+"}")); len(got) != 0 {
		t.Errorf("the same again: %v need a restart", got)
	}
}

func TestWhole(t *testing.T) {
	t.Parallel()
	ready := web.Ready{"store": func() error { return nil }, "page": func() error { return nil }}
	if err := whole(ready)(); err != nil {
		t.Error(err)
	}
	ready["page"] = func() error { return errors.New("7m old") }
	if err := whole(ready)(); err == nil || err.Error() != "page: 7m old" {
		t.Error(err)
	}
}
