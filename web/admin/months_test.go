package admin_test

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// TestMonthPages shows operators what the public does not learn: the strict figure, every component, who revised a month and why.
func TestMonthPages(t *testing.T) {
	w := newWorld(t)
	now := time.Now().UTC()
	book := w.pages.API.Settings.Book()
	running := ledger.Months(now, w.zone(), 1)[0]
	begin, _, err := ledger.Bounds(running, w.zone())
	if err != nil {
		t.Fatal(err)
	}
	settled := begin.AddDate(0, 0, -40).In(w.zone()).Format("2006-01")
	from, _, err := ledger.Bounds(settled, w.zone())
	if err != nil {
		t.Fatal(err)
	}
	o := datatest.Outage("db3", from.Add(9*24*time.Hour))
	o.Ended, o.Aware = o.Started.Add(2*time.Hour), o.Started.Add(10*time.Minute)
	err = w.store.Update(context.Background(), func(tx data.Tx) error {
		err := errors.Join(tx.Outages().Put(o), tx.Marks().Put(datatest.Mark("db3", from, data.Operational)))
		if err != nil {
			return err
		}
		r, err := months.Records(tx, now)
		if err != nil {
			return err
		}
		if _, err := book.Settle(tx, r, settled, "statusd", now); err != nil {
			return err
		}
		ended := o.Started.Add(time.Hour)
		if o, err = o.Correct(data.OutageChange{Ended: &ended, Why: `the log <b>says</b> so`}, "operator:ola", now); err != nil {
			return err
		}
		if err := tx.Outages().Put(o); err != nil {
			return err
		}
		_, err = book.Revise(tx, o.Started, "operator:ola", "the log <b>says</b> so", now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	list := w.get(data.Viewer, "/months")
	for _, want := range []string{`href="/months/` + settled + `"`, `href="/months/` + running + `"`, "restated, revision 2", "The chain of 2 revisions is whole"} {
		if list.status != http.StatusOK || !strings.Contains(list.body, want) {
			t.Errorf("the list: %d, has no %q", list.status, want)
		}
	}
	one := w.get(data.Viewer, "/months/"+settled)
	for _, want := range []string{"db3", "operator:ola", "the log &lt;b&gt;says&lt;/b&gt; so", "50 minutes", "1 hour", "1 hour 50 minutes", "Strict", "https://status.example.com/uptime/" + settled} {
		if one.status != http.StatusOK || !strings.Contains(one.body, want) {
			t.Errorf("the month: %d, has no %q", one.status, want)
		}
	}
	if gone := w.get(data.Viewer, "/months/1980-01x"); gone.status == http.StatusOK {
		t.Errorf("what is no month: %d", gone.status)
	}
	file := w.get(data.Viewer, "/months/"+settled+".csv")
	lines, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	if err != nil || len(lines) < 3 || !strings.Contains(file.header.Get("Content-Disposition"), settled) || !strings.Contains(file.body, ",3000,3600,3600,") {
		t.Errorf("the file: %v, %v\n%s", err, file.header, file.body)
	}
	facts, err := ledger.ReadFacts(strings.NewReader(w.get(data.Viewer, "/months/"+settled+".json").body))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := facts.Report(ledger.Selection{}); err != nil || r.Contract.Downtime != 3000 || r.Strict.Downtime != 3600 {
		t.Errorf("from the facts: %+v, %v", r, err)
	}
	if who := w.get("", "/months/"+settled+".csv"); who.status == http.StatusOK {
		t.Error("nobody gets the file")
	}
}
