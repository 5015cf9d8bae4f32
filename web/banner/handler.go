package banner

import (
	"log/slog"
	"net/http"
	"regexp"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// Known says whether text has the form of a customer's identifier; a nil form is that of none.
func Known(text string, form *regexp.Regexp) bool {
	return len(text) <= 64 && form != nil && form.MatchString(text)
}

// Handler answers GET /api/v1/banner?customer=Cust12345&lang=sv, /api/v1/banner.html, /banner/frame and /banner/preview. Other
// members are ignored.
type Handler struct {
	Pages    *page.Publisher
	Customer *regexp.Regexp // the form of an identifier, such as ^Cust[0-9]+$; nil means that none is known
	Log      *slog.Logger
	Language func(*http.Request, []i18n.Lang) i18n.Lang
}

// forms are the shapes by address.
var forms = map[string]form{"/api/v1/banner": asJSON, "/api/v1/banner.html": asFragment, "/banner/frame": asFrame}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/banner/preview" {
		h.preview().ServeHTTP(w, r)
		return
	}
	snapshot := h.Pages.Current()
	if snapshot == nil {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		ui.WriteProblem(w, r, h.Log, &ui.StatusError{
			Status: http.StatusServiceUnavailable, Message: "the service is starting: try again in a second", Header: http.Header{"Retry-After": {"1"}},
		})
		return
	}
	customer := r.URL.Query().Get("customer")
	cohort := snapshot.State.Audience(customer, "", Known(customer, h.Customer))
	if d, ok := snapshot.Docs[forms[r.URL.Path].place(cohort, h.Language(r, snapshot.State.Langs))]; ok {
		d.ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}
