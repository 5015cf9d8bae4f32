package data

import (
	"context"
	"errors"
	"iter"
)

// Keyed is a record that knows its key. Keys are not empty and hold printable text only.
type Keyed[K ~string] interface{ Key() K }

// Table is one kind of record, in the order of its keys. It is only valid inside its transaction.
type Table[K ~string, V Keyed[K]] interface {
	// Get returns ErrNotFound where there is nothing.
	Get(K) (V, error)
	// Last returns the record with the greatest key less than before, or ErrNotFound.
	Last(before K) (V, error)
	// Range goes over [from, to) in ascending order; an empty to means to the end. The body may Get, but not write this
	// table. After an error it stops.
	Range(from, to K) iter.Seq2[V, error]
	// Put compares decoded values: an equal record changes nothing and raises no revision.
	Put(V) error
	// Delete of what is not there changes nothing.
	Delete(K) error
}

// Tx is one transaction's view of everything.
type Tx interface {
	Components() Table[string, Component]
	Cohorts() Table[string, Cohort]
	Probes() Table[string, Probe]
	Maintenances() Table[MaintenanceKey, Maintenance]
	Subscribers() Table[string, Subscriber]
	Occurrences() Table[OccurrenceKey, Occurrence]
	Marks() Table[MarkKey, Mark]
	Outages() Table[OutageKey, Outage]
	Blocks() Table[BlockKey, Block]
	Beats() Table[string, Beat]
	Asks() Table[string, Ask]
	Recents() Table[RecentKey, Recent]
	Places() Table[string, Place]
	Parcels() Table[ParcelKey, Parcel]
	Months() Table[MonthKey, Month]
	Incidents() Table[string, Incident]
	IncidentRefs() Table[IncidentRefKey, IncidentRef]
	Alerts() Table[AlertKey, Alert]
	AlertGroups() Table[AlertGroupKey, AlertGroup]
	Alarms() Table[AlarmKey, Alarm]
	Bulletins() Table[BulletinKey, Bulletin]
	Proofs() Table[ProofKey, Proof]
	Notices() Table[NoticeKey, Notice]
	Dues() Table[DueKey, Due]
	Operators() Table[string, Operator]
	Sessions() Table[string, Session]
	Links() Table[string, Link]
	Tokens() Table[string, Token]
	Audit() Table[AuditKey, AuditEntry]
	AuditRefs() Table[AuditRefKey, AuditRef]
	Answers() Table[string, Answer]
	Settings() Table[string, Setting]
}

// TableName names a table for Watch and in a store's files.
type TableName string

// The tables.
const (
	ComponentsTable   TableName = "components"
	CohortsTable      TableName = "cohorts"
	ProbesTable       TableName = "probes"
	MaintenancesTable TableName = "maintenances"
	SubscribersTable  TableName = "subscribers"
	OccurrencesTable  TableName = "occurrences"
	MarksTable        TableName = "marks"
	OutagesTable      TableName = "outages"
	BlocksTable       TableName = "blocks"
	BeatsTable        TableName = "beats"
	AsksTable         TableName = "asks"
	RecentsTable      TableName = "recents"
	PlacesTable       TableName = "places"
	ParcelsTable      TableName = "parcels"
	MonthsTable       TableName = "months"
	IncidentsTable    TableName = "incidents"
	IncidentRefsTable TableName = "incident_refs"
	AlertsTable       TableName = "alerts"
	AlertGroupsTable  TableName = "alert_groups"
	AlarmsTable       TableName = "alarms"
	BulletinsTable    TableName = "bulletins"
	ProofsTable       TableName = "proofs"
	NoticesTable      TableName = "notices"
	DuesTable         TableName = "dues"
	OperatorsTable    TableName = "operators"
	SessionsTable     TableName = "sessions"
	LinksTable        TableName = "links"
	TokensTable       TableName = "tokens"
	AuditTable        TableName = "audit"
	AuditRefsTable    TableName = "audit_refs"
	AnswersTable      TableName = "answers"
	SettingsTable     TableName = "settings"
)

// Tables lists every table.
var Tables = []TableName{
	ComponentsTable, CohortsTable, ProbesTable, MaintenancesTable, SubscribersTable, OccurrencesTable, MarksTable,
	OutagesTable, BlocksTable, BeatsTable, AsksTable, RecentsTable, PlacesTable, ParcelsTable, MonthsTable, IncidentsTable, IncidentRefsTable, AlertsTable, AlertGroupsTable, AlarmsTable, BulletinsTable,
	ProofsTable, NoticesTable, DuesTable, OperatorsTable, SessionsTable, LinksTable, TokensTable, AuditTable, AuditRefsTable,
	AnswersTable, SettingsTable,
}

// Revision counts the transactions that changed something; it only grows, also over restarts.
type Revision uint64

// Store keeps the nouns. It is safe for use by many goroutines.
type Store interface {
	// View runs fn on a consistent snapshot, read only. Do not keep one open while rendering or sending.
	View(ctx context.Context, fn func(Tx) error) error
	// Update commits if fn returns nil. fn may run more than once: it has no effect outside tx and resets what it
	// captured. An error that is ErrUnknown leaves open whether the change happened.
	Update(ctx context.Context, fn func(Tx) error) error
	// Watch sends the newest revision of these tables at once, then after each change of any of them; none named means
	// all. It skips, but never loses the last. The channel closes when ctx ends or the store closes.
	Watch(ctx context.Context, tables ...TableName) <-chan Revision
	// Exclusive runs fn while no other process runs one of the same name; fn's ctx carries a fence, and with a lost lease
	// Update fails with ErrFenced.
	Exclusive(ctx context.Context, name string, fn func(context.Context) error) error
	Close() error
}

// Setting is a small fact the service keeps about itself.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Key implements Keyed.
func (s Setting) Key() string { return s.Name }

// SettingPageID is the page's public ID, made once and kept when the configured name changes.
const SettingPageID = "page_id"

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// All collects the records of [from, to), stopping at the first error.
func All[V any](seq iter.Seq2[V, error]) ([]V, error) {
	var out []V
	for v, err := range seq {
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}
