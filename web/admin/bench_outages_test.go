package admin_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// manyOutages puts ten years of outages into the store, with the marks that made them, and
// returns the keys of the first and the newest.
func (w *world) manyOutages(many int) (first, last data.OutageKey) {
	w.Helper()
	ctx, now := context.Background(), time.Now().UTC().Truncate(time.Second)
	step := 10 * 365 * 24 * time.Hour / time.Duration(many)
	for n := 0; n < many; n += 500 {
		err := w.store.Update(ctx, func(tx data.Tx) error {
			for k := n; k < n+500; k++ {
				at := now.Add(-time.Duration(many-k) * step)
				o := datatest.Outage([]string{"login", "crm-read"}[k%2], at)
				o.Ended, o.LastBad, o.Reason = at.Add(7*time.Minute), at.Add(6*time.Minute), "status"
				if k%10 == 0 {
					o.Corrections = []data.Correction{{At: at.Add(time.Hour), Author: "operator:it@example.com", Why: "the line was cut in the street", Cause: data.ByExternal}}
				}
				if err := tx.Outages().Put(o); err != nil {
					return err
				}
				for _, m := range []data.Mark{datatest.Mark(o.Component, o.Started, data.MajorOutage), datatest.Mark(o.Component, o.Ended, data.Operational)} {
					if err := tx.Marks().Put(m); err != nil {
						return err
					}
				}
				if last = o.Key(); first == "" {
					first = last
				}
			}
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
	}
	return first, last
}

// BenchmarkOutagePages serves the pages of outages, probes and months with 10,000 outages and ten years of windows behind them. The
// target is 50 ms of the server's time a page; "after a change" is the first one after an outage was written.
func BenchmarkOutagePages(b *testing.B) {
	w := newWorld(b)
	w.tenYears()
	first, last := w.manyOutages(10_000)
	err := w.store.Update(context.Background(), func(tx data.Tx) error {
		for _, p := range []data.Probe{datatest.Probe("front", "login"), datatest.Probe("read", "crm-read")} {
			if err := tx.Probes().Put(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	id := func(key data.OutageKey) string { return data.PublicID(pageOfWorld, "outage", string(key)) }
	n := 0
	for _, path := range []string{
		"/outages", "/outages?open=true", "/outages?component=login", "/outages?month=" + time.Now().AddDate(0, -1, 0).Format("2006-01"), "/outages/" + id(last), "/outages/" + id(first), "/outages/" + url.PathEscape(string(last)), "/outages/new",
		"/probes", "/probes/front", "/probes/front/" + time.Now().Format(time.DateOnly), "/months", "/months/" + time.Now().Format("2006-01"), "/months/" + time.Now().AddDate(0, -1, 0).Format("2006-01"),
	} {
		for _, when := range []string{"again", "after a change"} {
			b.Run(path+" "+when, func(b *testing.B) {
				for b.Loop() {
					if when != "again" {
						b.StopTimer()
						n++
						err := w.store.Update(context.Background(), func(tx data.Tx) error {
							o, err := tx.Outages().Get(last)
							if err != nil {
								return err
							}
							o.Reason = fmt.Sprint("status ", n)
							return tx.Outages().Put(o)
						})
						if err != nil {
							b.Fatal(err)
						}
						b.StartTimer()
					}
					if a := w.get(data.Admin, path); a.status != 200 {
						b.Fatalf("%d %s", a.status, a.body)
					}
				}
				if each := b.Elapsed() / time.Duration(b.N); each > 50*time.Millisecond {
					b.Logf("%s takes %s, more than 50 ms", path, each)
				}
			})
		}
	}
	fields := form("started_at", "", "ended_at", "", "reason", "the line was cut in the street", "cause", string(data.ByExternal), "impact", string(data.NoReadNoWrite), "cohort", data.AllCustomers)
	b.Run("preview", func(b *testing.B) {
		for b.Loop() {
			if a := w.post(data.Admin, "/outages/"+id(last)+"/correct", fields); a.status != 200 {
				b.Fatalf("%d %s", a.status, a.body)
			}
		}
	})
}
