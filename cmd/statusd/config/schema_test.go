package config

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

var update = flag.Bool("update", false, "rewrite the generated files in docs")

const (
	schemaFile    = "../../../docs/statusd.schema.json"
	referenceFile = "../../../docs/configuration.md"
)

// golden compares a generated file with what is committed.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code makes: run go test ./cmd/statusd/config -update, and look at the difference", name)
	}
}

func TestSchemaIsCommitted(t *testing.T) {
	got, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, schemaFile, got)
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("statusd.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("statusd.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain is what an editor sees of a YAML file: YAML 1.2, where a date is text.
func plain(t *testing.T, src []byte) any {
	t.Helper()
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := loader.Load(&doc); errors.Is(err, io.EOF) {
		return nil // nothing but comments
	} else if err != nil {
		t.Fatal(err)
	}
	var convert func(n *yaml.Node) any
	convert = func(n *yaml.Node) any {
		n = resolve(n)
		switch {
		case n.Kind == yaml.DocumentNode:
			return convert(n.Content[0])
		case n.Kind == yaml.MappingNode:
			m := map[string]any{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				m[n.Content[i].Value] = convert(n.Content[i+1])
			}
			return m
		case n.Kind == yaml.SequenceNode:
			list := []any{}
			for _, c := range n.Content {
				list = append(list, convert(c))
			}
			return list
		case n.Tag == "!!int", n.Tag == "!!float", n.Tag == "!!bool", n.Tag == "!!null":
			var v any
			if err := n.Decode(&v); err != nil {
				t.Fatal(err)
			}
			return v
		}
		return n.Value
	}
	return convert(&doc)
}

func TestSchemaFitsGoodFiles(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	files, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, name := range append(files, "default.yaml") {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(t, src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExampleOfTheReference(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(src), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the reference has no example")
	}
	if err := compiled(t).Validate(plain(t, []byte(example))); err != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mailgun.key"), []byte("key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Parse(filepath.Join(dir, "statusd.yaml"), []byte(example), options()); err != nil || len(c.Warnings) > 0 {
		t.Errorf("%v", err)
	}
}

// What one value alone can show is wrong, an editor underlines.
func TestSchemaRefusesBadFiles(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for _, name := range []string{"alarms_keys", "alerts_keys", "unknown_key", "wrong_type", "entry_type", "missing_keys", "enum", "text", "page_more", "spans", "contacts", "mail_keys", "sign_in_keys", "tls_keys"} {
		src, err := os.ReadFile("testdata/bad/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(t, src)); err == nil {
			t.Errorf("%s fits the schema", name)
		}
	}
}

func TestDefaultNamesItsSchema(t *testing.T) {
	t.Parallel()
	first, _, _ := strings.Cut(string(DefaultSource()), "\n")
	name, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
	if _, err := os.Stat(name); !ok || err != nil {
		t.Errorf("the first line %q: %v", first, err)
	}
}

// Every key has an explanation, and the words of a key are those of the code it stands for.
func TestTags(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		for i, f := range fieldsOf(typ) {
			if f.key == "" || !strings.HasSuffix(f.doc, ".") || strings.Contains(f.doc, "|") {
				t.Errorf("%s.%s: key %q, doc %q", typ, typ.Field(i).Name, f.key, f.doc)
			}
			if f.key == "language" || f.key == "languages" {
				if !slices.Equal(f.enum, langs()) {
					t.Errorf("%s knows %v, and the code speaks %v", f.key, f.enum, langs())
				}
			}
			inner := f.typ
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				walk(inner)
			}
		}
	}
	walk(reflect.TypeFor[file]())
	if len(seen) != 34 {
		t.Errorf("%d structs were seen", len(seen))
	}
}

// marker is where the hand-written part of the reference ends.
const marker = "<!-- generated from here on: go test ./cmd/statusd/config -update -->\n"

func TestReferenceIsCommitted(t *testing.T) {
	src, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(src), marker)
	if !ok {
		t.Fatalf("%s has lost its marker", referenceFile)
	}
	var b strings.Builder
	b.WriteString(head + marker)
	b.WriteString("\n## Sections\n")
	table(&b, fieldsOf(reflect.TypeFor[file]()))
	for _, f := range fieldsOf(reflect.TypeFor[file]()) {
		section(&b, f.key, f)
	}
	golden(t, referenceFile, []byte(b.String()))
}

func section(b *strings.Builder, name string, f field) {
	typ := f.typ
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n%s\n", name, f.doc)
	table(b, fieldsOf(typ))
	for _, inner := range fieldsOf(typ) {
		section(b, name+"."+inner.key, inner)
	}
}

func table(b *strings.Builder, fields []field) {
	b.WriteString("\n| key | value | meaning |\n|---|---|---|\n")
	for _, f := range fields {
		meaning := f.doc
		if len(f.enum) > 0 {
			meaning += " One of `" + strings.Join(f.enum, "`, `") + "`."
		}
		if f.def != "" {
			meaning += " Default: `" + f.def + "`."
		}
		if f.example != "" {
			meaning += " Example: `" + f.example + "`."
		}
		key := "`" + f.key + "`"
		if f.required {
			key += " (needed)"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", key, valueName(f.typ), meaning)
	}
}

func valueName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[text]():
		return "text, or a text per language"
	case reflect.TypeFor[span]():
		return "time"
	case reflect.TypeFor[number]():
		return "number"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return valueName(t.Elem())
	case reflect.Struct:
		return "mapping"
	case reflect.Slice:
		return "list of " + strings.TrimSuffix(valueName(t.Elem()), "s") + "s"
	case reflect.Map:
		return "mapping of texts"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "whole number"
	}
	return "text"
}
