package data

import (
	"fmt"
	"slices"
	"time"
)

// Phase is how far along an incident, an occurrence or a notice is. The zero value is no phase.
type Phase string

// Phases of an occurrence.
//
//	reserved ──confirm──▶ scheduled ──start──▶ in_progress ──▶ (verifying) ──▶ completed
//	   │                    │   ▲
//	   └─deadline─▶ lapsed  │   └─release── held ──deadline─▶ cancelled
//	                        ├─ cancel ─▶ cancelled
//	                        └─ no longer planned ─▶ withdrawn
const (
	Reserved   Phase = "reserved"
	Scheduled  Phase = "scheduled"
	Held       Phase = "held"
	InProgress Phase = "in_progress"
	Verifying  Phase = "verifying"
	Completed  Phase = "completed"
	Cancelled  Phase = "cancelled"
	Withdrawn  Phase = "withdrawn"
	Lapsed     Phase = "lapsed"
)

// OccurrenceKey is maintenance slug | nominal date | cohort | ordinal of that day, or a random word for an ad-hoc one.
type OccurrenceKey string

// Occurrence is one dated instance of a maintenance. Its key comes from the nominal date, so planning twice is planning
// once, and a moved one keeps its name and its sent notices.
type Occurrence struct {
	Maintenance string         `json:"maintenance"` // slug of the plan; "ad-hoc" without one
	Version     MaintenanceKey `json:"version,omitempty"`
	Date        string         `json:"date"` // nominal local date, YYYY-MM-DD
	Cohort      string         `json:"cohort"`
	Ordinal     string         `json:"ordinal"` // "0" for the first of that date

	Category   Category      `json:"category"`
	Components []string      `json:"components,omitempty"` // none means every committed component
	Window     Window        `json:"window"`
	Zone       string        `json:"zone"`
	Expected   time.Duration `json:"expected"`
	Notice     NoticeTimes   `json:"notice"`
	Standing   bool          `json:"standing,omitempty"`
	Phase      Phase         `json:"phase"`

	Clock     string    `json:"clock,omitempty"`     // the sentence of recur on a clock change inside; empty means none
	Announced time.Time `json:"announced,omitzero"`  // when it first became due for telling; zero means never yet
	Short     string    `json:"short,omitempty"`     // reason for short notice (M13); empty means noticed in time
	Began     time.Time `json:"began,omitzero"`      // when it really entered in_progress
	Ended     time.Time `json:"ended,omitzero"`      // when it really completed
	Updates   []Update  `json:"updates,omitempty"`   // what was said of it, oldest first
	Revised   int       `json:"revised,omitempty"`   // counts changes people were told of; the bulletin version
	Steered   bool      `json:"steered,omitempty"`   // a person moved, confirmed or changed it: planning leaves it alone
	OldWindow Window    `json:"old_window,omitzero"` // as announced before the latest change
}

// Key implements Keyed.
func (o Occurrence) Key() OccurrenceKey {
	return KeyOfOccurrence(o.Maintenance, o.Date, o.Cohort, o.Ordinal)
}

// KeyOfOccurrence joins the parts of an occurrence's name.
func KeyOfOccurrence(maintenance, date, cohort, ordinal string) OccurrenceKey {
	return OccurrenceKey(maintenance + "|" + date + "|" + cohort + "|" + ordinal)
}

// Deadline is the last instant at which every surface must show it: a span of elapsed time before the start (N1).
func (o Occurrence) Deadline() time.Time {
	return o.Window.Start.Add(-o.Notice.WithDefaults().Deadline)
}

// Due returns the phase o belongs in at now, and when that next changes. A zero time means never by itself.
//
// An occurrence whose whole window went by while nothing ran is completed, not skipped: maintenance is done by people, and
// that this service slept is no evidence that they did. Reserved slots lapse (M8) and held ones are cancelled (M3) at
// their deadline.
func (o Occurrence) Due(now time.Time) (Phase, time.Time) {
	switch o.Phase {
	case Reserved, Held:
		if d := o.Deadline(); now.Before(d) {
			return o.Phase, d
		}
		if o.Phase == Held {
			return Cancelled, time.Time{}
		}
		return Lapsed, time.Time{}
	case Scheduled, InProgress:
		switch {
		case !now.Before(o.Window.End):
			return Completed, time.Time{}
		case !now.Before(o.Window.Start):
			return InProgress, o.Window.End
		case o.Phase == Scheduled:
			return Scheduled, o.Window.Start
		}
		return InProgress, o.Window.End // begun early by a person
	}
	return o.Phase, time.Time{}
}

// CarriedOut says whether the window was or is really being used, which is what excludes it from downtime (U4).
func (o Occurrence) CarriedOut() bool {
	return o.Phase == InProgress || o.Phase == Verifying || o.Phase == Completed
}

// Over says whether nothing more happens to o by itself or by steering.
func (o Occurrence) Over() bool {
	return slices.Contains([]Phase{Completed, Cancelled, Withdrawn, Lapsed}, o.Phase)
}

// Validate returns an *Error that names the first thing wrong with o.
func (o Occurrence) Validate() error {
	if !o.Window.End.After(o.Window.Start) {
		return Invalid("end", fmt.Sprintf("the window ends at %s, which is not after its start %s",
			o.Window.End.Format(time.RFC3339), o.Window.Start.Format(time.RFC3339)))
	}
	return nil
}
