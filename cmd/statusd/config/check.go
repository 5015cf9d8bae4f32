package config

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/scheduler/recur"
)

// checker knows the rules that need more than one value, and builds the Config on the way.
type checker struct {
	src      *source
	file     file
	o        Options
	cfg      *Config
	faults   Faults
	warnings Faults
	decoded  Faults          // what decoding found: a value that is missing may have been given
	unsure   map[string]bool // sections where not every name is known
	orphans  []orphan

	groups     map[string]int // place in the list, by slug
	components map[string]int
	cohorts    map[string]int
}

func (c *checker) check() {
	c.page()
	c.listeners()
	c.logging()
	c.catalogue()
	c.customers()
	c.schedule()
	c.admitting()
	c.probing()
	c.mailing()
	c.incidents()
	c.backups()
	c.alarming()
	c.banner()
	c.alertsIn()
	c.signIn()
	c.contacts()
	for _, o := range c.orphans {
		c.faults = append(c.faults, c.src.fault(c.src.key(o.section), "%s of the default need the %ss %s, which this list leaves out: give %s of your own as well, or %s: [] for none",
			o.by, o.what, strings.Join(o.words, ", "), o.by, o.by))
	}
}

// orphan is what a section of the default needs of a section that the file has replaced.
type orphan struct {
	by, section, what string
	words             []string // quoted
}

func (c *checker) orphan(by, section, what, word string) {
	word = strconv.Quote(word)
	for i, o := range c.orphans {
		if o.by == by && o.section == section {
			if !slices.Contains(o.words, word) {
				c.orphans[i].words = append(o.words, word)
			}
			return
		}
	}
	c.orphans = append(c.orphans, orphan{by, section, what, []string{word}})
}

func (c *checker) at(p path, format string, args ...any) Fault {
	file, n := c.src.place(p)
	return Fault{File: file, Line: max(1, n.Line), Column: max(1, n.Column), Message: fmt.Sprintf(format, args...)}
}

func (c *checker) fault(p path, format string, args ...any) {
	if len(c.faults) >= maxFaults {
		return
	}
	c.faults = append(c.faults, c.at(p, format, args...))
}

func (c *checker) warn(p path, format string, args ...any) {
	c.warnings = append(c.warnings, c.at(p, format, args...))
}

// origin is where a noun comes from: file:line.
func (c *checker) origin(p path) string {
	file, n := c.src.place(p)
	return fmt.Sprintf("%s:%d", file, max(1, n.Line))
}

// tainted says whether decoding found a fault at p or in what it holds, so that a rule about it would say the same twice.
func (c *checker) tainted(p path) bool {
	file, n := c.src.place(p)
	return slices.ContainsFunc(c.decoded, func(d Fault) bool { return d.File == file && holds(n, d.Line, d.Column, 8) })
}

func holds(n *yaml.Node, line, column, depth int) bool {
	if n == nil || depth == 0 {
		return false
	}
	return n.Line == line && n.Column == column ||
		slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return holds(c, line, column, depth-1) })
}

// defined says whether word is in section. If not, the fault stands where the reader can mend it: at the reference, or, for
// a reference in the default, at the section that the file has replaced.
func (c *checker) defined(p path, section, what, word string, known map[string]int) bool {
	if _, ok := known[word]; ok {
		return true
	}
	top, _ := p[0].(string)
	if file, _ := c.src.place(p); file != c.src.name && c.src.key(section) != nil {
		c.orphan(top, section, what, word)
		return false
	}
	if !c.unsure[section] && len(c.faults) < maxFaults {
		c.fault(p, "there is no %s %s: %s", what, strconv.Quote(clip(word)), didYouMean(word, inOrder(known)))
	}
	return false
}

func inOrder(m map[string]int) []string {
	out := make([]string, len(m))
	for word, i := range m {
		if i < len(out) {
			out[i] = word
		}
	}
	words := out[:0]
	for _, w := range out {
		if w != "" {
			words = append(words, w)
		}
	}
	return words
}

// ids numbers the names of a list and says what is wrong with them. A name that is missing was reported before.
func (c *checker) ids(section, key string, n int, id func(int) string, taken ...string) map[string]int {
	known := map[string]int{}
	for i := range n {
		p, s := path{section, i, key}, id(i)
		first, twice := known[s]
		switch err := data.ValidSlug(s); {
		case s == "":
			c.unsure[section] = true
		case err != nil:
			c.fault(p, "%s: %s", key, err)
		case twice:
			_, at := c.src.place(path{section, first, key})
			c.fault(p, "the name %q was given before, in line %d: choose another", s, at.Line)
		default:
			for _, t := range taken {
				if s == t {
					c.fault(p, "the name %q is taken: choose another", s)
				}
			}
			known[s] = i
		}
	}
	return known
}

