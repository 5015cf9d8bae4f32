package config

import (
	"slices"
	"strconv"

	"github.com/superoffice/statusd/data"
)

// catalogue checks groups and components and gives each its place on the page.
func (c *checker) catalogue() {
	f := c.file
	c.groups = c.ids("groups", "id", len(f.Groups), func(i int) string { return f.Groups[i].ID })
	c.components = c.ids("components", "id", len(f.Components), func(i int) string { return f.Components[i].ID })
	order := make([]int, 0, len(f.Components))
	for i, in := range f.Components {
		p := path{"components", i}
		if in.Group != "" {
			c.defined(p.with("group"), "groups", "group", in.Group, c.groups)
		}
		c.link(p.with("link"), "link", in.Link)
		order = append(order, i)
	}
	if len(f.Components) == 0 && !c.tainted(path{"components"}) {
		c.fault(path{"components"}, "components is empty: a page without components says nothing; leave it out for the default catalogue")
	}
	place := func(i int) int {
		if at, ok := c.groups[f.Components[i].Group]; ok {
			return at
		}
		return len(f.Groups)
	}
	slices.SortStableFunc(order, func(a, b int) int { return place(a) - place(b) })
	for at, i := range order {
		in := f.Components[i]
		out := data.Component{
			Slug: in.ID, Name: data.Words(in.Name), Description: data.Words(in.Description), Group: in.Group, Position: at + 1,
			Commitment: data.Commitment(in.Commitment), Impact: data.Impact(in.Impact), Cause: data.Cause(in.Cause),
			Audience: data.Audience(in.Audience), Provider: in.Provider, ThirdParty: in.ThirdParty, Link: in.Link, Setup: in.Setup,
			Origin: c.origin(path{"components", i}),
		}
		if out.Audience == "" {
			out.Audience = data.ForAll
		}
		if g, ok := c.groups[in.Group]; ok && in.Group != "" {
			out.GroupName = data.Words(f.Groups[g].Name)
		}
		c.cfg.Components = append(c.cfg.Components, out)
	}
}

// customers checks cohorts (M16).
func (c *checker) customers() {
	f := c.file
	c.cohorts = c.ids("cohorts", "id", len(f.Cohorts), func(i int) string { return f.Cohorts[i].ID }, data.AllCustomers)
	sum, rest := 0, -1
	listed := map[string]int{}
	for i, in := range f.Cohorts {
		p := path{"cohorts", i}
		if in.Percent < 0 || in.Percent > 100 {
			c.fault(p.with("percent"), "percent: %d is no share of customers: use 0 to 100", in.Percent)
		} else if sum += in.Percent; sum > 100 && sum-in.Percent <= 100 {
			c.fault(p.with("percent"), "percent: the cohorts so far take %d %% of the customers: together they may take 100", sum)
		}
		if in.Rest {
			if rest >= 0 {
				c.fault(p.with("rest"), "rest: %s takes the rest already: only one cohort can", f.Cohorts[rest].ID)
			}
			if in.Percent > 0 {
				c.fault(p.with("percent"), "percent: this cohort takes the rest: leave percent or rest out")
			}
			rest = i
		}
		if !in.Rest && in.Percent == 0 && len(in.Customers) == 0 && in.ID != "" {
			c.warn(p, "the cohort %s holds nobody: give it customers, a percentage or rest: true", in.ID)
		}
		for j, customer := range in.Customers {
			at := p.with("customers", j)
			switch before, twice := listed[customer]; {
			case customer == "":
			case twice:
				c.fault(at, "%s is listed in the cohort %s already: a customer is in one", strconv.Quote(clip(customer)), f.Cohorts[before].ID)
			case c.cfg.Page.CustomerPattern != nil && !c.cfg.Page.CustomerPattern.MatchString(customer):
				c.fault(at, "%s does not have the form of page.customer_pattern, %s: correct one of the two", strconv.Quote(clip(customer)), c.cfg.Page.CustomerPattern)
			default:
				listed[customer] = i
			}
		}
		c.cfg.Cohorts = append(c.cfg.Cohorts, data.Cohort{
			Slug: in.ID, Name: data.Words(in.Name), List: in.Customers, Percent: in.Percent, Rest: in.Rest, Salt: in.Salt, Origin: c.origin(p),
		})
	}
	if len(f.Cohorts) > 0 && rest < 0 && sum < 100 {
		c.warn(path{"cohorts"}, "no cohort has rest: true, so that %d %% of the customers are in none", 100-sum)
	}
	slices.SortFunc(c.cfg.Cohorts, func(a, b data.Cohort) int { return slices.Compare([]string{a.Slug}, []string{b.Slug}) })
}

// cohort checks a reference; "" means everybody.
func (c *checker) cohort(p path, slug string) string {
	if slug == "" || slug == data.AllCustomers {
		return data.AllCustomers
	}
	c.defined(p, "cohorts", "cohort", slug, c.cohorts)
	return slug
}

// some checks references to components; none given stays nil.
func (c *checker) some(p path, slugs []string) []string {
	for i, s := range slugs {
		if s == "" {
			continue
		}
		if c.defined(p.with(i), "components", "component", s, c.components) && slices.Index(slugs, s) < i {
			c.fault(p.with(i), "the component %s is there twice: keep one", s)
		}
	}
	return slugs
}
