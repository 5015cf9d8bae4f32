package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/superoffice/statusd/data"
)

// members is a JSON object that keeps doubled names.
type members []member

type member struct {
	name  string
	value any // nil, bool, json.Number, string, []any or members
}

// maxDepth is more than the shape needs.
const maxDepth = 16

// parse reads one JSON document.
func parse(b []byte) (any, error) {
	if !utf8.Valid(b) {
		return nil, data.Invalid("", "this is not valid UTF-8 text: save the file as UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(b, &whole); err != nil {
		at := len(b)
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			at = min(max(int(syntax.Offset)-1, 0), len(b))
		}
		line := 1 + bytes.Count(b[:at], []byte("\n"))
		column := 1 + utf8.RuneCount(b[bytes.LastIndexByte(b[:at], '\n')+1:at])
		return nil, data.Invalid("", fmt.Sprintf("line %d, column %d: %v: facts are one JSON object, with nothing after it", line, column, err))
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	return tree(dec, 0)
}

// tree reads one value.
func tree(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, data.Invalid("", fmt.Sprintf("this is nested deeper than %d levels, which facts never are", maxDepth))
	}
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := tree(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = dec.Token()
		return list, err
	case json.Delim('{'):
		object := members{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := tree(dec, depth+1)
			if err != nil {
				return nil, err
			}
			object = append(object, member{fmt.Sprint(name), v})
		}
		_, err = dec.Token()
		return object, err
	}
	return t, nil
}
