package data

import "time"

// Reason says why a sample is bad, from a closed set. Empty means it is good.
type Reason string

// The reasons.
const (
	ReasonName        Reason = "name"        // the name did not resolve
	ReasonConnect     Reason = "connect"     // refused, unreachable, reset
	ReasonTimeout     Reason = "timeout"     // no answer in time
	ReasonTLS         Reason = "tls"         // handshake failed
	ReasonCertificate Reason = "certificate" // expired, not yet valid, wrong name, unknown issuer
	ReasonStatus      Reason = "status"      // another HTTP status than expected
	ReasonBody        Reason = "body"        // the answer's content is not as expected, or too large
	ReasonProtocol    Reason = "protocol"    // not a valid answer at all
	ReasonRedirect    Reason = "redirect"    // too many, or to a forbidden place
	ReasonSlow        Reason = "slow"        // a right answer, later than it may be
	ReasonExpiring    Reason = "expiring"    // the certificate ends soon
	ReasonBlind       Reason = "blind"       // the observer has no network of its own
	ReasonPanic       Reason = "panic"       // the prober itself failed
)

// Reasons lists every reason; a block stores an index into it, so entries are only ever appended.
var Reasons = []Reason{
	"", ReasonName, ReasonConnect, ReasonTimeout, ReasonTLS, ReasonCertificate, ReasonStatus, ReasonBody,
	ReasonProtocol, ReasonRedirect, ReasonSlow, ReasonExpiring, ReasonBlind, ReasonPanic,
}

// ProbeKind names the code that runs a probe.
type ProbeKind string

// The kinds.
const (
	ProbeHTTP ProbeKind = "http"
	ProbeTCP  ProbeKind = "tcp"
	ProbeTLS  ProbeKind = "tls"
)

// ProbeKinds lists every kind.
var ProbeKinds = []ProbeKind{ProbeHTTP, ProbeTCP, ProbeTLS}

// Probe is a configured check.
type Probe struct {
	Name      string        `json:"name"`
	Component string        `json:"component"`
	Cohort    string        `json:"cohort"` // "all" unless it looks at one cohort's side
	Kind      ProbeKind     `json:"kind"`
	Target    string        `json:"target"` // URL for http, host:port for tcp and tls
	Interval  time.Duration `json:"interval"`
	Timeout   time.Duration `json:"timeout,omitempty"` // zero means the smaller of 10 s and 80 % of Interval

	Method  string            `json:"method,omitempty"`  // HTTP; empty means GET
	Headers map[string]string `json:"headers,omitempty"` // HTTP
	Status  []int             `json:"status,omitempty"`  // HTTP; none means 200-299
	Match   string            `json:"match,omitempty"`   // HTTP: text the body must hold
	Slow    time.Duration     `json:"slow,omitempty"`    // a right answer after this is degraded; zero means never
	Warn    time.Duration     `json:"warn,omitempty"`    // TLS: degraded when the certificate ends within this; zero means 7 days
	Roots   string            `json:"roots,omitempty"`   // PEM file of issuers to trust besides the usual ones
	Failing Level             `json:"failing,omitempty"` // what a failure means; NoData means major_outage

	Retired bool   `json:"retired,omitempty"`
	Origin  string `json:"origin,omitempty"`
}

// Key implements Keyed.
func (p Probe) Key() string { return p.Name }

// Deadline is how long one run may take.
func (p Probe) Deadline() time.Duration {
	if p.Timeout > 0 {
		return p.Timeout
	}
	return min(10*time.Second, p.Interval*8/10)
}

// FailLevel is the level a failed run stands for.
func (p Probe) FailLevel() Level {
	if p.Failing == NoData {
		return MajorOutage
	}
	return p.Failing
}

// Sample is one observation. Its level is Operational, Degraded, an outage, or NoData when the observer was blind.
type Sample struct {
	Probe   string        `json:"probe"`
	Place   string        `json:"place"`
	At      time.Time     `json:"at"` // the slot it belongs to, whole seconds
	Level   Level         `json:"level"`
	Reason  Reason        `json:"reason,omitempty"`
	Detail  string        `json:"detail,omitempty"` // for operators only; at most 200 bytes; not stored in blocks
	Latency time.Duration `json:"latency"`
	Phases  Phases        `json:"phases,omitzero"`       // not stored in blocks
	Expires time.Time     `json:"expires,omitzero"`      // earliest end of the certificates seen; not stored in blocks
	Code    int           `json:"http_status,omitempty"` // HTTP status; not stored in blocks
}

// Bad says whether the sample counts towards opening an outage.
func (s Sample) Bad() bool { return s.Level.Bad() }

// Phases are the parts of an HTTP run; zero where one did not happen.
type Phases struct {
	Resolve    time.Duration `json:"resolve"`
	Connect    time.Duration `json:"connect"`
	TLS        time.Duration `json:"tls"`
	Processing time.Duration `json:"processing"` // request sent to first byte
	Transfer   time.Duration `json:"transfer"`
}
