package data

import (
	"fmt"
	"time"
)

// AlarmKind is one way in which the service, or a promise it keeps, can be in danger. Each has one owner in the code, which
// alone sets it.
type AlarmKind string

// The alarms.
const (
	AlarmNoticeAtRisk  AlarmKind = "notice_at_risk"    // a deadline is near and a surface does not show the notice (N1)
	AlarmNoticeMissed  AlarmKind = "notice_missed"     // a deadline has passed
	AlarmNoticeUnsent  AlarmKind = "notice_unsent"     // the oldest unsent notice is too old
	AlarmNoticeRefused AlarmKind = "notice_refused"    // the mail provider refuses
	AlarmSilenced      AlarmKind = "banners_silenced"  // somebody silenced every banner, and nobody has let them speak
	AlarmBannerPush    AlarmKind = "banner_push"       // a login service does not take what its banners say
	AlarmSendingHeld   AlarmKind = "sending_held"      // a restored copy sends nothing until somebody says so (F14)
	AlarmBlind         AlarmKind = "blind"             // the observer has lost its own network (F32)
	AlarmCertificate   AlarmKind = "certificate"       // a probed certificate ends soon
	AlarmNetwork       AlarmKind = "network_suspected" // places see different things (U6)
	AlarmPlace         AlarmKind = "place_silent"      // an observer elsewhere does not report, or is blind
	AlarmUndeclared    AlarmKind = "outage_undeclared" // an outage is measured and nobody has told of it
	AlarmSilent        AlarmKind = "incident_silent"   // an incident has had no word for too long
	AlarmAuditBroken   AlarmKind = "audit_broken"      // the audit chain does not verify
	AlarmPageOld       AlarmKind = "page_old"          // the public snapshot is too old
	AlarmWindowHeld    AlarmKind = "window_held"       // a window is under review, and is cancelled if nobody decides (M3)
	AlarmWindowOverrun AlarmKind = "window_overrun"    // real interruption is longer than people were told, or goes on after the end (M11)
)

// AlarmText is what people read of a kind, and how insistent it is.
type AlarmText struct {
	Owner  string // package that sets it
	Title  string
	Do     string        // what to do, in a sentence or two
	Urgent bool          // wakes somebody; others can wait for the morning
	Within time.Duration // urgent only once By is as near as this; zero means from the beginning, as does an alarm without By
	Remind time.Duration // time between two reminders while it is not urgent; zero means RemindCalm
}

// Alarms says of every kind who owns it and what to do.
var Alarms = map[AlarmKind]AlarmText{
	AlarmNoticeAtRisk: {
		Owner: "web", Title: "A notice is due and not seen on every surface", Urgent: true, Within: 12 * time.Hour,
		Do: "Look at the public page and the banner. If they do not show it, restart the service; if they do, the service cannot reach its own listener or has no customer to ask as: see the log of part look.",
	},
	AlarmNoticeMissed: {
		Owner: "web", Title: "A notice missed its deadline", Urgent: true,
		Do: "The window counts as short notice. Move or cancel it if it can wait, which ends this alarm; otherwise tell the customers concerned by hand and write down why.",
	},
	AlarmNoticeUnsent: {
		Owner: "notifier", Title: "Mail is waiting too long", Urgent: true,
		Do: "See the log of part notifier for the provider's answer: a wrong key, a full quota or a network fault. Mail goes out by itself when the cause is gone.",
	},
	AlarmNoticeRefused: {
		Owner: "notifier", Title: "The mail provider refuses notices",
		Do: "Refused mail is not tried again. Read the reason, mend the key, domain or address, and tell those concerned by hand.",
	},
	AlarmSendingHeld: {
		Owner: "notifier", Title: "A restored copy is holding its mail back", Urgent: true,
		Do: "Check that no other copy of the service is sending, then run `statusd restore --release` on the host. What was due meanwhile is looked up at the provider first.",
	},
	AlarmSilenced: {
		Owner: "web/api", Title: "Banners are silenced at every login page",
		Do: "Find out from who silenced them whether the reason still holds, then run `statusd banner speak`. Notices due meanwhile count as not seen on the banner, so that the promise of 24 hours is kept by the page alone.",
	},
	AlarmBannerPush: {
		Owner: "web/banner", Title: "A login service is not told what its banners say", Urgent: true,
		Do: "See the log for its answer, and whether the receiver under banner.webhook runs. What it shows may be old until it takes the newest, which it is sent by itself.",
	},
	AlarmBlind: {
		Owner: "probes", Title: "Nobody can see: the observer has lost its own network", Urgent: true,
		Do: "Check network and resolver of the machine that runs the service. Nothing is judged until most of its references answer again.",
	},
	AlarmCertificate: {
		Owner: "probes", Title: "A certificate ends soon", Urgent: true, Within: 24 * time.Hour, Remind: 7 * 24 * time.Hour,
		Do: "Renew it where it is served. The alarm goes when the probe sees the new one.",
	},
	AlarmNetwork: {
		Owner: "probes", Title: "It fails from some places only: the network between may be at fault", Urgent: true,
		Do: "Look at the probe's page, which shows what each place sees. No outage is opened without a majority; if customers are cut off, declare an incident, and attribute what was measured to its cause.",
	},
	AlarmPlace: {
		Owner: "web/api", Title: "An observer elsewhere does not report",
		Do: "See whether `statusd observe` runs there and reaches this service, and what its log says. If the place is given up: `statusd place forget`. The other places judge without it.",
	},
	AlarmUndeclared: {
		Owner: "web/api", Title: "An outage is measured and nobody has told of it", Urgent: true,
		Do: "Declare it from the overview, with its times filled in, or attribute it if it is not real.",
	},
	AlarmSilent: {
		Owner: "web/api", Title: "An incident has been silent too long", Urgent: true,
		Do: "Post an update, even if it says that nothing is new, or resolve it.",
	},
	AlarmAuditBroken: {
		Owner: "web/api", Title: "The audit log, or a settled month, was changed", Urgent: true,
		Do: "Keep the database file as it is, compare it with the newest backup by `statusd audit verify` and `statusd month verify`, and find out who can write it.",
	},
	AlarmPageOld: {
		Owner: "web", Title: "The public page is not being renewed", Urgent: true,
		Do: "See the log of part page. Visitors still get the last page, which says how old it is.",
	},
	AlarmWindowHeld: {
		Owner: "scheduler", Title: "A window is under review and waits for a decision", Urgent: true, Within: 12 * time.Hour,
		Do: "Release it if it takes place, or move or cancel it: `statusd maintenance release`, `move` or `cancel`. Undecided it is cancelled 24 hours before its start, and those who were told of it are told so.",
	},
	AlarmWindowOverrun: {
		Owner: "scheduler", Title: "Maintenance interrupts the service for longer than people were told", Urgent: true,
		Do: "Post an update on the window: what is wrong and when it will be over. If the work goes on, extend the window before it ends; time after its end counts as downtime.",
	},
}

