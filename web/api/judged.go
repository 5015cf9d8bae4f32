package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// Judged is where a component stands, and why.
type Judged struct {
	Component string     `json:"component"`
	Name      string     `json:"name" doc:"In English."`
	Level     data.Level `json:"level"`
	Rule      string     `json:"rule" doc:"What the level comes from, with the names of the probes, in words."`
}

// ruleOf says in words what a component's level comes from: the worst of its probes that see, which a person's word outranks (see
// data.Merge). Marks are the newest of each who holds it; sides are the names of its probes.
func ruleOf(marks []data.Mark, sides []string, now time.Time) string {
	var see, blind, persons []string
	marked := map[string]bool{}
	window := false
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b data.Mark) int { return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Cohort, b.Cohort)) })
	for _, m := range marks {
		if m.Off || m.At.After(now) {
			continue
		}
		switch m.Source {
		case data.FromSchedule:
			window = true
		case data.FromPerson:
			persons = append(persons, fmt.Sprintf("%s%s (incident %s)", worded(m.Level, ""), forWhom(m.Cohort), m.By))
		case data.FromProbe:
			marked[m.By] = true
			if m.Level == data.NoData {
				blind = append(blind, m.By+forWhom(m.Cohort))
				continue
			}
			see = append(see, fmt.Sprintf("%s%s (%s)", m.By, forWhom(m.Cohort), worded(m.Level, data.Reason(m.Cause))))
		}
	}
	for _, name := range sides {
		if !marked[name] {
			blind = append(blind, name)
		}
	}
	measured := ""
	switch {
	case len(sides) == 0:
		measured = "no probe looks at it"
	case len(see) == 0:
		measured = "no data, for none of its probes sees anything: " + strings.Join(blind, ", ")
	case len(see) == 1 && len(blind) == 0:
		measured = "what " + see[0] + " says"
	default:
		measured = "the worst of " + strings.Join(see, ", ")
		if len(blind) > 0 {
			measured += "; not counted, for it sees nothing: " + strings.Join(blind, ", ")
		}
	}
	if len(persons) > 0 {
		measured = "what a person says: " + strings.Join(persons, ", ") + ", which outranks what is measured for the same customers: " + measured
	}
	if window {
		measured += "; a window runs, which changes no level"
	}
	return measured
}

func forWhom(cohort string) string {
	if cohort == "" || cohort == data.AllCustomers {
		return ""
	}
	return " for " + cohort
}

// worded is a level with its reason, as operators read it.
func worded(l data.Level, why data.Reason) string {
	text := strings.ReplaceAll(l.String(), "_", " ")
	if why == "" {
		return text
	}
	return text + ": " + ReasonName(why)
}

// looking are the names of the probes' sides by component.
func looking(probes []data.Probe) map[string][]string {
	out := map[string][]string{}
	for _, p := range probes {
		if p.Retired {
			continue
		}
		for _, side := range p.Sides() {
			out[side.Component] = append(out[side.Component], side.Name)
		}
	}
	return out
}
