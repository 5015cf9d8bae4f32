package kind

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// perform runs a transaction once and checks what holds for every run.
func perform(ctx context.Context, t testing.TB, p data.Probe) map[string]data.Sample {
	t.Helper()
	prober, err := Compile(p, Client{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, p.Deadline())
	defer cancel()
	start := time.Now()
	samples := prober.Probe(ctx)
	if took := time.Since(start); took > p.Deadline()+grace {
		t.Errorf("the run took %s of %s", took, p.Deadline())
	}
	text, err := json.Marshal(samples)
	if err != nil || strings.Contains(string(text), "hush") {
		t.Errorf("samples hold the password: %s (%v)", text, err)
	}
	out := map[string]data.Sample{}
	for i, side := range p.Sides() {
		s := samples[i]
		if s.Component != side.Component || len(s.Steps) != len(p.Steps) || len(s.Detail) > 200 || (s.Reason == "") != (s.Detail == "") {
			t.Errorf("side %s: %+v", side.Name, s)
		}
		out[s.Component] = s
	}
	if len(samples) != len(out) {
		t.Errorf("%d samples of %d sides", len(samples), len(out))
	}
	return out
}

func verdictOf(s data.Sample) string { return fmt.Sprintf("%s %s", s.Level, s.Reason) }

// hang waits until the prober hangs up. The body is read, for the server sees a hang-up only then.
func hang(_ http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func with(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// endlessBody writes until the prober has had enough.
func endlessBody(w http.ResponseWriter, _ *http.Request) {
	for range 1 << 12 {
		if _, err := w.Write(make([]byte, 1<<10)); err != nil {
			return
		}
	}
}

func loop(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
}

// TestTransaction injects every fault alone. What each side is told to be shows that reading and writing are measured apart (U3).
func TestTransaction(t *testing.T) {
	t.Parallel()
	const (
		up       = "operational "
		unknown  = "no_data not_reached"
		down     = "major_outage "
		degraded = "degraded slow"
	)
	for _, c := range []struct {
		name               string
		fault              func(*crm)
		login, read, write string
	}{
		{"all is well", func(*crm) {}, up, up, up},
		{"no form", func(c *crm) { c.fail("GET /login", with(500)) }, down + "status", unknown, unknown},
		{"form hangs", func(c *crm) { c.fail("GET /login", hang) }, down + "timeout", unknown, unknown},
		{"form endless", func(c *crm) { c.fail("GET /login", endlessBody) }, down + "body", unknown, unknown},
		{"form without token", func(c *crm) { c.fail("GET /login", with(200)) }, down + "answer", unknown, unknown},
		{"sign-in refused", func(c *crm) { c.fail("POST /login", with(403)) }, down + "status", unknown, unknown},
		{"sign-in hangs", func(c *crm) { c.fail("POST /login", hang) }, down + "timeout", unknown, unknown},
		{"sign-in goes round", func(c *crm) { c.fail("POST /login", loop) }, down + "redirect", unknown, unknown},
		{"cookie missing", func(c *crm) { c.cookie = false }, up, down + "status", down + "status"},
		{"read 500", func(c *crm) { c.fail("GET /records/1", with(500)) }, up, down + "status", up},
		{"read endless", func(c *crm) { c.fail("GET /records/1", endlessBody) }, up, down + "body", up},
		{"read another", func(c *crm) {
			c.fail("GET /records/1", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"name": "x"}`) })
		}, up, down + "answer", up},
		{"read in a circle", func(c *crm) { c.fail("GET /records/1", loop) }, up, down + "redirect", up},
		{"read hangs", func(c *crm) { c.fail("GET /records/1", hang) }, up, down + "timeout", unknown},
		{"write 500", func(c *crm) { c.fail("PUT /counter", with(500)) }, up, up, down + "status"},
		{"write hangs", func(c *crm) { c.fail("PUT /counter", hang) }, up, up, down + "timeout"},
		{"read back hangs", func(c *crm) {
			c.fail("PUT /counter", func(w http.ResponseWriter, _ *http.Request) { c.fail("GET /counter", hang) })
		}, up, up, down + "timeout"},
		{"write cut off", func(c *crm) {
			c.fail("PUT /counter", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		}, up, up, down + "protocol"},
		{"write lost", func(c *crm) { c.lose = true }, up, up, down + "answer"},
		{"note 500", func(c *crm) { c.fail("POST /notes", with(500)) }, up, up, down + "status"},
		{"note hangs", func(c *crm) { c.fail("POST /notes", hang) }, up, up, down + "timeout"},
		{"note says nothing", func(c *crm) { c.fail("POST /notes", with(201)) }, up, up, down + "answer"},
		{"count hangs", func(c *crm) { c.fail("GET /counter", hang) }, up, up, down + "timeout"},
		{"delete 500", func(c *crm) { c.fail("DELETE /notes/", with(500)) }, up, up, up},
		{"delete hangs", func(c *crm) { c.fail("DELETE /notes/", hang) }, up, up, up},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			crm := newCRM(t)
			c.fault(crm)
			p := crm.transaction()
			got := perform(t.Context(), t, p)
			for component, want := range map[string]string{"login": c.login, "crm-read": c.read, "crm-write": c.write} {
				if s := got[component]; verdictOf(s) != want {
					t.Errorf("%s is %s (%s), want %s", component, verdictOf(s), s.Detail, want)
				}
			}
			if runs := got["login"].Steps; runs[7].Level == data.NoData {
				t.Errorf("the clean-up was left out: %+v", runs[7])
			}
			if !crm.was("DELETE /notes/") {
				t.Errorf("nothing was cleaned up after %v", crm.asked)
			}
			if crm.left() > 0 && !strings.HasPrefix(c.name, "delete") {
				t.Errorf("%d notes are left", crm.left())
			}
			if strings.HasPrefix(c.name, "delete") {
				if run := got["login"].Steps[7]; run.Level != data.Degraded || run.Reason == "" {
					t.Errorf("a clean-up that failed: %+v", run)
				}
			}
		})
	}
}

func TestTransactionRun(t *testing.T) {
	t.Parallel()
	crm := newCRM(t)
	p := crm.transaction()
	got := perform(t.Context(), t, p)
	want := "GET /login POST /login GET /home GET /records/1 POST /notes GET /counter PUT /counter GET /counter DELETE /notes/"
	if asked := strings.Join(crm.asked, " "); asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
	if len(crm.conns) != 1 || crm.counter != 42 {
		t.Errorf("%d connections, and the counter is %d; want one, and 42", len(crm.conns), crm.counter)
	}
	var sum time.Duration
	for _, run := range got["login"].Steps[:2] {
		sum += run.Latency
	}
	if s := got["login"]; s.Latency != sum || s.Phases.Connect <= 0 || s.Phases.Processing <= 0 || s.Code != 200 {
		t.Errorf("signing in took %s of %s, with %+v and status %d", s.Latency, sum, s.Phases, s.Code)
	}
	perform(t.Context(), t, p)
	if len(crm.conns) != 2 || crm.counter != 43 {
		t.Errorf("%d connections after two runs, and the counter is %d; want two, and 43", len(crm.conns), crm.counter)
	}
}

func TestTransactionSlow(t *testing.T) {
	t.Parallel()
	crm := newCRM(t)
	p := crm.transaction()
	p.Steps[2].Slow = 1
	got := perform(t.Context(), t, p)
	if r, w := verdictOf(got["crm-read"]), verdictOf(got["crm-write"]); r != "degraded slow" || w != "operational " {
		t.Errorf("a slow step: read is %s, write is %s", r, w)
	}
	p.Steps[2].Slow, p.Slow = 0, 1
	for component, s := range perform(t.Context(), t, p) {
		if verdictOf(s) != "degraded slow" {
			t.Errorf("a slow probe: %s is %s", component, verdictOf(s))
		}
	}
}

// TestTransactionStop sees that a stop in the middle cleans up, within the time that is kept for it.
func TestTransactionStop(t *testing.T) {
	t.Parallel()
	for _, hung := range []string{"PUT /counter", "GET /records/1"} {
		crm := newCRM(t)
		ctx, cancel := context.WithCancel(t.Context())
		crm.fail(hung, func(w http.ResponseWriter, r *http.Request) {
			cancel()
			hang(w, r)
		})
		perform(ctx, t, crm.transaction())
		if !crm.was("DELETE /notes/") || crm.left() > 0 {
			t.Errorf("a stop at %s left %d notes after %v", hung, crm.left(), crm.asked)
		}
	}
	crm := newCRM(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := perform(ctx, t, crm.transaction()); len(crm.asked) > 0 || verdictOf(got["login"]) != "no_data not_reached" {
		t.Errorf("a run that was over before it began asked %v: %+v", crm.asked, got["login"])
	}
}

// TestTransactionCaptured sees that a clean-up that names what was never captured is left out, and that each gets its time.
func TestTransactionCaptured(t *testing.T) {
	t.Parallel()
	crm := newCRM(t)
	crm.fail("POST /notes", with(500))
	p := crm.transaction()
	p.Steps[7].URL = "/notes/{{note}}"
	got := perform(t.Context(), t, p)
	if run := got["login"].Steps[7]; crm.was("DELETE /notes/") || run.Level != data.NoData || run.Reason != data.ReasonNotReached {
		t.Errorf("a clean-up of nothing: %+v", run)
	}
	crm = newCRM(t)
	crm.fail("GET /bye", hang)
	p = crm.transaction()
	p.Steps = append(p.Steps[:7:7], data.ProbeStep{Name: "bye", URL: "/bye", Always: true}, p.Steps[7])
	if perform(t.Context(), t, p); crm.left() > 0 {
		t.Errorf("a clean-up that hangs took the time of the next: %v", crm.asked)
	}
}

// TestTransactionEscapes sees that values stay where they are put.
func TestTransactionEscapes(t *testing.T) {
	t.Parallel()
	value := "a b/../c?d=e&f#g%"
	var got *http.Request
	var body string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/give" {
			json.NewEncoder(w).Encode(map[string]string{"x": value})
			return
		}
		got = r.Clone(t.Context())
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body = string(b)
	})
	p := newCRM(t).transaction()
	p.Target, p.Secrets = url+"/base/", nil
	take := func(s data.ProbeStep) data.StepRun {
		t.Helper()
		got, s.Name = nil, "take"
		p.Steps = []data.ProbeStep{{Name: "give", URL: "/give", Capture: map[string]string{"x": "json.x"}}, s}
		return perform(t.Context(), t, p)["crm-read"].Steps[1]
	}
	run := take(data.ProbeStep{URL: "in/{{x}}/side?q={{ x }}&r=1", Body: "<{{x}}>", Headers: map[string]string{"X-Value": "v {{x}}"}})
	if run.Level != data.Operational || got.URL.Path != "/base/in/"+value+"/side" || strings.Count(got.URL.EscapedPath(), "/") != 4 || got.URL.Query().Get("q") != value || got.URL.Query().Get("r") != "1" ||
		body != "<"+value+">" || got.Header.Get("X-Value") != "v "+value || got.Method != "POST" {
		t.Errorf("%+v: %s %s with %v and %q", run, got.Method, got.URL, got.Header, body)
	}
	run = take(data.ProbeStep{URL: "/", Form: map[string]string{"f": "{{x}}", "g": "1"}})
	if want := "f=a+b%2F..%2Fc%3Fd%3De%26f%23g%25&g=1"; run.Level != data.Operational || body != want {
		t.Errorf("%+v: form %q, want %q", run, body, want)
	}
	value = ".."
	if run = take(data.ProbeStep{URL: "/in/{{x}}"}); run.Reason != data.ReasonAnswer || got != nil || run.Detail != "the value of {{x}} cannot stand in a path" {
		t.Errorf("a value that leads upwards: %+v", run)
	}
	value = "a\r\nX-More: b"
	if run = take(data.ProbeStep{URL: "/", Headers: map[string]string{"X-Value": "{{x}}"}}); run.Reason != data.ReasonAnswer || got != nil || strings.Contains(run.Detail, "More") {
		t.Errorf("a value of two lines: %+v", run)
	}
	value = strings.Repeat("x", maxCaptured+1)
	if run = take(data.ProbeStep{URL: "/{{x}}"}); run.Reason != data.ReasonNotReached || got != nil {
		t.Errorf("a value that is too long: %+v", run)
	}
}

// TestTransactionElsewhere sees that neither headers nor what is sent follow a redirect to another host, and cookies neither.
func TestTransactionElsewhere(t *testing.T) {
	t.Parallel()
	var got *http.Request
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Clone(t.Context()) })
	code := http.StatusFound
	url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other, code) })
	p := newCRM(t).transaction()
	p.Target = url
	p.Steps = []data.ProbeStep{{Name: "go", URL: "/?q={{password}}", Form: map[string]string{"p": "{{password}}"}, Headers: map[string]string{"X-Key": "{{password}}"}}}
	s := perform(t.Context(), t, p)["crm-read"]
	if s.Level != data.Operational || got == nil || got.Header.Get("X-Key") != "" || got.Header.Get("Referer") != "" || got.ContentLength > 0 {
		t.Errorf("%+v; the other host got %v", s, got)
	}
	for _, code = range []int{http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		got = nil
		if s := perform(t.Context(), t, p)["crm-read"]; s.Reason != data.ReasonRedirect || got != nil {
			t.Errorf("%d took what was sent to another host: %+v", code, s)
		}
	}
}

// TestDialled sees that a redirect does not take a connection further inside that an earlier step has opened.
func TestDialled(t *testing.T) {
	t.Parallel()
	outside, private, here := netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("127.0.0.1")
	var d dialled
	d.add("www.example:443", outside)
	d.add("crm.example:8080", outside)
	d.add("crm.example:8080", private)
	for _, c := range []struct {
		from netip.Addr
		to   string
		want bool
	}{
		{outside, "https://www.example/", true},
		{outside, "https://WWW.example/x", true},
		{outside, "http://crm.example:8080/", false},
		{private, "http://crm.example:8080/", true},
		{here, "http://crm.example:8080/", true},
		{outside, "https://elsewhere.example/", true}, // it is looked at when it is dialled
	} {
		if got := d.may(c.from, parsed(t, c.to)); got != c.want {
			t.Errorf("from %s to %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}
