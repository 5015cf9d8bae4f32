package main

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/pager"
	"github.com/superoffice/statusd/probes"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/page"
	"github.com/superoffice/statusd/web/signin"
)

// pageSettings are what the public surfaces take from the configuration.
func pageSettings(cfg *config.Config, s serving) page.Settings {
	return page.Settings{
		Name: cfg.Page.Name, Product: cfg.Page.Product, URL: cfg.Page.URL, ZoneName: cfg.Page.Zone.String(), Zone: cfg.Page.Zone,
		Target: cfg.Page.Target, Settling: cfg.Page.Settling, Support: cfg.Page.Support, Hours: cfg.Page.Hours, Premium: cfg.Page.Premium, Langs: cfg.Page.Languages, Demo: s.demo, Unprobed: s.noProbes,
		Territories: cfg.Territories(), BannerFrames: cfg.Banner.Frames,
		PrivacyContact: cfg.Page.PrivacyContact, AccessibilityContact: cfg.Page.AccessibilityContact, SecurityContact: cfg.Page.SecurityContact,
	}
}

// userAgent says to those we probe who asks, and where to read what it is for.
func userAgent(cfg *config.Config) string {
	agent := "statusd/" + versionText()
	if cfg.Page.URL != "" {
		agent += " (+" + cfg.Page.URL + ")"
	}
	return agent
}

func newNotifier(cfg *config.Config, store data.Store, log *slog.Logger, registry prometheus.Registerer) (*notifier.Notifier, error) {
	o := notifier.Options{
		Store: store, Log: log, Registry: registry, Domain: host(cfg.Page.URL),
		Settings: notifier.Settings{Product: cfg.Page.Product, URL: cfg.Page.URL, Zone: cfg.Page.Zone, Support: cfg.Page.Support},
	}
	if cfg.Mail != nil {
		m, err := newMailgun(cfg.Mail)
		if err != nil {
			return nil, err
		}
		o.Sender = m
	}
	return notifier.New(o), nil
}

// restate makes the revisions of settled months that what probes found out later calls for.
func restate(book months.Book) func(data.Tx, time.Time, time.Time) error {
	return func(tx data.Tx, from, now time.Time) error {
		_, err := book.Revise(tx, from, "statusd", "what was measured became known later", now)
		return err
	}
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return "statusd.invalid" // of message IDs only
	}
	return u.Hostname()
}

// adminURL is where browsers reach the operators' pages: the listener, unless the configuration says otherwise.
func adminURL(cfg *config.Config, listener string) string {
	if cfg.AdminURL != "" {
		return cfg.AdminURL
	}
	return listener
}

// newSignIn lets operators in at desk: by the provider that the configuration names, and by links that are issued through
// desk.
func newSignIn(cfg *config.Config, listener string, store data.Store, desk *api.API, shell func(http.ResponseWriter, *http.Request, int, string, template.HTML), log *slog.Logger) (*signin.SignIn, error) {
	o := signin.Options{Store: store, Log: log, URL: adminURL(cfg, listener), Page: shell}
	if c := cfg.SignIn.OIDC; c != nil {
		o.OIDC = &signin.OIDC{
			Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: c.ClientSecret.Reveal(), Scopes: c.Scopes, GroupsClaim: c.GroupsClaim,
			Roles: c.Roles, Label: c.Label, Test: c.Test,
		}
	}
	s, err := signin.New(o)
	if err != nil {
		return nil, err
	}
	desk.SignedIn = s.Actor
	desk.IssueLink = func(tx data.Tx, name string, role data.Role, by data.Actor, now time.Time) (api.IssuedLink, error) {
		link, err := signin.Issue(tx, name, role, by, now)
		return api.IssuedLink{Operator: link.Operator.ID, URL: o.URL + link.Path, Expires: link.Expires}, err
	}
	return s, nil
}

// staleAfter is how old the public snapshot may be before this process should get no visitors.
const staleAfter = web.StaleAfter

