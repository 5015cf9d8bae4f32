package admin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/chart"
	"github.com/superoffice/statusd/web/ui"
)

var templates = func() *template.Template {
	all := template.New("")
	for name, text := range files() {
		if strings.HasSuffix(name, ".html") {
			template.Must(all.New(name).Parse(text))
		}
	}
	return all
}()

type asset struct {
	path string
	doc  *ui.Doc
}

// assets are the style and the script. Their addresses change with them, so that they are kept for ever.
var assets = sync.OnceValues(func() (style, script asset) {
	return newAsset("admin.css", "text/css; charset=utf-8", chart.Style()), newAsset("admin.js", "text/javascript; charset=utf-8", "")
})

// newAsset is a file with more behind it.
func newAsset(file, kind, more string) asset {
	body := []byte(files()[file] + more)
	sum := sha256.Sum256(body)
	name, ext, _ := strings.Cut(file, ".")
	return asset{"/assets/" + name + "." + hex.EncodeToString(sum[:6]) + "." + ext, ui.NewDoc(body, ui.DocOptions{
		Type: kind, Cache: "public, max-age=31536000, immutable", Header: http.Header{"Cross-Origin-Resource-Policy": {"same-origin"}},
	})}
}

// policy of every page (RELIABILITY 3.2). The one Trusted Types policy is the script's, for pages that it fetched from here.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types statusd"

// frame is what stands around every page.
type frame struct {
	Title, Brand   string
	Main           template.HTML
	Style, Script  string
	Nav            []link
	Who, Role      string // empty where nobody is signed in
	SignsOut       bool   // by a form: a session, not a socket or token
	Headline, Tone string // of the public page
	AsOf           string
	Public         string
	Alarms, Urgent int
	Version        string
	Self           string // address of this page by GET
	Refresh        string // where to go on by itself; empty stays
}

type link struct {
	Name, Href string
	Here       bool
}

// render puts a page into the frame and sends it.
func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, name, title string, view any) error {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, view); err != nil {
		return fmt.Errorf("rendering %s: %w", name, err)
	}
	return p.shell(w, r, status, title, template.HTML(b.String()), refreshOf(view)) //nolint:gosec // made by html/template
}

func refreshOf(view any) string {
	if v, ok := view.(again); ok {
		return v.To
	}
	return ""
}

// Shell puts the pages of sign-in into the same frame: signin.Options.Page.
func (p *Pages) Shell(w http.ResponseWriter, r *http.Request, status int, title string, body template.HTML) {
	main := template.HTML(`<article class="narrow"><h1>` + template.HTMLEscapeString(title) + `</h1>` + string(body) + `</article>`) //nolint:gosec // escaped
	if err := p.shell(w, r, status, title, main, ""); err != nil {
		p.Log.Error("showing a page of sign-in", "error", err)
	}
}

func (p *Pages) shell(w http.ResponseWriter, r *http.Request, status int, title string, main template.HTML, refresh string) error {
	style, script := assets()
	f := frame{Title: title, Brand: "statusd", Main: main, Style: style.path, Script: script.path, Version: p.Version, Self: selfOf(r), Refresh: refresh}
	if s := p.Pages.Current(); s != nil {
		f.Brand, f.Headline, f.Tone = s.State.Name, s.State.HeadlineIn(i18n.EN), string(s.State.Headline)
		f.AsOf, f.Public = i18n.Clock(i18n.EN, s.State.Now, s.State.Zone), s.State.URL+"/"
	}
	if by, err := p.API.Actor(r); err == nil {
		kind, name, _ := strings.Cut(by.Name, ":")
		f.Who, f.Role, f.SignsOut = name, string(by.Role), kind == "operator"
		f.Nav = p.nav(r.URL.Path, by)
		f.Alarms, f.Urgent = p.alarms(r)
	}
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "frame", f); err != nil {
		return fmt.Errorf("rendering the frame: %w", err)
	}
	h := w.Header()
	for k, v := range ui.Security {
		h[k] = v
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if h.Get("Content-Security-Policy") == "" {
		h.Set("Content-Security-Policy", policy)
	} else { // the page of sign-in names the provider's origin for its form
		h.Set("Content-Security-Policy", merged(h.Get("Content-Security-Policy")))
	}
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	w.WriteHeader(status)
	w.Write(b.Bytes()) //nolint:errcheck // the client is gone; there is nobody to tell
	return nil
}

// selfOf is where the page of an answer is found by GET. Many addresses that forms are sent to are of forms alone.
func selfOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/signin") { // its addresses hold secrets that no page repeats
		return "/signin"
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.RequestURI()
	}
	area, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	id, _, _ := strings.Cut(rest, "/")
	switch {
	case area == "outages" && id == "join":
		return "/outages"
	case (area == "incidents" || area == "maintenance" || area == "outages") && id == "":
		return "/" + area + "/new"
	case area == "incidents" || area == "maintenance" || area == "outages" || area == "probes" && id != "":
		return "/" + area + "/" + url.PathEscape(id)
	}
	return "/" + area
}

