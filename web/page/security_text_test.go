package page

import (
	"testing"
	"time"
)

// TestSecurityText: the file names whom to tell, for half a year from today, and is not there where nobody is named.
func TestSecurityText(t *testing.T) {
	t.Parallel()
	place := Place{Path: "/.well-known/security.txt"}
	s := calm(t)
	if d, ok := render(t, s)[place]; ok {
		t.Errorf("nobody is named, and there is %q", d.Body)
	}
	for contact, href := range map[string]string{"security@example.com": "mailto:security@example.com", "https://example.com/security": "https://example.com/security"} {
		s.SecurityContact = contact
		d, ok := render(t, s)[place]
		want := "Contact: " + href + "\nExpires: 2026-10-06T00:00:00Z\nPreferred-Languages: en\nCanonical: https://status.superoffice.com/.well-known/security.txt\n"
		if !ok || string(d.Body) != want {
			t.Errorf("%s: %v, want %q", contact, d, want)
		}
	}
	tomorrow := calm(t)
	tomorrow.SecurityContact, tomorrow.Now = s.SecurityContact, s.Now.Add(24*time.Hour)
	if string(render(t, tomorrow)[place].Body) == string(render(t, s)[place].Body) {
		t.Error("tomorrow it says the same")
	}
}
