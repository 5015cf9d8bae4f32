package i18n

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
)

// files are words/*.json, compressed: they are 200 KB of the program otherwise. `go test ./data/i18n -run Compressed -update`
// writes them.
//
//go:embed words/*.json.gz
var files embed.FS

// read returns what was compressed of a language.
func read(l Lang) ([]byte, error) {
	small, err := files.Open("words/" + string(l) + ".json.gz")
	if err != nil {
		return nil, err
	}
	defer small.Close()
	text, err := gzip.NewReader(small)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(text)
}

// words holds each language's texts, decoded on first use.
var words = func() map[Lang]func() map[string]string {
	m := make(map[Lang]func() map[string]string, len(Langs))
	for _, l := range Langs {
		m[l] = sync.OnceValue(func() map[string]string {
			text, err := read(l)
			var w map[string]string
			if err == nil {
				err = json.Unmarshal(text, &w)
			}
			if err != nil {
				// The files are part of the binary and tested: this cannot happen to a user.
				panic(fmt.Sprintf("i18n: reading the words of %s: %v", l, err))
			}
			return w
		})
	}
	return m
}()

// Keys returns all keys in ascending order.
func Keys() []string { return slices.Sorted(maps.Keys(words[EN]())) }

// Lookup returns the raw text of a key, placeholders and all, in lang, else in English. It is for keys made from data
// ("category." + slug): false means that there is no such text, and the caller has something better to show.
func Lookup(lang Lang, key string) (string, bool) {
	if text, ok := words[lang.Known()]()[key]; ok {
		return text, true
	}
	text, ok := words[EN]()[key]
	return text, ok
}

// T returns the text of key in lang with its placeholders filled in from pairs of name and value:
//
//	T(SV, "ui.downtime", "duration", "30 minuter")
//
// Values are inserted as they are and never read again: a value that itself contains "{url}" stays literal. T does
// not escape; HTML is the template's business. An unknown key panics in a test binary; in production it gives the key
// itself, so that a page is never lost for a word.
func T(lang Lang, key string, pairs ...string) string {
	text, ok := Lookup(lang, key)
	if !ok {
		complain("no text has the key %q: add it to words/*.json", key)
		return key
	}
	if len(pairs) == 0 {
		return text
	}
	if len(pairs)%2 != 0 {
		complain("T(%q): %d names and values: they come in pairs", key, len(pairs))
	}
	return Fill(text, func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	})
}

// complain panics in a test binary and is silent elsewhere: a programmer must see what a visitor must not.
func complain(format string, args ...any) {
	if flag.Lookup("test.v") != nil {
		panic("i18n: " + fmt.Sprintf(format, args...))
	}
}

// Fill replaces every placeholder "{name}" in text for which value answers true. Other placeholders and lone braces
// stay as they are, and what is inserted is not searched again.
func Fill(text string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, name, after, found := cutPlaceholder(text)
		if !found {
			break
		}
		b.WriteString(before)
		if v, ok := value(name); ok {
			b.WriteString(v)
		} else {
			b.WriteString(text[len(before) : len(text)-len(after)])
		}
		text = after
	}
	if b.Len() == 0 {
		return text
	}
	b.WriteString(text)
	return b.String()
}

// Placeholders returns the names of the placeholders in text, in order, repeated as often as they stand there.
func Placeholders(text string) []string {
	var names []string
	for {
		_, name, after, found := cutPlaceholder(text)
		if !found {
			return names
		}
		names, text = append(names, name), after
	}
}

// cutPlaceholder cuts text around its first "{name}", where a name is made of a-z, 0-9 and underscores.
func cutPlaceholder(text string) (before, name, after string, found bool) {
	for from := 0; ; {
		open := strings.IndexByte(text[from:], '{')
		if open < 0 {
			return text, "", "", false
		}
		open += from
		end := open + 1
		for end < len(text) && (text[end] >= 'a' && text[end] <= 'z' || text[end] >= '0' && text[end] <= '9' || text[end] == '_') {
			end++
		}
		if end > open+1 && end < len(text) && text[end] == '}' {
			return text[:open], text[open+1 : end], text[end+1:], true
		}
		from = end
	}
}
