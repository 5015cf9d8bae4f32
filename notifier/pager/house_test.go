package pager

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// house is a store with alarms, and receivers that write down what they are told.
type house struct {
	t        testing.TB
	store    *brittle
	begin    time.Time
	registry *prometheus.Registry
	log      strings.Builder

	mu     sync.Mutex
	told   []telling
	answer map[string]func(Message) error // by channel; none takes everything
}

// telling is one alarm in one message that a receiver took.
type telling struct {
	at               time.Duration // since the beginning
	channel, message string
	word             data.Word
	key              data.AlarmKey
	raise            int
	back             int
}

// brittle is a store whose writes can be made to fail.
type brittle struct {
	data.Store
	mu     sync.Mutex
	broken bool
}

func (b *brittle) Update(ctx context.Context, fn func(data.Tx) error) error {
	b.mu.Lock()
	broken := b.broken
	b.mu.Unlock()
	if broken {
		return errors.New("no space left")
	}
	return b.Store.Update(ctx, fn)
}

func (b *brittle) set(broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = broken
}

func newHouse(t testing.TB) *house {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		s.Close()
	})
	return &house{t: t, store: &brittle{Store: s}, begin: time.Now(), answer: map[string]func(Message) error{}}
}

func (h *house) update(fn func(data.Tx) error) {
	h.t.Helper()
	if err := h.store.Store.Update(context.Background(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// stand makes these the standing alarms of a kind.
func (h *house) stand(kind data.AlarmKind, subjects ...string) {
	h.t.Helper()
	h.update(func(tx data.Tx) error {
		var standing []data.Alarm
		for _, s := range subjects {
			standing = append(standing, data.Alarm{Subject: s, Detail: "It is " + s + "."})
		}
		return data.SetAlarms(tx, kind, standing, time.Now())
	})
}

func (h *house) channel(name, kind string) Channel {
	return Channel{Name: name, Kind: kind, Deliver: func(_ context.Context, m Message) error {
		h.mu.Lock()
		answer := h.answer[name]
		h.mu.Unlock()
		if answer != nil {
			if err := answer(m); err != nil {
				return err
			}
		}
		h.take(name, m)
		return nil
	}}
}

// take writes down that a receiver was told.
func (h *house) take(channel string, m Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, i := range m.Items {
		h.told = append(h.told, telling{time.Since(h.begin), channel, m.ID, i.Word, i.Key(), i.Raise, i.Back})
	}
}

func (h *house) answers(channel string, answer func(Message) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer[channel] = answer
}

// start runs a process until the function is called.
func (h *house) start(channels ...Channel) (stop func()) {
	h.t.Helper()
	h.registry = prometheus.NewRegistry()
	p := New(Options{Store: h.store, Channels: channels, Log: slog.New(slog.NewTextHandler(&h.log, nil)), Registry: h.registry})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	return func() {
		h.t.Helper()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("Run: %v", err)
		}
	}
}

// story is everything a channel was told, as "at word subject" with what is in one message in brackets.
func (h *house) story(channel string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	last := ""
	for _, t := range h.told {
		if t.channel != channel {
			continue
		}
		_, subject, _ := strings.Cut(string(t.key), "|")
		text := string(t.word) + " " + subject
		if t.message == last {
			out[len(out)-1] += " + " + text
		} else {
			out = append(out, fmt.Sprintf("%s %s", t.at.Round(time.Second), text))
		}
		last = t.message
	}
	return strings.Join(out, ", ")
}

func (h *house) want(channel, want string) {
	h.t.Helper()
	if got := h.story(channel); got != want {
		h.t.Errorf("%s was told\n got %s\nwant %s", channel, got, want)
	}
}

const year = 365 * 24 * time.Hour

// gauge is one series by its labels' values.
func gauge(t testing.TB, registry *prometheus.Registry, name string, values ...string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var got []string
			for _, l := range m.GetLabel() {
				got = append(got, l.GetValue())
			}
			if f.GetName() == name && slices.Equal(got, values) {
				return m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	t.Errorf("there is no %s%v", name, values)
	return -1
}
