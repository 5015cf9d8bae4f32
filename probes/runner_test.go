package probes

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestOutage follows one outage from its first bad sample to the first good one after it.
func TestOutage(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(p *data.Probe) {})
		w.update(func(tx data.Tx) error {
			c := datatest.Component("crm")
			c.Impact, c.Cause = data.NoWrite, data.ByThirdParty
			return tx.Components().Put(c)
		})
		w.start()
		p := datatest.Probe("front", "crm")
		one := int(first(p, time.Time{}, epoch).Sub(epoch).Seconds())
		pass(5 * time.Minute)
		w.want("crm", fmt.Sprintf("%d:operational", one))

		w.set("front", data.MajorOutage, data.ReasonStatus)
		bad := regular(p, time.Now())
		pass(time.Until(bad) + 2*time.Second)
		if stored := w.samples("front"); !stored[len(stored)-1].At.Equal(bad) {
			t.Errorf("two seconds after a bad sample of %v the newest stored one is of %v", bad, stored[len(stored)-1].At)
		}
		pass(23 * time.Second) // two more, in a hurry
		second := int(bad.Sub(epoch).Seconds())
		w.want("crm", fmt.Sprintf("%d:operational %d:major_outage %d-", one, second, second))
		w.update(func(tx data.Tx) error {
			outages, err := data.All(tx.Outages().Range("", ""))
			o := outages[0]
			if o.By != "front" || o.Impact != data.NoWrite || o.Cause != data.ByThirdParty || o.Reason != "status" || !o.Aware.Equal(bad) ||
				!o.LastBad.Equal(bad.Add(20*time.Second)) {
				t.Errorf("the outage: %+v", o)
			}
			return err
		})
		pass(10 * time.Minute)
		if o := w.outage(); time.Since(o.LastBad) > 3*time.Minute {
			t.Errorf("while it goes on, its last bad sample is of %v at %v", o.LastBad, time.Now())
		}
		w.set("front", data.Operational, "")
		good := regular(p, time.Now())
		pass(time.Until(good) + 15*time.Second)
		end := int(good.Sub(epoch).Seconds())
		w.want("crm", fmt.Sprintf("%d:operational %d:major_outage %d:operational %d-%d", one, second, end, second, end))
		w.stop()
		samples := w.samples("front")
		for i, s := range samples[1:] {
			if !s.At.After(samples[i].At) {
				t.Errorf("sample %d of %v comes after one of %v", i+1, s.At, samples[i].At)
			}
		}
		if len(samples) != len(w.runs("front")) {
			t.Errorf("%d samples are stored, %d were taken", len(samples), len(w.runs("front")))
		}
	})
}

// TestYear lives through a year of samples every five minutes, with an outage of an hour in one of three targets; with -short through
// sixty days.
func TestYear(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.options.Flush = 24 * time.Hour
		for _, name := range []string{"front", "mail", "phone"} {
			w.probe(name, name, func(p *data.Probe) { p.Interval = 5 * time.Minute })
		}
		days := 365
		if testing.Short() {
			days = 60
		}
		down := epoch.Add(40*24*time.Hour + 7*time.Hour)
		up := down.Add(time.Hour)
		w.answer("mail", func() data.Sample {
			if now := time.Now(); !now.Before(down) && now.Before(up) {
				return data.Sample{Level: data.MajorOutage, Reason: data.ReasonConnect}
			}
			return data.Sample{Level: data.Operational, Latency: 40 * time.Millisecond}
		})
		w.start()
		pass(time.Duration(days) * 24 * time.Hour)
		w.stop()
		p := datatest.Probe("mail", "mail")
		p.Interval = 5 * time.Minute
		from, to := regular(p, down.Add(-1)), regular(p, up.Add(-1))
		at := func(t time.Time) int { return int(t.Sub(epoch).Seconds()) }
		start := func(name string) int {
			p.Name = name
			return at(first(p, time.Time{}, epoch))
		}
		end := days * 86400
		w.want("mail", fmt.Sprintf("%d:operational %d:major_outage %d:operational %d:no_data %d-%d", start("mail"), at(from), at(to), end, at(from), at(to)))
		for _, name := range []string{"front", "phone"} {
			w.want(name, fmt.Sprintf("%d:operational %d:no_data", start(name), end))
			if n := len(w.samples(name)); n < days*288-1 || n > days*288+1 {
				t.Errorf("%d samples of %s are stored, want one every five minutes", n, name)
			}
		}
		bytes := 0
		w.update(func(tx data.Tx) error {
			for b, err := range tx.Blocks().Range("", "") {
				if err != nil {
					return err
				}
				bytes += len(b.Data)
			}
			return nil
		})
		if each := float64(bytes) / float64(3*days*288); each > 2 {
			t.Errorf("a sample takes %.2f bytes, want at most 2", each)
		}
	})
}

