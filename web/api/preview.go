package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/wire"
	"github.com/superoffice/statusd/notifier/letter"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/ui"
)

// PreviewWish names a change of an incident that is to be looked at before it is made.
type PreviewWish struct {
	Operation string          `json:"operation" doc:"Such as incident.open."`
	ID        string          `json:"id,omitempty" doc:"The incident; opening has none."`
	Update    string          `json:"update,omitempty" doc:"The update, for incident.reword."`
	Body      json.RawMessage `json:"body,omitempty" doc:"What would be sent as the body."`
}

// Preview is what people will be told by a change, on every surface, and how many they are.
type Preview struct {
	Public  bool            `json:"public" doc:"False for a draft or a note: nobody outside learns anything."`
	Page    []PagePreview   `json:"page"`
	Banners []data.Banner   `json:"banners" doc:"The banner of the incident, by audience, in English; empty where there is none."`
	Mail    MailPreview     `json:"mail"`
	Still   []StillSeen     `json:"still_seen,omitempty" doc:"What the incident names and probes still see not well, where the change says that it is over."`
	Feed    json.RawMessage `json:"feed,omitempty" doc:"What programs read: the incident in the public API."`
}

// PagePreview is what the public page says in one language.
type PagePreview struct {
	Lang     string `json:"lang"`
	Headline string `json:"headline"`
	Phase    string `json:"phase"`
	Title    string `json:"title"`
	Body     string `json:"body"`
	Fallback bool   `json:"fallback,omitempty" doc:"Nobody wrote it in this language: English is shown."`
}

// MailPreview is the mail that goes out, and to how many.
type MailPreview struct {
	Recipients int            `json:"recipients"`
	Languages  map[string]int `json:"languages" doc:"Recipients by language."`
	At         *time.Time     `json:"at" doc:"When it goes out; null where none does."`
	Letters    []Letter       `json:"letters" doc:"One for each language that somebody reads; English where nobody does."`
}

