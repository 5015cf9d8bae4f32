package wire

import (
	"cmp"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
)

// StatuspageComponent is a component or a group. A strict client refuses any member more.
type StatuspageComponent struct {
	ID                 string          `json:"id"`
	Name               string          `json:"name"`
	Status             StatuspageLevel `json:"status"`
	Created            string          `json:"created_at"`
	Updated            string          `json:"updated_at"`
	Position           int             `json:"position"` // from 1, inside the group and on the top level by itself
	Description        *string         `json:"description"`
	Showcase           bool            `json:"showcase"`
	StartDate          *string         `json:"start_date"`
	GroupID            *string         `json:"group_id"`
	PageID             string          `json:"page_id"`
	Group              bool            `json:"group"`
	OnlyShowIfDegraded bool            `json:"only_show_if_degraded"`
	Components         []string        `json:"components,omitempty"` // a group's members, at least one; absent on leaves
}

// StatuspageLeaf is a component as it is to be listed.
type StatuspageLeaf struct {
	data.Component
	ID      string // public ID
	Status  StatuspageLevel
	Updated time.Time
}

// StatuspageCatalogue is what incidents and maintenances name components from. Read only.
type StatuspageCatalogue struct {
	List []StatuspageComponent // groups and leaves by position; never nil

	leaves []string                       // slugs in the order of the page
	bySlug map[string]StatuspageComponent // leaves
	labels map[string]string              // by slug: "Group - Component" for a member of a group
}

// Catalogue lists leaves, given in the order of the page, with their groups. A group stands where its first member does.
func (w Statuspage) Catalogue(leaves []StatuspageLeaf) StatuspageCatalogue {
	c := StatuspageCatalogue{List: []StatuspageComponent{}, bySlug: map[string]StatuspageComponent{}, labels: map[string]string{}}
	type top struct {
		group   string // empty for a component that stands alone
		members []StatuspageLeaf
	}
	var tops []top
	for _, l := range leaves {
		n := slices.IndexFunc(tops, func(t top) bool { return l.Group != "" && t.group == l.Group })
		if n < 0 {
			tops = append(tops, top{group: l.Group})
			n = len(tops) - 1
		}
		tops[n].members = append(tops[n].members, l)
	}
	for i, t := range tops {
		if t.group == "" {
			c.add(t.members[0], w.leaf(t.members[0], i+1, nil), "")
			continue
		}
		g := w.group(t.group, i+1, t.members)
		c.List = append(c.List, g)
		for n, l := range t.members {
			c.add(l, w.leaf(l, n+1, &g.ID), g.Name)
		}
	}
	slices.SortStableFunc(c.List, func(a, b StatuspageComponent) int { return cmp.Compare(a.Position, b.Position) })
	return c
}

func (c *StatuspageCatalogue) add(l StatuspageLeaf, object StatuspageComponent, group string) {
	c.List = append(c.List, object)
	c.leaves = append(c.leaves, l.Slug)
	c.bySlug[l.Slug] = object
	c.labels[l.Slug] = object.Name
	if group != "" {
		c.labels[l.Slug] = group + " - " + object.Name
	}
}

// Levels are the levels of the leaves.
func (c StatuspageCatalogue) Levels() []StatuspageLevel {
	var out []StatuspageLevel
	for _, o := range c.List {
		if !o.Group {
			out = append(out, o.Status)
		}
	}
	return out
}

// objects are the leaves that want says yes to, whole and as they stand now; never nil.
func (c StatuspageCatalogue) objects(want func(slug string) bool) []StatuspageComponent {
	out := []StatuspageComponent{}
	for _, slug := range c.leaves {
		if want(slug) {
			out = append(out, c.bySlug[slug])
		}
	}
	return out
}

func (w Statuspage) leaf(l StatuspageLeaf, position int, group *string) StatuspageComponent {
	return StatuspageComponent{
		ID: l.ID, Name: english(l.Name, l.Slug), Status: l.Status, Created: w.Instant(l.created()), Updated: w.Instant(l.Updated),
		Position: position, Description: orNull(l.Description.In("en")), Showcase: true, StartDate: w.day(l.Since), GroupID: group, PageID: w.PageID,
	}
}

// created is when the component entered the catalogue, or its newest change where that is not known.
func (l StatuspageLeaf) created() time.Time {
	if l.Since.IsZero() {
		return l.Updated
	}
	return l.Since
}

func (w Statuspage) group(slug string, position int, members []StatuspageLeaf) StatuspageComponent {
	first := members[0]
	g := StatuspageComponent{
		ID: data.PublicID(w.PageID, "group", slug), Name: english(first.GroupName, slug), Status: StatuspageOperational,
		Position: position, PageID: w.PageID, Group: true,
	}
	created, updated := first.created(), first.Updated
	for _, l := range members {
		g.Status = g.Status.worse(l.Status)
		g.Components = append(g.Components, l.ID)
		if at := l.created(); at.Before(created) {
			created = at
		}
		if l.Updated.After(updated) {
			updated = l.Updated
		}
	}
	g.Created, g.Updated = w.Instant(created), w.Instant(updated)
	return g
}
