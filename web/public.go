package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// PublicOptions are what the public listener is made of.
type PublicOptions struct {
	Pages  *page.Publisher
	Live   http.Handler // upgrades; mounted outside everything that wraps (gorilla asserts http.Hijacker)
	Banner http.Handler // GET /api/v1/banner, /api/v1/banner.html, /banner/frame and /banner/preview
	Ready  http.Handler // GET /readyz, such as Ready.Public
	Log    *slog.Logger
	Paced  bool // hold each network to a pace at the public API
	HTTPS  bool // the public origin is https: say so for two years (HSTS)

	Customer *regexp.Regexp // the form of a customer's identifier, such as ^Cust[0-9]+$; nil means that none is known
	Shed     *Shed          // gives up what matters least while there is too much to do; nil means that nothing is
}

// route is one line of the public listener's list.
type route struct {
	pattern string
	rank    rank // rankKept also for what decides by its path
	handler http.Handler
}

// routes is the list.
func (o PublicOptions) routes() []route {
	reads := &api.Reads{Pages: o.Pages, Customer: o.Customer, Log: o.Log}
	documents := public{o.Pages, o.Customer, o.Shed, o.Log}
	return []route{
		{"GET /live", rankLive, o.Live},
		{"GET /api/v1/banner", rankKept, o.Banner},
		{"GET /api/v1/banner.html", rankKept, o.Banner},
		{"GET /banner/frame", rankKept, o.Banner},
		{"GET /banner/preview", rankHistory, o.Banner},
		{"GET /api/v1/schedule", rankAPI, reads.Schedule()},
		{"GET /api/v1/uptime/{month}", rankAPI, reads.Uptime()},
		{"GET /history.ics", rankHistory, documents.calendars()},
		{"GET /calendar/", rankHistory, documents.calendars()},
		{"GET /healthz", rankKept, http.HandlerFunc(Healthy)},
		{"GET /readyz", rankKept, o.Ready},
		{"GET /robots.txt", rankKept, text("User-agent: *\nAllow: /\nDisallow: /api/\n")},
		{"GET /", rankKept, documents}, // pages, assets, /api/v2, and what is not there
		{"/", rankKept, documents.readOnly()},
	}
}

// Public returns the handler of the public listener.
func Public(o PublicOptions) http.Handler {
	mux := http.NewServeMux()
	for _, r := range o.routes() {
		mux.Handle(r.pattern, o.Shed.guard(r.rank, r.handler))
	}
	var h http.Handler = mux
	if o.Paced {
		h = paced(h)
	}
	h = publicly(h)
	if o.HTTPS {
		h = strictTransport(h)
	}
	return h
}

// openly stands on every answer of the public listener (RELIABILITY 3.2), also on those that the mux gives. Handlers may put their
// own in its place, as what is there to be embedded does.
var openly = http.Header{
	"Cross-Origin-Resource-Policy": guards["Cross-Origin-Resource-Policy"],
	"Permissions-Policy":           guards["Permissions-Policy"],
	"Referrer-Policy":              guards["Referrer-Policy"],
	"X-Content-Type-Options":       guards["X-Content-Type-Options"],
}

// publicly sets them before anybody answers. It hands the writer on as it is: the live channel takes it over.
func publicly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for k, v := range openly {
			h[k] = v
		}
		next.ServeHTTP(w, r)
	})
}

// public serves the documents of the newest snapshot.
type public struct {
	pages    *page.Publisher
	customer *regexp.Regexp
	shed     *Shed
	log      *slog.Logger
}

