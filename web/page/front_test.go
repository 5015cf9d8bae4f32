package page

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

func frontOf(t *testing.T, s *State, l i18n.Lang) *html.Node {
	t.Helper()
	return parse(t, one(t, s, "/", l))
}

func TestHeadline(t *testing.T) {
	t.Parallel()
	for headline, symbol := range symbols {
		s := calm(t)
		s.Headline = headline
		want, ok := i18n.Lookup(i18n.EN, "headline."+string(headline))
		if !ok {
			t.Fatalf("%s has no words", headline)
		}
		doc := frontOf(t, s, i18n.EN)
		h1 := all(doc, tag("h1"))[0]
		if got := text(h1); got != want {
			t.Errorf("%s: the headline is %q, want %q", headline, got, want)
		}
		if got := attr(all(h1, tag("use"))[0], "href"); got != "#"+symbol {
			t.Errorf("%s: the symbol is %s, want #%s", headline, got, symbol)
		}
		if got := text(all(doc, tag("title"))[0]); got != want+" – "+s.Name {
			t.Errorf("%s: the title is %q", headline, got)
		}
		if len(all(doc, class("band"))) != 1 || len(all(doc, class("is-"+symbol))) == 0 {
			t.Errorf("%s: no band of that colour", headline)
		}
	}
}

func TestOthersAreNamedBesideTheHeadline(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.level("email-out", data.PartialOutage)
	s.level("ai-lab", data.NoData)
	s.level("crm-sales", data.Degraded) // the headline speaks of it
	const want = "Also affected, outside the commitment: Campaign and service e-mail"
	if got := text(all(frontOf(t, s, i18n.EN), class("say"))[0]); !strings.Contains(got, want+" 1 of 20 ") {
		t.Errorf("the headline says %q, want it to hold %q", got, want)
	}
}

func TestNoDataIsNeverUp(t *testing.T) {
	t.Parallel()
	s := unknown(t)
	for _, l := range s.Langs {
		doc := frontOf(t, s, l)
		for _, row := range all(all(doc, class("comps"))[0], tag("li")) {
			st := all(row, class("st"))[0]
			if got, want := text(st), i18n.T(l, "level.no_data"); got != want || attr(st, "class") != "st is-no_data" {
				t.Errorf("%s: %q shows as %q in %q", l, text(row), got, attr(st, "class"))
			}
			for _, bar := range all(row, tag("i")) {
				if attr(bar, "class") != "n" || !strings.Contains(attr(bar, "title"), i18n.T(l, "ui.day_no_data")) {
					t.Fatalf("%s: a day without data shows as %q", l, attr(bar, "title"))
				}
			}
		}
		if got := text(all(doc, tag("table"))[0]); strings.Contains(got, "%") {
			t.Errorf("%s: months that nobody watched have figures: %q", l, got)
		}
	}
	if got := text(frontOf(t, s, i18n.EN)); !strings.Contains(got, "Demonstration: invented data") || !strings.Contains(got, "Measuring is switched off here.") {
		t.Errorf("neither demonstration nor missing probes are said: %q", got)
	}
}

func TestBars(t *testing.T) {
	t.Parallel()
	s := bad(t)
	rows := all(all(frontOf(t, s, i18n.EN), class("comps"))[0], tag("li"))
	if len(rows) != len(catalogue) {
		t.Fatalf("%d rows, want %d", len(rows), len(catalogue))
	}
	days := all(rows[2], class("days"))[0] // login
	bars := all(days, tag("i"))
	if len(bars) != DaysShown {
		t.Fatalf("%d bars, want %d", len(bars), DaysShown)
	}
	if got, want := attr(bars[len(bars)-1], "title"), "9 Apr 2026: outage 24 minutes"; got != want {
		t.Errorf("today is %q, want %q", got, want)
	}
	if got := attr(days, "aria-label"); attr(days, "role") != "img" || !strings.HasPrefix(got, "Last 90 days: outage 5 days (9 Apr 2026, ") {
		t.Errorf("a screen reader gets %q", got)
	}
	if n := len(all(days, func(n *html.Node) bool { return attr(n, "tabindex") != "" })); n != 0 {
		t.Errorf("%d bars are tab stops", n)
	}
}