// TestRest is a good steady state: one transaction a Flush for all probes together.
func TestRest(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for i := range 50 {
			w.probe(fmt.Sprintf("p%d", i), fmt.Sprintf("c%d", i), func(p *data.Probe) {})
		}
		w.start()
		pass(5 * time.Minute)
		before := <-w.store.Watch(t.Context())
		marks := <-w.store.Watch(t.Context(), data.MarksTable)
		pass(time.Hour)
		if n := <-w.store.Watch(t.Context()) - before; n > 60 {
			t.Errorf("an hour of good samples took %d transactions, want one a minute", n)
		}
		if after := <-w.store.Watch(t.Context(), data.MarksTable); after != marks {
			t.Errorf("nothing happened, and the marks went from revision %d to %d", marks, after)
		}
		w.stop()
	})
}

// TestSpread sees that fifty probes do not fire at once, and each keeps its period.
func TestSpread(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for i := range 50 {
			w.probe(fmt.Sprintf("p%d", i), "crm", func(p *data.Probe) { p.Interval = 30 * time.Second })
		}
		w.start()
		pass(10 * time.Minute)
		w.stop()
		seconds := map[int]int{}
		for name, asked := range w.asked {
			seconds[asked[3].Second()]++
			for i := 3; i < len(asked); i++ {
				if d := asked[i].Sub(asked[i-1]); d != 30*time.Second {
					t.Errorf("%s was asked again after %s", name, d)
				}
			}
		}
		most := 0
		for _, n := range seconds {
			most = max(most, n)
		}
		if most > 8 {
			t.Errorf("%d of 50 probes fire in the same second", most)
		}
	})
}

// TestHanging has probers that never come back beside one that is well.
func TestHanging(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		release := make(chan struct{})
		var runs int
		for i := range 20 {
			name := fmt.Sprintf("hung%d", i)
			w.probe(name, name, func(*data.Probe) {})
			w.answer(name, func() data.Sample {
				w.mu.Lock()
				runs++
				w.mu.Unlock()
				<-release
				return data.Sample{Level: data.Operational}
			})
		}
		w.probe("front", "crm", func(*data.Probe) {})
		w.start()
		pass(first(datatest.Probe("hung7", ""), time.Time{}, epoch).Sub(epoch) + time.Second)
		w.probe("hung7", "hung7", func(p *data.Probe) { p.Interval = 3 * time.Minute }) // its first run has only begun
		pass(30 * time.Minute)
		w.probe("hung3", "hung3", func(p *data.Probe) { p.Interval = 2 * time.Minute })
		pass(30 * time.Minute)
		if runs != 20 {
			t.Errorf("%d runs began for 20 targets that hang", runs)
		}
		if n := len(w.runs("front")); n < 60 {
			t.Errorf("beside them the one that is well was asked %d times in an hour", n)
		}
		story := w.story("hung3")
		if !strings.Contains(story, "major_outage") || strings.Contains(story, "operational") {
			t.Errorf("a target that hangs: %q", story)
		}
		for _, s := range w.samples("hung3") {
			if s.Reason != data.ReasonTimeout {
				t.Errorf("sample %+v, want a timeout", s)
				break
			}
		}
		close(release)
		pass(5 * time.Minute)
		w.stop()
		if story := w.story("hung3"); !strings.Contains(story, ":operational") {
			t.Errorf("after it came back: %q", story)
		}
	})
}

