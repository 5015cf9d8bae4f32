package web

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/web/page"
)

// Figures registers the uptime of the running month and of the last one as metrics, and returns what is to be told of swaps: they
// are worked out from the snapshot when it is new, and a scrape reads nothing. A month that nobody watched has no series, nor
// has a component in it.
func Figures(registry prometheus.Registerer) func(*page.Snapshot) {
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
		registry.MustRegister(g)
		return g
	}
	ratio := gauge("statusd_uptime_ratio", "Share of the month that was up, what is still to come counted as up; month is running or last, component all is the headline.", "policy", "component", "month")
	allowance := gauge("statusd_uptime_allowance_seconds", "Downtime in the month that still meets the target.", "component", "month")
	left := gauge("statusd_uptime_allowance_left_seconds", "What is left of it under the contract; below zero the target is missed.", "component", "month")
	coverage := gauge("statusd_uptime_coverage_ratio", "Share of the month so far in which somebody measured.", "component", "month")
	return func(s *page.Snapshot) {
		for _, g := range []*prometheus.GaugeVec{ratio, allowance, left, coverage} {
			g.Reset()
		}
		months := ledger.Months(s.State.Now, s.State.Zone, 2)
		for i, which := range []string{"last", "running"} {
			sheet, err := s.State.Sheet(months[i], "", "")
			if err != nil || !sheet.Contract.Verdict.Known() {
				continue // there was no service yet, or there is no figure
			}
			for _, r := range append([]ledger.Report{sheet.Report}, sheet.ByComponent...) {
				if r.NoData {
					continue
				}
				component := r.Component
				if component == "" {
					component = data.AllCustomers
				}
				for policy, of := range map[string]ledger.Result{"contract": r.Contract, "strict": r.Strict, "observed": r.Observed} {
					ratio.WithLabelValues(policy, component, which).Set(share(r.Seconds-of.Downtime, r.Seconds))
				}
				allowance.WithLabelValues(component, which).Set(float64(r.Allowance))
				left.WithLabelValues(component, which).Set(float64(r.Allowance - r.Contract.Downtime))
				over := r.Seconds
				if r.SoFar {
					if begin, _, err := ledger.Bounds(r.Month, s.State.Zone); err == nil {
						over = r.AsOf.Unix() - begin.Unix()
					}
				}
				coverage.WithLabelValues(component, which).Set(share(over-r.Unobserved, over))
			}
		}
	}
}

func share(part, whole int64) float64 {
	if whole <= 0 {
		return 1
	}
	return float64(part) / float64(whole)
}
