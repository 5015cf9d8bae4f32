package bolt_test

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// firstSchema makes a file as the first schema had it: an incident and an audit entry without second ways, and no counts.
func firstSchema(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "statusd.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(context.Background(), func(tx data.Tx) error {
		i := datatest.Incident("abcdefghijkl", datatest.Start)
		i.Revised = 0
		if err := tx.Incidents().Put(i); err != nil {
			return err
		}
		return data.Audit(tx, data.AuditEntry{At: datatest.Start, Actor: "socket:root", Action: "incident.open", Object: i.ID, Outcome: data.Done})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte("meta"))
		for _, name := range data.Tables {
			if err := meta.Delete([]byte("count/" + string(name))); err != nil {
				return err
			}
		}
		for _, name := range []data.TableName{data.IncidentRefsTable, data.AuditRefsTable, data.AlarmsTable, data.OperatorsTable} {
			if err := tx.DeleteBucket([]byte(name)); err != nil {
				return err
			}
		}
		return meta.Put([]byte("schema"), binary.BigEndian.AppendUint32(nil, 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestUpgrade opens and restores a file of the first schema: nothing that was in it is out of reach.
func TestUpgrade(t *testing.T) {
	for name, open := range map[string]func(path string) string{
		"opened": func(path string) string { return path },
		"restored": func(path string) string {
			to := filepath.Join(t.TempDir(), "statusd.db")
			if err := bolt.Renew(path, to, func(data.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
			return to
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := open(firstSchema(t))
			for range 2 { // the second time nothing is left to do
				s, err := bolt.Open(path, bolt.Options{})
				if err != nil {
					t.Fatal(err)
				}
				err = s.View(context.Background(), func(tx data.Tx) error {
					open, err := data.OpenIncidents(tx)
					if err != nil || len(open) != 1 || open[0].Version != 1 || open[0].Revised != 1 {
						t.Errorf("open incidents: %+v, %v", open, err)
					}
					trail, err := data.AuditOf(tx, "abcdefghijkl")
					if err != nil || len(trail) != 1 {
						t.Errorf("its trail: %+v, %v", trail, err)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				datatest.Invariants(t, s)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
