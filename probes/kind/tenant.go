package kind

import (
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
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
)

// tenantProber asks the product for the state of one customer's installation, over connections of its own that are bounded as
// those of httpProber. Where the tenant has moved it follows, and asks there at once the next time; as soon as nothing good
// comes from there, it begins at Target again.
//
// Assumed of HTTP 421, which the product's documentation does not show: its body is a state whose Endpoint is where the tenant
// is now, or it has a Location. One that names no place, or one that may not be followed, is unknown: moved is not down.
type tenantProber struct {
	probe  data.Probe
	target *url.URL
	agent  string
	client http.Client

	mu    sync.Mutex
	moved tenantHome // zero: ask Target
}

// tenantHome is where a tenant was found, and how far inside the way there began.
type tenantHome struct {
	url   *url.URL
	first netip.Addr
}

var _ Prober = (*tenantProber)(nil)

func newTenant(p data.Probe, c Client, roots *x509.CertPool) Prober {
	target, _ := url.Parse(p.Target) // Check has read it
	target.Fragment = ""
	dialer := net.Dialer{Resolver: c.Resolver, ControlContext: control}
	return &tenantProber{probe: p, target: target, agent: c.UserAgent, client: http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				return ctx.Value(runKey{}).(*httpRun).dial(&dialer, network, address)
			},
			TLSClientConfig:        &tls.Config{RootCAs: roots},
			TLSHandshakeTimeout:    p.Deadline(),
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxHeader,
			WriteBufferSize:        1024,
		},
	}}
}

// Probe implements Prober.
func (t *tenantProber) Probe(ctx context.Context) []data.Sample {
	run := &httpRun{start: time.Now()}
	ctx = context.WithValue(ctx, runKey{}, run)
	run.ctx = httptrace.WithClientTrace(ctx, run.trace())
	s := t.ask(run)
	s.Latency = time.Since(run.start)
	run.mu.Lock()
	s.Phases = run.phases
	run.mu.Unlock()
	return []data.Sample{late(t.probe, s)}
}

func (t *tenantProber) ask(run *httpRun) data.Sample {
	t.mu.Lock()
	home := t.moved
	t.moved = tenantHome{} // until something good comes from there
	t.mu.Unlock()
	at := t.target
	if home.url != nil {
		at, run.first = home.url, home.first
	}
	led := false // a 421 led to at
	for hops := 0; ; hops++ {
		s, next, err := t.once(run, at)
		var moved errMoved
		var forbidden errForbidden
		switch {
		case errors.As(err, &moved):
			return data.Sample{Level: data.NoData, Reason: data.ReasonUnsure, Detail: Clip(moved.what), Code: s.Code, Expires: s.Expires}
		case errors.As(err, &forbidden) && led:
			return data.Sample{Level: data.NoData, Reason: data.ReasonUnsure, Detail: "it has moved to an inside address, which is not followed"}
		case err != nil:
			why, detail := explain(err, run.reached())
			f := Fail(t.probe, why, detail)
			f.Code, f.Expires = s.Code, s.Expires
			return f
		case next == nil:
			if s.Code/100 == 2 && at.String() != t.target.String() {
				t.mu.Lock()
				t.moved = tenantHome{url: at, first: run.origin()}
				t.mu.Unlock()
			}
			return s
		case hops == maxRedirects && s.Code == http.StatusMisdirectedRequest:
			return data.Sample{
				Level: data.NoData, Reason: data.ReasonUnsure, Code: s.Code, Expires: s.Expires,
				Detail: fmt.Sprintf("it has moved more than %d times", maxRedirects),
			}
		case hops == maxRedirects:
			f := Fail(t.probe, data.ReasonRedirect, errTooMany.Error())
			f.Code, f.Expires = s.Code, s.Expires
			return f
		}
		at, led = next, s.Code == http.StatusMisdirectedRequest
	}
}

// once asks one address. It returns the sample, or where to go on.
func (t *tenantProber) once(run *httpRun, at *url.URL) (s data.Sample, next *url.URL, err error) {
	req := &http.Request{
		Method: http.MethodGet, URL: at, Host: at.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"User-Agent": {t.agent}, "Accept": {"application/json"}},
	}
	resp, err := t.client.Do(req.WithContext(run.ctx))
	if err != nil {
		if v := (*tls.CertificateVerificationError)(nil); errors.As(err, &v) {
			s.Expires = ends(v.UnverifiedCertificates)
		}
		return s, nil, err
	}
	defer resp.Body.Close()
	run.begin(&run.body)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	run.end(&run.phases.Transfer, &run.body)
	s, next, err = t.judge(resp, at, body, err)
	s.Code = resp.StatusCode
	if resp.TLS != nil {
		s.Expires = ends(resp.TLS.PeerCertificates)
	}
	return s, next, err
}

func (t *tenantProber) judge(resp *http.Response, at *url.URL, body []byte, err error) (data.Sample, *url.URL, error) {
	switch code := resp.StatusCode; {
	case err != nil:
		return data.Sample{}, nil, err
	case len(body) > maxBody:
		return Fail(t.probe, data.ReasonBody, "the answer is larger than 1 MiB"), nil, nil
	case code == http.StatusMisdirectedRequest:
		endpoint := resp.Header.Get("Location")
		if said, err := readTenant(body); err == nil && said.Endpoint != "" {
			endpoint = said.Endpoint
		}
		next, err := follow(t.target, endpoint)
		return data.Sample{}, next, err
	case code/100 == 3 && code != http.StatusNotModified:
		next, err := at.Parse(resp.Header.Get("Location"))
		switch {
		case err != nil || resp.Header.Get("Location") == "" || next.Hostname() == "":
			return Fail(t.probe, data.ReasonRedirect, "a redirect leads nowhere"), nil, nil
		case next.Scheme != "http" && next.Scheme != "https":
			return data.Sample{}, nil, errForbidden{"a redirect leads out of http and https"}
		case t.target.Scheme == "https" && next.Scheme != "https":
			return data.Sample{}, nil, errForbidden{"a redirect leads from https to http"}
		}
		next.Fragment, next.User = "", nil
		return data.Sample{}, next, nil
	case code == http.StatusBadRequest, code == http.StatusNotFound, code == http.StatusGone:
		return data.Sample{
			Level: data.NoData, Reason: data.ReasonUnsure, Detail: fmt.Sprintf("it answered %d: the product knows no such tenant, so look at the target", code),
		}, nil, nil
	case code/100 != 2:
		return Fail(t.probe, data.ReasonStatus, fmt.Sprintf("it answered %d", code)), nil, nil
	}
	said, err := readTenant(body)
	if err != nil {
		return Fail(t.probe, data.ReasonBody, err.Error()), nil, nil
	}
	return said.verdict(t.probe), nil, nil
}

// origin is the address that the run first connected to.
func (r *httpRun) origin() netip.Addr {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first
}
