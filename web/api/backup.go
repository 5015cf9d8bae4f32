package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

// backupChunk is how much of a copy is sent within backupPatience, or the reader is given up.
const (
	backupChunk    = 256 << 10
	backupPatience = 30 * time.Second
)

// backupName is what scopes of tokens and the audit log call it.
const backupName = "backup.make"

// Backup returns the handler of GET /api/v1/backup, for admins: a copy of the database, with its length and, as RFC 9530 has
// it, the digest that whoever stores it compares. It is no Op, because its answer is neither JSON nor fit for memory. spool
// makes the copy in a file that is gone when it is closed; one is made at a time, and a slow reader keeps nobody from writing.
// The audit log has it before the copy is made, so that each copy tells of its own making.
func (a *API) Backup(spool func(context.Context) (*os.File, error)) http.Handler {
	var making sync.Mutex
	return ui.Handler(a.Log, func(w http.ResponseWriter, r *http.Request) error {
		if err := a.mayCopy(r); err != nil {
			return err
		}
		// The server's own limits are for small requests: its limit on reading would end r's context while a copy is made.
		control := http.NewResponseController(w)
		control.SetReadDeadline(time.Time{}) //nolint:errcheck // without deadlines there is none to move
		if !making.TryLock() {
			return data.Conflict("a backup is being made at this moment: try again in a minute")
		}
		f, size, digest, err := spooled(r.Context(), spool)
		making.Unlock()
		if err != nil {
			return err
		}
		defer f.Close()
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", `attachment; filename="statusd.db"`)
		h.Set("Content-Length", strconv.FormatInt(size, 10))
		h.Set("Repr-Digest", digest)
		h.Set("Cache-Control", "no-store")
		for left := size; left > 0; left -= backupChunk {
			control.SetWriteDeadline(time.Now().Add(backupPatience)) //nolint:errcheck // as above
			if _, err := io.CopyN(w, f, min(left, backupChunk)); err != nil {
				return fmt.Errorf("sending a backup: %w", err)
			}
		}
		return nil
	})
}

// mayCopy says whether whoever asks may have a copy of everything, and writes into the audit log that they asked.
func (a *API) mayCopy(r *http.Request) error {
	by, err := a.Actor(r)
	if err != nil {
		return err
	}
	c := Call{By: by, now: time.Now().UTC()}
	switch {
	case !by.Role.May(data.Admin):
		a.refused(r.Context(), backupName, c)
		return data.Forbidden(fmt.Sprintf("%s has the role %s; this takes %s", by.Name, by.Role, data.Admin))
	case !by.Reaches(backupName):
		a.refused(r.Context(), backupName, c)
		return data.Forbidden(fmt.Sprintf("%s is for other things only; this is %s", by.Name, backupName))
	}
	if err := a.pace(Op{}, c); err != nil {
		return err
	}
	return a.Store.Update(r.Context(), func(tx data.Tx) error {
		return data.Audit(tx, data.AuditEntry{At: c.now, Actor: by.Name, Address: by.Address, Action: backupName, Outcome: data.Done})
	})
}

// spooled is a copy with what is known of it before it is sent.
func spooled(ctx context.Context, spool func(context.Context) (*os.File, error)) (f *os.File, size int64, digest string, err error) {
	if f, err = spool(ctx); err != nil {
		return nil, 0, "", err
	}
	sum := sha256.New()
	if size, err = io.Copy(sum, f); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, 0, "", fmt.Errorf("reading the copy: %w", err)
	}
	return f, size, "sha-256=:" + base64.StdEncoding.EncodeToString(sum.Sum(nil)) + ":", nil
}
