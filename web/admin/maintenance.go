package admin

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// sign is a state as a symbol and a word; the word says it all, and the key is for the colour.
type sign struct{ Key, Symbol, Word string }

// phaseSign says how far along a window is.
func phaseSign(p data.Phase) sign {
	if s, known := map[data.Phase]sign{
		data.Reserved: {"reserved", "◇", "if needed"}, data.Scheduled: {"planned", "●", "planned"}, data.Held: {"held", "?", "under review"},
		data.InProgress: {"running", "▶", "under way"}, data.Verifying: {"running", "▷", "being verified"}, data.Completed: {"past", "✓", "completed"},
		data.Cancelled: {"off", "✕", "cancelled"}, data.Withdrawn: {"off", "⊘", "withdrawn"}, data.Lapsed: {"off", "–", "lapsed"},
	}[p]; known {
		return s
	}
	return sign{"off", "?", string(p)}
}

// noticeSign says how a surface stands to what it owes.
func noticeSign(s data.NoticeState) sign {
	if s, known := map[data.NoticeState]sign{
		data.NoticeNone: {"none", "·", "owes nothing"}, data.NoticeWaiting: {"wait", "○", "to come"}, data.NoticeDue: {"due", "◔", "due, not seen yet"},
		data.NoticeKept: {"kept", "✓", "kept"}, data.NoticeLate: {"late", "!", "late"}, data.NoticeMissed: {"missed", "✕", "missed"},
	}[s]; known {
		return s
	}
	return sign{"none", "?", string(s)}
}

// shortNotice is what was late and known to be so when it was decided, with a reason (M13): nothing was missed.
var shortNotice = sign{"late", "!", "short notice"}

// worstNotice sums the promised surfaces of a window up in one sign; false where nothing is owed. Mail is promised nothing.
func worstNotice(m api.MaintenanceWindow) (sign, bool) {
	order := []data.NoticeState{data.NoticeNone, data.NoticeKept, data.NoticeWaiting, data.NoticeDue, data.NoticeLate, data.NoticeMissed}
	worst := data.NoticeNone
	for _, n := range m.Notices {
		if n.Surface != data.OnMail && slices.Index(order, n.State) > slices.Index(order, worst) {
			worst = n.State
		}
	}
	s := noticeSign(worst)
	if s.Word = "notice " + s.Word; m.Short != "" && (worst == data.NoticeLate || worst == data.NoticeMissed) {
		s = shortNotice
	}
	return s, worst != data.NoticeNone
}

// slot is a window on one day of the calendar.
type slot struct {
	ID, Title, Category string
	Cohort              string // empty for all customers
	From, To            string // clock readings; From is empty on the days after the first
	Phase, Notice       sign
	Owes                bool
	Marks               []string // what is worth knowing of it
}

// missing is a window that a rule makes and that does not take place.
type missing struct{ Plan, At, Reason string }

type calendarDay struct {
	Date, Name, Number string // Name is the weekday and the month in words
	Today, Past, First bool   // First of a month
	Slots              []slot
	Withheld           []missing
}

// Empty says that nothing is to be said of the day.
func (d calendarDay) Empty() bool { return len(d.Slots)+len(d.Withheld) == 0 }

type calendarWeek struct {
	Number, Name string
	Now          bool
	Days         []calendarDay
}

// maintenanceView is the maintenance desk.
type maintenanceView struct {
	Weeks               []calendarWeek
	Title, Zone, From   string
	Earlier, Later, Now string // addresses; Now is empty where the calendar begins with this week
	Years               []link
	Needs               []need
	Kept                keptView
	May                 bool
	Problem             string
}

// weeksShown is how many weeks of the calendar are shown at once.
const weeksShown = 8