// merged is our policy with the form-action of another.
func merged(other string) string {
	for d := range strings.SplitSeq(other, ";") {
		if d = strings.TrimSpace(d); strings.HasPrefix(d, "form-action ") {
			return strings.Replace(policy, "form-action 'self'", d, 1)
		}
	}
	return policy
}

func (p *Pages) nav(path string, by data.Actor) []link {
	all := []struct {
		name, href string
		need       data.Role
	}{{"Overview", "/", data.Viewer}, {"Incidents", "/incidents", data.Viewer}, {"Outages", "/outages", data.Viewer}, {"Maintenance", "/maintenance", data.Viewer}, {"Probes", "/probes", data.Viewer}, {"Months", "/months", data.Viewer}, {"Banners", "/banners", data.Viewer}, {"Alerts", "/alerts", data.Viewer}, {"Audit", "/audit", data.Viewer}, {"Operators", "/operators", data.Admin}, {"Tokens", "/tokens", data.Admin}}
	var out []link
	for _, l := range all {
		if by.Role.May(l.need) {
			out = append(out, link{l.name, l.href, path == l.href || l.href != "/" && strings.HasPrefix(path, l.href+"/")})
		}
	}
	return out
}

// alarms counts those that stand.
func (p *Pages) alarms(r *http.Request) (all, urgent int) {
	now := time.Now()
	err := p.API.Store.View(r.Context(), func(tx data.Tx) error {
		all, urgent = 0, 0
		for a, err := range tx.Alarms().Range("", "") {
			if err != nil {
				return err
			}
			if a.Stands() {
				all++
				if a.Urgent(now) {
					urgent++
				}
			}
		}
		return nil
	})
	if err != nil {
		p.Log.Error("alarms cannot be counted", "error", err)
	}
	return all, urgent
}

// again is a page that leads on by itself.
type again struct{ To string }

// failure is the page of an error.
func (p *Pages) failure(w http.ResponseWriter, r *http.Request, status int, message string) error {
	return p.render(w, r, status, "failure", http.StatusText(status), struct{ Title, Message string }{http.StatusText(status), message})
}

// hold is the answer to a form whose sender is not signed in any more: it holds everything that was typed.
func (p *Pages) hold(w http.ResponseWriter, r *http.Request) error {
	v := struct {
		Action string
		Fields []field
	}{Action: r.URL.Path}
	for _, name := range keysOf(r.PostForm) {
		for _, value := range r.PostForm[name] {
			v.Fields = append(v.Fields, field{name, value})
		}
	}
	return p.render(w, r, http.StatusUnauthorized, "held", "You are signed out", v)
}

type field struct{ Name, Value string }

// Typed says whether somebody may have typed this.
func (f field) Typed() bool {
	return slices.Contains([]string{"title", "body", "reason"}, f.Name) && f.Value != ""
}

// Label is what the field asks for.
func (f field) Label() string {
	if name := map[string]string{"title": "Title", "reason": "Reason"}[f.Name]; name != "" {
		return name
	}
	return "Words"
}

func keysOf(form url.Values) []string {
	keys := make([]string, 0, len(form))
	for k := range form {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// at is an instant as the pages show it.
type at struct{ ISO, Text string }

// when writes an instant in the schedule's zone, short: what matters is the clock, and the day if it is another one.
func (p *Pages) when(t time.Time) at {
	if t.IsZero() {
		return at{}
	}
	zone, now := p.zone(), time.Now()
	local := t.In(zone)
	layout := "Mon 2 Jan 15:04"
	switch {
	case local.Format(time.DateOnly) == now.In(zone).Format(time.DateOnly):
		layout = "15:04"
	case local.Year() != now.In(zone).Year():
		layout = "2 Jan 2006 15:04"
	}
	return at{t.UTC().Format(time.RFC3339), local.Format(layout)}
}

// dated is when, for a moment that stands beside those of other days: of today it says so.
func (p *Pages) dated(t time.Time) at {
	a := p.when(t)
	if len(a.Text) == len("15:04") {
		a.Text = "today " + a.Text
	}
	return a
}

// span writes a window short: the day once where it is one.
func (p *Pages) span(start, end time.Time) string {
	a, b := start.In(p.zone()), end.In(p.zone())
	text := a.Format("Mon 2 Jan 15:04") + " – "
	if a.Format(time.DateOnly) == b.Format(time.DateOnly) {
		return text + b.Format("15:04")
	}
	return text + b.Format("Mon 2 Jan 15:04")
}

func (p *Pages) whenOf(t *time.Time) at {
	if t == nil {
		return at{}
	}
	return p.when(*t)
}

func (p *Pages) zone() *time.Location {
	if p.API.Settings.Zone != nil {
		return p.API.Settings.Zone
	}
	return time.UTC
}

// ago says how long something has been so.
func ago(t time.Time) string {
	switch d := time.Since(t); {
	case d < 0:
		return "in " + i18n.Duration(i18n.EN, (-d).Round(time.Minute))
	case d < time.Minute:
		return "just now"
	default:
		return i18n.Duration(i18n.EN, d.Truncate(time.Minute))
	}
}
