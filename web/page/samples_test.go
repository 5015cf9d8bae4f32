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
	settled := func() (n int) {
		for _, d := range r.over["secret-slow-probe"] {
			if d.again.IsZero() {
				n++
			}
		}
		return n
	}
	before := settled()
	err = r.store.Update(t.Context(), func(tx data.Tx) error {
		return tx.Blocks().Delete(data.KeyOfBlock("secret-slow-probe", "secret-place", data.BlockDay(now.AddDate(0, 0, -4))))
	})
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.read(t.Context(), time.UTC, now.AddDate(0, 0, 1))
	if err != nil || before != DaysShown-3 || settled() != DaysShown-3 {
		t.Errorf("%d days over at first, %d then: %v", before, settled(), err)
	}
	if d := again["login"][DaysShown-6]; d.Median < 280*time.Millisecond {
		t.Errorf("a day that is over was read again: %+v", d)
	}
	if d := again["login"][DaysShown-1]; d.Seen != 0 {
		t.Errorf("the new day: %+v", d)
	}
}

// TestSamplesOfToday are read again and again, and say until when they were.
func TestSamplesOfToday(t *testing.T) {
	t.Parallel()
	now := datatest.Start.Truncate(24 * time.Hour).Add(3*time.Hour + 7*time.Second)
	store := sampled(t, now)
	r := sampler{store: store}
	spoil := func(day int) {
		t.Helper()
		err := store.Update(t.Context(), func(tx data.Tx) error {
			at := now.AddDate(0, 0, -day)
			b, err := tx.Blocks().Get(data.KeyOfBlock("secret-slow-probe", "secret-place", data.BlockDay(at)))
			if err != nil {
				return err
			}
			bad := data.Sample{Probe: b.Probe, Place: b.Place, At: at.Truncate(24 * time.Hour).Add(150 * time.Minute), Level: data.MajorOutage, Reason: data.ReasonTimeout}
			return errors.Join(b.Append(bad), tx.Blocks().Put(b))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	spoil(1)
	for _, c := range []struct {
		name             string
		after            time.Duration
		day              int // that has another bad sample by then
		today, yesterday int // samples seen
	}{
		{"at first", 0, -1, 100, 101},
		{"ten minutes later", samplesEvery, 0, 101, 101},
		{"yesterday waits for its hour", 2 * samplesEvery, 1, 101, 101},
		{"and is read again after it", samplesAgain, -1, 101, 102},
	} {
		if c.day == 1 { // from a place that was cut off
			now = now.Add(time.Minute)
			err := store.Update(t.Context(), func(tx data.Tx) error {
				b := data.Block{Probe: "secret-slow-probe", Place: "another", Day: data.BlockDay(now.AddDate(0, 0, -1))}
				return errors.Join(b.Append(data.Sample{At: now.AddDate(0, 0, -1), Level: data.Operational}), tx.Blocks().Put(b))
			})
			if err != nil {
				t.Fatal(err)
			}
		} else if c.day == 0 {
			spoil(0)
		}
		days, err := r.read(t.Context(), time.UTC, now.Add(c.after))
		if err != nil {
			t.Fatal(err)
		}
		today, yesterday := days["login"][DaysShown-1], days["login"][DaysShown-2]
		if today.Seen != c.today || yesterday.Seen != c.yesterday {
			t.Errorf("%s: %d samples today and %d yesterday, want %d and %d", c.name, today.Seen, yesterday.Seen, c.today, c.yesterday)
		}
		if want := now.Add(c.after).Truncate(time.Minute); !today.Until.Equal(want) || !yesterday.Until.IsZero() {
			t.Errorf("%s: today goes until %s, want %s; yesterday until %s", c.name, today.Until, want, yesterday.Until)
		}
	}
}

// TestShareOfToday says until when it is, in every language.
func TestShareOfToday(t *testing.T) {
	t.Parallel()
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	c := Component{Component: datatest.Component("login")}
	day := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	for l, want := range map[i18n.Lang][2]string{
		i18n.EN: {"97.69% (until 18:00)", "Checks answered in 90 days: 98.84% (until 18:00)."},
		i18n.NB: {"97,69 % (til kl. 18:00)", "Besvarte kontroller på 90 dager: 98,84 % (til kl. 18:00)."},
		i18n.SV: {"97,69 % (till kl. 18:00)", "Besvarade kontroller på 90 dagar: 98,84 % (till kl. 18:00)."},
		i18n.DA: {"97,69 % (indtil kl. 18.00)", "Besvarede kontroller på 90 dage: 98,84 % (indtil kl. 18.00)."},
		i18n.DE: {"97,69 % (bis 18:00 Uhr)", "Beantwortete Prüfungen in 90 Tagen: 98,84 % (bis 18:00 Uhr)."},
		i18n.NL: {"97,69% (tot 18:00 uur)", "Beantwoorde controles in 90 dagen: 98,84% (tot 18:00 uur)."},
		i18n.FI: {"97,69 % (klo 18.00 asti)", "Vastatut tarkistukset 90 päivässä: 98,84 % (klo 18.00 asti)."},
	} {
		s := &State{Settings: Settings{Zone: oslo, ZoneName: "Europe/Oslo"}, Components: []Component{c}, samples: map[string][]DaySamples{"login": {
			{Start: day.AddDate(0, 0, -1), Good: 10_000, Seen: 10_000},
			{Start: day, Good: 9_769, Seen: 10_000, Until: day.Add(18 * time.Hour)},
		}}}
		v := maker{s, l}.measuredPage(c)
		if len(v.Rows) != 2 || v.Rows[0].Share != want[0] || strings.Contains(v.Rows[1].Share, "(") || !strings.HasSuffix(v.Text, want[1]) {
			t.Errorf("%s: %+v, %q; want %q", l, v.Rows, v.Text, want)
		}
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
