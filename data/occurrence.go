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

	Clock     string        `json:"clock,omitempty"`     // the sentence of recur on a clock change inside; empty means none
	Follows   OccurrenceKey `json:"follows,omitempty"`   // the window whose fate holds this one (M3); empty means none
	Warning   string        `json:"warning,omitempty"`   // for operators: why it may be badly placed, a holiday say; empty means nothing
	Announced time.Time     `json:"announced,omitzero"`  // when readers of proofs found that it was first seen on page and banner; never stored
	Short     string        `json:"short,omitempty"`     // reason for short notice (M13); empty means that it was known in time
	Missed    string        `json:"missed,omitempty"`    // the surfaces that did not show it by its deadline; empty means none
	Declared  time.Time     `json:"declared,omitzero"`   // when a person declared time of it that had passed; zero means never
	Began     time.Time     `json:"began,omitzero"`      // when it really entered in_progress
	Ended     time.Time     `json:"ended,omitzero"`      // when it really completed
	Overran   time.Time     `json:"overran,omitzero"`    // its end, where a component it concerns was still out then (M11); zero means that it went well
	Updates   []Update      `json:"updates,omitempty"`   // what was said of it, oldest first
	Steps     []Step        `json:"steps,omitempty"`     // how it came to be as it is, oldest first
	Known     bool          `json:"known,omitempty"`     // its moment came while it was to take place: people were told of it
	Revised   int           `json:"revised,omitempty"`   // counts changes people were told of; the bulletin version
	Steered   bool          `json:"steered,omitempty"`   // a person moved, confirmed or changed it: planning leaves it alone
	OldWindow Window        `json:"old_window,omitzero"` // as announced before the latest change of its window
}

// AdHoc is the maintenance slug of occurrences that no plan makes.
const AdHoc = "ad-hoc"

// ShortNotice says whether people were told later than was promised, whatever the reason (M13, N4).
func (o Occurrence) ShortNotice() bool { return o.Short != "" || o.Missed != "" }

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
// A window that is being verified ends with its time as well: until then it is in use (N12).
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
	case Scheduled, InProgress, Verifying:
		switch {
		case !now.Before(o.Window.End):
			return Completed, time.Time{}
		case o.Phase == Verifying:
			return Verifying, o.Window.End
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
		return Invalid("end", fmt.Sprintf("the window would end at %s, which is not after its start at %s: give a later end or an earlier start",
			o.At(o.Window.End), o.At(o.Window.Start)))
	}
	return nil
}
