package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
)

//go:embed html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "html/*.html"))

// writePage renders into a buffer first, so that a page is whole or not there. policy is added to the strict one.
func writePage(w http.ResponseWriter, status int, name, policy string, v any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(w, "This page could not be made.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	strict := "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if policy != "" {
		strict += "; " + policy
	}
	h.Set("Content-Security-Policy", strict)
	w.WriteHeader(status)
	w.Write(b.Bytes()) //nolint:errcheck // the visitor is gone
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) //nolint:errcheck // the client is gone
}

// asset serves one embedded file.
func asset(name, kind string) http.HandlerFunc {
	b, err := files.ReadFile("html/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Write(b) //nolint:errcheck // the visitor is gone
	}
}
