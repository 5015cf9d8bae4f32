// Package config reads the one file that a company writes: its page, its catalogue, its schedule, its probes and whom it
// must tell. It is strict, and it is patient: every fault is reported at once, each as
//
//	file:line:column: what is wrong, and the way out
//
//	cfg, err := config.Load("statusd.yaml", config.Options{CheckProbe: kind.Check}) // err is Faults if the file is to blame
//	cfg, err := config.Default(config.Options{})                                      // what the binary carries
//	err := cfg.Apply(ctx, store, now)                                                 // the nouns, in one transaction
//
// # From text to nouns
//
//	bytes ─▶ source     one document of at most 1 MiB as YAML nodes; keys twice, too many aliases          source.go
//	      ─▶ merge      what the file leaves out comes from the embedded default.yaml                       source.go
//	      ─▶ file       nodes into the structs of file.go by their tags; unknown keys, wrong types          decode.go
//	      ─▶ Config     rules that need more than one value: references, zones, recurrences, secrets        check.go …
//	      ─▶ store      compared, versioned, retired; nothing is written where nothing changed              apply.go
//
// The structs of file.go are the only description of the format. Decoding, the schema for editors and the reference in
// docs are all made from their tags.
//
// # What a file leaves out
//
// A file stands on the embedded default. A section that is a list (components, maintenance, probes, …) replaces the default's
// list whole; a section that is a mapping (page, notices, log) is filled key by key. If a list that is replaced is needed by
// a default list that is not, the fault stands at the list that was given, because that is what the reader can change.
//
// # Why the decoder is our own
//
// The YAML library decodes strictly too, but says neither the column of an unknown key nor "did you mean", takes
// 2026-01-02 for an instant, and gives up a struct at its first fault of some kinds. Walking the nodes against the structs
// is a page of code and lets every later check find its place by the same path.
package config
