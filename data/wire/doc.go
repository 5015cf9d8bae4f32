// Package wire writes the nouns in the formats that others read: our own JSON, Statuspage v2 objects, iCalendar. It is pure:
// values in, values ready for encoding/json or finished text out. Additive changes only.
package wire
