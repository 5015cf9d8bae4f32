package api

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/wire"
)

// Overview is what a duty engineer keeps open: what is wrong, what is next, what is at risk.
type Overview struct {
	AsOf       time.Time         `json:"as_of"`
	Alarms     []Alarm           `json:"alarms" doc:"Those that stand, urgent ones first."`
	Incidents  []Incident        `json:"incidents" doc:"Those that go on, newest first, drafts included."`
	Suspected  []SuspectedOutage `json:"suspected" doc:"Measured outages that no open incident tells of."`
	Components []ComponentNow    `json:"components" doc:"In the order of the page."`
	Windows    []WindowNext      `json:"windows" doc:"What runs and what is next, with what was told of it."`
	Mail       MailNow           `json:"mail"`
}

// Alarm is a danger that stands.
type Alarm struct {
	Kind    data.AlarmKind `json:"kind"`
	Subject string         `json:"subject,omitempty"`
	Window  string         `json:"window,omitempty" doc:"ID of the window it is about."`
	Named   string         `json:"window_name,omitempty" doc:"What people call that window."`
	Title   string         `json:"title"`
	Detail  string         `json:"detail"`
	Do      string         `json:"do"`
	Urgent  bool           `json:"urgent"`
	Since   time.Time      `json:"since"`
	By      *time.Time     `json:"by" doc:"When it is too late; null where that means nothing."`
}

// SuspectedOutage is an outage that is measured and not told of.
type SuspectedOutage struct {
	Outage    data.OutageKey `json:"outage" doc:"Open an incident with it."`
	Component string         `json:"component"`
	Name      string         `json:"name"`
	Cohort    string         `json:"cohort"`
	Level     data.Level     `json:"level"`
	Started   time.Time      `json:"started_at"`
	Reason    string         `json:"reason,omitempty"`
	Public    bool           `json:"public"`
}

// ComponentNow is how a component stands.
type ComponentNow struct {
	Component   string                `json:"component"`
	Name        string                `json:"name"`
	Group       string                `json:"group,omitempty"`
	Level       data.Level            `json:"level"`
	Cohorts     map[string]data.Level `json:"cohorts,omitempty"`
	Declared    bool                  `json:"declared,omitempty" doc:"A person holds the level."`
	Maintenance bool                  `json:"maintenance,omitempty" doc:"A window runs. What is measured meanwhile is the level, which it does not change."`
	Windows     []string              `json:"maintenance_for,omitempty" doc:"The cohorts that a window runs for."`
	Since       *time.Time            `json:"since"`
	Probes      []string              `json:"probes" doc:"Who measures it; empty means nobody."`
	Rule        string                `json:"rule" doc:"What the level comes from, with the names of the probes, in words."`
	Setup       string                `json:"setup,omitempty" doc:"What is missing before it can be measured."`
	Public      bool                  `json:"public"`
}

// WindowNext is a window with what was told of it.
type WindowNext struct {
	ID     string               `json:"id" doc:"Steer it by this."`
	Window wire.Window          `json:"window"`
	Phase  data.Phase           `json:"phase"`
	Seen   map[string]time.Time `json:"seen" doc:"Since when each surface has really shown it."`
	Due    map[string]time.Time `json:"due" doc:"From when each surface shall show it."`
	Late   bool                 `json:"late,omitempty" doc:"A promised surface showed it after the deadline, or does not yet."`
	AsOf   time.Time            `json:"as_of"`
}

// MailNow is how far the mail is.
type MailNow struct {
	Waiting int        `json:"waiting" doc:"Notices that are not settled."`
	Oldest  *time.Time `json:"oldest" doc:"When the oldest of them that is due was due; null where none is."`
	Held    bool       `json:"held,omitempty" doc:"A restored copy sends nothing until it is released."`
}

// windowsShown is how many windows the overview lists.
const windowsShown = 12

func overviewOps() []Op {
	return []Op{{
		Name: "overview.get", Method: "GET", Path: "/api/v1/overview", Need: data.Viewer, Out: Overview{},
		Summary: "What is wrong, what is next, what is at risk.",
		read:    func(_ *API, tx data.Tx, c *Call) (any, error) { return overviewOf(tx, c.now) },
	}}
}

