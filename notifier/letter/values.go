package letter

import (
	"strings"
	"time"

	"github.com/superoffice/statusd/data/i18n"
)

// values are the ready-made parts by the name of their placeholder. A name with an empty part, or none, has no value.
type values map[string]string

// fill fills text in. It is never given a text with a placeholder that has no value; see whole.
func (v values) fill(text string) string {
	return i18n.Fill(text, func(name string) (string, bool) { return v[name], true })
}

// whole reports whether every placeholder of text has a value.
func (v values) whole(text string) bool {
	for _, name := range i18n.Placeholders(text) {
		if v[name] == "" {
			return false
		}
	}
	return true
}

// sentences fills in those sentences of text that are whole. Sentences end in ". " before a capital or a placeholder.
func (v values) sentences(text string) string {
	var told []string
	for text != "" {
		end := len(text)
		for i := 0; i+2 < len(text); i++ {
			if text[i] == '.' && text[i+1] == ' ' && !(text[i+2] >= 'a' && text[i+2] <= 'z') {
				end = i + 1
				break
			}
		}
		if v.whole(text[:end]) {
			sentence := v.fill(text[:end])
			if strings.HasSuffix(sentence, "….") {
				sentence = strings.TrimSuffix(sentence, ".") // what was cut needs no full stop
			}
			told = append(told, sentence)
		}
		text = strings.TrimPrefix(text[end:], " ")
	}
	return strings.Join(told, " ")
}

// parts makes the values of all placeholders that the facts have a value for.
func parts(f Facts) values {
	l := f.Lang
	components := make([]string, 0, len(f.Components))
	for _, c := range f.Components {
		if c = oneLine(c); c != "" {
			components = append(components, c)
		}
	}
	v := values{
		"product":         oneLine(f.Product),
		"category":        oneLine(i18n.JoinCategories(l, f.Categories)),
		"what":            explanation(l, f.Categories),
		"components":      strings.Join(components, ", "),
		"cohort":          cohort(l, f.Cohort),
		"expected":        expected(l, f.Expected),
		"url":             oneLine(f.URL),
		"unsubscribe_url": oneLine(f.UnsubscribeURL),
		"support":         oneLine(f.Support),
		"title":           oneLine(f.Title),
		"incident_status": label(l, "incident.", f.Phase),
		"impact":          label(l, "impact.", f.Impact),
		"body":            manyLines(f.Body),
		"start":           f.moment(f.Start, f.Zone),
		"end":             f.moment(f.End, f.Zone),
		"next_update":     f.moment(f.NextUpdate, f.Zone),
		"when":            f.span(f.Start, f.End, f.Zone),
		"old_when":        f.span(f.OldStart, f.OldEnd, f.Zone),
	}
	if short, ok := i18n.Lookup(l, "cohort.short_"+f.Cohort); ok {
		v["cohort_short"] = short
	}
	if !f.NextUpdate.IsZero() && i18n.Date(l, f.NextUpdate, f.Zone) == i18n.Date(l, f.End, f.Zone) {
		v["next_update_short"] = i18n.ClockPhrase(l, f.NextUpdate, f.Zone) // the day stands there already
	}
	if !f.Start.IsZero() {
		v["date"] = i18n.ShortDate(l, f.Start, f.Zone)
	}
	if !f.Start.IsZero() && f.End.After(f.Start) {
		v["duration"] = i18n.Duration(l, f.End.Sub(f.Start))
	}
	return v
}

// viewer writes the time behind the placeholder name in the reader's zone, or "" if that says nothing new.
func (f Facts) viewer(name string) string {
	if f.ReaderZone == nil {
		return ""
	}
	in := func(zone *time.Location) string {
		switch name {
		case "when":
			return f.span(f.Start, f.End, zone)
		case "start":
			return f.moment(f.Start, zone)
		case "end":
			return f.moment(f.End, zone)
		}
		return ""
	}
	if own := in(f.ReaderZone); own != in(f.Zone) {
		return own
	}
	return ""
}

func (f Facts) moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return i18n.At(f.Lang, t, zone, f.options()...)
}

func (f Facts) span(start, end time.Time, zone *time.Location) string {
	if start.IsZero() || end.IsZero() {
		return ""
	}
	return i18n.When(f.Lang, start, end, zone, f.options()...)
}

// options adds Finland's time to Finnish texts, unless the reader chose a zone and is told in that.
func (f Facts) options() []i18n.Option {
	if f.ReaderZone != nil {
		return nil
	}
	return []i18n.Option{i18n.FinnishTime}
}

// explanation joins the sentences that explain the categories; some have none.
func explanation(l i18n.Lang, categories []string) string {
	var told []string
	for _, key := range categories {
		if text, ok := i18n.Lookup(l, "what."+key); ok {
			told = append(told, text)
		}
	}
	return strings.Join(told, " ")
}

// cohort names a group; a group without words of ours has its own name.
func cohort(l i18n.Lang, key string) string {
	if key == "" {
		key = "all"
	}
	return label(l, "cohort.", key)
}

// label returns the words for a key, or the key itself where there are none.
func label(l i18n.Lang, prefix, key string) string {
	if text, ok := i18n.Lookup(l, prefix+key); ok {
		return text
	}
	return oneLine(key)
}

func expected(l i18n.Lang, d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < time.Minute:
		return i18n.T(l, "expected.seconds")
	}
	return i18n.T(l, "expected.up_to", "duration", i18n.Duration(l, d))
}
