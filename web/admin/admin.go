package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// Pages are the operators' pages. Its methods are safe for concurrent use; its fields are set before the first.
type Pages struct {
	API      *api.API
	Pages    *page.Publisher // for the headline and the age of what the public sees
	Log      *slog.Logger
	Version  string
	Warnings []string // of the configuration
	Origin   string   // of this listener as browsers know it; the live channel takes it beside the host that was asked for

	Stopping <-chan struct{} // closed when the service stops; nil never is
}

// Routes are the operators' pages by pattern.
func (p *Pages) Routes() map[string]http.Handler {
	style, script := assets()
	return map[string]http.Handler{
		"GET /{$}":                                  p.page(p.overview),
		"GET /incidents":                            p.page(p.incidents),
		"GET /incidents/new":                        p.page(p.newIncident),
		"POST /incidents":                           p.form(p.openIncident),
		"GET /incidents/{id}":                       p.page(p.incident),
		"POST /incidents/{id}/{act}":                p.form(p.actOnIncident),
		"POST /incidents/{id}/updates/{sub}/reword": p.form(p.reword),
		"GET /maintenance":                          p.page(p.maintenanceDesk),
		"GET /maintenance/new":                      p.page(p.newWindow),
		"GET /maintenance/rule":                     p.page(p.rule),
		"POST /maintenance":                         p.form(p.openWindow),
		"GET /maintenance/{id}":                     p.page(p.window),
		"POST /maintenance/{id}/{act}":              p.form(p.actOnWindow),
		"GET /maintenance/{id}/{act}":               http.HandlerFunc(reloaded),
		"GET /outages":                              p.page(p.outages),
		"GET /outages/new":                          p.page(p.newOutage),
		"POST /outages":                             p.form(p.addOutage),
		"POST /outages/join":                        p.form(p.joinOutages),
		"GET /outages/join":                         http.HandlerFunc(reloaded),
		"GET /outages/{id}":                         p.page(p.outage),
		"POST /outages/{id}/{act}":                  p.form(p.actOnOutage),
		"GET /outages/{id}/{act}":                   http.HandlerFunc(reloaded),
		"GET /alerts":                               p.page(p.alerts),
		"GET /banners":                              p.page(p.banners),
		"POST /banners/{act}":                       p.form(p.actOnBanners),
		"GET /banners/{act}":                        http.HandlerFunc(reloaded),
		"GET /probes":                               p.page(p.probes),
		"GET /probes/{id}":                          p.page(p.probe),
		"GET /probes/{id}/{date}":                   p.page(p.probeDay),
		"POST /probes/{id}/now":                     p.form(p.probeNow),
		"GET /probes/{id}/now":                      http.HandlerFunc(reloaded),
		"GET /months":                               p.page(p.months),
		"GET /months/{id}":                          p.page(p.month),
		"GET /audit":                                p.page(p.audit),
		"GET /operators":                            p.page(p.operators),
		"POST /operators/{id}/{act}":                p.form(p.actOnOperator),
		"GET /tokens":                               p.page(p.tokens),
		"POST /tokens":                              p.form(p.createToken),
		"POST /tokens/{id}/revoke":                  p.form(p.revokeToken),
		"GET /incidents/{id}/{act}":                 http.HandlerFunc(reloaded),
		"GET /incidents/{id}/updates/{sub}/reword":  http.HandlerFunc(reloaded),
		"GET /operators/{id}/{act}":                 http.HandlerFunc(reloaded),
		"GET /tokens/{id}/revoke":                   http.HandlerFunc(reloaded),
		"GET /live":                                 http.HandlerFunc(p.live),
		"GET " + style.path:                         style.doc,
		"GET " + script.path:                        script.doc,
	}
}

// reloaded leads one who loads a form's answer again, or comes back to it by a bookmark, to the page that the form is on.
func reloaded(w http.ResponseWriter, r *http.Request) {
	form := *r
	form.Method = http.MethodPost
	http.Redirect(w, r, selfOf(&form), http.StatusSeeOther)
}

// visit is one request by somebody who is signed in.
type visit struct {
	w  http.ResponseWriter
	r  *http.Request
	by data.Actor
}

// page makes the handler of a page. Whoever is not signed in is led to where one can be.
func (p *Pages) page(show func(*visit) error) http.Handler {
	return p.handler(func(w http.ResponseWriter, r *http.Request) error {
		by, err := p.API.Actor(r)
		if out(err) {
			return p.lead(w, r)
		} else if err != nil {
			return err
		}
		return show(&visit{w, r, by})
	})
}

// maxForm is how much of a form is read.
const maxForm = 96 << 10

// form makes the handler of a form.
func (p *Pages) form(take func(*visit) error) http.Handler {
	return p.handler(func(w http.ResponseWriter, r *http.Request) error {
		if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
			return &ui.StatusError{Status: http.StatusUnsupportedMediaType, Message: "send the page's own form; programs use /api/v1"}
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		err := r.ParseForm()
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return &ui.StatusError{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("this is more than the %d KiB that a form takes: shorten the text", maxForm>>10)}
		} else if err != nil {
			return &ui.StatusError{Status: http.StatusBadRequest, Message: "the form could not be read: go back and send it again"}
		}
		by, err := p.API.Actor(r)
		if out(err) {
			return p.hold(w, r)
		} else if err != nil {
			return err
		}
		return take(&visit{w, r, by})
	})
}

// out says whether an error is that nobody is signed in.
func out(err error) bool {
	var e *ui.StatusError
	return errors.As(err, &e) && e.Status == http.StatusUnauthorized
}

// handler answers errors with a page of their own.
func (p *Pages) handler(h ui.HandlerFunc) http.Handler {
	return ui.Handler(p.Log, func(w http.ResponseWriter, r *http.Request) error {
		err := h(w, r)
		var known *data.Error
		var own *ui.StatusError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &known):
			return p.failure(w, r, ui.StatusOf(known), known.Message)
		case errors.As(err, &own) && own.Cause == nil:
			for k, v := range own.Header {
				w.Header()[k] = v
			}
			return p.failure(w, r, own.Status, own.Message)
		}
		id := data.NewID()
		p.Log.Error("answering a page", "method", r.Method, "path", r.URL.Path, "request", id, "error", err)
		return p.failure(w, r, http.StatusInternalServerError, "Something went wrong here; the log says more under "+id+". On the host, the command line goes on working: try `statusd incident --help` there.")
	})
}

// lead takes one who is not signed in to where one can be. A session's cookie does not come with the first request that a link
// in a mail makes (SameSite=Strict), so such a request is made again from here before anybody is asked to sign in.
func (p *Pages) lead(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return p.render(w, r, http.StatusOK, "again", "One moment", again{To: r.URL.RequestURI()})
	}
	http.Redirect(w, r, "/signin?return="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
	return nil
}

// ask uses a read operation and decodes its answer into out.
func (p *Pages) ask(v *visit, op string, c api.Call, out any) error {
	c.By = v.by
	return p.do(v.r.Context(), op, c, out)
}

func (p *Pages) do(ctx context.Context, op string, c api.Call, out any) error {
	_, body, err := p.API.Do(ctx, op, c)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, out)
}

// send uses a write operation with what a form says.
func (p *Pages) send(v *visit, op string, c api.Call, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	c.Body, c.Key = body, v.r.PostForm.Get("key")
	return p.ask(v, op, c, out)
}

// see leads the browser on after a form was taken.
func (v *visit) see(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}
