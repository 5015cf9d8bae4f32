package admin

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"sync"
)

// compressed is what lies in html, as a JSON object by file name: it would be 118 KB of the program otherwise.
// `go test ./web/admin -run Compressed -update` writes it.
//
//go:embed html.json.gz
var compressed []byte

// files are the templates, the style and the script, by name.
var files = sync.OnceValue(func() map[string]string {
	var all map[string]string
	text, err := gzip.NewReader(bytes.NewReader(compressed))
	if err == nil {
		err = json.NewDecoder(text).Decode(&all)
	}
	if err != nil {
		panic(err) // it is embedded
	}
	return all
})
