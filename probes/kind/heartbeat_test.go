package kind

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

func TestBeating(t *testing.T) {
	t.Parallel()
	now := zero.Add(24 * time.Hour)
	for _, c := range []struct {
		name  string
		age   time.Duration // of the newest heartbeat; below zero is to come
		made  time.Duration // ago
		beat  data.Beat
		grace time.Duration
		want  string
	}{
		{"fresh", time.Second, time.Hour, data.Beat{Level: data.Operational}, 0, "operational "},
		{"late, within half an interval", 89 * time.Second, time.Hour, data.Beat{Level: data.Operational}, 0, "operational "},
		{"silent", 90 * time.Second, time.Hour, data.Beat{Level: data.Operational}, 0, "major_outage silent"},
		{"silent after a day", 24 * time.Hour, time.Hour, data.Beat{Level: data.Degraded}, 0, "major_outage silent"},
		{"within a longer grace", 5 * time.Minute, time.Hour, data.Beat{Level: data.Operational}, 5 * time.Minute, "operational "},
		{"silent beyond it", 6 * time.Minute, time.Hour, data.Beat{Level: data.Operational}, 5 * time.Minute, "major_outage silent"},
		{"silent while we were away", time.Hour, 89 * time.Second, data.Beat{Level: data.Operational}, 0, "no_data unsure"},
		{"silent, and we are back for long enough", time.Hour, 90 * time.Second, data.Beat{Level: data.Operational}, 0, "major_outage silent"},
		{"it says that it is degraded", time.Second, time.Hour, data.Beat{Level: data.Degraded, Detail: "queue of 900"}, 0, "degraded reported"},
		{"it says that part of it is out", time.Second, time.Hour, data.Beat{Level: data.PartialOutage}, 0, "partial_outage reported"},
		{"it says that it is out", time.Second, time.Second, data.Beat{Level: data.MajorOutage, Detail: strings.Repeat("ø", 150)}, 0, "major_outage reported"},
		{"it says nothing that is known", time.Second, time.Hour, data.Beat{}, 0, "no_data unsure"},
		{"slow", time.Second, time.Hour, data.Beat{Level: data.Operational, Latency: time.Minute}, 0, "degraded slow"},
		{"a little ahead of the clock", -time.Second, time.Hour, data.Beat{Level: data.Operational}, 0, "operational "},
		{"from the future", -time.Hour, time.Hour, data.Beat{Level: data.Operational}, 0, "no_data unsure"},
	} {
		p := datatest.Probe("sync", "calendar-sync")
		p.Kind, p.Interval, p.Grace, p.Slow = data.ProbeHeartbeat, time.Minute, c.grace, 30*time.Second
		c.beat.At = now.Add(-c.age)
		s := beating(p, c.beat, now.Add(-c.made), now)
		if verdictOf(s) != c.want || s.Level != data.NoData && s.Reason != data.ReasonSilent && s.Latency != c.beat.Latency || len(s.Detail) > 200 || (s.Reason == "") != (s.Detail == "") {
			t.Errorf("%s: %+v, want %s", c.name, s, c.want)
		}
	}
	if s := beating(datatest.Probe("sync", "calendar-sync"), data.Beat{}, zero, now); verdictOf(s) != "no_data unsure" {
		t.Errorf("before the first heartbeat: %+v", s)
	}
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	p := datatest.Probe("sync", "calendar-sync")
	p.Kind, p.Target = data.ProbeHeartbeat, ""
	for _, c := range []struct {
		name  string
		beats func(context.Context, string) (data.Beat, error)
		want  string
	}{
		{"nowhere to look", nil, "no_data forbidden"},
		{"none yet", func(context.Context, string) (data.Beat, error) { return data.Beat{}, data.ErrNotFound }, "no_data unsure"},
		{"not to be read", func(context.Context, string) (data.Beat, error) { return data.Beat{}, errors.New("hush") }, "no_data unsure"},
		{"of this probe", func(_ context.Context, name string) (data.Beat, error) {
			return data.Beat{Probe: name, At: time.Now(), Level: map[string]data.Level{"sync": data.Operational}[name]}, nil
		}, "operational "},
	} {
		prober, err := Compile(p, Client{Beats: c.beats})
		if err != nil {
			t.Fatal(err)
		}
		if s := prober.Probe(t.Context()); len(s) != 1 || verdictOf(s[0]) != c.want || strings.Contains(s[0].Detail, "hush") {
			t.Errorf("%s: %+v, want %s", c.name, s, c.want)
		}
	}
}
