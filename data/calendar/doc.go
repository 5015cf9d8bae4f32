// Package calendar knows, for each territory of the contract (L2), its public holidays and working days, when support is open
// (H1), and the last day of a claim (C2, C5). It reads no clock, file or store.
//
// A Set holds the calendars of several territories: New makes it, Set.Holiday answers "is this date a holiday anywhere, and
// which". A Calendar is one territory: WorkingDay, AddWorkingDays, Open, ClaimBy. Both are safe for concurrent use and cheap
// to ask: a year is worked out once.
//
// # What counts
//
// A day is no working day, and support is closed, when it is
//
//   - public: a public holiday by law in the whole of the territory, or
//   - customary: none by law, but treated as one: an act on reckoning time limits puts it beside holidays (Denmark, Finland,
//     Sweden, the Netherlands), or it is the day off in lieu that offices take for a public holiday on a weekend (Ireland), or
//   - a date that the operator added (New), which then counts as public.
//
// Holiday.Public tells the two apart for readers who want to treat them differently: the schedule may move a window for one
// and merely warn about the other. A date the operator takes out is an ordinary day again.
//
// Saturdays and Sundays are never working days, and no holiday by themselves. Holidays that always fall on a Sunday are listed
// where the law lists them. Working days are Monday to Friday also where a law, as the Swedish and the Irish, means more.
//
// # What was decided, and why
//
//	dk  Great Prayer Day until 2023. Customary: Constitution Day, Christmas Eve, New Year's Eve (Limitation Act, 27)
//	fi  Customary: Midsummer Eve, Christmas Eve (act 150/1930, 5)
//	se  Whit Monday until 2004, National Day from 2005. Customary: Midsummer Eve, Christmas Eve, New Year's Eve (act 1930:173, 2)
//	no  No customary days: no act puts the eves beside holidays. An office that closes on 24 December adds it
//	de  What all states keep, and 31 October 2017. Epiphany, Corpus Christi, All Saints' and others are for one state: add
//	gb  England and Wales. Scotland and Northern Ireland differ: add and take out. Both the weekend date and its substitute are
//	    listed, and what was moved or proclaimed for one year in 2002, 2011, 2012, 2020, 2022 and 2023
//	ie  St Brigid's Day from 2023, 18 March 2022. A holiday on a weekend is followed by a customary day. Good Friday is a
//	    working day by law
//	ch  The Confederation has one holiday, 1 August. Listed is what all cantons keep (New Year, Ascension, 1 August, Christmas) and
//	    what most of them keep (Good Friday, Easter Monday, Whit Monday, St Stephen's). 2 January, 1 May, Corpus Christi and
//	    others differ by canton: add
//	nl  King's Day on 27 April, until 2013 Queen's Day on 30 April, each on the Saturday where that is a Sunday. Liberation Day in
//	    years that five divides, when offices keep it. Customary: Good Friday (Algemene termijnenwet, 3)
//	be  The ten days of law. The day for one that falls on a weekend is each employer's choice: add
//	lu  Europe Day from 2019. A holiday on a weekend, or two on one date, gives leave that each person takes when they like
//
// Contract units of several countries (Finland and Sweden; UK and Ireland; Benelux) are countries here: each has its own law,
// zone or both.
//
// The table is vouched for from 2000 to 2060. Laws change: New takes dates to add and to take out from configuration, so that
// nobody waits for a release. Two holidays on one date are one Holiday with both names.
//
// # Claims
//
// C2 gives five working days after the problem arose. The day of the event is not counted, by the territory's clock, and the
// fifth working day counts to its end; so an event on a Saturday and one on the Friday before end on the same Friday, in a
// week without holidays. C5 is 30 calendar days, whatever they are. Both are dates on the territory's clock, not so many
// times 24 hours.
//
// # Sources
//
// The acts named above and beside each table; Easter by the Gregorian reckoning. All years from 2000 to 2060 were compared with
// two independent tables, npm's date-holidays 3.37.0 and Debian's python3-holidays 0.10.1; each difference was looked at, and is
// a decision above, a day that the other lacks (of later than it, or before its history begins), or a Sunday. TestKnownYears
// holds 2024 to 2028 as dates.
package calendar
