package kind

import (
	"strings"

	"github.com/superoffice/statusd/data"
)

// members are the parts of a probe that only some kinds have.
var members = []struct {
	field string
	set   func(data.Probe) bool
	kinds []data.ProbeKind
}{
	{"method", func(p data.Probe) bool { return p.Method != "" }, only(data.ProbeHTTP)},
	{"headers", func(p data.Probe) bool { return len(p.Headers) > 0 }, only(data.ProbeHTTP)},
	{"status", func(p data.Probe) bool { return len(p.Status) > 0 }, only(data.ProbeHTTP)},
	{"match", func(p data.Probe) bool { return p.Match != "" }, only(data.ProbeHTTP, data.ProbeFeed)},
	{"expect", func(p data.Probe) bool { return len(p.Expect) > 0 }, only(data.ProbeHTTP)},
	{"slow", func(p data.Probe) bool { return p.Slow != 0 }, only(data.ProbeHTTP, data.ProbeTCP, data.ProbeTLS, data.ProbeDNS, data.ProbeICMP, data.ProbeHeartbeat, data.ProbeTransaction, data.ProbeTenant)},
	{"warn", func(p data.Probe) bool { return p.Warn != 0 }, only(data.ProbeTLS)},
	{"roots", func(p data.Probe) bool { return p.Roots != "" }, only(data.ProbeHTTP, data.ProbeTCP, data.ProbeTLS, data.ProbeStatuspage, data.ProbeFeed, data.ProbeTransaction, data.ProbeTenant)},
	{"failing", func(p data.Probe) bool { return p.Failing != data.NoData }, only(data.ProbeHTTP, data.ProbeTCP, data.ProbeTLS, data.ProbeDNS, data.ProbeICMP, data.ProbeHeartbeat, data.ProbeTransaction, data.ProbeTenant)},
	{"record", func(p data.Probe) bool { return p.Record != "" }, only(data.ProbeDNS)},
	{"server", func(p data.Probe) bool { return p.Server != "" }, only(data.ProbeDNS)},
	{"answers", func(p data.Probe) bool { return len(p.Answers) > 0 }, only(data.ProbeDNS)},
	{"packets", func(p data.Probe) bool { return p.Packets != 0 }, only(data.ProbeICMP)},
	{"part", func(p data.Probe) bool { return p.Part != "" }, only(data.ProbeStatuspage)},
	{"recent", func(p data.Probe) bool { return p.Recent != 0 }, only(data.ProbeFeed)},
	{"grace", func(p data.Probe) bool { return p.Grace != 0 }, only(data.ProbeHeartbeat)},
	{"steps", func(p data.Probe) bool { return len(p.Steps) > 0 }, only(data.ProbeTransaction)},
	{"secrets", func(p data.Probe) bool { return len(p.Secrets) > 0 }, only(data.ProbeTransaction)},
}

func only(kinds ...data.ProbeKind) []data.ProbeKind { return kinds }

// either joins kinds for a message: http, tcp or tls.
func either(kinds []data.ProbeKind) string {
	var b strings.Builder
	for i, k := range kinds {
		switch {
		case i > 0 && i == len(kinds)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(k))
	}
	return b.String()
}
