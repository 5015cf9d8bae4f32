package config

import (
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
			Part: in.Part, Recent: time.Duration(in.Recent), Origin: c.origin(p),
		}
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
		watched[in.Component] = true
		for name := range in.Headers {
			if sensitive(name) {
				c.warn(p.with("headers", name), "the header %s looks like a secret: it is stored with the probe, so give it to nobody but this probe, and only what it may read", name)
			}
		}
		if c.o.CheckProbe != nil && in.Name != "" && in.Component != "" && in.Kind != "" && in.Target != "" && data.ValidSlug(in.Name) == nil {
			c.join(p, c.o.CheckProbe(out), nil)
		}
		c.cfg.Probes = append(c.cfg.Probes, out)
	}
	for i, in := range f.Components {
		if in.ID != "" && !watched[in.ID] && in.Setup == "" {
			c.warn(path{"components", i}, "no probe looks at %s, so it will show no data: add a probe, or say in setup: what it takes", in.ID)
		}
	}
}
