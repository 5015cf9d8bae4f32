package alerts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
)

// Rule says what becomes of alerts that it matches.
type Rule struct {
	Name   string
	Source string // Alertmanager, or the name of a hook; empty takes all
	Match  []Matcher

	Components     []string          // the components it speaks of; or
	ComponentLabel string            // the label whose value is the component's, by ComponentMap where that has it
	ComponentMap   map[string]string // component by value
	Cohort         string            // empty means all customers
	CohortLabel    string            // the label whose value is the cohort
	Level          data.Level        // zero means major outage
	LevelLabel     string            // the label by whose value Levels has the level
	Levels         map[string]data.Level

	Draft    bool       // people decide whether the public learns of it
	Title    data.Words // placeholders as Placeholders has them; empty takes Problems with …
	Template string     // name of a template for title and first word, where the rule says none itself
	Resolve  bool       // it is over when all alerts have ended
	Group    Grouping
}

// Grouping says which alerts of a rule share an incident.
type Grouping string

// The groupings.
const (
	ByRule       Grouping = "rule"
	ByComponent  Grouping = "component"
	ByAlertGroup Grouping = "alert_group"
)

// Matcher compares the value of one label; a label that is missing has the empty value.
type Matcher struct {
	Label string
	is    string
	form  *regexp.Regexp // instead of is
}

// NewMatcher reads what a label must be: a value, or /…/ with a regular expression (RE2) that the whole value must match.
func NewMatcher(label, value string) (Matcher, error) {
	body, ok := strings.CutPrefix(value, "/")
	if body, ok = cut(body, ok); !ok {
		return Matcher{Label: label, is: value}, nil
	}
	form, err := regexp.Compile(`^(?:` + body + `)$`)
	if err == nil {
		_, err = regexp.Compile(body) // so that no parenthesis of ours closes one of theirs
	}
	if err != nil {
		return Matcher{}, fmt.Errorf("%s is no regular expression: %w", value, err)
	}
	return Matcher{Label: label, form: form}, nil
}

func cut(s string, ok bool) (string, bool) {
	if !ok || s == "" {
		return s, false
	}
	return strings.CutSuffix(s, "/")
}

func (m Matcher) String() string {
	if m.form != nil {
		return m.Label + "=~" + m.form.String()
	}
	return m.Label + "=" + m.is
}

// Takes says whether the labels fit.
func (m Matcher) Takes(labels map[string]string) bool {
	if m.form != nil {
		return m.form.MatchString(labels[m.Label])
	}
	return labels[m.Label] == m.is
}

// Catalogue is what rules may speak of at the moment.
type Catalogue struct {
	Components map[string]data.Component // by slug, without those that are retired
	Cohorts    map[string]bool           // by slug
}

// Hit is what a rule makes of an alert.
type Hit struct {
	Rule  Rule
	Group string // empty where the rule has one group only
	Holds []data.Affected
}

// Match is the first rule that takes the alert. A rule whose label names no component or cohort that there is takes it not.
func Match(rules []Rule, source string, s Said, c Catalogue) (Hit, bool) {
	for _, r := range rules {
		if h, ok := r.hit(source, s, c); ok {
			return h, true
		}
	}
	return Hit{}, false
}

func (r Rule) hit(source string, s Said, c Catalogue) (Hit, bool) {
	if r.Source != "" && r.Source != source || slices.ContainsFunc(r.Match, func(m Matcher) bool { return !m.Takes(s.Labels) }) {
		return Hit{}, false
	}
	named := r.Components
	if r.ComponentLabel != "" {
		value := s.Labels[r.ComponentLabel]
		if mapped, ok := r.ComponentMap[value]; ok {
			value = mapped
		}
		named = []string{value}
	}
	cohort := r.Cohort
	if value := s.Labels[r.CohortLabel]; r.CohortLabel != "" && value != "" {
		cohort = value
	}
	if cohort == data.AllCustomers {
		cohort = ""
	}
	if cohort != "" && !c.Cohorts[cohort] {
		return Hit{}, false
	}
	level := r.Level
	if l, ok := r.Levels[s.Labels[r.LevelLabel]]; r.LevelLabel != "" && ok {
		level = l
	}
	if level <= data.Operational {
		level = data.MajorOutage
	}
	h := Hit{Rule: r}
	for _, slug := range named {
		if _, ok := c.Components[slug]; ok {
			h.Holds = append(h.Holds, data.Affected{Component: slug, Cohort: cohort, Level: level})
		}
	}
	if len(h.Holds) == 0 {
		return Hit{}, false
	}
	switch r.Group {
	case ByComponent:
		h.Group = h.Holds[0].Component
	case ByAlertGroup:
		group := s.Group
		if group == "" {
			group = s.Identity
		}
		h.Group = digest(source + "\n" + group)
	}
	return h, true
}

// Placeholders are what a title may have in braces, besides label: and the name of a label.
var Placeholders = []string{"components", "summary"}

// CheckTitle refuses a placeholder that is never filled in.
func CheckTitle(s string) error {
	var wrong error
	fill(s, func(name string) (string, bool) {
		if label, ok := strings.CutPrefix(name, "label:"); !slices.Contains(Placeholders, name) && (!ok || label == "") && wrong == nil {
			wrong = fmt.Errorf("{%s} stands for nothing: use {components}, {summary} or {label:NAME}", name)
		}
		return "", true
	})
	return wrong
}

// fill replaces each {name} for which value answers true. Everything else is literal, and so is what is filled in (C4).
func fill(s string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(before)
		v, ok := "", placeholder.MatchString(name)
		if ok {
			v, ok = value(name)
		}
		if ok {
			b.WriteString(v)
			s = after
		} else {
			b.WriteString("{")
			s = rest
		}
	}
}

var placeholder = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_:.-]*$`)
