package admin

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "compress html/* anew")

// TestFilesAreCompressed: what the program carries is what the files for people say.
func TestFilesAreCompressed(t *testing.T) {
	names, err := filepath.Glob("html/*")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want[filepath.Base(name)] = string(b)
	}
	if !*update {
		if len(want) == 0 || !maps.Equal(files(), want) {
			t.Error("html.json.gz is not what lies in html: go test ./web/admin -run Compressed -update")
		}
		return
	}
	var small bytes.Buffer
	w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(w).Encode(want); err != nil { // names come in order
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("html.json.gz", small.Bytes(), 0o644); err != nil { //nolint:gosec // it is public
		t.Fatal(err)
	}
}
