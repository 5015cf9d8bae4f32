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

// backupsSent is how many copies may be on their way at once: each takes its room on the data disk until it is sent.
const backupsSent = 2

// What scopes of tokens and the audit log call a copy that was made, and the audit log one that is begun.
const (
	backupName  = "backup.make"
	backupBegun = "backup.begin"
)

// Backup returns the handler of GET /api/v1/backup, for admins: a copy of the database, with its length and, as RFC 9530 has
// it, the digest that whoever stores it compares. It is no Op, because its answer is neither JSON nor fit for memory. spool
// makes the copy in a file that is gone when it is closed; one is made at a time, and a slow reader keeps nobody from writing.
// The audit log has backup.begin before the copy is made, so that each copy tells of its own making, and backup.make once it
// is, before a byte of it is sent.
func (a *API) Backup(spool func(context.Context) (*os.File, error)) http.Handler {
	var making sync.Mutex
	slots := make(chan struct{}, backupsSent)
	return ui.Handler(a.Log, func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.mayCopy(r)
		if err != nil {
			return err
		}
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		default:
			return data.Conflict(fmt.Sprintf("%d backups are being sent at this moment: try again when one has arrived", backupsSent))
		}
		// The server's own limits are for small requests: its limit on reading would end r's context while a copy is made.
		control := http.NewResponseController(w)
		control.SetReadDeadline(time.Time{}) //nolint:errcheck // without deadlines there is none to move
		if !making.TryLock() {
			return data.Conflict("a backup is being made at this moment: try again in a minute")
		}
		f, size, digest, err := a.makeCopy(r.Context(), c, spool)
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

// mayCopy says who asks, and an error if they may not have a copy of everything, which the audit log then has.
func (a *API) mayCopy(r *http.Request) (Call, error) {
	by, err := a.Actor(r)
	if err != nil {
		return Call{}, err
	}
	c := Call{By: by, now: time.Now().UTC()}
	switch {
	case !by.Role.May(data.Admin):
		a.refused(r.Context(), backupName, c)
		return c, data.Forbidden(fmt.Sprintf("%s has the role %s; this takes %s", by.Name, by.Role, data.Admin))
	case !by.Reaches(backupName):
		a.refused(r.Context(), backupName, c)
		return c, data.Forbidden(fmt.Sprintf("%s is for other things only; this is %s", by.Name, backupName))
	}
	return c, a.pace(Op{}, c)
}

// makeCopy makes a copy between its two entries in the audit log.
func (a *API) makeCopy(ctx context.Context, c Call, spool func(context.Context) (*os.File, error)) (f *os.File, size int64, digest string, err error) {
	audit := func(action string) error {
		return a.Store.Update(ctx, func(tx data.Tx) error {
			return data.Audit(tx, data.AuditEntry{
				At: time.Now().UTC(), Actor: c.By.Name, Address: c.By.Address, Action: action, Object: "database", Outcome: data.Done,
			})
		})
	}
	if err := audit(backupBegun); err != nil {
		return nil, 0, "", err
	}
	if f, size, digest, err = spooled(ctx, spool); err != nil {
		return nil, 0, "", err
	}
	if err := audit(backupName); err != nil {
		f.Close()
		return nil, 0, "", err
	}
	return f, size, digest, nil
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
