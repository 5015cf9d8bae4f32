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
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
)

// copyLayout is the name of a copy in a directory of copies: it sorts by time.
const copyLayout = "statusd-20060102T150405Z.db"

func copyName(now time.Time) string { return now.UTC().Format(copyLayout) }

// copies are the copies in a directory that were made by now, the newest first. left are the files that have the name of a
// copy and are none, or whose name lies after now, as after a clock that went wrong: nobody knows how old those are. Other
// files are none of ours.
func copies(dir string, now time.Time) (names, left []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		made, err := time.Parse(copyLayout, e.Name())
		switch {
		case err != nil || !e.Type().IsRegular():
		case made.After(now) || bolt.Inspect(filepath.Join(dir, e.Name()), func(data.Tx) error { return nil }) != nil:
			left = append(left, e.Name())
		default:
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	slices.Reverse(names)
	return names, left, nil
}

// pruned is what came of pruning a directory of copies.
type pruned struct {
	gone []string // copies that were deleted
	left []string // what copies calls left: neither counted nor deleted
}

// pruneCopies deletes all but the newest copies in a directory, and what commands that were killed left half written. The
// copy that was just made is the first of those that stay, whatever the others are called.
func pruneCopies(dir, made string, keep int) (out pruned, err error) {
	names, left, err := copies(dir, time.Now())
	if err != nil {
		return out, err
	}
	fresh := func(name string) bool { return name == made }
	names, out.left = slices.DeleteFunc(names, fresh), slices.DeleteFunc(left, fresh)
	parts, err := filepath.Glob(filepath.Join(globEscape(dir), "statusd-*.db.part"))
	if err != nil {
		return out, err
	}
	for _, part := range parts {
		if abandoned(part) {
			os.Remove(part) //nolint:errcheck // the next one tries again
		}
	}
	for _, name := range names[min(len(names), keep-1):] {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return out, err
		}
		out.gone = append(out.gone, name)
	}
	return out, nil
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
	names, _, err := copies(k.Dir, now)
	if err != nil || len(names) == 0 {
		return 0
	}
	made, err := time.Parse(copyLayout, names[0])
	info, serr := os.Stat(filepath.Join(k.Dir, names[0]))
	if err != nil || serr != nil {
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
		return spoolTo(ctx, k.store, w)
	})
	if err != nil {
		return err
	}
	k.success.Set(float64(now.Unix()))
	k.bytes.Set(float64(sum.Bytes))
	k.log.Info("a copy of the database was made", "file", path, "bytes", sum.Bytes, "revision", sum.Revision)
	done, err := pruneCopies(k.Dir, filepath.Base(path), k.Keep)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("deleting older copies: %w", err)
	}
	if len(done.left) > 0 {
		k.log.Warn("files with the name of a copy are neither counted nor deleted: they are no whole copies, or their names lie after now",
			"dir", k.Dir, "files", done.left, "way_out", "move them away")
	}
	return nil
}

// spoolTo writes a copy of the database to w, which may be as slow as a disk far away: while the database is read, the copy
// goes into its own directory, because until that is over neither its pages nor its file can be renewed.
func spoolTo(ctx context.Context, store *bolt.Store, w io.Writer) error {
	f, err := store.Spool(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(writerFunc(func(b []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return w.Write(b)
	}), f)
	return err
}
