package letter

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/superoffice/statusd/data/i18n"
)

// Kind says what is told. Where data has a kind of bulletin, the value is the same text.
type Kind string

// The kinds.
const (
	Planned     Kind = "planned"
	Changed     Kind = "changed" // a new time, if OldStart and OldEnd say so; else other details
	Cancelled   Kind = "cancelled"
	Reminder    Kind = "reminder"
	Start       Kind = "start"
	End         Kind = "end"
	Incident    Kind = "incident"
	Resolved    Kind = "resolved"
	ShortNotice Kind = "short_notice" // announced less than 24 hours before (M9, M13)
	Extended    Kind = "extended"     // running, and given a later end
	Held        Kind = "held"         // announced, now under review (M3)
)

// Kinds are all kinds.
var Kinds = [...]Kind{
	Planned, Changed, Cancelled, Reminder, Start, End, Incident, Resolved, ShortNotice, Extended, Held,
}

// wording names a kind's words in data/i18n and the colour of its mail.
type wording struct{ mail, banner, colour string }

const (
	blue  = "#2563c9" // planned
	amber = "#b45f06" // running or at short notice
	green = "#1d7a3e" // over
	grey  = "#6b7280" // off
	red   = "#c62828" // broken
)

var wordings = map[Kind]wording{
	Planned:     {"planned", "planned", blue},
	Changed:     {"changed", "planned", blue},
	Cancelled:   {"cancelled", "cancelled", grey},
	Reminder:    {"reminder", "planned", blue},
	Start:       {"start", "in_progress", amber},
	End:         {"end", "completed", green},
	Incident:    {"incident", "incident", red},
	Resolved:    {"incident_resolved", "incident_resolved", green},
	ShortNotice: {"short_notice", "short_notice", amber},
	Extended:    {"extended", "extended", amber},
	Held:        {"held", "held", grey},
}

// Facts is what a letter or a banner is made of. Texts may come from people and are cleaned here; a field without a
// value leaves out what would have said it.
type Facts struct {
	Lang    i18n.Lang // anything unknown is English
	Kind    Kind
	Product string // as readers know it; needed for mail

	Categories []string  // keys such as "system", merged windows have several; needed for maintenance
	Start, End time.Time // the window, or the incident's beginning and end
	OldStart   time.Time // what was announced before, for Changed
	OldEnd     time.Time
	// Approximate says that the start is only roughly known, as that of an emergency still to come (M9): a ShortNotice then gives
	// the start alone, and else the window from start to end.
	Approximate bool
	Expected    time.Duration // longest interruption to expect; below a minute "a few seconds", zero says nothing
	NextUpdate  time.Time     // when we shall say more; for Extended and Incident

	Zone       *time.Location // of the schedule; nil means UTC
	ReaderZone *time.Location // chosen by the reader, adds their time to a mail; nil means none chosen

	Components []string // names
	Cohort     string   // "all" or empty, "pilot", "rest", or the name of another group
	NameCohort bool     // the banner names the group, for readers of whom we do not know whether they belong to it

	URL            string // where to follow; http or https
	UnsubscribeURL string // of a subscriber; http or https
	Contract       bool   // told as a contact of the contract: no unsubscribing (N5)
	Support        string // another way to reach us, added when nobody can sign in

	Title  string // of the incident
	Phase  string // of the incident: "investigating" …
	Impact string // of the incident: "no_login", "no_read", "no_write", "no_read_no_write", "degraded"
	Body   string // what the operator wrote, plain text; empty lines part paragraphs
}

// incident reports whether the facts tell of an incident; else they tell of maintenance.
func (f Facts) incident() bool { return f.Kind == Incident || f.Kind == Resolved }

// wording returns the kind's words, those of a new time if that is what changed.
func (f Facts) wording() wording {
	w := wordings[f.Kind]
	moved := !f.OldStart.Equal(f.Start) || !f.OldEnd.Equal(f.End)
	if f.Kind == Changed && !f.OldStart.IsZero() && !f.OldEnd.IsZero() && moved {
		w.mail, w.banner = "rescheduled", "rescheduled"
	}
	return w
}

// body is the form of the kind's mail.
func (f Facts) body() string {
	text := i18n.T(f.Lang, "mail."+f.wording().mail+".body")
	if f.Kind != ShortNotice || f.Approximate {
		return text
	}
	return strings.Replace(text, lineWith(text, "{start}"), lineWith(i18n.T(f.Lang, "mail.planned.body"), "{when}"), 1)
}

// lineWith is the line of text that placeholder stands in.
func lineWith(text, placeholder string) string {
	before, after, _ := strings.Cut(text, placeholder)
	rest, _, _ := strings.Cut(after, "\n")
	return before[strings.LastIndex(before, "\n")+1:] + placeholder + rest
}

// banner is the form of the kind's banner.
func (f Facts) banner() string {
	text := i18n.T(f.Lang, "banner."+f.wording().banner)
	if f.Kind != ShortNotice || f.Approximate {
		return text
	}
	_, rest, _ := strings.Cut(text, "{start}")
	return "{category}: {when}" + rest
}

// check returns every reason why no mail can be written from the facts.
func (f Facts) check() error {
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	_, known := wordings[f.Kind]
	fault(!known, "kind %q is unknown: use one of %v", f.Kind, Kinds)
	fault(oneLine(f.Product) == "", "the product has no name: give Product")
	fault(f.Start.IsZero(), "the start is missing: give Start")
	if f.incident() {
		fault(oneLine(f.Title) == "", "the incident has no title: give Title")
		_, ok := i18n.Lookup(i18n.EN, "incident."+f.Phase)
		fault(f.Kind == Incident && !ok, "phase %q is unknown: use investigating, identified, monitoring, resolved or postmortem", f.Phase)
		fault(f.Kind == Resolved && f.End.IsZero(), "the end of the incident is missing: give End")
	} else {
		fault(len(f.Categories) == 0, "no category says what kind of maintenance it is: give Categories")
		fault(!f.End.After(f.Start), "the window does not end after its start: give End")
	}
	fault(f.URL != "" && !isWeb(f.URL), "address %q cannot be followed: give URL as https://…", oneLine(f.URL))
	fault(f.UnsubscribeURL != "" && !isWeb(f.UnsubscribeURL), "address %q cannot be followed: give UnsubscribeURL as https://…", oneLine(f.UnsubscribeURL))
	return errors.Join(faults...)
}

// isWeb reports whether a mail program can follow the address, and whether it is only an address.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(address, " \t\r\n<>\"")
}