func (p public) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	snapshot := p.pages.Current()
	if snapshot == nil {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "The page is being made. Try again in a second.", http.StatusServiceUnavailable)
		return
	}
	lang, audience := Language(r, snapshot.State.Langs), p.audience(r, snapshot.State)
	if p.shed.refuses(rankOf(r.URL.Path)) {
		p.refuse(w, r, snapshot, lang)
		return
	}
	if d, ok := snapshot.DocIn(zoneOf(r), audience, r.URL.Path, lang); ok {
		d.ServeHTTP(w, r)
		return
	}
	if path := strings.TrimRight(r.URL.Path, "/"); path != r.URL.Path && path != "" && !isAPI(path) {
		if _, ok := snapshot.DocFor(audience, path, lang); ok { // so that it leads to what is here alone
			to := url.URL{Path: path, RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
			return
		}
	}
	if isAPI(r.URL.Path) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		ui.WriteProblem(w, r, p.log, &ui.StatusError{Status: http.StatusNotFound, Message: "there is nothing at this address"})
		return
	}
	if d, ok := snapshot.DocFor(audience, page.NotFoundPlace, lang); ok {
		d.ServeStatus(w, r, http.StatusNotFound)
		return
	}
	http.NotFound(w, r)
}

// refuse says in the reader's language, or to programs in theirs, that there is too much to do.
func (p public) refuse(w http.ResponseWriter, r *http.Request, snapshot *page.Snapshot, lang i18n.Lang) {
	again(w.Header())
	if d, ok := snapshot.Doc(page.ErrorPlace, lang); ok && !isAPI(r.URL.Path) {
		d.ServeStatus(w, r, http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	ui.WriteProblem(w, r, p.log, &ui.StatusError{Status: http.StatusServiceUnavailable, Message: tooMuch})
}

// readOnly refuses every other method, whatever the address.
func (p public) readOnly() http.Handler {
	return ui.Handler(p.log, func(w http.ResponseWriter, r *http.Request) error {
		if isAPI(r.URL.Path) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		return &ui.StatusError{Status: http.StatusMethodNotAllowed, Message: "this address takes GET, HEAD only", Header: http.Header{"Allow": {"GET, HEAD"}}}
	})
}

// audience is whose view a request gets: that of the customer it names, or of the cohort that our links name (N3).
func (p public) audience(r *http.Request, s *page.State) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	query := r.URL.Query()
	customer := query.Get("customer")
	return s.Audience(customer, query.Get("cohort"), banner.Known(customer, p.customer))
}

// zoneOf is the time zone that the reader chose; empty where none.
func zoneOf(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return r.URL.Query().Get("zone")
}

// calendars serves the calendar at the address, limited to what concerns the customer it names, if any (N3).
func (p public) calendars() http.Handler {
	return ui.Handler(p.log, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		snapshot := p.pages.Current()
		if snapshot == nil {
			return &ui.StatusError{Status: http.StatusServiceUnavailable, Message: "the service is starting: try again in a second", Header: http.Header{"Retry-After": {"1"}}}
		}
		calendar, err := snapshot.State.CalendarAt(r.URL.Path)
		if err != nil {
			return err
		}
		if calendar.Cohort == "" {
			calendar.Cohort = p.audience(r, snapshot.State)
		}
		snapshot.Calendar(calendar, Language(r, snapshot.State.Langs)).ServeHTTP(w, r)
		return nil
	})
}

func isAPI(path string) bool { return len(path) >= 5 && path[:5] == "/api/" }

// Language is the one the address asks for, else the browser's choice among those offered, else the first offered.
func Language(r *http.Request, offered []i18n.Lang) i18n.Lang {
	is := func(l i18n.Lang) bool {
		for _, o := range offered {
			if o == l {
				return true
			}
		}
		return false
	}
	if r.URL.RawQuery != "" {
		if l, ok := i18n.Parse(r.URL.Query().Get("lang")); ok && is(l) {
			return l
		}
	}
	if accept := r.Header["Accept-Language"]; len(accept) > 0 {
		if l := i18n.Match(accept[0]); is(l) {
			return l
		}
	}
	if len(offered) == 0 {
		return i18n.EN
	}
	return offered[0]
}

// Healthy answers GET /healthz: the process lives.
func Healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("ok\n")) //nolint:errcheck // the client is gone
}

func text(s string) http.Handler {
	return ui.NewDoc([]byte(s), ui.DocOptions{Type: "text/plain; charset=utf-8", Cache: "public, max-age=3600"})
}

func strictTransport(next http.Handler) http.Handler {
	value := []string{"max-age=63072000; includeSubDomains"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Strict-Transport-Security"] = value
		next.ServeHTTP(w, r)
	})
}
