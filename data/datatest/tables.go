package datatest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
)

// testEveryTable puts one record into each table and reads it back, so that no noun loses a field on its way.
func testEveryTable(t *testing.T, open Opener) {
	s, _ := openIn(t, open)
	every := func(tx data.Tx, check func(data.TableName, error)) {
		check(data.ComponentsTable, roundTrip(t, tx.Components(), Component("crm-read")))
		check(data.CohortsTable, roundTrip(t, tx.Cohorts(), data.Cohort{Slug: "pilot", List: []string{"Cust1"}, Percent: 10, Salt: "s"}))
		check(data.ProbesTable, roundTrip(t, tx.Probes(), Probe("front", "crm-read")))
		check(data.MaintenancesTable, roundTrip(t, tx.Maintenances(), Maintenance("system")))
		check(data.SubscribersTable, roundTrip(t, tx.Subscribers(), Subscriber("s1")))
		check(data.OccurrencesTable, roundTrip(t, tx.Occurrences(), Occurrence("system", Start)))
		check(data.MarksTable, roundTrip(t, tx.Marks(), Mark("crm-read", Start, data.Operational)))
		check(data.OutagesTable, roundTrip(t, tx.Outages(), Outage("crm-read", Start)))
		check(data.BlocksTable, roundTrip(t, tx.Blocks(), Block(data.Sample{Probe: "front", Place: "here", At: Start, Level: data.MajorOutage, Reason: data.ReasonTimeout})))
		check(data.BeatsTable, roundTrip(t, tx.Beats(), data.Beat{Probe: "sync", At: Start, Level: data.Operational, Detail: "41 items", Latency: time.Second, By: "token:sync"}))
		check(data.AsksTable, roundTrip(t, tx.Asks(), data.Ask{Probe: "front", At: Start, By: "socket:root"}))
		check(data.RecentsTable, roundTrip(t, tx.Recents(), data.Recent{Probe: "front", Place: data.Here, Runs: []data.Sample{{Probe: "front", Place: data.Here, At: Start, Level: data.Degraded, Reason: data.ReasonSlow, Detail: "3 s", Phases: data.Phases{TLS: 1}, Steps: []data.StepRun{{Name: "read", Latency: 1}}}}}))
		check(data.PlacesTable, roundTrip(t, tx.Places(), data.Place{Name: "bergen", Seen: Start, By: "token:bergen", Version: "1", Lost: "x", Next: 2, Behind: 3}))
		check(data.ParcelsTable, roundTrip(t, tx.Parcels(), data.Parcel{Place: "bergen", Number: 1, Received: Start, Samples: []data.Sample{{Probe: "front", Place: "bergen", At: Start}}}))
		check(data.MonthsTable, roundTrip(t, tx.Months(), data.Month{Month: "2026-01", Revision: 1, Seq: 1, At: Start, By: "statusd", Rules: 1, Facts: []byte(`{"month":"2026-01"}`), Outages: []data.Outage{Outage("crm-read", Start)}, Hash: "h"}))
		check(data.IncidentsTable, roundTrip(t, tx.Incidents(), Incident("abcdefghijkl", Start)))
		check(data.BulletinsTable, roundTrip(t, tx.Bulletins(), Bulletin(Start)))
		check(data.ProofsTable, roundTrip(t, tx.Proofs(), data.Proof{Bulletin: Bulletin(Start).Key(), Surface: data.OnPage, At: Start}))
		check(data.NoticesTable, roundTrip(t, tx.Notices(), data.Notice{Bulletin: Bulletin(Start).Key(), Subscriber: "s1", Phase: data.NoticePlanned, Next: Start}))
		check(data.DuesTable, roundTrip(t, tx.Dues(), data.Due{At: Start, Notice: data.KeyOfNotice(Bulletin(Start).Key(), "s1")}))
		check(data.IncidentRefsTable, errors.Join(
			roundTrip(t, tx.IncidentRefs(), data.IncidentRef{Created: Start, Incident: "abcdefghijkl"}),
			roundTrip(t, tx.IncidentRefs(), data.IncidentRef{Open: true, Created: Start, Incident: "abcdefghijkl"}),
		))
		check(data.AlertsTable, roundTrip(t, tx.Alerts(), data.Alert{Source: "alertmanager", Identity: "f|t", Rule: "login", Labels: map[string]string{"job": "login"}, Started: Start, Ended: Start.Add(1), Received: Start}))
		check(data.AlertGroupsTable, roundTrip(t, tx.AlertGroups(), data.AlertGroup{Rule: "login", Group: "crm-read", Incident: "abcdefghijkl", Firing: []data.FiringAlert{{Alert: "alertmanager|f/t", Holds: []data.Affected{{Component: "login", Level: data.Degraded}}}}, Heard: Start}))
		check(data.AlarmsTable, roundTrip(t, tx.Alarms(), data.Alarm{Kind: data.AlarmBlind, Detail: "two of three", Since: Start, Raise: 1, Said: map[string]data.Said{"webhook": {At: Start, Raise: 1}}}))
		check(data.OperatorsTable, roundTrip(t, tx.Operators(), data.Operator{ID: "abcdefghijkl", Name: "it@example.com", Role: data.Admin, Created: Start}))
		check(data.SessionsTable, roundTrip(t, tx.Sessions(), data.Session{Hash: "h", Operator: "abcdefghijkl", Created: Start, Seen: Start, Address: "192.0.2.1", Via: "link"}))
		check(data.LinksTable, roundTrip(t, tx.Links(), data.Link{Hash: "h", Operator: "abcdefghijkl", Created: Start, Expires: Start.Add(data.LinkLife), By: "socket:root"}))
		check(data.AuditRefsTable, roundTrip(t, tx.AuditRefs(), data.AuditRef{Object: "abcdefghijkl", Seq: 1}))
		check(data.TokensTable, roundTrip(t, tx.Tokens(), data.Token{Hash: "h", ID: "abcdefghijkl", Name: "pager", Role: data.Responder, Created: Start, Expires: Start.AddDate(0, 3, 0)}))
		check(data.AuditTable, roundTrip(t, tx.Audit(), data.AuditEntry{Seq: 1, At: Start, Actor: "socket:root", Action: "test", Outcome: data.Done}.Sealed()))
		check(data.AnswersTable, roundTrip(t, tx.Answers(), data.Answer{ID: "a|k", Digest: "d", Status: 201, Body: []byte(`{"id":1}`), At: Start}))
		check(data.SettingsTable, roundTrip(t, tx.Settings(), setting(data.SettingPageID, "abcdefghijkl")))
	}
	update(t, s, func(tx data.Tx) error {
		var errs []error
		seen := map[data.TableName]bool{}
		every(tx, func(name data.TableName, err error) { seen[name] = true; errs = append(errs, err) })
		for _, name := range data.Tables {
			if !seen[name] {
				t.Errorf("table %s has no record in this test", name)
			}
		}
		return errors.Join(errs...)
	})
}

func roundTrip[K ~string, V data.Keyed[K]](t testing.TB, table data.Table[K, V], want V) error {
	t.Helper()
	if err := table.Put(want); err != nil {
		return err
	}
	got, err := table.Get(want.Key())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%T changed on its way (-put +got):\n%s", want, diff)
	}
	return err
}
