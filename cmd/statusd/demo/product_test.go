package demo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/probes/kind"
)

func testProduct(t *testing.T) *Product {
	t.Helper()
	certs, err := newCertificates("127.0.0.1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return newProduct(certs)
}

func ask(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func turn(t *testing.T, p *Product, name, state string) {
	t.Helper()
	if w := ask(p, "POST", "/switches/"+name+"/"+state); w.Code != http.StatusSeeOther {
		t.Fatalf("POST /switches/%s/%s: %d, want 303", name, state, w.Code)
	}
}

// TestSwitches goes through what each switch breaks, and that repairing mends it.
func TestSwitches(t *testing.T) {
	requests := [][2]string{{"GET", "/"}, {"GET", "/records/1"}, {"POST", "/records/1/count"}, {"GET", "/login"}, {"GET", "/documents"}, {"GET", "/modules/sales"}, {"GET", "/switches"}}
	for _, c := range []struct {
		name string
		want []int
	}{
		{"", []int{200, 200, 200, 200, 200, 200, 200, 200}},
		{"down", []int{503, 503, 503, 503, 503, 503, 200, 200}},
		{"readonly", []int{200, 200, 500, 200, 200, 200, 200, 200}},
		{"expired", []int{200, 200, 200, 200, 200, 200, 200, 200}},
	} {
		p := testProduct(t)
		for _, state := range []string{"on", "off"} {
			if c.name != "" {
				turn(t, p, c.name, state)
			}
			for i, r := range requests {
				want := c.want[i]
				if state == "off" {
					want = http.StatusOK
				}
				if w := ask(p, r[0], r[1], "Cookie", session+"=open"); w.Code != want {
					t.Errorf("%s %s: %s %s answers %d, want %d", c.name, state, r[0], r[1], w.Code, want)
				}
			}
		}
	}
}

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := testProduct(t)
		for _, c := range []struct {
			path string
			slow bool
			want time.Duration
		}{{"/login", false, 0}, {"/login", true, SlowAnswer}, {"/switches", true, 0}} {
			p.broken.set(Slow, c.slow)
			start := time.Now()
			if w := ask(p, "GET", c.path); w.Code != http.StatusOK || time.Since(start) != c.want {
				t.Errorf("slow %v: %s answers %d after %s, want 200 after %s", c.slow, c.path, w.Code, time.Since(start), c.want)
			}
		}
	})
}

// TestHandshake shakes hands as the probes do: with the issuer from the file as the only one trusted.
func TestHandshake(t *testing.T) {
	in := standIns(t)
	pem, err := os.ReadFile(filepath.Join(in.dir, issuerFile))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the file of the issuer holds no certificate")
	}
	for _, c := range []struct {
		on   Fault
		want string
	}{{"", ""}, {Expired, "expired"}, {Down, "internal error"}} {
		if c.on != "" {
			in.Product.broken.set(c.on, true)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			conn, err := in.secure.Accept()
			if err != nil {
				return
			}
			conn.(*tls.Conn).Handshake() //nolint:errcheck // the client's side is what counts
			conn.Close()
		}()
		conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", reachable(in.secure), &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("with %q on: %v, want %q", c.on, err, c.want)
		}
		if err == nil {
			conn.Close()
		}
		<-done
		in.Product.broken.set(c.on, false)
	}
}

func TestSwitchesRefuse(t *testing.T) {
	p := testProduct(t)
	for _, c := range []struct {
		target string
		want   int
		says   string
	}{
		{"/switches/fire/on", 404, "use down, readonly, slow, expired or all"},
		{"/switches/down/maybe", 404, "/on or /off"},
	} {
		if w := ask(p, "POST", c.target); w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("POST %s: %d %q, want %d with the way out", c.target, w.Code, w.Body, c.want)
		}
	}
	if w := ask(p, "POST", "/switches/down/on", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden || p.broken.any() {
		t.Errorf("another site turns a switch: %d, broken %v; want 403 and nothing broken", w.Code, p.broken.any())
	}
	if w := ask(p, "GET", "/switches/down/on"); w.Code == http.StatusSeeOther || p.broken.any() {
		t.Errorf("GET turns a switch: %d", w.Code)
	}
	turn(t, p, "down", "on")
	turn(t, p, "slow", "on")
	if turn(t, p, "all", "off"); p.broken.any() {
		t.Error("repairing everything leaves something broken")
	}
}

