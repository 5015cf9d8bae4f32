package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/ui"
)

// Limits of a body (RELIABILITY 3.2).
const (
	MaxRequest = 64 << 10
	maxDepth   = 32
)

// body reads the body of a write.
func body(w http.ResponseWriter, r *http.Request, op Op) (json.RawMessage, error) {
	limit := int64(MaxRequest)
	if op.Hook || op.Long {
		limit = MaxHook
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &ui.StatusError{Status: http.StatusUnsupportedMediaType, Message: "send the body with Content-Type: application/json"}
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, &ui.StatusError{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("the body is longer than %d bytes", limit)}
	} else if err != nil {
		return nil, data.Invalid("", "the body could not be read to its end")
	}
	if len(b) == 0 {
		return nil, data.Invalid("", "the body is empty: send a JSON document")
	}
	return b, nil
}

// decode reads the call's body into v: one document, valid UTF-8, not too deep, no unknown member. No body is {}.
func (c *Call) decode(v any) error {
	b := c.Body
	if len(b) == 0 {
		b = json.RawMessage("{}")
	}
	if !utf8.Valid(b) {
		return data.Invalid("", "the body is not valid UTF-8 text")
	}
	if err := shallow(b); err != nil {
		return err
	}
	if name := twice(b); name != "" {
		return data.Invalid(name, "this member is there twice: which of them holds?")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return bodyError(err, b, v)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return data.Invalid("", "the body goes on after its JSON document: send one document")
	}
	return nil
}

// shallow refuses what is nested more deeply than anything here is. What is no JSON at all is left to the decoder.
func shallow(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	depth := 0
	for {
		t, err := d.Token()
		if err != nil {
			return nil
		}
		if delim, ok := t.(json.Delim); ok {
			if delim == '{' || delim == '[' {
				depth++
			} else {
				depth--
			}
		}
		if depth > maxDepth {
			return data.Invalid("", fmt.Sprintf("the body is nested more than %d deep", maxDepth))
		}
	}
}

// folded is a name as the decoder compares names: in the least of all cases that each letter has.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, name)
}

// twice is the first member that its object has more than once, in whatever case of letters, since the decoder takes them for one;
// empty where there is none.
func twice(b []byte) string {
	type level struct {
		members map[string]bool // nil in a list
		value   bool            // what comes next in an object is a value
	}
	var open []level
	d := json.NewDecoder(bytes.NewReader(b))
	for {
		t, err := d.Token()
		if err != nil {
			return ""
		}
		var here *level
		if len(open) > 0 {
			here = &open[len(open)-1]
		}
		switch name, isText := t.(string); {
		case t == json.Delim('}') || t == json.Delim(']'):
			open = open[:len(open)-1]
			continue
		case here != nil && here.members != nil && !here.value && isText:
			if here.members[folded(name)] {
				return name
			}
			here.members[folded(name)], here.value = true, true
			continue
		}
		if here != nil {
			here.value = false
		}
		switch t {
		case json.Delim('{'):
			open = append(open, level{members: map[string]bool{}})
		case json.Delim('['):
			open = append(open, level{})
		}
	}
}

// bodyError says what is wrong with body b, which does not decode into v.
func bodyError(err error, b []byte, v any) error {
	var known *data.Error
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &known):
		if known.Field == "level" { // levels stand under the components they are of
			return data.Invalid("components", known.Message)
		}
		return known
	case errors.As(err, &wrong):
		return data.Invalid(wrong.Field, fmt.Sprintf("a JSON %s does not fit here", wrong.Value))
	case errors.Is(err, io.EOF):
		return data.Invalid("", "the body is empty: send a JSON document")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return data.Invalid(strings.Trim(name, `"`), unknownMember(strings.Trim(name, `"`), v))
	}
	if name := misfitting(b, v); name != "" { // types that read themselves do not say where they stand
		message := "this does not fit here"
		if when := (*time.ParseError)(nil); errors.As(err, &when) || strings.HasPrefix(err.Error(), "Time.") {
			message = "this is no time: write it as 2026-01-31T03:10:00Z, or with another offset for Z"
		}
		return data.Invalid(name, message)
	}
	return data.Invalid("", "the body is no JSON document: "+strings.TrimPrefix(err.Error(), "json: "))
}

// misfitting is the first member of body b that alone does not decode into what v is; empty where none is to blame.
func misfitting(b []byte, v any) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		alone, err := json.Marshal(map[string]json.RawMessage{name: members[name]})
		if err != nil {
			return ""
		}
		if json.Unmarshal(alone, reflect.New(reflect.TypeOf(v).Elem()).Interface()) != nil {
			return name
		}
	}
	return ""
}

// unknownMember names the members that a body may have, since one of them was meant. A member of a part of the body is none of them.
func unknownMember(name string, v any) string {
	known := memberNames(reflect.TypeOf(v).Elem())
	switch {
	case slices.Contains(known, name):
		return "this member is unknown where it stands: it may be misplaced"
	case len(known) == 0:
		return "this member is unknown here: nothing is to be sent"
	}
	return "this member is unknown here: there are " + strings.Join(known, ", ") + ", and what they hold"
}

// memberNames are the JSON names of a struct's fields, sorted.
func memberNames(t reflect.Type) (names []string) {
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && tag == "":
			names = append(names, memberNames(f.Type)...)
		case f.IsExported() && tag != "" && tag != "-":
			names = append(names, tag)
		}
	}
	slices.Sort(names)
	return names
}
