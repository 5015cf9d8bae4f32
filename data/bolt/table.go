package bolt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"reflect"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
)

// table is one bucket, inside one transaction.
type table[K ~string, V data.Keyed[K]] struct {
	tx   *tx
	name data.TableName
}

func (t table[K, V]) bucket() *bbolt.Bucket { return t.tx.bolt.Bucket([]byte(t.name)) }

func (t table[K, V]) Get(k K) (V, error) {
	b := t.bucket().Get([]byte(k))
	if b == nil {
		var none V
		return none, fmt.Errorf("%s %q: %w", t.name, k, data.ErrNotFound)
	}
	return decode[V](t.name, string(k), b)
}

func (t table[K, V]) Last(before K) (V, error) {
	c := t.bucket().Cursor()
	last := c.Prev
	if k, _ := c.Seek([]byte(before)); k == nil {
		last = c.Last
	}
	k, v := last()
	if k == nil {
		var none V
		return none, fmt.Errorf("%s before %q: %w", t.name, before, data.ErrNotFound)
	}
	return decode[V](t.name, string(k), v)
}

func (t table[K, V]) Range(from, to K) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		c := t.bucket().Cursor()
		for k, b := c.Seek([]byte(from)); k != nil && (to == "" || string(k) < string(to)); k, b = c.Next() {
			v, err := decode[V](t.name, string(k), b)
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (t table[K, V]) Put(v V) error {
	key := v.Key()
	if key == "" {
		return fmt.Errorf("%s: a record without a key cannot be kept", t.name)
	}
	doc, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s %q: %w", t.name, key, err)
	}
	more := 1
	if old := t.bucket().Get([]byte(key)); old != nil {
		more = 0
		oldDoc, err := unseal(t.name, string(key), old)
		if err != nil {
			return err // what cannot be read is not overwritten: a newer program or a repair may save it
		}
		if bytes.Equal(oldDoc, doc) {
			return nil
		}
		var was, is V
		if json.Unmarshal(oldDoc, &was) == nil && json.Unmarshal(doc, &is) == nil &&
			equal(reflect.ValueOf(was), reflect.ValueOf(is)) {
			return nil
		}
	}
	if err := t.bucket().Put([]byte(key), seal(t.name, string(key), doc)); err != nil {
		return fmt.Errorf("%s %q: %w", t.name, key, err)
	}
	t.tx.touched[t.name] += more
	return nil
}

func (t table[K, V]) Delete(k K) error {
	if t.bucket().Get([]byte(k)) == nil {
		return nil
	}
	if err := t.bucket().Delete([]byte(k)); err != nil {
		return fmt.Errorf("%s %q: %w", t.name, k, err)
	}
	t.tx.touched[t.name]--
	return nil
}

// tx is one transaction; touched names the tables it really changed, with how many records each gained.
type tx struct {
	bolt    *bbolt.Tx
	touched map[data.TableName]int
}

var _ data.Tx = (*tx)(nil)

func (t *tx) Components() data.Table[string, data.Component] {
	return table[string, data.Component]{t, data.ComponentsTable}
}

func (t *tx) Cohorts() data.Table[string, data.Cohort] {
	return table[string, data.Cohort]{t, data.CohortsTable}
}

func (t *tx) Probes() data.Table[string, data.Probe] {
	return table[string, data.Probe]{t, data.ProbesTable}
}

func (t *tx) Maintenances() data.Table[data.MaintenanceKey, data.Maintenance] {
	return table[data.MaintenanceKey, data.Maintenance]{t, data.MaintenancesTable}
}

func (t *tx) Subscribers() data.Table[string, data.Subscriber] {
	return table[string, data.Subscriber]{t, data.SubscribersTable}
}

func (t *tx) Occurrences() data.Table[data.OccurrenceKey, data.Occurrence] {
	return table[data.OccurrenceKey, data.Occurrence]{t, data.OccurrencesTable}
}

func (t *tx) Marks() data.Table[data.MarkKey, data.Mark] {
	return table[data.MarkKey, data.Mark]{t, data.MarksTable}
}

