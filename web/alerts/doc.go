// Package alerts knows what becomes of alerts that monitoring systems outside send: it reads their messages, matches them
// with the rules of the configuration, and says what an incident is to be told. It is pure: no store, no clock, no network;
// web/api does what it says.
//
//	body ─▶ Said          what a message says of each alert                       message.go, hook.go
//	     ─▶ Hear          is it news: began, ended, changed; or a repeat, or late  hear.go
//	     ─▶ Rules.Match   rule, group, components and levels of what began         rule.go
//	     ─▶ Case.Plan     open, join, let go, resolve, reopen, or only note        plan.go
//
// # What may happen when
//
// Upwards (open, join, raise, reopen) only alerts that have just begun move anything, in the transaction that first hears of
// them: a repeat, or an operator's undo, starts nothing anew. Downwards (let go, resolve) it is decided from what fires now,
// at every message and every minute, so that a missed step is made up for. A person's word is never overruled: what a person
// set stays, and where a person has spoken alerts only leave notes for operators.
//
// # Flapping
//
// An incident that alerts resolved is reopened by its next alert within BackWithin. Alerts say at most MaxWords things in
// public about one incident within an hour; after that it stays open until nothing has changed for QuietFor.
package alerts
