package api

import "github.com/superoffice/statusd/data"

// ImpactNames say to operators what customers could not do; customers read those of data/i18n.
var ImpactNames = map[data.Impact]string{
	data.NoRead: "cannot read", data.NoWrite: "cannot write", data.NoReadNoWrite: "cannot read or write", data.Degradation: "only degraded",
}

// CauseNames say to operators in whose hands it lay.
var CauseNames = map[data.Cause]string{
	data.ByProvider: "ours", data.ByInternet: "the internet", data.ByExternal: "from outside", data.ByCustomer: "the customer's own", data.ByThirdParty: "a third party",
	data.ExcludedService: "a service that is excluded",
}

// reasonNames say why a sample is what it is.
var reasonNames = map[data.Reason]string{
	data.ReasonName:        "the name does not resolve",
	data.ReasonConnect:     "no connection",
	data.ReasonTimeout:     "no answer in time",
	data.ReasonTLS:         "no TLS",
	data.ReasonCertificate: "a wrong certificate",
	data.ReasonStatus:      "another HTTP status",
	data.ReasonBody:        "another content",
	data.ReasonProtocol:    "no valid answer",
	data.ReasonRedirect:    "a wrong redirect",
	data.ReasonSlow:        "slow",
	data.ReasonExpiring:    "the certificate ends soon",
	data.ReasonBlind:       "we have no network ourselves",
	data.ReasonPanic:       "the probe itself failed",
	data.ReasonAnswer:      "another answer",
	data.ReasonLost:        "packets are lost",
	data.ReasonSilent:      "no heartbeat in time",
	data.ReasonReported:    "others say so",
	data.ReasonMaintenance: "it says that it is maintained",
	data.ReasonLeftOut:     "it is none that counts",
	data.ReasonUnsure:      "it does not know either",
	data.ReasonNotReached:  "a step before it failed",
	data.ReasonForbidden:   "this machine may not do it",
	data.ReasonDisagree:    "the places disagree",
	data.ReasonFlapping:    "it fails and recovers again and again",
}

// ReasonName says in words why a sample, or an outage, is what it is. One that is none of the closed set, as of a newer version, is
// said as it is.
func ReasonName[R ~string](r R) string {
	if name, known := reasonNames[data.Reason(r)]; known {
		return name
	}
	return string(r)
}
