package probes

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
)

// answer is what a resolver says to a name in these tests: it begins with what becomes of it.
func answer(_ context.Context, host string) ([]string, error) {
	switch kind, _, _ := strings.Cut(host, "."); kind[:2] {
	case "no":
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	case "sf":
		return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
	case "to":
		return nil, &net.DNSError{Err: "i/o timeout", Name: host, IsTimeout: true}
	case "xx":
		return nil, errors.New("no resolver is configured")
	}
	return []string{"192.0.2.1"}, nil
}

// TestResolver loses names, and asks whether the resolver is lost.
func TestResolver(t *testing.T) {
	for _, c := range []struct {
		references, hosts string
		want              bool
	}{
		{"192.0.2.9:443", "", false},
		{"192.0.2.9:443", "ok.example", false},
		{"192.0.2.9:443", "no.example", false}, // one name that does not exist is an answer
		{"192.0.2.9:443", "sf.example", true},
		{"192.0.2.9:443", "to.example", true},
		{"192.0.2.9:443", "xx.example", true},
		{"192.0.2.9:443", "sf.example sf.example SF.example.", true}, // still one name
		{"192.0.2.9:443", "no.example No.example", false},
		{"192.0.2.9:443", "no1.example no2.example", true},
		{"192.0.2.9:443", "sf1.example ok.example", false},
		{"192.0.2.9:443", "sf1.example to2.example ok.example", true},
		{"192.0.2.9:443", "sf1.example ok1.example ok2.example", false},
		{"192.0.2.9:443", "no.example 127.0.0.1 10.0.0.7 wiki sf.internal", false}, // only public names count
		{"ok.example:443", "sf.example", false},
		{"no.example:443", "sf.example", true},
		{"sf.internal:443", "no.example", false},
		{"ok1.example:443 ok2.example:443", "sf1.example sf2.example", false},
		{"ok1.example:443", "ok1.example sf2.example", false},
		{"", "sf1.example sf2.example", false}, // without references it is off
	} {
		o := observer{
			references: strings.Fields(c.references), resolve: answer, gauge: prometheus.NewGauge(prometheus.GaugeOpts{}), log: slog.New(slog.DiscardHandler),
			dial: func(context.Context, string, string) (net.Conn, error) {
				a, b := net.Pipe()
				return a, b.Close()
			},
		}
		var probes []data.Probe
		for _, host := range strings.Fields(c.hosts) {
			probes = append(probes, data.Probe{Kind: data.ProbeTCP, Target: host + ":443"})
		}
		probes = append(probes, data.Probe{Kind: data.ProbeTCP, Target: "ok.retired.example:443", Retired: true})
		o.watch(slices.Values(probes))
		if got := o.blind(t.Context(), time.Now(), data.ReasonName) != ""; got != c.want {
			t.Errorf("with references %q and targets %q it is blind: %v, want %v", c.references, c.hosts, got, c.want)
		}
		if o.blind(t.Context(), time.Now(), data.ReasonConnect) != "" {
			t.Errorf("with targets %q a refused connection says nothing", c.hosts)
		}
	}
}

func TestManyNames(t *testing.T) {
	var probes []data.Probe
	for i := range 100 {
		probes = append(probes, data.Probe{Kind: data.ProbeHTTP, Target: fmt.Sprintf("https://host%d.example/", i)})
	}
	names := namesOf([]string{"zzz.example:443", "192.0.2.9:443"}, slices.Values(probes))
	if len(names) != maxNames || names[0] != "zzz.example" {
		t.Errorf("of 100 names and a reference it asks for %q", names)
	}
	slices.Reverse(probes)
	if again := namesOf([]string{"zzz.example:443", "192.0.2.9:443"}, slices.Values(probes)); !slices.Equal(names, again) {
		t.Errorf("in another order it asks for %q, not %q", again, names)
	}
}

// TestNoResolver takes the resolver away for half an hour while the references, by address, answer.
func TestNoResolver(t *testing.T) {
	for _, c := range []struct {
		name  string
		error error
		two   bool
		want  string
	}{
		{"no such host, of two names", &net.DNSError{Err: "no such host", IsNotFound: true}, true, "operational no_data operational"},
		{"server misbehaving", &net.DNSError{Err: "server misbehaving", IsTemporary: true}, false, "operational no_data operational"},
		{"timeout", &net.DNSError{Err: "i/o timeout", IsTimeout: true}, true, "operational no_data operational"},
		{"no such host, of one name", &net.DNSError{Err: "no such host", IsNotFound: true}, false, "operational major_outage operational closed"},
		{"others resolve", nil, true, "operational major_outage operational closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.options.References = []string{"192.0.2.7:443", "192.0.2.8:443", "192.0.2.9:443"}
				w.probe("front", "crm", func(*data.Probe) {})
				w.probe("inside", "wiki", func(p *data.Probe) { p.Target = "http://10.0.0.7/" })
				w.probe("address", "mail", func(p *data.Probe) { p.Target = "https://93.184.216.34/" })
				if c.two {
					w.probe("back", "files", func(p *data.Probe) { p.Target = "https://files.example.net/" })
				}
				w.start()
				pass(10 * time.Minute)
				w.hush(c.error)
				for _, name := range []string{"front", "inside", "back"} {
					w.set(name, data.MajorOutage, data.ReasonName)
				}
				pass(30 * time.Minute)
				blind := map[bool]float64{true: 1}[strings.Contains(c.want, "no_data")]
				if got := w.gauge("statusd_probes_blind"); got != blind {
					t.Errorf("the gauge says %v, want %v", got, blind)
				}
				w.hush(nil)
				for _, name := range []string{"front", "inside", "back"} {
					w.set(name, data.Operational, "")
				}
				pass(10 * time.Minute)
				w.levels("crm", c.want)
				if c.two {
					w.levels("files", c.want)
				}
				w.levels("mail", "operational")
				w.levels("wiki", "operational major_outage operational closed")
				if got := w.gauge("statusd_probes_blind"); got != 0 {
					t.Errorf("afterwards the gauge says %v", got)
				}
				w.stop()
			})
		})
	}
}

// TestResolverBack has the resolver back while the target is refused: that counts, and blindness ends.
func TestResolverBack(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.options.References = []string{"192.0.2.7:443"}
		w.probe("front", "crm", func(*data.Probe) {})
		w.start()
		pass(10 * time.Minute)
		w.hush(&net.DNSError{Err: "server misbehaving", IsTemporary: true})
		w.set("front", data.MajorOutage, data.ReasonName)
		pass(10 * time.Minute)
		w.hush(nil)
		w.set("front", data.MajorOutage, data.ReasonConnect)
		pass(10 * time.Minute)
		w.levels("crm", "operational no_data major_outage open")
		if got := w.gauge("statusd_probes_blind"); got != 0 {
			t.Errorf("the gauge says %v", got)
		}
		w.stop()
	})
}
