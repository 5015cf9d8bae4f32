package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAlarms(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const signing = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	for name, text := range map[string]string{
		"password": secretInTest, "new": signing, "old": signing, "plain": secretInTest,
		"hook": "https://hooks.example.com/T0/secret-path\n", "inside": "http://hooks.example.com/secret-path",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parse := func(alarms string) (*Config, error) {
		return Parse(filepath.Join(dir, "x.yaml"), []byte("alarms: "+alarms+"\n"), options())
	}
	c, err := parse(`{mail: {to: [a@example.com, b@example.com], smtp: {host: smtp.example.com, from: Alarms <s@example.com>, user: u, password_file: password}},
  webhook: {url_file: hook, secret_file: new, old_secret_file: old}, deadman: {url: "http://127.0.0.1:9/x", every: 30s}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := Alarms{
		Mail: &AlarmMail{To: []string{"a@example.com", "b@example.com"}, SMTP: &SMTP{
			Host: "smtp.example.com", Port: 587, From: "Alarms <s@example.com>", User: "u", Password: Secret{secretInTest}, TLS: "starttls",
		}},
		Webhook: &Webhook{URL: Secret{"https://hooks.example.com/T0/secret-path"}, Secret: Secret{signing}, Old: Secret{signing}},
		Deadman: &Deadman{URL: Secret{"http://127.0.0.1:9/x"}, Every: 30 * time.Second},
	}
	if !reflect.DeepEqual(c.Alarms, want) {
		t.Errorf("got %+v", c.Alarms)
	}
	text, err := c.Print()
	if err != nil || strings.Contains(string(text), secretInTest) || strings.Contains(string(text), signing) || strings.Contains(string(text), "secret-path") {
		t.Errorf("a secret is printed: %v\n%s", err, text)
	}
	for host, want := range map[string]SMTP{
		"{host: localhost, from: s@example.com}":                                 {Port: 25, TLS: "none"},
		"{host: 127.0.0.1, from: s@example.com, tls: starttls}":                  {Port: 587, TLS: "starttls"},
		"{host: smtp.example.com, from: s@example.com, port: 465}":               {Port: 465, TLS: "implicit"},
		"{host: smtp.example.com, from: s@example.com, tls: implicit}":           {Port: 465, TLS: "implicit"},
		"{host: smtp.example.com, from: s@example.com, port: 2525}":              {Port: 2525, TLS: "starttls"},
		"{host: \"::1\", from: s@example.com, port: 2525, tls: \"none\"}":        {Port: 2525, TLS: "none"},
		"{host: \"2001:db8::1\", from: s@example.com, tls: \"starttls\"}":        {Port: 587, TLS: "starttls"},
		"{host: smtp.example.com, from: s@example.com, port: 25, tls: starttls}": {Port: 25, TLS: "starttls"},
	} {
		c, err := parse("{mail: {to: [a@example.com], smtp: " + host + "}}")
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		if got := c.Alarms.Mail.SMTP; got.Port != want.Port || got.TLS != want.TLS {
			t.Errorf("%s: port %d, %s", host, got.Port, got.TLS)
		}
	}
	for alarms, want := range map[string]string{
		"{webhook: {url_file: inside, secret_file: new}}":                "url_file: this would go in the clear",
		"{webhook: {url_file: nowhere, secret_file: new}}":               "no such file",
		"{webhook: {url: \"https://example.com/\", secret_file: plain}}": "secret_file: this is no secret of a webhook: make one with",
		"{deadman: {url: example.com/secret-path}}":                      "url: this is no address",
		"{deadman: {}}":    "the address is missing",
		"{mail: {to: []}}": "name at least one address",
		"{mail: {to: [a@example.com], smtp: {host: localhost, from: a@example.com, password_file: password}}}": "there is a password and no user",
	} {
		_, err := parse(alarms)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secretInTest) || strings.Contains(err.Error(), "secret-path") {
			t.Errorf("%s: %v, want %q", alarms, err, want)
		}
	}
}
