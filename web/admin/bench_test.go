package admin_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// BenchmarkPages serves each page with 10,000 incidents behind it. The target is 50 ms of the server's time a page.
func BenchmarkPages(b *testing.B) {
	w := newWorld(b)
	w.address = api.Local // so that no limit of writes stands in the way
	const many = 10_000
	last := ""
	for n := 0; n < many; n += 500 {
		err := w.store.Update(context.Background(), func(tx data.Tx) error {
			for k := n; k < n+500; k++ {
				at := datatest.Start.Add(time.Duration(k) * time.Minute)
				i := datatest.Incident(fmt.Sprintf("i%011d", k), at)
				i, err := i.Update(data.Report{Phase: data.Identified, Body: "The cause is found, and we are working on it. It takes a while."}, "operator:it@example.com", at.Add(time.Minute))
				if err == nil {
					i, err = i.Update(data.Report{Phase: data.Resolved}, "operator:it@example.com", at.Add(2*time.Minute))
				}
				if err == nil {
					err = api.Tell(tx, data.Incident{}, i, api.Telling{Now: at.Add(2 * time.Minute)})
				}
				if err == nil {
					err = data.Audit(tx, data.AuditEntry{At: at, Actor: "operator:it@example.com", Action: "incident.resolve", Object: i.ID, Outcome: data.Done})
				}
				if err != nil {
					return err
				}
				last = i.ID
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := w.pages.Pages.First(context.Background()); err != nil {
		b.Fatal(err)
	}
	open := w.open(form("title", "Sign-in fails", "component", "login", "level", "major_outage"))
	for _, path := range []string{"/", "/incidents", "/incidents?open=true", "/incidents/new", "/incidents/" + last, "/incidents/" + open, "/audit", "/audit?object=" + last, "/operators", "/tokens"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if a := w.get(data.Admin, path); a.status != 200 {
					b.Fatalf("%d %s", a.status, a.body)
				}
			}
			if each := b.Elapsed() / time.Duration(b.N); each > 50*time.Millisecond {
				b.Logf("%s takes %s, more than 50 ms", path, each)
			}
		})
	}
	fields := form("title", "x", "component", "login", "level", "degraded", "go", "preview")
	b.Run("preview", func(b *testing.B) {
		for b.Loop() {
			if a := w.post(data.Admin, "/incidents", fields); a.status != 200 {
				b.Fatalf("%d %s", a.status, a.body)
			}
		}
	})
}
