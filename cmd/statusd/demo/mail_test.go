package demo

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// deliver hands a mail to the sink as the provider's clients do.
func deliver(t *testing.T, s *Sink, subject, text, html string) {
	t.Helper()
	form := url.Values{"from": {"a@example.com"}, "to": {"b@example.com"}, "subject": {subject}, "text": {text}, "html": {html}}
	r := httptest.NewRequest("POST", "/v3/mg.example.com/messages", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("api", "secret")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("delivering: %d %s", w.Code, w.Body)
	}
}

// TestMailPages checks that a mail is shown, and that nothing in it does anything.
func TestMailPages(t *testing.T) {
	s := newSink("secret")
	if w := ask(s, "GET", "/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Nothing yet") {
		t.Errorf("an empty sink answers %d %s", w.Code, w.Body)
	}
	const evil = `<script>alert("1")</script>`
	deliver(t, s, "first", "text", "<p>html</p>")
	deliver(t, s, evil, evil, "<p>hello</p>"+evil)

	list := ask(s, "GET", "/").Body.String()
	newer, older := strings.Index(list, `href="/mail/2"`), strings.Index(list, `href="/mail/1"`)
	if newer < 0 || older < newer {
		t.Errorf("the list does not show the newest first:\n%s", list)
	}
	for path, quoted := range map[string]string{"/": "&lt;script&gt;", "/mail/2": "&lt;script&gt;alert(&#34;1&#34;)"} {
		w := ask(s, "GET", path)
		if body := w.Body.String(); strings.Contains(body, "<script") || !strings.Contains(body, quoted) {
			t.Errorf("GET %s does not quote what a mail says", path)
		}
		if p := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") || strings.Contains(p, "script-src") {
			t.Errorf("GET %s has the policy %q, want no script at all", path, p)
		}
	}
	w := ask(s, "GET", "/mail/2.html")
	if !strings.Contains(w.Body.String(), "<p>hello</p>") {
		t.Errorf("the HTML part is %q, want it as it came", w.Body)
	}
	if p := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(p, "sandbox; default-src 'none'") || strings.Contains(p, "allow-") || strings.Contains(p, "script-src") {
		t.Errorf("the HTML part has the policy %q, want a sandbox without leave for anything", p)
	}
	if body := ask(s, "GET", "/mail/2").Body.String(); !strings.Contains(body, `<iframe class="card" sandbox `) {
		t.Error("the HTML part is not framed in a sandbox")
	}
	for _, path := range []string{"/mail/0", "/mail/3", "/mail/-1", "/mail/x", "/mail/3.html", "/mail/.html"} {
		if w := ask(s, "GET", path); w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", path, w.Code)
		}
	}
	if w := ask(s, "GET", "/v3/mg.example.com/events"); w.Code != http.StatusUnauthorized {
		t.Errorf("the log without the key: %d, want 401", w.Code)
	}
}