func (c *checker) page() {
	f, p := c.file.Page, path{"page"}
	out := Page{Name: f.Name, Product: f.Product, ID: f.ID, Support: f.Support, Target: string(f.Target)}
	if f.PublicURL != "" {
		u, err := url.Parse(f.PublicURL)
		switch {
		case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Hostname() == "":
			c.fault(p.with("public_url"), "public_url: %s is no address of a page: use https://status.example.com", strconv.Quote(clip(f.PublicURL)))
		case u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil || strings.Contains(f.PublicURL, "#"):
			c.fault(p.with("public_url"), "public_url: only scheme and host, because the page lives at the root: use %s://%s", u.Scheme, u.Host)
		default:
			out.URL = f.PublicURL
		}
	}
	if f.ID != "" && !data.ValidID(f.ID) {
		c.fault(p.with("id"), "id: %q is no public ID: use 12 characters a-z and 0-9, or leave it out", clip(f.ID))
	}
	if f.Zone != "" {
		out.Zone = c.zone(p.with("zone"), f.Zone)
	}
	for i, l := range f.Languages {
		if l != "" && slices.Index(f.Languages, l) < i {
			c.fault(p.with("languages", i), "the language %s is there twice: keep one", l)
		}
		out.Languages = append(out.Languages, i18n.Lang(l))
	}
	if !slices.Contains(f.Languages, "en") && !c.tainted(p.with("languages")) {
		c.fault(p.with("languages"), "languages: add en: texts that are missing in a language are shown in English")
	}
	if f.Target != "" && !validShare(string(f.Target)) {
		c.fault(p.with("target"), "target: %s is no share above 0 and at most 1 with up to 12 decimals: write 99.8 %% as 0.998", strconv.Quote(clip(string(f.Target))))
	}
	if out.Settling = time.Duration(f.Settling); f.Settling == 0 {
		out.Settling = months.DefaultSettling
	} else if out.Settling < 24*time.Hour || out.Settling > 60*24*time.Hour {
		c.fault(p.with("settling"), "settling: %s is out of bounds: use 1d to 60d", out.Settling)
	}
	c.link(p.with("support"), "support", f.Support)
	out.Hours, out.Premium = c.supportHours(p, f)
	out.PrivacyContact, out.AccessibilityContact, out.SecurityContact = f.PrivacyContact, f.AccessibilityContact, f.SecurityContact
	c.contact(p.with("privacy_contact"), "privacy_contact", f.PrivacyContact)
	c.contact(p.with("accessibility_contact"), "accessibility_contact", f.AccessibilityContact)
	c.contact(p.with("security_contact"), "security_contact", f.SecurityContact)
	if f.CustomerPattern != "" {
		re, err := regexp.Compile(f.CustomerPattern)
		switch {
		case err != nil:
			c.fault(p.with("customer_pattern"), "customer_pattern: this is no regular expression (%s): use one such as ^Cust[0-9]+$", err)
		case !strings.HasPrefix(f.CustomerPattern, "^") || !strings.HasSuffix(f.CustomerPattern, "$"):
			c.fault(p.with("customer_pattern"), "customer_pattern: it must describe the whole identifier: begin it with ^ and end it with $")
		default:
			out.CustomerPattern = re
		}
	}
	c.cfg.Page = out
}

var sharePattern = regexp.MustCompile(`^[01](\.[0-9]{1,12})?$`)

func validShare(s string) bool {
	r, ok := new(big.Rat).SetString(s)
	return ok && sharePattern.MatchString(s) && r.Sign() > 0 && r.Cmp(big.NewRat(1, 1)) <= 0
}

// zone finds a zone by the rules, and in the words, of recur. It is nil for a fault.
func (c *checker) zone(p path, name string) *time.Location {
	_, err := recur.Compile(data.Recurrence{Zone: name, Rule: "FREQ=DAILY", Anchor: "2026-01-01", Start: "00:00", Length: time.Second})
	if err != nil {
		c.join(p[:len(p)-1], err, nil)
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		c.fault(p, "zone %q cannot be loaded: %s", name, err)
		return nil
	}
	return loc
}

// link checks an address that people follow.
// contact checks an address of mail or of the web.
func (c *checker) contact(p path, key, s string) {
	if s == "" || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		c.link(p, key, s)
		return
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Name != "" || a.Address != s {
		c.fault(p, "%s: %s is no address: use name@example.com or https://…", key, strconv.Quote(clip(s)))
	}
}

func (c *checker) link(p path, key, s string) {
	if s == "" {
		return
	}
	if u, err := url.Parse(s); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		c.fault(p, "%s: %s is no address to follow: use https://…", key, strconv.Quote(clip(s)))
	}
}

