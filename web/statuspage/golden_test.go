package statuspage_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/superoffice/statusd/web/page"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// TestGolden compares whole documents, indented for reading, with those in testdata.
func TestGolden(t *testing.T) {
	for name, paths := range map[string][]string{
		"calm":        {"summary.json", "components.json", "status.json", "incidents.json"},
		"bad":         {"summary.json", "incidents.json", "incidents/aaaabbbbcccc.json"},
		"maintenance": {"summary.json", "scheduled-maintenances.json"},
	} {
		docs := render(t, situations[name]())
		for _, path := range paths {
			d, ok := docs[page.Place{Path: "/api/v2/" + path}]
			if !ok {
				t.Fatalf("%s: there is no %s", name, path)
			}
			var got bytes.Buffer
			if err := json.Indent(&got, d.Body, "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			file := filepath.Join("testdata", name+"_"+filepath.Base(path))
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s of %s differs from %s; look at it, then run with -update:\n%s", path, name, file, got.String())
			}
		}
	}
}
