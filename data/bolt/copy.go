package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// Copy writes the whole database to w as it is at one instant, while others read and write, and returns how many bytes that
// were. While it runs no page is used again, so that the file grows with every write, and after a failed commit the file
// cannot be opened anew. So w is to be a file; for anybody slower, see Spool.
func (s *Store) Copy(ctx context.Context, w io.Writer) (n int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer catch("copying "+s.path, &err)
	to := &interruptible{ctx: ctx, w: w}
	err = s.db.View(func(b *bbolt.Tx) (err error) {
		n, err = b.WriteTo(to)
		return err
	})
	if to.err != nil { // bbolt keeps only its words
		err = to.err
	}
	if err != nil {
		return n, fmt.Errorf("copying %s: %w", s.path, err)
	}
	return n, nil
}

// Spool copies the database into a file beside it that has no name, and returns that from its beginning. So whoever reads
// the copy may be as slow as they like, and how long it is and what it holds is known before the first byte is sent. Close
// lets go of its space; so does the end of the process.
func (s *Store) Spool(ctx context.Context) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".copy-*")
	if err != nil {
		return nil, fmt.Errorf("copying %s: %w", s.path, err)
	}
	err = os.Remove(f.Name())
	if err == nil {
		_, err = s.Copy(ctx, f)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// interruptible is a writer that stops when ctx ends, and remembers why it stopped.
type interruptible struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (i *interruptible) Write(b []byte) (int, error) {
	if i.err = i.ctx.Err(); i.err != nil {
		return 0, i.err
	}
	n, err := i.w.Write(b)
	i.err = err
	return n, err
}
