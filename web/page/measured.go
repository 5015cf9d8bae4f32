package page

import (
	"time"

	"github.com/superoffice/statusd/data"
)

// measured is until when the probes of one component are known to have watched it: now while one of them holds a level,
// else up to the newest mark that made or ended one. A probe marks changes only, so a level was watched until the next
// mark of the same probe. Zero means never. Marks of one probe come in order; those after now do not count.
func measured(marks []data.Mark, probed bool, now time.Time) (last time.Time) {
	type holder struct{ by, cohort string }
	watching := map[holder]bool{}
	for _, m := range marks {
		if m.Source != data.FromProbe || m.At.After(now) {
			continue
		}
		h, sees := holder{m.By, m.Cohort}, m.Level != data.NoData && !m.Off
		if (sees || watching[h]) && m.At.After(last) {
			last = m.At
		}
		watching[h] = sees
	}
	for _, sees := range watching {
		if sees && probed {
			return now
		}
	}
	return last
}
