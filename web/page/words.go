package page

import (
	"slices"
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// WindowWords is what the public page says of a window in one language, for who looks before a change is made.
type WindowWords struct {
	Lang  string `json:"lang"`
	Title string `json:"title" doc:"Its reasons."`
	When  string `json:"when"`
	Phase string `json:"phase" doc:"Empty for one that is simply planned."`
	Was   string `json:"was,omitempty" doc:"The time it was announced for before."`
	Body  string `json:"body" doc:"What else the page says of it."`
}

// Words is what the page says of o, told as one with others where they are (M15), in every language; nothing where the public
// learns nothing of it.
func (s *State) Words(o data.Occurrence) []WindowWords {
	if !slices.ContainsFunc(s.Occurrences, func(other data.Occurrence) bool { return other.Key() == o.Key() }) {
		return []WindowWords{}
	}
	told := data.Announcement{Occurrences: []data.Occurrence{o}}
	for _, a := range append(s.Running(), s.Planned()...) {
		for _, member := range a.Occurrences {
			if member.Key() == o.Key() {
				told = a
			}
		}
	}
	var out []WindowWords
	for _, l := range s.Langs {
		v := maker{s, l}.window(told)
		w := WindowWords{Lang: string(l), Title: v.Title, When: i18n.When(l, o.Window.Start, o.Window.End, s.Zone), Phase: v.Phase}
		if v.Moved != nil {
			w.Was = v.Moved.Text
		}
		lines := []string{}
		if n := len(o.Updates); n > 0 && !o.Updates[n-1].Internal {
			lines = append(lines, o.Updates[n-1].BodyIn(string(l)))
		}
		for _, line := range []string{v.What, v.CohortLine, v.Notice, v.Clock} {
			if line != "" {
				lines = append(lines, line)
			}
		}
		w.Body = strings.Join(lines, "\n")
		out = append(out, w)
	}
	return out
}