// TestTimeoutsAreConfirmedSoon has a target that never answers, with a prober that obeys its deadline.
func TestTimeoutsAreConfirmedSoon(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(p *data.Probe) { p.Interval = 5 * time.Minute })
		w.answer("front", func() data.Sample { return data.Sample{Latency: time.Hour} })
		w.start()
		pass(45 * time.Second)
		if story := w.story("crm"); !strings.Contains(story, "major_outage") {
			t.Errorf("after 45 s: %q, want an outage", story)
		}
		w.stop()
	})
}

func TestPanic(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(*data.Probe) {})
		w.start()
		pass(3 * time.Minute)
		w.answer("front", func() data.Sample { panic("oh") })
		pass(5 * time.Minute)
		w.answer("front", nil)
		pass(2 * time.Minute)
		w.stop()
		var reasons []data.Reason
		for _, s := range w.samples("front") {
			reasons = append(reasons, s.Reason)
		}
		if want := []data.Reason{"", data.ReasonPanic, ""}; !slices.Equal(slices.Compact(reasons), want) {
			t.Errorf("reasons %q, want %q", slices.Compact(reasons), want)
		}
		words := strings.Fields(w.story("crm"))
		for i, want := range []string{"operational", "no_data", "operational", "no_data"} {
			if i >= len(words) || !strings.HasSuffix(words[i], ":"+want) {
				t.Fatalf("the story of a panic is %q", words)
			}
		}
	})
}

func TestMetrics(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.probe("front", "crm", func(*data.Probe) {})
		w.probe("port", "mail", func(p *data.Probe) { p.Kind, p.Target = data.ProbeTCP, "mail.example.com:25" })
		ends := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
		w.answer("front", func() data.Sample {
			return data.Sample{
				Level: data.Operational, Code: 200, Expires: ends, Latency: 250 * time.Millisecond,
				Phases: data.Phases{Resolve: time.Millisecond, Connect: 2 * time.Millisecond, TLS: 3 * time.Millisecond, Processing: 4 * time.Millisecond, Transfer: 5 * time.Millisecond},
			}
		})
		w.set("port", data.MajorOutage, data.ReasonConnect)
		w.probe("ping", "crm", func(p *data.Probe) { p.Kind, p.Target = data.ProbeICMP, "gw.example.com" })
		w.answer("ping", func() data.Sample {
			return data.Sample{Level: data.Operational, Latency: 500 * time.Millisecond, Phases: data.Phases{Resolve: 6 * time.Millisecond}}
		})
		w.probe("name", "crm", func(p *data.Probe) { p.Kind, p.Target = data.ProbeDNS, "www.example.com" })
		w.answer("name", func() data.Sample { return data.Sample{Level: data.Operational, Latency: 125 * time.Millisecond} })
		w.start()
		pass(11 * time.Second)
		names := []string{
			"probe_dns_lookup_time_seconds", "probe_icmp_duration_seconds",
			"probe_success", "probe_duration_seconds", "probe_http_duration_seconds", "probe_http_status_code", "probe_ssl_earliest_cert_expiry", "statusd_probes_blind",
		}
		const blind = `
# HELP statusd_probes_blind 1 while most reference targets cannot be reached or our own resolver finds no names, so that failures say nothing.
# TYPE statusd_probes_blind gauge
statusd_probes_blind 0
`
		want := `
# HELP probe_dns_lookup_time_seconds How long the newest sample took to find names; of a dns probe, how long its answer took.
# TYPE probe_dns_lookup_time_seconds gauge
probe_dns_lookup_time_seconds{component="crm",probe="front"} 0.001
probe_dns_lookup_time_seconds{component="crm",probe="name"} 0.125
probe_dns_lookup_time_seconds{component="crm",probe="ping"} 0.006
# HELP probe_icmp_duration_seconds How long the parts of the newest ICMP sample took; rtt is the average of the packets.
# TYPE probe_icmp_duration_seconds gauge
probe_icmp_duration_seconds{component="crm",phase="resolve",probe="ping"} 0.006
probe_icmp_duration_seconds{component="crm",phase="rtt",probe="ping"} 0.5
# HELP probe_duration_seconds How long the newest sample took.
# TYPE probe_duration_seconds gauge
probe_duration_seconds{component="crm",probe="front"} 0.25
probe_duration_seconds{component="crm",probe="name"} 0.125
probe_duration_seconds{component="crm",probe="ping"} 0.5
probe_duration_seconds{component="mail",probe="port"} 0
# HELP probe_http_duration_seconds How long the parts of the newest HTTP sample took.
# TYPE probe_http_duration_seconds gauge
probe_http_duration_seconds{component="crm",phase="connect",probe="front"} 0.002
probe_http_duration_seconds{component="crm",phase="processing",probe="front"} 0.004
probe_http_duration_seconds{component="crm",phase="resolve",probe="front"} 0.001
probe_http_duration_seconds{component="crm",phase="tls",probe="front"} 0.003
probe_http_duration_seconds{component="crm",phase="transfer",probe="front"} 0.005
# HELP probe_http_status_code HTTP status of the newest sample; 0 means there was none.
# TYPE probe_http_status_code gauge
probe_http_status_code{component="crm",probe="front"} 200
# HELP probe_ssl_earliest_cert_expiry When the first of the certificates seen ends, in Unix time.
# TYPE probe_ssl_earliest_cert_expiry gauge
probe_ssl_earliest_cert_expiry{component="crm",probe="front"} 9.783072e+08
# HELP probe_success Whether the newest sample was right.
# TYPE probe_success gauge
probe_success{component="crm",probe="front"} 1
probe_success{component="crm",probe="name"} 1
probe_success{component="crm",probe="ping"} 1
probe_success{component="mail",probe="port"} 0
` + blind
		if err := testutil.GatherAndCompare(w.registry, strings.NewReader(want), names...); err != nil {
			t.Error(err)
		}
		if problems, err := testutil.GatherAndLint(w.registry, "statusd_probes_samples_total", "statusd_probes_lag_seconds", "statusd_probes_flushes_total"); err != nil || len(problems) > 0 {
			t.Errorf("%v %v", problems, err)
		}
		w.answer("port", func() data.Sample { panic("oh") })
		pass(time.Minute)
		w.answer("port", nil)
		if n, err := testutil.GatherAndCount(w.registry, "probe_success", "probe_duration_seconds"); n != 6 || err != nil {
			t.Errorf("with one of four probes unwatched there are %d series of both (%v), want three each", n, err)
		}
		w.probe("front", "crm", func(p *data.Probe) { p.Retired = true })
		for _, name := range []string{"port", "ping", "name"} {
			w.update(func(tx data.Tx) error { return tx.Probes().Delete(name) })
		}
		pass(time.Second)
		if err := testutil.GatherAndCompare(w.registry, strings.NewReader(blind), names...); err != nil {
			t.Errorf("after all probes went: %v", err)
		}
		w.stop()
	})
}

