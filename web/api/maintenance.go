package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// MaintenanceWindow is one window as operators see it: what is planned, what was told of it, and how it came to be so.
type MaintenanceWindow struct {
	ID         string        `json:"id"`
	Key        string        `json:"key" doc:"Its name in the log, in alarms and in the audit log."`
	Plan       string        `json:"plan" doc:"The plan that makes it; ad-hoc where a person did."`
	Category   data.Category `json:"category"`
	Cohort     string        `json:"cohort"`
	Components []string      `json:"components" doc:"Empty means every committed one."`
	Phase      data.Phase    `json:"phase"`
	Date       string        `json:"date" doc:"Local date of the nominal start; it keeps its name by it when it is moved."`
	Start      time.Time     `json:"start"`
	End        time.Time     `json:"end"`
	Zone       string        `json:"zone"`
	Expected   string        `json:"expected" doc:"Interruption that is expected inside the window: 30m0s."`
	NoticeBy   time.Time     `json:"notice_by" doc:"The deadline of its notice."`

	ClockChange string     `json:"clock_change,omitempty"`
	Warning     string     `json:"warning,omitempty" doc:"Why it may be badly placed: a holiday, say."`
	Standing    bool       `json:"standing,omitempty" doc:"Covered by a standing notice: nothing is told of it."`
	Told        bool       `json:"told,omitempty" doc:"People know of it, so that every change is told to them at once."`
	Short       string     `json:"short_notice,omitempty" doc:"Why people get less notice than was promised."`
	Missed      string     `json:"missed,omitempty" doc:"The surfaces that did not show it by its deadline."`
	Declared    *time.Time `json:"declared_at,omitempty" doc:"When time of it that had passed was declared maintenance."`
	Began       *time.Time `json:"began_at,omitempty" doc:"When the work really began; absent while it has not."`
	Ended       *time.Time `json:"ended_at,omitempty" doc:"When it really ended, which is before end where it was completed early; absent while it has not."`
	Overran     *time.Time `json:"overran_at,omitempty" doc:"Its end, where the service was still out then."`
	StillOut    bool       `json:"still_out,omitempty" doc:"It overran, and the service is still out."`
	Follows     string     `json:"follows,omitempty" doc:"ID of the window whose fate holds this one."`
	Steered     bool       `json:"steered,omitempty" doc:"A person changed it: the plan leaves it alone."`
	Was         *Span      `json:"was,omitempty" doc:"As it was announced before the latest change."`
	Laid        bool       `json:"laid_out" doc:"False while it lies further ahead than is laid out; it can be steered all the same."`

	Holds   []WindowHold   `json:"holds,omitempty" doc:"The windows that follow it and are put under review by this change (M3); only where one is changed or previewed."`
	Notices []WindowNotice `json:"notices" doc:"What each surface owes of it."`
	Can     []string       `json:"can" doc:"What can be done with it now."`
	Version int            `json:"version" doc:"Send it back with a change, so that nobody's change is overwritten unseen."`
	Steps   []WindowStep   `json:"steps,omitempty" doc:"What was changed, newest first; only where one window is asked for or changed."`
	Updates []WindowUpdate `json:"updates,omitempty" doc:"What was said of it, newest first, notes among operators included; only where one is asked for or changed."`
	Trail   []Act          `json:"trail,omitempty" doc:"Who did what, newest first; only where one window is asked for."`
}

// Span is a span of time, its end not included.
type Span struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// WindowNotice is what a surface owes of a window.
type WindowNotice struct {
	Surface  data.Surface     `json:"surface"`
	State    data.NoticeState `json:"state"`
	Due      *time.Time       `json:"due" doc:"From when it is to show it; null where it owes nothing."`
	Deadline *time.Time       `json:"deadline" doc:"Null where nothing is promised."`
	Seen     *time.Time       `json:"seen" doc:"Since when it really shows it; null while it does not."`
	Lead     string           `json:"lead,omitempty" doc:"How long before its start all of it had been shown."`
}