// maintenanceDesk shows the weeks from the one of a date on.
func (p *Pages) maintenanceDesk(v *visit) error {
	zone, now := p.zone(), time.Now()
	today := now.In(zone).Format(time.DateOnly)
	view := maintenanceView{Zone: zone.String(), May: v.by.Role.May(data.Responder)}
	asked := v.r.URL.Query().Get("from")
	first, err := time.Parse(time.DateOnly, asked)
	if err != nil || first.Year() < 2000 || first.Year() > 2200 {
		if asked != "" {
			view.Problem = "That is no date: write it as 2027-01-31. Here is today."
		}
		first, _ = time.Parse(time.DateOnly, today)
	}
	monday := mondayOf(first)
	var list api.Maintenances
	// A window of the week before may reach into this one.
	query := map[string]string{"from": monday.AddDate(0, 0, -7).Format(time.DateOnly), "to": monday.AddDate(0, 0, 7*weeksShown).Format(time.DateOnly)}
	err = p.ask(v, "maintenance.list", api.Call{Query: query}, &list)
	var known *data.Error
	if errors.As(err, &known) && asked != "" { // beyond what can be planned
		view.Problem, first = known.Message, now.In(zone)
	} else if err != nil {
		return err
	}
	view.Weeks = calendarOf(list, monday, today, zone)
	view.From = first.Format(time.DateOnly)
	view.Title = i18n.Date(i18n.EN, monday, time.UTC) + " – " + i18n.Date(i18n.EN, monday.AddDate(0, 0, 7*weeksShown-1), time.UTC)
	at := func(d time.Time) string { return "/maintenance?from=" + d.Format(time.DateOnly) }
	view.Earlier, view.Later = at(monday.AddDate(0, 0, -7*weeksShown)), at(monday.AddDate(0, 0, 7*weeksShown))
	this, _ := time.Parse(time.DateOnly, today)
	if !mondayOf(this).Equal(monday) {
		view.Now = "/maintenance"
	}
	for year := this.Year() - 2; year <= this.Year()+5; year++ {
		begin := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		view.Years = append(view.Years, link{strconv.Itoa(year), at(begin), monday.AddDate(0, 0, 3).Year() == year})
	}
	if view.Needs, err = p.needs(v, list, now); err != nil {
		return err
	}
	if view.Kept, err = p.kept(v, now); err != nil {
		return err
	}
	return p.render(v.w, v.r, http.StatusOK, "maintenance", "Maintenance", view)
}

// mondayOf is the Monday of a date's week, both carried in UTC.
func mondayOf(d time.Time) time.Time { return d.AddDate(0, 0, -int(d.Weekday()+6)%7) }

// calendarOf puts windows on the days that they touch.
func calendarOf(list api.Maintenances, monday time.Time, today string, zone *time.Location) []calendarWeek {
	slots, withheld := map[string][]slot{}, map[string][]missing{}
	for _, m := range list.Maintenance {
		s := slotOf(m)
		start, end := m.Start.In(zone), m.End.In(zone)
		s.From, s.To = start.Format("15:04"), end.Format("15:04")
		last := end.Add(-time.Nanosecond).Format(time.DateOnly)
		if last != start.Format(time.DateOnly) && !end.Before(start.Add(24*time.Hour)) {
			s.To = end.Format("Mon 15:04")
		}
		for day := dayOf(start); ; day = day.AddDate(0, 0, 1) {
			date := day.Format(time.DateOnly)
			if date > last {
				break
			}
			slots[date] = append(slots[date], s)
			s.From, s.Marks, s.Owes = "", nil, false // the rest was said on its first day
		}
	}
	for _, w := range list.Withheld {
		gone := missing{Plan: w.Plan, Reason: w.Reason}
		if start, err := time.Parse(time.RFC3339, w.Start); err == nil {
			gone.At = start.In(zone).Format("15:04")
		}
		withheld[w.Date] = append(withheld[w.Date], gone)
	}
	var out []calendarWeek
	for range weeksShown {
		year, number := monday.ISOWeek()
		week := calendarWeek{Number: strconv.Itoa(number), Name: "Week " + strconv.Itoa(number) + ", " + strconv.Itoa(year)}
		for n := range 7 {
			day := monday.AddDate(0, 0, n)
			date := day.Format(time.DateOnly)
			d := calendarDay{
				Date: date, Name: i18n.Date(i18n.EN, day, time.UTC), Number: strconv.Itoa(day.Day()), Today: date == today, Past: date < today,
				First: day.Day() == 1 || n == 0, Slots: slots[date], Withheld: withheld[date],
			}
			if d.First {
				d.Number = day.Format("2 Jan")
			}
			week.Now = week.Now || d.Today
			week.Days = append(week.Days, d)
		}
		out = append(out, week)
		monday = monday.AddDate(0, 0, 7)
	}
	return out
}

// dayOf is t's local date, carried in UTC.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func slotOf(m api.MaintenanceWindow) slot {
	s := slot{ID: m.ID, Title: i18n.T(i18n.EN, "category."+string(m.Category)), Category: string(m.Category), Phase: phaseSign(m.Phase)}
	if m.Cohort != data.AllCustomers {
		s.Cohort = m.Cohort
	}
	s.Notice, s.Owes = worstNotice(m)
	say := func(yes bool, text string) {
		if yes {
			s.Marks = append(s.Marks, text)
		}
	}
	say(m.Overran != nil, "overran")
	say(m.Short != "" && s.Notice != shortNotice, "short notice")
	say(m.Declared != nil, "declared afterwards")
	say(m.Was != nil, "moved")
	say(m.ClockChange != "", "clocks change")
	say(m.Warning != "", m.Warning)
	return s
}
