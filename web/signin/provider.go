package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// How the provider is asked.
const (
	askWithin   = 5 * time.Second // one request
	maxAnswer   = 1 << 20         // bytes of one answer
	freshFor    = 30 * time.Second
	failedFor   = 5 * time.Second
	glance      = 300 * time.Millisecond // that the sign-in page waits for the first answer of all
	tolerance   = 30 * time.Second       // between its clock and ours
	shownOfLies = 200                    // bytes of an error that are logged
)

// provider knows the identity provider as far as it has answered. It is safe for concurrent use.
type provider struct {
	o        OIDC
	label    string
	redirect string
	client   *http.Client
	log      *slog.Logger
	flight   singleflight.Group

	mu    sync.Mutex
	known *endpoints // newest good ones; nil means none yet
	at    time.Time  // of the last answer, good or bad
	err   error      // of the last answer
}

// endpoints are what a discovery document says.
type endpoints struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	config   oauth2.Config
	raw      []byte
	names    bool // the provider names itself in its answers (RFC 9207)
}

// errUnreachable wraps an error that may be over when it is tried again later.
var errUnreachable = errors.New("the identity provider cannot be reached")

func newProvider(o OIDC, origin string, log *slog.Logger) (*provider, error) {
	issuer, err := url.Parse(o.Issuer)
	if err != nil || issuer.Host == "" {
		return nil, fmt.Errorf("the issuer %q is no address", o.Issuer)
	}
	if err := safe(o.Issuer, o.Test); err != nil {
		return nil, fmt.Errorf("the issuer: %w", err)
	}
	if err := safe(origin, true); err != nil {
		return nil, fmt.Errorf("the provider has to send people back over https: set admin_url: %w", err)
	}
	if o.GroupsClaim == "" {
		o.GroupsClaim = "groups"
	}
	if !slices.Contains(o.Scopes, oidc.ScopeOpenID) {
		o.Scopes = append([]string{oidc.ScopeOpenID}, o.Scopes...)
	}
	p := &provider{o: o, label: o.Label, redirect: origin + "/signin/callback", log: log}
	if p.label == "" {
		p.label = issuer.Host
	}
	p.client = &http.Client{
		Timeout:       askWithin,
		Transport:     &bounded{next: &http.Transport{Proxy: nil, TLSHandshakeTimeout: askWithin, MaxIdleConns: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return p, nil
}

// bounded cuts answers and says who asks.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "statusd")
	res, err := b.next.RoundTrip(r)
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, maxAnswer)
	}
	return res, err
}

// safe says what is wrong with an address that secrets are sent to: https, or plain HTTP on a loopback address where that is
// allowed.
func safe(address string, loopback bool) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
		return fmt.Errorf("%q is no address", clip(address))
	case u.Scheme == "https", u.Scheme == "http" && loopback && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%q is not https", clip(address))
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func clip(s string) string {
	if len(s) > shownOfLies {
		return strings.ToValidUTF8(s[:shownOfLies], "") + "…"
	}
	return s
}

// current returns what the provider says of itself, not older than half a minute, or errUnreachable. An error is remembered
// for some seconds, so that a crowd at the sign-in page asks once.
func (p *provider) current(ctx context.Context) (*endpoints, error) {
	known, fresh, _, last := p.heard()
	if fresh {
		return known, last
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-p.inquire(ctx):
		if got.Err != nil {
			return nil, got.Err
		}
		return got.Val.(*endpoints), nil
	}
}

// heard returns what the last answer was, if there was one, and whether it is new enough to go by.
func (p *provider) heard() (known *endpoints, fresh, ever bool, last error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at.IsZero() {
		return nil, false, false, nil
	}
	age := time.Since(p.at)
	if p.err != nil {
		return nil, age < failedFor, true, p.err
	}
	return p.known, age < freshFor, true, nil
}

// inquire asks in the background, for askWithin at most and once for all who want to know. Nobody has to take the answer.
func (p *provider) inquire(ctx context.Context) <-chan singleflight.Result {
	return p.flight.DoChan("", func() (any, error) {
		ask, cancel := context.WithTimeout(context.WithoutCancel(ctx), askWithin)
		defer cancel()
		return p.discover(ask)
	})
}

// seemsUp says at once what the last answer was and has a newer one fetched in the background where that is old. It waits
// for the first answer of all only, and not longer than a glance: a silent provider counts as down.
func (p *provider) seemsUp(ctx context.Context) bool {
	_, fresh, ever, last := p.heard()
	if fresh {
		return last == nil
	}
	answer := p.inquire(ctx)
	if ever {
		return last == nil
	}
	wait := time.NewTimer(glance)
	defer wait.Stop()
	select {
	case <-ctx.Done():
	case <-wait.C:
	case got := <-answer:
		return got.Err == nil
	}
	return false
}

// latest returns what is known, however old, for a sign-in that began with it.
func (p *provider) latest(ctx context.Context) (*endpoints, error) {
	p.mu.Lock()
	known := p.known
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	return p.current(ctx)
}

// discover asks, and remembers the answer.
func (p *provider) discover(ctx context.Context) (*endpoints, error) {
	found, err := p.ask(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil && (p.err == nil || p.at.IsZero()):
		p.log.Warn("the identity provider cannot be used: operators can sign in by a link from the host", "issuer", p.o.Issuer, "error", clip(err.Error()))
	case err == nil && p.err != nil:
		p.log.Info("the identity provider answers again", "issuer", p.o.Issuer)
	}
	p.at, p.err = time.Now(), nil
	if err != nil {
		p.err = fmt.Errorf("%w: %s", errUnreachable, clip(err.Error()))
		return nil, p.err
	}
	if p.known == nil || !bytes.Equal(p.known.raw, found.raw) { // the same document keeps the keys that were fetched
		p.known = found
	}
	return p.known, nil
}

func (p *provider) ask(ctx context.Context) (*endpoints, error) {
	d, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.o.Issuer)
	if err != nil {
		return nil, err
	}
	var raw json.RawMessage
	var said struct {
		JWKS     string   `json:"jwks_uri"`
		UserInfo string   `json:"userinfo_endpoint"`
		Methods  []string `json:"token_endpoint_auth_methods_supported"`
		Names    bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := errors.Join(d.Claims(&raw), d.Claims(&said)); err != nil {
		return nil, err
	}
	endpoint := d.Endpoint()
	for _, e := range []struct {
		name, address string
		needed        bool
	}{
		{"authorization_endpoint", endpoint.AuthURL, true},
		{"token_endpoint", endpoint.TokenURL, true},
		{"jwks_uri", said.JWKS, true},
		{"userinfo_endpoint", said.UserInfo, false},
	} {
		if e.address == "" && !e.needed {
			continue
		}
		if err := safe(e.address, p.o.Test); err != nil {
			return nil, fmt.Errorf("%s: %w", e.name, err)
		}
	}
	endpoint.AuthStyle = oauth2.AuthStyleInHeader // what holds where nothing is said; no guessing, which would send the code twice
	if len(said.Methods) > 0 && !slices.Contains(said.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &endpoints{
		provider: d, raw: raw, names: said.Names,
		// The library takes the algorithms that the document names and it can verify, none of them symmetric; RS256 where
		// none is left.
		verifier: d.Verifier(&oidc.Config{ClientID: p.o.ClientID, Now: func() time.Time { return time.Now().Add(-tolerance) }}),
		config: oauth2.Config{
			ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: endpoint, RedirectURL: p.redirect, Scopes: p.o.Scopes,
		},
	}, nil
}
