package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/dump"
)

type exportCommand struct {
	To    string `arg:"" optional:"" default:"-" help:"File to write; without one standard output." placeholder:"FILE"`
	Force bool   `help:"Overwrite the file."`
	reach
}

// Run implements the command. Everything is one state of the store: a copy, where a service runs.
func (c *exportCommand) Run(ctx context.Context, io streams) (err error) {
	cl, path, err := c.service()
	if err != nil {
		return err
	}
	if cl != nil {
		f, err := os.CreateTemp("", "statusd-export-*.db")
		if err != nil {
			return fmt.Errorf("making room for a copy: %w", err)
		}
		path = f.Name()
		defer os.Remove(path) //nolint:errcheck // it is a temporary file
		if err := errors.Join(cl.stream(ctx, "/api/v1/backup", f), f.Close()); err != nil {
			return err
		}
	}
	if c.To == "-" {
		return export(ctx, path, io.out)
	}
	return saveWhole(c.To, c.Force, c.writer(ctx, path), func(string) error { return nil })
}

func (c *exportCommand) writer(ctx context.Context, path string) func(io.Writer) error {
	return func(w io.Writer) error { return export(ctx, path, w) }
}

// export writes the database at path, which no service holds, as lines of JSON.
func export(ctx context.Context, path string, w io.Writer) error {
	sum, err := bolt.Check(path)
	if err != nil {
		return err
	}
	stops := writerFunc(func(b []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return w.Write(b)
	})
	return bolt.Inspect(path, func(tx data.Tx) error {
		return dump.Write(stops, tx, dump.Header{Page: sum.PageID, Revision: sum.Revision, At: time.Now()})
	})
}
