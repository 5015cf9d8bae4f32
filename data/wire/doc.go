// Package wire writes the nouns in the formats that others read: our own JSON, Statuspage v2 objects. It is pure: values
// in, values ready for encoding/json out. Additive changes only.
package wire
