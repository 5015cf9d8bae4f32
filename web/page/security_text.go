package page

import (
	"fmt"
	"time"

	"github.com/superoffice/statusd/web/ui"
)

// securityTextPath is where people who found a weakness look for whom to tell (RFC 9116 3).
const securityTextPath = "/.well-known/security.txt"

// securityTextValid is for how long what it says may be believed; less than a year is asked for (RFC 9116 2.5.5).
const securityTextValid = 180 * 24 * time.Hour

// securityText is that file; nil where nobody is named. It is another one each day.
func (s *State) securityText() *ui.Doc {
	contact := contactOf(s.SecurityContact).Href
	if contact == "" {
		return nil
	}
	text := fmt.Sprintf("Contact: %s\nExpires: %s\nPreferred-Languages: en\nCanonical: %s\n",
		contact, s.Now.UTC().Truncate(24*time.Hour).Add(securityTextValid).Format(time.RFC3339), s.URL+securityTextPath)
	return ui.NewDoc([]byte(text), ui.DocOptions{Type: "text/plain; charset=utf-8"})
}
