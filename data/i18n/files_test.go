package i18n

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "compress words/*.json anew")

// TestWordsAreCompressed: what the program carries is what the files for people say.
func TestWordsAreCompressed(t *testing.T) {
	for _, l := range Langs {
		want, err := os.ReadFile("words/" + string(l) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			var small bytes.Buffer
			w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(want); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile("words/"+string(l)+".json.gz", small.Bytes(), 0o644); err != nil { //nolint:gosec // it is public
				t.Fatal(err)
			}
			continue // what is embedded is older
		}
		if got, err := read(l); err != nil || !bytes.Equal(got, want) {
			t.Errorf("words/%s.json.gz is not words/%s.json (%v): go test ./data/i18n -run Compressed -update", l, l, err)
		}
	}
}
