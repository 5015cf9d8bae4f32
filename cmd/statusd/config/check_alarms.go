package config

import (
	"encoding/base64"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Alarms says how operators are told that something is in danger. The zero value tells nobody.
type Alarms struct {
	Mail    *AlarmMail
	Webhook *Webhook
	Deadman *Deadman
}

// AlarmMail is mail to operators.
type AlarmMail struct {
	To   []string
	SMTP *SMTP // nil means through Config.Mail, which is there then
}

// SMTP is a mail server.
type SMTP struct {
	Host     string
	Port     int
	From     string // address, maybe with a name
	User     string // empty means without sign-in
	Password Secret
	TLS      string // starttls, implicit or none
}

// Webhook is a receiver of Standard Webhooks.
type Webhook struct {
	URL    Secret // https, or http on this machine
	Secret Secret // whsec_ and base64
	Old    Secret // empty means none
}

// Deadman is a URL to ask for.
type Deadman struct {
	URL   Secret // https, or http on this machine
	Every time.Duration
}

func (c *checker) alarming() {
	f := c.file.Alarms
	if f == nil {
		return
	}
	p := path{"alarms"}
	if f.Mail != nil {
		c.cfg.Alarms.Mail = c.alarmMail(p.with("mail"), *f.Mail)
	}
	if w := f.Webhook; w != nil {
		p := p.with("webhook")
		out := c.webhook(p, *w)
		c.cfg.Alarms.Webhook = &out
	}
	if d := f.Deadman; d != nil {
		p := p.with("deadman")
		out := Deadman{URL: c.endpoint(p, d.URL, d.URLFile), Every: time.Duration(d.Every)}
		if out.Every == 0 {
			out.Every = time.Minute
		}
		if out.Every < 10*time.Second || out.Every > 24*time.Hour {
			c.fault(p.with("every"), "every: %s is out of bounds: use 10s to 24h", out.Every)
		}
		c.cfg.Alarms.Deadman = &out
	}
}

func (c *checker) alarmMail(p path, f alarmMail) *AlarmMail {
	out := AlarmMail{}
	if len(f.To) == 0 && !c.tainted(p) {
		c.fault(p, "to: name at least one address, such as duty@example.com")
	}
	seen := map[string]bool{}
	for i, s := range f.To {
		if s == "" {
			continue
		}
		a, err := mail.ParseAddress(s)
		switch {
		case err != nil || a.Name != "" || a.Address != s || len(s) > 254:
			c.fault(p.with("to", i), "to: %s is no mail address: use one without a name, such as duty@example.com", strconv.Quote(clip(s)))
		case seen[strings.ToLower(s)]:
			c.fault(p.with("to", i), "to: this address is there twice: keep one")
		default:
			out.To = append(out.To, s)
		}
		seen[strings.ToLower(s)] = true
	}
	switch {
	case f.SMTP != nil:
		out.SMTP = c.smtp(p.with("smtp"), *f.SMTP)
	case c.file.Mail == nil:
		c.fault(p, "there is nothing to send it through: give smtp here, or the section mail")
	}
	return &out
}

func (c *checker) smtp(p path, f smtpServer) *SMTP {
	out := SMTP{Host: f.Host, Port: f.Port, From: f.From, User: f.User, TLS: f.TLS}
	if f.Host != "" && (strings.ContainsAny(f.Host, "/@ ") || strings.Contains(f.Host, ":") && net.ParseIP(f.Host) == nil) {
		c.fault(p.with("host"), "host: %s is no host: use a name such as smtp.example.com, and port for the port", strconv.Quote(clip(f.Host)))
	}
	if out.TLS == "" {
		switch {
		case f.Port == 465:
			out.TLS = "implicit"
		case loopback(f.Host):
			out.TLS = "none"
		default:
			out.TLS = "starttls"
		}
	}
	if out.TLS == "none" && f.Host != "" && !loopback(f.Host) {
		c.fault(p.with("tls"), "tls: mail to %s would go in the clear: use starttls or implicit", clip(f.Host))
	}
	if out.Port == 0 {
		out.Port = map[string]int{"implicit": 465, "none": 25}[out.TLS]
		if out.Port == 0 {
			out.Port = 587
		}
	}
	if out.Port < 1 || out.Port > 65535 {
		c.fault(p.with("port"), "port: %d is no port: use 1 to 65535", out.Port)
	}
	if f.From != "" {
		if _, err := mail.ParseAddress(f.From); err != nil {
			c.fault(p.with("from"), "from: %s is no mail address: use one such as Status alarms <status@example.com>", strconv.Quote(clip(f.From)))
		}
	}
	switch {
	case f.User != "" && f.PasswordFile == "":
		c.fault(p.with("user"), "user: the password is missing: name a file that holds it as password_file; never write it here")
	case f.User == "" && f.PasswordFile != "":
		c.fault(p.with("password_file"), "password_file: there is a password and no user: give user as well")
	case f.PasswordFile != "":
		secret, err := secretFile(c.beside(f.PasswordFile))
		if err != nil {
			c.fault(p.with("password_file"), "password_file: %s", err)
		}
		out.Password = secret
	}
	return &out
}

func (c *checker) webhook(p path, w webhook) Webhook {
	return Webhook{URL: c.endpoint(p, w.URL, w.URLFile), Secret: c.hookSecret(p, "secret_file", w.SecretFile), Old: c.hookSecret(p, "old_secret_file", w.OldSecretFile)}
}

// endpoint checks an address that requests are sent to. It is not repeated: it may be all that is needed to send one.
func (c *checker) endpoint(p path, text, file string) Secret {
	key, out := "url", Secret{text}
	switch {
	case text != "" && file != "":
		c.fault(p.with("url_file"), "both url and url_file are given: keep one")
		return Secret{}
	case file != "":
		key = "url_file"
		var err error
		if out, err = secretFile(c.beside(file)); err != nil {
			c.fault(p.with(key), "url_file: %s", err)
			return Secret{}
		}
	case text == "":
		if !c.tainted(p) {
			c.fault(p, "the address is missing: give url, or url_file where the address itself is secret")
		}
		return Secret{}
	}
	u, err := url.Parse(out.Reveal())
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		c.fault(p.with(key), "%s: this is no address: use https://host/path", key)
	case u.User != nil:
		c.fault(p.with(key), "%s: a name and password in the address are not sent: leave them out", key)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		c.fault(p.with(key), "%s: this would go in the clear: use https://", key)
	}
	return out
}

// hookSecret reads a secret of Standard Webhooks.
func (c *checker) hookSecret(p path, key, file string) Secret {
	if file == "" {
		return Secret{}
	}
	secret, err := secretFile(c.beside(file))
	if err != nil {
		c.fault(p.with(key), "%s: %s", key, err)
		return Secret{}
	}
	coded, ok := strings.CutPrefix(secret.Reveal(), "whsec_")
	raw, err := base64.StdEncoding.DecodeString(coded)
	if !ok || err != nil || len(raw) < 24 || len(raw) > 64 {
		c.fault(p.with(key), "%s: this is no secret of a webhook: make one with: echo whsec_$(openssl rand -base64 32)", key)
	}
	return secret
}
