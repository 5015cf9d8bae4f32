package admin

import (
	"net/url"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/scheduler/recur"
)

// clockField is a time in a form, as a reading of the schedule's clock. What it was filled in with goes along, so that it is
// known whether somebody changed it, and which of two equal readings was meant where nobody did.
type clockField struct {
	Name       string // its fields are NAME_at, NAME_was and NAME_exact
	Label      string
	Hint       string
	Value, Was string
	Exact      string
	Wrong      bool
	Seconds    bool // it has some, so that the field must take them
}

func (p *Pages) clockField(name, label, hint string, t time.Time) clockField {
	f := clockField{Name: name, Label: label, Hint: hint}
	if !t.IsZero() {
		f.Was, f.Exact, f.Seconds = t.In(p.zone()).Format("2006-01-02T15:04"), t.UTC().Format(time.RFC3339Nano), t.Second() != 0
		if f.Seconds {
			f.Was = t.In(p.zone()).Format(clockLayout)
		}
		f.Value = f.Was
	}
	return f
}

// fill puts back what was typed. A field that was left alone shows what holds now.
func (f *clockField) fill(v url.Values) {
	if is := v.Get(f.Name + "_at"); v.Has(f.Name+"_at") && !sameReading(is, v.Get(f.Name+"_was")) {
		f.Value = is
	}
}

// sameReading says whether two texts are one reading of a clock, or both are none.
func sameReading(a, b string) bool {
	if a == b {
		return true
	}
	x, xerr := readClock(a)
	y, yerr := readClock(b)
	return xerr == nil && yerr == nil && x.Equal(y)
}

// entered is a time as a form has it.
type entered struct {
	At      time.Time // zero where the field is empty
	Changed bool      // it is not what the field was filled in with
	Note    string    // what a clock change did to the reading; empty for nothing
}

// enteredIn reads a clock field. A reading that clocks skip or show twice lands as those of rules do (DOMAIN.md 4.1): that is
// told, and shown before anything is saved.
func enteredIn(v url.Values, name string, isEnd bool, zone *time.Location) (entered, error) {
	text, was := v.Get(name+"_at"), v.Get(name+"_was")
	if sameReading(text, was) {
		if at, err := time.Parse(time.RFC3339, v.Get(name+"_exact")); err == nil {
			return entered{At: at}, nil
		}
	}
	if text == "" {
		return entered{Changed: was != ""}, nil
	}
	reading, err := readClock(text)
	if err != nil {
		return entered{}, data.Invalid(name, "write the time as 2026-01-31T22:00")
	}
	at, note := recur.Land(reading, zone, isEnd)
	return entered{at, true, note}, nil
}
