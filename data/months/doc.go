// Package months keeps the months of the ledger: what a month's figure rests on, now or as it was settled.
//
// While a month runs, and for Book.Settling after its end, its facts are what the records say (package ledger). Then it is
// settled: facts, outages with every correction, its author and reason, and the components that counted are written down for
// ever (data.Month, C4), and from then on that is where its figure comes from, whatever becomes of configuration or records.
//
// A correction that is made later does not change what was settled. It makes a revision beside it, in the transaction of the
// correction, and the page lists the month as restated. All revisions of all months form one chain of hashes in the order in
// which they were written, so that a month that was changed behind our back is found (Verify).
//
//	Book.Statement   facts of a month as they count now; page, API, badge, metrics, mail and report all take them from here
//	Kept.Sheet       a month as one would show it: figures, how they came about, revisions, last days to report; WriteCSV prints it
//	YearOf           the months of a year, in seconds
//	Book.Due         which months are to be settled
//	Book.Settle      settles one
//	Book.Revise      makes the revisions that a correction calls for
//
// A settled month that is not as it was written has no figure (Settled, Kept.Withheld): whoever asks learns the way out, and the other
// months stay. Every read hashes the revisions that it reads, which takes a fraction of decoding them; the page reads them only
// when the head of the chain moves. A record that somebody changed together with its hash is found by Verify alone.
//
// The strict figure is for operators (U5): what the public gets as JSON is a Public.
//
// Everything works inside a transaction of the caller and reads no clock.
package months