// WindowStep is one change of a window.
type WindowStep struct {
	At     time.Time  `json:"at"`
	Act    data.Act   `json:"act"`
	By     string     `json:"by,omitempty" doc:"Absent where the schedule did it."`
	Why    string     `json:"reason,omitempty"`
	Phase  data.Phase `json:"phase_before,omitempty"`
	Before *Span      `json:"window_before,omitempty"`
	Told   bool       `json:"told,omitempty" doc:"People knew, and were told of the change."`
	Past   bool       `json:"declared_afterwards,omitempty"`
}

// WindowUpdate is something that was said of a window.
type WindowUpdate struct {
	ID       string     `json:"id"`
	At       time.Time  `json:"at"`
	By       string     `json:"by"`
	Phase    data.Phase `json:"phase"`
	Body     string     `json:"body"`
	Bodies   data.Words `json:"bodies,omitempty"`
	Internal bool       `json:"internal,omitempty" doc:"A note among operators."`
}

// Maintenances is a list of windows in order of their starts.
type Maintenances struct {
	From        string              `json:"from" doc:"First local date."`
	To          string              `json:"to" doc:"The date after the last."`
	Zone        string              `json:"zone" doc:"Of the dates, and of times that people type."`
	Maintenance []MaintenanceWindow `json:"maintenance"`
	Withheld    []Withheld          `json:"withheld" doc:"Windows that a rule makes and that a freeze period or a holiday keeps from taking place."`
}

// Withheld is a window that does not take place although a rule makes it.
type Withheld struct {
	Plan   string `json:"plan"`
	Date   string `json:"date"`
	Start  string `json:"start"`
	Reason string `json:"reason"`
}

const maintenancePath = "/api/v1/maintenance/{id}"

func maintenanceOps() []Op {
	ops := []Op{
		{
			Name: "maintenance.list", Method: http.MethodGet, Path: "/api/v1/maintenance", Need: data.Viewer, Out: Maintenances{},
			Summary: "List windows by local date, also those that lie further ahead than is laid out.",
			Query: []Param{
				{"from", "first local date, YYYY-MM-DD; without it today"},
				{"to", "the date after the last; without it eight weeks later"},
				{"category", "one kind only"},
				{"cohort", "what concerns these customers"},
				{"phase", "one phase only"},
				{"standing", "true: those covered by a standing notice as well, which come every night"},
			},
			read: listMaintenance,
		},
		{
			Name: "maintenance.get", Method: http.MethodGet, Path: maintenancePath, Need: data.Viewer, Out: MaintenanceWindow{},
			Summary: "Show one window: what is owed and kept, what was changed, and who did what.",
			read: func(a *API, tx data.Tx, c *Call) (any, error) {
				o, _, err := a.window(tx, c.ID, c.now)
				if err != nil {
					return nil, err
				}
				return a.maintenanceWhole(tx, o, c)
			},
		},
	}
	return slices.Concat(ops, maintenanceActs(), maintenancePreviewOps(), noticeOps())
}

// windowPhases are those that a list can be asked for.
var windowPhases = []data.Phase{
	data.Reserved, data.Scheduled, data.Held, data.InProgress, data.Verifying, data.Completed, data.Cancelled, data.Withdrawn, data.Lapsed,
}

// longestList is how many days a list of windows may span.
const longestList = 800

