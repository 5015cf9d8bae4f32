// Package bolt keeps the nouns of package data in one bbolt file.
//
// bbolt orders and commits; it does not notice a changed byte in a value, an old file in a new program, or a file that
// was emptied. This package adds that:
//
//   - every record carries a CRC-32C over its table, key and content, and the version of its schema (envelope.go);
//   - a marker file beside the database remembers that there was data, so that an empty or missing file is an error and
//     not a new beginning (open.go);
//   - a damaged header, of which bbolt keeps two and silently uses the older, is an error too (metas.go);
//   - every page is gone through before bbolt sees it, since bbolt believes what a page says, and a damaged one can end the
//     process, or be given out twice (pages.go);
//   - a panic out of bbolt, which is how a page shows itself that was damaged since, becomes an error that wraps data.ErrDamaged,
//     and out of a commit leaves the store read-only too;
//   - an error from commit wraps data.ErrUnknown, because bbolt may keep the transaction all the same when only its meta
//     page could not be synced. The file is then closed and opened again before the next write; a second such error
//     within ten minutes leaves the store read-only.
//
// A copy is taken while others write (copy.go), checked in full (check.go), and put in a database's place written anew
// (renew.go).
//
// One process opens a file at a time. Many goroutines may use the Store; one writes at a time.
package bolt
