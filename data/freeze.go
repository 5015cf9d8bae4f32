package data

// Effect is what happens to a window that touches a day which its plan avoids.
type Effect string

// What can happen, the mildest first.
const (
	EffectWarn     Effect = "warn"     // it is laid out, and operators are told
	EffectMove     Effect = "move"     // it is laid out on a free day, with the same clock readings
	EffectWithhold Effect = "withhold" // it is not laid out
)

// Avoid is days that a plan keeps clear of: those of a freeze, or the holidays of territories. It is plain data, as a
// Recurrence is; the plan's windows follow from it when they are laid out. A window touches a day if the clock of the plan's
// zone shows that date at any instant of it.
//
// A version of a plan carries them (T3), so that a freeze that is added, changed or taken away makes a new version.
type Avoid struct {
	Effect Effect `json:"effect"`

	Freeze string `json:"freeze,omitempty"` // name of the freeze; empty means holidays
	Title  Words  `json:"title,omitempty"`  // what people call the freeze; empty means by its name
	From   string `json:"from,omitempty"`   // first day of the freeze, YYYY-MM-DD
	Until  string `json:"until,omitempty"`  // its last day, counted in

	Territories []string    `json:"territories,omitempty"` // whose holidays, by their codes
	Customary   bool        `json:"customary,omitempty"`   // also days that are no holidays by law, but kept like them
	Add         []DayChange `json:"add,omitempty"`         // dates that are holidays besides
	Remove      []DayChange `json:"remove,omitempty"`      // dates that are none

	Earlier bool `json:"earlier,omitempty"` // move to an earlier day instead of a later one
	Step    int  `json:"step,omitempty"`    // days from one try to the next; zero means DefaultStep
	Within  int  `json:"within,omitempty"`  // days that it may be moved at most; zero means DefaultWithin
}

// DayChange corrects the holidays of a territory.
type DayChange struct {
	Date      string `json:"date"`                // YYYY-MM-DD
	Territory string `json:"territory,omitempty"` // its code; empty means each of those named
	Name      string `json:"name,omitempty"`      // of a date added; empty means without one
}

// Defaults of an Avoid that moves.
const (
	DefaultStep   = 7  // days, so that the weekday stays
	DefaultWithin = 56 // days
	LongestWithin = 182
)

// WithDefaults fills Step and Within where they are zero.
func (a Avoid) WithDefaults() Avoid {
	if a.Step == 0 {
		a.Step = DefaultStep
	}
	if a.Within == 0 {
		a.Within = DefaultWithin
	}
	return a
}
