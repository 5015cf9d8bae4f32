package config

import (
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// defaultInterval is how often a probe runs that says nothing.
const defaultInterval = time.Minute

func (c *checker) probing() {
	f := c.file
	c.ids("probes", "name", len(f.Probes), func(i int) string { return f.Probes[i].Name })
	watched := map[string]bool{}
	for i, in := range f.Probes {
		p := path{"probes", i}
		out := data.Probe{
			Name: in.Name, Component: in.Component, Cohort: c.cohort(p.with("cohort"), in.Cohort), Kind: data.ProbeKind(in.Kind),
			Target: in.Target, Interval: time.Duration(in.Interval), Timeout: time.Duration(in.Timeout), Method: in.Method,
			Headers: in.Headers, Status: in.Status, Match: in.Match, Slow: time.Duration(in.Slow), Warn: time.Duration(in.Warn),
			Roots: in.Roots, Expect: in.Expect, Record: in.Record, Server: in.Server, Answers: in.Answers, Packets: in.Packets,
			Part: in.Part, Recent: time.Duration(in.Recent), Grace: time.Duration(in.Grace), Origin: c.origin(p),
		}
		c.transaction(p, in, &out)
		c.places(p, in, &out)
		if out.Interval == 0 {
			out.Interval = defaultInterval
		}
		if in.Roots != "" {
			out.Roots = c.beside(in.Roots)
		}
		if in.Failing != "" {
			if err := out.Failing.UnmarshalText([]byte(in.Failing)); err != nil {
				c.fault(p.with("failing"), "%s", err)
			}
		}
		if in.Component != "" {
			c.defined(p.with("component"), "components", "component", in.Component, c.components)
		}
		for _, side := range out.Sides() {
			watched[side.Component] = true
		}
		c.headers(p, in.Headers, "")
		if c.o.CheckProbe != nil && in.Name != "" && in.Component != "" && in.Kind != "" && data.ValidSlug(in.Name) == nil {
			c.join(p, c.o.CheckProbe(out), nil)
		}
		c.cfg.Probes = append(c.cfg.Probes, out)
	}
	for i, in := range f.Components {
		if in.ID != "" && !watched[in.ID] && in.Setup == "" {
			c.warn(path{"components", i}, "no probe looks at %s, so the page knows only what people say of it: add a probe, or say in setup: what it takes", in.ID)
		}
	}
}

// admitting says from where observers may report.
func (c *checker) admitting() {
	for i, name := range c.file.Places {
		p := path{"places", i}
		switch {
		case name == "": // decoding said so
			continue
		case data.ValidSlug(name) != nil || strings.Contains(name, "/"):
			c.fault(p, "%q is no name of a place: use the --place of an observer, of lower-case letters, digits and single hyphens", clip(name))
			continue
		case name == data.Here:
			c.fault(p, "%s is the service's own place, which needs no leave: give the observer another name, such as bergen", name)
			continue
		case slices.Contains(c.file.Places[:i], name):
			c.fault(p, "the place %s is there twice: keep one", name)
			continue
		}
		c.cfg.Places = append(c.cfg.Places, name)
	}
}

// places says from where a probe is run. A heartbeat comes to the service, wherever it is sent from.
func (c *checker) places(p path, in probe, out *data.Probe) {
	for i, name := range in.Places {
		switch {
		case data.ValidSlug(name) != nil || strings.Contains(name, "/"):
			c.fault(p.with("places", i), "%q is no name of a place: use local, or the --place of an observer, of lower-case letters, digits and single hyphens", clip(name))
		case slices.Contains(in.Places[:i], name):
			c.fault(p.with("places", i), "the place %s is there twice: keep one", name)
		case name != data.Here && !slices.Contains(c.file.Places, name):
			c.fault(p.with("places", i), "nobody reports from %s: add it to the list places at the top level, or use local", name)
		}
	}
	if len(in.Places) > 0 && out.Kind == data.ProbeHeartbeat {
		c.fault(p.with("places"), "a heartbeat comes to the service, wherever it is sent from: leave places out")
	}
	if out.Places = in.Places; out.Kind == data.ProbeHeartbeat {
		out.Places = []string{data.Here}
	}
}

// transaction adds steps and secrets to a probe.
func (c *checker) transaction(p path, in probe, out *data.Probe) {
	for i, s := range in.Steps {
		at := p.with("steps", i)
		if s.Component != "" {
			c.defined(at.with("component"), "components", "component", s.Component, c.components)
		}
		c.headers(at, s.Headers, "{{")
		out.Steps = append(out.Steps, data.ProbeStep{
			Name: s.Name, Component: s.Component, Method: s.Method, URL: s.URL, Headers: s.Headers, Form: s.Form, Body: s.Body, Status: s.Status,
			Expect: s.Expect, Capture: s.Capture, Needs: s.Needs, Slow: time.Duration(s.Slow), Always: s.Always,
		})
	}
	for name, file := range in.Secrets {
		if out.Secrets == nil {
			out.Secrets = map[string]string{}
		}
		out.Secrets[name] = c.beside(file)
	}
}

// headers warns of those whose value looks like a secret of its own, and holds no place for one.
func (c *checker) headers(p path, headers map[string]string, place string) {
	for name, value := range headers {
		if sensitive(name) && (place == "" || !strings.Contains(value, place)) {
			c.warn(p.with("headers", name), "the header %s looks like a secret: it is stored with the probe, so give it to nobody but this probe, and only what it may read", name)
		}
	}
}
