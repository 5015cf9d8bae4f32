package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	parse := func(src string) *Config {
		t.Helper()
		c, err := Parse("x.yaml", []byte(src), options())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	compare := func(got *OIDC, want OIDC) {
		t.Helper()
		if got == nil || got.ClientSecret.Reveal() != secretInTest {
			t.Fatalf("got %+v", got)
		}
		plain := *got
		plain.ClientSecret = Secret{}
		if diff := cmp.Diff(want, plain, cmp.AllowUnexported(Secret{})); diff != "" {
			t.Errorf("oidc (-want +got):\n%s", diff)
		}
	}
	if c := parse(""); c.AdminURL != "" || c.SignIn.OIDC != nil {
		t.Errorf("the default: %q, %+v", c.AdminURL, c.SignIn)
	}
	c := parse(`
admin_url: https://admin.example.com:8443
sign_in:
  oidc:
    issuer: https://login.example.com/realms/one/
    client_id: statusd
    client_secret_env: STATUSD_TEST_KEY
    scopes: [profile, groups]
    groups_claim: https://example.com/groups
    roles: {viewer: [staff, "1001"], responder: [duty], admin: [ops]}
    label: Example
`)
	if c.AdminURL != "https://admin.example.com:8443" {
		t.Errorf("admin_url %q", c.AdminURL)
	}
	compare(c.SignIn.OIDC, OIDC{
		Issuer: "https://login.example.com/realms/one/", ClientID: "statusd", Scopes: []string{"profile", "groups"}, GroupsClaim: "https://example.com/groups",
		Roles: map[string]data.Role{"staff": data.Viewer, "1001": data.Viewer, "duty": data.Responder, "ops": data.Admin}, Label: "Example",
	})
	text, err := c.Print()
	if err != nil || !strings.Contains(string(text), "client_secret_env: STATUSD_TEST_KEY") || strings.Contains(string(text), secretInTest) {
		t.Errorf("printed: %v\n%s", err, text)
	}
	c = parse("sign_in: {oidc: {issuer: 'http://127.0.0.1:9000', test: true, client_id: a, client_secret_env: STATUSD_TEST_KEY, roles: {viewer: [a]}}}")
	compare(c.SignIn.OIDC, OIDC{
		Issuer: "http://127.0.0.1:9000", ClientID: "a", Scopes: []string{"profile", "email"}, GroupsClaim: "groups", Roles: map[string]data.Role{"a": data.Viewer}, Test: true,
	})
	c = parse("sign_in: {oidc: {issuer: 'https://a.example', client_id: a, client_secret_env: STATUSD_TEST_KEY, scopes: [], roles: {viewer: [a]}}}")
	if len(c.SignIn.OIDC.Scopes) != 2 {
		t.Errorf("scopes %v", c.SignIn.OIDC.Scopes)
	}
}
