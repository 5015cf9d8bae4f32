package data

import "errors"

// HeldMarks returns the newest mark of everybody who may hold a component at a level now, by component: its probes, the open
// incidents, the windows that run; and of a probe that has lost sight the one before. Merged, they say where it stands. However long the history, they are few.
func HeldMarks(tx Tx) (map[string][]Mark, error) {
	held := map[string][]Mark{}
	hold := func(component string, source Source, cohort, by string) error {
		m, err := LatestMark(tx, component, source, cohort, by)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		held[component] = append(held[component], m)
		for err == nil && m.Source == FromProbe && m.Level == NoData && !m.Off {
			before, err := tx.Marks().Last(m.Key())
			if errors.Is(err, ErrNotFound) || err == nil && !sameHolder(before, m) {
				break
			} else if err != nil {
				return err
			}
			m = before
			held[component] = append(held[component], m)
		}
		return err
	}
	for p, err := range tx.Probes().Range("", "") {
		if err != nil {
			return nil, err
		}
		if p.Retired {
			continue
		}
		for _, side := range p.Sides() {
			if err := hold(side.Component, FromProbe, p.Cohort, side.Name); err != nil {
				return nil, err
			}
		}
	}
	open, err := OpenIncidents(tx)
	if err != nil {
		return nil, err
	}
	for _, i := range open {
		for _, a := range i.Affected {
			cohort := a.Cohort
			if cohort == "" {
				cohort = AllCustomers
			}
			if err := hold(a.Component, FromPerson, cohort, i.ID); err != nil {
				return nil, err
			}
		}
	}
	components, err := All(tx.Components().Range("", ""))
	if err != nil {
		return nil, err
	}
	for o, err := range tx.Occurrences().Range("", "") {
		if err != nil {
			return nil, err
		}
		if o.Phase != InProgress && o.Phase != Verifying {
			continue
		}
		for _, c := range components {
			if err := hold(c.Slug, FromSchedule, o.Cohort, string(o.Key())); err != nil {
				return nil, err
			}
		}
	}
	return held, nil
}

func sameHolder(a, b Mark) bool {
	return a.Component == b.Component && a.Source == b.Source && a.Cohort == b.Cohort && a.By == b.By
}
