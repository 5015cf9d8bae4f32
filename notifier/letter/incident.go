package letter

import (
	"slices"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

// TellIncident fills in what is told of an incident. components are all there are, in the order of the page; url is the public
// origin.
func (f *Facts) TellIncident(i data.Incident, components []data.Component, url, support string) {
	latest := i.Latest()
	f.Title, f.Phase, f.Start, f.End, f.NextUpdate = i.TitleIn(string(f.Lang)), string(i.Phase), i.Started, i.ResolvedAt, i.NextUpdate
	f.Body, f.URL = latest.BodyIn(string(f.Lang)), url+"/incidents/"+i.ID
	var slugs []string
	for _, a := range i.Affected {
		slugs = append(slugs, a.Component)
		switch {
		case a.Component == "login" && a.Level.Bad():
			f.Impact, f.Support = "no_login", support // H2
		case a.Level == data.Degraded && f.Impact == "":
			f.Impact = string(data.Degradation)
		}
	}
	f.Components = Names(f.Lang, components, slugs)
}

// Names are the components' names in lang; none named means every committed one, in the order of components. Hidden ones have
// no name outside.
func Names(lang i18n.Lang, components []data.Component, slugs []string) []string {
	var out []string
	for _, c := range components {
		if !c.Public() {
			continue
		}
		if len(slugs) == 0 && c.Commitment == data.Committed || slices.Contains(slugs, c.Slug) {
			out = append(out, c.Name.In(string(lang)))
		}
	}
	return out
}
