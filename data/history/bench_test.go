package history_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/history"
)

// noisy is a day of a steady target at one sample in 30 s, with the noise of latency that a network has.
func noisy(probe string, day time.Time, seed uint64) data.Block {
	noise := rand.New(rand.NewPCG(seed, 5))
	samples := make([]data.Sample, 2880)
	for i := range samples {
		samples[i] = data.Sample{
			Probe: probe, Place: data.Here, At: day.Add(time.Duration(i) * 30 * time.Second), Level: data.Operational,
			Latency: 80*time.Millisecond + time.Duration(noise.ExpFloat64()*float64(40*time.Millisecond)),
		}
	}
	b := data.Block{Probe: probe, Place: data.Here, Day: data.BlockDay(day)}
	if refused, err := b.AppendAll(samples); refused > 0 || err != nil {
		panic(fmt.Sprint(refused, err))
	}
	return b
}

var newYear = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// year is a store with a year of noisy days of one probe.
func year(b *testing.B) data.Store {
	s, err := bolt.Open(filepath.Join(b.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	for d := range 365 {
		block := noisy("crm-read", newYear.AddDate(0, 0, d), uint64(d))
		if err := s.Update(b.Context(), func(tx data.Tx) error { return tx.Blocks().Put(block) }); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// BenchmarkYear reads a year of samples of one probe from a file and sums it up by day. The floor is a bare loop that counts the
// same packed bytes in memory.
func BenchmarkYear(b *testing.B) {
	store := year(b)
	bounds := history.Days(newYear, 365, time.UTC)
	var packed [][]byte
	if err := store.View(b.Context(), func(tx data.Tx) error {
		for block, err := range history.Read(tx, "crm-read", "", newYear, bounds[365]) {
			if err != nil {
				return err
			}
			packed = append(packed, block.Data)
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	var ours, floor time.Duration
	var counted [365][256]uint32
	for b.Loop() {
		at := time.Now()
		n := 0
		err := store.View(b.Context(), func(tx data.Tx) error {
			sums, err := history.Sum(history.Read(tx, "crm-read", "", newYear, bounds[365]), bounds)
			n = 0
			for i := range sums {
				n += sums[i].Good
				if sums[i].Latency(0.95) == 0 {
					b.Fatal("a day without latency")
				}
			}
			return err
		})
		if n != 365*2880 || err != nil {
			b.Fatal(n, err)
		}
		mid := time.Now()
		for d, bytes := range packed {
			for _, c := range bytes {
				counted[d][c]++
			}
		}
		ours, floor = ours+mid.Sub(at), floor+time.Since(mid)
	}
	b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ms/year")
	b.ReportMetric(float64(ours)/float64(floor), "x-floor")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkDisk writes a month of five steady targets as the service does, in flushes that grow the blocks of the day, and says
// how many bytes of the file's pages a sample takes (DESIGN 13: at most 2).
func BenchmarkDisk(b *testing.B) {
	const days, flushes = 30, 24
	probes := []string{"crm-read", "crm-write", "search-of-archived-documents", "api", "login-with-password-and-code"}
	for b.Loop() {
		file := filepath.Join(b.TempDir(), "statusd.db")
		s, err := bolt.Open(file, bolt.Options{NoSync: true})
		if err != nil {
			b.Fatal(err)
		}
		for d := range days {
			for f := range flushes {
				err := s.Update(b.Context(), func(tx data.Tx) error {
					for i, p := range probes {
						whole := noisy(p, newYear.AddDate(0, 0, d), uint64(i*days+d))
						whole.Data = whole.Data[:len(whole.Data)*(f+1)/flushes]
						if err := tx.Blocks().Put(whole); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		s.Close()
		db, err := bbolt.Open(file, 0o600, &bbolt.Options{ReadOnly: true})
		if err != nil {
			b.Fatal(err)
		}
		err = db.View(func(tx *bbolt.Tx) error {
			stats := tx.Bucket([]byte(data.BlocksTable)).Stats()
			b.ReportMetric(float64(stats.LeafAlloc+stats.BranchAlloc)/float64(days*2880*len(probes)), "B/sample")
			b.ReportMetric(float64(stats.LeafInuse+stats.BranchInuse)/float64(days*2880*len(probes)), "B/sample-used")
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		db.Close()
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAppend is what a flush adds to a block that is almost full: two samples, or an hour's that waited.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{2, 120, 720} {
		full := noisy("crm-read", newYear, 1)
		all, err := full.Samples()
		if err != nil {
			b.Fatal(err)
		}
		base := data.Block{Probe: full.Probe, Place: full.Place, Day: full.Day}
		if _, err := base.AppendAll(all[:len(all)-n]); err != nil {
			b.Fatal(err)
		}
		rest := all[len(all)-n:]
		b.Run(fmt.Sprintf("each/%d", n), func(b *testing.B) {
			for b.Loop() {
				block := base
				for _, s := range rest {
					if err := block.Append(s); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(fmt.Sprintf("all/%d", n), func(b *testing.B) {
			for b.Loop() {
				block := base
				if refused, err := block.AppendAll(rest); refused > 0 || err != nil {
					b.Fatal(refused, err)
				}
			}
		})
	}
}
