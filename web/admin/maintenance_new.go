package admin

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// windowForm opens a window that no plan makes.
type windowForm struct {
	Words                wordsForm
	Key, Kind            string // emergency, critical or other
	Kinds                []link
	Lead                 string
	Category             string
	Categories           []option // of other work
	Times                []clockField
	Lasts, Expected      string
	Lengths, Expecteds   []option
	Cohort               string
	Cohorts              []option
	Groups               []choiceGroup
	Zone                 string
	Reason               string
	Admin, Past          bool
	AsksShort, AsksWhy   bool // offered as short notice; lies in office hours, so that the reason has to say why
	Short, Office, Chose bool // Chose: something below the fold is filled in
	Problem, Field       string
}

var (
	windowLengths  = []option{{"30m", "30 minutes"}, {"1h", "1 hour"}, {"2h", "2 hours"}, {"4h", "4 hours"}, {"6h", "6 hours"}, {"", "until the end given here"}}
	expectedLength = []option{{"", "what is usual, 30 minutes"}, {"1m", "a minute"}, {"5m", "5 minutes"}, {"10m", "10 minutes"}, {"1h", "1 hour"}, {"2h", "2 hours"}, {"4h", "4 hours"}}
	otherWork      = []data.Category{data.System, data.Application, data.Microsoft, data.Infrastructure}
)

// usualHour is when work begins that is not to disturb office hours (M9).
const usualHour = 18

// usualStart is where the start of a window of a kind is filled in: an emergency patch today at 18:00, or, where that has passed,
// at the next quarter of an hour; other work at the first 18:00 that leaves the promised notice and an hour to decide (M9, M10).
func usualStart(kind string, now time.Time, promised time.Duration, zone *time.Location) time.Time {
	local := now.In(zone)
	at := func(day int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+day, usualHour, 0, 0, 0, zone)
	}
	if kind == string(data.Emergency) {
		if t := at(0); t.After(now) {
			return t
		}
		return now.Truncate(15 * time.Minute).Add(15 * time.Minute)
	}
	for day := 0; ; day++ {
		if t := at(day); !t.Before(now.Add(promised + time.Hour)) {
			return t
		}
	}
}

// inOfficeHours says whether a window touches Monday to Friday, 08:00 to 16:00 (M12).
func inOfficeHours(start, end time.Time, zone *time.Location) bool {
	for day := dayOf(start.In(zone)); !day.After(dayOf(end.In(zone))); day = day.AddDate(0, 0, 1) {
		y, m, d := day.Date()
		open, shut := time.Date(y, m, d, 8, 0, 0, 0, zone), time.Date(y, m, d, 16, 0, 0, 0, zone)
		if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday && start.Before(shut) && open.Before(end) {
			return true
		}
	}
	return false
}

func kindOf(v url.Values) string {
	if k := v.Get("kind"); k == string(data.Emergency) || k == string(data.Critical) {
		return k
	}
	return "other"
}

func (p *Pages) windowForm(v *visit, kind string) (windowForm, error) {
	c, err := p.catalogue(v)
	if err != nil {
		return windowForm{}, err
	}
	blank, lead := c.blank(), p.API.Notice.WithDefaults().Deadline
	f := windowForm{
		Key: data.NewID(), Kind: kind, Lead: hours(lead), Zone: p.zone().String(), Lasts: "1h", Lengths: windowLengths, Expecteds: expectedLength,
		Cohorts: blank.Cohorts, Groups: blank.Groups, Words: p.wordsForm(c), Admin: v.by.Role.May(data.Admin), Category: string(data.System),
	}
	for _, k := range []link{{"Emergency patch", "emergency", false}, {"Critical fix", "critical", false}, {"Other work", "other", false}} {
		f.Kinds = append(f.Kinds, link{k.Name, "/maintenance/new?kind=" + k.Href, k.Href == kind})
	}
	if kind == "other" {
		for _, o := range otherWork {
			f.Categories = append(f.Categories, option{string(o), i18n.T(i18n.EN, "category."+string(o))})
		}
	}
	label := "Start"
	if kind == string(data.Emergency) {
		label = "Start, about"
	}
	start := p.clockField("start", label, "", usualStart(kind, time.Now(), lead, p.zone()))
	start.Was, start.Exact = "", "" // it is a proposal, and nothing that holds
	f.Times = []clockField{start, p.clockField("end", "End", "only for “until the end given here”", time.Time{})}
	return f, nil
}