// Letter is one mail as it goes out.
type Letter struct {
	Lang    string `json:"lang"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
}

func previewOps() []Op {
	return []Op{{
		Name: "incident.preview", Method: http.MethodPost, Path: "/api/v1/preview", Need: data.Responder, In: PreviewWish{}, Out: Preview{},
		Summary: "Say what page, banner, mail and feed would tell by a change of an incident, and how many. Nothing is changed.",
		attempt: preview,
	}}
}

// errTaken ends the transaction of an attempt without keeping anything.
var errTaken = errors.New("taken back")

// try runs an attempt and takes back what it wrote.
func (a *API) try(ctx context.Context, op Op, c Call) (int, json.RawMessage, error) {
	var answer func(context.Context) (any, error)
	err := a.Store.Update(ctx, func(tx data.Tx) (err error) {
		if answer, err = op.attempt(a, tx, &c); err == nil {
			err = errTaken
		}
		return err
	})
	if !errors.Is(err, errTaken) {
		return 0, nil, err
	}
	v, err := answer(ctx)
	if err != nil {
		return 0, nil, err
	}
	body, err := ui.MarshalJSON(v)
	return http.StatusOK, body, err
}

func preview(a *API, tx data.Tx, c *Call) (func(context.Context) (any, error), error) {
	var p PreviewWish
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	op, ok := a.ops()[p.Operation]
	if !ok || op.write == nil || !strings.HasPrefix(op.Name, "incident.") {
		return nil, data.Invalid("operation", fmt.Sprintf("%q is no change of an incident: use one such as incident.open or incident.update", p.Operation))
	}
	inner := Call{By: c.By, ID: p.ID, Sub: p.Update, Body: p.Body, now: c.now, op: op.Name}
	res, err := op.write(a, tx, &inner)
	if err != nil {
		return nil, err
	}
	i := res.after.(data.Incident) //nolint:forcetypeassert // every change of an incident keeps one
	topic, anybody, err := i.Topic(tx)
	if err != nil {
		return nil, err
	}
	state, err := a.stateWith(tx, i, c.now)
	if err != nil {
		return nil, err
	}
	components, err := data.All(tx.Components().Range("", ""))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(components, func(a, b data.Component) int { return a.Position - b.Position })
	still, err := stillSeen(tx, i, c)
	if err != nil {
		return nil, err
	}
	told, err := pending(tx, i, c.now)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (any, error) {
		v := Preview{Public: anybody, Page: []PagePreview{}, Banners: []data.Banner{}, Mail: MailPreview{Languages: map[string]int{}, Letters: []Letter{}}}
		n := slices.IndexFunc(state.Incidents, func(o data.Incident) bool { return o.ID == i.ID })
		if v.Public = anybody && op.Name != "incident.note"; !v.Public || n < 0 {
			return v, nil
		}
		shown := state.Incidents[n]
		v.Still = still
		v.onPage(state, shown)
		v.Banners = bannersOf(state, i.ID)
		if v.Feed, err = ui.MarshalJSON(wire.IncidentOf(shown, a.Settings.URL)); err != nil {
			return nil, err
		}
		if told.IsZero() || told.Before(c.now) {
			return v, nil // nothing is sent: a correction of words
		}
		v.Mail.At = &told
		return v, v.byMail(ctx, a, i, topic, components)
	}, nil
}

// stateWith is what the public would see with i as it is in tx: the newest snapshot with i in it, or, with no service running,
// everything read anew.
func (a *API) stateWith(tx data.Tx, i data.Incident, now time.Time) (*page.State, error) {
	if a.Public != nil {
		if s := a.Public.Current(); s != nil {
			held, err := data.HeldMarks(tx)
			if err != nil {
				return nil, err
			}
			shown := *s.State
			shown.Now = now
			return shown.With(i, held), nil
		}
	}
	return page.Read(tx, a.Settings, now)
}

// pending is when the next mail about an incident is sent, with what it says then; zero if none waits.
func pending(tx data.Tx, i data.Incident, now time.Time) (time.Time, error) {
	from, to := data.BulletinsOf(data.AboutIncident, i.ID)
	for b, err := range tx.Bulletins().Range(from, to) {
		if err != nil {
			return time.Time{}, err
		}
		if unsent(b, now) {
			return b.Moment, nil
		}
	}
	return time.Time{}, nil
}

func (v *Preview) onPage(s *page.State, i data.Incident) {
	latest := i.Latest()
	for _, l := range s.Langs {
		lang := string(l)
		v.Page = append(v.Page, PagePreview{
			Lang: lang, Headline: s.HeadlineIn(l), Phase: i18n.T(l, "incident."+string(i.Phase)),
			Title: i.TitleIn(lang), Body: latest.BodyIn(lang),
			Fallback: l != i18n.EN && (i.Titles[lang] == "" || latest.Bodies[lang] == ""),
		})
	}
}

// bannersOf finds something on the banner of every audience that would see it.
func bannersOf(s *page.State, id string) []data.Banner {
	out := []data.Banner{}
	audiences := []string{"", data.AllCustomers}
	for _, c := range s.Cohorts {
		audiences = append(audiences, c.Slug)
	}
	for _, audience := range audiences {
		for _, b := range banner.For(s, audience, i18n.EN) {
			if b.ID == id && !slices.Contains(out, b) {
				out = append(out, b)
			}
		}
	}
	return out
}

func (v *Preview) byMail(ctx context.Context, a *API, i data.Incident, topic data.Topic, components []data.Component) error {
	langs, err := v.Mail.count(ctx, a.Store, topic)
	if err != nil {
		return err
	}
	for _, lang := range langs {
		f := letter.Facts{Lang: i18n.Lang(lang), Kind: letter.Incident, Product: a.Settings.Product, Zone: a.Settings.Zone, Contract: true}
		if !i.Open() {
			f.Kind = letter.Resolved
		}
		f.TellIncident(i, components, a.Settings.URL, a.Settings.Support)
		l, err := letter.Write(f)
		if err != nil {
			return err
		}
		v.Mail.Letters = append(v.Mail.Letters, Letter{Lang: lang, Subject: l.Subject, Text: l.Text, HTML: l.HTML})
	}
	return nil
}

// count fills in who is mailed of a topic, and returns the languages to write in: English where nobody is.
func (m *MailPreview) count(ctx context.Context, store data.Store, topic data.Topic) ([]string, error) {
	err := store.View(ctx, func(tx data.Tx) error {
		for s, err := range tx.Subscribers().Range("", "") {
			if err != nil {
				return err
			}
			if s.Channel == data.ByMail && s.Wants(topic) {
				m.Recipients++
				m.Languages[s.Lang]++
			}
		}
		return nil
	})
	langs := slices.Sorted(maps.Keys(m.Languages))
	if len(langs) == 0 {
		langs = []string{string(i18n.EN)}
	}
	return langs, err
}
