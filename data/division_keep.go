package data

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// SettingDivision begins the name of the setting that keeps one Division: division | begin of the cycle | its key.
const SettingDivision = "division"

// longestCycle is how long ago a cycle may have begun that is not over.
const longestCycle = 400 * 24 * time.Hour

func (d Division) setting() (Setting, error) {
	b, err := json.Marshal(d)
	return Setting{Name: SettingDivision + "|" + keyTime(d.Span.Start) + "|" + string(d.Cycle), Value: string(b)}, err
}

// Cycles joins the windows of single cohorts that follow one another to cycles, in the order of their leads. What is called
// off counts no more.
func Cycles(os []Occurrence) []Cycle {
	by := map[OccurrenceKey]*Cycle{}
	for _, o := range os {
		if o.Follows == "" && o.Cohort != AllCustomers {
			by[o.Key()] = &Cycle{Lead: o}
		}
	}
	for _, o := range os {
		if c := by[o.Follows]; c != nil && !off(o) {
			c.Rest = append(c.Rest, o)
		}
	}
	var out []Cycle
	for _, o := range os {
		if c := by[o.Key()]; c != nil && len(c.Rest) > 0 {
			out = append(out, *c)
		}
	}
	return out
}

// off says whether o was called off or never used.
func off(o Occurrence) bool { return slices.Contains([]Phase{Cancelled, Withdrawn, Lapsed}, o.Phase) }

// divisions are those that are kept of cycles that may not be over at an instant.
func divisions(tx Tx, at time.Time) ([]Division, error) {
	var out []Division
	for s, err := range tx.Settings().Range(SettingDivision+"|"+keyTime(at.Add(-longestCycle)), SettingDivision+"}") {
		if err != nil {
			return nil, err
		}
		var d Division
		if err := json.Unmarshal([]byte(s.Value), &d); err != nil {
			return nil, fmt.Errorf("reading the setting %s: %w", s.Name, err)
		}
		out = append(out, d)
	}
	return out, nil
}

func configured(tx Tx) (Cohorts, error) {
	all, err := All(tx.Cohorts().Range("", ""))
	return slices.DeleteFunc(all, func(c Cohort) bool { return c.Retired }), err
}

// CohortsAt is the division of customers in force at an instant (M16, InForce).
func CohortsAt(tx Tx, at time.Time) (Cohorts, error) {
	now, err := configured(tx)
	if err != nil {
		return nil, err
	}
	kept, err := divisions(tx, at)
	return InForce(kept, now, at), err
}

// KeepDivisions writes down the division of each cycle under way at now that has none yet (Divide). Call it in the transaction
// that changes the cohorts, before it does, and where cycles begin. Twice is once.
func KeepDivisions(tx Tx, now time.Time) error {
	cohorts, err := configured(tx)
	if err != nil {
		return err
	}
	kept, err := divisions(tx, now)
	if err != nil {
		return err
	}
	os, err := All(tx.Occurrences().Range("", ""))
	if err != nil {
		return err
	}
	for _, d := range Divide(kept, cohorts, Cycles(os), now) {
		s, err := d.setting()
		if err != nil {
			return err
		}
		if err := tx.Settings().Put(s); err != nil { // an equal one changes nothing
			return err
		}
	}
	return nil
}
