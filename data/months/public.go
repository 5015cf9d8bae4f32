package months

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Public writes a Sheet or a Year as JSON for everybody: as it is, but without any member whose name begins with strict, since that
// figure is for operators (U5). It goes by the names, so that nothing that is added to either gets out by being forgotten here.
type Public struct{ Of any }

// MarshalJSON implements json.Marshaler.
func (p Public) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(p.Of)
	if err != nil {
		return nil, err
	}
	in := json.NewDecoder(bytes.NewReader(b))
	in.UseNumber()
	var out bytes.Buffer
	err = shared(in, &out)
	return out.Bytes(), err
}

// shared copies one value, in the order of its members.
func shared(in *json.Decoder, out *bytes.Buffer) error {
	t, err := in.Token()
	if err != nil {
		return err
	}
	open, ok := t.(json.Delim)
	if !ok {
		b, err := json.Marshal(t)
		out.Write(b)
		return err
	}
	out.WriteString(open.String())
	for first := true; in.More(); {
		name := ""
		if open == '{' {
			key, err := in.Token()
			if err != nil {
				return err
			}
			name = key.(string) //nolint:forcetypeassert // the decoder gives nothing else before a colon
		}
		to, strict := out, strings.HasPrefix(name, "strict")
		if strict {
			to = &bytes.Buffer{}
		} else if !first {
			out.WriteByte(',')
		}
		if open == '{' && !strict {
			b, err := json.Marshal(name)
			if err != nil {
				return err
			}
			out.Write(append(b, ':'))
		}
		if err := shared(in, to); err != nil {
			return err
		}
		first = first && strict
	}
	end, err := in.Token()
	if err == nil {
		out.WriteString(end.(json.Delim).String()) //nolint:forcetypeassert // what More ended at
	}
	return err
}
