package kind

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// What a feed may hold, within maxBody.
const (
	maxDepth   = 32
	maxEntries = 1000
	maxField   = 256 << 10 // bytes of one entry's title, text and so on
)

var errNoFeed = errors.New("the answer is no RSS or Atom feed")

// readFeed reads RSS 2.0 (and the older RDF form) or Atom. It is strict about XML, and takes whatever else is in it;
// entities are those of XML and HTML, and none that a document declares.
func readFeed(body []byte) (entries []entry, err error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		r, err := charset.NewReaderLabel(label, in)
		if err != nil {
			return nil, errNoFeed
		}
		return io.LimitReader(r, 2*maxBody), nil
	}
	r := feedReader{}
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) && r.done() {
			return r.entries, nil
		}
		if err != nil {
			return nil, errNoFeed
		}
		if err := r.take(t); err != nil {
			return nil, err
		}
	}
}

// feedReader follows the elements of a feed.
type feedReader struct {
	path    []string // names of the open elements, in lower case
	began   bool
	in      int // depth of the open entry; 0 means none is open
	fields  map[string]string
	entries []entry
}

func (r *feedReader) done() bool { return r.began && len(r.path) == 0 }

func (r *feedReader) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		if len(r.path) == 0 || r.path[len(r.path)-1] != element(t.Name) {
			return errNoFeed
		}
		if r.in == len(r.path) {
			r.entries = append(r.entries, entryOf(r.fields))
			r.in = 0
		}
		r.path = r.path[:len(r.path)-1]
	case xml.CharData:
		if r.in > 0 && len(r.path) > r.in {
			return r.add(r.path[r.in], string(t))
		}
	}
	return nil
}

func (r *feedReader) start(t xml.StartElement) error {
	name := element(t.Name)
	switch {
	case len(r.path) == 0 && (r.began || name != "rss" && name != "feed" && name != "rdf:rdf"):
		return errNoFeed
	case len(r.path) == maxDepth:
		return fmt.Errorf("the feed is nested more than %d deep", maxDepth)
	}
	r.began = true
	r.path = append(r.path, name)
	switch {
	case r.in == 0 && (name == "item" || name == "entry"):
		if len(r.entries) == maxEntries {
			return fmt.Errorf("the feed has more than %d entries", maxEntries)
		}
		r.in, r.fields = len(r.path), map[string]string{}
	case r.in > 0 && len(r.path) == r.in+1 && name == "link":
		for _, a := range t.Attr {
			if a.Name.Local == "href" && r.fields["link"] == "" {
				return r.add("link", a.Value)
			}
		}
	case r.in > 0:
		return r.add(r.path[r.in], " ") // between the parts of a text
	}
	return nil
}

// add appends to a field of the open entry.
func (r *feedReader) add(field, text string) error {
	if len(r.fields[field])+len(text) > maxField || len(r.fields) > 100 {
		return errors.New("an entry of the feed is too large")
	}
	r.fields[field] += text
	return nil
}

// element is a name with its prefix as it is commonly written, in lower case; those of Atom and RSS have none.
func element(n xml.Name) string {
	switch prefix := strings.ToLower(n.Space); prefix {
	case "", "atom", "rss":
		return strings.ToLower(n.Local)
	default:
		return prefix + ":" + strings.ToLower(n.Local)
	}
}

func entryOf(fields map[string]string) entry {
	first := func(names ...string) string {
		for _, n := range names {
			if s := strings.TrimSpace(fields[n]); s != "" {
				return s
			}
		}
		return ""
	}
	e := entry{title: withoutMarkup(first("title")), id: first("guid", "id", "link", "title")}
	e.text = withoutMarkup(first("description", "content", "content:encoded", "summary"))
	for _, n := range []string{"updated", "pubdate", "published", "dc:date"} {
		if at := feedTime(first(n)); at.After(e.at) {
			e.at = at
		}
	}
	e.ends = feedTime(first("maintenanceenddate"))
	return e
}

// withoutMarkup is a text without its markup.
func withoutMarkup(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(b.String())
		case html.TextToken:
			b.Write(z.Text())
		default:
			b.WriteByte(' ')
		}
	}
}

// feedZones are the zones that RFC 822 5 names, and those of Central Europe that feeds name as well, in hours.
var feedZones = map[string]int{
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "UT": 0, "UTC": 0, "GMT": 0, "Z": 0,
}

// feedTime reads a date of RFC 822 as RSS writes it, or of RFC 3339; zero where it is neither, or in a zone that is not known.
func feedTime(s string) time.Time {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UTC()
	}
	if _, rest, ok := strings.Cut(s, ","); ok {
		s = rest
	}
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return time.Time{}
	}
	clock, zone := strings.Join(strings.Fields(s[:i]), " "), s[i+1:]
	offset := time.Duration(feedZones[strings.ToUpper(zone)]) * time.Hour
	if _, ok := feedZones[strings.ToUpper(zone)]; !ok {
		at, err := time.Parse("-0700", strings.ReplaceAll(zone, ":", ""))
		if err != nil {
			return time.Time{}
		}
		_, seconds := at.Zone()
		offset = time.Duration(seconds) * time.Second
	}
	for _, form := range []string{"2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 06 15:04:05", "2 Jan 06 15:04"} {
		if at, err := time.Parse(form, clock); err == nil {
			return at.Add(-offset).UTC()
		}
	}
	return time.Time{}
}
