package dump

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/superoffice/statusd/data"
)

// Format is the number of the format that Write writes. It is raised when a reader would have to change; what is only added
// does not raise it.
const Format = 1

// Header is the first line.
type Header struct {
	Format   int           `json:"format"` // set by Write
	Page     string        `json:"page_id"`
	Revision data.Revision `json:"revision"`
	At       time.Time     `json:"at"` // when it was written
}

// left are the tables that are not written: they hold nothing but hashes of secrets, and who used them when.
var left = map[data.TableName]bool{data.SessionsTable: true, data.LinksTable: true}

// Written says whether Write writes a table.
func Written(name data.TableName) bool { return !left[name] }

// Write writes a header line, then a line for each record: tables in the order of data.Tables, records in the order of their
// keys, so that the same store gives the same lines. Tokens go without their hash. It reads one record at a time, and its
// transaction lasts as long as w takes.
func Write(w io.Writer, tx data.Tx, h Header) error {
	b := bufio.NewWriterSize(w, 64<<10)
	h.Format, h.At = Format, h.At.UTC()
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(h); err != nil {
		return fmt.Errorf("writing the header: %w", err)
	}
	for _, name := range data.Tables {
		if left[name] {
			continue
		}
		if err := writeTable(e, tx, name); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return b.Flush()
}

func writeTable(e *json.Encoder, tx data.Tx, name data.TableName) error {
	switch name {
	case data.ComponentsTable:
		return all(e, name, tx.Components())
	case data.CohortsTable:
		return all(e, name, tx.Cohorts())
	case data.ProbesTable:
		return all(e, name, tx.Probes())
	case data.MaintenancesTable:
		return all(e, name, tx.Maintenances())
	case data.SubscribersTable:
		return all(e, name, tx.Subscribers())
	case data.OccurrencesTable:
		return all(e, name, tx.Occurrences())
	case data.MarksTable:
		return all(e, name, tx.Marks())
	case data.OutagesTable:
		return all(e, name, tx.Outages())
	case data.BlocksTable:
		return all(e, name, tx.Blocks())
	case data.IncidentsTable:
		return all(e, name, tx.Incidents())
	case data.IncidentRefsTable:
		return all(e, name, tx.IncidentRefs())
	case data.AlertsTable:
		return all(e, name, tx.Alerts())
	case data.AlertGroupsTable:
		return all(e, name, tx.AlertGroups())
	case data.BeatsTable:
		return all(e, name, tx.Beats())
	case data.AsksTable:
		return all(e, name, tx.Asks())
	case data.RecentsTable:
		return all(e, name, tx.Recents())
	case data.PlacesTable:
		return all(e, name, tx.Places())
	case data.ParcelsTable:
		return all(e, name, tx.Parcels())
	case data.MonthsTable:
		return all(e, name, tx.Months())
	case data.AlarmsTable:
		return all(e, name, tx.Alarms())
	case data.BulletinsTable:
		return all(e, name, tx.Bulletins())
	case data.ProofsTable:
		return all(e, name, tx.Proofs())
	case data.NoticesTable:
		return all(e, name, tx.Notices())
	case data.DuesTable:
		return all(e, name, tx.Dues())
	case data.OperatorsTable:
		return all(e, name, tx.Operators())
	case data.TokensTable:
		return tokens(e, tx.Tokens())
	case data.AuditTable:
		return all(e, name, tx.Audit())
	case data.AuditRefsTable:
		return all(e, name, tx.AuditRefs())
	case data.AnswersTable:
		return all(e, name, tx.Answers())
	case data.SettingsTable:
		return all(e, name, tx.Settings())
	}
	return errors.New("this program does not know how")
}

// line is one record.
type line struct {
	Table  data.TableName `json:"table"`
	Record any            `json:"record"`
}

func all[K ~string, V data.Keyed[K]](e *json.Encoder, name data.TableName, t data.Table[K, V]) error {
	for v, err := range t.Range("", "") {
		if err == nil {
			err = e.Encode(line{name, v})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// token is a data.Token without its hash.
type token struct {
	data.Token
	Hash string `json:"hash,omitempty"` // takes the place of the other, and is empty
}

func tokens(e *json.Encoder, t data.Table[string, data.Token]) error {
	for v, err := range t.Range("", "") {
		if err == nil {
			err = e.Encode(line{data.TokensTable, token{Token: v}})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
