package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/ui"
)

//go:embed html/*.html
var files embed.FS

var templates = template.Must(template.ParseFS(files, "html/*.html"))

var _ Renderer = Render

// view is one page in one language before it has its frame.
type view struct {
	path  string
	name  string // of its template
	title string
	body  any
}

// frame is what stands around every page.
type frame struct {
	maker
	Lang            i18n.Lang
	Brand, ZoneName string
	Demo            bool
	Page, Title     string
	Main            template.HTML
	Hash            string // of all pages in this language: what an open page compares to see that it is behind
	Build           string
	Style           template.CSS
	Script          string
	Icon            template.URL
	AsOf, AsOfISO   string
	Nav             []nav
	Foot            []nav
	Langs           []language
	Audience        string // the cohort whose page it is; empty means everybody's
	All             string // with Audience: the same page for everybody
	Follows         string // with Audience: the hash of everybody's pages, by which an open page sees that it is behind
	Preview         string // address of the picture for whoever shares the page; empty where the origin is not known
	About           string // what goes with it
	Headline        string
	Touch           string // address of the symbol on a phone
	Base            string // the path's absolute address; empty where the origin is not known
	ZoneLine        string
	Chosen          string // the zone that the reader chose
	ZoneNote        string // what became of that choice; empty where there was none
	Zones           string // address of the choice
}

type nav struct {
	Text, Href string
	Here       bool
}

type language struct {
	Lang i18n.Lang
	Name string
	Href string
	URL  string // absolute, for programs; empty where the origin is not known
	Here bool
}

