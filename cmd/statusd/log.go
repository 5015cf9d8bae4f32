package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/cmd/statusd/redact"
)

// newLog is what the service writes about itself, without secrets. A nil writer is the standard error.
func newLog(w io.Writer, cfg *config.Config) (*slog.Logger, error) {
	if w == nil {
		w = os.Stderr
	}
	o := &slog.HandlerOptions{Level: cfg.Log.Level}
	var h slog.Handler = slog.NewTextHandler(w, o)
	if cfg.Log.Format == "json" {
		h = slog.NewJSONHandler(w, o)
	}
	return slog.New(redact.New(h, secretsOf(cfg)...)), nil
}

// secretsOf are the secrets that the configuration holds.
func secretsOf(cfg *config.Config) []string {
	var all []config.Secret
	if cfg.Mail != nil {
		all = append(all, cfg.Mail.Mailgun.Key)
	}
	if cfg.SignIn.OIDC != nil {
		all = append(all, cfg.SignIn.OIDC.ClientSecret)
	}
	if m := cfg.Alarms.Mail; m != nil && m.SMTP != nil {
		all = append(all, m.SMTP.Password)
	}
	for _, w := range []*config.Webhook{cfg.Alarms.Webhook, cfg.Banner.Webhook} {
		if w != nil {
			all = append(all, w.URL, w.Secret, w.Old) // some addresses are all that is needed to write there
		}
	}
	if d := cfg.Alarms.Deadman; d != nil {
		all = append(all, d.URL)
	}
	var out []string
	for _, s := range all {
		out = append(out, s.Reveal())
	}
	return out
}
