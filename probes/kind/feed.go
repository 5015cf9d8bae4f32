package kind

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

const (
	defaultRecent = 24 * time.Hour
	maxRecent     = 31 * 24 * time.Hour
)

// feedProber reads a provider's RSS or Atom feed. An entry that is not over makes its component degraded, since a feed does
// not tell an outage from slowness. A feed that cannot be read says nothing about the provider: NoData, with the reason.
type feedProber struct {
	probe data.Probe
	get   *httpProber
}

var _ Prober = (*feedProber)(nil)

func newFeed(p data.Probe, c Client, roots *x509.CertPool) Prober {
	at := p
	at.Match = "" // is about entries
	get := newGet(at, c, roots)
	get.keep = true
	p.Recent = cmp.Or(p.Recent, defaultRecent)
	return &feedProber{probe: p, get: get}
}

func checkFeed(p data.Probe) error {
	errs := []error{checkURL(p)}
	if p.Recent < 0 || p.Recent > maxRecent {
		errs = append(errs, data.Invalid("recent", fmt.Sprintf("%s is out of bounds: use up to 31 days, or leave it out for 24h", p.Recent)))
	}
	if len(p.Match) > maxMatch {
		errs = append(errs, data.Invalid("match", fmt.Sprintf("at most %d bytes, this has %d", maxMatch, len(p.Match))))
	}
	return errors.Join(errs...)
}

// Probe implements Prober.
func (f *feedProber) Probe(ctx context.Context) []data.Sample {
	s, got := f.get.run(ctx)
	s.Expires = time.Time{} // the certificate is theirs to renew
	if got == nil {
		return []data.Sample{hearsay(s)}
	}
	entries, err := readFeed(got.body)
	if err != nil {
		s.Level, s.Reason, s.Detail = data.NoData, data.ReasonProtocol, err.Error()
		return []data.Sample{s}
	}
	said := meaning(entries, f.probe.Match, f.probe.Recent, time.Now())
	s.Level, s.Reason, s.Detail = said.Level, said.Reason, said.Detail
	return []data.Sample{s}
}

// entry is one item of a feed.
type entry struct {
	id    string // its guid, else its link, else its title
	title string
	text  string    // without markup
	at    time.Time // zero where it cannot be read: such an entry tells nothing of now
	ends  time.Time // of a maintenance that says so
}

// meaning is what the entries of a feed say at now. Those count that are dated between now-recent and now and hold match; of
// several with one ID the newest.
func meaning(entries []entry, match string, recent time.Duration, now time.Time) data.Sample {
	newest := map[string]entry{}
	for _, e := range entries {
		if e.at.IsZero() || e.at.After(now) || now.Sub(e.at) >= recent || !concerns(e, match) {
			continue
		}
		if known, ok := newest[e.id]; !ok || e.at.After(known.at) {
			newest[e.id] = e
		}
	}
	open, planned := 0, 0
	var last time.Time
	for _, e := range newest {
		if saysOver(e.title) || saysOver(e.text) || !e.ends.IsZero() && !now.Before(e.ends) {
			continue
		}
		if open++; !e.ends.IsZero() {
			planned++
		}
		if e.at.After(last) {
			last = e.at
		}
	}
	if open == 0 {
		return data.Sample{Level: data.Operational}
	}
	s := data.Sample{Level: data.Degraded, Reason: data.ReasonReported}
	if planned == open {
		s.Reason = data.ReasonMaintenance
	}
	s.Detail = fmt.Sprintf("entries of the feed that are not over: %d, the newest of %s", open, day(last))
	return s
}

// concerns says whether an entry holds a text, in whatever case.
func concerns(e entry, match string) bool {
	match = strings.ToLower(match)
	return strings.Contains(strings.ToLower(e.title), match) || strings.Contains(strings.ToLower(e.text), match)
}