// TestScale is 2,000 probes every 30 s of which 500 hang: periods are kept, and goroutines do not grow (F34).
func TestScale(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		many, hang := 2000, 500
		if raceDetector { // whose own bookkeeping does not survive so many stacks
			many, hang = 200, 50
		}
		w.update(func(tx data.Tx) error {
			for i := range many {
				p := datatest.Probe(fmt.Sprintf("p%d", i), fmt.Sprintf("c%d", i))
				p.Interval = 30 * time.Second
				if err := tx.Probes().Put(p); err != nil {
					return err
				}
			}
			return nil
		})
		for i := range hang {
			w.answer(fmt.Sprintf("p%d", i), func() data.Sample { return data.Sample{Latency: time.Hour} })
		}
		w.start()
		pass(3 * time.Minute)
		early := runtime.NumGoroutine()
		pass(7 * time.Minute)
		if late := runtime.NumGoroutine(); late > early+hang {
			t.Errorf("%d goroutines after three minutes, %d after ten", early, late)
		}
		w.stop()
		for name, asked := range w.asked {
			// The first two intervals are of another length: the first sample comes soon, a failing one is confirmed soon.
			for i := len(asked) - 10; i < len(asked); i++ {
				if d := asked[i].Sub(asked[i-1]); d != 30*time.Second {
					t.Errorf("%s was asked again after %s", name, d)
				}
			}
		}
	})
}
