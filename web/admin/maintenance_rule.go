package admin

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// ruleView is the preview of a rule before it is configured. All of it is in the address, so that it can be shown to others.
type ruleView struct {
	Plan, Category, Cohort         string
	Rule, Cron, Anchor, Start, End string
	Length, Zone, Days, Shift      string
	Count                          string
	Categories                     []option
	Examples                       []link
	Reads                          string
	Windows                        []ruleWindow
	YAML                           string
	Problem, Field                 string
	Asked                          bool
}

type ruleWindow struct {
	Span        spanView
	ClockChange string
	Meets       []string
}

func (p *Pages) rule(v *visit) error {
	q := v.r.URL.Query()
	get := func(name, without string) string {
		if q.Has(name) {
			return strings.TrimSpace(q.Get(name))
		}
		return without
	}
	view := ruleView{
		Plan: get("plan", "system"), Category: get("category", "system"), Cohort: get("cohort", data.AllCustomers), Rule: get("rule", ""), Cron: get("cron", ""),
		Anchor: get("anchor", ""), Start: get("start", ""), End: get("end", ""), Length: get("length", ""), Zone: get("zone", p.zone().String()),
		Days: get("days", ""), Shift: get("shift", ""), Count: get("count", "12"), Asked: q.Has("anchor"),
	}
	for _, c := range []data.Category{data.System, data.Application, data.Recycle, data.Microsoft, data.Infrastructure} {
		view.Categories = append(view.Categories, option{string(c), i18n.T(i18n.EN, "category."+string(c))})
	}
	example := func(name, query string) link { return link{Name: name, Href: "/maintenance/rule?" + query} }
	view.Examples = []link{
		example("every second Friday night", "rule=FREQ%3DWEEKLY%3BINTERVAL%3D2%3BBYDAY%3DFR&anchor=2026-01-02&start=00:00&end=06:00"),
		example("second Friday of the month", "plan=microsoft&category=microsoft&rule=FREQ%3DMONTHLY%3BBYDAY%3D2FR&anchor=2026-01-09&start=00:00&end=06:00"),
		example("every night for three seconds, as cron", "plan=recycle&category=recycle&cron=0+2+*+*+*&anchor=2026-01-01&length=3s"),
	}
	if !view.Asked {
		return p.render(v.w, v.r, http.StatusOK, "rule", "Preview a rule", view)
	}
	wish := api.RuleWish{Rule: view.Rule, Cron: view.Cron, Anchor: view.Anchor, Start: view.Start, End: view.End, Length: view.Length, Zone: view.Zone}
	err := numbers(map[string]string{"days": view.Days, "shift": view.Shift, "count": view.Count}, map[string]*int{"days": &wish.Days, "shift": &wish.Shift, "count": &wish.Count})
	var preview api.RulePreview
	if err == nil {
		var body []byte
		if body, err = json.Marshal(wish); err != nil {
			return err
		}
		err = p.ask(v, "maintenance.rule", api.Call{Body: body}, &preview)
	}
	status := http.StatusOK
	if err != nil {
		ok := false
		if status, view.Problem, view.Field, ok = refusal(err); !ok {
			return err
		}
	} else {
		view.Reads, view.YAML = preview.Reads, view.yaml()
		for _, w := range preview.Windows {
			view.Windows = append(view.Windows, ruleWindow{p.spanView(w.Start, w.End), w.ClockChange, w.Named})
		}
	}
	return p.render(v.w, v.r, status, "rule", "Preview a rule", view)
}

// numbers reads whole numbers; an empty text leaves what is there.
func numbers(texts map[string]string, into map[string]*int) error {
	for name, text := range texts {
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return data.Invalid(name, "write "+name+" as a whole number")
		}
		*into[name] = n
	}
	return nil
}

// yaml is the rule as the configuration has it. Every text is quoted as JSON is, which YAML reads.
func (r ruleView) yaml() string {
	var b strings.Builder
	b.WriteString("maintenance:\n")
	line := func(key, value string) {
		if value == "" || key == "cohort" && value == data.AllCustomers {
			return
		}
		quoted, err := json.Marshal(value)
		if err != nil {
			return // a text is always one of JSON
		}
		if key == "days" || key == "shift" {
			quoted = []byte(value)
		}
		lead := "    "
		if key == "id" {
			lead = "  - "
		}
		b.WriteString(lead + key + ": " + string(quoted) + "\n")
	}
	for _, kv := range [][2]string{
		{"id", r.Plan},
		{"category", r.Category},
		{"cohort", r.Cohort},
		{"rule", r.Rule},
		{"cron", r.Cron},
		{"anchor", r.Anchor},
		{"start", r.Start},
		{"end", r.End},
		{"length", r.Length},
		{"days", r.Days},
		{"shift", r.Shift},
		{"zone", r.Zone},
	} {
		line(kv[0], kv[1])
	}
	return b.String()
}
