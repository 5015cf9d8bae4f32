package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/superoffice/statusd/data"
)

// schemaVersion is the layout of buckets that this program writes: 2 since it counts the records of each table.
const schemaVersion = 2

var (
	metaBucket  = []byte("meta")
	schemaKey   = []byte("schema")
	revisionKey = []byte("revision.") // followed by the table's name
)

// mapSize is the address space set aside for the file. A file that outgrows its map makes a write wait for every reader;
// at this size that does not happen.
const mapSize = 1 << 30

// Options for Open. The zero value is right for production.
type Options struct {
	Wait   time.Duration // how long to wait, up to twice, for another process to let go of the file; zero means 1 s
	NoSync bool          // do not wait for the disk: for tests only, it loses acknowledged writes in a power cut
}

// Open opens the file at path, or makes it where there was none. It never makes a new one where a marker says that there
// was data: the error then says how to go on.
func Open(path string, o Options) (*Store, error) {
	if o.Wait == 0 {
		o.Wait = time.Second
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	if err := checkMarker(path); err != nil {
		return nil, err
	}
	db, revisions, err := openFile(path, o)
	if err != nil {
		return nil, err
	}
	if err := writeMarker(path); err != nil {
		db.Close()
		return nil, err
	}
	return newStore(path, o, db, revisions), nil
}

func openFile(path string, o Options) (db *bbolt.DB, revisions map[data.TableName]data.Revision, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // as in View
	var file *os.File
	defer func() {
		switch {
		case err == nil:
		case db != nil:
			db.Close()
			db = nil
		case file != nil: // a panic in bbolt leaves the file open, and so locked
			unlock(file)
		}
	}()
	defer catch("opening "+path, &err)
	sound, err := checkSound(path, o)
	if err != nil {
		return nil, nil, err
	}
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: o.Wait, NoSync: o.NoSync, InitialMmapSize: mapSize, FreelistType: bbolt.FreelistMapType,
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			file, err = os.OpenFile(name, flag, mode)
			return file, err
		},
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return db, nil, inUse(path)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return db, nil, fmt.Errorf("opening %s: %w: this is not a database of statusd, or its first pages are lost (%w): put the newest backup in its place", path, data.ErrDamaged, err)
	case err != nil:
		return db, nil, fmt.Errorf("opening %s: %w", path, err)
	}
	if err = checkSame(path, file, sound); err != nil {
		return db, nil, err
	}
	if _, unmarked := os.Stat(MarkerPath(path)); unmarked == nil {
		if err = checkMetas(path); err != nil {
			return db, nil, err
		}
	}
	revisions, err = prepare(path, db)
	return db, revisions, err
}

// checkSame notices that another file was put in the place of this one, as a restore does, between its opening and its locking or since
// its pages were found sound. Where sound is nil they were not looked at.
func checkSame(path string, file *os.File, sound os.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	if opened, err := file.Stat(); err != nil || !os.SameFile(opened, now) || sound != nil && !os.SameFile(sound, now) {
		return fmt.Errorf("opening %s: it was replaced at this moment: try again", path)
	}
	return nil
}

// checkSound refuses a file whose pages are damaged before anything is written to it, and returns the one that it looked at; nil where
// there was none. What is no database at all is left to be said by who opens it for writing.
func checkSound(path string, o Options) (sound os.FileInfo, err error) {
	sound, err = os.Stat(path)
	if err != nil || sound.Size() == 0 {
		return sound, nil //nolint:nilerr // it will be made
	}
	var file *os.File
	db, err := bbolt.Open(path, 0, &bbolt.Options{
		ReadOnly: true, Timeout: o.Wait,
		OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
			file, err = os.OpenFile(name, flag, mode)
			return file, err
		},
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, inUse(path)
	case err != nil:
		return sound, nil //nolint:nilerr // as above
	}
	sound, err = file.Stat()
	if err := errors.Join(err, checkPages(file), db.Close()); err != nil {
		return nil, fmt.Errorf("opening %s: %w: put the newest backup in its place", path, err)
	}
	return sound, nil
}

