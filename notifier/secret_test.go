package notifier_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/mailguntest"
)

// TestMailgunGivesNothingAway looks for a marked address and key in every error of sending and of looking up.
func TestMailgunGivesNothingAway(t *testing.T) {
	const key, to = "marked-secret", "marked.reader@example.com"
	log := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	cut := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	hang := func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) //nolint:errcheck // only then the server notices that the client is gone
		<-r.Context().Done()
	}
	handlers := map[string]http.Handler{
		"log down": &mailguntest.Server{Key: key, LogDown: true}, "another key": &mailguntest.Server{Key: "other"},
		"refused in JSON": log(401, `{"message":"no `+key+`"}`), "failed in JSON": log(500, `{"items":[]}`),
		"cut off in the list": log(200, `{"items":[{"recipient":"`+to+`","event":"accepted"`), "no event": log(200, `{"items":["`+to+`"]}`),
		"connection cut": http.HandlerFunc(cut), "hanging": http.HandlerFunc(hang), "redirected": http.RedirectHandler("/"+to, http.StatusFound),
	}
	for f := mailguntest.TooMany; f <= mailguntest.AcceptThenHang; f++ {
		s := &mailguntest.Server{Key: key, LogDown: true}
		s.Next(f)
		handlers[fmt.Sprint("fault ", f)] = s
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(handler)
			m, err := notifier.NewMailgun(notifier.MailgunOptions{Base: server.URL + "/v3", Domain: "example.com", Key: key, From: "f@example.com"})
			if err != nil {
				t.Fatal(err)
			}
			b := notifier.Batch{Key: "row", Tag: "tag", MessageID: "row@status.example.com", To: to}
			b.Letter.Subject, b.Letter.Text = "Subject", "Text"
			ask := func() {
				ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // of the hanging ones
				defer cancel()
				_, sent := m.Send(ctx, b)
				_, found, err := m.Find(ctx, b, time.Now())
				if found || err == nil {
					t.Errorf("Find = %t, %v; want an error, since the log could not be asked", found, err)
				}
				for _, err := range []error{sent, err} {
					text := strings.ToLower(fmt.Sprint(err))
					if strings.Contains(text, "marked") || strings.Contains(text, "@") || strings.Contains(text, "%40") || strings.Contains(text, "://") {
						t.Errorf("the error gives something away: %v", err)
					}
				}
			}
			ask()
			server.Close()
			ask()
		})
	}
}
