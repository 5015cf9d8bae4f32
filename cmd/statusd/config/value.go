package config

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/superoffice/statusd/data"
)

// text is what people read: one text, which is English, or a text per language.
type text data.Words

// number is a decimal number kept as it was written, so that it can be read exactly.
type number string

// span is an elapsed time above zero; zero means that none was given.
type span time.Duration

// spanPattern is the form of a span, for reading and for the schema.
const spanPattern = `^([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?([0-9]{1,6}ms)?$`

var spanForm = regexp.MustCompile(spanPattern)

// parseSpan reads whole days, hours, minutes, seconds and milliseconds in this order: 400d, 72h, 1h30m, 500ms.
func parseSpan(s string) (span, error) {
	m := spanForm.FindStringSubmatch(s)
	if m == nil || s == "" {
		return 0, fmt.Errorf("%s is no length of time: use a number with d, h, m, s or ms, such as 90m or 72h", strconv.Quote(clip(s)))
	}
	var sum time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second, time.Millisecond} {
		part := m[i+1]
		n := 0
		for j := 0; j < len(part) && part[j] >= '0' && part[j] <= '9'; j++ {
			n = n*10 + int(part[j]-'0')
		}
		sum += time.Duration(n) * unit
	}
	if sum == 0 {
		return 0, fmt.Errorf("%s is no time at all: use more than zero, or leave it out", s)
	}
	return span(sum), nil
}

// clip keeps what a message repeats of the text short.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
