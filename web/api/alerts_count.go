package api

import (
	"encoding/json"
	"errors"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/data"
)

// hookPaths is where monitoring systems send to.
const hookPaths = "/hooks/"

// refuse makes a 400 of what is wrong with a message's body: senders give up at once, and the group comes again (STATUSPAGE-V2 10).
func (op Op) refuse(err error) error {
	var known *data.Error
	if op.Hook && errors.As(err, &known) && known.Kind == data.KindInvalid {
		return misfit(known.Message)
	}
	return err
}

// heardMetrics counts what became of alerts. The zero value is ready.
type heardMetrics struct {
	once    sync.Once
	counter *prometheus.CounterVec
}

func (m *heardMetrics) vec() *prometheus.CounterVec {
	m.once.Do(func() {
		m.counter = prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "statusd_alerts_heard_total", Help: "Alerts of monitoring systems, by what became of them. Unmatched ones fit no rule of the configuration.",
		}, []string{"outcome"})
		for _, outcome := range []string{"began", "ended", "repeated", "unmatched", "refused", "truncated"} {
			m.counter.WithLabelValues(outcome)
		}
	})
	return m.counter
}

// Metrics are the counters of the API, to be registered once.
func (a *API) Metrics() []prometheus.Collector { return []prometheus.Collector{a.heard.vec()} }

// count adds what an answer says, once it is known that it was written.
func (a *API) count(answer []byte) {
	var h AlertsHeard
	if err := json.Unmarshal(answer, &h); err != nil { // it was made of an AlertsHeard
		a.Log.Error("alerts cannot be counted", "error", err)
		return
	}
	for outcome, n := range map[string]int{
		"began": h.Began, "ended": h.Ended, "repeated": h.Repeated, "unmatched": h.Unmatched, "refused": h.Refused, "truncated": h.Truncated,
	} {
		a.heard.vec().WithLabelValues(outcome).Add(float64(n))
	}
}
