package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/superoffice/statusd/data/bolt"
)

// saveWhole writes a file that is there whole or not at all: it grows as path.part, which only its owner can read, is
// checked there, and gets its name last. Nothing is overwritten but by force, and never a database that a service uses.
func saveWhole(path string, force bool, write func(io.Writer) error, check func(part string) error) (err error) {
	switch _, err := os.Lstat(path); {
	case err == nil && !force:
		return fmt.Errorf("%s is there already: choose another name, or overwrite it with --force", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if _, err := os.Stat(bolt.MarkerPath(path)); err == nil {
		return fmt.Errorf("%s is the database of a service: choose another name", path)
	}
	part, err := claim(path + ".part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(part.Name()) //nolint:errcheck // what is left is taken over by the next one
		}
		part.Close() //nolint:errcheck // it was synced, or is given up
	}()
	if err := write(part); err != nil {
		return err
	}
	if err := part.Sync(); err != nil {
		return err
	}
	// Whoever checks it opens it to read; whoever would write it is still kept out.
	if err := syscall.Flock(int(part.Fd()), syscall.LOCK_SH); err != nil {
		return fmt.Errorf("locking %s: %w", part.Name(), err)
	}
	if err := check(part.Name()); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// claim opens a file for one writer alone, empty. A lock goes with its process, so what a dead one left is taken over.
func claim(path string) (*os.File, error) {
	for range 3 {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			return nil, fmt.Errorf("%s is being written by another command: wait for that one", path)
		}
		if stillNamed(path, f) {
			if err := errors.Join(f.Truncate(0), f.Chmod(0o600)); err != nil {
				f.Close()
				return nil, fmt.Errorf("preparing %s: %w", path, err)
			}
			return f, nil
		}
		f.Close() // the one before has just given it its name
	}
	return nil, fmt.Errorf("%s is being written by another command: wait for that one", path)
}

// stillNamed says whether path is the name of f still.
func stillNamed(path string, f *os.File) bool {
	opened, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(opened, now)
}

// syncDir makes names in a directory last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
