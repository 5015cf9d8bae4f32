package banner

import (
	"bytes"
	"encoding/json"
	"html"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The guide names what the script has: its hash and its attributes; and its example of a message is one.
func TestGuide(t *testing.T) {
	b, err := os.ReadFile("../../docs/banner.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(b)
	hashes := regexp.MustCompile(`integrity(?:="| = ')([^"']+)["']`).FindAllStringSubmatch(guide, -1)
	if len(hashes) != 3 {
		t.Errorf("%d elements have a hash, want 3", len(hashes))
	}
	for _, h := range hashes {
		if html.UnescapeString(h[1]) != Scripts[0].Integrity {
			t.Errorf("the guide names %s, the script has %s", h[1], Scripts[0].Integrity)
		}
	}
	list := func(from, pattern string) []string {
		var all []string
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(from, -1) {
			all = append(all, strings.ToLower(m[1]))
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	script := list(string(Scripts[0].body), `(?:say\('|hasAttribute\('data-|dataset\.)([a-z]+)`)
	script = slices.Compact(slices.Sorted(slices.Values(append(script, list(string(Scripts[0].body), `\['([a-z]+)', 'lang', 'environment'\]`)...))))
	script = append(script, "environment")
	slices.Sort(script)
	if told := list(guide, "(?m)^\\| `data-([a-z]+)` \\|"); !slices.Equal(told, script) {
		t.Errorf("the guide explains %v, the script reads %v", told, script)
	}
	example := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(guide)
	var message pushBody
	d := json.NewDecoder(bytes.NewReader([]byte(example[1])))
	d.DisallowUnknownFields()
	if err := d.Decode(&message); err != nil || message.Type != "banners" || len(message.Data.Answers[1].Banners) != 1 {
		t.Errorf("the example of a message: %v, %+v", err, message)
	}
	for address := range forms {
		if !strings.Contains(guide, address) {
			t.Errorf("the guide does not tell of %s", address)
		}
	}
}
