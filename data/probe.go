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
	ReasonAnswer      Reason = "answer"      // a well-formed answer that says something else than expected
	ReasonLost        Reason = "lost"        // packets were sent and did not come back
	ReasonSilent      Reason = "silent"      // a heartbeat did not come in time
	ReasonReported    Reason = "reported"    // somebody else says so: a heartbeat, a provider's own status
	ReasonMaintenance Reason = "maintenance" // the target says that it is being maintained
	ReasonLeftOut     Reason = "left_out"    // the target is none that counts: suspended, deleted, not yet there (U13)
	ReasonUnsure      Reason = "unsure"      // the target does not know either
	ReasonNotReached  Reason = "not_reached" // a step before it failed, so it was not tried
	ReasonForbidden   Reason = "forbidden"   // this process may not do what the probe needs
	ReasonDisagree    Reason = "disagree"    // places see different things, and none has a majority
	ReasonFlapping    Reason = "flapping"    // it fails and recovers again and again
)

// Reasons lists every reason; a block stores an index into it, so entries are only ever appended.
var Reasons = []Reason{
	"", ReasonName, ReasonConnect, ReasonTimeout, ReasonTLS, ReasonCertificate, ReasonStatus, ReasonBody,
	ReasonProtocol, ReasonRedirect, ReasonSlow, ReasonExpiring, ReasonBlind, ReasonPanic, ReasonAnswer, ReasonLost,
	ReasonSilent, ReasonReported, ReasonMaintenance, ReasonLeftOut, ReasonUnsure, ReasonNotReached, ReasonForbidden,
	ReasonDisagree, ReasonFlapping,
}

// ProbeKind names the code that runs a probe.
type ProbeKind string

// The kinds.
const (
	ProbeHTTP        ProbeKind = "http"
	ProbeTCP         ProbeKind = "tcp"
	ProbeTLS         ProbeKind = "tls"
	ProbeDNS         ProbeKind = "dns"
	ProbeICMP        ProbeKind = "icmp"
	ProbeHeartbeat   ProbeKind = "heartbeat"   // somebody tells us, see Beat
	ProbeStatuspage  ProbeKind = "statuspage"  // a provider's own page, by its API of version 2
	ProbeFeed        ProbeKind = "feed"        // a provider's own RSS or Atom feed
	ProbeTransaction ProbeKind = "transaction" // HTTP steps in order, see ProbeStep
	ProbeTenant      ProbeKind = "tenant"      // the product's own answer about one customer's installation
)

// ProbeKinds lists every kind.
var ProbeKinds = []ProbeKind{
	ProbeHTTP, ProbeTCP, ProbeTLS, ProbeDNS, ProbeICMP,
	ProbeHeartbeat, ProbeStatuspage, ProbeFeed, ProbeTransaction, ProbeTenant,
}

// Probe is a configured check.
type Probe struct {
	Name      string        `json:"name"`
	Component string        `json:"component"`
	Cohort    string        `json:"cohort"` // "all" unless it looks at one cohort's side
	Kind      ProbeKind     `json:"kind"`
	Target    string        `json:"target"` // URL; host:port for tcp and tls; a name for dns, a host for icmp; empty for heartbeat
	Interval  time.Duration `json:"interval"`
	Timeout   time.Duration `json:"timeout,omitempty"` // zero means the smaller of 10 s and 80 % of Interval

	Method  string            `json:"method,omitempty"`  // HTTP; empty means GET
	Headers map[string]string `json:"headers,omitempty"` // HTTP
	Status  []int             `json:"status,omitempty"`  // HTTP; none means 200-299
	Match   string            `json:"match,omitempty"`   // HTTP: text the body must hold; feed: text an entry must hold to concern us
	Expect  []string          `json:"expect,omitempty"`  // HTTP: conditions on the answer, in the language of expr; all must hold
	Slow    time.Duration     `json:"slow,omitempty"`    // a right answer after this is degraded; zero means never
	Warn    time.Duration     `json:"warn,omitempty"`    // TLS: degraded when the certificate ends within this; zero means 7 days
	Roots   string            `json:"roots,omitempty"`   // PEM file of issuers to trust besides the usual ones
	Failing Level             `json:"failing,omitempty"` // what a failure means; NoData means major_outage

	Record  string        `json:"record,omitempty"`  // DNS: A, AAAA, CNAME, MX, NS or TXT; empty means A or AAAA
	Server  string        `json:"server,omitempty"`  // DNS: host:port of who is asked; empty means the system's resolver
	Answers []string      `json:"answers,omitempty"` // DNS: what must be among the answers; none means any answer
	Packets int           `json:"packets,omitempty"` // ICMP; zero means 3
	Part    string        `json:"part,omitempty"`    // Statuspage: name or ID of the component; empty means the page as a whole
	Recent  time.Duration `json:"recent,omitempty"`  // feed: for how long an entry tells of now; zero means 24 h
	Grace   time.Duration `json:"grace,omitempty"`   // heartbeat: how much later than Interval it may come; zero means half of Interval

	Steps   []ProbeStep       `json:"steps,omitempty"`   // transaction, in order
	Secrets map[string]string `json:"secrets,omitempty"` // transaction: name → file; steps name them as {{name}}; never stored, only read

	Places []string `json:"places,omitempty"` // who runs it; none means every place

	Retired bool   `json:"retired,omitempty"`
	Origin  string `json:"origin,omitempty"`
}

// Key implements Keyed.
func (p Probe) Key() string { return p.Name }

// Every is the time between two runs. Whether a heartbeat came is looked at each minute, however seldom it is due.
func (p Probe) Every() time.Duration {
	if p.Kind == ProbeHeartbeat {
		return min(p.Interval, time.Minute)
	}
	return p.Interval
}

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
	Probe   string        `json:"probe"` // the Side it belongs to, see Probe.Sides
	Place   string        `json:"place"`
	At      time.Time     `json:"at"` // the slot it belongs to, whole seconds
	Level   Level         `json:"level"`
	Reason  Reason        `json:"reason,omitempty"`
	Detail  string        `json:"detail,omitempty"` // for operators only; at most 200 bytes; not stored in blocks
	Latency time.Duration `json:"latency"`
	Phases  Phases        `json:"phases,omitzero"`       // not stored in blocks
	Expires time.Time     `json:"expires,omitzero"`      // earliest end of the certificates seen; not stored in blocks
	Code    int           `json:"http_status,omitempty"` // HTTP status; not stored in blocks
	Steps   []StepRun     `json:"steps,omitempty"`       // of a transaction; not stored in blocks

	// Component is the one that the sample speaks for, where its probe speaks for several; empty means the probe's own.
	Component string `json:"component,omitempty"`
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
