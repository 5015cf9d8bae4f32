package notifier

import (
	"fmt"
	"slices"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/notifier/letter"
)

// Settings are what a letter needs from configuration.
type Settings struct {
	Product string
	URL     string // public origin
	Zone    *time.Location
	Support string
}

// errand is a notice with everything that is needed to send it.
type errand struct {
	notice   data.Notice
	bulletin data.Bulletin
	batch    Batch
}

// compose writes the letter of a notice, from the facts as they are now.
func compose(tx data.Tx, s Settings, n data.Notice) (errand, error) {
	e := errand{notice: n}
	var err error
	if e.bulletin, err = tx.Bulletins().Get(n.Bulletin); err != nil {
		return e, err
	}
	to, err := tx.Subscribers().Get(n.Subscriber)
	if err != nil {
		return e, err
	}
	page, err := tx.Settings().Get(data.SettingPageID)
	if err != nil {
		return e, err
	}
	f := letter.Facts{
		Lang: i18n.Lang(to.Lang), Kind: letter.Kind(e.bulletin.Kind), Product: s.Product, Zone: s.Zone, Contract: to.Contract,
	}
	if to.Zone != "" {
		if f.ReaderZone, err = time.LoadLocation(to.Zone); err != nil {
			return e, fmt.Errorf("subscriber %s: %w", to.ID, err)
		}
	}
	if e.bulletin.About == data.AboutIncident {
		err = incident(tx, &f, e.bulletin, s)
	} else {
		err = maintenance(tx, &f, e.bulletin, s, page.Value)
	}
	if err != nil {
		return e, err
	}
	l, err := letter.Write(f)
	e.batch = Batch{
		Key: data.PublicID(page.Value, "notice", string(n.Key())), Tag: data.PublicID(page.Value, "bulletin", string(n.Bulletin)),
		To: to.Address, Letter: l,
	}
	return e, err
}

func maintenance(tx data.Tx, f *letter.Facts, b data.Bulletin, s Settings, page string) error {
	a, err := announcement(tx, data.OccurrenceKey(b.Subject))
	if err != nil {
		return err
	}
	o := a.First()
	f.Start, f.End, f.Expected, f.Cohort = o.Window.Start, o.Window.End, a.Expected(), o.Cohort
	f.URL = s.URL + "/maintenance/" + data.PublicID(page, "occurrence", string(o.Key()))
	for _, c := range a.Categories() {
		f.Categories = append(f.Categories, string(c))
	}
	switch {
	case b.Kind == data.TellPlanned && b.Short:
		f.Kind = letter.ShortNotice
	case b.Kind == data.TellChanged && o.Phase == data.Held:
		f.Kind = letter.Held
	case b.Kind == data.TellChanged:
		f.OldStart, f.OldEnd = o.OldWindow.Start, o.OldWindow.End
	}
	f.Components, err = names(tx, f.Lang, a.Components())
	return err
}

func incident(tx data.Tx, f *letter.Facts, b data.Bulletin, s Settings) error {
	i, err := tx.Incidents().Get(b.Subject)
	if err != nil {
		return err
	}
	f.Title, f.Phase, f.Start, f.End, f.NextUpdate = i.Title, string(i.Phase), i.Started, i.ResolvedAt, i.NextUpdate
	f.Body, f.URL = i.Latest().Body, s.URL+"/incidents/"+i.ID
	var slugs []string
	for _, a := range i.Affected {
		slugs = append(slugs, a.Component)
		switch {
		case a.Component == "login" && a.Level.Bad():
			f.Impact, f.Support = "no_login", s.Support // H2
		case a.Level == data.Degraded && f.Impact == "":
			f.Impact = string(data.Degradation)
		}
	}
	f.Components, err = names(tx, f.Lang, slugs)
	return err
}

// names are the components' names in lang; none named means every committed one, in the order of the page. Hidden ones have
// no name outside.
func names(tx data.Tx, lang i18n.Lang, slugs []string) ([]string, error) {
	all, err := data.All(tx.Components().Range("", ""))
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b data.Component) int { return a.Position - b.Position })
	var out []string
	for _, c := range all {
		if !c.Public() {
			continue
		}
		if len(slugs) == 0 && c.Commitment == data.Committed || slices.Contains(slugs, c.Slug) {
			out = append(out, c.Name.In(string(lang)))
		}
	}
	return out, nil
}
