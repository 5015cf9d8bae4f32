package dump_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/dump"
)

// specimen is one record of a table: how it is put, and how its line is read back and compared.
type specimen struct {
	put  func(data.Tx) error
	same func(t *testing.T, record json.RawMessage)
}

func of[K ~string, V data.Keyed[K]](table func(data.Tx) data.Table[K, V], v V) specimen {
	return specimen{
		put: func(tx data.Tx) error { return table(tx).Put(v) },
		same: func(t *testing.T, record json.RawMessage) {
			t.Helper()
			var got V
			d := json.NewDecoder(bytes.NewReader(record))
			d.DisallowUnknownFields()
			if err := d.Decode(&got); err != nil {
				t.Errorf("reading back %s: %v", record, err)
			}
			if diff := cmp.Diff(v, got); diff != "" {
				t.Errorf("%T changed on its way (-kept +read):\n%s", v, diff)
			}
		},
	}
}

const id = "abcdefghijkl"

var at = datatest.Start

// specimens are one of each table that is written.
var specimens = map[data.TableName]specimen{
	data.ComponentsTable: of(data.Tx.Components, datatest.Component("crm-read")),
	data.CohortsTable:    of(data.Tx.Cohorts, data.Cohort{Slug: "pilot", List: []string{"Cust1"}, Percent: 10, Salt: "s"}),
	data.ProbesTable:     of(data.Tx.Probes, datatest.Probe("front", "crm-read")),
	data.MaintenancesTable: of(data.Tx.Maintenances, func() data.Maintenance {
		m := datatest.Maintenance("system")
		m.ValidFrom = at
		return m
	}()),
	data.SubscribersTable:  of(data.Tx.Subscribers, datatest.Subscriber("s1")),
	data.OccurrencesTable:  of(data.Tx.Occurrences, datatest.Occurrence("system", at)),
	data.MarksTable:        of(data.Tx.Marks, datatest.Mark("crm-read", at, data.MajorOutage)),
	data.OutagesTable:      of(data.Tx.Outages, datatest.Outage("crm-read", at)),
	data.BlocksTable:       of(data.Tx.Blocks, datatest.Block(data.Sample{Probe: "front", Place: "here", At: at, Level: data.Operational})),
	data.BeatsTable:        of(data.Tx.Beats, data.Beat{Probe: "sync", At: at, Level: data.Operational, By: "token:sync"}),
	data.AsksTable:         of(data.Tx.Asks, data.Ask{Probe: "front", At: at, By: "socket:root"}),
	data.RecentsTable:      of(data.Tx.Recents, data.Recent{Probe: "front", Place: data.Here, Runs: []data.Sample{{Probe: "front", At: at, Level: data.Operational}}}),
	data.PlacesTable:       of(data.Tx.Places, data.Place{Name: "bergen", Seen: at, By: "token:bergen", Next: 1}),
	data.ParcelsTable:      of(data.Tx.Parcels, data.Parcel{Place: "bergen", Number: 1, Received: at, Samples: []data.Sample{{Probe: "front", At: at}}}),
	data.MonthsTable:       of(data.Tx.Months, data.Month{Month: "2026-01", Revision: 1, Seq: 1, At: at, By: "statusd", Facts: json.RawMessage(`{"month":"2026-01"}`), Outages: []data.Outage{datatest.Outage("crm-read", at)}, Hash: "h"}),
	data.IncidentsTable:    of(data.Tx.Incidents, datatest.Incident(id, at)),
	data.IncidentRefsTable: of(data.Tx.IncidentRefs, data.IncidentRef{Open: true, Created: at, Incident: id}),
	data.AlertsTable:       of(data.Tx.Alerts, data.Alert{Source: "alertmanager", Identity: "f|t", Rule: "login", Started: at, Received: at}),
	data.AlertGroupsTable:  of(data.Tx.AlertGroups, data.AlertGroup{Rule: "login", Firing: []data.FiringAlert{{Alert: "alertmanager|f/t", Holds: []data.Affected{{Component: "login", Level: data.Degraded}}}}, Heard: at}),
	data.AlarmsTable:       of(data.Tx.Alarms, data.Alarm{Kind: data.AlarmBlind, Detail: "two of three", Since: at}),
	data.BulletinsTable:    of(data.Tx.Bulletins, datatest.Bulletin(at)),
	data.ProofsTable:       of(data.Tx.Proofs, data.Proof{Bulletin: datatest.Bulletin(at).Key(), Surface: data.OnMail, At: at}),
	data.NoticesTable:      of(data.Tx.Notices, data.Notice{Bulletin: datatest.Bulletin(at).Key(), Subscriber: "s1", Phase: data.NoticeUnknown, Next: at, Tried: at}),
	data.DuesTable:         of(data.Tx.Dues, data.Due{At: at, Notice: data.KeyOfNotice(datatest.Bulletin(at).Key(), "s1")}),
	data.OperatorsTable:    of(data.Tx.Operators, data.Operator{ID: id, Name: "it@example.com", Role: data.Admin, Created: at}),
	data.TokensTable:       of(data.Tx.Tokens, data.Token{Hash: "marked-token-hash", ID: id, Name: "pager", Role: data.Viewer, Created: at, Expires: at, By: "socket:root"}),
	data.AuditTable: of(data.Tx.Audit, data.AuditEntry{
		Seq: 1, At: at, Actor: "socket:root", Action: "test", Object: id, Outcome: data.Done, After: json.RawMessage(`{"text":"\u003cb\u003e"}`),
	}.Sealed()),
	data.AuditRefsTable: of(data.Tx.AuditRefs, data.AuditRef{Object: id, Seq: 1}),
	data.AnswersTable:   of(data.Tx.Answers, data.Answer{ID: "a|k", Digest: "d", Status: 201, Body: json.RawMessage(`{"id":1}`), At: at}),
	data.SettingsTable:  of(data.Tx.Settings, data.Setting{Name: data.SettingPageID, Value: id}),
}

