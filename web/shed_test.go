package web_test

import (
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/banner"
)

// TestShedding: with less and less room or time, new websockets are given up first, then the public API, then everything but the
// front page and the banner, which answer whatever comes (RELIABILITY 3.3).
func TestShedding(t *testing.T) {
	s := newSite(t, nil)
	var open atomic.Int64
	registry := prometheus.NewRegistry()
	shed := web.NewShed(web.ShedOptions{Connections: func() (int, int) { return int(open.Load()), 1000 }, Registry: registry})
	live := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "live") }) //nolint:errcheck // a recorder takes everything
	public := web.Public(web.PublicOptions{
		Pages: s.pages, Live: live, Ready: live, Log: quiet, Shed: shed, Banner: &banner.Handler{Pages: s.pages, Log: quiet, Language: web.Language},
	})
	order := [][]string{
		{"/live"},
		{"/api/v2/summary.json", "/api/v2/nothing.json", "/api/v1/schedule", "/api/v1/uptime/2026-04"},
		{"/history", "/history.ics", "/calendar/component/login.ics", "/schedule", "/uptime", "/incidents/" + s.incident, "/nowhere"},
		{"/", "/?lang=nb", "/?customer=Cust1", "/api/v1/banner", "/api/v1/banner.html", "/favicon.svg", s.script(), "/healthz", "/readyz", "/robots.txt"},
	}
	given := 0.0
	for step, connections := range []int64{899, 900, 950, 980, 1000} {
		open.Store(connections)
		level := min(step, 3)
		for n, paths := range order {
			for _, path := range paths {
				w := httptest.NewRecorder()
				public.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
				h := w.Header()
				if refused := w.Code == http.StatusServiceUnavailable; refused != (n < level) {
					t.Errorf("%d of 1000 connections: %s answers %d", connections, path, w.Code)
				} else if refused {
					given++
					if h.Get("Retry-After") == "" || h.Get("Connection") != "close" || h.Get("Cache-Control") != "no-store" || w.Body.Len() == 0 || w.Body.Len() > 20_000 {
						t.Errorf("%s refuses with %v and %d bytes", path, h, w.Body.Len())
					}
					want := "text/html; charset=utf-8"
					if path == "/live" || strings.HasPrefix(path, "/api/") || strings.Contains(path, "cal") || strings.HasSuffix(path, ".ics") {
						want = "application/problem+json" // for programs
					}
					if got := h.Get("Content-Type"); got != want {
						t.Errorf("%s refuses with %s, want %s", path, got, want)
					}
				}
			}
		}
	}
	sum := 0.0
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "statusd_refused_total" {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	if sum != given {
		t.Errorf("%g are counted, %g were refused", sum, given)
	}
	open.Store(0)
	w := httptest.NewRecorder()
	public.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/live", nil))
	if w.Code != http.StatusOK {
		t.Errorf("with room again /live answers %d", w.Code)
	}
}

// TestSheddingByTime: what is given up while everything waits for a processor comes back one after the other, a second apart; and
// connections that ask for nothing are closed while they are scarce.
func TestSheddingByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waiting, open, relieved atomic.Int64
		registry := prometheus.NewRegistry()
		shed := web.NewShed(web.ShedOptions{
			Connections: func() (int, int) { return int(open.Load()), 100 },
			Waiting:     func() time.Duration { return time.Duration(waiting.Load()) },
			Relieve:     func() { relieved.Add(1) }, Registry: registry,
		})
		go shed.Run(t.Context()) //nolint:errcheck // always nil
		synctest.Wait()
		var got []float64
		for _, ms := range []int64{0, 24, 25, 60, 399, 0, 0, 0, 0, 30, 400, 2000, 0, 0} {
			waiting.Store(ms * int64(time.Millisecond))
			time.Sleep(time.Second)
			synctest.Wait()
			v, err := gauge(registry, "statusd_given_up")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		if want := []float64{0, 0, 1, 2, 3, 2, 1, 0, 0, 1, 4, 5, 4, 3}; !slices.Equal(got, want) {
			t.Errorf("given up, second by second: %v, want %v", got, want)
		}
		if relieved.Load() != 0 {
			t.Error("connections were closed though there is room")
		}
		open.Store(95)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if relieved.Load() != 2 {
			t.Errorf("idle connections were closed %d times, want once a second", relieved.Load())
		}
		if problems, err := testutil.GatherAndLint(registry); err != nil || len(problems) > 0 {
			t.Errorf("%v %v", problems, err)
		}
	})
}

