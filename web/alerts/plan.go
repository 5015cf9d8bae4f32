package alerts

import (
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// What keeps alerts that come and go from talking without end.
const (
	BackWithin = 10 * time.Minute // an alert after the end reopens the incident that alerts resolved
	WordsSpan  = time.Hour
	MaxWords   = 5                // in WordsSpan; after these nothing is let go or resolved until QuietFor has passed
	QuietFor   = 30 * time.Minute // without anything that begins or ends
	noteAgain  = time.Hour        // before a note is written a second time
)

// Hand begins the author of everything that alerts write; the actor who sent them follows. No person's name begins so.
const Hand = "alerts:"

// ByAlerts says whether alerts wrote it.
func ByAlerts(by string) bool { return strings.HasPrefix(by, Hand) }

// Case is what there is to know when alerts of one group have moved, or when it is looked whether something is left to do.
type Case struct {
	Group    data.AlertGroup
	Rule     Rule          // of the group; the zero Rule, which resolves nothing, where the configuration has it no longer
	Incident data.Incident // the group's; zero where there is none
	Fresh    []data.Alert  // what has just begun to fire, or says worse than before; all on the group's list
	Names    map[string]data.Component

	// Elsewhere are the other incidents that the public sees open and that alerts of the group are attached to: these alerts stay there.
	Elsewhere map[string]bool
}

// Verb is what is to be done to the incident.
type Verb string

// The verbs.
const (
	Nothing Verb = ""
	Open    Verb = "open"    // a new one, with Report
	Update  Verb = "update"  // Report
	Resolve Verb = "resolve" // Report
	Note    Verb = "note"    // Report.Body, for operators
)

// Plan is what becomes of the incident.
type Plan struct {
	Do     Verb
	Report data.Report
	Aware  time.Time // since when monitoring knew of what is new; zero where nothing is
	Note   string    // besides; empty means none
}

// Plan says what becomes of the case's incident at now.
func (c Case) Plan(now time.Time) Plan {
	i := c.Incident
	switch {
	case i.ID != "" && i.Open():
		return c.goOn(now)
	case len(c.Fresh) == 0:
		return Plan{}
	case c.Back(now):
		return c.back(now)
	}
	return c.open(now)
}

// Back says whether the incident was resolved by alerts a moment ago, so that an alert now is the same story.
func (c Case) Back(now time.Time) bool {
	i := c.Incident
	return i.ID != "" && !i.Open() && i.Phase == data.Resolved && ByAlerts(i.Latest().By) && now.Sub(i.Latest().Created) <= BackWithin
}

// Opens says whether the case is about to open a public incident that says of every one of these components that it does not
// work, for these customers or for more.
func (c Case) Opens(now time.Time, says []data.Affected) bool {
	i := c.Incident
	if len(c.Fresh) == 0 || c.Rule.Draft || i.ID != "" && i.Open() || c.Back(now) {
		return false
	}
	return Told([]data.Incident{{ID: "new", Phase: data.Investigating, Affected: worst(c.Fresh)}}, says).ID != ""
}

func (c Case) open(now time.Time) Plan {
	first := c.first()
	p := Plan{Do: Open, Aware: first.Started}
	p.Report = data.Report{Affected: c.all(), Started: first.Started, Draft: c.Rule.Draft}
	if oldest := now.Add(-data.MaxBackdate); p.Report.Started.Before(oldest) {
		p.Report.Started = oldest
	}
	if len(c.public(worst(c.Fresh))) == 0 { // nothing that the public knows: a person has to find words
		p.Report.Draft = true
	}
	p.Report.Title, p.Report.Titles = c.title(first, p.Report.Affected)
	p.Report.Body, p.Report.Bodies = say("plain.investigating", nil)
	return p
}

// first is the fresh alert that began first.
func (c Case) first() data.Alert {
	first := c.Fresh[0]
	for _, a := range c.Fresh {
		if a.Started.Before(first.Started) {
			first = a
		}
	}
	return first
}

func (c Case) back(now time.Time) Plan {
	p := Plan{Do: Update, Aware: c.first().Started}
	p.Report = data.Report{Phase: data.Investigating, Affected: c.all(), At: c.fits(p.Aware, now)}
	p.Report.Body, p.Report.Bodies = say("alerts.back", nil)
	if c.words(now) >= MaxWords-1 {
		p.Note = comesAndGoes
	}
	return p
}

// Notes for operators.
const (
	comesAndGoes = "The alerts come and go. From now on nothing is let go or resolved until they have been quiet for 30 minutes; then it resolves by itself."
	allEnded     = "All alerts of this incident have ended. It stays open until a person resolves it."
)

// goOn is the plan for an incident that is open.
func (c Case) goOn(now time.Time) Plan {
	i := c.Incident
	var joined, more, works, less, affected []data.Affected
	var notes []string
	for _, w := range worst(c.Fresh) {
		level, named := at(i, w)
		switch {
		case !named:
			joined, affected = append(joined, w), append(affected, w)
		case level >= w.Level:
		case setByPerson(i, w):
			notes = append(notes, "An alert says "+w.Level.String()+" of "+whose(w)+". A person set it to "+level.String()+", and so it stays.")
		default:
			more, affected = append(more, w), append(affected, w)
		}
	}
	mayEnd := c.Rule.Resolve && !spoken(i)
	calm := c.words(now) < MaxWords && !flaps(i) || now.Sub(c.Group.Heard) >= QuietFor
	firing := c.firing()
	if len(firing) == 0 {
		switch {
		case !mayEnd:
			return c.noteOnce(allEnded, now)
		case !calm && flaps(i):
			return Plan{}
		case !calm:
			return Plan{Do: Note, Report: data.Report{Body: comesAndGoes}}
		}
		p := Plan{Do: Resolve, Report: data.Report{Phase: data.Resolved, At: c.fits(c.Group.Ended, now)}}
		p.Report.Body, p.Report.Bodies = say("plain.resolved", nil)
		return p
	}
	if mayEnd && calm {
		for _, h := range i.Affected {
			want := data.Affected{Component: h.Component, Cohort: h.Cohort, Level: data.Operational}
			if n := slices.IndexFunc(firing, func(f data.Affected) bool { return same(f, h) }); n >= 0 {
				want.Level = firing[n].Level
			}
			switch {
			case h.Level <= want.Level:
			case want.Level == data.Operational:
				works, affected = append(works, want), append(affected, want)
			default:
				less, affected = append(less, want), append(affected, want)
			}
		}
	}
	if len(affected) == 0 {
		if len(notes) > 0 {
			return c.noteOnce(strings.Join(notes, " "), now)
		}
		return Plan{}
	}
	p := Plan{Do: Update, Report: data.Report{Affected: affected}, Note: strings.Join(notes, " ")}
	if i.Phase == data.Monitoring && len(joined)+len(more) > 0 {
		p.Report.Phase = data.Investigating
	}
	if i.NextUpdate.After(now) { // what a person promised still stands
		p.Report.Next = i.NextUpdate
	}
	if len(joined)+len(more) > 0 {
		if p.Aware = c.first().Started; len(works)+len(less) == 0 {
			p.Report.At = c.fits(p.Aware, now)
		}
	}
	p.Report.Body, p.Report.Bodies = c.sentences(joined, more, works, less)
	return p
}

// flaps says whether operators were told that the alerts of an open incident come and go.
func flaps(i data.Incident) bool {
	for _, u := range slices.Backward(i.Updates) {
		switch {
		case !u.Internal && u.Phase == data.Resolved:
			return false
		case u.Internal && u.Body == comesAndGoes && ByAlerts(u.By):
			return true
		}
	}
	return false
}

// noteOnce is a note, unless it was written a while ago already, or since the list changed.
func (c Case) noteOnce(body string, now time.Time) Plan {
	for _, u := range c.Incident.Updates {
		if u.Internal && u.Body == body && ByAlerts(u.By) && (!u.Created.Before(c.Group.Heard) || now.Sub(u.Created) < noteAgain) {
			return Plan{}
		}
	}
	return Plan{Do: Note, Report: data.Report{Body: body}}
}

// Attached is a note about alerts that say what people have told already; empty where it was written already.
func Attached(i data.Incident, fresh []data.Alert, now time.Time) string {
	var says []string
	for _, w := range worst(fresh) {
		says = append(says, w.Level.String()+" of "+whose(w))
	}
	if len(says) == 0 {
		return ""
	}
	p := Case{Incident: i, Group: data.AlertGroup{Heard: now}}.noteOnce("Alerts say it too, by the rule "+fresh[0].Rule+": "+strings.Join(says, ", ")+".", now)
	return p.Report.Body
}

// Detached is a note that the alerts which said it too have ended; empty where it was written a while ago.
func Detached(i data.Incident, now time.Time) string {
	if !i.Open() {
		return ""
	}
	p := Case{Incident: i, Group: data.AlertGroup{Heard: now}}.noteOnce("The alerts that said it too have ended.", now)
	return p.Report.Body
}

// words is how often alerts have spoken in public about the incident lately.
func (c Case) words(now time.Time) int {
	n := 0
	for _, u := range c.Incident.Updates {
		if !u.Internal && ByAlerts(u.By) && now.Sub(u.Created) < WordsSpan {
			n++
		}
	}
	return n
}

// firing is what the alerts that fire say: all of those of the incident, and of what it names also those that are attached to another.
func (c Case) firing() []data.Affected {
	var says []data.Affected
	for _, f := range c.Group.Firing {
		if f.Incident == c.Incident.ID {
			says = append(says, f.Holds...)
			continue
		}
		for _, a := range f.Holds {
			for _, h := range c.Incident.Affected {
				if a.Component == h.Component && (a.Cohort == "" || a.Cohort == h.Cohort) {
					says = append(says, data.Affected{Component: h.Component, Cohort: h.Cohort, Level: a.Level})
				}
			}
		}
	}
	return worstOf(says)
}

// Takes says whether an incident that the group opens or reopens is that of this alert as well: of everything on the group's list
// but what another open incident tells of.
func (c Case) Takes(f data.FiringAlert) bool { return !c.Elsewhere[f.Incident] }

// all is what an incident that is opened or reopened has to say: what is fresh, and what has gone on since before.
func (c Case) all() []data.Affected {
	says := worst(c.Fresh)
	for _, f := range c.Group.Firing {
		for _, a := range f.Holds {
			if v, ok := c.Names[a.Component]; ok && !v.Retired && c.Takes(f) {
				says = append(says, a)
			}
		}
	}
	return worstOf(says)
}

// fits is an instant that a sender gave, where it fits the story; else zero, which means now.
func (c Case) fits(at, now time.Time) time.Time {
	if at.After(c.Incident.Latest().At) && at.After(c.Incident.Started) && !at.After(now) {
		return at
	}
	return time.Time{}
}

// spoken says whether a person has said something in public since alerts opened the incident.
func spoken(i data.Incident) bool {
	return slices.ContainsFunc(i.Updates, func(u data.Update) bool { return !u.Internal && !ByAlerts(u.By) })
}

// setByPerson says whether a person changed the component's level last.
func setByPerson(i data.Incident, a data.Affected) bool {
	for _, u := range slices.Backward(i.Updates) {
		for _, ch := range u.Changes {
			if ch.Component == a.Component && ch.Cohort == a.Cohort && ch.Old != ch.New {
				return !ByAlerts(u.By)
			}
		}
	}
	return !ByAlerts(i.By)
}

// at is the level an incident holds a component at, and whether it names it.
func at(i data.Incident, a data.Affected) (data.Level, bool) {
	n := slices.IndexFunc(i.Affected, func(h data.Affected) bool { return same(h, a) })
	if n < 0 {
		return data.NoData, false
	}
	return i.Affected[n].Level, true
}

func same(a, b data.Affected) bool { return a.Component == b.Component && a.Cohort == b.Cohort }

// worst is what alerts say together, each component and cohort once.
func worst(alerts []data.Alert) []data.Affected {
	var says []data.Affected
	for _, a := range alerts {
		says = append(says, a.Holds...)
	}
	return worstOf(says)
}

func worstOf(says []data.Affected) []data.Affected {
	levels := map[data.Affected]data.Level{}
	for _, a := range says {
		id := data.Affected{Component: a.Component, Cohort: a.Cohort}
		levels[id] = max(levels[id], a.Level)
	}
	out := make([]data.Affected, 0, len(levels))
	for id, level := range levels {
		id.Level = level
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b data.Affected) int {
		return strings.Compare(a.Component+"|"+a.Cohort, b.Component+"|"+b.Cohort)
	})
	return out
}

func whose(a data.Affected) string {
	if a.Cohort == "" {
		return a.Component
	}
	return a.Component + " of cohort " + a.Cohort
}

// Told finds an open public incident that says of every one of these components now that it does not work, for these customers
// or for more: what an alert says of them is told already. The zero Incident means that there is none.
func Told(open []data.Incident, says []data.Affected) data.Incident {
	for _, i := range open {
		covers := func(a data.Affected) bool {
			return slices.ContainsFunc(i.Affected, func(h data.Affected) bool {
				return h.Component == a.Component && (h.Cohort == "" || h.Cohort == a.Cohort) && h.Level > data.Operational
			})
		}
		if i.Open() && !i.Hidden && !slices.ContainsFunc(says, func(a data.Affected) bool { return !covers(a) }) {
			return i
		}
	}
	return data.Incident{}
}
