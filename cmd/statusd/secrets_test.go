package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// TestSecretsStayInside runs what operators do with every secret there is, at level debug, and with everything outside refusing
// the service. None of them is in the log, an answer, an error page, the audit log, the metrics, the export or the database
// (C23).
func TestSecretsStayInside(t *testing.T) {
	dir := t.TempDir()
	secrets := map[string]string{
		"Mailgun's key":        "key-0123456789abcdef0123456789marked",
		"the client's secret":  "marked-client-secret",
		"the SMTP password":    "marked-smtp-password",
		"the webhook's secret": "whsec_bWFya2VkLW1hcmtlZC1tYXJrZWQtbWFya2VkLW1hcmtlZA==",
		"the dead man's URL":   "marked-deadman-path",
		"the provider's code":  "marked-code-of-the-provider",
	}
	writeFiles(t, dir, map[string]string{
		"mailgun.key": secrets["Mailgun's key"], "client.secret": secrets["the client's secret"], "smtp.password": secrets["the SMTP password"],
		"webhook.secret": secrets["the webhook's secret"], "deadman.url": "http://127.0.0.1:1/" + secrets["the dead man's URL"],
		"statusd.yaml": `
log: {level: debug}
sign_in: {oidc: {issuer: "http://127.0.0.1:1", client_id: statusd, client_secret_file: client.secret, test: true, roles: {responder: [on-call]}}}
mail: {from: status@example.com, mailgun: {base: "http://127.0.0.1:1/v3", domain: mg.example.com, key_file: mailgun.key, test: true}}
contacts: [{address: it@example.com}]
incidents: {undo: none}
alarms:
  mail: {to: [duty@example.com], smtp: {host: 127.0.0.1, port: 1, from: alarms@example.com, user: statusd, password_file: smtp.password, tls: none}}
  webhook: {url: "http://127.0.0.1:1/hook", secret_file: webhook.secret}
  deadman: {url_file: deadman.url, every: 10s}
`,
	})
	p := start(t, dir, "--config", filepath.Join(dir, "statusd.yaml"))
	var said strings.Builder // every answer but those that are to hold a secret

	var token api.Token
	if err := json.Unmarshal([]byte(program(t, "token", "create", "pager", "--role", "admin", "--json", "--data", dir)), &token); err != nil || !data.WellFormedSecret(token.Secret) {
		t.Fatalf("the token %+v: %v", token, err)
	}
	link := strings.TrimSpace(program(t, "operator", "link", "kari", "--role", "admin", "--data", dir))
	secrets["the token"], secrets["the link"] = token.Secret, filepath.Base(link)
	hear := func(res *http.Response) {
		t.Helper()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		said.Write(b)
		for name, values := range res.Header {
			if name != "Set-Cookie" {
				said.WriteString(name + ": " + strings.Join(values, ", ") + "\n")
			}
		}
	}
	res := visitAs(t, nil, "POST", link, url.Values{})
	if len(res.Cookies()) != 1 {
		t.Fatalf("using the link: %d", res.StatusCode)
	}
	session := res.Cookies()[0]
	secrets["the session"] = session.Value
	hear(res)
	for range 7 { // used, and then too often
		hear(visitAs(t, nil, "POST", link, url.Values{}))
	}
	hear(visitAs(t, nil, "GET", p.at.Admin+"/signin", nil))
	hear(visitAs(t, nil, "POST", p.at.Admin+"/signin/oidc", url.Values{}))
	hear(visitAs(t, nil, "GET", p.at.Admin+"/signin/callback?state=x&code="+secrets["the provider's code"], nil))
	auth := "Bearer " + token.Secret
	for _, at := range []string{p.at.Admin, p.at.Listen} {
		for _, path := range []string{
			"/", "/nothing", "/api/v1/me", "/api/v1/tokens", "/api/v1/operators", "/api/v1/overview", "/api/v1/audit", "/api/v1/nothing", "/metrics", "/readyz", "/healthz",
			"/tokens", "/operators", "/audit", "/incidents/new", "/api/v1/alerts",
		} {
			hear(visitAs(t, session, "GET", at+path, nil))
			_, b := get(t, at+path, "Authorization", auth)
			said.WriteString(b)
			_, b = get(t, at+path, "Authorization", auth+"x", "Cookie", session.Name+"="+session.Value+"x")
			said.WriteString(b)
			_, b = get(t, at+path, "Authorization", "Basic "+token.Secret)
			said.WriteString(b)
		}
		for _, body := range []string{`{"title":"x","components":{"login":"major_outage"}}`, `{"title":`, `{}`} {
			_, b := ask(t, "POST", at+"/api/v1/incidents", body, "Content-Type", "application/json", "Authorization", auth, "Idempotency-Key", data.NewID())
			said.WriteString(b)
		}
	}
	until(t, "mail, alarms and ping to fail", func() bool {
		log := p.out.String()
		return strings.Contains(log, "part=notifier") && strings.Contains(log, "connection refused")
	})
	hear(visitAs(t, session, "POST", p.at.Admin+"/tokens/"+token.ID+"/revoke", url.Values{}))
	_, b := get(t, p.at.Admin+"/api/v1/me", "Authorization", auth)
	said.WriteString(b)
	hear(visitAs(t, session, "POST", p.at.Admin+"/signout/everywhere", url.Values{}))
	hear(visitAs(t, session, "GET", p.at.Admin+"/", nil))

	places := map[string]string{
		"an answer": said.String(), "the audit log": program(t, "audit", "list", "--json", "--limit", "500", "--data", dir),
		"the export": program(t, "export", "--data", dir), "the log": p.out.String(),
	}
	p.kill()
	db, err := os.ReadFile(filepath.Join(dir, storeName))
	if err != nil {
		t.Fatal(err)
	}
	places["the database"], places["the log"] = string(db), p.out.String()
	for place, holds := range map[string]string{ // so that nothing is found for the right reason
		"the database": data.HashSecret(token.Secret), "the audit log": "signin.link", "the log": "connection refused", "the export": token.ID, "an answer": token.ID,
	} {
		if !strings.Contains(places[place], holds) {
			t.Errorf("%s does not hold %s: is it what it should be?", place, holds)
		}
	}
	for place, text := range places {
		for what, secret := range secrets {
			if strings.Contains(text, secret) {
				at := strings.Index(text, secret)
				t.Errorf("%s is in %s: …%q", what, place, text[max(0, at-200):min(len(text), at+20)])
			}
		}
	}
	for _, secret := range []string{data.HashSecret(token.Secret), data.HashSecret(session.Value)} {
		if strings.Contains(places["the export"]+places["an answer"]+places["the log"]+places["the audit log"], secret) {
			t.Error("the hash of a secret is outside the database")
		}
	}
}