func TestIncident(t *testing.T) {
	t.Parallel()
	s := bad(t)
	doc := frontOf(t, s, i18n.EN)
	card := all(doc, has("id", "i-aaaabbbbcccc"))[0]
	got := text(card)
	for _, want := range []string{
		"Sign-in fails for many customers Cause identified", "Thursday 9 April 2026 11:56 (CEST, UTC+2)", "Older updates (2)",
		"Login and automatic re-login Major outage", "CRM Online: write Partial outage (customers who get the new version first)",
		"Next update Thursday 9 April 2026 12:20 (CEST, UTC+2)", "If you cannot sign in, contact support here: https://community.superoffice.com",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the incident lacks %q: %s", want, got)
		}
	}
	if strings.Contains(text(doc), "secret-thing") {
		t.Error("a component that the public does not know of is named")
	}
	if newest, older := strings.Index(got, "session store"), strings.Index(got, "half of the attempts"); newest < 0 || older < newest {
		t.Errorf("the newest update does not come first: %s", got)
	}
	if resolved := text(all(doc, has("id", "i-ddddeeeeffff"))[0]); !strings.Contains(resolved, "Resolved") || !strings.Contains(resolved, "Duration 2 hours") {
		t.Errorf("the resolved incident says %q", resolved)
	}
	s.Now = s.Now.Add(AfterResolution)
	if len(all(frontOf(t, s, i18n.EN), has("id", "i-ddddeeeeffff"))) != 0 {
		t.Error("an incident stays on the front page longer than a day after it was resolved")
	}
}

func TestPlanned(t *testing.T) {
	t.Parallel()
	s := calm(t)
	doc := frontOf(t, s, i18n.EN)
	cards := all(doc, class("card"))
	if len(cards) != 2 {
		t.Fatalf("%d cards, want the merged one and the upgrade", len(cards))
	}
	got := text(cards[0])
	for _, want := range []string{
		"System maintenance and Microsoft security updates", "Friday 10 April 2026, 00:00–06:00 (CEST, UTC+2)",
		"Expected interruption up to 30 minutes Announced span: 6 hours", "Applies to all customers", "What to do: Nothing normally",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the card lacks %q: %s", want, got)
		}
	}
	if told := strings.Fields(attr(cards[0], "data-occurrence")); len(told) != 2 {
		t.Errorf("the merged card speaks for %v, want two occurrences", told)
	}
	when := all(cards[0], tag("time"))[0]
	if attr(when, "datetime") != "2026-04-09T22:00:00Z" || attr(when, "data-end") != "2026-04-10T04:00:00Z" {
		t.Errorf("the window is %v for programs", when.Attr)
	}
	front := text(doc)
	for _, not := range []string{"Reserved", "Under review"} {
		if strings.Contains(front, not) {
			t.Errorf("the front page has %q", not)
		}
	}
	if !strings.Contains(front, "Every night at 02:00 (CEST, UTC+2) the servers are recycled.") {
		t.Error("the standing notice is missing")
	}
}

func TestCancelledIsShownAsCancelled(t *testing.T) {
	t.Parallel()
	s := night(t)
	for _, path := range []string{"/", "/schedule"} {
		cards := all(parse(t, one(t, s, path, i18n.EN)), class("w-cancelled"))
		if len(cards) != 1 || !strings.Contains(text(cards[0]), "Critical fix Cancelled") {
			t.Errorf("%s: %d cancelled windows are shown, want one", path, len(cards))
		}
	}
}

func TestMaintenanceNight(t *testing.T) {
	t.Parallel()
	doc := frontOf(t, night(t), i18n.EN)
	running := all(doc, class("w-running"))
	if len(running) != 1 || !strings.Contains(text(running[0]), "System maintenance and Microsoft security updates In progress") {
		t.Errorf("%d running windows, want the merged one", len(running))
	}
	got := text(doc)
	for _, want := range []string{
		"Urgent security update short notice Approximate start: Friday 10 April 2026 18:00 (CEST, UTC+2)", "up to 5 minutes",
		"CRM Online: read Under maintenance, but working now", "App Store Operational",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the front page lacks %q: %s", want, got)
		}
	}
}