// DefaultPerAddress is how many connections one address may have open at once (RELIABILITY 3.2): enough for the readers behind
// the address of a small office, and too few to keep the others out.
const DefaultPerAddress = 200

func (c *checker) listeners() {
	f := c.file
	c.cfg.Listen, c.cfg.AdminListen = f.Listen, f.AdminListen
	c.address(path{"listen"}, f.Listen, 0)
	c.address(path{"admin_listen"}, f.AdminListen, 0)
	if f.Listen != "" && f.Listen == f.AdminListen && !strings.HasSuffix(f.Listen, ":0") {
		c.fault(path{"admin_listen"}, "admin_listen is the same as listen: the operators' pages need a listener of their own")
	}
	if f.Data != "" {
		c.cfg.Data = c.beside(f.Data)
		if err := CheckDataDir(c.cfg.Data); err != nil {
			c.fault(path{"data"}, "data: %s", err)
		}
	}
	c.cfg.PerAddress = DefaultPerAddress
	if f.PerAddress != nil && !c.tainted(path{"connections_per_address"}) {
		if c.cfg.PerAddress = *f.PerAddress; c.cfg.PerAddress < 10 {
			c.fault(path{"connections_per_address"}, "connections_per_address: %d would keep out whoever opens a page or two: use at least 10", *f.PerAddress)
		}
	}
	for i, s := range f.TrustedProxies {
		if s == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(s)
		switch {
		case err != nil:
			c.fault(path{"trusted_proxies", i}, "trusted_proxies: %s is no network: write one as 10.0.0.0/8, a single address as 192.0.2.1/32", strconv.Quote(clip(s)))
		case prefix.Bits() == 0:
			c.fault(path{"trusted_proxies", i}, "trusted_proxies: %s would believe everybody: name the networks of your proxies", s)
		case prefix != prefix.Masked():
			c.fault(path{"trusted_proxies", i}, "trusted_proxies: %s is an address inside a network: write %s, or %s/%d for that address alone",
				s, prefix.Masked(), prefix.Addr(), prefix.Addr().BitLen())
		default:
			c.cfg.TrustedProxies = append(c.cfg.TrustedProxies, prefix)
		}
	}
	if f.TLS != nil && f.TLS.Certificate != "" && f.TLS.Key != "" {
		t := TLS{c.beside(f.TLS.Certificate), c.beside(f.TLS.Key)}
		if err := private(t.Key); err != nil {
			c.fault(path{"tls", "key"}, "key: %s", err)
		} else if _, err := tls.LoadX509KeyPair(t.Certificate, t.Key); err != nil {
			c.fault(path{"tls", "certificate"}, "certificate: the two files do not work together (%s): give a certificate and its own key, both PEM", err)
		}
		c.cfg.TLS = &t
	}
	for i, s := range f.References {
		if s != "" && c.address(path{"references", i}, s, 1) {
			c.cfg.References = append(c.cfg.References, s)
		}
	}
	switch n := len(c.cfg.References); {
	case n == 0:
		c.warn(path{"references"}, "no references: an observer that loses its own network will blame everybody; give three TCP endpoints in different networks")
	case n < 3:
		c.warn(path{"references"}, "%d of the usual three references: one that fails has too much to say", n)
	}
	if host, _, err := net.SplitHostPort(f.AdminListen); err == nil && !loopback(host) {
		c.warn(path{"admin_listen"}, "admin_listen can be reached from elsewhere and speaks plain HTTP, over which browsers keep no session: keep it on a loopback address, or behind a proxy with TLS that admin_url names")
	}
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// address checks host:port with a port from least.
func (c *checker) address(p path, s string, least int) bool {
	if s == "" {
		return false
	}
	host, port, err := net.SplitHostPort(s)
	n, perr := strconv.Atoi(port)
	switch {
	case err != nil || perr != nil || n < least || n > 65535 || strings.ContainsAny(host, " /@"):
		c.fault(p, "%s is no address: use host:port, such as 127.0.0.1:8080, with a port from %d to 65535", strconv.Quote(clip(s)), least)
		return false
	case least > 0 && host == "":
		c.fault(p, "%s has no host: use host:port, such as 192.0.2.1:443", strconv.Quote(clip(s)))
		return false
	}
	return true
}

// beside is a file named relative to the configuration.
func (c *checker) beside(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(filepath.Dir(c.src.name), name)
}

func (c *checker) logging() {
	if l := c.file.Log.Level; l != "" {
		if err := c.cfg.Log.Level.UnmarshalText([]byte(l)); err != nil {
			c.cfg.Log.Level = slog.LevelInfo
		}
	}
	c.cfg.Log.Format = c.file.Log.Format
}