// Render makes the public pages of s in every language: front page, schedule, uptime, history, the pages that say that
// something is not there or went wrong (places "404" and "500"), the script and the icon. Pages of a single incident or
// window are made when first asked for; see Snapshot.Doc.
func Render(s *State) (Docs, error) {
	path, js := script()
	docs := Docs{
		{Path: path}:           js,
		{Path: "/favicon.svg"}: ui.NewDoc([]byte(icon(s.Headline)), ui.DocOptions{Type: "image/svg+xml", Header: sameOrigin}),
	}
	if d := s.securityText(); d != nil {
		docs[Place{Path: securityTextPath}] = d
	}
	each := make([]Docs, len(s.Langs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, l := range s.Langs {
		g.Go(func() (err error) {
			each[i], err = renderLang(maker{s, l})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, d := range each {
		maps.Copy(docs, d)
	}
	return docs, nil
}

func renderLang(m maker) (Docs, error) {
	views := m.views()
	mains, hash, err := m.mains(views)
	if err != nil {
		return nil, err
	}
	docs := Docs{}
	for i, v := range views {
		if docs[Place{v.path, m.l}], err = m.page(v, mains[i], hash); err != nil {
			return nil, err
		}
	}
	for _, v := range m.errorViews() {
		main, err := v.main()
		if err != nil {
			return nil, err
		}
		if docs[Place{v.path, m.l}], err = m.page(v, main, ""); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

// views are the pages that are made at once.
func (m maker) views() []view {
	var out []view
	for _, path := range pagesAtOnce {
		out = append(out, pages[path](m))
	}
	return out
}

var pagesAtOnce = []string{"/", "/schedule", "/uptime", "/history"}

var pages = map[string]func(maker) view{
	"/":         func(m maker) view { return view{"/", "front", m.headline().Text, m.front()} },
	"/schedule": func(m maker) view { return view{"/schedule", "schedule", m.T("ui.schedule"), m.schedule()} },
	"/uptime":   func(m maker) view { return view{"/uptime", "uptime", m.T("ui.uptime_by_month"), m.uptime()} },
	"/history":  func(m maker) view { return view{"/history", "history", m.T("ui.history"), m.history()} },
}

// failure is a page that says why there is nothing to see.
type failure struct {
	maker
	Heading, Text string
}

// The places of the pages for what is not there and for what went wrong.
const (
	NotFoundPlace = "404"
	ErrorPlace    = "500"
)

func (m maker) errorViews() []view {
	var out []view
	for _, f := range []struct{ path, key string }{{NotFoundPlace, "ui.not_found"}, {ErrorPlace, "ui.error"}} {
		title := m.T(f.key + "_title")
		out = append(out, view{f.path, "failure", title, failure{m, title, m.T(f.key + "_text")}})
	}
	return out
}

// What of a page moves by the mere passing of time is marked with this attribute, the last of its element, and does not
// count for the hash: else every minute would be a change to fetch.
const tickAttr = " data-t"

// still writes main without what moves: a marked element with its text, or, of a bar, its title alone.
func still(w io.Writer, main string) {
	for {
		i := strings.Index(main, tickAttr+">")
		if i < 0 {
			break
		}
		keep := strings.LastIndexByte(main[:i], '<')
		if title := strings.Index(main[keep:i], ` title="`); title >= 0 {
			keep += title
		}
		io.WriteString(w, main[:keep]) //nolint:errcheck // a hash takes everything
		main = main[i:]
		main = main[strings.IndexByte(main, '<'):]
	}
	io.WriteString(w, main) //nolint:errcheck
}

// mains renders the contents of views and returns one hash over them, and over what else a page may show of stories.
func (m maker) mains(views []view) ([]template.HTML, string, error) {
	h := sha256.New()
	fmt.Fprintln(h, build(), m.l)
	mains := make([]template.HTML, len(views))
	for i, v := range views {
		main, err := v.main()
		if err != nil {
			return nil, "", err
		}
		mains[i] = main
		still(h, string(main))
	}
	if m.s.audience == "" { // open pages of audiences follow this hash too
		for _, c := range m.s.Components {
			for _, name := range slices.Sorted(maps.Keys(c.standings)) {
				at := c.standings[name]
				fmt.Fprintln(h, c.ID, name, at.Level, at.Maintenance && !at.Declared)
			}
		}
	}
	for _, month := range slices.Concat(m.s.older, m.s.Months) {
		if month.kept == nil {
			continue
		}
		if month.Settled != nil {
			fmt.Fprintln(h, month.Month, month.Settled.Hash)
			continue
		}
		fmt.Fprintln(h, month.Month, month.kept.Facts.Outages, month.kept.Facts.Maintenance)
	}
	story := func(id string, us []data.Update) {
		for _, u := range us {
			fmt.Fprintln(h, id, u.ID, u.Phase, u.At.Unix(), u.BodyIn(string(m.l)), len(u.Edits))
		}
	}
	for n, i := range m.s.Incidents {
		if n == incidentsInHistory {
			break
		}
		story(i.ID, i.Updates)
	}
	for _, o := range m.s.Occurrences {
		if !o.Standing { // the months ahead have pages too
			fmt.Fprintln(h, o.Key(), o.Phase, o.Revised, o.Window.Start.Unix(), o.Window.End.Unix())
			story(string(o.Key()), o.Updates)
		}
	}
	return mains, hex.EncodeToString(h.Sum(nil)[:8]), nil
}

func (v view) main() (template.HTML, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, v.name, v.body); err != nil {
		return "", fmt.Errorf("rendering %s: %w", v.path, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // made by a template just now
}

// page puts the frame around main.
func (m maker) page(v view, main template.HTML, hash string) (*ui.Doc, error) {
	path, _ := script()
	f := frame{
		maker: m, Lang: m.l, Brand: m.s.Name, ZoneName: m.s.ZoneName, Demo: m.s.Demo,
		Page: v.name, Title: v.title + " – " + m.s.Name, Main: main, Hash: hash, Build: build(),
		Style: template.CSS(styleOf(v.name)), Script: path, Icon: iconURL(m.s.Headline), //nolint:gosec // our own style
		Audience: m.s.audience, Follows: m.s.follows[m.l],
		AsOf: m.T("ui.as_of", "time", m.at(m.s.Now).Text), AsOfISO: iso(m.s.Now), ZoneLine: m.zone(), Headline: m.headline().Text, Touch: touchPath + string(m.s.Headline) + ".png",
		Chosen: m.s.chosen(), Zones: m.Link(zonesPath),
	}
	f.About = m.s.Product + ": " + f.Headline
	switch {
	case f.Chosen != "":
		f.ZoneNote = m.T("zone.chosen", "zone", f.Chosen)
	case m.s.viewerName != "":
		f.ZoneNote = m.T("zone.unknown")
	}
	address := v.path
	if v.name == "failure" {
		address = "/"
	} else if m.s.URL != "" {
		f.Base = m.s.URL + address
		f.Preview = m.s.URL + previewPath + string(m.s.Headline) + ".png"
	}
	f.All = m.LinkAll(address)
	for _, n := range []struct{ key, path string }{
		{"ui.current_status", "/"}, {"ui.schedule", "/schedule"}, {"ui.uptime", "/uptime"}, {"ui.history", "/history"},
	} {
		f.Nav = append(f.Nav, nav{m.T(n.key), m.Link(n.path), n.path == v.path || n.path != "/" && strings.HasPrefix(v.path, n.path+"/")})
	}
	for _, n := range []struct{ key, path string }{
		{"ui.calendar_title", "/schedule"},
		{"ui.time_zone", zonesPath},
		{"support.title", supportPath},
		{"commitment.title", commitmentPath},
		{"privacy.title", privacyPath},
		{"accessibility.title", accessibilityPath},
	} {
		f.Foot = append(f.Foot, nav{Text: m.T(n.key), Href: m.Link(n.path)})
	}
	f.Foot[0].Href += "#calendar"
	f.Foot = append(f.Foot, nav{Text: m.T("ui.for_programs"), Href: "/api/v2/summary.json"})
	for _, l := range m.s.Langs {
		other := maker{m.s, l}
		row := language{Lang: l, Name: l.Name(), Href: other.Link(address), Here: l == m.l}
		if f.Base != "" && f.Audience == "" { // an audience's pages are not for search engines
			row.URL = m.s.URL + address + "?lang=" + string(l)
		}
		f.Langs = append(f.Langs, row)
	}
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "frame", f); err != nil {
		return nil, fmt.Errorf("rendering %s: %w", v.path, err)
	}
	header := policyOf(v.name).Clone()
	header.Set("Content-Language", string(m.l))
	return ui.NewDoc(b.Bytes(), ui.DocOptions{Type: "text/html; charset=utf-8", Vary: "Accept-Language", Header: header}), nil
}

// ScriptPath is the address of the pages' script.
func ScriptPath() string {
	path, _ := script()
	return path
}
