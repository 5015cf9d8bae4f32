package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/hook"
	"github.com/superoffice/statusd/notifier/pager"
	"github.com/superoffice/statusd/web"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/banner"
	"github.com/superoffice/statusd/web/page"
)

// alarmParts are what watches for alarms, tells operators of them, and pings whoever notices when there is nobody left to.
func alarmParts(cfg *config.Config, admin string, store data.Store, ready web.Ready, log *slog.Logger, registry prometheus.Registerer) ([]func(context.Context) error, error) {
	if cfg.AdminURL != "" {
		admin = cfg.AdminURL
	}
	channels, err := alarmChannels(cfg, admin)
	if err != nil {
		return nil, err
	}
	watch := &api.Watch{Store: store, Log: log.With("part", "watch"), Zone: cfg.Page.Zone}
	telling := pager.New(pager.Options{Store: store, Channels: channels, Log: log, Registry: registry})
	parts := []func(context.Context) error{watch.Run, telling.Run}
	if d := cfg.Alarms.Deadman; d != nil {
		ping, err := pager.NewDeadman(pager.DeadmanOptions{
			URL: d.URL.Reveal(), Every: d.Every, Ready: whole(ready), UserAgent: userAgent(cfg), Log: log, Registry: registry,
		})
		if err != nil {
			return nil, fmt.Errorf("alarms.deadman: %w", err)
		}
		parts = append(parts, ping.Run)
	}
	return parts, nil
}

// alarmChannels are the ways to operators that are configured.
func alarmChannels(cfg *config.Config, overview string) ([]pager.Channel, error) {
	var channels []pager.Channel
	if m := cfg.Alarms.Mail; m != nil {
		sender, err := alarmSender(cfg)
		if err != nil {
			return nil, fmt.Errorf("alarms.mail: %w", err)
		}
		paper := pager.Paper{Page: cfg.Page.Name, Overview: overview, Zone: cfg.Page.Zone}
		for _, to := range m.To {
			channels = append(channels, pager.Mail(sender, to, paper, host(cfg.Page.URL)))
		}
	}
	if w := cfg.Alarms.Webhook; w != nil {
		to, err := hookOptions(*w, userAgent(cfg))
		if err != nil {
			return nil, fmt.Errorf("alarms.webhook: %w", err)
		}
		channel, err := pager.NewWebhook(pager.WebhookOptions{Options: to, Page: cfg.Page.Name, Overview: overview})
		if err != nil {
			return nil, fmt.Errorf("alarms.webhook: %w", err)
		}
		channels = append(channels, channel)
	}
	return channels, nil
}

// hookOptions are those of a receiver of Standard Webhooks.
func hookOptions(w config.Webhook, agent string) (hook.Options, error) {
	o := hook.Options{URL: w.URL.Reveal(), UserAgent: agent}
	for _, s := range []config.Secret{w.Secret, w.Old} {
		if s.Empty() {
			continue
		}
		secret, err := hook.ParseSecret(s.Reveal())
		if err != nil {
			return o, err
		}
		o.Secrets = append(o.Secrets, secret)
	}
	return o, nil
}

// alarmSender is the mail server of operators' mail, or the provider of all mail.
func alarmSender(cfg *config.Config) (notifier.Sender, error) {
	s := cfg.Alarms.Mail.SMTP
	if s == nil {
		return newMailgun(cfg.Mail)
	}
	return pager.NewSMTP(pager.SMTPOptions{Host: s.Host, Port: s.Port, From: s.From, User: s.User, Password: s.Password.Reveal(), TLS: s.TLS})
}

func newMailgun(m *config.Mail) (*notifier.Mailgun, error) {
	return notifier.NewMailgun(notifier.MailgunOptions{
		Base: m.Mailgun.Base, Domain: m.Mailgun.Domain, Key: m.Mailgun.Key.Reveal(), From: m.From,
	})
}

// whole says what is not ready, if anything is not.
func whole(ready web.Ready) func() error {
	return func() error {
		for _, name := range slices.Sorted(maps.Keys(ready)) {
			if err := ready[name](); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	}
}

// alarmText is everything that was configured of alarms, to be compared and shown nowhere.
func alarmText(a config.Alarms) (text string) {
	if m := a.Mail; m != nil {
		text += fmt.Sprintf("mail %q ", m.To)
		if m.SMTP != nil {
			text += fmt.Sprintf("%+v %q ", *m.SMTP, m.SMTP.Password.Reveal())
		}
	}
	text += hookText(a.Webhook)
	if d := a.Deadman; d != nil {
		text += fmt.Sprintf("deadman %q %s", d.URL.Reveal(), d.Every)
	}
	return text
}

// hookText is everything that was configured of a webhook, to be compared and shown nowhere.
func hookText(w *config.Webhook) string {
	if w == nil {
		return ""
	}
	return fmt.Sprintf("webhook %q %q %q ", w.URL.Reveal(), w.Secret.Reveal(), w.Old.Reveal())
}

// bannerParts tell a login service what its banners say, where one is configured.
func bannerParts(cfg *config.Config, store data.Store, pages *page.Publisher, log *slog.Logger) ([]func(context.Context) error, error) {
	w := cfg.Banner.Webhook
	if w == nil {
		return nil, nil
	}
	o, err := hookOptions(*w, userAgent(cfg))
	if err != nil {
		return nil, fmt.Errorf("banner.webhook: %w", err)
	}
	to, err := hook.New(o)
	if err != nil {
		return nil, fmt.Errorf("banner.webhook: %w", err)
	}
	push := &banner.Push{Pages: pages, Store: store, Post: to.Post, Log: log.With("part", "banner")}
	return []func(context.Context) error{push.Run}, nil
}
