package config

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzParse: whatever the text, Parse ends, without a panic, in a configuration that prints and reads back or in faults
// that each have a message.
func FuzzParse(f *testing.F) {
	for _, glob := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			src, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("%YAML 1.1\n---\n? {a: b}\n: c\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src []byte) {
		o := options()
		o.CheckProbe = nil // it reads files
		c, err := Parse(filepath.Join(dir, "x.yaml"), src, o)
		if err != nil {
			faults, ok := err.(Faults)
			if !ok || len(faults) == 0 {
				t.Fatalf("not Faults: %v", err)
			}
			for _, fault := range faults {
				if fault.Message == "" || fault.File == "" || fault.Line < 0 || fault.Column < 0 {
					t.Errorf("a fault without a place or words: %#v", fault)
				}
			}
			return
		}
		text, err := c.Print()
		if err != nil {
			t.Fatalf("printing: %v", err)
		}
		if _, err := Parse(filepath.Join(dir, "x.yaml"), text, o); err != nil {
			t.Errorf("printed and read again:\n%v\n%s", err, text)
		}
	})
}
