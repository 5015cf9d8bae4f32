package letter

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// BannerLimit is the greatest length of a banner in characters.
const BannerLimit = 260

// Banner returns what the strip on page and login screen says, as plain text of at most BannerLimit characters. An
// unknown kind has none.
func Banner(f Facts) string {
	if _, known := wordings[f.Kind]; !known {
		return ""
	}
	text := f.banner()
	if f.NameCohort && f.Cohort != "" && f.Cohort != "all" {
		about := "{category}"
		if f.Kind == Incident {
			about = "{components}"
		}
		text = strings.Replace(text, about, about+" ({cohort})", 1)
	}
	v := parts(f)
	v["url"] = host(v["url"])
	return v.fit(BannerLimit, func() string { return v.sentences(text) })
}

// host is what a banner says of an address: the strip itself is the link, and "status.example.com" is read at a glance.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// shortest is what is left at least of a part that is cut.
const shortest = 16

// fit writes with render, shortening v until the text has at most limit characters: first what people typed, then what
// can be said in fewer words, then what is named elsewhere too. An address that does not fit goes whole.
func (v values) fit(limit int, render func() string) string {
	over := func() int { return utf8.RuneCountInString(render()) - limit }
	for _, name := range [...]string{"title", "components", "cohort", "next_update", "cohort", "category", "url"} {
		n := over()
		if n <= 0 {
			break
		}
		short, hasShort := v[name+"_short"]
		switch {
		case hasShort:
			v[name] = short
			delete(v, name+"_short")
		case name == "url":
			v[name] = ""
		case name != "next_update":
			v[name] = cut(v[name], max(utf8.RuneCountInString(v[name])-n, shortest))
		}
	}
	return cut(render(), limit)
}
