package kind

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// Prober takes samples, one per component it speaks for: level, reason, detail, latency and what else was seen. It obeys
// ctx's deadline, uses a fresh connection, and never tries again. Probe, Place and At are filled in by the Runner.
type Prober interface {
	Probe(ctx context.Context) []data.Sample
}

// Client is how probers present themselves and find names.
type Client struct {
	UserAgent string        // empty means "statusd"
	Resolver  *net.Resolver // nil means the system's

	// Beats finds the newest heartbeat of a probe; data.ErrNotFound where none came yet. Nil where they are not kept.
	Beats func(ctx context.Context, probe string) (data.Beat, error)
}

// kinds says how each kind is checked and made.
var kinds = map[data.ProbeKind]struct {
	check func(data.Probe) error
	make  func(data.Probe, Client, *x509.CertPool) Prober
}{
	data.ProbeHTTP: {checkHTTP, newHTTP},
	data.ProbeTCP:  {checkHostPort, newTCP},
	data.ProbeTLS:  {checkHostPort, newTLS},
	data.ProbeDNS:  {checkDNS, newDNS},
	data.ProbeICMP: {checkICMP, newICMP},

	data.ProbeStatuspage: {checkStatuspage, newStatuspage},
	data.ProbeFeed:       {checkFeed, newFeed},

	data.ProbeHeartbeat:   {checkHeartbeat, newHeartbeat},
	data.ProbeTransaction: {checkTransaction, newTransaction},
	data.ProbeTenant:      {checkTenant, newTenant},
}

// grace is how much longer than the run a connection may stand: then the run's own end has failed.
const grace = time.Second

// Bounds of what may be configured.
const (
	minInterval = 10 * time.Second
	maxInterval = 24 * time.Hour
	maxTimeout  = time.Minute
	maxMatch    = 1024
)

// Check says everything that is wrong with a probe, as errors of data.Invalid, joined. It reads the file of Roots and
// opens no connection.
func Check(p data.Probe) error {
	kind, known := kinds[p.Kind]
	if !known {
		return data.Invalid("kind", fmt.Sprintf("%q is no kind of probe: use %s", p.Kind, either(data.ProbeKinds)))
	}
	var errs []error
	bad := func(wrong bool, field, message string) {
		if wrong {
			errs = append(errs, data.Invalid(field, message))
		}
	}
	bad(p.Name == "" || strings.ContainsAny(p.Name, "| \t\r\n"), "name", "give the probe a name of letters, digits and dashes")
	bad(p.Component == "", "component", "say which component the probe speaks for, by its slug")
	bad(p.Cohort == "", "cohort", `say whose side the probe looks at: "all", or a cohort's name`)
	errs = append(errs, kind.check(p))
	bad(p.Interval < minInterval || p.Interval > maxInterval, "interval", fmt.Sprintf("%s is out of bounds: use 10s to 24h", p.Interval))
	bad(p.Interval%time.Second != 0, "interval", fmt.Sprintf("%s is not in whole seconds: slots are", p.Interval))
	bad(p.Timeout < 0 || p.Timeout > maxTimeout || p.Timeout > 0 && p.Timeout >= p.Interval, "timeout",
		fmt.Sprintf("%s is out of bounds: use at most 1m and less than the interval, or leave it out for the smaller of 10s and 80 %% of the interval", p.Timeout))
	bad(p.Slow < 0 || p.Slow >= p.Deadline() && p.Slow > 0 && p.Kind != data.ProbeHeartbeat, "slow",
		fmt.Sprintf("%s is out of bounds: an answer is slow before it is late, so use less than the timeout of %s", p.Slow, p.Deadline()))
	bad(p.Warn < 0, "warn", "say how long before its end a certificate is to be renewed, such as 168h")
	bad(p.Failing == data.Operational || p.Failing > data.MajorOutage, "failing",
		fmt.Sprintf("a failure cannot mean %s: use degraded, partial_outage or major_outage", p.Failing))
	for _, m := range members {
		bad(m.set(p) && !slices.Contains(m.kinds, p.Kind), m.field, fmt.Sprintf("only a probe of kind %s has %s", either(m.kinds), m.field))
	}
	_, err := roots(p.Roots)
	errs = append(errs, err)
	return errors.Join(errs...)
}

