package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"sync"

	"github.com/superoffice/statusd/web/chart"
	"github.com/superoffice/statusd/web/ui"
)

//go:embed html/page.css
var styleSource string

//go:embed html/page.js
var scriptSource string

// style stands inside every page, so that its first response is all it takes to show it; the policy names its hash.
var style = sync.OnceValue(func() string { return ui.Compact(styleSource) })

// moreSource is what every page but the front page has besides: that one is the lightest.
//
//go:embed html/more.css
var moreSource string

//go:embed html/component.css
var componentSource string

//go:embed html/month.css
var monthSource string

//go:embed html/schedule.css
var scheduleSource string

// styleOf is what stands inside a page of this name: those with charts, months and the schedule have more, which others are spared.
func styleOf(name string) string {
	switch name {
	case "component":
		return charted()
	case "month", "year":
		return monthly()
	case "schedule":
		return laidOut()
	case "front":
		return style()
	}
	return plain()
}

// plain is the style of a page without anything special.
var plain = sync.OnceValue(func() string { return style() + ui.Compact(moreSource) })

var monthly = sync.OnceValue(func() string { return plain() + ui.Compact(monthSource) })

var laidOut = sync.OnceValue(func() string { return plain() + ui.Compact(scheduleSource) })

var charted = sync.OnceValue(func() string { return plain() + ui.Compact(componentSource) + ui.Compact(chart.Style()) })

// script is the one thing a page fetches besides. Its address changes with it, so that it is kept for ever.
var script = sync.OnceValues(func() (path string, doc *ui.Doc) {
	body := []byte(ui.Compact(scriptSource))
	sum := sha256.Sum256(body)
	return "/assets/page." + hex.EncodeToString(sum[:6]) + ".js", ui.NewDoc(body, ui.DocOptions{
		Type: "text/javascript; charset=utf-8", Cache: "public, max-age=31536000, immutable", Header: sameOrigin,
	})
})

// build tells a page that is open whether the one it fetches goes with the style and script it has.
var build = sync.OnceValue(func() string {
	path, _ := script()
	sum := sha256.Sum256([]byte(path + charted() + monthly() + laidOut()))
	return hex.EncodeToString(sum[:4])
})

var sameOrigin = http.Header{"Cross-Origin-Resource-Policy": {"same-origin"}}

// policyOf are the headers of a page of this name.
func policyOf(name string) http.Header {
	switch name {
	case "component":
		return chartedPolicy()
	case "month", "year":
		return monthlyPolicy()
	case "schedule":
		return laidOutPolicy()
	case "front":
		return policy()
	}
	return plainPolicy()
}

var (
	policy        = sync.OnceValue(func() http.Header { return policyFor(style()) })
	plainPolicy   = sync.OnceValue(func() http.Header { return policyFor(plain()) })
	monthlyPolicy = sync.OnceValue(func() http.Header { return policyFor(monthly()) })
	laidOutPolicy = sync.OnceValue(func() http.Header { return policyFor(laidOut()) })
	chartedPolicy = sync.OnceValue(func() http.Header { return policyFor(charted()) })
)

// policyFor are the headers of a page with this style (RELIABILITY 3.2).
func policyFor(style string) http.Header {
	sum := sha256.Sum256([]byte(style))
	return http.Header{
		"Content-Security-Policy": {"default-src 'none'; script-src 'self'; style-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
		"Permissions-Policy":           {nothingPermitted},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
	}
}

// nothingPermitted switches off what a page could ask a reader's device for. Features that only some builds of a browser know,
// such as web-share, stay out: the others write an error for them.
const nothingPermitted = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), " +
	"gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), " +
	"xr-spatial-tracking=()"

// icons are the page's symbol in the tab, as shapes of SVG by headline.
var icons = map[Headline]string{
	AllOK:       `<circle cx="16" cy="16" r="15" fill="#0f7b45"/><path d="m9 16.5 5 5 9-10.5"/>`,
	Some:        `<path d="M16 2 31 29H1z" fill="#b45309"/><path d="M16 11v9m0 3.5v2"/>`,
	Major:       `<path d="M10 1h12l9 9v12l-9 9H10l-9-9V10z" fill="#b3122a"/><path d="m11 11 10 10m0-10L11 21"/>`,
	Maintenance: `<rect x="1" y="1" width="30" height="30" rx="7" fill="#1d4fb8"/><path d="M12 10v12m8-12v12"/>`,
	Unknown:     `<circle cx="16" cy="16" r="15" fill="#55606c"/><path d="M12 12.5a4 4 0 1 1 5.5 3.700c-1 .5-1.5 1-1.5 2.300m0 4v1.5"/>`,
}

func icon(h Headline) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round">` +
		icons[h] + `</g></svg>`
}

// iconURL is the symbol inside the page, so that it takes no request.
func iconURL(h Headline) template.URL {
	return template.URL("data:image/svg+xml," + url.PathEscape(icon(h))) //nolint:gosec // a constant
}
