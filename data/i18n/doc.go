// Package i18n puts what the service says into seven languages: words, plurals, lists, dates, durations and
// percentages.
//
// Every text has a flat key (category.system, banner.planned, ui.history …) and lives in words/<language>.json, one
// file for each language, embedded in the binary. All files have the same keys, and one key has the same placeholders
// everywhere; the tests of this package hold that. A text is built from labels and ready-made parts ("{when}",
// "{expected}"), so that no language ever has to inflect what is put in.
//
//	i18n.T(i18n.NB, "ui.downtime", "duration", i18n.Duration(i18n.NB, 90*time.Minute)) // nedetid 1 time 30 minutter
//	i18n.When(i18n.EN, start, end, oslo) // Friday 16 January 2026, 00:00–06:00 (CET, UTC+1)
//
// For most uses [T] is the one to call with a key the program knows; [Lookup] with a key made from data, which may be
// missing. [When] and [At] are the only ways a span or a moment is written for people: with weekday, date, zone and
// offset, because "Friday night" and a bare "CET" are both misread.
//
// # Sources
//
// Plural rules and the names of weekdays and months come from go-playground/locales; word order, separators and the
// clock are our own (dates.go), since that library prints Finnish weekdays in another case than a date needs, a
// placeholder instead of the weekday in its long Finnish date, and "kl." inside a Swedish time.
//
// # Adding a language
//
// Add its file to words/, its line to langs in lang.go and its form to forms in dates.go; the tests name whatever is
// still missing.
//
// Everything here is pure and safe for concurrent use. A language's file is decoded when first asked for.
package i18n
