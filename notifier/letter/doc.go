// Package letter writes what people are told: from the facts of a bulletin, a language and a zone to the subject, text
// and HTML of a mail, and to the one sentence that page, login screen and mail show as the banner. One place writes
// them all, so that they cannot disagree.
//
// It is pure: no clock, no store, no network. It takes plain values and imports only data/i18n.
//
// # How a letter comes about
//
// The words lie in data/i18n under mail.<kind>.subject and mail.<kind>.body, banner.<kind> and line.*. A body is plain
// text in a fixed form: blocks between empty lines, and in a block one paragraph or one "Label: {fact}" a line. The form
// is read before anything is filled in, so a hostile title can look like a label but never becomes one; text and HTML
// are two renderings of what was read. Three rules keep sentences whole when a fact is not known:
//
//   - a line of a mail, or a sentence of a banner, whose placeholder has no value is left out;
//   - a time is never shortened; where a banner would pass its limit, the title, the component list, the cohort and the
//     category are cut at a word, in that order;
//   - what people typed is cleaned of control and direction characters, then inserted once and never read again.
//
// For most uses [Write] makes the mail and [Banner] the banner. Both are safe for concurrent use.
package letter
