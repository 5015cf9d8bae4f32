// Package admin holds the operators' pages. For now that is the overview: what is wrong, what is next, what is at risk, and
// what has still to be set up. It changes nothing, and says nothing that a visitor of the operators' listener must not
// know.
package admin

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// Overview answers GET / of the operators' listener.
type Overview struct {
	Store    data.Store
	Pages    *page.Publisher
	Log      *slog.Logger
	Version  string
	Warnings []string // of the configuration
}

//go:embed overview.html
var source string

//go:embed overview.css
var style string

var overview = template.Must(template.New("overview").Parse(source))

// view holds what the template shows, ready to be shown.
type view struct {
	Name, Headline, Tone, AsOf, Public, Version string
	Style                                       template.CSS
	Open                                        []row // incidents
	Next                                        []obligation
	Setup                                       []row // components that nobody measures, and what is missing
	Measured                                    []row // components that somebody measures
	Warnings                                    []string
}

type row struct{ Name, Text, Tone, Slug string }

// obligation is one window and how far its notice is.
type obligation struct {
	What, Whom, When, By string
	Page, Banner, Mail   string
	Late                 bool
}

func (o *Overview) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ui.Handler(o.Log, o.serve).ServeHTTP(w, r)
}

func (o *Overview) serve(w http.ResponseWriter, r *http.Request) error {
	snapshot := o.Pages.Current()
	if snapshot == nil {
		return &ui.StatusError{Status: http.StatusServiceUnavailable, Message: "the service is starting: try again in a second"}
	}
	s := snapshot.State
	now := time.Now()
	v := view{
		Name: s.Name, Headline: i18n.T(i18n.EN, "headline."+string(s.Headline)), Tone: string(s.Headline), Public: s.URL,
		AsOf: i18n.At(i18n.EN, s.Now, s.Zone), Version: o.Version, Style: template.CSS(style), Warnings: o.Warnings, //nolint:gosec // our own file
	}
	for _, i := range s.OpenIncidents() {
		v.Open = append(v.Open, row{Name: i.Title, Slug: i.ID, Text: i18n.T(i18n.EN, "incident."+string(i.Phase)) + ", since " + i18n.At(i18n.EN, i.Started, s.Zone), Tone: i.Worst().String()})
	}
	err := o.Store.View(r.Context(), func(tx data.Tx) (err error) {
		if v.Next, err = obligations(tx, s, now); err != nil {
			return err
		}
		v.Setup, v.Measured, err = components(tx, now)
		return err
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := overview.Execute(&b, v); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	_, err = w.Write(b.Bytes())
	return err
}

var policy = func() string {
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// shown is how many windows to come are listed.
const shown = 12

// obligations lists the next windows with what was told of them, soonest first.
func obligations(tx data.Tx, s *page.State, now time.Time) ([]obligation, error) {
	var out []obligation
	for _, o := range s.Occurrences {
		if o.Standing || o.Over() || o.Phase == data.Reserved || len(out) == shown {
			continue
		}
		lead := o.Notice.WithDefaults()
		b := data.Bulletin{About: data.AboutOccurrence, Subject: string(o.Key()), Kind: data.TellPlanned}
		v := obligation{
			What: i18n.T(i18n.EN, "category."+string(o.Category)), Whom: o.Cohort,
			When: i18n.When(i18n.EN, o.Window.Start, o.Window.End, s.Zone), By: i18n.At(i18n.EN, o.Deadline(), s.Zone),
		}
		for _, c := range []struct {
			surface data.Surface
			lead    time.Duration
			into    *string
		}{{data.OnPage, lead.Page, &v.Page}, {data.OnBanner, lead.Banner, &v.Banner}, {data.OnMail, lead.Page, &v.Mail}} {
			p, err := tx.Proofs().Get(data.KeyOfProof(b.Key(), c.surface))
			moment := o.Window.Start.Add(-c.lead)
			switch {
			case err == nil:
				*c.into = "seen " + p.At.In(s.Zone).Format("Mon 2 Jan 15:04")
				v.Late = v.Late || c.surface != data.OnMail && p.At.After(o.Deadline())
			case now.Before(moment):
				*c.into = "from " + moment.In(s.Zone).Format("Mon 2 Jan 15:04")
			default:
				*c.into = "not seen yet"
				v.Late = v.Late || c.surface != data.OnMail && now.After(o.Deadline())
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// components lists what nobody measures with what is missing, and what somebody does with where it stands.
func components(tx data.Tx, now time.Time) (setup, measured []row, err error) {
	all, err := data.All(tx.Components().Range("", ""))
	if err != nil {
		return nil, nil, err
	}
	probed := map[string][]string{}
	for p, err := range tx.Probes().Range("", "") {
		if err != nil {
			return nil, nil, err
		}
		if !p.Retired {
			probed[p.Component] = append(probed[p.Component], p.Name)
		}
	}
	slices.SortStableFunc(all, func(a, b data.Component) int { return a.Position - b.Position })
	for _, c := range all {
		if c.Retired {
			continue
		}
		r := row{Name: c.Name.In("en"), Slug: c.Slug}
		if len(probed[c.Slug]) == 0 {
			r.Text, r.Tone = c.Setup, "no_data"
			if r.Text == "" {
				r.Text = "No probe looks at it: add one under probes in the configuration."
			}
			setup = append(setup, r)
			continue
		}
		marks, err := data.All(tx.Marks().Range(data.MarksOf(c.Slug, "")))
		if err != nil {
			return nil, nil, err
		}
		at := data.Merge(marks, now)
		r.Tone = at.Level.String()
		r.Text = i18n.T(i18n.EN, "level."+r.Tone) + " (" + strings.Join(probed[c.Slug], ", ") + ")"
		measured = append(measured, r)
	}
	return setup, measured, nil
}
