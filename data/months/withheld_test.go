package months_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// TestWithheld changes February behind the service's back, first as somebody would who can write records, then so that the record
// cannot be read: its figure is withheld everywhere, and every other month stays.
func TestWithheld(t *testing.T) {
	for name, tamper := range map[string]func(b []byte) []byte{
		"changed": nil,
		"unreadable": func(b []byte) []byte {
			b = bytes.Clone(b)
			b[len(b)-2] ^= 1
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t)
			s.settle(on(4, 20, 0))
			store := tampered(t, s.store, tamper)
			err := store.View(t.Context(), func(tx data.Tx) error {
				_, err := s.book.Statement(tx, "2026-02", on(5, 1, 0))
				var said *data.Error
				if !errors.Is(err, data.ErrDamaged) || !errors.As(err, &said) || !strings.Contains(said.Message, "`statusd month verify`") || !strings.Contains(said.Message, "statusd restore") {
					t.Errorf("February is served, or nobody learns the way out: %v", err)
				}
				kept, err := s.book.Keep(tx, "2026-02", on(5, 1, 0))
				if err != nil {
					return err
				}
				all, err := s.book.Archive(tx)
				if err != nil || len(all) != 3 {
					t.Fatalf("%d months are there, %v", len(all), err)
				}
				var year []months.Sheet
				for _, k := range []months.Kept{all["2026-01"], kept, all["2026-02"], all["2026-03"]} {
					sheet, err := k.Sheet(months.View{})
					if err != nil {
						return err
					}
					if bad := sheet.Month == "2026-02"; sheet.Withheld != bad || (sheet.State() == months.StateWithheld) != bad || (sheet.Contract.Verdict == ledger.Withheld) != bad || (sheet.Contract.Uptime == "") != bad {
						t.Errorf("%+v", sheet)
					}
					year = append(year, sheet)
				}
				if y := months.YearOf("2026", "Europe/Oslo", year); y.Withheld != 2 || y.Over != 1 || y.Unknown != 1 { // January was watched from its first noon
					t.Errorf("the year: %+v", y)
				}
				var csv bytes.Buffer
				if err := months.WriteCSV(&csv, true, year...); err != nil || !strings.Contains(csv.String(), "withheld") || strings.Contains(csv.String(), "0.997") {
					t.Errorf("the CSV: %v\n%s", err, &csv)
				}
				if _, err := months.Verify(tx); !errors.Is(err, data.ErrDamaged) {
					t.Errorf("the chain verifies: %v", err)
				}
				if _, next, err := s.book.Due(tx, on(4, 30, 0)); err != nil || next.Month() != 5 {
					t.Errorf("the next month is settled at %v, %v", next, err)
				}
				if revised, err := s.book.Revise(tx, on(4, 20, 0), "it", "why", on(4, 30, 0)); len(revised) != 0 || err != nil {
					t.Errorf("what is done now runs into it: %v", err)
				}
				if _, err := s.book.Revise(tx, on(2, 20, 0), "it", "why", on(4, 30, 0)); !errors.Is(err, data.ErrDamaged) {
					t.Errorf("it is revised: %v", err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// tampered is a copy of a store with February changed: its bytes by tamper, or without one its facts.
func tampered(t *testing.T, store data.Store, tamper func([]byte) []byte) data.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "statusd.db")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.(*bolt.Store).Copy(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if tamper != nil {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error {
			b, key := tx.Bucket([]byte(data.MonthsTable)), []byte(data.KeyOfMonth("2026-02", 1))
			return b.Put(key, tamper(b.Get(key)))
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	other, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	if tamper != nil {
		return other
	}
	err = other.Update(t.Context(), func(tx data.Tx) error {
		m, err := data.LatestMonth(tx, "2026-02")
		if err != nil {
			return err
		}
		m.Facts = bytes.Replace(m.Facts, []byte(`"target":"0.998"`), []byte(`"target":"0.997"`), 1)
		return tx.Months().Put(m)
	})
	if err != nil {
		t.Fatal(err)
	}
	return other
}

// TestClaims follows C1 and C2: whatever reduced the figure has last days, once where two probes opened it; a month that is over and
// met its target gives no claim, one that runs may yet.
func TestClaims(t *testing.T) {
	const twice = `{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T%s:00:00Z","component":"a"},{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:30:00Z","component":"a","reported":"2026-04-07T09:00:00Z"}`
	for _, c := range []struct {
		name, until, more, handled string
		may                        bool
	}{
		{"met", "10", ``, "2026-05-07", false},
		{"missed", "11", ``, "2026-05-07", true},
		{"it runs", "10", `,"as_of":"2026-04-20T00:00:00Z"`, "2026-05-07", true},
		{"watched too little to know", "10", `,"unobserved":[{"start":"2026-04-11T00:00:00Z","end":"2026-04-12T00:00:00Z"}]`, "2026-05-07", true},
	} {
		s := sheetOf(t, `{"month":"2026-04","zone":"Europe/Oslo","target":"0.998","outages":[`+strings.Replace(twice, "%s", c.until, 1)+`]`+c.more+`}`, ledger.Selection{})
		if len(s.Claims) != 1 || s.Claims[0].Days[0].Handled != c.handled || s.MayClaim() != c.may {
			t.Errorf("%s: claims %+v, may %v", c.name, s.Claims, s.MayClaim())
		}
	}
}
