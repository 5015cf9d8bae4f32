package page

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/i18n"
)

// sampled is a store in which two probes look at a public component, one of them slower and worse, and one at a hidden one.
func sampled(t *testing.T, now time.Time) data.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		datatest.Invariants(t, s)
		s.Close()
	})
	err = s.Update(context.Background(), func(tx data.Tx) error {
		inner := datatest.Component("db3")
		inner.Audience = data.ForOperators
		slow, hidden := datatest.Probe("secret-slow-probe", "login"), datatest.Probe("secret-inner-probe", "db3")
		errs := []error{
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}), tx.Components().Put(datatest.Component("login")), tx.Components().Put(inner),
			tx.Components().Put(datatest.Component("unmeasured")), tx.Probes().Put(datatest.Probe("secret-fast-probe", "login")), tx.Probes().Put(slow), tx.Probes().Put(hidden),
		}
		for _, p := range []struct {
			name    string
			latency time.Duration
			bad     int
		}{{"secret-fast-probe", 20 * time.Millisecond, 0}, {slow.Name, 300 * time.Millisecond, 3}, {hidden.Name, time.Second, 0}} {
			for day := range 5 {
				at := now.AddDate(0, 0, -day).Truncate(24 * time.Hour)
				b := data.Block{Probe: p.name, Place: "secret-place", Day: data.BlockDay(at)}
				for i := range 100 {
					sample := data.Sample{Probe: p.name, Place: b.Place, At: at.Add(time.Duration(i) * time.Minute), Level: data.Operational, Latency: p.latency}
					if i < p.bad && day == 2 {
						sample.Level, sample.Reason = data.MajorOutage, data.ReasonTimeout
					}
					errs = append(errs, b.Append(sample))
				}
				errs = append(errs, tx.Blocks().Put(b))
			}
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSampler(t *testing.T) {
	t.Parallel()
	now := datatest.Start
	r := sampler{store: sampled(t, now)}
	days, err := r.read(t.Context(), time.UTC, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := days["db3"]; ok || len(days) != 1 || len(days["login"]) != DaysShown {
		t.Fatalf("components %d, %d days of login; a hidden one has none", len(days), len(days["login"]))
	}
	last := days["login"][DaysShown-1]
	if last.Median < 280*time.Millisecond || last.Good != 100 || last.Seen != 100 || !last.Start.Equal(now.Truncate(24*time.Hour)) {
		t.Errorf("today: %+v, want that of the slower probe", last)
	}
	if d := days["login"][DaysShown-3]; d.Good != 97 || d.Seen != 100 {
		t.Errorf("a bad day: %+v, want that of the worse probe", d)
	}
	if d := days["login"][0]; d.Seen != 0 || d.High != 0 {
		t.Errorf("before anything was measured: %+v", d)
	}
	// Days that are over are not read again; a day later there is another.
	before := len(r.over["secret-slow-probe"])
	err = r.store.Update(t.Context(), func(tx data.Tx) error {
		return tx.Blocks().Delete(data.KeyOfBlock("secret-slow-probe", "secret-place", data.BlockDay(now.AddDate(0, 0, -4))))
	})
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.read(t.Context(), time.UTC, now.AddDate(0, 0, 1))
	if err != nil || before != DaysShown-3 || len(r.over["secret-slow-probe"]) != DaysShown-3 {
		t.Errorf("%d days over at first, %d then: %v", before, len(r.over["secret-slow-probe"]), err)
	}
	if d := again["login"][DaysShown-6]; d.Median < 280*time.Millisecond {
		t.Errorf("a day that is over was read again: %+v", d)
	}
	if d := again["login"][DaysShown-1]; d.Seen != 0 {
		t.Errorf("the new day: %+v", d)
	}
}

// TestComponentPage follows a component from the front page to its page, which tells nothing that is inside (C7).
func TestComponentPage(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	p := &Publisher{Store: sampled(t, now), Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Settings: Settings{
		Name: "CRM status", Product: "CRM", ZoneName: "UTC", Zone: time.UTC, Target: "0.998", Langs: i18n.Langs[:], URL: "https://status.example.com",
	}, Renderers: []Renderer{Render}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	var s *Snapshot
	for s == nil || s.State.samples == nil {
		swapped := p.Swapped()
		if s = p.Current(); s != nil && s.State.samples != nil {
			break
		}
		select {
		case <-swapped:
		case <-time.After(30 * time.Second):
			t.Fatal("no snapshot with samples")
		}
	}
	login, _ := s.State.Component("login")
	path := componentPath + login.ID
	front, _ := s.Doc("/", i18n.EN)
	if !strings.Contains(string(front.Body), `href="`+path+`?lang=en"`) || strings.Contains(string(front.Body), data.PublicID("abcdefghijkl", "component", "db3")) {
		t.Error("the front page does not lead to the measured component, or leads to a hidden one")
	}
	for _, l := range s.State.Langs {
		d, ok := s.Doc(path, l)
		if !ok {
			t.Fatalf("%s is not there in %s", path, l)
		}
		body := string(d.Body)
		if strings.Contains(body, "secret") || strings.Contains(body, "127.0.0.1") || strings.Contains(body, " style=") || !strings.Contains(body, `class="chart"`) {
			t.Errorf("%s in %s tells what is inside, or has no chart", path, l)
		}
		if _, gz, _ := d.Sizes(); gz > 14600-1100 {
			t.Errorf("%s in %s has %d bytes in gzip", path, l, gz)
		}
	}
	rec := httptest.NewRecorder()
	d, _ := s.Doc(path, i18n.EN)
	d.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	if policy := rec.Header().Get("Content-Security-Policy"); policy != chartedPolicy().Get("Content-Security-Policy") || policy == policyOf("front").Get("Content-Security-Policy") {
		t.Errorf("the policy is %s", policy)
	}
	if d, ok := s.Doc(componentPath+data.PublicID("abcdefghijkl", "component", "unmeasured"), i18n.EN); !ok || strings.Contains(string(d.Body), i18n.T(i18n.EN, "ui.not_measured")) {
		t.Error("one that no probe looks at has no page of its days, or speaks of measuring")
	}
	for _, id := range []string{data.PublicID("abcdefghijkl", "component", "db3"), "login", "abcdefghijkl", ""} {
		if _, ok := s.Doc(componentPath+id, i18n.EN); ok {
			t.Errorf("%s%s is there", componentPath, id)
		}
	}
}