func TestSignInPage(t *testing.T) {
	in := standIns(t)
	in.Point("http://127.0.0.1:1234", "http://127.0.0.1:1235")
	for _, c := range []struct{ query, customer, lang string }{
		{"", "Cust12345", ""},
		{"?customer=Cust777&lang=sv", "Cust777", "sv"},
		{"?customer=%22%3E%3Cscript%3E&lang=%22%3E%3Cscript%3E", "Cust12345", ""},
	} {
		w := ask(in.Product, "GET", "/"+c.query)
		want := `<script async src="http://127.0.0.1:1234/banner.js" data-live data-customer="` + c.customer + `" data-lang="` + c.lang + `" data-target="#status-banner"></script>`
		if body := w.Body.String(); !strings.Contains(body, want) || strings.Count(body, "<script") != 1 {
			t.Errorf("GET /%s lacks %s, or holds more scripts", c.query, want)
		}
		policy := w.Header().Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src http://127.0.0.1:1234", "connect-src http://127.0.0.1:1234 ws://127.0.0.1:1234"} {
			if !strings.Contains(policy, part) {
				t.Errorf("the policy of GET /%s is %q, want %s in it", c.query, policy, part)
			}
		}
	}
	for _, link := range []string{in.Links().Mail, "http://127.0.0.1:1234", "http://127.0.0.1:1235"} {
		if w := ask(in.Product, "GET", "/switches"); !strings.Contains(w.Body.String(), `href="`+link+`/"`) {
			t.Errorf("the page of switches has no link to %s", link)
		}
	}
}

// TestConfig checks that nothing but this machine is probed, that everything that counts is, and that the key is private.
func TestConfig(t *testing.T) {
	in := standIns(t)
	cfg, err := in.Config()
	if err != nil {
		t.Fatal(err)
	}
	watched := map[string]bool{}
	for _, p := range sides(cfg.Probes) {
		watched[p.Component] = true
		if !strings.Contains(p.Target, "127.0.0.1:") {
			t.Errorf("the probe %s looks at %s, want this machine", p.Name, p.Target)
		}
	}
	if len(cfg.References) > 0 || !strings.HasPrefix(cfg.Mail.Mailgun.Base, "http://127.0.0.1:") {
		t.Errorf("references %v, mail to %s; want none, and this machine", cfg.References, cfg.Mail.Mailgun.Base)
	}
	for _, c := range cfg.Components {
		if c.Commitment == "yes" && !watched[c.Slug] {
			t.Errorf("%s counts and is not probed: every month would be unknown", c.Slug)
		}
	}
	names := map[string]bool{}
	for _, p := range sides(cfg.Probes) {
		names[p.Name] = true
	}
	for _, name := range everyone {
		if !names[name] {
			t.Errorf("the past tells of the probe %s, which demo.yaml lacks", name)
		}
	}
	if len(everyone) != len(names) {
		t.Errorf("an hour without the observer concerns %d probes of %d", len(everyone), len(names))
	}
	if info, err := os.Stat(filepath.Join(in.dir, keyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mail key: %v, %v; want mode 0600", info, err)
	}
	var answer map[string]string
	for _, p := range cfg.Probes { // each probe finds the text it looks for
		_, path, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(p.Target, "https://"), "http://"), "/")
		if p.Kind != "http" || !ok {
			continue
		}
		method := p.Method
		if method == "" {
			method = "GET"
		}
		w := ask(in.Product, method, "/"+path)
		if err := json.Unmarshal(w.Body.Bytes(), &answer); w.Code != http.StatusOK || err != nil || !strings.Contains(w.Body.String(), p.Match) {
			t.Errorf("the probe %s gets %d %s (%v), want %q in it", p.Name, w.Code, w.Body, err, p.Match)
		}
	}
}

// TestMeasuredApart sees that each switch breaks reading, saving or both, as its words say.
func TestMeasuredApart(t *testing.T) {
	in := standIns(t)
	cfg, err := in.Config()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- in.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	prober, err := kind.Compile(cfg.Probes[0], kind.Client{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		on          Fault
		read, write data.Level
	}{{"", data.Operational, data.Operational}, {ReadOnly, data.Operational, data.MajorOutage}, {Down, data.MajorOutage, data.NoData}} {
		in.Product.broken.set(c.on, true)
		run, cancel := context.WithTimeout(t.Context(), cfg.Probes[0].Deadline())
		samples := prober.Probe(run)
		cancel()
		in.Product.broken.set(c.on, false)
		if len(samples) != 2 || samples[0].Level != c.read || samples[1].Level != c.write {
			t.Errorf("with %q on: %+v, want reading %s and saving %s", c.on, samples, c.read, c.write)
		}
	}
	if enough := cfg.Probes[0].Deadline(); enough <= 4*SlowAnswer {
		t.Errorf("four slow answers take %s, and a run may take %s", 4*SlowAnswer, enough)
	}
}

func TestTakenAddress(t *testing.T) {
	in := standIns(t)
	address := strings.TrimPrefix(in.Links().Mail, "http://")
	_, err := Open(Options{Dir: t.TempDir(), Product: "127.0.0.1:0", Mail: address})
	if err == nil || !strings.Contains(err.Error(), address+" is taken") || !strings.Contains(err.Error(), "--mail-listen") {
		t.Errorf("opening on a taken address: %v, want it named with the way out", err)
	}
}
