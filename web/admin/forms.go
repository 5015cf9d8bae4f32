package admin

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/ui"
)

// catalogue is what forms choose from.
type catalogue struct {
	components []data.Component
	cohorts    []data.Cohort
	templates  []api.Template
	zone       *time.Location
}

func (p *Pages) catalogue(v *visit) (*catalogue, error) {
	c := &catalogue{zone: p.zone()}
	err := p.API.Store.View(v.r.Context(), func(tx data.Tx) (err error) {
		if c.components, err = data.All(tx.Components().Range("", "")); err != nil {
			return err
		}
		c.cohorts, err = data.All(tx.Cohorts().Range("", ""))
		return err
	})
	if err != nil {
		return nil, err
	}
	c.components = slices.DeleteFunc(c.components, func(c data.Component) bool { return c.Retired })
	c.cohorts = slices.DeleteFunc(c.cohorts, func(c data.Cohort) bool { return c.Retired })
	slices.SortStableFunc(c.components, func(a, b data.Component) int { return cmp.Compare(a.Position, b.Position) })
	var list api.Templates
	err = p.ask(v, "incident.templates", api.Call{}, &list)
	c.templates = list.Templates
	return c, err
}

func (c *catalogue) name(slug string) string {
	for _, o := range c.components {
		if o.Slug == slug {
			return o.Name.In("en")
		}
	}
	return slug
}

// reportForm is the form that opens an incident, or updates one.
type reportForm struct {
	ID      string // empty opens
	Over    bool   // the incident has ended
	Key     string
	Version int
	Problem string
	Field   string // that the problem is about
	Sent    string // what was sent for an older version and differs from what holds now

	Title, Body             string
	Template                string
	Outages                 []string // measured ones that it tells of
	Started, StartedAt      string
	ReportedAt              string
	StartedWas              string // what StartedAt was filled in with
	StartedExact            string // the instant that is meant by it
	Next                    string
	Cohort, Impact          string
	Draft                   bool
	Level                   string // of all that are ticked: opening
	Phase                   string
	Groups                  []choiceGroup
	Held                    []choice // what the incident holds: updating
	Templates               []option
	Cohorts                 []option
	Levels, Phases, Impacts []option
	Nexts                   []option
	Zone                    string
	Langs                   []wording // the same in other languages
	Translated              bool      // somebody wrote one
	More                    bool      // something below the fold is filled in
}

// wording is what is said in one other language.
type wording struct{ Lang, Name, Title, Body string }

type choiceGroup struct {
	Name string
	Rows []choice
}

// choice is a component to tick, or one that is held at a level.
type choice struct {
	Name, Slug, Level, Cohort string
	On                        bool
}

type option struct{ Value, Name string }

func levelOptions(all bool) []option {
	levels := []data.Level{data.Degraded, data.PartialOutage, data.MajorOutage}
	if all {
		levels = append([]data.Level{data.Operational}, levels...)
	}
	var out []option
	for _, l := range levels {
		out = append(out, option{l.String(), level(l).Text})
	}
	return out
}

var (
	agoOptions  = []option{{"", "now"}, {"2m", "2 minutes ago"}, {"5m", "5 minutes ago"}, {"10m", "10 minutes ago"}, {"20m", "20 minutes ago"}, {"30m", "30 minutes ago"}, {"1h", "an hour ago"}, {"2h", "two hours ago"}}
	nextOptions = []option{{"15m", "in 15 minutes"}, {"30m", "in 30 minutes"}, {"1h", "in an hour"}, {"2h", "in two hours"}, {"", "promise nothing"}}
	impactWords = []option{{"", "from the levels"}, {"none", "none"}, {"minor", "minor"}, {"major", "major"}, {"critical", "critical"}}
)

func (c *catalogue) blank() reportForm {
	f := reportForm{
		Key: data.NewID(), Zone: c.zone.String(), Nexts: nextOptions, Next: "30m", Impacts: impactWords,
		Levels: levelOptions(false), Level: data.MajorOutage.String(),
	}
	for _, l := range i18n.Langs[1:] {
		f.Langs = append(f.Langs, wording{Lang: string(l), Name: l.Name()})
	}
	for _, t := range c.templates {
		f.Templates = append(f.Templates, option{t.Name, cmp.Or(t.Title.In("en"), t.Body.In("en"))})
	}
	for _, o := range c.cohorts {
		f.Cohorts = append(f.Cohorts, option{o.Slug, o.Name.In("en")})
	}
	for _, o := range c.components {
		group := o.GroupName.In("en")
		if n := len(f.Groups); n == 0 || f.Groups[n-1].Name != group {
			f.Groups = append(f.Groups, choiceGroup{Name: group})
		}
		g := &f.Groups[len(f.Groups)-1]
		g.Rows = append(g.Rows, choice{Name: o.Name.In("en"), Slug: o.Slug})
	}
	return f
}

