package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/probes/kind"
)

// options are those of the binary, with an environment of the test's own.
func options() Options {
	env := map[string]string{"STATUSD_TEST_KEY": secretInTest}
	return Options{CheckProbe: kind.Check, Getenv: func(name string) string { return env[name] }, Now: func() time.Time { return today }}
}

// today is when the configurations of the tests are looked at.
var today = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const secretInTest = "key-0123456789abcdef-secret"

// want is one expected fault: a place and a part of the message.
type want struct {
	line, column int // column 0: any
	text         string
}

var wantForm = regexp.MustCompile(`^(?:want ?([0-9]*): )?(.*)$`)

// wants reads the comments of a bad file. In a line, "# want COLUMN: part of the message", and " ;; " before another.
func wants(src string) []want {
	var out []want
	for i, line := range strings.Split(src, "\n") {
		_, comment, ok := strings.Cut(line, "# want")
		if !ok {
			continue
		}
		for _, part := range strings.Split("want"+comment, " ;; ") {
			m := wantForm.FindStringSubmatch(part)
			column, _ := strconv.Atoi(m[1])
			out = append(out, want{i + 1, column, m[2]})
		}
	}
	return out
}

func (w want) fits(f Fault) bool {
	if f.Line != w.line || w.column != 0 && f.Column != w.column {
		return false
	}
	rest := f.Message
	for _, part := range strings.Split(w.text, " ... ") {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			return false
		}
		rest = after
	}
	return true
}

func TestEveryFaultAtItsPlace(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod("testdata/bad/open.key", 0o644); err != nil {
				t.Fatal(err)
			}
			_, err = Load(name, options())
			faults, ok := err.(Faults)
			if !ok {
				t.Fatalf("Load(%s): %v, want Faults", name, err)
			}
			expected := wants(string(src))
			if len(expected) == 0 {
				t.Fatal("the file names no fault")
			}
			for _, w := range expected {
				found := false
				for _, f := range faults {
					found = found || w.fits(f)
				}
				if !found {
					t.Errorf("no fault %d:%d %q", w.line, w.column, w.text)
				}
			}
			for _, f := range faults {
				found := f.File != name
				for _, w := range expected {
					found = found || w.fits(f)
				}
				if !found || f.File != name {
					t.Errorf("unexpected: %s", f)
				}
			}
		})
	}
}

func TestFaultsOfTheWholeFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, src, want string }{
		{"too large", "# " + strings.Repeat("x", maxBytes), "x.yaml: the file has 1048578 bytes: a configuration has at most 1048576"},
		{"not UTF-8", "page:\n  name: Sm\xf8rbr\xf8d\n", "x.yaml:2:11: this byte is not UTF-8 text"},
		{"aliases without end", "references: &a [" + strings.Repeat("x,", 1000) + "]\ncomponents:\n" + strings.Repeat("  - {id: a, name: A, commitment: info, group: a, x: *a}\n", 3) +
			"contacts:\n" + strings.Repeat("  - {address: a@example.com, components: *a}\n", 110), "more than 100000 values"},
		{"an alias inside itself", "page: &a {name: *a}\n", "name must be a single value"},
		{"an unknown alias", "page: *nobody\n", "this is not YAML"},
		{"too many entries", "groups:\n" + strings.Repeat("- {id: a, name: A}\n", maxEntries+1), "x.yaml:2:1: groups has 1001 entries: at most 1000"},
		{"too many faults", "contacts:\n" + strings.Repeat("- {a: 1}\n", 900), "x.yaml: there may be more: these are the first 500"},
		{"deep", strings.Repeat("[", 20000), "this is not YAML"},
	} {
		_, err := Parse("x.yaml", []byte(tt.src), options())
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "default.yaml") {
			t.Errorf("%s: got %.300v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestFaultsAreSortedAndSaidOnce(t *testing.T) {
	t.Parallel()
	_, err := Parse("x.yaml", []byte("listen: a\nzzz: 1\nlog: {level: loud, format: xml}\nadmin_listen: b\n"), options())
	want := `x.yaml:1:9: "a" is no address: use host:port, such as 127.0.0.1:8080, with a port from 0 to 65535
x.yaml:2:1: the file has no key "zzz": `
	if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Count(err.Error(), "\n") != 4 {
		t.Errorf("got %v", err)
	}
}

func TestLoadSaysWhatItCannotOpen(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"testdata/nowhere.yaml": "nowhere.yaml: no such file", "testdata": "testdata is a directory: name the file in it"} {
		if _, err := Load(name, options()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load(%s): %v, want %q", name, err, want)
		}
	}
}