func gauge(registry *prometheus.Registry, name string) (float64, error) {
	families, err := registry.Gather()
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue(), nil
		}
	}
	return 0, err
}

// TestSheddingOperators: what operators look at is given up after everything public that can be, and last what they do; how to sign in
// and to declare an incident stays as long as that. The answers to "are you there?" stay whatever comes.
func TestSheddingOperators(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waiting atomic.Int64
		shed := web.NewShed(web.ShedOptions{Waiting: func() time.Duration { return time.Duration(waiting.Load()) }, Registry: prometheus.NewRegistry()})
		go shed.Run(t.Context()) //nolint:errcheck // always nil
		order := [][][2]string{
			{{"GET", "/"}, {"GET", "/incidents"}, {"HEAD", "/outages"}, {"GET", "/api/v1/incidents"}, {"GET", "/live"}, {"GET", "/signin/else"}},
			{
				{"POST", "/incidents"},
				{"POST", "/api/v1/incidents"},
				{"DELETE", "/api/v1/tokens/x"},
				{"GET", "/incidents/new"},
				{"GET", "/signin"},
				{"GET", "/signin/callback"},
				{"GET", "/signin/link/secret"},
				{"POST", "/signin/oidc"},
				{"GET", "/assets/admin.css"},
			},
			{{"GET", "/healthz"}, {"GET", "/readyz"}, {"GET", "/metrics"}},
		}
		reached := 0
		operators := shed.Operators(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
		for step, ms := range []int64{0, 100, 400, 2000, 60_000} {
			waiting.Store(ms * int64(time.Millisecond))
			time.Sleep(time.Second)
			synctest.Wait()
			level := min(max(step-1, 0), 2)
			for n, requests := range order {
				for _, request := range requests {
					reached = 0
					w := httptest.NewRecorder()
					operators.ServeHTTP(w, httptest.NewRequest(request[0], request[1], nil))
					if refused := w.Code == http.StatusServiceUnavailable; refused != (n < level) || refused != (reached == 0) {
						t.Errorf("waiting %d ms: %s answers %d", ms, request, w.Code)
					} else if refused && (w.Header().Get("Retry-After") == "" || request[0] != "HEAD" && !strings.Contains(w.Body.String(), "statusd incident open")) {
						t.Errorf("waiting %d ms: %s refuses with %v %s", ms, request, w.Header(), w.Body)
					}
				}
			}
		}
	})
}

// TestMedian: of what is new in a histogram, and of nothing where that is too little.
func TestMedian(t *testing.T) {
	buckets := []float64{math.Inf(-1), 0, 0.001, 0.01, 0.1}
	before := []uint64{0, 900, 0, 0}
	for _, tt := range []struct {
		counts []uint64
		want   float64
	}{
		{[]uint64{0, 949, 0, 0}, 0}, // 49 are too few
		{[]uint64{0, 949, 0, 500}, 0.01},
		{[]uint64{0, 949, 600, 1000}, 0.001},
		{[]uint64{0, 1549, 600, 1000}, 0},
		{[]uint64{100, 1549, 600, 1000}, 0}, // never below zero
	} {
		if got := web.Median(buckets, tt.counts, before); got != tt.want {
			t.Errorf("median of %v: %g, want %g", tt.counts, got, tt.want)
		}
		if !slices.Equal(before, tt.counts) {
			t.Errorf("looked at %v and remembers %v", tt.counts, before)
		}
	}
}
