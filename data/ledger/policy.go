package ledger

import (
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Policy is a definition of downtime. The zero value counts nothing.
type Policy struct {
	Causes    []data.Cause  // whose outages count
	FromAware bool          // count from max(start, min(aware, reported)) instead of the start (U9)
	Excludes  bool          // maintenance that was carried out is not downtime (U4)
	Notice    time.Duration // with Excludes: only what was announced this long before; zero asks for no notice at all (U5)
}

// The three policies (U5, A-13).
var (
	Contract = Policy{Causes: []data.Cause{data.ByProvider}, FromAware: true, Excludes: true}
	Strict   = Policy{Causes: []data.Cause{data.ByProvider}, Excludes: true, Notice: 24 * time.Hour}
	Observed = Policy{Causes: []data.Cause{data.ByProvider, data.ByInternet, data.ByExternal, data.ByThirdParty}}
)

// Figure is downtime in a span of time, both in whole seconds.
type Figure struct {
	Downtime int64
	Total    int64
}

// Percent returns the uptime as text with digits decimals, cut. A Figure of no time at all is up.
func (f Figure) Percent(digits int) string { return percent(f.Total-f.Downtime, f.Total, digits) }

// Uptime applies a policy to spans; doc.go tells how. It is a pure function and takes microseconds.
func Uptime(s Spans, p Policy) Figure {
	down := s.left(p.counted, p.accepts)
	return Figure{within(down, s.from, s.to), max(0, s.to-s.from)}
}

// counted returns what of an outage the policy counts; an empty span if nothing.
func (p Policy) counted(o outage) span {
	if !o.down || !slices.Contains(p.Causes, o.cause) {
		return span{}
	}
	if p.FromAware {
		return span{max(o.a, o.aware), o.b}
	}
	return o.span
}

// accepts says whether the policy takes the window out of the downtime.
func (p Policy) accepts(w window) bool {
	return p.Excludes && w.carriedOut && (p.Notice == 0 || w.announced && w.lead >= p.Notice)
}
