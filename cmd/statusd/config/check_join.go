package config

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/superoffice/statusd/data"
)

// join says each of the joined *data.Error values at the key that it names, below p.
func (c *checker) join(p path, err error, rename map[string]string) {
	if err == nil {
		return
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			c.join(p, e, rename)
		}
		return
	}
	var de *data.Error
	if !errors.As(err, &de) {
		c.fault(p, "%s", err)
		return
	}
	key, message := de.Field, de.Message
	if as := rename[key]; as != "" {
		key = as
	}
	for from, to := range rename {
		message = regexp.MustCompile(`\b`+from+`\b`).ReplaceAllString(message, to)
	}
	if key == "" {
		c.fault(p, "%s", message)
		return
	}
	// Headers and the like are named with what is inside: headers.Host, status[1].
	first := key
	if i := strings.IndexAny(key, ".["); i > 0 {
		first = key[:i]
	}
	at := p.with(first)
	if n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(key[len(first):], "["), "]")); err == nil {
		at = at.with(n)
	}
	if f := c.at(at, "%s: %s", key, message); !c.said(f, first) {
		c.faults = append(c.faults, f)
	}
}

// said says whether decoding reported the key at this place already, so that the rules see no value.
func (c *checker) said(f Fault, key string) bool {
	return slices.ContainsFunc(c.decoded, func(d Fault) bool {
		return d.File == f.File && d.Line == f.Line && d.Column == f.Column &&
			(strings.HasPrefix(d.Message, key+" ") || strings.HasPrefix(d.Message, key+":") || strings.Contains(d.Message, " needs "+key+":"))
	})
}
