package data

import (
	"fmt"
	"time"
)

// Named is what operators call o, in English: "the application window of pilot on Tue 2026-11-24". The date is the nominal
// one, by which a window keeps its name when it is moved.
func (o Occurrence) Named() string {
	of := ""
	if o.Cohort != "" && o.Cohort != AllCustomers {
		of = " of " + o.Cohort
	}
	day := o.Date
	if t, err := time.Parse(time.DateOnly, o.Date); err == nil {
		day = t.Format("Mon 2006-01-02")
	}
	return fmt.Sprintf("the %s window%s on %s", o.Category, of, day)
}

// At is an instant as operators read it, in o's zone; in UTC where this machine does not know that.
func (o Occurrence) At(t time.Time) string {
	loc, err := time.LoadLocation(o.Zone)
	if err != nil {
		loc = time.UTC
	}
	t = t.In(loc)
	if name, _ := t.Zone(); name == "" || name[0] == '+' || name[0] == '-' { // a zone without letters
		return t.Format("Mon 2006-01-02 15:04 UTC-07:00")
	}
	return t.Format("Mon 2006-01-02 15:04 MST")
}
