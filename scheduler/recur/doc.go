// Package recur turns rules for maintenance into windows: dated spans of instants, right in every zone and on the nights
// when clocks change. It is pure: no clock, no store, no state.
//
//	rule, err := recur.Compile(recurrence)              // checks everything, names the way out of each fault
//	rule.Between(from, to)                              // windows that start in a span of instants: the planner
//	rule.BetweenDates("2026-01-01", "2028-01-01")       // windows by their local date: the command line
//	rule.Next(now)                                      // the next one: previews
//	rule.Moved(occasion, 7)                             // the same clock readings a week later: freezes, holidays
//	rule.String()                                       // the rule in English
//
// # Readings, then instants
//
// A rule speaks of what the clock on the wall shows (T1), so it is worked out on clock readings, carried in UTC where a day
// has 24 hours, and becomes instants in one function, land.
//
//	data.Recurrence ──Compile──▶ cron.Schedule on readings ──shift──▶ start, end readings ──land──▶ data.Window
//
// A worked example: infrastructure slots, FREQ=WEEKLY;BYDAY=SA from 2026-01-03, 20:00 to 06:00, Europe/Oslo (M8).
//
//	reading of the rule     2026-03-28 20:00     Saturday, no zone yet
//	reading of the end      2026-03-29 06:00     the next 06:00 on the clock; not start + 10 h
//	start lands             2026-03-28T19:00Z    20:00 CET
//	end lands               2026-03-29T04:00Z    06:00 CEST: the window lasts 9 h
//	Clock                   clocks go forward during this window: it lasts 9 h instead of 10 h
//
// Had the start been 02:00 on 2026-03-29, a reading that clocks skip, it would land with the offset before the gap, 01:00Z,
// which people read as 03:00 CEST. On 2026-10-25 02:00 comes twice: a start lands on the first, 00:00Z, an end on the
// second, 01:00Z. Why this and nothing else is in DOMAIN.md 4.1.
//
// # What follows from landing, and what was decided
//
//   - A skipped start may land on, or after, a start that follows it on the clock. If the rule starts a window at the very
//     instant anyway, the skipped one is left out; otherwise the list is in the order in which windows run. So an hourly rule
//     makes 23 windows on the day clocks go forward and 24 on the day they go back, and every window comes once.
//   - If a skipped start lands at or after its end, the window keeps the length it has by the clock, from where it starts.
//   - An end that is an elapsed length (M6: 3 s) is counted from the landed start.
//   - Occasion.Date and Ordinal come from readings, never from instants: a window keeps its name whatever clocks do.
//   - The anchor is a date of the rule, before Shift, and must really be one: an anchor on another day would shift a fortnight
//     unseen. A follow-up (M3) has the anchor of what it follows, and a Shift of 3 days.
//   - Rules go on to the end of the year 2399.
//
// # Kinds of rule
//
// Every kind is a cron.Schedule. Three shapes (each n-th day; weekdays of each n-th week; counted weekdays of each n-th month)
// are a few lines of date arithmetic, answer from any time in constant work, and are compared with rrule-go by a property
// test. All else of RFC 5545 that is accepted goes to rrule-go, which knows nothing of zones here. Cron text goes to
// robfig/cron's parser, after refusing what makes that panic or name a zone, and runs on readings too: on instants it leaves
// out the night in spring and runs twice in autumn. Cron cannot say "second Friday" or "every 21 days": hence rules.
//
// What two readers may expect different days from is refused with the way out: ISO week numbers (2026 has 53 weeks), weeks
// that do not begin on Monday, both day fields of cron at once (cron takes either), a month's 31st that is only implied.
//
// # Speed
//
// Ten years of the default schedule are about 4,900 windows and cost about three times plain date arithmetic
// (BenchmarkDefaultTenYears). Zone look-ups are what is dear: one walk looks each stretch between two changes up once, and a
// window with no change within a day of it lands by one subtraction.
package recur
