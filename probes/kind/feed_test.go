package kind

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

var feedNow = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// rss is a feed of items, given as title|text|date|guid.
func rss(items ...string) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Provider Status</title><link>https://status.example.com</link>`)
	for _, item := range items {
		f := strings.Split(item+"||||", "|")
		fmt.Fprintf(&b, "<item><title>%s</title><description>%s</description><pubDate>%s</pubDate><guid>%s</guid></item>", f[0], f[1], f[2], f[3])
	}
	b.WriteString("</channel></rss>")
	return []byte(b.String())
}

func TestMeaning(t *testing.T) {
	t.Parallel()
	const (
		hour  = "Sat, 21 Nov 2026 11:00:00 +0000"
		older = "Sat, 21 Nov 2026 10:00:00 +0000"
		days  = "Thu, 19 Nov 2026 11:00:00 +0000"
		later = "Sat, 21 Nov 2026 13:00:00 +0000"
	)
	page := func(state string) string {
		return "&lt;p&gt;&lt;small&gt;Nov &lt;var data-var='date'&gt;21&lt;/var&gt;, &lt;var data-var='time'&gt;11:00&lt;/var&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;" +
			state + "&lt;/strong&gt; - We are looking at it until it is resolved.&lt;/p&gt;"
	}
	for _, c := range []struct {
		name  string
		feed  []byte
		match string
		want  data.Reason
	}{
		{"no entries", rss(), "", ""},
		{"one that is open", rss("Mail is late|We look into it|" + hour), "", data.ReasonReported},
		{"one that is over, by its title", rss("Resolved: Mail is late||" + hour), "", ""},
		{"one that is over, by its text", rss("Mail is late|" + page("Resolved") + "|" + hour), "", ""},
		{"one under investigation", rss("Mail is late|" + page("Investigating") + "|" + hour), "", data.ReasonReported},
		{"one in progress", rss("Moving house|" + page("In progress") + "|" + hour), "", data.ReasonReported},
		{"one that is old", rss("Mail is late||" + days), "", ""},
		{"one of the future", rss("Moving house||" + later), "", ""},
		{"one without a date", rss("Mail is late||"), "", ""},
		{"one with a date that is none", rss("Mail is late||yesterday"), "", ""},
		{"one that is not ours", rss("Mail is late||" + hour), "search", ""},
		{"ours by its title, in another case", rss("MAIL is late||" + hour), "mail", data.ReasonReported},
		{"ours by its text", rss("Delays|in the Mail cluster|" + hour), "mail", data.ReasonReported},
		{"newest of two counts: over", rss("Late||"+older+"|x", "Late: resolved||"+hour+"|x"), "", ""},
		{"newest of two counts: open again", rss("Late: resolved||"+older+"|x", "Late||"+hour+"|x"), "", data.ReasonReported},
		{"two, one of which is open", rss("Late: resolved||"+hour+"|x", "Early||"+older+"|y"), "", data.ReasonReported},
		{"not resolved", rss("This is not yet resolved||" + hour), "", data.ReasonReported},
		{"will be resolved", rss("It will be resolved soon||" + hour), "", data.ReasonReported},
		{"behoben", rss("Störung behoben||" + hour), "", ""},
		{"nicht behoben", rss("Störung noch nicht behoben||" + hour), "", data.ReasonReported},
		{"all clear", rss("All clear: mail is back||" + hour), "", ""},
		{"operational issue", rss("Operational issue - Mail||" + hour), "", data.ReasonReported},
		{"fully operational", rss("Mail is fully operational||" + hour), "", ""},
		{"maintenance", []byte(strings.Replace(string(rss("Moving house||"+hour)), "<guid>", "<maintenanceEndDate>"+later+"</maintenanceEndDate><guid>", 1)), "", data.ReasonMaintenance},
		{"maintenance that has ended", []byte(strings.Replace(string(rss("Moving house||"+older)), "<guid>", "<maintenanceEndDate>"+hour+"</maintenanceEndDate><guid>", 1)), "", ""},
		{"Atom", []byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><updated>2026-11-21T11:00:00Z</updated><entry><id>a</id><title type="html">Late</title>
			<updated>2026-11-21T11:00:00.5+00:00</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>Identified</b> - we know</div></content></entry></feed>`), "", data.ReasonReported},
		{"Atom, over", []byte(`<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"><atom:entry><atom:link href="https://a"/><atom:title>Late</atom:title>
			<atom:published>2026-11-20T11:00:00Z</atom:published><atom:updated>2026-11-21T11:00:00Z</atom:updated><atom:summary>Resolved</atom:summary></atom:entry></atom:feed>`), "", ""},
		{"RDF", []byte(`<rdf:RDF xmlns:rdf="r"><item><title>Late</title><dc:date xmlns:dc="d">2026-11-21T11:00:00Z</dc:date></item></rdf:RDF>`), "", data.ReasonReported},
		{"Latin 1", []byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss><channel><item><title>St\xf6rung gel\xf6st</title><pubDate>" + hour + "</pubDate></item></channel></rss>"), "störung", ""},
		{"CDATA and entities", []byte("<rss><channel><item><title><![CDATA[<b>Late</b>]]>&nbsp;&amp; &#8211;</title><pubDate>" + hour + "</pubDate></item></channel></rss>"), "late", data.ReasonReported},
	} {
		entries, err := readFeed(c.feed)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		s := meaning(entries, c.match, defaultRecent, feedNow)
		if s.Reason != c.want || s.Bad() || (s.Level == data.Degraded) != (c.want != "") {
			t.Errorf("%s: %+v, want %q (%+v)", c.name, s, c.want, entries)
		}
	}
}

func TestReadFeedFaults(t *testing.T) {
	t.Parallel()
	item := "<item><title>a</title></item>"
	for name, feed := range map[string]string{
		"nothing":              "",
		"HTML":                 "<html><body>hello</body></html>",
		"JSON":                 "{}",
		"cut":                  "<rss><channel><item>",
		"ends that do not fit": "<rss><channel></rss></channel>",
		"two roots":            "<rss></rss><rss></rss>",
		"an entity of its own": `<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>`,
		"an unknown charset":   `<?xml version="1.0" encoding="EBCDIC-X"?><rss></rss>`,
		"depth":                "<rss>" + strings.Repeat("<a>", maxDepth) + strings.Repeat("</a>", maxDepth) + "</rss>",
		"entries":              "<rss>" + strings.Repeat(item, maxEntries+1) + "</rss>",
		"a large entry":        "<rss><item><title>" + strings.Repeat("x", maxField+1) + "</title></item></rss>",
		"control characters":   "<rss>\x00</rss>",
	} {
		if entries, err := readFeed([]byte(feed)); err == nil {
			t.Errorf("%s: %+v", name, entries)
		}
	}
	if entries, err := readFeed([]byte("<rss>" + strings.Repeat(item, maxEntries) + "</rss>")); err != nil || len(entries) != maxEntries {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestFeedTime(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Sat, 21 Nov 2026 11:00:00 +0000": "2026-11-21 11:00 UTC",
		"Sat, 21 Nov 2026 11:00:00 GMT":   "2026-11-21 11:00 UTC",
		"Sat, 21 Nov 2026 11:00:00 PST":   "2026-11-21 19:00 UTC",
		"Sat, 21 Nov 2026 11:00:00 CET":   "2026-11-21 10:00 UTC",
		"21 Nov 2026 11:00 -0730":         "2026-11-21 18:30 UTC",
		"Sun, 1 Nov 26 11:00:00 +01:00":   "2026-11-01 10:00 UTC",
		"2026-11-21T11:00:00+01:00":       "2026-11-21 10:00 UTC",
		"Sat, 21 Nov 2026 11:00:00 XYZ":   "0001-01-01 00:00 UTC",
		"Sat, 32 Nov 2026 11:00:00 GMT":   "0001-01-01 00:00 UTC",
		"":                                "0001-01-01 00:00 UTC",
	} {
		if got := day(feedTime(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestFeed(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		at := time.Now().Add(-time.Hour).UTC().Format(time.RFC1123Z)
		switch r.URL.Path {
		case "/open":
			w.Write(rss("Mail is late|We look into it|" + at))
		case "/over":
			w.Write(rss("Mail is late|Resolved - it works|" + at))
		case "/gone":
			w.WriteHeader(http.StatusGone)
		default:
			io.WriteString(w, "<html>")
		}
	})
	for _, c := range []struct {
		path   string
		change func(*data.Probe)
		level  data.Level
		reason data.Reason
	}{
		{"/open", same, data.Degraded, data.ReasonReported},
		{"/open", func(p *data.Probe) { p.Match = "MAIL" }, data.Degraded, data.ReasonReported},
		{"/open", func(p *data.Probe) { p.Match = "search" }, data.Operational, ""},
		{"/open", func(p *data.Probe) { p.Recent = time.Minute }, data.Operational, ""},
		{"/over", same, data.Operational, ""},
		{"/gone", same, data.NoData, data.ReasonStatus},
		{"/none", same, data.NoData, data.ReasonProtocol},
	} {
		s := once(t, Client{}, data.ProbeFeed, url+c.path, 5*time.Second, c.change)
		if s.Level != c.level || s.Reason != c.reason || strings.Contains(s.Detail, "Mail") {
			t.Errorf("%s: %+v, want %v, %q", c.path, s, c.level, c.reason)
		}
	}
	s := once(t, Client{}, data.ProbeFeed, "http://"+refused(t), 5*time.Second, same)
	if s.Level != data.NoData || s.Reason != data.ReasonConnect {
		t.Errorf("a feed that cannot be reached: %+v", s)
	}
}

func FuzzFeed(f *testing.F) {
	f.Add(rss("Mail is late|We look into it|Sat, 21 Nov 2026 11:00:00 +0000|x"), "mail")
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title>b</title><updated>2026-11-21T11:00:00Z</updated><link href="c"/></entry></feed>`), "")
	f.Add([]byte(`<?xml version="1.0" encoding="utf-16"?><rss/>`), "")
	f.Add([]byte(`<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>`), "")
	f.Fuzz(func(t *testing.T, body []byte, match string) {
		entries, err := readFeed(body)
		if err != nil && (entries != nil || len(err.Error()) > 200) || len(entries) > maxEntries {
			t.Errorf("%q: %d entries, %v", body, len(entries), err)
		}
		if s := meaning(entries, match, defaultRecent, feedNow); (s.Reason == "") != (s.Detail == "") || len(s.Detail) > 200 || s.Bad() {
			t.Errorf("%q: %+v", body, s)
		}
	})
}
