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

// TestMonthTellsWhatThePublicDoes shows operators the rows that the public sees, which add up, why not all of them counts, that nobody
// knows whether a target was met, and that a month is withheld.
func TestMonthTellsWhatThePublicDoes(t *testing.T) {
	w := newWorld(t)
	now := time.Now().UTC()
	book := w.pages.API.Settings.Book()
	running, _, err := ledger.Bounds(ledger.Months(now, w.zone(), 1)[0], w.zone())
	if err != nil {
		t.Fatal(err)
	}
	month := running.AddDate(0, 0, -40).In(w.zone()).Format("2006-01")
	from, _, err := ledger.Bounds(month, w.zone())
	if err != nil {
		t.Fatal(err)
	}
	at := func(hours, minutes int) time.Time {
		return from.Add(9*24*time.Hour + time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
	}
	outage := func(start, end time.Time, change func(*data.Outage)) data.Outage {
		o := datatest.Outage("db3", start)
		if o.Ended = end; change != nil {
			change(&o)
		}
		return o
	}
	window := func(slug string, start, end time.Time) data.Occurrence {
		o := datatest.Occurrence(slug, start)
		o.Window.End, o.Phase, o.Began, o.Ended = end, data.Completed, start, end
		return o
	}
	err = w.store.Update(context.Background(), func(tx data.Tx) error {
		return errors.Join(
			tx.Marks().Put(datatest.Mark("db3", from, data.Operational)),
			tx.Marks().Put(datatest.Mark("db3", at(30, 0), data.NoData)), tx.Marks().Put(datatest.Mark("db3", at(32, 0), data.Operational)),
			tx.Outages().Put(outage(at(0, 0), at(0, 40), nil)),
			tx.Outages().Put(outage(at(0, 10), at(0, 50), func(o *data.Outage) { o.Cohort = "pilot" })),
			tx.Outages().Put(outage(at(5, 0), at(6, 0), func(o *data.Outage) { o.Cause = data.ByInternet })),
			tx.Outages().Put(outage(at(8, 0), at(9, 0), func(o *data.Outage) { o.Impact = data.Degradation })),
			tx.Outages().Put(outage(at(20, 0), at(20, 45), nil)),
			data.PutOccurrence(tx, window("patch", at(20, 0), at(20, 30)), from),
			data.PutOccurrence(tx, window("system", at(20, 0), at(20, 15)), from),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	write := func(fn func(data.Tx) error) {
		t.Helper()
		if err := w.store.Update(context.Background(), fn); err != nil {
			t.Fatal(err)
		}
	}
	said := func(path string, want ...string) {
		t.Helper()
		page := w.get(data.Viewer, path)
		for _, text := range want {
			if page.status != http.StatusOK || !strings.Contains(page.body, text) {
				t.Errorf("%s: %d, has no %q\n%s", path, page.status, text, page.body)
			}
		}
	}
	said("/months/"+month, "not settled", "2 outages joined", "<td data-of=\"Contract\">50 minutes", "alone 40 minutes", "1 hour: the cause: the internet", "1 hour: only degraded",
		"<td data-of=\"Contract\">15 minutes <small>30 minutes: in maintenance</small>", "<td data-of=\"By another\">15 minutes", ", not known whether met", "that nobody watched.<")
	write(func(tx data.Tx) error {
		r, err := months.Records(tx, now)
		if err == nil {
			_, err = book.Settle(tx, r, month, "statusd", now)
		}
		return err
	})
	said("/months/"+month, "Fingerprint of its facts")
	said("/months", ", not known whether met")
	write(func(tx data.Tx) error {
		m, err := data.LatestMonth(tx, month)
		m.Facts = []byte(strings.Replace(string(m.Facts), `"cause":"internet"`, `"cause":"customer"`, 1))
		return errors.Join(err, tx.Months().Put(m))
	})
	said("/months/"+month, "There are no figures: "+month+" is withheld", "statusd month verify")
	said("/months", "withheld: "+month+" is withheld", "<td data-of=\"Contract\">withheld")
}