// readiness says whether this process should get visitors (RELIABILITY 3.3).
func readiness(store data.Store, pages *page.Publisher, mail *notifier.Notifier) web.Ready {
	return web.Ready{
		"store": func() error {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			return store.View(ctx, func(tx data.Tx) error { _, err := tx.Settings().Get(data.SettingPageID); return err })
		},
		"page": func() error {
			s := pages.Current()
			if s == nil {
				return errors.New("not made yet")
			}
			if age := time.Since(s.State.Now); age > staleAfter {
				return fmt.Errorf("%s old", age.Truncate(time.Second))
			}
			return nil
		},
		"notices": mail.Ready,
	}
}

// housekeeping deletes what has been kept long enough, every hour: answers to idempotency keys, alerts, samples, notices, sessions. Once a day
// it writes the head of the audit log to the log, where nobody who can write the database can change it.
func housekeeping(desk *api.API, store data.Store, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		ticker := time.NewTicker(time.Hour)
		defer ticker.Stop()
		var noted time.Time
		for {
			now := time.Now()
			if now.Sub(noted) >= 24*time.Hour {
				noted = now
				noteHead(ctx, store, log)
			}
			_, answers := desk.Forget(ctx, now)
			inbound := desk.ForgetAlerts(ctx, now)
			_, samples := probes.Prune(ctx, store, now)
			_, notices := notifier.Prune(ctx, store, now)
			_, sessions := signin.Prune(ctx, store, now)
			_, alarms := pager.Prune(ctx, store, now)
			if err := errors.Join(answers, inbound, samples, notices, sessions, alarms); err != nil && ctx.Err() == nil {
				log.Warn("not everything old is deleted yet; it is tried again in an hour", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			}
		}
	}
}

// noteHead logs the newest entry's number and hash, so that a chain that was cut off later can be told from a whole one.
func noteHead(ctx context.Context, store data.Store, log *slog.Logger) {
	err := store.View(ctx, func(tx data.Tx) error {
		last, err := tx.Audit().Last("\x7f")
		if err == nil {
			log.Info("head of the audit log", "entries", last.Seq, "hash", last.Hash)
		}
		return err
	})
	if err != nil && !errors.Is(err, data.ErrNotFound) && ctx.Err() == nil {
		log.Error("the audit log cannot be read", "error", err)
	}
}

// reloads reads the configuration again at each SIGHUP, or keeps the old one and says why. Components, plans, probes,
// cohorts, contacts, the page's name and the content of certificates take effect at once; whatever else was changed does at
// the next start, and the log names it. Another page.zone is refused.
func reloads(ctx context.Context, hup <-chan os.Signal, s serving, store data.Store, pages *page.Publisher, certs *certificates, log *slog.Logger) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
		}
		if err := reload(ctx, s, store, pages, certs, log); err != nil {
			log.Error("the configuration stays as it was", "reason", err)
			continue
		}
		log.Info("the configuration was read again")
	}
}

func reload(ctx context.Context, s serving, store data.Store, pages *page.Publisher, certs *certificates, log *slog.Logger) error {
	if s.reload == nil {
		return errors.New("this command has no configuration file")
	}
	cfg, err := s.reload()
	if err != nil {
		return err
	}
	if certs != nil {
		if err := certs.reload(); err != nil {
			return err
		}
	}
	if s.Listen != "" {
		cfg.Listen = s.Listen
	}
	if s.AdminListen != "" {
		cfg.AdminListen = s.AdminListen
	}
	if s.ownURL && cfg.OwnURL() {
		cfg.Page.URL = s.cfg.Page.URL
	}
	if was, is := s.cfg.Page.Zone.String(), cfg.Page.Zone.String(); was != is { // plans would move at once, and the page not
		return fmt.Errorf("page.zone is %s now and was %s: start the service again, for the page and the months go by it as well", is, was)
	}
	if err := cfg.Apply(ctx, store, time.Now()); err != nil {
		return err
	}
	if old := restartNeeded(s.cfg, cfg); len(old) > 0 {
		log.Warn("some of the configuration takes effect at the next start", "keys", strings.Join(old, ", "))
	}
	settings := pageSettings(s.cfg, s) // what page, mail, API and sockets share stays one thing until the next start
	settings.Name, settings.BannerFrames = cfg.Page.Name, cfg.Banner.Frames
	pages.Use(settings)
	return nil
}

