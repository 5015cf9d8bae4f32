package data

import "errors"

// Topic is whom and what i concerns, and whether anybody is to be told of it at all: nobody is, if it is a draft or names only
// components that the public does not know of (C6).
func (i Incident) Topic(tx Tx) (topic Topic, anybody bool, err error) {
	topic.Cohort = AllCustomers
	for _, a := range i.Affected {
		c, err := tx.Components().Get(a.Component)
		if errors.Is(err, ErrNotFound) || err == nil && c.Audience != ForAll {
			continue
		} else if err != nil {
			return topic, false, err
		}
		if len(topic.Components) == 0 && a.Cohort != "" {
			topic.Cohort = a.Cohort
		} else if a.Cohort != topic.Cohort {
			topic.Cohort = AllCustomers
		}
		topic.Components = append(topic.Components, a.Component)
	}
	return topic, !i.Hidden && (len(i.Affected) == 0 || len(topic.Components) > 0), nil
}