func (t *tx) Outages() data.Table[data.OutageKey, data.Outage] {
	return table[data.OutageKey, data.Outage]{t, data.OutagesTable}
}

func (t *tx) Blocks() data.Table[data.BlockKey, data.Block] {
	return table[data.BlockKey, data.Block]{t, data.BlocksTable}
}

func (t *tx) Incidents() data.Table[string, data.Incident] {
	return table[string, data.Incident]{t, data.IncidentsTable}
}

func (t *tx) Bulletins() data.Table[data.BulletinKey, data.Bulletin] {
	return table[data.BulletinKey, data.Bulletin]{t, data.BulletinsTable}
}

func (t *tx) Proofs() data.Table[data.ProofKey, data.Proof] {
	return table[data.ProofKey, data.Proof]{t, data.ProofsTable}
}

func (t *tx) Notices() data.Table[data.NoticeKey, data.Notice] {
	return table[data.NoticeKey, data.Notice]{t, data.NoticesTable}
}

func (t *tx) Dues() data.Table[data.DueKey, data.Due] {
	return table[data.DueKey, data.Due]{t, data.DuesTable}
}

func (t *tx) IncidentRefs() data.Table[data.IncidentRefKey, data.IncidentRef] {
	return table[data.IncidentRefKey, data.IncidentRef]{t, data.IncidentRefsTable}
}

func (t *tx) Alerts() data.Table[data.AlertKey, data.Alert] {
	return table[data.AlertKey, data.Alert]{t, data.AlertsTable}
}

func (t *tx) AlertGroups() data.Table[data.AlertGroupKey, data.AlertGroup] {
	return table[data.AlertGroupKey, data.AlertGroup]{t, data.AlertGroupsTable}
}

func (t *tx) Beats() data.Table[string, data.Beat] {
	return table[string, data.Beat]{t, data.BeatsTable}
}

func (t *tx) Asks() data.Table[string, data.Ask] {
	return table[string, data.Ask]{t, data.AsksTable}
}

func (t *tx) Recents() data.Table[data.RecentKey, data.Recent] {
	return table[data.RecentKey, data.Recent]{t, data.RecentsTable}
}

func (t *tx) Places() data.Table[string, data.Place] {
	return table[string, data.Place]{t, data.PlacesTable}
}

func (t *tx) Parcels() data.Table[data.ParcelKey, data.Parcel] {
	return table[data.ParcelKey, data.Parcel]{t, data.ParcelsTable}
}

func (t *tx) Months() data.Table[data.MonthKey, data.Month] {
	return table[data.MonthKey, data.Month]{t, data.MonthsTable}
}

func (t *tx) Alarms() data.Table[data.AlarmKey, data.Alarm] {
	return table[data.AlarmKey, data.Alarm]{t, data.AlarmsTable}
}

func (t *tx) Operators() data.Table[string, data.Operator] {
	return table[string, data.Operator]{t, data.OperatorsTable}
}

func (t *tx) Sessions() data.Table[string, data.Session] {
	return table[string, data.Session]{t, data.SessionsTable}
}

func (t *tx) Links() data.Table[string, data.Link] {
	return table[string, data.Link]{t, data.LinksTable}
}

func (t *tx) AuditRefs() data.Table[data.AuditRefKey, data.AuditRef] {
	return table[data.AuditRefKey, data.AuditRef]{t, data.AuditRefsTable}
}

func (t *tx) Tokens() data.Table[string, data.Token] {
	return table[string, data.Token]{t, data.TokensTable}
}

func (t *tx) Audit() data.Table[data.AuditKey, data.AuditEntry] {
	return table[data.AuditKey, data.AuditEntry]{t, data.AuditTable}
}

func (t *tx) Answers() data.Table[string, data.Answer] {
	return table[string, data.Answer]{t, data.AnswersTable}
}

func (t *tx) Settings() data.Table[string, data.Setting] {
	return table[string, data.Setting]{t, data.SettingsTable}
}
