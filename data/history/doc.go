// Package history reads packed samples back: what charts, debug views and monthly explanations show of them. The figure of a
// contract never comes from here: it comes from outages (data/ledger).
//
// For most uses: Read finds the blocks of one side of a probe, and Sum counts them into spans of time, such as Days or Hours
// of a zone, or the pixels of a chart.
//
//	blocks := history.Read(tx, "front", "", from, to)          // an empty place means all of them
//	days, err := history.Sum(blocks, history.Days(from, 90, zone))
//	days[0].Latency(0.95)
//
// # How percentiles come about
//
// A block keeps a latency as one of 128 codes whose distance is about 9 %, so a span is counted into 128 numbers and no latency
// is ever sorted: a percentile costs a walk over them, and summaries of several places, probes or spans are added up without
// loss. A percentile is the nearest rank, thus always a latency that was measured, within 5 %.
//
// # What counts
//
// A latency counts where there was an answer (operational or degraded) that took time: how long a failed run waited says how
// patient the probe is and nothing of its target. Samples without data were taken by an observer that saw nothing; they are
// counted apart and are in no share.
//
// Samples promise nothing. A damaged block is passed over and counted by the caller that wants to know: see Sum.
package history
