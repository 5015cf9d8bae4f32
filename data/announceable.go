package data

import (
	"iter"
	"slices"
	"strings"
)

// StandingPlans are the slugs of plans that are covered by a standing notice in every version (M6): nothing is told of their
// windows, which come every night and are most of what is stored.
func StandingPlans(tx Tx) (map[string]bool, error) {
	standing := map[string]bool{}
	for m, err := range tx.Maintenances().Range("", "") {
		if err != nil {
			return nil, err
		}
		before, known := standing[m.Slug]
		standing[m.Slug] = m.Standing && (before || !known)
	}
	return standing, nil
}

// Announceable goes over the occurrences that something may be told of, by key: all but those of StandingPlans. What it leaves
// out is not even read, which is why it is there.
func Announceable(tx Tx) iter.Seq2[Occurrence, error] {
	return func(yield func(Occurrence, error) bool) {
		standing, err := StandingPlans(tx)
		if err != nil {
			yield(Occurrence{}, err)
			return
		}
		from := OccurrenceKey("")
		for _, slug := range inOrder(standing) {
			if !over(tx, from, OccurrenceKey(slug+"|"), yield) {
				return
			}
			from = OccurrenceKey(slug + "}") // the first key behind all that begin with the slug and a bar
		}
		over(tx, from, "", yield)
	}
}

// inOrder are the slugs that are set, in the order of their keys.
func inOrder(standing map[string]bool) (out []string) {
	for slug, is := range standing {
		if is {
			out = append(out, slug+"|")
		}
	}
	slices.Sort(out)
	for n := range out {
		out[n] = strings.TrimSuffix(out[n], "|")
	}
	return out
}

func over(tx Tx, from, to OccurrenceKey, yield func(Occurrence, error) bool) bool {
	for o, err := range tx.Occurrences().Range(from, to) {
		if !yield(o, err) || err != nil {
			return false
		}
	}
	return true
}
