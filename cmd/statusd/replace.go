package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
)

// replace puts a copy in the place of the database at path, changed by fn. The one before is kept beside it; its name is
// returned, empty where there was none. Killed at any moment it leaves the old database or the new one, whole: the new one is
// on the disk before the old one loses its name, in one step.
func replace(path, from string, now time.Time, fn func(data.Tx) error) (kept string, err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	unlock, err := lockOut(path)
	if err != nil {
		return "", err
	}
	defer unlock()
	fresh, err := ready(path, from, fn)
	if err != nil {
		return "", err
	}
	defer os.Remove(fresh) //nolint:errcheck // it has gone to its place, or is given up
	if kept, err = keep(path, path+".before-restore-"+now.Format("20060102T150405.000Z")); err != nil {
		return "", fmt.Errorf("keeping the present database: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return "", err
	}
	if err := syncDir(dir); err != nil {
		return kept, err
	}
	if err := bolt.Mark(path); err != nil {
		return kept, err
	}
	return kept, own(bolt.MarkerPath(path), dir)
}

// lockOut keeps services and other commands from the database at path: by the lock that they take, and, for where there is
// no database, by one on its directory against other restores.
func lockOut(path string) (unlock func(), err error) {
	var held []*os.File
	unlock = func() {
		for _, f := range held {
			f.Close()
		}
	}
	for _, name := range []string{filepath.Dir(path), path} {
		f, err := os.Open(name)
		if name == path && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			held = append(held, f)
			err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		}
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = errRunning(filepath.Dir(path))
		}
		if err != nil {
			unlock()
			return nil, err
		}
	}
	return unlock, nil
}

// ready makes the database that is to come beside the one at path, whole and on the disk.
func ready(path, from string, fn func(data.Tx) error) (fresh string, err error) {
	if now, err := os.Stat(path); err == nil {
		if copied, err := os.Stat(from); err == nil && os.SameFile(now, copied) {
			return "", usagef("%s is the database itself: name a copy", from)
		}
		if err := forgetAliases(path, now); err != nil {
			return "", err
		}
	}
	fresh = path + ".restoring"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) { // one that was killed left it
		return "", err
	}
	if err := bolt.Renew(from, fresh, fn); err != nil {
		return "", err
	}
	_, err = bolt.Check(fresh)
	if err == nil {
		err = own(fresh, path, filepath.Dir(path))
	}
	if err != nil {
		os.Remove(fresh) //nolint:errcheck // the next one does
		return "", err
	}
	return fresh, nil
}

// forgetAliases takes away second names of the present database that a killed restore left: they are no earlier state.
func forgetAliases(path string, now os.FileInfo) error {
	names, err := filepath.Glob(globEscape(path) + ".before-restore-*")
	if err != nil {
		return err
	}
	for _, name := range names {
		if info, err := os.Lstat(name); err == nil && os.SameFile(info, now) {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep gives the file at path a second name; where the file system knows no such thing, a copy of it. It returns that name,
// or nothing where there is no file.
func keep(path, as string) (string, error) {
	err := os.Link(path, as)
	switch {
	case err == nil:
		return as, nil
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case errors.Is(err, fs.ErrExist):
		return "", err
	}
	from, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer from.Close()
	err = saveWhole(as, false, func(w io.Writer) error { _, err := io.Copy(w, from); return err }, func(string) error { return nil })
	if err == nil {
		err = own(as, path)
	}
	return as, err
}

// own gives a file, if it was made by root, to whoever owns the first of the others that is there.
func own(path string, like ...string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range like {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); ok {
			return os.Lchown(path, int(owner.Uid), int(owner.Gid))
		}
	}
	return nil
}
