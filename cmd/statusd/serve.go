package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/probes"
	"github.com/superoffice/statusd/scheduler"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/admin"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/embed"
	"github.com/superoffice/statusd/web/live"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/statuspage"
)

type serveCommand struct {
	files
	listening
	NoProbes bool `help:"Take no samples: nothing is asked of anybody, and everything shows as not measured."`
}

// listening are the flags of commands that serve.
type listening struct {
	Listen      string `help:"Address of the public listener; port 0 takes a free one." placeholder:"ADDR"`
	AdminListen string `help:"Address of the operators' listener." placeholder:"ADDR"`
	AddrFile    string `help:"Write the addresses to this file, as JSON." placeholder:"FILE" type:"path"`
}

// Run implements the command.
func (c *serveCommand) Run(ctx context.Context, io streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	return serve(ctx, serving{cfg: cfg, listening: c.listening, reload: c.load, noProbes: c.NoProbes, ownURL: cfg.OwnURL(), log: io.err})
}

// serving is what serve works from.
type serving struct {
	cfg *config.Config
	listening
	reload   func() (*config.Config, error) // for SIGHUP
	noProbes bool
	demo     bool
	ownURL   bool // nobody configured a public address: links lead to the listener
	log      io.Writer
	ready    func(addresses) error // told once everything runs; nil means nobody is
}

// stopWithin is how long a stop may take (DESIGN 12: 10 s).
const stopWithin = 8 * time.Second