// restartNeeded names what was changed and is only read at a start.
func restartNeeded(old, fresh *config.Config) []string {
	mail := func(c *config.Config) string {
		if c.Mail == nil {
			return ""
		}
		return fmt.Sprint(c.Mail.From, c.Mail.Mailgun.Base, c.Mail.Mailgun.Domain, c.Mail.Mailgun.Key.Reveal())
	}
	copying := func(c *config.Config) config.Backup {
		if c.Backup == nil {
			return config.Backup{}
		}
		return *c.Backup
	}
	files := func(c *config.Config) string {
		if c.TLS == nil {
			return ""
		}
		return c.TLS.Certificate + " " + c.TLS.Key
	}
	provider := func(c *config.Config) string {
		if c.SignIn.OIDC == nil {
			return ""
		}
		return fmt.Sprintf("%+v %s", *c.SignIn.OIDC, c.SignIn.OIDC.ClientSecret.Reveal())
	}
	var keys []string
	for _, k := range []struct{ name, was, is string }{
		{"admin_listen", old.AdminListen, fresh.AdminListen},
		{"alarms", alarmText(old.Alarms), alarmText(fresh.Alarms)},
		{"banner.webhook", hookText(old.Banner.Webhook), hookText(fresh.Banner.Webhook)},
		{"alerts", fmt.Sprint(old.Alerts), fmt.Sprint(fresh.Alerts)},
		{"backup", fmt.Sprint(copying(old)), fmt.Sprint(copying(fresh))},
		{"admin_url", old.AdminURL, fresh.AdminURL},
		{"connections_per_address", fmt.Sprint(old.PerAddress), fmt.Sprint(fresh.PerAddress)},
		{"data", old.Data, fresh.Data},
		{"incidents", fmt.Sprint(old.Incidents), fmt.Sprint(fresh.Incidents)},
		{"listen", old.Listen, fresh.Listen},
		{"log", fmt.Sprint(old.Log), fmt.Sprint(fresh.Log)},
		{"mail", mail(old), mail(fresh)},
		{"page.customer_pattern", old.Page.CustomerPattern.String(), fresh.Page.CustomerPattern.String()},
		{"page.languages", fmt.Sprint(old.Page.Languages), fmt.Sprint(fresh.Page.Languages)},
		{"page.product", old.Page.Product, fresh.Page.Product},
		{"page.public_url", old.Page.URL, fresh.Page.URL},
		{"page.support", old.Page.Support, fresh.Page.Support},
		{"page.target", old.Page.Target, fresh.Page.Target},
		{"page.zone", old.Page.Zone.String(), fresh.Page.Zone.String()},
		{"references", fmt.Sprint(old.References), fmt.Sprint(fresh.References)},
		{"sign_in", provider(old), provider(fresh)},
		{"tls", files(old), files(fresh)},
		{"trusted_proxies", fmt.Sprint(old.TrustedProxies), fmt.Sprint(fresh.TrustedProxies)},
	} {
		if k.was != k.is {
			keys = append(keys, k.name)
		}
	}
	return keys
}

// tellServiceManager says that the service is ready, that it still lives as often as asked, and that it stops.
func tellServiceManager(ctx context.Context, log *slog.Logger) error {
	if told, err := daemon.SdNotify(false, daemon.SdNotifyReady); err != nil {
		log.Warn("the service manager cannot be told", "error", err)
	} else if !told {
		return nil // started by hand
	}
	defer daemon.SdNotify(false, daemon.SdNotifyStopping) //nolint:errcheck // it stops either way
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		<-ctx.Done()
		return nil
	}
	ticker := time.NewTicker(every / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			daemon.SdNotify(false, daemon.SdNotifyWatchdog) //nolint:errcheck // the next one may get through
		}
	}
}

// buildInfo is a metric that says which version runs.
func buildInfo() prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "statusd_build_info", Help: "The version that runs.", ConstLabels: prometheus.Labels{"version": versionText()},
	})
	g.Set(1)
	return g
}