// TestEveryTable puts a record into every table: each comes out as it went in, but for secrets and what is made of them.
func TestEveryTable(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Update(t.Context(), func(tx data.Tx) error {
		errs := []error{
			tx.Sessions().Put(data.Session{Hash: "marked-session-hash", Operator: id, Created: at, Seen: at}),
			tx.Links().Put(data.Link{Hash: "marked-link-hash", Operator: id, Created: at, Expires: at}),
		}
		for _, sp := range specimens {
			errs = append(errs, sp.put(tx))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	write := func() []byte {
		var b bytes.Buffer
		err := s.View(t.Context(), func(tx data.Tx) error {
			return dump.Write(&b, tx, dump.Header{Page: id, Revision: 7, At: at})
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	out := write()
	if !bytes.Equal(out, write()) {
		t.Error("the same store gives other lines")
	}
	if strings.Contains(string(out), "marked-") {
		t.Error("a hash of a secret is written")
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Scan()
	var h dump.Header
	if err := json.Unmarshal(lines.Bytes(), &h); err != nil || h != (dump.Header{Format: 1, Page: id, Revision: 7, At: at}) {
		t.Errorf("header %s: %v", lines.Bytes(), err)
	}
	seen := map[data.TableName]bool{}
	for lines.Scan() {
		var l struct {
			Table  data.TableName  `json:"table"`
			Record json.RawMessage `json:"record"`
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		seen[l.Table] = true
		if l.Table == data.TokensTable { // all but the hash
			l.Record = append([]byte(`{"hash":"marked-token-hash",`), l.Record[1:]...)
		}
		specimens[l.Table].same(t, l.Record)
	}
	for _, name := range data.Tables {
		if seen[name] != dump.Written(name) {
			t.Errorf("table %s: written %t, should be %t", name, seen[name], dump.Written(name))
		}
	}
	if len(seen) != len(data.Tables)-2 {
		t.Errorf("%d tables are written of %d, want all but two", len(seen), len(data.Tables))
	}
	// What was put is no whole story; the invariants of a service's store do not hold of it.
}

func TestStopsAtAFullDisk(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { datatest.Invariants(t, s); s.Close() }()
	full := errors.New("no space left")
	err = s.View(t.Context(), func(tx data.Tx) error {
		return dump.Write(broken{full}, tx, dump.Header{At: time.Now()})
	})
	if !errors.Is(err, full) {
		t.Errorf("Write = %v", err)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }
