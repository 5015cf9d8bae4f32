// Package ledger works out how much of a calendar month a service was up, under three definitions at once, from a list of
// facts that fits on a page. It reads no clock, store or sample: a month is a handful of rows, however often was probed.
//
// For the command line: ReadFacts, Facts.Report. For the service: FromRecords, Records.Rows, Days, Months.
//
// # The definition, in plain words
//
// A month is a calendar month on the clock of a zone, counted in seconds; March of Oslo has 3,600 fewer and October
// 3,600 more. Uptime is (seconds of the month - seconds of downtime) / seconds of the month (U2). The whole month is the
// denominator: maintenance is taken out of the downtime, never out of the month.
//
// Downtime comes from recorded outages only. An outage counts when customers could not read, or could not write, or
// neither (U3, A-15). One that was merely degraded never counts (U11).
//
//	            whose fault counts                  counted from                 carried-out maintenance excludes
//	contract    the provider's (U7, U12)            max(start, min(aware,        all of it (U4, U5)
//	                                                reported)) (U9)
//	strict      the provider's                      the true start               only what was announced >= 24 h before
//	observed    everybody's but the customer's own  the true start               nothing
//	            and services excluded by terms
//
// Carried out means completed, in progress or verifying. Reserved, scheduled, held, lapsed, withdrawn and cancelled windows
// exclude nothing. The 24 hours are elapsed time from announcement to the start of the entry; time added to a window later
// is an entry of its own. So observed >= strict >= contract, always.
//
// # The order of operations
//
//  1. Each outage becomes the span that the policy counts of it, [start, end).
//  2. For each pair of a component and a cohort: the spans of the outages that concern the pair, less the spans of the
//     windows that concern the pair and that the policy accepts.
//  3. The union of what is left over all pairs: the time in which any cohort of any component was down. Nothing is
//     counted twice, and a window never excuses more than its own component and cohort.
//  4. That union, cut to the month, in whole seconds.
//
// A report on one component or one cohort does the same with the pairs of that one.
//
// # Readings that we took
//
//   - An entry without component or cohort concerns all of them. Since facts do not list what exists, "all" is each one that
//     the facts name and one more for the rest: a window on crm-read takes only crm-read out of an outage of everything.
//     The cohort slug "rest" is that remainder itself, where another cohort is named beside it (M3): windows for pilot and
//     for rest together cover everybody. Cohorts are taken as sets that share no customer.
//   - An instant within a second belongs to that second: fractions are cut from starts and ends alike, before anything is
//     summed. So every sum is exact, and every figure can be checked second by second. The 24 hours of notice are
//     compared uncut.
//   - An entry without end goes on: to the end of the month, or to as_of, the instant a running month was looked at. A
//     running month keeps the whole month as denominator; what is still to come counts as up.
//   - Time that nobody watched is neither up nor down by itself (U15): unobserved seconds are the union of the gaps, cut to
//     the month, and coverage is the share of the rest. Of a running month only the seconds until as_of are reckoned, in
//     both parts of that share: nobody has watched what is still to come. Downtime is what the outage record says,
//     watched or not, so an outage that spans a gap counts and the gap is still a gap.
//   - The allowance is (1 - target) x seconds of the month as an exact fraction, cut to a second. Downtime being whole
//     seconds, "downtime <= allowance" is the exact comparison: 99.8 % is met, one second more is not (U1).
//   - Whether the target was met is known only if it does not depend on time that nobody watched (U15): met means that it would
//     be met with every such second down, not met that it was missed without. Between these it is unknown (Verdict).
//   - A sheet's rows add up: Stretches join outages that lie over each other, and a second that maintenance took out is given
//     to one window.
//   - Percentages are cut, never rounded (U15): 100.00 appears only when downtime is zero.
//
// # From records to facts
//
// Outages come as corrected, of committed components only. The excluded span of an occurrence is its window, and ends
// early where people completed it early (U4: "really carried out"); an early begin or late end excludes nothing beyond the
// window. Its phase is the one due now, so a report from a file whose service sleeps is the same. A standing notice (M6,
// A-7) is written as announced 24 h before its start. Time added by the latest change of a window with short notice is an
// entry of its own, announced when that change was told, or never if no update tells it.
//
// Gaps come from the marks of probes, per component. A component is unobserved before its first mark, whenever none of its
// probes sees, and altogether where it never had one; a retired one has no gaps after its last mark.
package ledger
