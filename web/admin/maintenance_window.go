package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// windowPage is the desk of one window.
type windowPage struct {
	ID, Key, Title, Plan string
	Phase                sign
	Whom, Components     string
	Span, Was            spanView
	Lasts, Expected      string
	Clock, Warning       string
	Short, Missed        string
	Declared, Overran    at
	Overruns             bool // and readers have not been told why
	Alarms               []alarmView
	NoticeBy             at
	Follows              string
	Standing, Laid, Told bool
	Steered              bool
	Approx               bool
	Zone                 string
	Notices              []noticeRow
	Owes                 bool // a surface owes something
	Steps                []stepView
	Updates              []updateView
	Trail                []trailView
	Public               string
	Version              int
	May                  bool
	Did                  string
	Problem              string   // of nothing that a form below is about
	Changed              []string // what others did since the form that came back was made
	Acts                 []actForm
	Say, Note            sayForm
	Running              bool
}

// spanView is a window in the schedule's zone; the script adds the reader's where that is another.
type spanView struct{ Text, Start, End, Zone string }

func (p *Pages) spanView(start, end time.Time) spanView {
	return spanView{i18n.When(i18n.EN, start, end, p.zone()), start.UTC().Format(time.RFC3339), end.UTC().Format(time.RFC3339), p.zone().String()}
}

type noticeRow struct {
	Surface             string
	Sign                sign
	Due, Deadline, Seen at
	Lead                string
	Promised            bool
}

type stepView struct {
	At                   at
	What, By, Why, Phase string
	Before               string
	Told, Past           bool
}

// stepWords name what was done to a window.
var stepWords = map[data.Act]string{
	data.ActOpen: "opened", data.ActConfirm: "confirmed", data.ActCancel: "cancelled", data.ActMove: "moved", data.ActExtend: "extended", data.ActShorten: "shortened",
	data.ActHold: "put under review", data.ActRelease: "released", data.ActVerify: "work done, being verified", data.ActComplete: "completed before its time",
	data.ActReplan: "planned anew", data.ActWithdraw: "withdrawn: the plan no longer has it", data.ActRestore: "planned again",
}

// sayForm says something of a window, to readers or among operators.
type sayForm struct {
	Words            wordsForm
	ID, Key, Problem string
	Version          int
}

func (p *Pages) window(v *visit) error { return p.showWindow(v, http.StatusOK, nil) }

func (p *Pages) showWindow(v *visit, status int, back *typed) error {
	var m api.MaintenanceWindow
	if err := p.ask(v, "maintenance.get", api.Call{ID: v.r.PathValue("id")}, &m); err != nil {
		return err
	}
	c, err := p.catalogue(v)
	if err != nil {
		return err
	}
	view := p.windowPage(m, c)
	view.May, view.Did = v.by.Role.May(data.Responder), windowDid[v.r.URL.Query().Get("did")]
	if view.May {
		words := p.wordsForm(c)
		for _, act := range m.Can {
			view.Acts = append(view.Acts, p.actForm(data.Act(act), m, v.by, words))
		}
		view.Say, view.Note = sayForm{Words: words, ID: m.ID, Key: data.NewID(), Version: m.Version}, sayForm{ID: m.ID, Key: data.NewID()}
	}
	standing, err := p.standing(v)
	if err != nil {
		return err
	}
	view.Overruns = overruns(m, time.Now())
	for _, a := range standing {
		if a.Subject == m.Key {
			view.Overruns = view.Overruns || a.Kind == data.AlarmWindowOverrun
			text := data.Alarms[a.Kind]
			view.Alarms = append(view.Alarms, alarmView{
				Title: text.Title, Detail: a.Detail, Do: text.Do, Urgent: a.Urgent(time.Now()), Since: p.when(a.Since), By: p.when(a.By), For: ago(a.Since),
			})
		}
	}
	if back != nil {
		view.takeBack(back, m)
	}
	return p.render(v.w, v.r, status, "window", view.Title, view)
}

// overrunLasts is how long after the end readers are owed a word on why it took longer.
const overrunLasts = 48 * time.Hour

// overruns says whether the service was still out at a window's end, not long ago, and nobody has told readers since.
func overruns(m api.MaintenanceWindow, now time.Time) bool {
	return m.Overran != nil && now.Before(m.Overran.Add(overrunLasts)) && !slices.ContainsFunc(m.Updates, func(u api.WindowUpdate) bool {
		return !u.Internal && u.At.After(*m.Overran)
	})
}

