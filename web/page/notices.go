package page

import (
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// Notices says how the notices of a month's windows were kept on page and banner (N4): how many were shown as early as was
// promised, how many were not, and the shortest lead of those that were shown at all.
type Notices struct {
	Kept, Short int
	Shortest    time.Duration
}

// noticed is how the notice of one window was kept.
type noticed struct {
	cohort string
	start  time.Time
	lead   time.Duration // zero where not all of it was shown before
	kept   bool
}

// readNotices takes the windows that take place, have had their deadline, and have a notice of their own.
func (s *State) readNotices(all []data.Occurrence) {
	for _, o := range all {
		if o.Standing || s.Now.Before(o.Deadline().Add(data.NoticeTakes)) {
			continue
		}
		if o.Phase, _ = o.Due(s.Now); o.Phase != data.Scheduled && !o.CarriedOut() {
			continue
		}
		lead := o.Lead()
		s.noticed = append(s.noticed, noticed{
			o.Cohort, o.Window.Start, lead, lead >= o.Notice.WithDefaults().Deadline-data.NoticeTakes && !o.ShortNotice(),
		})
	}
}

// noticesOf sums up a month; the zero Notices where none of its windows has had its deadline.
func (s *State) noticesOf(month string) (n Notices) {
	from, to, err := ledger.Bounds(month, s.Zone)
	if err != nil {
		return n
	}
	for _, w := range s.noticed {
		if w.start.Before(from) || !w.start.Before(to) {
			continue
		}
		if w.kept {
			n.Kept++
		} else {
			n.Short++
		}
		if w.lead > 0 && (n.Shortest == 0 || w.lead < n.Shortest) {
			n.Shortest = w.lead
		}
	}
	return n
}

// noticeLines words how the notices of a month were kept; none where there was nothing to announce.
func (m maker) noticeLines(n Notices) (out []string) {
	if n.Kept+n.Short == 0 {
		return nil
	}
	out = append(out, m.Cap("ui.notices_kept", "n", number(n.Kept)))
	if n.Short > 0 {
		out = append(out, m.Cap("ui.notices_short", "n", number(n.Short)))
	}
	if n.Shortest > 0 {
		out = append(out, m.Cap("ui.notices_shortest", "duration", m.lead(int64(n.Shortest/time.Second))))
	}
	return out
}