func (c *catalogue) openForm() reportForm {
	f := c.blank()
	f.Phases = phaseOptions(data.Investigating, data.Identified, data.Monitoring)
	f.Phase = string(data.Investigating)
	f.Templates = slices.DeleteFunc(f.Templates, func(o option) bool {
		return !slices.ContainsFunc(c.templates, func(t api.Template) bool { return t.Name == o.Value && len(t.Title) > 0 })
	})
	return f
}

func (c *catalogue) updateForm(i api.Incident) reportForm {
	f := c.blank()
	f.ID, f.Version, f.Phase, f.Over = i.ID, i.Version, string(i.Phase), i.Resolved != nil
	f.Levels = levelOptions(true)
	switch {
	case i.Resolved != nil:
		f.Phases, f.Next = phaseOptions(data.Postmortem, data.Investigating, data.Identified, data.Monitoring), ""
		f.Phase = string(data.Postmortem)
	default:
		f.Phases = phaseOptions(data.Investigating, data.Identified, data.Monitoring, data.Resolved)
	}
	for _, h := range i.Holds {
		if i.Resolved != nil {
			h.Level = worstOf(i, h)
		}
		f.Held = append(f.Held, choice{Name: c.name(h.Component), Slug: h.Component, Cohort: h.Cohort, Level: h.Level.String(), On: true})
	}
	f.Templates = slices.DeleteFunc(f.Templates, func(o option) bool {
		return slices.ContainsFunc(c.templates, func(t api.Template) bool { return t.Name == o.Value && len(t.Title) > 0 })
	})
	return f
}

// worstOf is the worst level at which an incident that is over ever held h: what one who reopens it most likely means.
func worstOf(i api.Incident, h data.Affected) data.Level {
	worst := h.Level
	for _, u := range i.Updates {
		for _, ch := range u.Changes {
			if ch.Component == h.Component && ch.Cohort == h.Cohort {
				worst = max(worst, ch.New)
			}
		}
	}
	return worst
}

func phaseOptions(phases ...data.Phase) []option {
	var out []option
	for _, p := range phases {
		out = append(out, option{string(p), i18n.T(i18n.EN, "incident."+string(p))})
	}
	return out
}

// fill puts what was typed back. Names of fields:
//
//	title body template outage started started_at reported_at next cohort impact draft level phase   one value each
//	started_was started_exact                                                           how started_at was filled in
//	component                                                                           ticked slugs
//	held:SLUG or held:SLUG@COHORT                                                        level of what is held
//	title:LANG body:LANG                                                                 translations
func (f *reportForm) fill(v url.Values) {
	f.fillWords(v)
	f.Outages = v["outage"]
	f.fillStarted(v)
	f.ReportedAt = v.Get("reported_at")
	f.Next, f.Cohort, f.Impact, f.Draft, f.Phase = v.Get("next"), v.Get("cohort"), v.Get("impact"), v.Get("draft") != "", v.Get("phase")
	f.Level = cmp.Or(v.Get("level"), f.Level)
	for g := range f.Groups {
		for n := range f.Groups[g].Rows {
			row := &f.Groups[g].Rows[n]
			row.On = slices.Contains(v["component"], row.Slug)
			f.More = f.More || row.On && f.ID != ""
		}
	}
	for n := range f.Held {
		h := &f.Held[n]
		h.Level = cmp.Or(v.Get(h.Field()), h.Level)
	}
	f.More = f.More || f.Cohort != "" || f.Impact != "" || f.StartedAt != "" || f.ReportedAt != "" || f.Draft
}

// fillWords puts the words back that were typed, and nothing that was chosen.
func (f *reportForm) fillWords(v url.Values) {
	f.Title, f.Body, f.Template = v.Get("title"), v.Get("body"), v.Get("template")
	for n := range f.Langs {
		w := &f.Langs[n]
		w.Title, w.Body = v.Get("title:"+w.Lang), v.Get("body:"+w.Lang)
		f.Translated = f.Translated || w.Title != "" || w.Body != ""
	}
}

// Field names the form's field for the level of a component that is held.
func (c choice) Field() string {
	if c.Cohort == "" {
		return "held:" + c.Slug
	}
	return "held:" + c.Slug + "@" + c.Cohort
}

