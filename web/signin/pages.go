package signin

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"github.com/superoffice/statusd/web/ui"
)

//go:embed pages.html
var source string

var pages = template.Must(template.New("pages").Parse(source))

// policy lets a page of ours do nothing but be read and send its forms here.
const policy = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// signInPage is what the pages before and after signing in show.
type signInPage struct {
	Return     string // own path
	Label      string // of the provider; empty means there is none
	Down       bool   // it does not answer
	Name, Role string // of who is signed in
	Secret     string // of a link
	Plain      bool   // these pages come over plain HTTP
}

// answer sends one of the pages in its document, or in the shell.
func (s *SignIn) answer(w http.ResponseWriter, r *http.Request, status int, title, page string, v any) error {
	var b bytes.Buffer
	if why, ok := v.(refusal); ok {
		v = map[string]any{"Text": why.text, "Again": why.again, "Host": why.host}
	}
	if err := pages.ExecuteTemplate(&b, page, v); err != nil {
		return err
	}
	h := w.Header()
	for k, v := range ui.Security {
		h[k] = v
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	body := template.HTML(b.String()) //nolint:gosec // made by html/template
	if s.o.Page != nil {
		s.o.Page(w, r, status, title, body)
		return nil
	}
	whole, err := document(title, body)
	if err != nil {
		return err
	}
	w.WriteHeader(status)
	w.Write(whole) //nolint:errcheck // the client is gone
	return nil
}

// document is the plain document around a page.
func document(title string, body template.HTML) ([]byte, error) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, "document", map[string]any{"Title": title, "Body": body})
	return b.Bytes(), err
}

// leadOn answers with a page that leads to an address by itself and holds a link to it: to the provider of this name, or to
// one of our own pages. See doc.go why it is no redirect.
func (s *SignIn) leadOn(w http.ResponseWriter, r *http.Request, to, label string) error {
	w.Header().Set("Refresh", "0; url="+to)
	title := "You are signed in"
	if label != "" {
		title = "Signing in"
	}
	return s.answer(w, r, http.StatusOK, title, "lead", map[string]string{"To": to, "Label": label})
}