func (p *Pages) windowPage(m api.MaintenanceWindow, c *catalogue) windowPage {
	view := windowPage{
		ID: m.ID, Key: m.Key, Title: i18n.T(i18n.EN, "category."+string(m.Category)), Plan: m.Plan, Phase: phaseSign(m.Phase), Whom: "all customers",
		Span: p.spanView(m.Start, m.End), Lasts: hours(m.End.Sub(m.Start)), Clock: m.ClockChange, Warning: m.Warning, Short: m.Short, Missed: m.Missed,
		Declared: p.whenOf(m.Declared), Overran: p.whenOf(m.Overran), NoticeBy: p.dated(m.NoticeBy), Follows: m.Follows, Standing: m.Standing,
		Laid: m.Laid, Told: m.Told, Steered: m.Steered && m.Plan != data.AdHoc, Approx: m.Category == data.Emergency && m.Phase == data.Scheduled, Zone: p.zone().String(), Version: m.Version,
		Running: m.Phase == data.InProgress || m.Phase == data.Verifying,
	}
	if m.Plan == data.AdHoc {
		view.Plan = ""
	}
	if m.Cohort != data.AllCustomers {
		view.Whom = m.Cohort
		for _, o := range c.cohorts {
			if name := o.Name.In("en"); o.Slug == m.Cohort && name != "" {
				view.Whom = name + " (" + m.Cohort + ")"
			}
		}
	}
	var names []string
	for _, slug := range m.Components {
		names = append(names, c.name(slug))
	}
	view.Components = cmp.Or(strings.Join(names, ", "), "every committed component")
	if d, err := time.ParseDuration(m.Expected); err == nil {
		view.Expected = i18n.Duration(i18n.EN, d)
	}
	if m.Was != nil {
		view.Was = p.spanView(m.Was.Start, m.Was.End)
	}
	if m.Told || slices.Contains([]data.Phase{data.Scheduled, data.InProgress, data.Verifying, data.Completed}, m.Phase) && !m.Standing {
		view.Public = p.API.Settings.URL + "/maintenance/" + m.ID
	}
	for _, n := range m.Notices {
		row := noticeRow{Surface: string(n.Surface), Sign: noticeSign(n.State), Due: p.whenOf(n.Due), Deadline: p.whenOf(n.Deadline), Seen: p.whenOf(n.Seen), Promised: n.Surface != data.OnMail}
		if d, err := time.ParseDuration(n.Lead); err == nil && d > 0 {
			row.Lead = hours(d)
		}
		switch {
		case n.State == data.NoticeMissed && !row.Promised:
			row.Sign = sign{"none", "·", "not sent"} // maybe there is nobody who reads mail
		case m.Short != "" && (n.State == data.NoticeLate || n.State == data.NoticeMissed):
			row.Sign = shortNotice
		}
		view.Owes = view.Owes || n.State != data.NoticeNone
		view.Notices = append(view.Notices, row)
	}
	for _, s := range m.Steps {
		step := stepView{At: p.when(s.At), What: cmp.Or(stepWords[s.Act], string(s.Act)), By: cmp.Or(s.By, "the schedule"), Why: s.Why, Told: s.Told, Past: s.Past}
		if s.Phase != "" && s.Phase != m.Phase {
			step.Phase = phaseSign(s.Phase).Word
		}
		if s.Before != nil {
			step.Before = p.span(s.Before.Start, s.Before.End)
		}
		view.Steps = append(view.Steps, step)
	}
	for _, u := range m.Updates {
		view.Updates = append(view.Updates, updateView{
			ID: u.ID, Phase: phaseSign(u.Phase).Word, Body: u.Body, By: u.By, At: p.when(u.At), Internal: u.Internal, Bodies: translations(u.Bodies),
		})
	}
	for _, t := range m.Trail {
		view.Trail = append(view.Trail, trailView{p.when(t.At), t.Actor, t.Address, t.Action, t.Outcome, t.Seq})
	}
	return view
}

// takeBack puts what was typed into the form that it was typed in, with what is wrong, and says what others did meanwhile. The
// form is for the window as it stands now: of a time that was left alone it shows the one that holds.
func (view *windowPage) takeBack(back *typed, m api.MaintenanceWindow) {
	view.Changed = changedSince(m, number(back.values.Get("version")))
	switch back.form {
	case "update":
		view.Say.fill(back)
		return
	case "note":
		view.Note.fill(back)
		return
	}
	if n := slices.IndexFunc(view.Acts, func(f actForm) bool { return string(f.Act) == back.form }); n >= 0 {
		for other := range view.Acts {
			view.Acts[other].Open = false // one at a time
		}
		view.Acts[n].fill(back)
		return
	}
	// What was asked for cannot be done any more: the words are kept where something can still be said.
	view.Problem = back.message
	view.Note.Words.Body = strings.TrimSpace(back.values.Get("reason") + "\n" + back.values.Get("body"))
}

func (f *sayForm) fill(back *typed) {
	f.Words.fill(back.values)
	f.Problem = back.message
}

// changedSince says what was done to a window and said of it after a version, oldest first; nothing where that is not known.
func changedSince(m api.MaintenanceWindow, version int) (out []string) {
	n := m.Version - version
	if version < 1 || n < 1 {
		return nil
	}
	type done struct {
		at   time.Time
		text string
	}
	var all []done
	for _, s := range m.Steps {
		all = append(all, done{s.At, fmt.Sprintf("%s by %s: %s", cmp.Or(stepWords[s.Act], string(s.Act)), cmp.Or(s.By, "the schedule"), s.Why)})
	}
	for _, u := range m.Updates {
		all = append(all, done{u.At, fmt.Sprintf("%s wrote: %s", u.By, u.Body)})
	}
	slices.SortStableFunc(all, func(a, b done) int { return b.at.Compare(a.at) })
	for _, d := range slices.Backward(all[:min(n, len(all))]) {
		out = append(out, d.text)
	}
	return out
}

// windowDid says what a form has just done.
var windowDid = map[string]string{
	"open": "The window is there, and announced as far ahead as can be.", "confirm": "The slot is confirmed, and announced like any other window.", "cancel": "The window is cancelled.", "move": "The window is moved.",
	"extend": "The window has more time.", "shorten": "The window is shorter.", "hold": "The window is under review.", "release": "The window takes place.",
	"verify": "The work is done; the result is being checked.", "complete": "The window is over.", "update": "The update is posted.", "note": "The note is written.",
}
