package admin

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
)

// typed is a form that comes back to its sender with what is wrong.
type typed struct {
	form    string // which of the page's forms; "act" is one of a button alone
	values  url.Values
	message string
	field   string
}

// takeBack puts what was typed into the form that it was typed in, with what is wrong. The form is for the version that is shown
// now. Where it was made for an older one, it says what somebody else has said since, and keeps only the sender's own words: to
// send it again must not undo unseen what that other one did.
func (view *incidentView) takeBack(back *typed) {
	stale := back.values.Has("version") && number(back.values.Get("version")) != view.Version
	switch back.form {
	case "note":
		view.Note.Body, view.Note.Problem = back.values.Get("body"), back.message
	case "amend":
		view.Amend.fill(back.values)
		view.Amend.Problem, view.Amend.Field = back.message, back.field
	case "reword":
		if view.Reword == "" { // the update was taken back since
			view.Report.Problem, view.Report.Body = back.message, back.values.Get("body")
			return
		}
		view.RewordIn.Body, view.RewordIn.Problem = back.values.Get("body"), back.message
		for n := range view.RewordIn.Langs {
			if w := &view.RewordIn.Langs[n]; back.values.Has("body:" + w.Lang) {
				w.Body = back.values.Get("body:" + w.Lang)
			}
		}
	case "act":
		view.Report.Problem = back.message
	default:
		view.Report.Problem, view.Report.Field = back.message, back.field
		if !stale {
			view.Report.fill(back.values)
			return
		}
		view.Report.fillWords(back.values)
		if sent := view.Report.sent(back.values); len(sent) > 0 {
			view.Report.Sent = "You had sent: " + strings.Join(sent, "; ") + ". The form now shows what holds: choose again what you still mean."
		}
	}
}

// sent says in words what v asks for beside its text that differs from what the form shows.
func (f *reportForm) sent(v url.Values) []string {
	var out []string
	say := func(name, value, shown string, options []option) {
		if value == shown || !v.Has(name) {
			return
		}
		text := value
		if n := slices.IndexFunc(options, func(o option) bool { return o.Value == value }); n >= 0 {
			text = options[n].Name
		}
		out = append(out, strings.TrimSpace(sentWords[name]+" "+cmp.Or(text, "none")))
	}
	say("phase", v.Get("phase"), f.Phase, phaseOptions(data.IncidentPhases...))
	levels := levelOptions(true)
	level := func(value string) string {
		if n := slices.IndexFunc(levels, func(o option) bool { return o.Value == value }); n >= 0 {
			return strings.ToLower(levels[n].Name)
		}
		return value
	}
	held := map[string]bool{}
	for _, h := range f.Held {
		field := h.Field()
		held[field] = true
		if value := v.Get(field); value != "" && value != h.Level {
			out = append(out, h.title()+": "+level(value))
		}
	}
	for _, name := range keysOf(v) { // held when the form was made, and not any more
		if slug, is := strings.CutPrefix(name, "held:"); is && !held[name] {
			slug, cohort, _ := strings.Cut(slug, "@")
			out = append(out, choice{Name: f.name(slug), Cohort: cohort}.title()+": "+level(v.Get(name)))
		}
	}
	for _, slug := range v["component"] {
		out = append(out, choice{Name: f.name(slug), Cohort: v.Get("cohort")}.title()+": "+level(cmp.Or(v.Get("level"), f.Level)))
	}
	say("next", v.Get("next"), f.Next, f.Nexts)
	say("impact", v.Get("impact"), f.Impact, f.Impacts)
	say("started", v.Get("started"), f.Started, f.Ago())
	say("started_at", v.Get("started_at"), f.StartedAt, nil)
	say("reported_at", v.Get("reported_at"), f.ReportedAt, nil)
	return out
}

// sentWords name the fields that sent speaks of. A phase speaks for itself.
var sentWords = map[string]string{"next": "next update", "impact": "impact", "started": "it was so", "started_at": "it was so at"}

// name is what people call a component.
func (f *reportForm) name(slug string) string {
	for _, g := range f.Groups {
		for _, row := range g.Rows {
			if row.Slug == slug {
				return row.Name
			}
		}
	}
	return slug
}

// title is a component's name, with the cohort where it is not about all customers.
func (c choice) title() string {
	if c.Cohort == "" {
		return c.Name
	}
	return c.Name + " (" + c.Cohort + ")"
}