func TestListsShowTheNewestUpdates(t *testing.T) {
	t.Parallel()
	s := bad(t)
	s.Langs = s.Langs[:1]
	i := &s.Incidents[0]
	for range 40 {
		i.Updates = append(i.Updates, i.Updates[0])
	}
	doc := frontOf(t, s, i18n.EN)
	if n := len(all(all(doc, has("id", "o-"+i.ID))[0], class("upd"))); n != olderShown {
		t.Errorf("the front page shows %d older updates, want %d", n, olderShown)
	}
	snapshot := &Snapshot{State: s, Docs: render(t, s)}
	d, _ := snapshot.Doc("/incidents/"+i.ID, i18n.EN)
	if n := len(all(parse(t, d.Body), class("upd"))); n != len(i.Updates) {
		t.Errorf("the incident's own page shows %d updates, want %d", n, len(i.Updates))
	}
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	s := calm(t)
	s.Now = local(t, s.Zone, "2026-03-25 12:00")
	s.Occurrences = append(s.Occurrences, data.Occurrence{
		Maintenance: "infrastructure", Date: "2026-03-28", Cohort: "all", Ordinal: "0", Category: data.Infrastructure, Phase: data.Scheduled,
		Window: data.Window{Start: local(t, s.Zone, "2026-03-28 20:00"), End: local(t, s.Zone, "2026-03-29 06:00")},
	})
	got := text(parse(t, one(t, s, "/schedule", i18n.EN)))
	for _, want := range []string{
		"Clocks go forward during this window; it lasts 9 hours.", "Saturday 28 March 2026 20:00 (CET, UTC+1) – Sunday 29 March 2026 06:00 (CEST, UTC+2)",
		"Infrastructure upgrade Reserved (if needed)", "Reserved – used only if needed.", "Application upgrade Under review",
		"Applies to: customers who get the new version first", "Applies to: all other customers", "Week 15 6 Apr 2026 – 12 Apr 2026",
		"To be announced by Thursday 23 April 2026 00:00 (CEST, UTC+2)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the schedule lacks %q: %s", want, got)
		}
	}
	if n := strings.Count(got, "recycle"); n != 1 {
		t.Errorf("the recycle is named %d times, want one line for all nights", n)
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	s := calm(t)
	got := text(all(parse(t, one(t, s, "/uptime", i18n.NB)), tag("table"))[0])
	for _, want := range []string{
		"April 2026 hittil denne måneden 99,97 % nedetid 10 minutter gjenstående spillerom: 1 time 16 minutter 99,82 %",
		"November 2025 Ingen data", "99,89 % nedetid 46 minutter 40 sekunder målet nådd",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the months lack %q: %s", want, got)
		}
	}
}

// TestBandNamesWhatIsIll: the first lines of the page name what does not work, worst first, and nothing while all is well.
func TestBandNamesWhatIsIll(t *testing.T) {
	t.Parallel()
	component := func(slug string, level data.Level, c data.Commitment) Component {
		return Component{Component: data.Component{Slug: slug, Commitment: c}, Now: data.Standing{Level: level}}
	}
	m := maker{&State{Components: []Component{
		component("read", data.Degraded, data.Committed), component("login", data.MajorOutage, data.Committed), component("write", data.Operational, data.Committed),
		component("store", data.NoData, data.Committed), component("lab", data.MajorOutage, data.NoCommitment),
		{Component: data.Component{Slug: "kept", Commitment: data.Committed}, Now: data.Standing{Level: data.MajorOutage, Maintenance: true}},
	}}, i18n.EN}
	if got := m.affectedNow(); got != "Major outage: login · Degraded performance: read" {
		t.Errorf("the band says %q", got)
	}
	m.s.Components[0].Now.Level = data.MajorOutage
	if got := m.affectedNow(); got != "Affected: read, login" {
		t.Errorf("of two that are equally ill the band says %q", got)
	}
	m.s.Components = m.s.Components[2:]
	if got := m.affectedNow(); got != "" {
		t.Errorf("while all is well the band says %q", got)
	}
}