// Compile makes the prober of a probe that passes Check.
func Compile(p data.Probe, c Client) (Prober, error) {
	if err := Check(p); err != nil {
		return nil, fmt.Errorf("probe %s: %w", p.Name, err)
	}
	if c.UserAgent == "" {
		c.UserAgent = "statusd"
	}
	pool, err := roots(p.Roots)
	if err != nil {
		return nil, fmt.Errorf("probe %s: %w", p.Name, err)
	}
	return kinds[p.Kind].make(p, c, pool), nil
}

// roots adds the issuers in a PEM file to the system's. No file means nil, which is the system's.
func roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, data.Invalid("roots", fmt.Sprintf("the file of issuers cannot be read: %v", err))
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, data.Invalid("roots", fmt.Sprintf("%s holds no certificate: it must be PEM, with BEGIN CERTIFICATE", file))
	}
	return pool, nil
}

func checkHostPort(p data.Probe) error {
	host, port, err := net.SplitHostPort(p.Target)
	if err != nil || host == "" || strings.ContainsAny(host, "/@ ") {
		return data.Invalid("target", fmt.Sprintf("%q is no address: use host:port, such as mail.example.com:443", shown(p.Target)))
	}
	if !validPort(port) {
		return data.Invalid("target", "the port is no number from 1 to 65535: write it as host:443")
	}
	return nil
}

var methods = []string{"", http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions}

// checkURL says what is wrong with a Target that is an address of the web.
func checkURL(p data.Probe) error {
	var errs []error
	u, err := url.Parse(p.Target)
	switch {
	case err != nil:
		errs = append(errs, data.Invalid("target", "this is no address: use a URL such as https://www.example.com/health"))
	case u.Scheme != "http" && u.Scheme != "https":
		errs = append(errs, data.Invalid("target", fmt.Sprintf("%q cannot be probed: use a URL that begins with http:// or https://", shown(p.Target))))
	case u.Hostname() == "":
		errs = append(errs, data.Invalid("target", "the URL names no host: write it as https://host/path"))
	case u.Port() != "" && !validPort(u.Port()):
		errs = append(errs, data.Invalid("target", fmt.Sprintf("port %s is no port: use 1 to 65535", u.Port())))
	}
	return errors.Join(errs...)
}

func checkHTTP(p data.Probe) error {
	errs := []error{checkURL(p)}
	if !slices.Contains(methods, p.Method) {
		errs = append(errs, data.Invalid("method", fmt.Sprintf("%q is not allowed: use GET, HEAD, POST or OPTIONS", p.Method)))
	}
	for name, value := range p.Headers {
		if name == "" || strings.Trim(name, tokenBytes) != "" || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			errs = append(errs, data.Invalid("headers", fmt.Sprintf("%q is no header: a name has letters, digits and dashes, a value is one line", name)))
		}
	}
	for _, code := range p.Status {
		if code < 200 || code > 599 {
			errs = append(errs, data.Invalid("status", fmt.Sprintf("%d is no final HTTP status: use 200 to 599", code)))
		}
	}
	if len(p.Match) > maxMatch {
		errs = append(errs, data.Invalid("match", fmt.Sprintf("at most %d bytes, this has %d", maxMatch, len(p.Match))))
	}
	if p.Match != "" && p.Method == http.MethodHead {
		errs = append(errs, data.Invalid("match", "HEAD brings no content to look in: use GET"))
	}
	conditions, err := compileConditions("expect", p.Expect)
	if p.Method == http.MethodHead && slices.ContainsFunc(conditions, (*expression).readsBody) {
		errs = append(errs, data.Invalid("expect", "HEAD brings no content to look in: use GET, or leave body and json out"))
	}
	errs = append(errs, err)
	return errors.Join(errs...)
}

const tokenBytes = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

func validPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 1 && n <= 65535
}

// shown is a target without what may be secret in it: credentials, query and fragment.
func shown(target string) string {
	if i := strings.IndexAny(target, "?#"); i >= 0 {
		target = target[:i]
	}
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok {
		scheme, rest = "", target
	}
	host, path, slash := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	if slash {
		path = "/" + path
	}
	if ok {
		scheme += "://"
	}
	return scheme + host + path
}
