package data

import (
	"cmp"
	"slices"
	"time"
)

// Announcement is one or more occurrences of the same span and audience, told as one thing that names all reasons (M15).
// Merging is in words only: exclusion, API, feeds and calendars stay per occurrence.
type Announcement struct {
	Occurrences []Occurrence // at least one, by category in the order of Categories
}

// Announcements groups occurrences whose window, cohort, phase and notice are the same, in order of start.
func Announcements(os []Occurrence) []Announcement {
	os = slices.Clone(os)
	rank := func(o Occurrence) int { return slices.Index(Categories, o.Category) }
	slices.SortFunc(os, func(a, b Occurrence) int {
		return cmp.Or(a.Window.Start.Compare(b.Window.Start), a.Window.End.Compare(b.Window.End), cmp.Compare(a.Cohort, b.Cohort),
			cmp.Compare(a.Phase, b.Phase), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Key(), b.Key()))
	})
	var out []Announcement
	for _, o := range os {
		if n := len(out); n > 0 && out[n-1].takes(o) {
			out[n-1].Occurrences = append(out[n-1].Occurrences, o)
			continue
		}
		out = append(out, Announcement{Occurrences: []Occurrence{o}})
	}
	return out
}

func (a Announcement) takes(o Occurrence) bool {
	f := a.First()
	return f.Window.Start.Equal(o.Window.Start) && f.Window.End.Equal(o.Window.End) && f.Cohort == o.Cohort && f.Phase == o.Phase &&
		f.Notice == o.Notice && f.ShortNotice() == o.ShortNotice() && f.Standing == o.Standing &&
		f.OldWindow.Start.Equal(o.OldWindow.Start) && f.OldWindow.End.Equal(o.OldWindow.End)
}

// First is the occurrence whose name and page stand for all of them.
func (a Announcement) First() Occurrence { return a.Occurrences[0] }

// Window is the span they share.
func (a Announcement) Window() Window { return a.First().Window }

// Categories are the reasons, without repeats.
func (a Announcement) Categories() []Category {
	var out []Category
	for _, o := range a.Occurrences {
		if !slices.Contains(out, o.Category) {
			out = append(out, o.Category)
		}
	}
	return out
}

// Expected is the longest interruption expected of any of them (M11).
func (a Announcement) Expected() time.Duration {
	var d time.Duration
	for _, o := range a.Occurrences {
		d = max(d, o.Expected)
	}
	return d
}

// Components are the slugs concerned; none means every committed component.
func (a Announcement) Components() []string {
	var out []string
	for _, o := range a.Occurrences {
		if len(o.Components) == 0 {
			return nil
		}
		out = append(out, o.Components...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Version counts the changes people were told of, over all of them.
func (a Announcement) Version() int {
	n := 1
	for _, o := range a.Occurrences {
		n += o.Revised
	}
	return n
}

// Topic is what a subscriber would have to want to be told (N5, N7).
func (a Announcement) Topic() Topic {
	t := Topic{Cohort: a.First().Cohort, Components: a.Components()}
	for _, c := range a.Categories() {
		t.Security = t.Security || c == Microsoft || c == Emergency
	}
	return t
}