// reportOf reads the form.
func reportOf(v url.Values, zone *time.Location) (api.IncidentReport, error) {
	r := api.IncidentReport{
		Title: v.Get("title"), Body: v.Get("body"), Template: v.Get("template"),
		NextIn: v.Get("next"), Cohort: v.Get("cohort"), Impact: v.Get("impact"), Draft: v.Get("draft") != "",
		Phase: data.Phase(v.Get("phase")), Components: map[string]data.Level{}, Version: number(v.Get("version")),
		Bodies: bodiesOf(v),
	}
	for name, values := range v {
		lang, isTitle := strings.CutPrefix(name, "title:")
		if isTitle && values[0] != "" {
			r.Titles = with(r.Titles, lang, values[0])
		}
	}
	for _, key := range v["outage"] {
		if key != "" {
			r.Outages = append(r.Outages, data.OutageKey(key))
		}
	}
	var l data.Level
	for _, slug := range v["component"] {
		if err := l.UnmarshalText([]byte(cmp.Or(v.Get("level"), data.MajorOutage.String()))); err != nil {
			return r, err
		}
		r.Components[slug] = l
	}
	over := r.Phase == data.Resolved || r.Phase == data.Postmortem
	for name, values := range v {
		slug, held := strings.CutPrefix(name, "held:")
		if !held || values[0] == "" || over { // what is over holds nothing
			continue
		}
		if err := l.UnmarshalText([]byte(values[0])); err != nil {
			return r, err
		}
		if !strings.Contains(slug, "@") && r.Cohort != "" {
			slug += "@" + data.AllCustomers // what is held of everybody stays so
		}
		r.Components[slug] = l
	}
	var err error
	if r.StartedAgo, r.Started, err = startedOf(v, zone); err != nil {
		return r, err
	}
	if text := v.Get("reported_at"); text != "" {
		if r.Reported, err = parseClock(text, zone); err != nil {
			return r, data.Invalid("reported", "write when a customer told us as 2026-01-31T03:10, or leave it empty")
		}
	}
	return r, nil
}

func with(w data.Words, lang, text string) data.Words {
	if w == nil {
		w = data.Words{}
	}
	w[lang] = text
	return w
}

func number(text string) int {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' || n > 1<<30 {
			return -1 // no version that ever was
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// noteForm is a form of one text.
type noteForm struct {
	ID, Key, Body, Problem string
	Version                int
	Langs                  []wording // rewording: the translations there are
}

// rewordForm changes the words of an update, and those of its translations: who changes only one would leave the others saying
// what was wrong.
func rewordForm(i api.Incident, u api.IncidentUpdate) noteForm {
	f := noteForm{Key: data.NewID(), ID: i.ID, Body: u.Body, Version: i.Version}
	for _, t := range translations(u.Bodies) {
		f.Langs = append(f.Langs, wording{Lang: t.Lang, Name: t.Name, Body: t.Text})
	}
	return f
}

// bodiesOf reads the translations of a body. An emptied one is taken away.
func bodiesOf(v url.Values) (bodies data.Words) {
	for name, values := range v {
		if lang, is := strings.CutPrefix(name, "body:"); is && values[0] != "" {
			bodies = with(bodies, lang, values[0])
		}
	}
	return bodies
}

// amendForm corrects an incident's head.
type amendForm struct {
	ID, Key, Title, Impact, Started, Zone, Problem, Field string
	Version                                               int
	Impacts                                               []option
	Was                                                   struct{ Title, Impact, Started string } // what is corrected is what differs
}

func (p *Pages) amendForm(i api.Incident) amendForm {
	f := amendForm{
		ID: i.ID, Key: data.NewID(), Title: i.Title, Impact: i.ImpactSaid, Started: i.Started.In(p.zone()).Format(clockLayout),
		Zone: p.zone().String(), Version: i.Version, Impacts: impactWords,
	}
	f.Was.Title, f.Was.Impact, f.Was.Started = f.Title, f.Impact, f.Started
	return f
}

func (f *amendForm) fill(v url.Values) {
	for name, of := range map[string]*string{"title": &f.Title, "impact": &f.Impact, "started": &f.Started} {
		field := name
		if name == "started" {
			field = "started_at"
		}
		if v.Get(field) != v.Get(name+"_was") { // what was left alone is what it is now
			*of = v.Get(field)
		}
	}
}

// refusal takes an error apart that a form's sender can do something about; others go on.
func refusal(err error) (status int, message, field string, ok bool) {
	var known *data.Error
	var own *ui.StatusError
	switch {
	case errors.As(err, &known):
		return ui.StatusOf(known), known.Message, known.Field, known.Kind != data.KindNotFound && known.Kind != data.KindForbidden
	case errors.As(err, &own) && own.Status == http.StatusUnprocessableEntity: // of these only a key that was used for something else
		return own.Status, "This form was sent before. What you typed is here: send it again if it is still needed.", "", true
	case errors.As(err, &own) && own.Status != http.StatusUnauthorized:
		return own.Status, own.Message, "", true
	}
	return 0, "", "", false
}
