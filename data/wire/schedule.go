package wire

import (
	"cmp"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// Window is one line of the schedule in its fixed shape (DESIGN 12). Instants are UTC; date is the local date of the
// nominal start; end is when the window was completed, where that was early.
type Window struct {
	Category    data.Category `json:"category"`
	Cohort      string        `json:"cohort"`
	Phase       data.Phase    `json:"phase"`
	Date        string        `json:"date"`
	Start       time.Time     `json:"start"`
	End         time.Time     `json:"end"`
	NoticeBy    time.Time     `json:"notice_by"`
	ClockChange *string       `json:"clock_change"`
}

// WindowOf writes o.
func WindowOf(o data.Occurrence) Window {
	w := Window{
		Category: o.Category, Cohort: o.Cohort, Phase: o.Phase, Date: o.Date,
		Start: o.Window.Start.UTC(), End: end(o).UTC(), NoticeBy: o.Deadline().UTC(),
	}
	if o.Clock != "" {
		w.ClockChange = &o.Clock
	}
	return w
}

// Windows writes all of os in order of start, then category, then cohort; never null.
func Windows(os []data.Occurrence) []Window {
	out := make([]Window, 0, len(os))
	for _, o := range os {
		out = append(out, WindowOf(o))
	}
	slices.SortStableFunc(out, func(a, b Window) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Cohort, b.Cohort))
	})
	return out
}