// AlarmKey is kind | subject.
type AlarmKey string

// Alarm says that something is in danger, from Since until Cleared. It stays for a while after it was cleared, so that who was
// told of it is told of its end, and so that one that comes and goes is known as such.
type Alarm struct {
	Kind    AlarmKind `json:"kind"`
	Subject string    `json:"subject"`     // what it is about: an occurrence, a probe, an incident; empty where there is only one
	Detail  string    `json:"detail"`      // one sentence with the figures of this case; no secret and no address
	By      time.Time `json:"by,omitzero"` // when it is too late; zero where there is no such instant
	Since   time.Time `json:"since"`
	Cleared time.Time `json:"cleared,omitzero"`

	Raise int       `json:"raise"`          // 1 for the first time it rose, one more each time it comes back
	Back  int       `json:"back,omitempty"` // how often it came back soon after it had gone, in a row
	First time.Time `json:"first,omitzero"` // since when it comes and goes; zero unless Back

	Said map[string]Said `json:"said,omitempty"` // what operators were told, by channel
}

// Key implements Keyed.
func (a Alarm) Key() AlarmKey { return AlarmKey(string(a.Kind) + "|" + a.Subject) }

// Stands says whether the danger goes on.
func (a Alarm) Stands() bool { return a.Cleared.IsZero() }

// Urgent says whether the alarm is one to wake somebody for.
func (a Alarm) Urgent(now time.Time) bool {
	t := Alarms[a.Kind]
	return t.Urgent && (t.Within == 0 || a.By.IsZero() || !a.By.After(now.Add(t.Within)))
}

// AlarmsOf is the range [from, to) of keys of all alarms of one kind.
func AlarmsOf(kind AlarmKind) (from, to AlarmKey) {
	return AlarmKey(string(kind) + "|"), AlarmKey(string(kind) + "}")
}

// FlapSpan is how soon an alarm has to come back to count as one that comes and goes; such a one is told anew once in this
// time.
const FlapSpan = 30 * time.Minute

// SetAlarms makes the standing alarms of one kind those of now: what is new is raised, what has gone is cleared, what goes on
// keeps its beginning and what was said of it. Only Subject, Detail and By of the given alarms count, and of two with the same
// Subject the first. Saying the same again changes nothing.
func SetAlarms(tx Tx, kind AlarmKind, standing []Alarm, now time.Time) error {
	if _, known := Alarms[kind]; !known {
		return fmt.Errorf("setting alarms: there is no kind %q", kind)
	}
	old, err := All(tx.Alarms().Range(AlarmsOf(kind)))
	if err != nil {
		return fmt.Errorf("setting alarms of kind %s: %w", kind, err)
	}
	was := map[string]Alarm{}
	for _, a := range old {
		was[a.Subject] = a
	}
	stands := map[string]bool{}
	for _, s := range standing {
		if stands[s.Subject] {
			continue
		}
		stands[s.Subject] = true
		a := raised(was[s.Subject], now)
		a.Kind, a.Subject, a.Detail, a.By = kind, s.Subject, s.Detail, s.By.UTC()
		if err := tx.Alarms().Put(a); err != nil {
			return fmt.Errorf("raising alarm %s: %w", a.Key(), err)
		}
	}
	for _, a := range old {
		if !a.Stands() || stands[a.Subject] {
			continue
		}
		a.Cleared = now.UTC()
		if err := tx.Alarms().Put(a); err != nil {
			return fmt.Errorf("clearing alarm %s: %w", a.Key(), err)
		}
	}
	return nil
}

// raised is what becomes of an alarm that stands at now; the zero Alarm was never there.
func raised(a Alarm, now time.Time) Alarm {
	switch {
	case a.Raise > 0 && a.Stands():
		if a.Since.After(now) { // the clock was set back
			a.Since = now.UTC()
		}
		return a
	case a.Raise > 0 && now.Sub(a.Cleared) < FlapSpan:
		if a.Back++; a.First.IsZero() {
			a.First = a.Since
		}
	default:
		a.Back, a.First = 0, time.Time{}
	}
	a.Raise++
	a.Since, a.Cleared = now.UTC(), time.Time{}
	return a
}
