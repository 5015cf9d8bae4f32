package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// zoneOf is the zone of a window; UTC where this machine does not know it.
func zoneOf(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.UTC
}

func phaseWords(p data.Phase) string { return strings.ReplaceAll(string(p), "_", " ") }

// spanOf is a window as short as people read it in a zone: "Fri 10 Apr 00:00–06:00 CEST", with the year where it is wanted.
func spanOf(start, end time.Time, zone *time.Location, year bool) string {
	start, end = start.In(zone), end.In(zone)
	day := "Mon 2 Jan "
	if year {
		day = "Mon 2 Jan 2006 "
	}
	from, to := zoneName(start), zoneName(end)
	text := start.Format(day + "15:04")
	switch {
	case !start.Truncate(time.Minute).Before(end.Truncate(time.Minute)):
		return text + " " + from
	case from != to:
		return text + " " + from + " – " + end.Format(day+"15:04") + " " + to
	case civil(start).Equal(civil(end)):
		return text + "–" + end.Format("15:04") + " " + to
	}
	return text + " – " + end.Format(day+"15:04") + " " + to
}

// zoneName is the name of the time that t's zone has then, or its offset where there are no letters for it.
func zoneName(t time.Time) string {
	if name, _ := t.Zone(); name != "" && !strings.ContainsAny(name[:1], "+-") {
		return name
	}
	return t.Format("UTC-07:00")
}

// sameClocks says whether a span reads the same in both zones.
func sameClocks(start, end time.Time, a, b *time.Location) bool {
	for _, t := range []time.Time{start, end} {
		_, x := t.In(a).Zone()
		if _, y := t.In(b).Zone(); x != y {
			return false
		}
	}
	return true
}

// about stands before the start of an emergency that has not begun (M9).
func about(w api.MaintenanceWindow) string {
	if w.Category == data.Emergency && w.Phase == data.Scheduled {
		return "about "
	}
	return ""
}

// noticeWords says in a word or two how the notice of a window stands, by the worse of page and banner.
func noticeWords(w api.MaintenanceWindow) string {
	if w.Standing {
		return "standing notice"
	}
	order := []data.NoticeState{data.NoticeMissed, data.NoticeLate, data.NoticeDue, data.NoticeWaiting, data.NoticeKept}
	worst := len(order)
	for _, n := range w.Notices {
		if i := slices.Index(order, n.State); i >= 0 && n.Surface != data.OnMail {
			worst = min(worst, i)
		}
	}
	switch {
	case worst == len(order):
		return ""
	case w.Short != "":
		return "short notice"
	}
	return map[data.NoticeState]string{
		data.NoticeMissed: "NOTICE MISSED", data.NoticeLate: "notice late", data.NoticeDue: "notice due", data.NoticeWaiting: "notice waits", data.NoticeKept: "notice kept",
	}[order[worst]]
}

// writeWindow says what a window is and how it stands; done is what was done to it, or empty.
func (r reach) writeWindow(w writer, done string, m api.MaintenanceWindow) {
	title := fmt.Sprintf("%s %s: %s, %s", m.ID, nameOf(m), i18n.T(i18n.EN, "category."+string(m.Category)), whose(m.Cohort))
	if done != "" {
		title = done + " " + title
	}
	fmt.Fprintf(w, "%s (%s, version %d)\n", title, phaseWords(m.Phase), m.Version)
	zone := zoneOf(m.Zone)
	fmt.Fprintf(w, "  %s%s, %s\n", about(m), i18n.When(i18n.EN, m.Start, m.End, zone), i18n.Duration(i18n.EN, m.End.Sub(m.Start)))
	if !sameClocks(m.Start, m.End, zone, time.Local) {
		fmt.Fprintf(w, "  here: %s\n", i18n.When(i18n.EN, m.Start, m.End, time.Local))
	}
	if m.ClockChange != "" {
		fmt.Fprintf(w, "  %s\n", m.ClockChange)
	}
	if m.Was != nil {
		fmt.Fprintf(w, "  announced before for %s\n", i18n.When(i18n.EN, m.Was.Start, m.Was.End, zone))
	}
	for _, line := range []struct{ before, text string }{
		{"SHORT NOTICE: ", m.Short}, {"NOTICE MISSED on ", m.Missed}, {"Warning: ", m.Warning}, {"only ", strings.Join(m.Components, ", ")},
	} {
		if line.text != "" {
			fmt.Fprintf(w, "  %s%s\n", line.before, line.text)
		}
	}
	if m.Declared != nil {
		fmt.Fprintf(w, "  declared afterwards, %s: the report lists it so\n", w.minute(*m.Declared))
	}
	if early := endedEarly(m); early != "" {
		fmt.Fprintf(w, "  it was %s\n", early)
	}
	if m.Overran != nil {
		still := ""
		if m.StillOut {
			still = ", and is now"
		}
		fmt.Fprintf(w, "  it overran: the service was still out at its end%s\n", still)
	}
	if m.Phase == data.Held {
		fmt.Fprintf(w, "  %s. If it takes place:\n    %s\n", undecided(m.NoticeBy, zone), r.releasing(m.ID))
	}
}

// endedEarly says when a window was over that did not use all of its time; empty for any other.
func endedEarly(m api.MaintenanceWindow) string {
	if m.Ended == nil || !m.Ended.Truncate(time.Minute).Before(m.End) {
		return ""
	}
	at, end, layout := m.Ended.In(zoneOf(m.Zone)), m.End.In(zoneOf(m.Zone)), "15:04 "
	if !civil(at).Equal(civil(end)) {
		layout = "Mon 2 Jan 15:04 "
	}
	return "over at " + at.Format(layout) + zoneName(at) + ", " + hoursAndMinutes(end.Sub(at.Truncate(time.Minute))) + " early"
}

