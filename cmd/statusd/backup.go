package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
)

type backupCommand struct {
	To    string `arg:"" help:"File to write; or a directory, where each copy gets a name with its time; - is standard output." placeholder:"FILE|DIR"`
	Keep  int    `help:"In a directory: how many copies to keep." default:"14" placeholder:"N"`
	Force bool   `help:"Overwrite the file."`
	reach
}

// Run implements the command.
func (c *backupCommand) Run(ctx context.Context, io streams) error {
	if c.Keep < 1 {
		return usagef("--keep %d: keep at least 1 copy", c.Keep)
	}
	if c.To == "-" {
		return c.copyTo(ctx, io.out)
	}
	path, dir := c.To, ""
	if info, err := os.Stat(c.To); err == nil && info.IsDir() {
		path, dir = filepath.Join(c.To, copyName(time.Now())), c.To
	} else if strings.HasSuffix(c.To, "/") {
		return noDirectory(c.To)
	} else if _, err := os.Stat(filepath.Dir(c.To)); errors.Is(err, fs.ErrNotExist) {
		return noDirectory(filepath.Dir(c.To))
	}
	sum, err := saveCopy(ctx, path, c.Force, c.copyTo)
	if err != nil {
		return err
	}
	var done pruned
	if dir != "" {
		if done, err = pruneCopies(dir, filepath.Base(path), c.Keep); err != nil {
			return fmt.Errorf("%s is made; deleting older ones: %w", path, err)
		}
	}
	if c.JSON {
		return writeJSON(io.out, struct {
			File    string   `json:"file"`
			Deleted []string `json:"deleted,omitempty"`
			Left    []string `json:"left_alone,omitempty"` // named like copies, and not counted: no whole copies, or of a time to come
			bolt.Summary
		}{path, done.gone, done.left, sum})
	}
	fmt.Fprintf(io.out, "%s holds %s.\n", path, describe(sum))
	for _, name := range done.gone {
		fmt.Fprintf(io.out, "Deleted %s.\n", name)
	}
	for _, name := range done.left {
		fmt.Fprintf(io.err, "Left %s alone, and did not count it: it is no whole copy, or its name lies after now. Move it away.\n", name)
	}
	return nil
}

func noDirectory(dir string) error {
	return usagef("there is no directory %s: make it first, for whoever makes copies alone (mode 0700)", dir)
}

// saveCopy writes a copy of the database into a file, and checks all of it before it gets its name.
func saveCopy(ctx context.Context, path string, force bool, copyTo func(context.Context, io.Writer) error) (sum bolt.Summary, err error) {
	err = saveWhole(path, force, func(w io.Writer) error { return copyTo(ctx, w) }, func(part string) (err error) {
		sum, err = bolt.Check(part)
		return err
	})
	return sum, err
}

// describe says in a line what a copy holds.
func describe(s bolt.Summary) string {
	asOf := "no trace of a running service"
	if !s.Newest.IsZero() {
		asOf = "the state of " + s.Newest.UTC().Format("2006-01-02 15:04:05 UTC") + " or a little later"
	}
	return fmt.Sprintf("%s: revision %d, %d components, %d occurrences, %d incidents, %d subscribers, %d notices, %d audit entries", asOf, s.Revision,
		s.Records[data.ComponentsTable], s.Records[data.OccurrencesTable], s.Records[data.IncidentsTable], s.Records[data.SubscribersTable],
		s.Records[data.NoticesTable], s.Records[data.AuditTable])
}

// copyTo writes a copy of the database to w: the running service's, else the file's.
func (r reach) copyTo(ctx context.Context, w io.Writer) error {
	cl, path, err := r.service()
	if err != nil {
		return err
	}
	if cl != nil {
		return cl.stream(ctx, "/api/v1/backup", w)
	}
	_, err = bolt.CopyFile(path, w)
	return err
}

// service finds the running service; where none runs, it is nil and path names the database.
func (r reach) service() (cl *client, path string, err error) {
	if r.Server != "" {
		cl, err = r.dialServer()
		return cl, "", err
	}
	cfg, err := r.load()
	if err != nil {
		return nil, "", err
	}
	if conn, err := net.DialTimeout("unix", filepath.Join(cfg.Data, socketName), 2*time.Second); err == nil {
		conn.Close()
		cl, err = r.dial()
		return cl, "", err
	} else if errors.Is(err, fs.ErrPermission) {
		_, err = r.dial() // which says what to do
		return nil, "", err
	}
	path = filepath.Join(cfg.Data, storeName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, "", fmt.Errorf("no service runs with %s and there is no database in it: name its directory with --data", cfg.Data)
	}
	return nil, path, nil
}

// streamPatience is how long a running download may stand still.
const streamPatience = time.Minute

// stream writes an answer of any length to w, and compares its digest (RFC 9530).
func (c *client) stream(ctx context.Context, path string, w io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stalled := time.AfterFunc(streamPatience, func() { cancel(errors.New("the service sends nothing any more: try again")) })
	defer stalled.Stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, http.NoBody)
	if err != nil {
		return err
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	slow := *c.http
	slow.Timeout = 0
	res, err := slow.Do(r)
	if err != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		if err != nil {
			return err
		}
		return problem(res, b, "")
	}
	sum := sha256.New()
	alive := writerFunc(func(b []byte) (int, error) { stalled.Reset(streamPatience); return len(b), nil })
	if _, err := io.Copy(io.MultiWriter(w, sum, alive), res.Body); err != nil {
		return errors.Join(context.Cause(ctx), fmt.Errorf("receiving the copy: %w", err))
	}
	if got := "sha-256=:" + base64.StdEncoding.EncodeToString(sum.Sum(nil)) + ":"; got != res.Header.Get("Repr-Digest") {
		return errors.New("what was received is not what the service sent: its checksum does not fit; try again")
	}
	return nil
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
