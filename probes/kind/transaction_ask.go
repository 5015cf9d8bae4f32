package kind

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
)

// ask sends the request of a step and looks at what comes back.
func (w *walk) ask(ctx context.Context, s step) data.Sample {
	ctx, cancel := context.WithCancel(ctx) // ends what the transport may still be dialling
	defer cancel()
	run := &httpRun{start: time.Now(), until: w.until}
	ctx = context.WithValue(ctx, runKey{}, run)
	ctx = httptrace.WithClientTrace(ctx, run.trace())
	run.ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { run.arrive(remote(info.Conn.RemoteAddr())) }, // also one that was there before
	})
	var out data.Sample
	if req, err := w.request(run.ctx, s); err != nil {
		out = Fail(w.t.probe, data.ReasonAnswer, Clip(err.Error()))
	} else {
		out = w.exchange(run, s, req)
	}
	out.Latency = time.Since(run.start)
	run.mu.Lock()
	out.Phases = run.phases
	run.mu.Unlock()
	return out
}

// request fills in the values of a step. Its error names them and does not hold them.
func (w *walk) request(ctx context.Context, s step) (*http.Request, error) {
	at, err := s.address.fill(w.value)
	if err != nil {
		return nil, told(err)
	}
	var body io.Reader
	kind := ""
	switch {
	case len(s.form) > 0:
		form := url.Values{}
		for name, t := range s.form {
			value, err := t.fill(w.value, "a form", inBody)
			if err != nil {
				return nil, told(err)
			}
			form.Set(name, value)
		}
		body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	case s.Body != "":
		text, err := s.body.fill(w.value, "a body", inBody)
		if err != nil {
			return nil, told(err)
		}
		body = strings.NewReader(text)
		if text = strings.TrimSpace(text); strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			kind = "application/json"
		}
	}
	req, err := http.NewRequestWithContext(ctx, s.method, at.String(), body)
	if err != nil {
		return nil, errors.New("the request could not be made of its values")
	}
	req.Header.Set("User-Agent", w.t.agent)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for _, name := range slices.Sorted(maps.Keys(s.headers)) {
		value, err := s.headers[name].fill(w.value, "a header", inHeader)
		if err != nil {
			return nil, told(err)
		}
		if http.CanonicalHeaderKey(name) == "Host" {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	return req, nil
}

// told lets only errors through that hold nothing of a value.
func told(err error) error {
	if m := (misfit{}); errors.As(err, &m) {
		return m
	}
	return errors.New("the request could not be made of its values")
}

func (w *walk) exchange(run *httpRun, s step, req *http.Request) data.Sample {
	resp, err := w.client.Do(req)
	if err != nil {
		why, detail := explain(err, run.reached())
		out := Fail(w.t.probe, why, detail)
		if v := (*tls.CertificateVerificationError)(nil); errors.As(err, &v) {
			out.Expires = ends(v.UnverifiedCertificates)
		}
		return out
	}
	defer resp.Body.Close()
	out := w.read(run, s, resp)
	out.Code = resp.StatusCode
	if resp.TLS != nil {
		out.Expires = ends(resp.TLS.PeerCertificates)
	}
	return out
}

// read looks at status, conditions and captures, in this order. Values are captured also where a condition fails: a clean-up may
// need them.
func (w *walk) read(run *httpRun, s step, resp *http.Response) data.Sample {
	p := w.t.probe
	if !expected(s.Status, resp.StatusCode) {
		return Fail(p, data.ReasonStatus, fmt.Sprintf("it answered %d", resp.StatusCode))
	}
	run.begin(&run.body)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	run.end(&run.phases.Transfer, &run.body)
	switch {
	case err != nil:
		why, detail := explain(err, asking)
		return Fail(p, why, detail)
	case len(body) > maxBody:
		return Fail(p, data.ReasonBody, "the answer is larger than 1 MiB")
	}
	run.mu.Lock()
	phases := run.phases
	run.mu.Unlock()
	a := &reply{status: resp.StatusCode, header: resp.Header, body: body, took: time.Since(run.start), phases: phases, vars: w.vars}
	why, detail := holds(run.ctx, s.expect, a)
	missing := w.capture(run.ctx, s, a)
	switch {
	case why != "":
		return Fail(p, why, detail)
	case missing != "":
		return Fail(p, data.ReasonAnswer, missing)
	}
	return data.Sample{Level: data.Operational}
}

// capture keeps the values of an answer. It returns what is said of those that were not there; empty means that all were.
func (w *walk) capture(ctx context.Context, s step, a *reply) string {
	missing := ""
	got := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.capture)) {
		v, err := s.capture[name].value(ctx, a)
		if _, ok := plain(v); err != nil || !ok {
			if missing == "" {
				missing = Clip(fmt.Sprintf("the answer has no value for %s", name))
			}
			continue
		}
		got[name] = v
	}
	maps.Copy(w.vars, got) // the next step sees them, this one did not
	return missing
}

// redirect decides whether to follow, as httpProber does. What a step sends stays with the host that it is for.
func (w *walk) redirect(req *http.Request, via []*http.Request) error {
	s := w.t.steps[w.now]
	if slices.ContainsFunc(s.Status, func(code int) bool { return code/100 == 3 }) {
		return http.ErrUseLastResponse
	}
	switch {
	case len(via) > maxRedirects:
		return errTooMany
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return errForbidden{"a redirect leads out of http and https"}
	}
	run := req.Context().Value(runKey{}).(*httpRun)
	if first := run.origin(); first.IsValid() && !w.dialled.may(first, req.URL) { // a connection that is there is not dialled again
		return errForbidden{"a redirect leads to an inside address"}
	}
	req.Header.Del("Referer") // it would carry a query to elsewhere
	if req.URL.Host != via[0].URL.Host || via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		if req.Body != nil && req.Body != http.NoBody {
			return errForbidden{"a redirect would take what is sent to another host"}
		}
		for name := range s.headers {
			req.Header.Del(name)
		}
	}
	return nil
}

// dialled is which addresses the connections of a run lead to. The transport adds to it from goroutines of its own.
type dialled struct {
	mu sync.Mutex
	to map[string][]netip.Addr // by host:port
}

func (d *dialled) add(address string, a netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.to == nil {
		d.to = map[string][]netip.Addr{}
	}
	d.to[address] = append(d.to[address], a)
}

// may says whether the connections that there are to a URL's host may be led to from an address.
func (d *dialled) may(from netip.Addr, u *url.URL) bool {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for address, list := range d.to {
		if !strings.EqualFold(address, net.JoinHostPort(u.Hostname(), port)) {
			continue
		}
		if slices.ContainsFunc(list, func(to netip.Addr) bool { return !mayLead(from, to) }) {
			return false
		}
	}
	return true
}
