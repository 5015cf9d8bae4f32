package config

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/superoffice/statusd/data"
)

// SignIn says how operators sign in besides by links from the host.
type SignIn struct {
	OIDC *OIDC // nil means by links only
}

// OIDC is the client of an identity provider.
type OIDC struct {
	Issuer       string // as it is written in the provider's own document
	ClientID     string
	ClientSecret Secret
	Scopes       []string // besides openid
	GroupsClaim  string
	Roles        map[string]data.Role // by group
	Label        string               // may be empty
	Test         bool                 // the issuer may be a loopback address without TLS
}

// What holds where it is left out.
const defaultGroupsClaim = "groups"

var defaultScopes = []string{"profile", "email"}

func (c *checker) signIn() {
	if s := c.file.AdminURL; s != "" {
		p := path{"admin_url"}
		u, err := url.Parse(s)
		switch {
		case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
			c.fault(p, "admin_url: %s is no address of a page: use https://status-admin.example.com", strconv.Quote(clip(s)))
		case u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.User != nil || strings.Contains(s, "#"):
			c.fault(p, "admin_url: only scheme and host, because the pages live at the root: use %s://%s", u.Scheme, u.Host)
		case u.Scheme == "http" && !loopback(u.Hostname()):
			c.fault(p, "admin_url: browsers keep no session of a page over plain HTTP: use https://%s, with a proxy that ends TLS", u.Host)
		default:
			c.cfg.AdminURL = s
		}
	}
	if c.file.SignIn != nil && c.file.SignIn.OIDC != nil {
		c.oidc(path{"sign_in", "oidc"}, *c.file.SignIn.OIDC)
	}
}

func (c *checker) oidc(p path, f oidcClient) {
	out := OIDC{ClientID: f.ClientID, Scopes: defaultScopes, GroupsClaim: f.GroupsClaim, Roles: map[string]data.Role{}, Label: f.Label, Test: f.Test}
	if f.Issuer != "" {
		out.Issuer = c.issuer(p.with("issuer"), f)
	}
	switch {
	case f.SecretFile != "" && f.SecretEnv != "":
		c.fault(p.with("client_secret_env"), "both client_secret_file and client_secret_env are given: keep one")
	case f.SecretFile != "":
		secret, err := secretFile(c.beside(f.SecretFile))
		if err != nil {
			c.fault(p.with("client_secret_file"), "client_secret_file: %s", err)
		}
		out.ClientSecret = secret
	case f.SecretEnv != "":
		secret, err := newSecret(c.o.Getenv(f.SecretEnv), "the environment variable "+clip(f.SecretEnv))
		if err != nil {
			c.fault(p.with("client_secret_env"), "client_secret_env: %s", err)
		}
		out.ClientSecret = secret
	case !c.tainted(p):
		c.fault(p, "oidc has no client secret: name a file that holds it as client_secret_file, or an environment variable as client_secret_env; never write it here")
	}
	if f.Scopes != nil {
		out.Scopes = f.Scopes
	}
	for i, s := range f.Scopes {
		switch {
		case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }): // RFC 6749 3.3
			c.fault(p.with("scopes", i), "scopes: %s is no scope: give each as an entry of its own, without spaces", strconv.Quote(clip(s)))
		case s != "" && slices.Index(f.Scopes, s) < i:
			c.fault(p.with("scopes", i), "the scope %s is there twice: keep one", s)
		}
	}
	if out.GroupsClaim == "" {
		out.GroupsClaim = defaultGroupsClaim
	}
	for _, r := range []struct {
		role   data.Role
		groups []string
	}{{data.Viewer, f.Roles.Viewer}, {data.Responder, f.Roles.Responder}, {data.Admin, f.Roles.Admin}} {
		for i, g := range r.groups {
			if other, twice := out.Roles[g]; twice && g != "" {
				c.fault(p.with("roles", string(r.role), i), "roles: the group %s has the role %s already: keep one", strconv.Quote(clip(g)), other)
			}
			if g != "" {
				out.Roles[g] = r.role
			}
		}
	}
	if at := p.with("roles"); len(out.Roles) == 0 && !c.tainted(p) {
		c.fault(at, "roles: no group has a role, so nobody could sign in: name groups of the provider under viewer, responder or admin")
	}
	if host, _, err := net.SplitHostPort(c.file.AdminListen); err == nil && !loopback(host) && c.file.AdminURL == "" {
		c.fault(p, "the provider has to know how browsers reach the operators' pages: set admin_url, such as https://status-admin.example.com")
	}
	c.cfg.SignIn.OIDC = &out
}

// issuer checks an issuer, which is compared letter by letter with what the provider says of itself.
func (c *checker) issuer(p path, f oidcClient) string {
	u, err := url.Parse(f.Issuer)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(f.Issuer, "#"):
		c.fault(p, "issuer: %s is no issuer: use the address before /.well-known/openid-configuration, such as https://login.example.com", strconv.Quote(clip(f.Issuer)))
	case strings.Contains(u.Path, "/.well-known/"):
		c.fault(p, "issuer: leave out /.well-known/openid-configuration, which is found by itself")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		c.fault(p, "issuer: over plain HTTP anybody between could sign in as anybody: use https://%s", u.Host)
	case u.Scheme == "http" && !f.Test:
		c.fault(p, "issuer: %s is a stand-in on this machine without TLS: add test: true if that is meant", u.Host)
	}
	return f.Issuer
}
