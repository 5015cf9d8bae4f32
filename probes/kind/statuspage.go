package kind

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// statuspageProber reads what a provider says of itself, by version 2 of the API that status pages share. It repeats that:
// a page that cannot be read says nothing about the provider, so the level is NoData then, with the reason.
type statuspageProber struct {
	probe data.Probe
	get   *httpProber
}

var _ Prober = (*statuspageProber)(nil)

const (
	summaryPath = "/api/v2/summary.json"
	maxPart     = 200
)

func newStatuspage(p data.Probe, c Client, roots *x509.CertPool) Prober {
	at := p
	u, _ := url.Parse(p.Target) // Check has read it
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/")+summaryPath, ""
	at.Target = u.String()
	get := newGet(at, c, roots)
	get.keep = true
	return &statuspageProber{probe: p, get: get}
}

func checkStatuspage(p data.Probe) error {
	errs := []error{checkURL(p)}
	if u, err := url.Parse(p.Target); err == nil && strings.HasSuffix(u.Path, ".json") {
		errs = append(errs, data.Invalid("target", "give the address of the page itself: "+summaryPath+" is added to it"))
	}
	if len(p.Part) > maxPart {
		errs = append(errs, data.Invalid("part", fmt.Sprintf("at most %d bytes, this has %d", maxPart, len(p.Part))))
	}
	return errors.Join(errs...)
}

// Probe implements Prober.
func (s *statuspageProber) Probe(ctx context.Context) []data.Sample {
	out, got := s.get.run(ctx)
	out.Expires = time.Time{} // the certificate is theirs to renew
	if got == nil {
		return []data.Sample{hearsay(out)}
	}
	said := reported(got.body, s.probe.Part)
	out.Level, out.Reason, out.Detail = said.Level, said.Reason, said.Detail
	return []data.Sample{out}
}

// hearsay is what a provider's page that cannot be read says about the provider: nothing, for that reason.
func hearsay(s data.Sample) data.Sample {
	s.Level, s.Detail = data.NoData, Clip("the page cannot be read: "+s.Detail)
	return s
}

// summary is as much of a provider's answer as matters here.
type summary struct {
	Status *struct {
		Indicator string `json:"indicator"`
	} `json:"status"`
	Components []struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		Status string `json:"status"`
	} `json:"components"`
}

// provided are the words of a page and of its components. A word that is not among them is not understood.
var (
	indicators = map[string]data.Sample{
		"none": {Level: data.Operational}, "minor": {Level: data.Degraded}, "major": {Level: data.PartialOutage},
		"critical": {Level: data.MajorOutage}, "maintenance": {Level: data.Degraded, Reason: data.ReasonMaintenance},
	}
	provided = map[string]data.Sample{
		"operational": {Level: data.Operational}, "degraded_performance": {Level: data.Degraded}, "partial_outage": {Level: data.PartialOutage},
		"major_outage": {Level: data.MajorOutage}, "under_maintenance": {Level: data.Degraded, Reason: data.ReasonMaintenance},
	}
)

// reported is what a summary says of a part, or of the page as a whole.
func reported(body []byte, part string) data.Sample {
	unknown := func(why data.Reason, detail string) data.Sample { return data.Sample{Reason: why, Detail: detail} }
	var doc summary
	d := json.NewDecoder(bytes.NewReader(body))
	if d.Decode(&doc) != nil || d.Decode(&struct{}{}) != io.EOF || doc.Status == nil {
		return unknown(data.ReasonProtocol, "the page does not speak version 2 of the API: "+summaryPath+" holds no status")
	}
	words, word := indicators, doc.Status.Indicator
	if part != "" {
		words, word = provided, ""
		named := 0
		for _, c := range doc.Components {
			if c.ID == part {
				named, word = 1, c.Status
				break
			}
			if strings.EqualFold(c.Name, part) {
				named, word = named+1, c.Status
			}
		}
		switch {
		case named == 0:
			return unknown(data.ReasonUnsure, "the page has no component of this name or ID: see part")
		case named > 1:
			return unknown(data.ReasonUnsure, fmt.Sprintf("the page has %d components of this name: give the ID in part", named))
		}
	}
	s, ok := words[word]
	switch {
	case !ok:
		return unknown(data.ReasonUnsure, "the page gives a level that is none of the API's")
	case s.Reason == data.ReasonMaintenance:
		s.Detail = "the provider says that it is under maintenance"
	case s.Level != data.Operational:
		s.Reason, s.Detail = data.ReasonReported, fmt.Sprintf("the provider says %s", word)
	}
	return s
}
