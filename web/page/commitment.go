package page

import (
	"github.com/superoffice/statusd/data"
)

// commitmentPath is where it stands what was promised and what was not (U1-U9, X1-X6, C1-C5).
const commitmentPath = "/commitment"

// commitmentPage explains the figure: what counts, what does not and why, and how an interruption is reported.
type commitmentPage struct {
	maker
	Target  string
	Counts  []pageLink
	Not     []notCounted
	Causes  []string
	Support contact
}

// notCounted is a component outside the commitment.
type notCounted struct {
	pageLink
	Why string
}

// causesOutside are those that the contract does not count (U6-U8), in the order of the agreement.
var causesOutside = []data.Cause{data.ByInternet, data.ByExternal, data.ByCustomer, data.ByThirdParty, data.ExcludedService}

func (m maker) commitmentPage() commitmentPage {
	v := commitmentPage{maker: m, Target: m.T("commitment.target", "target", m.shareText(m.s.Target)), Support: contactOf(m.s.Support)}
	for _, c := range m.s.Components {
		link := pageLink{m.name(c), m.Link(componentPath + c.ID)}
		switch {
		case c.Commitment == data.Committed:
			v.Counts = append(v.Counts, link)
		case c.Commitment == data.NoCommitment:
			v.Not = append(v.Not, notCounted{link, m.T("commitment.why_none")})
		case c.ThirdParty:
			why := m.T("commitment.why_third")
			if c.Provider != "" {
				why += ": " + c.Provider
			}
			v.Not = append(v.Not, notCounted{link, why})
		default:
			v.Not = append(v.Not, notCounted{link, m.T("commitment.why_info")})
		}
	}
	for _, cause := range causesOutside {
		v.Causes = append(v.Causes, m.label("cause.", string(cause)))
	}
	return v
}