func overviewOf(tx data.Tx, now time.Time) (Overview, error) {
	v := Overview{AsOf: now, Alarms: []Alarm{}, Incidents: []Incident{}, Suspected: []SuspectedOutage{}, Components: []ComponentNow{}, Windows: []WindowNext{}}
	open, err := data.OpenIncidents(tx)
	if err != nil {
		return v, err
	}
	a := &API{}
	for _, i := range slices.Backward(open) {
		w := a.summary(i)
		if since, silent := i.SilentSince(now); silent {
			w.SilentFor = now.Sub(since).Truncate(time.Minute).String()
		}
		v.Incidents = append(v.Incidents, w)
	}
	names, err := v.readComponents(tx, now)
	if err != nil {
		return v, err
	}
	return v, errors.Join(v.readAlarms(tx, now), v.readSuspected(tx, open, names), v.readWindows(tx, now), v.readMail(tx, now))
}

func (v *Overview) readAlarms(tx data.Tx, now time.Time) error {
	page, err := pageID(tx)
	if err != nil {
		return err
	}
	for a, err := range tx.Alarms().Range("", "") {
		if err != nil {
			return err
		}
		if !a.Stands() {
			continue
		}
		text := data.Alarms[a.Kind]
		w := Alarm{Kind: a.Kind, Subject: a.Subject, Title: text.Title, Detail: a.Detail, Do: text.Do, Urgent: a.Urgent(now), Since: a.Since}
		if !a.By.IsZero() {
			w.By = &a.By
		}
		if o, err := tx.Occurrences().Get(data.OccurrenceKey(a.Subject)); err == nil && a.Subject != "" {
			w.Window, w.Named = data.PublicID(page, "occurrence", a.Subject), o.Named()
		}
		v.Alarms = append(v.Alarms, w)
	}
	slices.SortStableFunc(v.Alarms, func(a, b Alarm) int {
		if a.Urgent != b.Urgent {
			if a.Urgent {
				return -1
			}
			return 1
		}
		return a.Since.Compare(b.Since)
	})
	return nil
}

func (v *Overview) readComponents(tx data.Tx, now time.Time) (map[string]data.Component, error) {
	all, err := data.All(tx.Components().Range("", ""))
	if err != nil {
		return nil, err
	}
	held, err := data.HeldMarks(tx)
	if err != nil {
		return nil, err
	}
	probes, err := data.All(tx.Probes().Range("", ""))
	if err != nil {
		return nil, err
	}
	probed := looking(probes)
	slices.SortStableFunc(all, func(a, b data.Component) int { return a.Position - b.Position })
	named := map[string]data.Component{}
	for _, c := range all {
		named[c.Slug] = c
		if c.Retired {
			continue
		}
		at := data.Merge(held[c.Slug], now)
		w := ComponentNow{
			Component: c.Slug, Name: c.Name.In("en"), Group: c.GroupName.In("en"), Level: at.Level, Cohorts: at.Cohorts, Declared: at.Declared,
			Maintenance: at.Maintenance, Probes: probed[c.Slug], Rule: ruleOf(held[c.Slug], probed[c.Slug], now), Setup: c.Setup, Public: c.Public(),
		}
		for _, m := range held[c.Slug] {
			if m.Source == data.FromSchedule && !m.Off && !m.At.After(now) && !slices.Contains(w.Windows, m.Cohort) {
				w.Windows = append(w.Windows, m.Cohort)
			}
		}
		slices.Sort(w.Windows)
		if w.Probes == nil {
			w.Probes = []string{}
		}
		if !at.Since.IsZero() {
			w.Since = &at.Since
		}
		v.Components = append(v.Components, w)
	}
	return named, nil
}

// runs says whether a window of o's component runs at now.
func runs(w data.Occurrence, o data.Outage, now time.Time) bool {
	from, to, ok := span(w)
	return ok && covers(w, o) && !from.After(now) && to.After(now)
}

