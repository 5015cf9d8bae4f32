package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data/bolt"
)

// copyLayout is the name of a copy in a directory of copies: it sorts by time.
const copyLayout = "statusd-20060102T150405Z.db"

func copyName(now time.Time) string { return now.UTC().Format(copyLayout) }

// copies are the copies in a directory, the newest first. Other files are none of ours.
func copies(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if _, err := time.Parse(copyLayout, e.Name()); err == nil && e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	slices.Reverse(names)
	return names, nil
}

// pruneCopies deletes all but the newest copies in a directory, and what commands that were killed left half written. It
// returns what it deleted of the copies.
func pruneCopies(dir string, keep int) (gone []string, err error) {
	names, err := copies(dir)
	if err != nil {
		return nil, err
	}
	parts, err := filepath.Glob(filepath.Join(globEscape(dir), "statusd-*.db.part"))
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		if abandoned(part) {
			os.Remove(part) //nolint:errcheck // the next one tries again
		}
	}
	for i, name := range names {
		if i < keep {
			continue
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return gone, err
		}
		gone = append(gone, name)
	}
	return gone, nil
}

// globEscape makes a directory's name mean itself in a pattern.
func globEscape(dir string) string {
	var out []rune
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || r == '\\' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}

// abandoned says whether nobody writes a file that is named as a part.
func abandoned(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// copyAgain is how soon a copy that failed is tried again, at the latest.
const copyAgain = 10 * time.Minute

// keeper makes copies of the database while the service runs.
type keeper struct {
	config.Backup
	store   *bolt.Store
	log     *slog.Logger
	success prometheus.Gauge
	bytes   prometheus.Gauge
}

// newKeeper returns a keeper that has registered its metrics; nil where none is configured.
func newKeeper(b *config.Backup, store *bolt.Store, log *slog.Logger, registry prometheus.Registerer) *keeper {
	if b == nil {
		return nil
	}
	k := &keeper{
		Backup: *b, store: store, log: log.With("part", "backup"),
		success: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "statusd_backup_last_success_timestamp_seconds", Help: "When the newest copy of the database was made; 0 while there is none.",
		}),
		bytes: prometheus.NewGauge(prometheus.GaugeOpts{Name: "statusd_backup_bytes", Help: "Size of the newest copy of the database."}),
	}
	registry.MustRegister(k.success, k.bytes)
	return k
}

// run makes a copy whenever the newest is old enough, until ctx ends.
func (k *keeper) run(ctx context.Context) error {
	if k == nil {
		return nil
	}
	timer := time.NewTimer(k.first(time.Now()))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		wait := k.Every
		if err := k.save(ctx, time.Now()); ctx.Err() != nil {
			return nil
		} else if err != nil {
			wait = min(wait, copyAgain)
			k.log.Error("no copy of the database was made; it is tried again", "dir", k.Dir, "error", err, "next", time.Now().Add(wait))
		}
		timer.Reset(wait)
	}
}

// first is how long to wait for the first copy, by the newest there is.
func (k *keeper) first(now time.Time) time.Duration {
	names, err := copies(k.Dir)
	if err != nil || len(names) == 0 {
		return 0
	}
	made, err := time.Parse(copyLayout, names[0])
	info, serr := os.Stat(filepath.Join(k.Dir, names[0]))
	if err != nil || serr != nil || made.After(now) {
		return 0
	}
	k.success.Set(float64(made.Unix()))
	k.bytes.Set(float64(info.Size()))
	return max(0, k.Every-now.Sub(made))
}

func (k *keeper) save(ctx context.Context, now time.Time) error {
	if err := os.MkdirAll(k.Dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(k.Dir, copyName(now))
	sum, err := saveCopy(ctx, path, false, func(ctx context.Context, w io.Writer) error {
		_, err := k.store.Copy(ctx, w)
		return err
	})
	if err != nil {
		return err
	}
	k.success.Set(float64(now.Unix()))
	k.bytes.Set(float64(sum.Bytes))
	k.log.Info("a copy of the database was made", "file", path, "bytes", sum.Bytes, "revision", sum.Revision)
	if _, err := pruneCopies(k.Dir, k.Keep); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("deleting older copies: %w", err)
	}
	return nil
}