// undecided says what becomes of a window under review that nobody decides.
func undecided(by time.Time, zone *time.Location) string {
	at := by.In(zone)
	return "cancelled on " + at.Format("Mon 2 Jan 15:04 ") + zoneName(at) + " unless somebody decides"
}

// releasing is the command that lets a window under review take place.
func (r reach) releasing(id string) string {
	return "statusd maintenance release " + id + " --reason \"…\"" + r.again()
}

// writeHolds says which windows a change puts under review, until when somebody must decide on each, and how (M3).
func (r reach) writeHolds(w writer, m api.MaintenanceWindow, does string) {
	for _, h := range m.Holds {
		zone := zoneOf(h.Zone)
		fmt.Fprintf(w, "\n%s %s %s under review, because it follows this one:\n", does, h.Plan, h.Date)
		fmt.Fprintf(w, "  %s, %s\n", spanOf(h.Start, h.End, zone, true), whose(h.Cohort))
		fmt.Fprintf(w, "  It is %s. If it takes place:\n    %s\n", undecided(h.DecideBy, zone), r.releasing(h.ID))
	}
}

// whose are the customers of a cohort, in words.
func whose(cohort string) string {
	if cohort == "" || cohort == data.AllCustomers {
		return "all customers"
	}
	return "customers of " + cohort
}

// writeSteered says what came of a change, and what people learn by it.
func (r reach) writeSteered(w writer, done string, m api.MaintenanceWindow) error {
	r.writeWindow(w, done, m)
	if len(m.Updates) > 0 && (done == "Updated" || done == "Noted in") {
		writeWord(w, m.Updates[0])
		return nil
	}
	told := len(m.Steps) > 0 && m.Steps[0].Told
	switch {
	case m.Standing || m.Phase == data.Reserved:
		fmt.Fprintln(w, "  Nothing is told of it.")
	case told:
		fmt.Fprintln(w, "  People knew of it, and are told at once.")
	case m.Phase == data.InProgress && done == "Opened":
		end := m.End.In(zoneOf(m.Zone))
		fmt.Fprintf(w, "  It is in progress until %s. Page and banner say so at once.\n", end.Format("Mon 2 Jan 15:04 ")+zoneName(end))
	case m.Phase == data.InProgress || m.Phase == data.Verifying || m.Phase == data.Completed:
		fmt.Fprintln(w, "  Page and banner say so at once.")
	case m.Phase == data.Scheduled && m.Told:
		fmt.Fprintln(w, "  People are told at once.")
	case m.Phase == data.Scheduled:
		writeOwed(w, m)
	default:
		fmt.Fprintln(w, "  Nobody had been told of it, so nobody is told now.")
	}
	r.writeHolds(w, m, "This puts")
	_, err := fmt.Fprintf(w, "  More: statusd maintenance show %s%s\n", m.ID, r.again())
	return err
}

// writeOwed says what each surface owes of a window, and how that stands.
func writeOwed(w writer, m api.MaintenanceWindow) {
	zone := zoneOf(m.Zone)
	at := func(t *time.Time) string { return t.In(zone).Format("Mon 2006-01-02 15:04 ") + zoneName(t.In(zone)) }
	for _, n := range m.Notices {
		if n.State == data.NoticeNone || n.Due == nil {
			continue
		}
		line := fmt.Sprintf("  %-6s %s: ", n.Surface, stateWords(m, n))
		switch {
		case n.Seen == nil && n.State == data.NoticeMissed && m.Short != "":
			line = strings.TrimSuffix(line, ": ")
		case n.Seen != nil && n.Lead != "":
			line += fmt.Sprintf("shown since %s, %s before", at(n.Seen), leadWords(n.Lead))
		case n.Seen != nil:
			line += "shown since " + at(n.Seen)
		default:
			line += "from " + at(n.Due)
		}
		if n.Deadline != nil && n.Seen == nil && m.Short == "" {
			line += ", by " + at(n.Deadline)
		}
		fmt.Fprintln(w, line)
	}
}

// stateWords is how a surface stands to a window. What was known to be short notice cannot be missed: it is shown, or not yet.
func stateWords(m api.MaintenanceWindow, n api.WindowNotice) string {
	switch {
	case m.Short != "" && n.State == data.NoticeMissed:
		return "not shown yet"
	case m.Short != "" && n.State == data.NoticeLate:
		return "shown"
	}
	return string(n.State)
}

// leadWords is a length as the service writes it, as people read it.
func leadWords(text string) string {
	d, err := time.ParseDuration(text)
	if err != nil {
		return text
	}
	return hoursAndMinutes(d)
}

// hoursAndMinutes is a length without days: a promise of 24 hours is compared with 71 h 59 min, not with 2 d 23 h.
func hoursAndMinutes(d time.Duration) string {
	h, m := d/time.Hour, d%time.Hour/time.Minute
	switch {
	case m == 0 && h > 0:
		return fmt.Sprintf("%d h", h)
	case h == 0:
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}

func writeWord(w writer, u api.WindowUpdate) {
	what := phaseWords(u.Phase)
	if u.Internal {
		what = "note, for operators only"
	}
	fmt.Fprintf(w, "  %s  %s  (%s, by %s)\n    %s\n", w.minute(u.At), what, u.ID, u.By, indented(u.Body))
	writeWords(w, "    ", u.Bodies)
}
