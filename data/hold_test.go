package data_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// inStore runs fn on a fresh store.
func inStore(t *testing.T, fn func(data.Tx) error) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "statusd.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestHold(t *testing.T) {
	now := datatest.Start
	inStore(t, func(tx data.Tx) error {
		h, err := data.SendingHold(tx)
		if h != (data.Hold{}) || h.Held() || err != nil {
			t.Errorf("at first: %+v, %v", h, err)
		}
		if _, err := data.ReleaseSending(tx, now); !strings.Contains(err.Error(), "nothing is held") {
			t.Errorf("released at first: %v", err)
		}
		for _, step := range []struct {
			name    string
			at      time.Duration // from now
			copied  time.Time
			release bool
			want    data.Hold
		}{
			{"restored", 0, now.Add(-time.Hour), false, data.Hold{Copied: now.Add(-time.Hour), Restored: now}},
			{"restored from a copy of the held one", time.Hour, now.Add(time.Minute), false, data.Hold{Copied: now.Add(-time.Hour), Restored: now.Add(time.Hour)}},
			{"restored from an older one", 2 * time.Hour, now.Add(-9 * time.Hour), false, data.Hold{Copied: now.Add(-9 * time.Hour), Restored: now.Add(2 * time.Hour)}},
			{"released, the clock set back", time.Hour, time.Time{}, true, data.Hold{Copied: now.Add(-9 * time.Hour), Restored: now.Add(2 * time.Hour), Released: now.Add(2 * time.Hour)}},
			{"restored from a copy made soon after", 30 * time.Hour, now.Add(25 * time.Hour), false, data.Hold{Copied: now.Add(-9 * time.Hour), Restored: now.Add(30 * time.Hour)}},
			{"released", 31 * time.Hour, time.Time{}, true, data.Hold{Copied: now.Add(-9 * time.Hour), Restored: now.Add(30 * time.Hour), Released: now.Add(31 * time.Hour)}},
			{"restored from a copy made long after", 99 * time.Hour, now.Add(98 * time.Hour), false, data.Hold{Copied: now.Add(98 * time.Hour), Restored: now.Add(99 * time.Hour)}},
			{"released", 99 * time.Hour, time.Time{}, true, data.Hold{Copied: now.Add(98 * time.Hour), Restored: now.Add(99 * time.Hour), Released: now.Add(99 * time.Hour)}},
			{"a copy that does not tell", 2000 * time.Hour, time.Time{}, false, data.Hold{Copied: now.Add(1280 * time.Hour), Restored: now.Add(2000 * time.Hour)}},
		} {
			if step.release {
				h, err = data.ReleaseSending(tx, now.Add(step.at))
			} else {
				h, err = data.HoldSending(tx, step.copied, now.Add(step.at))
			}
			kept, kerr := data.SendingHold(tx)
			if err := errors.Join(err, kerr); err != nil || h != step.want || kept != h || h.Held() == step.release {
				t.Errorf("%s: %+v, kept %+v, %v; want %+v", step.name, h, kept, err, step.want)
			}
		}
		if err := tx.Settings().Put(data.Setting{Name: data.SettingSendingHeld, Value: "x"}); err != nil {
			return err
		}
		if _, err := data.SendingHold(tx); err == nil || !strings.Contains(err.Error(), "statusd restore --hold") {
			t.Errorf("unreadable: %v", err)
		}
		h, err = data.HoldSending(tx, now, now) // the way out that the error names
		if !h.Held() {
			t.Errorf("held again: %+v", h)
		}
		return err
	})
}

func TestNewestTrace(t *testing.T) {
	now, trace := datatest.Start, func(tx data.Tx) time.Time {
		at, err := data.NewestTrace(tx, datatest.Start)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	inStore(t, func(tx data.Tx) error {
		if at := trace(tx); !at.IsZero() {
			t.Errorf("of nothing: %v", at)
		}
		b := datatest.Bulletin(now.Add(72 * time.Hour))
		sample := func(at time.Time) data.Block {
			return datatest.Block(data.Sample{Probe: "front", Place: "here", At: at, Level: data.Operational})
		}
		for _, step := range []struct {
			name string
			put  func() error
			want time.Duration // before now
		}{
			{"a bulletin to come", func() error { return tx.Bulletins().Put(b) }, -1},
			{"an audit entry", func() error {
				return data.Audit(tx, data.AuditEntry{At: now.Add(-9 * time.Hour), Actor: "file:test", Action: "test", Outcome: data.Done})
			}, 9 * time.Hour},
			{"an old sample", func() error { return tx.Blocks().Put(sample(now.Add(-48 * time.Hour))) }, 9 * time.Hour},
			{"a sample", func() error { return tx.Blocks().Put(sample(now.Add(-8 * time.Hour))) }, 8 * time.Hour},
			{"an attempt", func() error {
				return data.PutNotice(tx, data.Notice{Bulletin: b.Key(), Subscriber: "s1", Phase: data.NoticeUnknown, Tried: now.Add(-7 * time.Hour)})
			}, 7 * time.Hour},
			{"a proof", func() error {
				return tx.Proofs().Put(data.Proof{Bulletin: b.Key(), Surface: data.OnPage, At: now.Add(-6 * time.Hour)})
			}, 6 * time.Hour},
			{"a proof of tomorrow", func() error {
				return tx.Proofs().Put(data.Proof{Bulletin: b.Key(), Surface: data.OnBanner, At: now.Add(24 * time.Hour)})
			}, 6 * time.Hour},
		} {
			if err := step.put(); err != nil {
				return err
			}
			want := time.Time{}
			if step.want >= 0 {
				want = now.Add(-step.want)
			}
			if at := trace(tx); !at.Equal(want) {
				t.Errorf("with %s: %v, want %v", step.name, at, want)
			}
		}
		return nil
	})
}
