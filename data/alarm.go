package data

import (
	"errors"
	"slices"
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
	AlarmSendingHeld   AlarmKind = "sending_held"      // a restored copy sends nothing until somebody says so (F14)
	AlarmBlind         AlarmKind = "blind"             // the observer has lost its own network (F32)
	AlarmCertificate   AlarmKind = "certificate"       // a probed certificate ends soon
	AlarmUndeclared    AlarmKind = "outage_undeclared" // an outage is measured and nobody has told of it
	AlarmSilent        AlarmKind = "incident_silent"   // an incident has had no word for too long
	AlarmAuditBroken   AlarmKind = "audit_broken"      // the audit chain does not verify
	AlarmPageOld       AlarmKind = "page_old"          // the public snapshot is too old
)

// AlarmText is what people read of a kind.
type AlarmText struct {
	Owner  string // package that sets it
	Title  string
	Do     string // what to do, in a sentence or two
	Urgent bool   // wakes somebody; others can wait for the morning
}

// Alarms says of every kind who owns it and what to do.
var Alarms = map[AlarmKind]AlarmText{
	AlarmNoticeAtRisk: {
		"web", "A notice is not shown yet and its deadline is near",
		"Look at the public page and the banner. If they do not show the window, restart the service; if they do, the service cannot reach its own listener: see the log of part look.", true,
	},
	AlarmNoticeMissed: {
		"web", "A notice missed its deadline",
		"The window counts as short notice. Move or cancel it if it can wait; otherwise tell the customers concerned by hand and write down why.", true,
	},
	AlarmNoticeUnsent: {
		"notifier", "Mail is waiting too long",
		"See the log of part notifier for the provider's answer: a wrong key, a full quota or a network fault. Mail goes out by itself when the cause is gone.", true,
	},
	AlarmNoticeRefused: {
		"notifier", "The mail provider refuses notices",
		"Refused mail is not tried again. Read the reason, mend the key, domain or address, and tell those concerned by hand.", false,
	},
	AlarmSendingHeld: {
		"notifier", "A restored copy is holding its mail back",
		"Check that no other copy of the service is sending, then run `statusd restore --release` on the host. What was due meanwhile is looked up at the provider first.", true,
	},
	AlarmBlind: {
		"probes", "Nobody can see: the observer has lost its own network",
		"Check network and resolver of the machine that runs the service. Nothing is judged until most of its references answer again.", true,
	},
	AlarmCertificate: {
		"probes", "A certificate ends soon",
		"Renew it where it is served. The alarm goes when the probe sees the new one.", false,
	},
	AlarmUndeclared: {
		"web/api", "An outage is measured and nobody has told of it",
		"Declare it from the overview, with its times filled in, or attribute it if it is not real.", true,
	},
	AlarmSilent: {
		"web/api", "An incident has been silent too long",
		"Post an update, even if it says that nothing is new, or resolve it.", true,
	},
	AlarmAuditBroken: {
		"web/api", "The audit log was changed",
		"Keep the database file as it is, compare it with the newest backup by `statusd audit verify`, and find out who can write it.", true,
	},
	AlarmPageOld: {
		"web", "The public page is not being renewed",
		"See the log of part page. Visitors still get the last page, which says how old it is.", true,
	},
}

// AlarmKey is kind | subject.
type AlarmKey string

// Alarm says that something is in danger, from Since until Cleared. It stays for a while after it was cleared, so that who was
// told of it is told of its end.
type Alarm struct {
	Kind    AlarmKind `json:"kind"`
	Subject string    `json:"subject"` // what it is about: an occurrence, a probe, an incident; empty where there is only one
	Detail  string    `json:"detail"`  // one sentence with the figures of this case; no secret and no address
	By      time.Time `json:"by,omitzero"`
	Since   time.Time `json:"since"`
	Cleared time.Time `json:"cleared,omitzero"`
	Told    time.Time `json:"told,omitzero"`   // when operators were last told that it stands
	Ended   bool      `json:"ended,omitempty"` // they were told that it does not any more
}

// Key implements Keyed.
func (a Alarm) Key() AlarmKey { return AlarmKey(string(a.Kind) + "|" + a.Subject) }

// Stands says whether the danger goes on.
func (a Alarm) Stands() bool { return a.Cleared.IsZero() }

// AlarmsOf is the range [from, to) of keys of all alarms of one kind.
func AlarmsOf(kind AlarmKind) (from, to AlarmKey) {
	return AlarmKey(string(kind) + "|"), AlarmKey(string(kind) + "}")
}

// SetAlarms makes the standing alarms of one kind those of now: what is new is raised, what has gone is cleared, what goes on
// keeps its beginning and who was told. Only Subject, Detail and By of the given alarms count. Saying the same again changes
// nothing.
func SetAlarms(tx Tx, kind AlarmKind, standing []Alarm, now time.Time) error {
	old, err := All(tx.Alarms().Range(AlarmsOf(kind)))
	if err != nil {
		return err
	}
	for _, a := range old {
		if !a.Stands() || slices.ContainsFunc(standing, func(b Alarm) bool { return b.Subject == a.Subject }) {
			continue
		}
		a.Cleared = now
		if err := tx.Alarms().Put(a); err != nil {
			return err
		}
	}
	for _, s := range standing {
		a := Alarm{Kind: kind, Subject: s.Subject, Since: now}
		was, err := tx.Alarms().Get(a.Key())
		switch {
		case err == nil && was.Stands():
			a = was
		case err != nil && !errors.Is(err, ErrNotFound):
			return err
		}
		a.Detail, a.By = s.Detail, s.By
		if err := tx.Alarms().Put(a); err != nil {
			return err
		}
	}
	return nil
}