// readSuspected lists the outages that go on and that nobody has told of, judged or planned: those that the alarm of undeclared
// outages is about, hidden components and the first three minutes included.
func (v *Overview) readSuspected(tx data.Tx, open []data.Incident, named map[string]data.Component) error {
	allWindows := sync.OnceValues(func() ([]data.Occurrence, error) { // many: they are read only where an outage asks for them
		return data.All(tx.Occurrences().Range("", ""))
	})
	for _, c := range v.Components {
		if !c.Level.Bad() && c.Level != data.NoData {
			continue
		}
		for o, err := range tx.Outages().Range(data.OutageKey(c.Component+"|"), data.OutageKey(c.Component+"}")) {
			if err != nil {
				return err
			}
			attributed := len(o.Corrections) > 0
			if o = o.Corrected(); attributed && o.Cause != data.ByProvider {
				continue // judged to be somebody else's
			}
			if !o.Ended.IsZero() || o.Void || o.Reason == "declared" || slices.ContainsFunc(open, func(i data.Incident) bool { return names(i, o) }) {
				continue
			}
			windows, err := allWindows()
			if err != nil {
				return err
			}
			if slices.ContainsFunc(windows, func(w data.Occurrence) bool { return runs(w, o, v.AsOf) }) {
				continue // maintenance
			}
			level := max(c.Cohorts[o.Cohort], data.PartialOutage)
			v.Suspected = append(v.Suspected, SuspectedOutage{
				Outage: o.Key(), Component: o.Component, Name: named[o.Component].Name.In("en"), Cohort: o.Cohort, Level: level,
				Started: o.Started, Reason: o.Reason, Public: named[o.Component].Public(),
			})
		}
	}
	return nil
}

func (v *Overview) readWindows(tx data.Tx, now time.Time) error {
	page, err := pageID(tx)
	if err != nil {
		return err
	}
	var next []data.Occurrence
	for o, err := range data.Announceable(tx) {
		if err != nil {
			return err
		}
		if o.Standing || o.Phase == data.Reserved || !o.Window.End.After(now.Add(-time.Hour)) {
			continue
		}
		if o.Phase, _ = o.Due(now); o.Over() {
			continue
		}
		next = append(next, o)
	}
	slices.SortFunc(next, func(a, b data.Occurrence) int { return a.Window.Start.Compare(b.Window.Start) })
	for _, o := range next[:min(windowsShown, len(next))] {
		w := WindowNext{ID: data.PublicID(page, "occurrence", string(o.Key())), Window: wire.Windows([]data.Occurrence{o})[0], Phase: o.Phase, Seen: map[string]time.Time{}, AsOf: now}
		lead := o.Notice.WithDefaults()
		w.Due = map[string]time.Time{
			string(data.OnPage): o.Window.Start.Add(-lead.Page), string(data.OnBanner): o.Window.Start.Add(-lead.Banner),
			string(data.OnMail): o.Window.Start.Add(-lead.Page),
		}
		b := data.Bulletin{About: data.AboutOccurrence, Subject: string(o.Key()), Kind: data.TellPlanned}
		for _, surface := range []data.Surface{data.OnPage, data.OnBanner, data.OnMail} {
			p, err := tx.Proofs().Get(data.KeyOfProof(b.Key(), surface))
			switch {
			case err == nil:
				w.Seen[string(surface)] = p.At
				w.Late = w.Late || surface != data.OnMail && p.At.After(o.Deadline())
			case !errors.Is(err, data.ErrNotFound):
				return err
			default:
				w.Late = w.Late || surface != data.OnMail && now.After(o.Deadline())
			}
		}
		v.Windows = append(v.Windows, w)
	}
	return nil
}

func (v *Overview) readMail(tx data.Tx, now time.Time) error {
	for d, err := range tx.Dues().Range("", "") {
		if err != nil {
			return err
		}
		if v.Mail.Waiting++; v.Mail.Oldest == nil && !d.At.After(now) {
			v.Mail.Oldest = &d.At
		}
	}
	hold, err := data.SendingHold(tx)
	v.Mail.Held = hold.Held()
	return err
}
