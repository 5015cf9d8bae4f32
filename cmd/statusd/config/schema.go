package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
)

// Schema returns the JSON schema (2020-12) of a configuration file, made from the structs that decode it: what editors
// complete and underline. It knows keys, types and words; the rules that need more than one value are Parse's.
func Schema() ([]byte, error) {
	root := objectSchema(reflect.TypeFor[file]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://github.com/superoffice/statusd/docs/statusd.schema.json"
	root["title"] = "Configuration of statusd"
	root["description"] = "Every section is optional: what is left out comes from the default that the binary carries."
	root["type"] = []string{"object", "null"} // an empty file is the default
	defs := map[string]any{}
	defs["text"] = map[string]any{
		"description": "A text, which is English, or a text per language.",
		"oneOf": []any{
			map[string]any{"type": "string", "minLength": 1, "maxLength": maxText},
			wordsSchema(),
		},
	}
	defs["span"] = map[string]any{
		"description": "An elapsed time: a number with d, h, m, s or ms.",
		"type":        "string", "pattern": spanPattern, "minLength": 2, "examples": []string{"30s", "90m", "72h", "400d"},
	}
	root["$defs"] = defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func wordsSchema() map[string]any {
	languages := map[string]any{}
	for _, l := range langs() {
		languages[l] = map[string]any{"type": "string", "minLength": 1, "maxLength": maxText}
	}
	return map[string]any{"type": "object", "properties": languages, "required": []string{"en"}, "additionalProperties": false}
}

func objectSchema(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, f := range fieldsOf(t) {
		properties[f.key] = fieldSchema(f)
		if f.required {
			required = append(required, f.key)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func fieldSchema(f field) map[string]any {
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	out := valueSchema(t, f)
	out["description"] = f.doc
	if f.def != "" && f.def != "page.zone" && t.Kind() == reflect.String {
		out["default"] = f.def
	}
	if f.example != "" && t.Kind() != reflect.Struct {
		out["examples"] = []any{exampleOf(t, f.example)}
	}
	return out
}

func exampleOf(t reflect.Type, text string) any {
	switch t.Kind() {
	case reflect.Int:
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	case reflect.Slice:
		return []any{exampleOf(t.Elem(), text)}
	}
	return text
}

func valueSchema(t reflect.Type, f field) map[string]any {
	switch t {
	case reflect.TypeFor[text]():
		return map[string]any{"$ref": "#/$defs/text"}
	case reflect.TypeFor[span]():
		return map[string]any{"$ref": "#/$defs/span"}
	case reflect.TypeFor[number]():
		return map[string]any{"type": []string{"string", "number"}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return objectSchema(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": valueSchema(t.Elem(), f)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	}
	out := map[string]any{"type": "string", "minLength": 1, "maxLength": maxText}
	if len(f.enum) > 0 {
		out["enum"] = f.enum
	}
	return out
}
