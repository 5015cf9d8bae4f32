// Package banner makes the strip that login screens show: for each audience and language one answer, encoded before
// anybody asks. A request is the customer's identifier → its cohort → bytes.
//
// There is no register of customers. An identifier of the configured form belongs to the cohort that the division says;
// one that no cohort takes sees what concerns everybody, and no group's notices. Any other text is the same as none, and
// then every general notice is shown with its group named (N3). So nothing can be probed out.
package banner

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
	"github.com/superoffice/statusd/web/page"
)

// Most is how many banners one answer holds, the most urgent ones.
const Most = 3

// Answer is the fixed shape of GET /api/v1/banner (DESIGN 12).
type Answer struct {
	Revision data.Revision `json:"revision"`
	AsOf     time.Time     `json:"as_of"`
	Banners  []data.Banner `json:"banners"`
}

// urgency orders tones, most urgent first (TEXTS 1).
var urgency = []data.Tone{data.ToneIncident, data.ToneRunning, data.ToneShort, data.TonePlanned, data.ToneInfo}

// For returns what an audience sees at s.Now, most urgent first, at most Most. cohort is the customer's, or
// data.AllCustomers for one whom no cohort takes: it sees what concerns everybody. Empty means that the customer is not
// known, and then every notice is shown and names its group. While banners are silenced there is none.
func For(s *page.State, cohort string, lang i18n.Lang) []data.Banner {
	out := []data.Banner{}
	if s.Silence.Silent() {
		return out
	}
	open := s.OpenIncidents()
	slices.SortFunc(open, func(a, b data.Incident) int { // the worst first, and what was told first stays
		return cmp.Or(cmp.Compare(b.Worst(), a.Worst()), a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	for _, i := range open {
		if concerned, named := audience(i, cohort); concerned {
			out = append(out, incident(s, i, named, cohort == "", lang))
		}
	}
	var told []data.Occurrence
	for _, o := range s.Occurrences {
		if !o.Standing && Visible(o, s.Now) && (cohort == "" || o.Cohort == data.AllCustomers || o.Cohort == cohort) {
			told = append(told, o)
		}
	}
	for _, a := range data.Announcements(told) {
		out = append(out, maintenance(s, a, cohort == "", lang))
	}
	slices.SortStableFunc(out, func(a, b data.Banner) int {
		if a.Tone == data.ToneIncident && b.Tone == data.ToneIncident {
			return 0 // as they are
		}
		return cmp.Or(cmp.Compare(slices.Index(urgency, a.Tone), slices.Index(urgency, b.Tone)), a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), Most)]
}

// Group is the cohort that an incident is limited to; "all" where it is not.
func Group(i data.Incident) string {
	_, group := audience(i, "")
	return group
}

// audience says whether an incident concerns the cohort, and the group it is limited to; "all" where it is not.
func audience(i data.Incident, cohort string) (concerned bool, group string) {
	group = ""
	for _, a := range i.Affected {
		switch {
		case a.Cohort == "", a.Cohort == data.AllCustomers:
			return true, data.AllCustomers
		case group == "":
			group = a.Cohort
		case group != a.Cohort:
			group = data.AllCustomers
		}
		concerned = concerned || cohort == "" || a.Cohort == cohort
	}
	return concerned, group
}

// Visible says whether o is on the banner at now: from its banner moment to its end, and as cancelled or under review
// until it would have begun. What people were told already stays in sight when it is moved.
func Visible(o data.Occurrence, now time.Time) bool {
	if now.Before(o.FirstStart().Add(-o.Notice.WithDefaults().Banner)) {
		return false
	}
	switch o.Phase {
	case data.Scheduled, data.InProgress, data.Verifying:
		return true
	case data.Held, data.Cancelled, data.Withdrawn:
		return o.Told(now) && now.Before(o.Window.Start)
	}
	return false
}

func maintenance(s *page.State, a data.Announcement, name bool, lang i18n.Lang) data.Banner {
	o := a.First()
	f := letter.Facts{
		Lang: lang, Kind: letter.Planned, Product: s.Product, Start: o.Window.Start, End: o.Window.End,
		OldStart: o.OldWindow.Start, OldEnd: o.OldWindow.End, Expected: a.Expected(), Zone: s.Zone,
		Cohort: o.Cohort, NameCohort: name, URL: s.URL,
	}
	for _, c := range a.Categories() {
		f.Categories = append(f.Categories, string(c))
	}
	tone := data.TonePlanned
	switch {
	case o.Phase == data.InProgress || o.Phase == data.Verifying:
		tone, f.Kind = data.ToneRunning, letter.Start
	case o.Phase == data.Cancelled || o.Phase == data.Withdrawn:
		tone, f.Kind = data.ToneInfo, letter.Cancelled
	case o.Phase == data.Held:
		tone, f.Kind = data.ToneInfo, letter.Held
	case o.ShortNotice():
		tone, f.Kind, f.Approximate = data.ToneShort, letter.ShortNotice, slices.Contains(a.Categories(), data.Emergency)
	case !o.OldWindow.Start.IsZero():
		f.Kind = letter.Changed
	}
	id := s.OccurrenceID(o)
	return data.Banner{
		ID: id, Version: a.Version(), Told: s.Told(a), Tone: tone, Text: letter.Banner(f), URL: s.URL + "/maintenance/" + id,
		Start: o.Window.Start, End: o.Window.End, Cohort: o.Cohort, Lang: string(lang),
	}
}

func incident(s *page.State, i data.Incident, cohort string, name bool, lang i18n.Lang) data.Banner {
	signIn := true
	f := letter.Facts{
		Lang: lang, Kind: letter.Incident, Product: s.Product, Title: i.TitleIn(string(lang)), Phase: string(i.Phase), Start: i.Started,
		NextUpdate: i.NextUpdate, Zone: s.Zone, Cohort: cohort, NameCohort: name, URL: s.URL,
	}
	for _, c := range s.Components { // in the order of the page
		for _, a := range i.Affected {
			if a.Component != c.Slug || a.Level <= data.Operational {
				continue
			}
			if name := c.Name.In(string(lang)); !slices.Contains(f.Components, name) {
				f.Components = append(f.Components, name)
			}
			if c.Slug == "login" && a.Level.Bad() {
				signIn = false
			}
		}
	}
	end := i.NextUpdate
	if end.IsZero() {
		end = i.Latest().At.Add(24 * time.Hour) // nobody knows; what matters is that it is not over before that
	}
	text := letter.Banner(f)
	if !signIn && s.Support != "" { // H2: do not send people to where they cannot get in
		support := i18n.T(lang, "line.support_other_way", "support", s.Support)
		alone := f
		alone.URL = "" // the way to support matters more to who cannot sign in, and a banner leads to the page besides
		for _, more := range []string{text + " – " + support, strings.TrimSpace(letter.Banner(alone)) + " " + support} {
			if utf8.RuneCountInString(more) <= letter.BannerLimit {
				text = more
				break
			}
		}
	}
	return data.Banner{
		ID: i.ID, Version: i.Revised, Told: page.ToldAs(i.ID, i.Revised), Tone: data.ToneIncident, Text: text, URL: s.URL + "/incidents/" + i.ID,
		Start: i.Started, End: end, Cohort: cohort, Lang: string(lang),
	}
}

// ToldHeader is the header of an answer that says which version of which window or incident it tells of, for whoever proves that
// the banner shows it (N4): "id.version", joined by a space. The shape of the body is fixed, and one banner may tell of several.
const ToldHeader = "Statusd-Told"

func toldOf(banners []data.Banner) string {
	var all []string
	for _, b := range banners {
		all = append(all, b.Told)
	}
	return strings.Join(all, " ")
}
