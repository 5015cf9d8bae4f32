package data

import (
	"errors"
	"fmt"
	"iter"
	"time"
)

// IncidentRefKey is all or open | created | incident.
type IncidentRefKey string

// IncidentRef is the second way to an incident: by time, and to the open ones alone. PutIncident writes and deletes it in the
// transaction that writes the incident.
type IncidentRef struct {
	Open     bool      `json:"open,omitempty"` // an entry of the list of open ones; each of them has one in the list of all too
	Created  time.Time `json:"created"`
	Incident string    `json:"incident"`
	Version  int       `json:"version"` // of the incident, so that a reader knows which it has seen
}

// Key implements Keyed.
func (r IncidentRef) Key() IncidentRefKey {
	list := "all|"
	if r.Open {
		list = "open|"
	}
	return IncidentRefKey(list + keyTime(r.Created) + "|" + r.Incident)
}

// The lists of incidents, as ranges [from, to) of keys, oldest first.
const (
	AllIncidentsFrom, AllIncidentsTo   IncidentRefKey = "all|", "all}"
	OpenIncidentsFrom, OpenIncidentsTo IncidentRefKey = "open|", "open}"
)

// PutIncident writes a new or changed i with the ways to it, in one transaction, and raises its version.
func PutIncident(tx Tx, i Incident) error {
	old, err := tx.Incidents().Get(i.ID)
	switch {
	case err == nil:
		i.Version = old.Version
	case !errors.Is(err, ErrNotFound):
		return err
	}
	i.Version++
	if err := tx.Incidents().Put(i); err != nil {
		return err
	}
	ref := IncidentRef{Created: i.Created, Incident: i.ID, Version: i.Version}
	if err := tx.IncidentRefs().Put(ref); err != nil {
		return err
	}
	ref.Open = true
	if i.Open() {
		return tx.IncidentRefs().Put(ref)
	}
	return tx.IncidentRefs().Delete(ref.Key())
}

// Refer writes the second ways to everything that is in a store from before there were any: to incidents by time, which get their
// first version, and to the audit log by object.
func Refer(tx Tx) error {
	incidents, err := All(tx.Incidents().Range("", ""))
	if err != nil {
		return err
	}
	for _, i := range incidents {
		for _, u := range i.Updates {
			if i.Version == 0 && !u.Internal {
				i.Revised++ // as its bulletins and banners were counted
			}
		}
		if err := PutIncident(tx, i); err != nil {
			return err
		}
	}
	var refs []AuditRef
	for e, err := range tx.Audit().Range("", "") {
		if err != nil {
			return err
		}
		if e.Object != "" {
			refs = append(refs, AuditRef{Object: e.Object, Seq: e.Seq})
		}
	}
	for _, r := range refs {
		if err := tx.AuditRefs().Put(r); err != nil {
			return err
		}
	}
	return nil
}

// OpenIncidents returns those that go on, oldest first, drafts included.
func OpenIncidents(tx Tx) ([]Incident, error) {
	var open []Incident
	for ref, err := range tx.IncidentRefs().Range(OpenIncidentsFrom, OpenIncidentsTo) {
		if err != nil {
			return nil, err
		}
		i, err := tx.Incidents().Get(ref.Incident)
		if err != nil {
			return nil, err
		}
		open = append(open, i)
	}
	return open, nil
}

// AuditRefKey is object | sequence number.
type AuditRefKey string

// AuditRef is the second way to an entry of the audit log: by the object it is about.
type AuditRef struct {
	Object string `json:"object"`
	Seq    uint64 `json:"seq"`
}

// Key implements Keyed.
func (r AuditRef) Key() AuditRefKey { return AuditRefKey(fmt.Sprintf("%s|%016d", r.Object, r.Seq)) }

// Trail goes over the entries about one object, newest first.
func Trail(tx Tx, object string) iter.Seq2[AuditEntry, error] {
	return func(yield func(AuditEntry, error) bool) {
		before := AuditRefKey(object + "}")
		for {
			ref, err := tx.AuditRefs().Last(before)
			if isNotFound(err) || err == nil && ref.Object != object {
				return
			}
			var e AuditEntry
			if err == nil {
				e, err = tx.Audit().Get(AuditEntry{Seq: ref.Seq}.Key())
			}
			if !yield(e, err) || err != nil {
				return
			}
			before = ref.Key()
		}
	}
}

// AuditOf returns the entries about one object, oldest first.
func AuditOf(tx Tx, object string) ([]AuditEntry, error) {
	var out []AuditEntry
	for ref, err := range tx.AuditRefs().Range(AuditRefKey(object+"|"), AuditRefKey(object+"}")) {
		if err != nil {
			return nil, err
		}
		e, err := tx.Audit().Get(AuditEntry{Seq: ref.Seq}.Key())
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}
