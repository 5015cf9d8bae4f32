package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/cmd/statusd/demo"
	"github.com/superoffice/statusd/data/bolt"
)

type demoCommand struct {
	listening
	ProductListen string `help:"Address of the stand-in product; its TLS listener takes a free port beside it." default:"127.0.0.1:8082" placeholder:"ADDR"`
	MailListen    string `help:"Address of the mail sink." default:"127.0.0.1:8083" placeholder:"ADDR"`
	Data          string `help:"Directory to keep the demonstration in; without one it is a new one each time, removed at the end." placeholder:"DIR" type:"path"`
	QuietHistory  bool   `help:"Invent a past in which nothing went wrong."`

	ready func(demoAddresses) // for tests; nil means nobody is told
}

// demoAddresses are where a running demonstration is reached.
type demoAddresses struct {
	addresses
	Product    string `json:"product"`
	ProductTLS string `json:"product_tls"`
	Mail       string `json:"mail"`
}

// Run implements the command.
func (c *demoCommand) Run(ctx context.Context, io streams) (err error) {
	dir, remove, err := c.dir()
	if err != nil {
		return err
	}
	defer remove()
	in, err := demo.Open(demo.Options{Dir: dir, Product: c.ProductListen, Mail: c.MailListen})
	if err != nil {
		return err
	}
	defer in.Close()
	cfg, err := in.Config()
	if err != nil {
		return err
	}
	fresh, err := demo.Prepare(ctx, filepath.Join(dir, storeName), cfg, demo.Past{Now: time.Now(), Quiet: c.QuietHistory})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	started := make(chan struct{})
	group.Go(func() error { return in.Run(ctx) })
	group.Go(func() error { return elsewhere(ctx, dir, started) })
	group.Go(func() error {
		defer cancel() // whatever ends the service ends the stand-ins
		at := c.listening
		at.AddrFile = "" // written below, with more in it
		return serve(ctx, serving{cfg: cfg, listening: at, demo: true, ownURL: true, log: io.err, ready: func(a addresses) error {
			in.Point(a.Listen, a.Admin)
			close(started)
			links := in.Links()
			all := demoAddresses{a, links.Product, links.Secure, links.Mail}
			if err := writeAddresses(c.AddrFile, all); err != nil {
				return err
			}
			c.welcome(io.out, all, dir, fresh)
			if c.ready != nil {
				c.ready(all)
			}
			return nil
		}})
	})
	return group.Wait()
}

// elsewhere looks from the second place, as `statusd observe` would from another machine, when the service has started. What fails
// here shows as the alarm of a place that is silent.
func elsewhere(ctx context.Context, dir string, started <-chan struct{}) (err error) {
	select {
	case <-ctx.Done():
		return nil
	case <-started:
	}
	own := filepath.Join(dir, demo.Elsewhere)
	if err := os.MkdirAll(own, 0o700); err != nil {
		return fmt.Errorf("making a directory for the second place: %w", err)
	}
	store, err := bolt.Open(filepath.Join(own, observerName), bolt.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	service, err := reach{files: files{Data: dir}}.dial()
	if err != nil {
		return err
	}
	defer service.close()
	return observer(store, service, demo.Elsewhere, nil, slog.New(slog.DiscardHandler)).Observe(ctx)
}

// dir is the data directory, and what takes it away at the end if it is only for now.
func (c *demoCommand) dir() (dir string, remove func(), err error) {
	if c.Data == "" {
		if dir, err = os.MkdirTemp("", "statusd-demo-"); err != nil {
			return "", nil, fmt.Errorf("making a directory for now: %w", err)
		}
		return dir, func() { os.RemoveAll(dir) }, nil
	}
	if err := config.CheckDataDir(c.Data); err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return "", nil, fmt.Errorf("making the data directory: %w", err)
	}
	return c.Data, func() {}, nil
}

// welcome says where everything is, and what to try.
func (c *demoCommand) welcome(w io.Writer, a demoAddresses, dir string, fresh bool) {
	kept := "removed at the end; --data DIR keeps it"
	switch {
	case c.Data != "" && fresh:
		kept = "kept; the next start with it goes on from here"
	case c.Data != "":
		kept = "as the last run left it"
	}
	program, at := quoted(os.Args[0]), quoted(dir)
	fmt.Fprintf(w, `
The demonstration runs. Everything it shows is invented, and nothing leaves this machine.

  public page       %s/
  operators' page   %s/
  stand-in product  %s/   (over TLS: %s/)
  switches          %s/switches
  mail              %s/
  data              %s (%s)

Four things to try, with the public page open beside:

  1. Break the product:    curl -X POST %s/switches/down/on
     or by hand on its page of switches. The probes ask every 10 or 15 seconds, so the page turns red within half a minute.
  2. Declare an incident:  %s incident open "Sign-in fails" --component login --data %s
     It is on the page, and at the top of the product's sign-in page, within a second.
  3. Read a mail:          %s/
     The fix planned for tomorrow was announced to five contacts, each in a language of their own.
  4. Be on duty:           %s operator link you --data %s
     It prints a link that signs you in once on the operators' page. Open an incident there, see first what people
     will be told, and take it back before it is sent.

Ctrl-C ends it.

`, a.Listen, a.Admin, a.Product, a.ProductTLS, a.Product, a.Mail, dir, kept, a.Product, program, at, a.Mail, program, at)
}