func listMaintenance(a *API, tx data.Tx, c *Call) (any, error) {
	from, to, err := a.dates(c)
	if err != nil {
		return nil, err
	}
	if category := data.Category(c.Query["category"]); category != "" && !slices.Contains(data.Categories, category) {
		return nil, data.Invalid("category", fmt.Sprintf("%q is no kind of maintenance: use system, application, recycle, microsoft, infrastructure, emergency or critical", string(category)))
	}
	if phase := data.Phase(c.Query["phase"]); phase != "" && !slices.Contains(windowPhases, phase) {
		names := make([]string, len(windowPhases))
		for i, p := range windowPhases {
			names[i] = string(p)
		}
		return nil, data.Invalid("phase", fmt.Sprintf("%q is no phase of a window: use %s", string(phase), strings.Join(names, ", ")))
	}
	if err := knownPlaces(tx, c.Query["cohort"], nil); err != nil {
		return nil, err
	}
	zone := a.zone()
	begin, end := localDay(from, zone), localDay(to, zone)
	all, withheld, err := a.windows(tx, begin, end, c.now, c.Query["standing"] == "true")
	if err != nil {
		return nil, err
	}
	out := Maintenances{From: from, To: to, Zone: zone.String(), Maintenance: []MaintenanceWindow{}, Withheld: []Withheld{}}
	asked := func(o data.Occurrence, phase data.Phase) bool {
		return (!o.Standing || c.Query["standing"] == "true") &&
			(c.Query["category"] == "" || string(o.Category) == c.Query["category"]) &&
			(c.Query["cohort"] == "" || data.Meets(o.Cohort, c.Query["cohort"])) &&
			(c.Query["phase"] == "" || string(phase) == c.Query["phase"])
	}
	for _, o := range all {
		if phase, _ := o.Due(c.now); !asked(o, phase) {
			continue
		}
		m, err := a.maintenance(tx, o, c.now)
		if err != nil {
			return nil, err
		}
		out.Maintenance = append(out.Maintenance, m)
	}
	for _, w := range withheld {
		if o := w.Occurrence; asked(o, data.Withdrawn) {
			out.Withheld = append(out.Withheld, Withheld{Plan: o.Maintenance, Date: o.Date, Start: o.Window.Start.Format(time.RFC3339), Reason: w.Why})
		}
	}
	return out, nil
}

// dates are the local dates of a list.
func (a *API) dates(c *Call) (from, to string, err error) {
	from, to = c.Query["from"], c.Query["to"]
	if from == "" {
		from = c.now.In(a.zone()).Format(time.DateOnly)
	}
	first, err := time.Parse(time.DateOnly, from)
	if err != nil || first.Year() < 2000 || first.Year() > 2200 {
		return "", "", data.Invalid("from", fmt.Sprintf("%q is no date: write it as 2026-01-31", from))
	}
	if to == "" {
		to = first.AddDate(0, 0, 56).Format(time.DateOnly)
	}
	last, err := time.Parse(time.DateOnly, to)
	switch days := last.Sub(first) / (24 * time.Hour); {
	case err != nil:
		return "", "", data.Invalid("to", fmt.Sprintf("%q is no date: write it as 2026-01-31", to))
	case days <= 0:
		return "", "", data.Invalid("to", to+" is not after "+from+": use a later date")
	case days > longestList:
		return "", "", data.Invalid("to", fmt.Sprintf("%d days are too many at once: ask for at most %d", days, longestList))
	}
	return from, to, nil
}

func (a *API) zone() *time.Location {
	if a.Settings.Zone == nil {
		return time.UTC
	}
	return a.Settings.Zone
}

// localDay is the instant at which a local date begins.
func localDay(date string, zone *time.Location) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, date, zone) // checked before
	return t
}

