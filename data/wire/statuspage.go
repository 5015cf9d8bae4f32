package wire

import (
	"slices"
	"strings"
	"time"

	"github.com/superoffice/statusd/data"
)

// Statuspage writes nouns as the objects of Statuspage's public API v2 (STATUSPAGE-V2 1 to 6), for one page. Its members
// are those of the captures, in their order; programs written for that API read them unchanged. Texts are English, the
// only language that API has.
//
// The zero value writes instants in UTC.
type Statuspage struct {
	PageID   string // public ID
	Name     string
	URL      string         // public origin without a slash at the end
	ZoneName string         // IANA; empty is UTC
	Zone     *time.Location // the same
}

// StatuspagePage stands in every document.
type StatuspagePage struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	URL      string `json:"url"`
	TimeZone string `json:"time_zone"`
	Updated  string `json:"updated_at"`
}

// utcNames are the names by which the zone database knows UTC.
var utcNames = []string{"", "UTC", "Etc/UTC", "Etc/UCT", "UCT", "Etc/Zulu", "Zulu", "Etc/Universal", "Universal"}

func (w Statuspage) utc() bool { return w.Zone == nil || slices.Contains(utcNames, w.ZoneName) }

// Page writes the page. updated is the newest change of anything that its documents hold.
func (w Statuspage) Page(updated time.Time) StatuspagePage {
	zone := w.ZoneName
	if w.utc() {
		zone = "Etc/UTC"
	}
	return StatuspagePage{ID: w.PageID, Name: w.Name, URL: w.URL, TimeZone: zone, Updated: w.Instant(updated)}
}

// Instant writes t with three decimals in the page's zone: Z where that is UTC, else the numeric offset of that instant,
// also where it is zero.
func (w Statuspage) Instant(t time.Time) string {
	if w.utc() {
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return t.In(w.Zone).Format("2006-01-02T15:04:05.000-07:00")
}

// instant is Instant, or null for the zero time.
func (w Statuspage) instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := w.Instant(t)
	return &text
}

// day writes the local day of t; null for the zero time.
func (w Statuspage) day(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	if !w.utc() {
		t = t.In(w.Zone)
	}
	text := t.Format(time.DateOnly)
	return &text
}

// statuspageBody writes what a person wrote as the HTML that clients take a body for: markup in it is inert, and lines
// break where they did. Quotation marks and apostrophes stay, because many clients show a body as plain text.
func statuspageBody(text string) string { return bodyReplacer.Replace(text) }

var bodyReplacer = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r\n", "<br />", "\n", "<br />", "\r", "<br />")

// orNull is text, or null where there is none.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// english is the English text of words, else what stands for it.
func english(words data.Words, otherwise string) string {
	if text := words.In("en"); text != "" {
		return text
	}
	return otherwise
}
