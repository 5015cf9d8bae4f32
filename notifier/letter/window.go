package letter

import (
	"slices"

	"github.com/superoffice/statusd/data"
)

// TellWindow fills in what a bulletin tells of the windows that are told as one (M15). components are all there are, in the order
// of the page; url is the public origin, page the page's public ID.
func (f *Facts) TellWindow(b data.Bulletin, a data.Announcement, components []data.Component, url, page string) {
	o := a.First()
	f.Kind = Kind(b.Kind)
	f.Start, f.End, f.Expected, f.Cohort = o.Window.Start, o.Window.End, a.Expected(), o.Cohort
	f.URL = url + "/maintenance/" + data.PublicID(page, "occurrence", string(o.Key()))
	for _, c := range a.Categories() {
		f.Categories = append(f.Categories, string(c))
	}
	running := o.Phase == data.InProgress || o.Phase == data.Verifying
	f.Approximate = !running && slices.Contains(a.Categories(), data.Emergency)
	switch {
	case b.Kind == data.TellPlanned && b.Short:
		f.Kind = ShortNotice
	case b.Kind == data.TellChanged && o.Phase == data.Held:
		f.Kind = Held
	case b.Kind == data.TellChanged && running && o.Window.End.After(o.OldWindow.End):
		f.Kind = Extended
	case b.Kind == data.TellChanged:
		f.OldStart, f.OldEnd = o.OldWindow.Start, o.OldWindow.End
	}
	f.Components = Names(f.Lang, components, a.Components())
}