func inUse(path string) error {
	return fmt.Errorf("opening %s: another process is using it: stop that one first, or give this one another --data directory", path)
}

// prepare checks the schema, makes what is missing, and reads the revisions.
func prepare(path string, db *bbolt.DB) (map[data.TableName]data.Revision, error) {
	revisions := map[data.TableName]data.Revision{}
	ready := false
	err := db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		if meta == nil {
			first, _ := tx.Cursor().First()
			if first != nil {
				return fmt.Errorf("opening %s: this is a bbolt file of another program: give another --data directory", path)
			}
			return nil
		}
		counts := true
		if b := meta.Get(schemaKey); len(b) == 4 {
			v := binary.BigEndian.Uint32(b)
			counts = v >= 2
			if v > schemaVersion {
				return fmt.Errorf("opening %s: it was written by a newer statusd (schema %d, this one knows %d): use that version, or restore a backup made before the upgrade", path, v, schemaVersion)
			}
		} else {
			return fmt.Errorf("opening %s: %w: its schema version is unreadable: put the newest backup in its place", path, data.ErrDamaged)
		}
		ready = counts
		if counts {
			if err := checkCounts(path, tx); err != nil {
				return err
			}
		}
		for _, name := range data.Tables {
			if tx.Bucket([]byte(name)) == nil {
				ready = false
			}
			if b := meta.Get(append(revisionKey[:len(revisionKey):len(revisionKey)], name...)); len(b) == 8 {
				revisions[name] = data.Revision(binary.BigEndian.Uint64(b))
			}
		}
		return nil
	})
	if err != nil || ready {
		return revisions, err
	}
	return revisions, db.Update(func(b *bbolt.Tx) error {
		if err := upgrade(b); err != nil {
			return fmt.Errorf("preparing %s: %w", path, err)
		}
		return countAll(b)
	})
}

// upgrade makes what is missing in a file that is new or of an older schema. The numbers of records are not its business. A file
// that was killed in it is as it was before.
func upgrade(b *bbolt.Tx) error {
	meta, err := b.CreateBucketIfNotExists(metaBucket)
	if err != nil {
		return err
	}
	for _, name := range data.Tables {
		if _, err := b.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	if v := meta.Get(schemaKey); len(v) == 4 && binary.BigEndian.Uint32(v) < 2 {
		if err := data.Refer(&tx{bolt: b, touched: map[data.TableName]int{}}); err != nil {
			return err
		}
	}
	return meta.Put(schemaKey, binary.BigEndian.AppendUint32(nil, schemaVersion))
}

// MarkerPath is the file beside a database that remembers that it was made.
func MarkerPath(path string) string { return path + ".exists" }

func checkMarker(path string) error {
	if _, err := os.Stat(MarkerPath(path)); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	info, err := os.Stat(path)
	what := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		what = "is gone"
	case err != nil:
		return fmt.Errorf("opening %s: %w", path, err)
	case info.Size() == 0:
		what = "is empty"
	default:
		return nil
	}
	return fmt.Errorf("opening %s: there was data here and now the file %s: put the newest backup in its place, or remove %s to begin anew without history", path, what, MarkerPath(path))
}

// Mark writes the marker beside a database that was put in place by others than Open.
func Mark(path string) error { return writeMarker(path) }

func writeMarker(path string) error {
	if _, err := os.Stat(MarkerPath(path)); err == nil {
		return nil
	}
	f, err := os.OpenFile(MarkerPath(path), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("marking %s as made: %w", path, err)
	}
	_, err = f.WriteString("A database of statusd was made beside this file. If it is lost, restore a backup.\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if dir, derr := os.Open(filepath.Dir(path)); derr == nil {
		err = errors.Join(err, dir.Sync(), dir.Close())
	}
	if err != nil {
		return fmt.Errorf("marking %s as made: %w", path, err)
	}
	return nil
}
