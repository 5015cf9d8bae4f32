package kind

import (
	"slices"
	"strings"
	"unicode"
)

// firstWords is how far into a text its state is looked for: a date, a time and a label.
const firstWords = 16

// The words by which a provider says how far along something is, in the languages of the page.
var (
	overWords = phrases(
		"resolved", "solved", "completed", "closed", "recovered", "mitigated", "all clear", "back to normal", "operating normally",
		"fully operational", "operational again", "now operational", "is operational", "are operational", "systems operational",
		"has been restored", "have been restored", "is restored", "been fixed", "is fixed",
		"behoben", "gelöst", "abgeschlossen", "erledigt", "beendet", "entwarnung", "wiederhergestellt",
		"løst", "utbedret", "rettet", "fullført", "gjenopprettet", "avsluttet", "afsluttet", "afhjulpet", "genoprettet",
		"löst", "åtgärdat", "åtgärdad", "åtgärdats", "avslutad", "avslutat", "återställd", "återställt",
		"opgelost", "verholpen", "afgerond", "hersteld", "voltooid",
		"korjattu", "ratkaistu", "päättynyt", "valmis",
	)
	openWords = phrases(
		"investigating", "identified", "monitoring", "in progress", "verifying", "scheduled", "ongoing", "degraded", "started",
	)
	// notYet stand shortly before a word that is not meant so: not yet resolved, will be resolved, wird behoben.
	notYet = []string{
		"not", "never", "yet", "until", "once", "when", "will", "be", "being", "to", "partially", "partly", "cannot", "hasn't", "isn't", "aren't",
		"nicht", "noch", "wird", "werden", "bis", "teilweise", "ikke", "delvis", "blir", "inte", "ännu", "niet", "nog", "wordt", "deels", "ei",
	}
)

func phrases(all ...string) (out [][]string) {
	for _, p := range all {
		out = append(out, strings.Fields(p))
	}
	return out
}

// saysOver says whether the first words of a text tell that something is over: the first of them that names a state decides.
func saysOver(text string) bool {
	words := firstOf(text, firstWords)
	for i := range words {
		switch {
		case starts(words[i:], openWords):
			return false
		case starts(words[i:], overWords) && !slices.ContainsFunc(words[max(0, i-3):i], func(w string) bool { return slices.Contains(notYet, w) }):
			return true
		}
	}
	return false
}

// starts says whether words begin with one of the phrases.
func starts(words []string, all [][]string) bool {
	return slices.ContainsFunc(all, func(p []string) bool { return len(words) >= len(p) && slices.Equal(words[:len(p)], p) })
}

// firstOf is the first n words of a text, in lower case and without signs around them.
func firstOf(text string, n int) (words []string) {
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' }) {
		words = append(words, strings.ToLower(strings.ReplaceAll(w, "’", "'")))
		if len(words) == n {
			break
		}
	}
	return words
}
