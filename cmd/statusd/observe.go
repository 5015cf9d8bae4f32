package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/cmd/statusd/observe"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/probes"
	"github.com/superoffice/statusd/web/api"
)

type observeCommand struct {
	Server    string   `help:"Address of the service's listener for operators." required:"" placeholder:"URL"`
	Token     string   `help:"File with the token for --server; STATUSD_TOKEN in the environment does as well. The service's host makes one: statusd token create bergen --scope place.orders --scope place.report." placeholder:"FILE" name:"token-file" type:"path"`
	Place     string   `help:"Name of the place from where it looks, such as bergen: lower-case letters, digits and hyphens." required:"" placeholder:"NAME"`
	Data      string   `help:"Directory for what waits to be reported; without one observe-NAME beside the service's." placeholder:"DIR" type:"path"`
	Reference []string `help:"Address, host:port, by which it tells whether it has a network itself. Repeat for more; without it those of the service." placeholder:"ADDR"`
	LogFormat string   `help:"text for people, json for machines." enum:"text,json" default:"text" placeholder:"FORMAT"`
}

// observerName is the database's name in the observer's directory.
const observerName = "observer.db"

// Help is shown with the command.
func (c *observeCommand) Help() string {
	return "Runs the service's probes from here and reports what they see. While the service cannot be reached it goes on, keeps up to a week, and reports that in order afterwards. Files that probes name, such as secrets and issuers, are read from this machine, under the same paths."
}

// Run implements the command.
func (c *observeCommand) Run(ctx context.Context, io streams) error {
	if data.ValidSlug(c.Place) != nil || c.Place == data.Here {
		return usagef("--place %q: give the place a name of lower-case letters, digits and single hyphens, such as bergen, and not %s, which is the service's own", c.Place, data.Here)
	}
	for _, r := range c.Reference {
		if host, port, err := net.SplitHostPort(r); err != nil || host == "" || port == "" {
			return usagef("--reference %q is no address: use host:port, such as 192.0.2.1:443", r)
		}
	}
	service, err := reach{Server: c.Server, Token: c.Token}.dial()
	if err != nil {
		return err
	}
	dir, err := c.dir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	store, err := bolt.Open(filepath.Join(dir, observerName), bolt.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	cfg := &config.Config{}
	cfg.Log.Format = c.LogFormat
	log, err := newLog(io.err, cfg)
	if err != nil {
		return err
	}
	log = log.With("place", c.Place)
	log.Info("observing", "service", service.base, "data", dir, "version", versionText())
	err = observer(store, service, c.Place, c.Reference, log).Observe(ctx)
	log.Info("stopped")
	return err
}

// observer runs probes on behalf of a service from a place of that name, with a store of its own. It judges whether there is a
// network by these references; without any by those of the service.
func observer(store data.Store, service *client, place string, references []string, log *slog.Logger) *observe.Observer {
	return &observe.Observer{
		Store: store, Service: remote{service, place}, Place: place, Version: versionText(), Log: log,
		Run: func(ctx context.Context, ordered []string) error {
			if len(references) > 0 {
				ordered = references
			}
			return probes.New(probes.Options{
				Store: store, Log: log, Registry: prometheus.NewRegistry(), Place: place, References: ordered, Flush: observeFlush,
				UserAgent: "statusd/" + versionText(), Forward: true,
			}).Run(ctx)
		},
	}
}

// observeFlush is how long good samples wait to be reported together.
const observeFlush = 10 * time.Second

func (c *observeCommand) dir() (string, error) {
	if c.Data != "" {
		return c.Data, config.CheckDataDir(c.Data)
	}
	state, err := config.StateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(filepath.Dir(state), filepath.Base(state)+"-observe-"+c.Place), nil
}

// remote is the service over the network.
type remote struct {
	client *client
	place  string
}

// Orders implements observe.Service.
func (r remote) Orders(ctx context.Context) (v api.PlaceOrders, err error) {
	err = r.client.do(ctx, http.MethodGet, "/api/v1/places/"+url.PathEscape(r.place)+"/probes", "", nil, &v)
	return v, refusedAs(err)
}

// Report implements observe.Service.
func (r remote) Report(ctx context.Context, p api.PlaceReport) (v api.PlaceTaken, err error) {
	err = r.client.do(ctx, http.MethodPost, "/api/v1/places/"+url.PathEscape(r.place)+"/parcels", "", p, &v)
	return v, refusedAs(err)
}

// refusedAs makes a refusal known as such: of what was sent, which no repetition helps, and of this place or its token, which
// somebody has to put right. What we send is never too long for the
// service; it may be for a proxy before it, and then it must not hold up all that is behind it.
func refusedAs(err error) error {
	var no *refusal
	if errors.As(err, &no) {
		switch no.status {
		case http.StatusUnprocessableEntity, http.StatusBadRequest, http.StatusRequestEntityTooLarge:
			return data.Invalid(no.field, no.text)
		case http.StatusUnauthorized, http.StatusForbidden:
			return data.Forbidden(no.text)
		case http.StatusNotFound:
			return &data.Error{Kind: data.KindNotFound, Message: no.text}
		case http.StatusConflict:
			return data.Conflict(no.text)
		}
	}
	if err != nil {
		return fmt.Errorf("%w", err)
	}
	return nil
}
