package signin

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/superoffice/statusd/data"
)

const (
	issuer       = "https://login.example.com"
	clientID     = "statusd"
	clientSecret = "marked-client-secret"
)

var keys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var out [2]*rsa.PrivateKey
	for i := range out {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out[i] = k
	}
	return out
})

// standIn is an identity provider in the process: real signatures, one code a sign-in, and switches to lie. It is an
// http.RoundTripper, so that a test in a bubble needs no network.
type standIn struct {
	t        *testing.T
	user     map[string]any          // claims of whoever signs in next
	down     bool                    // refuses connections
	slow     bool                    // never answers
	document func(map[string]any)    // alters the discovery document
	claims   func(map[string]any)    // alters the ID token
	sign     func(claims any) string // instead of RS256 with the key
	token    func(map[string]any)    // alters the token endpoint's answer
	userinfo map[string]any          // answer of the userinfo endpoint; nil means there is none
	back     func(url.Values)        // alters what the browser is sent back with
	refuse   int                     // status of the token endpoint, if not 0
	codes    map[string]url.Values   // authorization requests by code
	requests map[string]int          // by path
	secrets  []string                // what must not be logged
}

func newStandIn(t *testing.T) *standIn {
	return &standIn{
		t: t, codes: map[string]url.Values{}, requests: map[string]int{},
		user: map[string]any{"sub": "u-1", "preferred_username": "kari", "email": "kari@example.com", "groups": []string{"staff", "duty"}},
	}
}

// authorize is a person signing in at the provider. It returns the path that the browser is sent back to.
func (p *standIn) authorize(u *url.URL) string {
	p.t.Helper()
	q := u.Query()
	if u.Scheme+"://"+u.Host+u.Path != issuer+"/auth" || q.Get("response_type") != "code" || q.Get("client_id") != clientID ||
		q.Get("redirect_uri") != origin+"/signin/callback" || q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 ||
		q.Get("scope") != "openid profile groups" || len(q.Get("state")) != 43 || len(q.Get("nonce")) != 43 {
		p.t.Fatalf("the authorization request %s", u)
	}
	code := rand.Text()
	p.codes[code] = q
	p.secrets = append(p.secrets, code)
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {issuer}}
	if p.back != nil {
		p.back(back)
	}
	return "/signin/callback?" + back.Encode()
}

func (p *standIn) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case p.down:
		return nil, errors.New("connection refused")
	case p.slow:
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	rec := httptest.NewRecorder()
	p.requests[r.URL.Path]++
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		d := map[string]any{
			"issuer": issuer, "authorization_endpoint": issuer + "/auth", "token_endpoint": issuer + "/token", "jwks_uri": issuer + "/keys",
			"id_token_signing_alg_values_supported":          []string{"RS256", "HS256", "none"},
			"authorization_response_iss_parameter_supported": true,
		}
		if p.userinfo != nil {
			d["userinfo_endpoint"] = issuer + "/me"
		}
		if p.document != nil {
			p.document(d)
		}
		write(rec, d)
	case "/keys":
		k := keys()[0].PublicKey
		write(rec, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "kid": "k", "use": "sig", "alg": "RS256",
			"n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes()),
		}}})
	case "/token":
		p.tokens(rec, r)
	case "/me":
		if r.Header.Get("Authorization") != "Bearer at-1" {
			rec.WriteHeader(http.StatusUnauthorized)
		}
		write(rec, p.userinfo)
	default:
		rec.WriteHeader(http.StatusNotFound)
	}
	return rec.Result(), nil
}

func (p *standIn) tokens(w *httptest.ResponseRecorder, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if err := r.ParseForm(); err != nil || id != clientID || secret != clientSecret {
		w.WriteHeader(http.StatusUnauthorized)
		write(w, map[string]any{"error": "invalid_client"})
		return
	}
	if p.refuse != 0 {
		w.WriteHeader(p.refuse)
		write(w, map[string]any{"error": "server_error"})
		return
	}
	code := r.PostForm.Get("code")
	q, ok := p.codes[code]
	delete(p.codes, code)
	if !ok || q.Get("redirect_uri") != r.PostForm.Get("redirect_uri") || oauth2.S256ChallengeFromVerifier(r.PostForm.Get("code_verifier")) != q.Get("code_challenge") {
		w.WriteHeader(http.StatusBadRequest)
		write(w, map[string]any{"error": "invalid_grant"})
		return
	}
	p.secrets = append(p.secrets, r.PostForm.Get("code_verifier"))
	now := time.Now().Unix()
	claims := map[string]any{"iss": issuer, "aud": clientID, "iat": now, "exp": now + 300, "nonce": q.Get("nonce")}
	maps.Copy(claims, p.user)
	if p.claims != nil {
		p.claims(claims)
	}
	sign := p.sign
	if sign == nil {
		sign = func(c any) string { return rs256(keys()[0], "k", c) }
	}
	signed := sign(claims)
	p.secrets = append(p.secrets, signed)
	answer := map[string]any{"access_token": "at-1", "token_type": "Bearer", "id_token": signed}
	if p.token != nil {
		p.token(answer)
	}
	write(w, answer)
}

func write(w *httptest.ResponseRecorder, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) //nolint:errcheck // a recorder takes everything
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unsigned(header map[string]any, claims any) string {
	h, err := json.Marshal(header)
	if err != nil {
		panic(err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	return b64(h) + "." + b64(c)
}

func rs256(key *rsa.PrivateKey, kid string, claims any) string {
	text := unsigned(map[string]any{"alg": "RS256", "kid": kid}, claims)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + b64(sig)
}

// hs256 signs with the public key as if it were a shared secret.
func hs256(claims any) string {
	text := unsigned(map[string]any{"alg": "HS256", "kid": "k"}, claims)
	der, err := x509.MarshalPKIXPublicKey(&keys()[0].PublicKey)
	if err != nil {
		panic(err)
	}
	m := hmac.New(sha256.New, der)
	m.Write([]byte(text))
	return text + "." + b64(m.Sum(nil))
}

func none(claims any) string {
	return unsigned(map[string]any{"alg": "none"}, claims) + "."
}

func operatorOf(t *testing.T, w *world) data.Operator {
	t.Helper()
	var o data.Operator
	w.view(func(tx data.Tx) (err error) {
		o, err = tx.Operators().Get(data.OperatorID(issuer, "u-1"))
		return err
	})
	return o
}

func has(s string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}
