package wire

import (
	"slices"

	"github.com/superoffice/statusd/data"
)

// StatuspageLevel is a component's status in Statuspage's words.
type StatuspageLevel string

// The levels, from mild to bad.
const (
	StatuspageOperational   StatuspageLevel = "operational"
	StatuspageMaintained    StatuspageLevel = "under_maintenance"
	StatuspageDegraded      StatuspageLevel = "degraded_performance"
	StatuspagePartialOutage StatuspageLevel = "partial_outage"
	StatuspageMajorOutage   StatuspageLevel = "major_outage"
)

var statuspageLevels = []StatuspageLevel{
	StatuspageOperational, StatuspageMaintained, StatuspageDegraded, StatuspagePartialOutage, StatuspageMajorOutage,
}

// StatuspageLevelOf is l in Statuspage's words. That API cannot say that nobody knows: NoData reads operational, so ask
// only about what is known.
func StatuspageLevelOf(l data.Level) StatuspageLevel {
	switch l {
	case data.Degraded:
		return StatuspageDegraded
	case data.PartialOutage:
		return StatuspagePartialOutage
	case data.MajorOutage:
		return StatuspageMajorOutage
	}
	return StatuspageOperational
}

// worse is the worse of the two.
func (l StatuspageLevel) worse(o StatuspageLevel) StatuspageLevel {
	if slices.Index(statuspageLevels, o) > slices.Index(statuspageLevels, l) {
		return o
	}
	return l
}

// StatuspageStatus is the state of the whole page. Clients compare the exact words.
type StatuspageStatus struct {
	Indicator   string `json:"indicator"`
	Description string `json:"description"`
}

// StatuspageStatusOf derives the page's state from its leaves; the first rule that fits (STATUSPAGE-V2 5). Open incidents
// do not change it.
func StatuspageStatusOf(leaves []StatuspageLevel) StatuspageStatus {
	n := map[StatuspageLevel]int{}
	for _, l := range leaves {
		n[l]++
	}
	all := func(l StatuspageLevel) bool { return n[l] == len(leaves) }
	switch {
	case all(StatuspageOperational): // also where there are none
		return StatuspageStatus{"none", "All Systems Operational"}
	case all(StatuspageMajorOutage):
		return StatuspageStatus{"critical", "Major System Outage"}
	case all(StatuspagePartialOutage), n[StatuspageMajorOutage] > 0:
		return StatuspageStatus{"major", "Partial System Outage"}
	case n[StatuspagePartialOutage] > 0:
		return StatuspageStatus{"minor", "Minor Service Outage"}
	case all(StatuspageDegraded) && len(leaves) > 1:
		return StatuspageStatus{"minor", "Degraded System Service"}
	case n[StatuspageDegraded] > 0:
		return StatuspageStatus{"minor", "Partially Degraded Service"}
	}
	return StatuspageStatus{"maintenance", "Service Under Maintenance"}
}
