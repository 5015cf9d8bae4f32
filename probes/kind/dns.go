package kind

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/superoffice/statusd/data"
)

// dnsProber asks for a name's records: a server of its own directly, by UDP and where the answer was cut by TCP, else the
// system's resolver. A server that is asked directly is asked once per question; the system's resolver has its own ways,
// and for a CNAME tells where the chain ends.
type dnsProber struct {
	probe    data.Probe
	resolver *net.Resolver
	dialer   net.Dialer
	wanted   []string // as records are written
}

var _ Prober = (*dnsProber)(nil)

func newDNS(p data.Probe, c Client, _ *x509.CertPool) Prober {
	d := &dnsProber{probe: p, resolver: c.Resolver, dialer: net.Dialer{Resolver: c.Resolver}}
	if d.resolver == nil {
		d.resolver = net.DefaultResolver
	}
	for _, a := range p.Answers {
		d.wanted = append(d.wanted, record(p.Record, a))
	}
	return d
}

// recordTypes are the records that can be asked for; "" is A or AAAA.
var recordTypes = map[string][]dnsmessage.Type{
	"": {dnsmessage.TypeA, dnsmessage.TypeAAAA}, "A": {dnsmessage.TypeA}, "AAAA": {dnsmessage.TypeAAAA}, "CNAME": {dnsmessage.TypeCNAME},
	"MX": {dnsmessage.TypeMX}, "NS": {dnsmessage.TypeNS}, "TXT": {dnsmessage.TypeTXT},
}

const maxAnswers = 20

func checkDNS(p data.Probe) error {
	var errs []error
	bad := func(wrong bool, field, message string) {
		if wrong {
			errs = append(errs, data.Invalid(field, message))
		}
	}
	_, err := dnsmessage.NewName(rooted(p.Target))
	bad(p.Target == "" || err != nil || !hostname(p.Target), "target", fmt.Sprintf("%q is no name: use one such as www.example.com, without scheme, port or path", shown(p.Target)))
	_, known := recordTypes[p.Record]
	bad(!known, "record", fmt.Sprintf("%q cannot be asked for: use A, AAAA, CNAME, MX, NS or TXT, or leave it out for A or AAAA", p.Record))
	if p.Server != "" {
		host, port, err := net.SplitHostPort(p.Server)
		bad(err != nil || host == "" || strings.ContainsAny(host, "/@ ") || !validPort(port), "server",
			fmt.Sprintf("%q is no address: use host:port, such as 192.0.2.53:53", shown(p.Server)))
	}
	bad(len(p.Answers) > maxAnswers, "answers", fmt.Sprintf("at most %d, these are %d", maxAnswers, len(p.Answers)))
	for _, a := range p.Answers {
		_, err := netip.ParseAddr(a)
		address := slices.Contains([]string{"", "A", "AAAA"}, p.Record)
		bad(a == "" || len(a) > maxMatch, "answers", fmt.Sprintf("an answer has 1 to %d bytes", maxMatch))
		bad(known && address && err != nil, "answers", fmt.Sprintf("%q is no address: records of this type hold some such as 192.0.2.1", Clip(a)))
	}
	return errors.Join(errs...)
}

// hostname says whether a text can be a name: labels of letters, digits, dashes and underscores.
func hostname(s string) bool {
	for label := range strings.SplitSeq(strings.TrimSuffix(s, "."), ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}

// rooted is a name with its root, so that nothing is appended to it.
func rooted(name string) string { return strings.TrimSuffix(name, ".") + "." }

// record writes what a record holds as it is compared: addresses in one form, names in lower case without the root.
func record(kind, text string) string {
	switch kind {
	case "TXT":
		return text
	case "CNAME", "NS", "MX":
		return strings.ToLower(strings.TrimSuffix(strings.Join(strings.Fields(text), " "), "."))
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return a.Unmap().String()
	}
	return text
}

// Probe implements Prober.
func (d *dnsProber) Probe(ctx context.Context) []data.Sample {
	start := time.Now()
	var found []string
	var err error
	if d.probe.Server == "" {
		found, err = d.system(ctx)
	} else {
		found, err = d.direct(ctx)
	}
	s := d.judge(found, err)
	s.Latency = time.Since(start)
	return []data.Sample{late(d.probe, s)}
}

// judge is what the records that were found mean.
func (d *dnsProber) judge(found []string, err error) data.Sample {
	var server *net.DNSError
	var bad dnsError
	switch {
	case errors.As(err, &bad):
		return Fail(d.probe, bad.why, Clip(bad.detail))
	case errors.As(err, &server) && d.probe.Server != "" && server.IsTimeout, errors.Is(err, context.DeadlineExceeded):
		return Fail(d.probe, data.ReasonTimeout, "no answer in time")
	case errors.As(err, &server) && server.IsTimeout:
		return Fail(d.probe, data.ReasonTimeout, "our own resolver has not answered in time")
	case err != nil:
		why, detail := explain(err, asking)
		if why == data.ReasonProtocol {
			detail = "no valid DNS answer"
		}
		return Fail(d.probe, why, detail)
	case len(found) == 0:
		return Fail(d.probe, data.ReasonAnswer, "the name has no such record")
	}
	if missing := d.missing(found); missing > 0 {
		return Fail(d.probe, data.ReasonAnswer, fmt.Sprintf("%d of the %d records expected were not among the %d answers", missing, len(d.wanted), len(found)))
	}
	return data.Sample{Level: data.Operational}
}

// missing counts what is wanted and was not found. An MX may be wanted by its name alone.
func (d *dnsProber) missing(found []string) int {
	n := 0
	for _, w := range d.wanted {
		if !slices.ContainsFunc(found, func(f string) bool {
			_, host, ok := strings.Cut(f, " ")
			return f == w || d.probe.Record == "MX" && ok && host == w
		}) {
			n++
		}
	}
	return n
}

// system asks the system's resolver.
func (d *dnsProber) system(ctx context.Context) (found []string, err error) {
	name := rooted(d.probe.Target)
	add := func(text string) { found = append(found, record(d.probe.Record, text)) }
	switch d.probe.Record {
	case "CNAME":
		var end string
		if end, err = d.resolver.LookupCNAME(ctx, name); err == nil && !strings.EqualFold(end, name) {
			add(end)
		}
	case "MX":
		var all []*net.MX
		all, err = d.resolver.LookupMX(ctx, name)
		for _, r := range all {
			add(strconv.Itoa(int(r.Pref)) + " " + r.Host)
		}
	case "NS":
		var all []*net.NS
		all, err = d.resolver.LookupNS(ctx, name)
		for _, r := range all {
			add(r.Host)
		}
	case "TXT":
		var all []string
		all, err = d.resolver.LookupTXT(ctx, name)
		for _, r := range all {
			add(r)
		}
	default:
		network := map[string]string{"": "ip", "A": "ip4", "AAAA": "ip6"}[d.probe.Record]
		var all []netip.Addr
		all, err = d.resolver.LookupNetIP(ctx, network, name)
		for _, r := range all {
			add(r.Unmap().String())
		}
	}
	if len(found) > 0 {
		err = nil // some records were not valid, but others are
	}
	return found, err
}
