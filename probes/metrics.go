package probes

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/probes/kind"
)

// metrics of the probes have the names and meanings of blackbox_exporter, so that existing dashboards fit. A series of a
// probe is there while it is watched: it goes when nobody watches, and with its probe.
type metrics struct {
	success, duration, phases, code, expires, lookup, echo *prometheus.GaugeVec

	samples *prometheus.CounterVec
	blind   prometheus.Gauge
	lag     prometheus.Histogram
	flushes prometheus.Counter
	dropped prometheus.Counter
}

func newMetrics(registry prometheus.Registerer) *metrics {
	labels := []string{"probe", "component"}
	gauge := func(name, help string, more ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, append(labels[:2:2], more...))
	}
	m := &metrics{
		success:  gauge("probe_success", "Whether the newest sample was right."),
		duration: gauge("probe_duration_seconds", "How long the newest sample took."),
		phases:   gauge("probe_http_duration_seconds", "How long the parts of the newest HTTP sample took.", "phase"),
		code:     gauge("probe_http_status_code", "HTTP status of the newest sample; 0 means there was none."),
		expires:  gauge("probe_ssl_earliest_cert_expiry", "When the first of the certificates seen ends, in Unix time."),
		lookup:   gauge("probe_dns_lookup_time_seconds", "How long the newest sample took to find names; of a dns probe, how long its answer took."),
		echo:     gauge("probe_icmp_duration_seconds", "How long the parts of the newest ICMP sample took; rtt is the average of the packets.", "phase"),
		samples: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_probes_samples_total", Help: "Samples taken, by level.",
		}, []string{"level"}),
		blind: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "statusd_probes_blind", Help: "1 while most reference targets cannot be reached or our own resolver finds no names, so that failures say nothing.",
		}),
		lag: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "statusd_probes_lag_seconds", Help: "How long after its slot a sample began.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2, 10},
		}),
		flushes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "statusd_probes_flushes_total", Help: "Transactions that wrote samples or marks.",
		}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "statusd_probes_dropped_total", Help: "Samples that were given up because they could not be stored.",
		}),
	}
	for l := data.NoData; l <= data.MajorOutage; l++ {
		m.samples.WithLabelValues(l.String())
	}
	registry.MustRegister(m.success, m.duration, m.phases, m.code, m.expires, m.lookup, m.echo, m.samples, m.blind, m.lag, m.flushes, m.dropped)
	return m
}

// sample shows the newest sample of p.
func (m *metrics) sample(p data.Probe, s data.Sample) {
	m.samples.WithLabelValues(s.Level.String()).Inc()
	if s.Level == data.NoData {
		m.forget(p)
		return
	}
	success := 0.0
	if kind.Right(s) {
		success = 1
	}
	m.success.WithLabelValues(p.Name, p.Component).Set(success)
	m.duration.WithLabelValues(p.Name, p.Component).Set(s.Latency.Seconds())
	if !s.Expires.IsZero() {
		m.expires.WithLabelValues(p.Name, p.Component).Set(float64(s.Expires.Unix()))
	}
	switch p.Kind {
	case data.ProbeDNS:
		m.lookup.WithLabelValues(p.Name, p.Component).Set(s.Latency.Seconds())
	case data.ProbeICMP:
		m.lookup.WithLabelValues(p.Name, p.Component).Set(s.Phases.Resolve.Seconds())
		m.echo.WithLabelValues(p.Name, p.Component, "resolve").Set(s.Phases.Resolve.Seconds())
		m.echo.WithLabelValues(p.Name, p.Component, "rtt").Set(s.Latency.Seconds())
	case data.ProbeHTTP, data.ProbeStatuspage, data.ProbeFeed, data.ProbeTenant:
		m.lookup.WithLabelValues(p.Name, p.Component).Set(s.Phases.Resolve.Seconds())
		m.code.WithLabelValues(p.Name, p.Component).Set(float64(s.Code))
		for i, d := range []time.Duration{s.Phases.Resolve, s.Phases.Connect, s.Phases.TLS, s.Phases.Processing, s.Phases.Transfer} {
			m.phases.WithLabelValues(p.Name, p.Component, phaseNames[i]).Set(d.Seconds())
		}
	}
}

// forget removes every series of a probe.
func (m *metrics) forget(p data.Probe) {
	for _, v := range []*prometheus.GaugeVec{m.success, m.duration, m.code, m.expires, m.lookup} {
		v.DeleteLabelValues(p.Name, p.Component)
	}
	for _, phase := range []string{"resolve", "rtt"} {
		m.echo.DeleteLabelValues(p.Name, p.Component, phase)
	}
	for _, phase := range phaseNames {
		m.phases.DeleteLabelValues(p.Name, p.Component, phase)
	}
}

var phaseNames = [...]string{"resolve", "connect", "tls", "processing", "transfer"}
