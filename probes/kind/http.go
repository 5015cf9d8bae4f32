package kind

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/superoffice/statusd/data"
)

// What a target may cost (RELIABILITY F28).
const (
	maxRedirects = 3
	maxBody      = 1 << 20
	maxHeader    = 64 << 10
)

// httpProber asks a URL once, over HTTP/1.1 and a connection of its own. It follows three redirects to http and https
// only; one that leads from a public address to an inside one is refused, and configured headers stay with the first host.
// No proxy is taken from the environment, and nothing is decompressed.
type httpProber struct {
	probe      data.Probe
	conditions []*expression
	keep       bool // the body, for whoever looks into it
	request    *http.Request
	client     http.Client
}

var _ Prober = (*httpProber)(nil)

func newHTTP(p data.Probe, c Client, roots *x509.CertPool) Prober {
	h := newGet(p, c, roots)
	h.conditions, _ = compileConditions("expect", p.Expect) // Check has compiled them
	h.keep = p.Match != "" || slices.ContainsFunc(h.conditions, (*expression).readsBody)
	return h
}

// newGet is what asks for p's Target. Whoever wants to look into the body sets keep.
func newGet(p data.Probe, c Client, roots *x509.CertPool) *httpProber {
	method := p.Method
	if method == "" {
		method = http.MethodGet
	}
	target, _ := url.Parse(p.Target) // Check has read it
	target.Fragment = ""
	h := &httpProber{probe: p, request: &http.Request{
		Method: method, URL: target, Host: target.Host, Header: http.Header{"User-Agent": {c.UserAgent}},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}}
	for name, value := range p.Headers {
		if http.CanonicalHeaderKey(name) == "Host" {
			h.request.Host = value
			continue
		}
		h.request.Header.Set(name, value)
	}
	dialer := net.Dialer{Resolver: c.Resolver, ControlContext: control}
	h.client = http.Client{CheckRedirect: h.redirect, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			// The transport may dial on after the run is over; the run's own context ends it.
			return ctx.Value(runKey{}).(*httpRun).dial(&dialer, network, address)
		},
		TLSClientConfig:        &tls.Config{RootCAs: roots},
		TLSHandshakeTimeout:    p.Deadline(),
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		WriteBufferSize:        1024, // a request is small
	}}
	return h
}

// redirect decides whether to follow.
func (h *httpProber) redirect(req *http.Request, via []*http.Request) error {
	if slices.ContainsFunc(h.probe.Status, func(code int) bool { return code/100 == 3 }) {
		return http.ErrUseLastResponse
	}
	switch {
	case len(via) > maxRedirects:
		return errTooMany
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return errForbidden{"a redirect leads out of http and https"}
	}
	req.Header.Del("Referer") // it would carry a query to elsewhere
	if req.URL.Host != via[0].URL.Host || via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		for name := range h.probe.Headers {
			req.Header.Del(name)
		}
	}
	return nil
}

// Probe implements Prober.
func (h *httpProber) Probe(ctx context.Context) []data.Sample {
	s, got := h.run(ctx)
	if got != nil {
		if why, detail := holds(ctx, h.conditions, got); why != "" {
			s.Level, s.Reason, s.Detail = h.probe.FailLevel(), why, detail
		}
	}
	return []data.Sample{late(h.probe, s)}
}

// run asks once. The reply is nil unless the sample is Operational.
func (h *httpProber) run(ctx context.Context) (data.Sample, *reply) {
	run := &httpRun{start: time.Now()}
	ctx = context.WithValue(ctx, runKey{}, run)
	ctx = httptrace.WithClientTrace(ctx, run.trace())
	run.ctx = ctx
	s, got := h.ask(run)
	s.Latency = time.Since(run.start)
	run.mu.Lock()
	s.Phases = run.phases
	run.mu.Unlock()
	if s.Level != data.Operational {
		return s, nil
	}
	got.took, got.phases = s.Latency, s.Phases
	return s, got
}

func (h *httpProber) ask(run *httpRun) (data.Sample, *reply) {
	resp, err := h.client.Do(h.request.WithContext(run.ctx))
	if err != nil {
		why, detail := explain(err, run.reached())
		s := Fail(h.probe, why, detail)
		if v := (*tls.CertificateVerificationError)(nil); errors.As(err, &v) {
			s.Expires = ends(v.UnverifiedCertificates)
		}
		return s, nil
	}
	defer resp.Body.Close()
	got := &reply{status: resp.StatusCode, header: resp.Header}
	s := h.read(run, resp, got)
	s.Code = resp.StatusCode
	if resp.TLS != nil {
		s.Expires = ends(resp.TLS.PeerCertificates)
	}
	return s, got
}

