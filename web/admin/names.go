package admin

import (
	"strings"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// names are what people call things that records name by their slugs: also those that are retired, for the past keeps them.
type names struct {
	components, cohorts map[string]string
	positions           map[string]int // on the public page, by slug
}

func (p *Pages) names(v *visit) (n names, err error) {
	err = p.API.Store.View(v.r.Context(), func(tx data.Tx) error {
		n = names{map[string]string{}, map[string]string{}, map[string]int{}}
		for c, err := range tx.Components().Range("", "") {
			if err != nil {
				return err
			}
			n.components[c.Slug], n.positions[c.Slug] = c.Name.In("en"), c.Position
		}
		for c, err := range tx.Cohorts().Range("", "") {
			if err != nil {
				return err
			}
			n.cohorts[c.Slug] = c.Name.In("en")
		}
		return nil
	})
	return n, err
}

// component is a component's name; its slug where nothing is known of it, and words where none is meant.
func (n names) component(slug string) string {
	switch name := n.components[slug]; {
	case slug == "" || slug == data.AllCustomers:
		return "every component"
	case name != "":
		return name
	}
	return slug
}

// listed are the names of components.
func (n names) listed(slugs []string) string {
	if len(slugs) == 0 {
		return n.component("")
	}
	all := make([]string, len(slugs))
	for i, slug := range slugs {
		all[i] = n.component(slug)
	}
	return strings.Join(all, ", ")
}

// cohort is the name of a set of customers.
func (n names) cohort(slug string) string {
	switch name := n.cohorts[slug]; {
	case slug == "" || slug == data.AllCustomers:
		return "all customers"
	case name != "":
		return name
	}
	return slug
}

// kind is what sort of maintenance it was.
func (names) kind(category string) string {
	if name, known := i18n.Lookup(i18n.EN, "category."+category); known {
		return name
	}
	return "maintenance"
}
