package signin

import (
	"net/url"
	"slices"
	"strings"
)

// maxReturn is the longest address that somebody is led back to.
const maxReturn = 512

// ownPath is the address to lead back to after signing in: path and query of one of our own pages. Anything else, in
// whatever spelling (C26), is the front page: another host, a scheme, a backslash, an encoded slash, dots, control
// characters, and sign-in itself.
func ownPath(s string) string {
	const front = "/"
	if s == "" || len(s) > maxReturn || s[0] != '/' {
		return front
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' || strings.IndexByte(`\"<>`+"`", c) >= 0 {
			return front
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Fragment != "" || !strings.HasPrefix(u.Path, "/") {
		return front
	}
	raw := strings.ToLower(u.EscapedPath())
	if strings.Contains(u.Path, "//") || strings.ContainsAny(u.Path, "\\\x00\r\n\t") || strings.Contains(raw, "%2f") || strings.Contains(raw, "%25") {
		return front
	}
	parts := strings.Split(u.Path, "/")[1:]
	if slices.ContainsFunc(parts, func(p string) bool { return p == "." || p == ".." }) || parts[0] == "signin" || parts[0] == "signout" {
		return front
	}
	return s
}