func (h *httpProber) read(run *httpRun, resp *http.Response, got *reply) data.Sample {
	if !expected(h.probe.Status, resp.StatusCode) {
		return Fail(h.probe, data.ReasonStatus, fmt.Sprintf("it answered %d", resp.StatusCode))
	}
	run.begin(&run.body)
	var body bytes.Buffer
	var into io.Writer = io.Discard
	if h.keep {
		into = &body
	}
	n, err := io.Copy(into, io.LimitReader(resp.Body, maxBody+1))
	run.end(&run.phases.Transfer, &run.body)
	got.body = body.Bytes()
	switch {
	case err != nil:
		why, detail := explain(err, asking)
		return Fail(h.probe, why, detail)
	case n > maxBody:
		return Fail(h.probe, data.ReasonBody, "the answer is larger than 1 MiB")
	case !bytes.Contains(got.body, []byte(h.probe.Match)):
		return Fail(h.probe, data.ReasonBody, "the answer does not hold the text it should")
	}
	return data.Sample{Level: data.Operational}
}

// expected says whether a status is one of those listed; none listed means 200 to 299.
func expected(list []int, code int) bool {
	if len(list) == 0 {
		return code >= 200 && code <= 299
	}
	return slices.Contains(list, code)
}

type runKey struct{}

// httpRun watches one run. The transport calls it from goroutines of its own.
type httpRun struct {
	ctx   context.Context
	start time.Time
	until time.Time // end of the connections; zero means that of ctx

	mu      sync.Mutex
	at      stage
	phases  data.Phases
	dns     time.Time
	tls     time.Time
	wrote   time.Time
	body    time.Time
	first   netip.Addr // address of the first connection
	refused bool       // a redirect led inside
}

func (r *httpRun) reached() stage {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *httpRun) dial(d *net.Dialer, network, address string) (net.Conn, error) {
	from := time.Now()
	r.mu.Lock()
	r.at = connecting
	before := r.phases.Resolve
	r.mu.Unlock()
	conn, err := d.DialContext(r.ctx, network, address)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phases.Connect += time.Since(from) - (r.phases.Resolve - before)
	if err != nil {
		if r.refused {
			return nil, errForbidden{"a redirect leads to an inside address"}
		}
		return nil, err
	}
	r.at = asking
	if !r.first.IsValid() {
		r.first = remote(conn.RemoteAddr())
	}
	end, ok := r.ctx.Deadline()
	if !r.until.IsZero() {
		end, ok = r.until, true
	}
	if ok {
		// The context ends the run; this ends what the transport may still be doing by then.
		if err := conn.SetDeadline(end.Add(grace)); err != nil {
			conn.Close()
			return nil, fmt.Errorf("bounding the connection: %w", err)
		}
	}
	return conn, nil
}

func (r *httpRun) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		// The transport may give up with its context's error before the dialer tells that a name was not resolved in time.
		DNSStart: func(httptrace.DNSStartInfo) { r.begin(&r.dns); r.reach(resolving) },
		DNSDone: func(info httptrace.DNSDoneInfo) {
			r.end(&r.phases.Resolve, &r.dns)
			if info.Err == nil {
				r.reach(connecting)
			}
		},
		TLSHandshakeStart: func() { r.begin(&r.tls); r.reach(shaking) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			r.end(&r.phases.TLS, &r.tls)
			if err == nil {
				r.reach(asking)
			}
		},
		WroteRequest:         func(httptrace.WroteRequestInfo) { r.begin(&r.wrote) },
		GotFirstResponseByte: func() { r.end(&r.phases.Processing, &r.wrote) },
	}
}

func (r *httpRun) begin(at *time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*at = time.Now()
}

// end adds the time since a beginning to a phase: over redirects they add up.
func (r *httpRun) end(phase *time.Duration, at *time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !at.IsZero() { // an answer may come before the request was written
		*phase += time.Since(*at)
	}
}

func (r *httpRun) reach(s stage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = s
}

// control sees each address before it is connected to, after the name was resolved: no second look-up can change it.
func control(ctx context.Context, _, address string, _ syscall.RawConn) error {
	run := ctx.Value(runKey{}).(*httpRun)
	next, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil //nolint:nilerr // not an address of the internet protocol
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	if run.first.IsValid() && !mayLead(run.first, next.Addr()) {
		run.refused = true
		return errForbidden{"a redirect leads to an inside address"}
	}
	return nil
}

// mayLead says whether a redirect may lead from one address to another: never further inside.
func mayLead(from, to netip.Addr) bool { return depth(to) <= depth(from) }

// depth is how far inside an address lies: 0 the internet, 1 a private network, 2 this machine, 3 this link, where
// machines keep their secrets.
func depth(a netip.Addr) int {
	switch a = a.Unmap(); {
	case a.IsLinkLocalUnicast(), a.IsMulticast():
		return 3
	case a.IsLoopback(), a.IsUnspecified():
		return 2
	case a.IsPrivate(), slices.ContainsFunc(insides, func(p netip.Prefix) bool { return p.Contains(a) }):
		return 1
	}
	return 0
}

// insides are ranges that lead inside and that netip does not call private: carriers' NAT, and IPv4 behind IPv6.
var insides = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

func remote(a net.Addr) netip.Addr {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr()
}
