package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A login service is sent what the banners say, signed with the new secret and with the old one; and silence reaches it too.
func TestBannerPush(t *testing.T) {
	t.Parallel()
	type pushed struct {
		header http.Header
		body   string
	}
	got := make(chan pushed, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got <- pushed{r.Header, string(b)}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer receiver.Close()
	dir, newer, older := t.TempDir(), []byte(strings.Repeat("n", 32)), []byte(strings.Repeat("o", 32))
	text := func(key []byte) string { return "whsec_" + base64.StdEncoding.EncodeToString(key) }
	writeFiles(t, dir, map[string]string{
		"new": text(newer), "old": text(older),
		"statusd.yaml": "maintenance: []\nbanner: {webhook: {url: " + receiver.URL + "/hooks/banners, secret_file: new, old_secret_file: old}}\n",
	})
	p := start(t, filepath.Join(dir, "data"), "--config", filepath.Join(dir, "statusd.yaml"))
	next := func(when string) (said string) {
		t.Helper()
		select {
		case m := <-got:
			stamp := m.header.Get("webhook-id") + "." + m.header.Get("webhook-timestamp") + "."
			var want []string
			for _, key := range [][]byte{newer, older} {
				mac := hmac.New(sha256.New, key)
				fmt.Fprint(mac, stamp, m.body)
				want = append(want, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
			}
			if sent := m.header.Get("webhook-signature"); sent != strings.Join(want, " ") {
				t.Errorf("%s: signed %q, want %q", when, sent, want)
			}
			var body struct {
				Data struct {
					Answers []struct {
						Lang    string
						Banners []struct{ Text string }
					}
				}
			}
			if err := json.Unmarshal([]byte(m.body), &body); err != nil {
				t.Errorf("%s: %v", when, err)
			}
			for _, a := range body.Data.Answers {
				if a.Lang == "en" && len(a.Banners) > 0 {
					said = a.Banners[0].Text
				}
			}
			return said
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: nothing was sent\n%s", when, p.out)
		}
		return ""
	}
	if said := next("at the start"); said != "" {
		t.Errorf("at the start: %q", said)
	}
	program(t, "incident", "open", "Sign-in fails", "-c", "login", "--data", filepath.Join(dir, "data"))
	if said := next("when it fails"); !strings.Contains(said, "Sign-in fails") {
		t.Errorf("when it fails: %q", said)
	}
	program(t, "banner", "silence", "It covers the form.", "--data", filepath.Join(dir, "data"))
	if said := next("silenced"); said != "" {
		t.Errorf("silenced: %q", said)
	}
}
