package config

import (
	"net/url"
	"strconv"
)

// Banner is what the banner of login pages needs. The zero value lets no page show it in an iframe, and tells nobody.
type Banner struct {
	Frames  []string // origins
	Webhook *Webhook
}

func (c *checker) banner() {
	f := c.file.Banner
	if f == nil {
		return
	}
	p := path{"banner"}
	for i, origin := range f.Frames {
		u, err := url.Parse(origin)
		switch {
		case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
			c.fault(p.with("frames", i), "frames: %s is no origin of a login page: use https://login.example.com", strconv.Quote(clip(origin)))
		case u.Scheme+"://"+u.Host != origin:
			c.fault(p.with("frames", i), "frames: only scheme and host: use %s://%s", u.Scheme, u.Host)
		default:
			c.cfg.Banner.Frames = append(c.cfg.Banner.Frames, origin)
		}
	}
	if w := f.Webhook; w != nil {
		out := c.webhook(p.with("webhook"), *w)
		c.cfg.Banner.Webhook = &out
	}
}
