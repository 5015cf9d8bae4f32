package probes

import (
	"time"

	"github.com/superoffice/statusd/data"
)

// Say is what a place says of a probe that runs every interval, by the last runs that are kept of it, oldest first: what a judge
// says who has seen those alone. NoData where they decide nothing. It is for showing; the panel goes by all that was ever seen.
func Say(interval time.Duration, runs []data.Sample) data.Level {
	level, j := data.NoData, NewJudge(interval)
	for _, s := range runs {
		level = j.Add(s).Level
	}
	return level
}
