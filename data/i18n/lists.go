package i18n

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// List joins items in words: "A", "A and B", "A, B and C". No items give "".
func List(lang Lang, items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], ", ") + " " + T(lang, "list.and") + " " + items[n-1]
	}
}

// JoinCategories names the maintenance categories with these keys ("system", "microsoft") as one: "System maintenance
// and Microsoft security updates". Names after the first begin with a small letter, except in German and except proper
// names. A key without a text of its own is a category of the operator's and stands as it is.
func JoinCategories(lang Lang, keys []string) string {
	names := make([]string, len(keys))
	for i, key := range keys {
		name, ok := Lookup(lang, "category."+key)
		switch {
		case !ok:
			names[i] = key
		case i > 0 && lang.Known() != DE:
			names[i] = inSentence(name)
		default:
			names[i] = name
		}
	}
	return List(lang, names)
}

// properName begins the category names that keep their capital inside a sentence, in whatever case of declension.
const properName = "Microsoft"

// inSentence gives a name its small first letter, unless it begins with a proper name or an abbreviation.
func inSentence(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	second, _ := utf8.DecodeRuneInString(name[size:])
	if strings.HasPrefix(name, properName) || unicode.IsUpper(second) {
		return name
	}
	return string(unicode.ToLower(first)) + name[size:]
}

// Capital returns text with a capital first letter, for a month or weekday that stands alone as a heading.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 || first == utf8.RuneError {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