// maintenance is a window without its history.
func (a *API) maintenance(tx data.Tx, o data.Occurrence, now time.Time) (MaintenanceWindow, error) {
	page, err := pageID(tx)
	if err != nil {
		return MaintenanceWindow{}, err
	}
	_, gone := tx.Occurrences().Get(o.Key())
	phase, _ := o.Due(now)
	m := MaintenanceWindow{
		ID: data.PublicID(page, "occurrence", string(o.Key())), Key: string(o.Key()), Plan: o.Maintenance, Category: o.Category,
		Cohort: o.Cohort, Components: o.Components, Phase: phase, Date: o.Date, Start: o.Window.Start, End: o.Window.End, Zone: o.Zone,
		Expected: o.Expected.String(), NoticeBy: o.Deadline(), ClockChange: o.Clock, Warning: o.Warning, Standing: o.Standing, Told: o.Told(now),
		Short: o.Short, Missed: o.Missed, Declared: timeOrNull(o.Declared), Overran: timeOrNull(o.Overran),
		Began: timeOrNull(o.Began), Ended: timeOrNull(o.Ended), Steered: o.Steered,
		Laid: gone == nil, Notices: []WindowNotice{}, Can: can(o, now), Version: versionOf(o),
	}
	if m.Components == nil {
		m.Components = []string{}
	}
	if o.Follows != "" {
		m.Follows = data.PublicID(page, "occurrence", string(o.Follows))
	}
	if w := o.OldWindow; !w.Start.IsZero() && !w.Equal(o.Window) {
		m.Was = &Span{w.Start, w.End}
	}
	if !o.Overran.IsZero() && phase == data.Completed && now.Sub(o.Overran) < overranLasts {
		if _, m.StillOut, err = data.Interruption(tx, o, now); err != nil {
			return m, err
		}
	}
	owed, err := o.Obligations(tx, now)
	if err != nil {
		return m, err
	}
	for _, ob := range owed {
		n := WindowNotice{Surface: ob.Surface, State: ob.State, Due: timeOrNull(ob.Due), Deadline: timeOrNull(ob.Deadline), Seen: timeOrNull(ob.Seen)}
		if ob.Lead > 0 {
			n.Lead = ob.Lead.Truncate(time.Minute).String()
		}
		m.Notices = append(m.Notices, n)
	}
	return m, nil
}

// overranLasts is how long after its end a window is asked whether the service is still out: from then on it is an outage like
// any other.
const overranLasts = 48 * time.Hour

// versionOf counts what was done to o and said of it.
func versionOf(o data.Occurrence) int { return 1 + len(o.Steps) + len(o.Updates) }

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// maintenanceWhole is a window with its history.
func (a *API) maintenanceWhole(tx data.Tx, o data.Occurrence, c *Call) (MaintenanceWindow, error) {
	m, err := a.maintenance(tx, o, c.now)
	if err != nil {
		return m, err
	}
	for _, s := range slices.Backward(o.Steps) {
		w := WindowStep{At: s.At, Act: s.Act, By: s.By, Why: s.Why, Phase: s.Phase, Told: s.Told, Past: s.Past}
		if !s.Window.Start.IsZero() {
			w.Before = &Span{s.Window.Start, s.Window.End}
		}
		m.Steps = append(m.Steps, w)
	}
	for _, u := range slices.Backward(o.Updates) {
		m.Updates = append(m.Updates, WindowUpdate{ID: u.ID, At: u.At, By: u.By, Phase: u.Phase, Body: u.Body, Bodies: u.Bodies, Internal: u.Internal})
	}
	for e, err := range data.Trail(tx, string(o.Key())) {
		if err != nil {
			return m, err
		}
		if m.Trail = append(m.Trail, actOf(e)); len(m.Trail) == trailShown {
			break
		}
	}
	return m, nil
}

// can lists what can be done with o at now, in the order of a menu.
func can(o data.Occurrence, now time.Time) []string {
	phase, _ := o.Due(now)
	ahead := o.Window.Start.After(now)
	out := []string{}
	add := func(ok bool, act data.Act) {
		if ok {
			out = append(out, string(act))
		}
	}
	open := phase == data.Reserved || phase == data.Scheduled || phase == data.Held
	running := phase == data.InProgress || phase == data.Verifying
	add(ahead && (phase == data.Reserved || phase == data.Lapsed), data.ActConfirm)
	add(phase == data.Held, data.ActRelease)
	add(phase == data.InProgress, data.ActVerify)
	add(running, data.ActComplete)
	add(open, data.ActMove)
	add(open || running || phase == data.Completed, data.ActExtend)
	add(open || running, data.ActShorten)
	add(phase == data.Scheduled && now.Before(o.Deadline()), data.ActHold)
	add(open, data.ActCancel)
	return out
}