// TestNextOnTheSchedule: before the next window is told of, the front page says what the schedule has next, without giving it for the
// notice; what is merely reserved, held or over is not next, and where the schedule has nothing, nothing is planned.
func TestNextOnTheSchedule(t *testing.T) {
	t.Parallel()
	s := calm(t)
	for i := range s.Occurrences {
		if o := &s.Occurrences[i]; o.Phase == data.Scheduled {
			o.Announced, o.Known, o.Notice.Page = time.Time{}, false, time.Minute
		}
	}
	doc := frontOf(t, s, i18n.EN)
	if got, want := text(doc), "Next on the schedule: System maintenance and Microsoft security updates"; !strings.Contains(got, want) || strings.Contains(got, "Nothing is planned") {
		t.Errorf("the front page does not say %q:\n%s", want, got)
	}
	if len(all(doc, class("card"))) != 0 {
		t.Error("the front page tells of a window before its time")
	}
	s.Occurrences = slices.DeleteFunc(s.Occurrences, func(o data.Occurrence) bool { return o.Phase == data.Scheduled })
	if got := text(frontOf(t, s, i18n.EN)); !strings.Contains(got, "Nothing is planned") || strings.Contains(got, "Next on the schedule") {
		t.Errorf("with nothing on the schedule the front page says\n%s", got)
	}
}

// TestMeasuredBeforeTold: until people tell of what measurements show, the page says that they show it, and since when.
func TestMeasuredBeforeTold(t *testing.T) {
	t.Parallel()
	const want = "Seen by our measurements since Thursday 9 April 2026 11:40 (CEST, UTC+2)"
	s := calm(t)
	s.level("login", data.MajorOutage)
	s.level("crm-read", data.PartialOutage)
	for i := range s.Components {
		switch c := &s.Components[i]; c.Slug {
		case "login":
			c.Now.Since = local(t, s.Zone, "2026-04-09 11:50")
		case "crm-read":
			c.Now.Since = local(t, s.Zone, "2026-04-09 11:40")
		}
	}
	s.Headline = headline(s.Components)
	says := func() string { return text(all(frontOf(t, s, i18n.EN), class("say"))[0]) }
	if got := says(); !strings.Contains(got, want) {
		t.Errorf("the band says %q, want it to hold %q", got, want)
	}
	s.Incidents = []data.Incident{{ID: "toldtoldtold", Title: "Reading fails", Phase: data.Investigating, Started: s.Now, Created: s.Now, Affected: []data.Affected{{Component: "crm-read", Level: data.PartialOutage}}}}
	if got, want := says(), "since Thursday 9 April 2026 11:50"; !strings.Contains(got, want) {
		t.Errorf("with one of two told of the band says %q, want it to hold %q", got, want)
	}
	s.Incidents[0].Affected = append(s.Incidents[0].Affected, data.Affected{Component: "login", Level: data.MajorOutage})
	if got := says(); strings.Contains(got, "measurements") {
		t.Errorf("with both told of the band says %q", got)
	}
}

// TestMaintenanceSaysUntilWhen in the first lines, since that is what who waits wants to know.
func TestMaintenanceSaysUntilWhen(t *testing.T) {
	t.Parallel()
	s := calm(t)
	for i := range s.Occurrences {
		if o := &s.Occurrences[i]; o.Category == data.System && o.Phase == data.Scheduled {
			o.Phase, o.Window.Start, o.Window.End = data.InProgress, s.Now.Add(-time.Hour), s.Now.Add(time.Hour)
			break
		}
	}
	for i := range s.Components {
		s.Components[i].Now.Maintenance = s.Components[i].Commitment == data.Committed
	}
	s.Headline = headline(s.Components)
	const want = "System maintenance, Thursday 9 April 2026, 11:00–13:00 (CEST, UTC+2). Expected interruption: up to 30 minutes"
	if got := text(all(frontOf(t, s, i18n.EN), class("say"))[0]); !strings.Contains(got, want) {
		t.Errorf("the band says %q, want it to hold %q", got, want)
	}
	s.Headline = Major
	if got := text(all(frontOf(t, s, i18n.EN), class("say"))[0]); strings.Contains(got, "System maintenance") {
		t.Errorf("beside an outage the band says %q", got)
	}
}
