package data

import (
	"fmt"
	"slices"
	"time"
)

// UndoTime is how long after a change of an incident nothing is sent yet, so that it can be taken back (an operator's slip at
// 03:00). Page, banner and open pages show it at once.
const UndoTime = 30 * time.Second

// Note returns the incident with one more note for operators. It changes nothing that the public sees.
func (i Incident) Note(body, by string, now time.Time) (Incident, error) {
	body, err := CleanText("body", body, MaxBody)
	if err != nil {
		return i, err
	}
	if len(i.Updates) >= MaxUpdates {
		return i, Conflict(fmt.Sprintf("this incident has %d updates: resolve it and open another", MaxUpdates))
	}
	i.Updates = append(slices.Clone(i.Updates), Update{ID: NewID(), Phase: i.Phase, Body: body, At: now, Created: now, By: by, Internal: true})
	return i, nil
}

// Publish returns a draft as the public sees it from now on. Its beginning stays. Its newest words are its first public update,
// of now; those before them stay with operators.
func (i Incident) Publish(now time.Time) (Incident, error) {
	switch {
	case !i.Hidden:
		return i, Conflict("the incident is public already")
	case !i.Open():
		return i, Conflict("the draft was discarded: open a new incident")
	}
	i.Hidden = false
	i.Revised++
	i.Updates = slices.Clone(i.Updates)
	first := true
	for n := len(i.Updates) - 1; n >= 0; n-- {
		u := &i.Updates[n]
		if u.Internal {
			continue
		}
		if u.Edits = nil; !first {
			u.Internal = true
			continue
		}
		first = false
		u.At, u.Created, u.Changes = now, now, nil
		for _, a := range i.Affected {
			u.Changes = append(u.Changes, Change{Component: a.Component, Cohort: a.Cohort, Old: Operational, New: a.Level})
		}
	}
	return i, nil
}

// Discard returns a draft that nobody will publish. It is kept, resolved and never shown.
func (i Incident) Discard(by string, now time.Time) (Incident, error) {
	if !i.Hidden {
		return i, Conflict("only a draft can be discarded: resolve the incident, or undo your last change if it is fresh")
	}
	if !i.Open() {
		return i, Conflict("the draft was discarded already")
	}
	return i.Update(Report{Phase: Resolved, Body: "The draft was discarded."}, by, now)
}

// Amendment is what may be corrected in an incident that was told. Nil leaves what is there.
type Amendment struct {
	Title   *string
	Titles  Words // nil leaves them
	Impact  *string
	Started *time.Time
}

// Amend returns the incident with its head corrected. The audit log keeps what it said before.
func (i Incident) Amend(r Amendment, now time.Time) (Incident, error) {
	var err error
	if r.Title != nil {
		was := i.Title
		if i.Title, err = CleanLine("title", *r.Title, MaxTitle); err != nil {
			return i, err
		}
		if i.Title != was {
			i.Titles = nil
		}
	}
	if r.Titles != nil {
		if i.Titles, err = cleanWords("titles", r.Titles, CleanLine, MaxTitle); err != nil {
			return i, err
		}
	}
	if r.Impact != nil {
		if !slices.Contains(impacts, *r.Impact) {
			return i, Invalid("impact", fmt.Sprintf("%q is no impact: use none, minor, major or critical, or leave it empty", *r.Impact))
		}
		i.Impact = *r.Impact
	}
	if r.Started != nil {
		switch {
		case r.Started.After(i.firstWord(now)):
			return i, Invalid("started", "the incident cannot have begun after the first word about it")
		case i.Created.Sub(*r.Started) > MaxBackdate:
			return i, Invalid("started", "an incident can begin at most 31 days before it is opened: older months are told and done")
		}
		i.Started = r.Started.UTC()
	}
	i.Revised++
	return i, nil
}

// firstWord is when the first public update was so; now where there is none.
func (i Incident) firstWord(now time.Time) time.Time {
	for _, u := range i.Updates {
		if !u.Internal {
			return u.At
		}
	}
	return now
}

// Reword returns the incident with other words in one of its updates. What it said before stays with it and is shown.
func (i Incident) Reword(update, body string, bodies Words, by string, now time.Time) (Incident, error) {
	n := slices.IndexFunc(i.Updates, func(u Update) bool { return u.ID == update })
	if n < 0 {
		return i, NotFound("update", update)
	}
	body, err := CleanText("body", body, MaxBody)
	if err != nil {
		return i, err
	}
	if bodies, err = cleanWords("bodies", bodies, CleanText, MaxBody); err != nil {
		return i, err
	}
	i.Updates = slices.Clone(i.Updates)
	u := &i.Updates[n]
	if u.Body == body && len(bodies) == 0 {
		return i, Invalid("body", "it says this already")
	}
	if !i.Hidden { // what a draft said is nobody's business
		u.Edits = append(slices.Clone(u.Edits), Edit{At: now, By: by, Body: u.Body, Bodies: u.Bodies})
	}
	u.Body, u.Bodies = body, bodies
	if !u.Internal {
		i.Revised++
	}
	return i, nil
}
