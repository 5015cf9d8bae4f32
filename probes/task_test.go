package probes

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/probes/kind"
)

// TestLag has a sample that begins long after its slot: the machine was asleep or starved, so it says nothing (F32).
func TestLag(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.options.Registry = prometheus.NewRegistry()
		p := datatest.Probe("front", "crm")
		task := single(New(w.options), p)
		task.prober = fake{w, p}
		if s := task.sample(t.Context(), time.Now().Add(-maxLag))[0]; s.Level != data.Operational {
			t.Errorf("a sample on the edge of being late: %+v", s)
		}
		if s := task.sample(t.Context(), time.Now().Add(-maxLag-1))[0]; s.Level != data.NoData || s.Reason != data.ReasonBlind {
			t.Errorf("a late sample: %+v", s)
		}
		if n := len(w.runs("front")); n != 1 {
			t.Errorf("the target was asked %d times", n)
		}
	})
}

func TestWorst(t *testing.T) {
	good, bad := data.Sample{Level: data.Operational}, data.Sample{Level: data.MajorOutage}
	if s := worst([]data.Sample{good, bad, good}); s.Level != data.MajorOutage {
		t.Errorf("the worst of three is %+v", s)
	}
	if s := worst(nil); s.Level != data.NoData || s.Reason != data.ReasonPanic {
		t.Errorf("the worst of none is %+v", s)
	}
}

func TestPublic(t *testing.T) {
	for target, want := range map[string]bool{
		"https://www.example.com/": true, "https://93.184.216.34/": true, "https://[2606:4700::1]:8443/": true,
		"http://127.0.0.1:8080/": false, "http://localhost/": false, "http://10.1.2.3/": false, "http://[::1]/": false,
		"http://wiki/": false, "http://wiki.internal/": false, "http://printer.local./": false, "http://100.64.1.1/": false,
	} {
		if got := kind.Public(data.Probe{Kind: data.ProbeHTTP, Target: target}); got != want {
			t.Errorf("kind.Public(%s) is %v, want %v", target, got, want)
		}
	}
	if !kind.Public(data.Probe{Kind: data.ProbeTCP, Target: "mail.example.com:25"}) || kind.Public(data.Probe{Kind: data.ProbeTLS, Target: "[fd00::1]:443"}) {
		t.Error("public is wrong about host:port")
	}
}

// TestDefaults has a Runner that makes its probers itself, as it does in service.
func TestDefaults(t *testing.T) {
	t.Parallel()
	agent := ""
	p := datatest.Probe("front", "crm")
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { agent = r.UserAgent() }))
	defer target.Close()
	p.Target = target.URL
	r := New(Options{Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(), UserAgent: "statusd/1 (+https://status.example)"})
	prober, err := r.o.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	if s := prober.Probe(t.Context())[0]; s.Level != data.Operational || agent != "statusd/1 (+https://status.example)" {
		t.Errorf("%+v, asked by %q", s, agent)
	}
	if r.o.Place != "local" || r.o.Flush != time.Minute {
		t.Errorf("place %q, flush %s", r.o.Place, r.o.Flush)
	}
	conn, err := r.o.Dial(t.Context(), "tcp", target.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// TestPanicSaysWhere names the place of a fault of ours, and nothing longer than a detail may be.
func TestPanicSaysWhere(t *testing.T) {
	t.Parallel()
	s := safely(t.Context(), clumsy{})[0]
	if s.Level != data.NoData || !strings.Contains(s.Detail, "oh") || !strings.Contains(s.Detail, "at task_test.go:") {
		t.Errorf("a panic gave %+v", s)
	}
	if got := kind.Clip(strings.Repeat("å", 150)); len(got) > 200 || !utf8.ValidString(got) {
		t.Errorf("a long detail was cut to %d bytes: %q", len(got), got)
	}
}

// clumsy is a prober with a fault.
type clumsy struct{}

func (clumsy) Probe(context.Context) []data.Sample { panic("oh") }
