package config

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// mailgunEU is the only address of the provider that keeps data in Europe (G3).
const mailgunEU = "https://api.eu.mailgun.net/v3"

var domainPattern = regexp.MustCompile(`^(?i:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

func (c *checker) mailing() {
	f := c.file.Mail
	if f == nil {
		return
	}
	p := path{"mail"}
	out := Mail{From: f.From, Mailgun: Mailgun{Base: mailgunEU, Domain: f.Mailgun.Domain}}
	if f.From != "" {
		if _, err := mail.ParseAddress(f.From); err != nil {
			c.fault(p.with("from"), "from: %s is no mail address: use one such as SuperOffice Status <status@example.com>", strconv.Quote(clip(f.From)))
		}
	}
	p = p.with("mailgun")
	m := f.Mailgun
	if m.Base != "" {
		out.Mailgun.Base = c.base(p.with("base"), m)
	}
	if m.Domain != "" && !domainPattern.MatchString(m.Domain) {
		c.fault(p.with("domain"), "domain: %s is no domain: use the one the account sends from, such as mg.example.com", strconv.Quote(clip(m.Domain)))
	}
	switch {
	case m.KeyFile != "" && m.KeyEnv != "":
		c.fault(p.with("key_env"), "both key_file and key_env are given: keep one")
	case m.KeyFile != "":
		key, err := secretFile(c.beside(m.KeyFile))
		if err != nil {
			c.fault(p.with("key_file"), "key_file: %s", err)
		}
		out.Mailgun.Key = key
	case m.KeyEnv != "":
		key, err := newSecret(c.o.Getenv(m.KeyEnv), "the environment variable "+clip(m.KeyEnv))
		if err != nil {
			c.fault(p.with("key_env"), "key_env: %s", err)
		}
		out.Mailgun.Key = key
	case !c.tainted(p):
		c.fault(p, "mailgun has no key: name a file that holds it as key_file, or an environment variable as key_env; never write it here")
	}
	c.cfg.Mail = &out
	if u, err := url.Parse(c.cfg.Page.URL); err == nil && loopback(u.Hostname()) && !m.Test {
		c.warn(path{"page", "public_url"}, "mails will link to %s, which nobody else can open: set page.public_url", u)
	}
}

// base checks where mail goes: the EU address, or a stand-in on this machine.
func (c *checker) base(p path, m mailgun) string {
	base := strings.TrimSuffix(m.Base, "/")
	if base == mailgunEU || base+"/v3" == mailgunEU {
		return mailgunEU
	}
	u, err := url.Parse(base)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		c.fault(p, "base: %s is no address of an API: leave it out for %s", strconv.Quote(clip(base)), mailgunEU)
	case loopback(u.Hostname()) && m.Test:
		if u.Path == "" {
			base += "/v3"
		}
		return base
	case loopback(u.Hostname()):
		c.fault(p, "base: %s is a stand-in on this machine, and would send nothing: add test: true if that is meant", u.Host)
	case strings.EqualFold(u.Hostname(), "api.mailgun.net"):
		c.fault(p, "base: this is the address in the United States, and notices may be processed in Europe only (G3): leave it out for %s", mailgunEU)
	default:
		c.fault(p, "base: notices may be sent through %s only (G3), and not through %s: leave it out", mailgunEU, clip(u.Host))
	}
	return base
}

// confirmed is when contract contacts count as confirmed. It is the same at every start, so that loading the same file
// again changes nothing.
var confirmed = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// contacts checks contract contacts (N5 a, N7).
func (c *checker) contacts() {
	seen := map[string]int{}
	for i, in := range c.file.Contacts {
		p := path{"contacts", i}
		out := data.Subscriber{
			ID: subscriberID(in.Address), Channel: data.ByMail, Address: in.Address, Lang: in.Language, Zone: in.Zone, Contract: true,
			Cohort: in.Cohort, Components: c.some(p.with("components"), in.Components), Confirmed: confirmed, Origin: c.origin(p),
		}
		if in.Address != "" {
			c.mailbox(p.with("address"), in.Address, seen, i)
		}
		if out.Lang == "" {
			out.Lang = "en"
		}
		if in.Zone != "" {
			c.zone(p.with("zone"), in.Zone)
		}
		if in.Cohort == data.AllCustomers {
			out.Cohort = ""
		} else if in.Cohort != "" {
			c.cohort(p.with("cohort"), in.Cohort)
		}
		for j, r := range in.Roles {
			if r != "" && slices.Index(in.Roles, r) < j {
				c.fault(p.with("roles", j), "the role %s is there twice: keep one", r)
			}
			out.Roles = append(out.Roles, r)
		}
		if len(in.Roles) > 0 && !slices.Contains(in.Roles, "admin") && !slices.Contains(in.Roles, "security") {
			c.warn(p, "this contact gets no notices: operational ones go to admin, security patches also to security (N7)")
			continue
		}
		c.cfg.Subscribers = append(c.cfg.Subscribers, out)
	}
}

func (c *checker) mailbox(p path, address string, seen map[string]int, i int) {
	a, err := mail.ParseAddress(address)
	if err != nil || a.Name != "" || a.Address != address || len(address) > 254 {
		c.fault(p, "address: %s is no mail address: use one without a name, such as it@example.com", strconv.Quote(clip(address)))
		return
	}
	id := subscriberID(address)
	if first, twice := seen[id]; twice {
		_, at := c.src.place(path{"contacts", first})
		c.fault(p, "address: this address was given before, in line %d: merge the two", at.Line)
		return
	}
	seen[id] = i
}

// subscriberID is the same however the address is written, so that an address is there once.
func subscriberID(address string) string {
	return data.PublicID("", "subscriber", strings.ToLower(address))
}