// serve runs the service until ctx ends. It is one long function on purpose: it opens, builds and runs everything from top
// to bottom, and closes in reverse by defer.
func serve(ctx context.Context, s serving) error {
	hup := make(chan os.Signal, 1) // from the beginning: unheard, SIGHUP would end the process
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	cfg := s.cfg
	if s.Listen != "" {
		cfg.Listen = s.Listen
	}
	if s.AdminListen != "" {
		cfg.AdminListen = s.AdminListen
	}
	log, err := newLog(s.log, cfg)
	if err != nil {
		return err
	}
	slog.SetDefault(log)
	stdlog.SetOutput(io.Discard) // net/http repeats there what probe targets say unasked
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo())

	// Listeners first: a taken port is a clear error, and tests can ask for port 0.
	certificates, err := loadCertificates(cfg)
	if err != nil {
		return err
	}
	forPublic, forOperators := connections()
	public, crowd, err := listen(cfg.Listen, "public", certificates, cfg.TrustedProxies, cfg.PerAddress, forPublic)
	if err != nil {
		return err
	}
	defer public.Close()
	inner, callers, err := listen(cfg.AdminListen, "operators", nil, cfg.TrustedProxies, config.DefaultPerAddress, forOperators)
	if err != nil {
		return err
	}
	defer inner.Close()

	store, err := bolt.Open(filepath.Join(cfg.Data, storeName), bolt.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	socket, err := listenSocket(cfg.Data) // after the store: only its owner may take an old socket away
	if err != nil {
		return err
	}
	defer socket.Close()
	if err := cfg.Apply(ctx, store, time.Now()); err != nil {
		return fmt.Errorf("writing the configuration into the store: %w", err)
	}

	planner := scheduler.New(scheduler.Options{Store: store, Log: log, Registry: registry})
	if err := planner.Plan(ctx, time.Now()); err != nil { // so that the first page knows the schedule
		return err
	}
	hub := live.New(live.Options{Lang: liveLanguage(cfg), Log: log, Registry: registry})
	address := addressesOf(public, inner, certificates != nil)
	if s.ownURL {
		cfg.Page.URL = address.Listen
	}
	look := &web.Look{
		Store: store, Client: selfClient(), Base: address.Listen, Customer: cfg.Page.CustomerPattern, Log: log.With("part", "look"),
	}
	tidy := newTidier()
	pages := &page.Publisher{
		Store: store, Settings: pageSettings(cfg, s), Renderers: renderers(), Log: log.With("part", "page"),
		OnSwap: []func(*page.Snapshot){push(hub, log), look.Begin(registry), web.Figures(registry), tidy.made},
	}
	if err := pages.First(ctx); err != nil {
		return err
	}
	runner := probes.New(probes.Options{
		Store: store, Log: log, Registry: registry, References: cfg.References, UserAgent: userAgent(cfg), Disabled: s.noProbes, Zone: cfg.Page.Zone,
		Restate: restate(pageSettings(cfg, s).Book()),
	})
	settler := &scheduler.Settler{Store: store, Log: log.With("part", "months"), Book: pageSettings(cfg, s).Book()}
	mail, err := newNotifier(cfg, store, log, registry)
	if err != nil {
		return err
	}
	desk := newAPI(cfg, store, log.With("part", "api"))
	desk.Public = pages
	registry.MustRegister(desk.Metrics()...)
	sheets := &admin.Pages{
		API: desk, Pages: pages, Log: log.With("part", "admin"), Version: versionText(), Warnings: warnings(cfg), Origin: adminURL(cfg, address.Admin),
		Stopping: ctx.Done(),
	}
	signIn, err := newSignIn(cfg, address.Admin, store, desk, sheets.Shell, log.With("part", "signin"))
	if err != nil {
		return err
	}
	ready := readiness(store, pages, mail)
	alarms, err := alarmParts(cfg, address.Admin, store, ready, log, registry)
	if err != nil {
		return err
	}
	operators := web.Operators(web.OperatorsOptions{
		API: desk, SignIn: signIn, Ready: ready, Log: log, HTTPS: strings.HasPrefix(cfg.AdminURL, "https:"),
		Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), Pages: sheets.Routes(), Backup: desk.Backup(store.Spool),
	})
	pushes, err := bannerParts(cfg, store, pages, log)
	if err != nil {
		return err
	}
	shed := web.NewShed(web.ShedOptions{Connections: crowd.connections, Relieve: crowd.relieve, Registry: registry})
	registry.MustRegister(crowd.closed, callers.closed)
	servers := []struct {
		listener net.Listener
		server   *http.Server
	}{
		{public, web.NewServer(web.RealAddress(cfg.TrustedProxies, web.Public(web.PublicOptions{
			Pages: pages, Live: hub, Ready: ready.Public(), Log: log, HTTPS: cfg.HTTPS(), Customer: cfg.Page.CustomerPattern, Shed: shed, Paced: true,
			Banner: &banner.Handler{Pages: pages, Customer: cfg.Page.CustomerPattern, Log: log, Language: web.Language},
		})), log)},
		{inner, web.NewServer(web.RealAddress(cfg.TrustedProxies, shed.Operators(operators)), log)},
		{socket, web.NewServer(operators, log)},
	}
	crowd.serve(servers[0].server)
	callers.serve(servers[1].server)
	servers[2].server.ConnContext = web.Socket

	if err := writeAddresses(s.AddrFile, address); err != nil { // whoever connects now is served in a moment
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, sv := range servers {
		group.Go(func() error {
			if err := sv.server.Serve(sv.listener); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serving on %s: %w", sv.listener.Addr(), err)
			}
			return nil
		})
		group.Go(func() error {
			<-ctx.Done()
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
			defer cancel()
			if err := sv.server.Shutdown(end); err != nil {
				return sv.server.Close() // whoever is still there has had its time
			}
			return nil
		})
	}
	for _, part := range append(slices.Concat(alarms, pushes), planner.Run, settler.Run, pages.Run, hub.Run, shed.Run, look.Run, runner.Run, mail.Run, desk.RunAlerts, housekeeping(desk, store, log), tidy.run, newKeeper(cfg.Backup, store, log, registry).run) {
		group.Go(func() error { return part(ctx) })
	}
	group.Go(func() error { return reloads(ctx, hup, s, store, pages, certificates, log) })
	log.Info("serving", "public", address.Listen, "operators", address.Admin, "data", cfg.Data, "version", versionText())
	if s.ready != nil {
		group.Go(func() error { return s.ready(address) })
	}
	for _, w := range cfg.Warnings {
		log.Warn("configuration", "warning", w.String())
	}
	group.Go(func() error { return tellServiceManager(ctx, log) })
	err = group.Wait()
	log.Info("stopped")
	return err
}

// warnings are what the configuration's author should look at again.
func warnings(cfg *config.Config) []string {
	var out []string
	for _, w := range cfg.Warnings {
		out = append(out, w.String())
	}
	return out
}

// renderers make everything that is served from the snapshot.
func renderers() []page.Renderer {
	return []page.Renderer{page.Render, banner.Render, statuspage.Render, embed.Render}
}

// push sends each snapshot's live frames to open pages.
func push(hub *live.Hub, log *slog.Logger) func(*page.Snapshot) {
	return func(s *page.Snapshot) {
		frames, err := page.LiveFrames(s)
		if err != nil {
			log.Error("open pages are not told", "error", err)
			return
		}
		text := make(map[string][]byte, len(frames))
		for l, b := range frames {
			text[string(l)] = b
		}
		if err := hub.Publish(text); err != nil {
			log.Error("open pages are not told", "error", err)
		}
	}
}

func liveLanguage(cfg *config.Config) func(*http.Request) string {
	return func(r *http.Request) string { return string(web.Language(r, cfg.Page.Languages)) }
}
