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

// BenchmarkPages serves each page with 10,000 incidents and ten years of windows behind it. The target is 50 ms of the server's time a page.
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
	window := w.tenYears()
	far := "/maintenance/" + data.PublicID(pageOfWorld, "occurrence", "system|"+time.Now().AddDate(5, 0, 6-int(time.Now().AddDate(5, 0, 1).Weekday())).Format(time.DateOnly)+"|all|0")
	if err := w.pages.Pages.First(context.Background()); err != nil {
		b.Fatal(err)
	}
	open := w.open(form("title", "Sign-in fails", "component", "login", "level", "major_outage"))
	for _, path := range []string{
		"/", "/incidents", "/incidents?open=true", "/incidents/new", "/incidents/" + last, "/incidents/" + open, "/audit", "/audit?object=" + last, "/operators", "/tokens",
		"/maintenance", "/maintenance?from=2031-10-01", "/maintenance?month=2026-02", window, far, "/maintenance/new", "/maintenance/rule?rule=FREQ%3DDAILY&anchor=2026-01-01&start=02:00&end=03:00",
	} {
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

// tenYears puts windows into the store as ten years of the default schedule leave them: one that nobody is told of every night,
// and four others a week, each with its bulletin and what was seen of it; 400 days of them are still to come. It returns the
// address of one.
func (w *world) tenYears() string {
	w.Helper()
	now := time.Now().UTC().Truncate(time.Hour)
	err := w.store.Update(context.Background(), func(tx data.Tx) error {
		for slug, rule := range map[string]string{"application": "TU", "infrastructure": "SA", "microsoft": "TH", "recycle": "MO,TU,WE,TH,FR,SA,SU", "system": "FR"} {
			m := datatest.Maintenance(slug)
			m.Recurrence.Rule, m.Recurrence.Anchor, m.Standing = "FREQ=WEEKLY;BYDAY="+rule, map[string]string{"TU": "2026-01-06", "SA": "2026-01-03", "TH": "2026-01-01", "FR": "2026-01-02"}[rule], slug == "recycle"
			if m.Standing {
				m.Recurrence.Anchor = "2026-01-01"
			}
			if err := tx.Maintenances().Put(m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	var next data.Occurrence
	for day := -3650; day < 400; day += 50 {
		err := w.store.Update(context.Background(), func(tx data.Tx) error {
			for d := day; d < day+50; d++ {
				start := now.AddDate(0, 0, d)
				recycle := datatest.Occurrence("recycle", start)
				recycle.Category, recycle.Standing, recycle.Window.End = data.Recycle, true, start.Add(3*time.Second)
				all := []data.Occurrence{recycle}
				for slug, weekday := range map[string]time.Weekday{"system": time.Friday, "application": time.Tuesday, "microsoft": time.Thursday, "infrastructure": time.Saturday} {
					if start.Weekday() == weekday {
						all = append(all, datatest.Occurrence(slug, start))
					}
				}
				for _, o := range all {
					if o.Phase, _ = o.Due(now); o.Phase == data.Completed {
						o.Began, o.Ended = o.Window.Start, o.Window.End
					}
					if err := tx.Occurrences().Put(o); err != nil {
						return err
					}
					for _, b := range o.Owed(now) {
						if err := tx.Bulletins().Put(b); err != nil {
							return err
						}
						for _, s := range []data.Surface{data.OnPage, data.OnBanner} {
							if b.Moment.Before(now) {
								if err := tx.Proofs().Put(data.Proof{Bulletin: b.Key(), Surface: s, At: b.Moment}); err != nil {
									return err
								}
							}
						}
					}
					next = o
				}
			}
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
	}
	return "/maintenance/" + data.PublicID(pageOfWorld, "occurrence", string(next.Key()))
}
