package calendar

import "time"

// Days that many territories keep, by the names used here.
const (
	newYear        = "New Year's Day"
	epiphany       = "Epiphany"
	maundyThursday = "Maundy Thursday"
	goodFriday     = "Good Friday"
	easterDay      = "Easter Sunday"
	easterMonday   = "Easter Monday"
	labourDay      = "Labour Day"
	ascension      = "Ascension Day"
	whitSunday     = "Whit Sunday"
	whitMonday     = "Whit Monday"
	assumption     = "Assumption Day"
	midsummerEve   = "Midsummer Eve"
	midsummerDay   = "Midsummer Day"
	allSaints      = "All Saints' Day"
	christmasEve   = "Christmas Eve"
	christmas      = "Christmas Day"
	boxingDay      = "Second Day of Christmas"
	newYearsEve    = "New Year's Eve"
)

// denmark: church holidays; the Great Prayer Day is a working day from 2024. Customary are the days that section 27 of the
// Limitation Act (Forældelsesloven) puts beside holidays.
var denmark = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: maundyThursday, on: easter(-3)},
	{name: goodFriday, on: easter(-2)},
	{name: easterDay, on: easter(0)},
	{name: easterMonday, on: easter(1)},
	{name: "Great Prayer Day", on: easter(26), until: 2023},
	{name: ascension, on: easter(39)},
	{name: whitSunday, on: easter(49)},
	{name: whitMonday, on: easter(50)},
	{name: "Constitution Day", on: fixed(time.June, 5), customary: true},
	{name: christmasEve, on: fixed(time.December, 24), customary: true},
	{name: christmas, on: fixed(time.December, 25)},
	{name: boxingDay, on: fixed(time.December, 26)},
	{name: newYearsEve, on: fixed(time.December, 31), customary: true},
}

// finland: church holidays, Independence Day and May Day. Customary are the two eves that act 150/1930 on reckoning time
// limits names beside them.
var finland = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: epiphany, on: fixed(time.January, 6)},
	{name: goodFriday, on: easter(-2)},
	{name: easterDay, on: easter(0)},
	{name: easterMonday, on: easter(1)},
	{name: "May Day", on: fixed(time.May, 1)},
	{name: ascension, on: easter(39)},
	{name: whitSunday, on: easter(49)},
	{name: midsummerEve, on: from(time.Friday, time.June, 19), customary: true},
	{name: midsummerDay, on: from(time.Saturday, time.June, 20)},
	{name: allSaints, on: from(time.Saturday, time.October, 31)},
	{name: "Independence Day", on: fixed(time.December, 6)},
	{name: christmasEve, on: fixed(time.December, 24), customary: true},
	{name: christmas, on: fixed(time.December, 25)},
	{name: boxingDay, on: fixed(time.December, 26)},
}

// sweden: act 1989:253 on public holidays; the National Day took the place of Whit Monday in 2005. Customary are the three
// eves that act 1930:173 on reckoning time limits and the Annual Leave Act put beside them.
var sweden = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: epiphany, on: fixed(time.January, 6)},
	{name: goodFriday, on: easter(-2)},
	{name: easterDay, on: easter(0)},
	{name: easterMonday, on: easter(1)},
	{name: "May Day", on: fixed(time.May, 1)},
	{name: ascension, on: easter(39)},
	{name: whitSunday, on: easter(49)},
	{name: whitMonday, on: easter(50), until: 2004},
	{name: "National Day", on: fixed(time.June, 6), since: 2005},
	{name: midsummerEve, on: from(time.Friday, time.June, 19), customary: true},
	{name: midsummerDay, on: from(time.Saturday, time.June, 20)},
	{name: allSaints, on: from(time.Saturday, time.October, 31)},
	{name: christmasEve, on: fixed(time.December, 24), customary: true},
	{name: christmas, on: fixed(time.December, 25)},
	{name: boxingDay, on: fixed(time.December, 26)},
	{name: newYearsEve, on: fixed(time.December, 31), customary: true},
}

// norway: act of 24 February 1995 no. 12 on holidays, and that of 26 April 1947 no. 1 on 1 and 17 May.
var norway = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: maundyThursday, on: easter(-3)},
	{name: goodFriday, on: easter(-2)},
	{name: easterDay, on: easter(0)},
	{name: easterMonday, on: easter(1)},
	{name: labourDay, on: fixed(time.May, 1)},
	{name: "Constitution Day", on: fixed(time.May, 17)},
	{name: ascension, on: easter(39)},
	{name: whitSunday, on: easter(49)},
	{name: whitMonday, on: easter(50)},
	{name: christmas, on: fixed(time.December, 25)},
	{name: boxingDay, on: fixed(time.December, 26)},
}