func (p *Pages) newWindow(v *visit) error {
	f, err := p.windowForm(v, kindOf(v.r.URL.Query()))
	if err != nil {
		return err
	}
	return p.render(v.w, v.r, http.StatusOK, "window-new", "Open a maintenance window", f)
}

func (f *windowForm) fill(back *typed) {
	v := back.values
	f.Problem, f.Field = back.message, back.field
	f.Category, f.Lasts, f.Expected, f.Cohort = cmp.Or(v.Get("category"), f.Category), v.Get("lasts"), v.Get("expected"), v.Get("cohort")
	f.Reason = v.Get("reason")
	f.Words.fill(v)
	f.AsksShort = back.field == "short_notice" || v.Get("short") != ""
	f.AsksWhy = back.field == "office" || v.Get("office") != ""
	f.Short, f.Office, f.Past = f.AsksShort, f.AsksWhy, v.Get("past") != ""
	for n := range f.Times {
		f.Times[n].Value, f.Times[n].Wrong = v.Get(f.Times[n].Name+"_at"), back.field == f.Times[n].Name
	}
	for g := range f.Groups {
		for n := range f.Groups[g].Rows {
			row := &f.Groups[g].Rows[n]
			row.On = slices.Contains(v["component"], row.Slug)
			f.Chose = f.Chose || row.On
		}
	}
	f.Chose = f.Chose || f.Cohort != ""
}

// openingOf reads the form.
func (p *Pages) openingOf(v url.Values) (o api.WindowOpening, notes []string, err error) {
	o = api.WindowOpening{
		Category: data.Category(kindOf(v)), Cohort: v.Get("cohort"), Components: v["component"], Expected: v.Get("expected"), Lasts: v.Get("lasts"),
		Reason: v.Get("reason"), Short: v.Get("short") != "", Afterwards: v.Get("past") != "",
	}
	if kindOf(v) == "other" {
		o.Category = data.Category(v.Get("category"))
	}
	start, err := enteredIn(v, "start", false, p.zone())
	if err != nil {
		return o, nil, err
	}
	end, err := enteredIn(v, "end", true, p.zone())
	if err != nil {
		return o, nil, err
	}
	o.Start, o.End = start.At, end.At
	if start.At.IsZero() {
		return o, nil, data.Invalid("start", "say when it starts")
	}
	for _, e := range []entered{start, end} {
		if e.Note != "" {
			notes = append(notes, e.Note)
		}
	}
	until := o.End
	if d, err := time.ParseDuration(o.Lasts); err == nil {
		until = o.Start.Add(d)
	}
	if v.Get("office") == "" && !o.Afterwards && until.After(o.Start) && inOfficeHours(o.Start, until, p.zone()) {
		return o, nil, data.Invalid("office", "This lies in office hours (Monday to Friday, 08:00 to 16:00). Let the reason say why it cannot be another time, and send it again.")
	}
	return o, notes, nil
}

// openWindow takes the form of a new window: to its preview, back from there, or to the window's desk.
func (p *Pages) openWindow(v *visit) error {
	form := v.r.PostForm
	show := func(status int, back *typed) error {
		f, err := p.windowForm(v, kindOf(form))
		if err != nil {
			return err
		}
		f.fill(back)
		return p.render(v.w, v.r, status, "window-new", "Open a maintenance window", f)
	}
	if form.Get("go") == "back" {
		return show(http.StatusOK, &typed{values: form})
	}
	opening, notes, err := p.openingOf(form)
	if err == nil {
		opening.Body, opening.Bodies, err = p.wordsOf(v)
	}
	if err == nil && p.looksFirstAt(v, notes) {
		if err = p.previewWindow(v, "maintenance.open", "", opening, notes); err == nil {
			return nil
		}
	} else if err == nil {
		var m api.MaintenanceWindow
		if err = p.send(v, "maintenance.open", api.Call{}, opening, &m); err == nil {
			return v.see("/maintenance/" + m.ID + "?did=open")
		}
	}
	if status, message, field, ok := refusal(err); ok {
		return show(status, &typed{"new", form, message, field})
	}
	return err
}
