package ui

// Ready says in which codings d is compressed already.
func (d *Doc) Ready() (gzip, zstd bool) { return d.gzip.made.Load(), d.zstd.made.Load() }
