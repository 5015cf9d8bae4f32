package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
)

type restoreCommand struct {
	File    string `arg:"" optional:"" help:"The copy." placeholder:"FILE"`
	Check   bool   `help:"Only check the copy, and say what is in it." xor:"what"`
	Release bool   `help:"Let mail go out again. What was due meanwhile is looked up at the provider first." xor:"what"`
	Hold    bool   `help:"Hold mail back without restoring: the machine itself was set back, as from a snapshot." xor:"what"`
	Since   string `help:"With --hold: from when on another service may have sent, as 2026-01-31T12:00:00Z. Without it: from the newest trace in the database." placeholder:"TIME"`
	reach
}

// Run implements the command.
func (c *restoreCommand) Run(ctx context.Context, io streams) error {
	switch {
	case c.Check && c.File == "":
		return usagef("name the copy to check: statusd restore --check FILE")
	case (c.File == "") != (c.Release || c.Hold):
		return usagef("name the copy to restore, or give --release or --hold alone")
	case c.Since != "" && !c.Hold:
		return usagef("--since goes with --hold")
	case c.Check:
		return c.check(io)
	case c.Release:
		return c.release(ctx, io)
	case c.Server != "":
		return usagef("this works on the host of the service only: leave --server out")
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if conn, err := net.DialTimeout("unix", filepath.Join(cfg.Data, socketName), 2*time.Second); err == nil {
		conn.Close()
		return errRunning(cfg.Data)
	}
	path := filepath.Join(cfg.Data, storeName)
	if c.Hold {
		return c.hold(ctx, path, io)
	}
	return c.restore(path, io)
}

func errRunning(dir string) error {
	return fmt.Errorf("a service, or another command, is using %s: stop it first, such as by `systemctl stop statusd`", dir)
}

func (c *restoreCommand) check(io streams) error {
	sum, err := bolt.Check(c.File)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, sum)
	}
	fmt.Fprintf(io.out, "%s is whole and holds %s.\n", c.File, describe(sum))
	return nil
}

func (c *restoreCommand) restore(path string, io streams) error {
	sum, err := bolt.Check(c.File)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	var h data.Hold
	kept, err := replace(path, c.File, now, func(tx data.Tx) (err error) {
		if h, err = data.HoldSending(tx, sum.Newest, now); err != nil {
			return err
		}
		if err := signOut(tx); err != nil {
			return err
		}
		return auditHold(tx, "sending.hold", now, h)
	})
	if err != nil {
		return err
	}
	if c.JSON {
		sum.Held = h.Held() // the copy's own word is of another time
		return writeJSON(io.out, struct {
			File string `json:"file"`
			Kept string `json:"kept,omitempty"`
			bolt.Summary
			Hold data.Hold `json:"hold"`
		}{c.File, kept, sum, h})
	}
	fmt.Fprintf(io.out, "Restored %s, which holds %s.\n", c.File, describe(sum))
	if kept != "" {
		fmt.Fprintf(io.out, "What was there before is kept as %s; delete it when you are sure.\n", kept)
	}
	fmt.Fprint(io.out, "Mail is held back, because a service that lived on after this copy was taken may have sent it. Next:\n",
		"1. Make sure that no other copy of the service is running.\n",
		"2. Start the service, and look at page and schedule.\n",
		"3. Revoke again what was revoked since: tokens and operators are those of the copy.\n",
		"4. Run `statusd restore --release`. What was due meanwhile is looked up at the provider, and sent if it was not sent.\n")
	return nil
}

// signOut ends every session and every link: who was sent away after the copy was taken does not come back with it.
func signOut(tx data.Tx) error {
	sessions, err := data.All(tx.Sessions().Range("", ""))
	if err != nil {
		return err
	}
	links, err := data.All(tx.Links().Range("", ""))
	if err != nil {
		return err
	}
	for _, s := range sessions {
		err = errors.Join(err, tx.Sessions().Delete(s.Hash))
	}
	for _, l := range links {
		err = errors.Join(err, tx.Links().Delete(l.Hash))
	}
	return err
}

// auditHold writes into the audit log that sending was held or released from the host, with no service running.
func auditHold(tx data.Tx, action string, now time.Time, h data.Hold) error {
	after, err := json.Marshal(h)
	if err != nil {
		return err
	}
	return data.Audit(tx, data.AuditEntry{At: now, Actor: "file:" + userName(), Address: "local", Action: action, Object: "database", Outcome: data.Done, After: after})
}

// changeFile changes the database that no service uses.
func changeFile(ctx context.Context, path string, fn func(data.Tx) error) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database in %s: name its directory with --data", filepath.Dir(path))
	}
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	return errors.Join(store.Update(ctx, fn), store.Close())
}

func (c *restoreCommand) hold(ctx context.Context, path string, io streams) error {
	var since time.Time
	if c.Since != "" {
		var err error
		if since, err = time.Parse(time.RFC3339, c.Since); err != nil || since.After(time.Now()) {
			return usagef("--since %s is no time that has been: write it as 2026-01-31T12:00:00Z", c.Since)
		}
	}
	now := time.Now().UTC()
	var h data.Hold
	err := changeFile(ctx, path, func(tx data.Tx) (err error) {
		copied := since
		if copied.IsZero() {
			if copied, err = data.NewestTrace(tx, now); err != nil {
				return err
			}
		}
		if h, err = data.HoldSending(tx, copied, now); err != nil {
			return err
		}
		return auditHold(tx, "sending.hold", now, h)
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, h)
	}
	fmt.Fprintf(io.out, "Mail is held back. What falls due is looked up from %s on, after `statusd restore --release`.\n", h.Copied.Format(time.RFC3339))
	return nil
}

func (c *restoreCommand) release(ctx context.Context, io streams) error {
	cl, path, err := c.service()
	if err != nil {
		return err
	}
	var h data.Hold
	if cl != nil {
		err = cl.do(ctx, "POST", "/api/v1/sending/release", "", struct{}{}, &h)
	} else {
		now := time.Now().UTC()
		err = changeFile(ctx, path, func(tx data.Tx) (err error) {
			if h, err = data.ReleaseSending(tx, now); err != nil {
				return err
			}
			return auditHold(tx, "sending.release", now, h)
		})
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(io.out, h)
	}
	fmt.Fprintf(io.out, "Mail goes out again. What was due between %s and now is looked up at the provider first, which takes about 35 minutes.\n", h.Copied.Format(time.RFC3339))
	return nil
}
