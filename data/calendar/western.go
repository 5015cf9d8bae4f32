package calendar

import "time"

// germany: the nine days that all sixteen states keep, and the Reformation Day that all of them kept in 2017.
var germany = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: goodFriday, on: easter(-2)},
	{name: easterMonday, on: easter(1)},
	{name: labourDay, on: fixed(time.May, 1)},
	{name: ascension, on: easter(39)},
	{name: whitMonday, on: easter(50)},
	{name: "German Unity Day", on: fixed(time.October, 3)},
	once("Reformation Day", 2017, time.October, 31),
	{name: christmas, on: fixed(time.December, 25)},
	{name: boxingDay, on: fixed(time.December, 26)},
}

// britain: England and Wales, schedule 1 of the Banking and Financial Dealings Act 1971 with royal proclamations, and the
// two days of common law.
var britain = []rule{
	{name: newYear, on: fixed(time.January, 1), lieu: byLaw},
	{name: goodFriday, on: easter(-2)},
	{name: easterMonday, on: easter(1)},
	once("Royal wedding", 2011, time.April, 29),
	{name: "Early May bank holiday", on: moved(firstMonday(time.May), On(2020, time.May, 8))},
	once("Coronation of Charles III", 2023, time.May, 8),
	{name: "Spring bank holiday", on: moved(lastMonday(time.May), On(2002, time.June, 4), On(2012, time.June, 4), On(2022, time.June, 2))},
	once("Golden Jubilee", 2002, time.June, 3),
	once("Diamond Jubilee", 2012, time.June, 5),
	once("Platinum Jubilee", 2022, time.June, 3),
	{name: "Summer bank holiday", on: lastMonday(time.August)},
	once("State Funeral of Elizabeth II", 2022, time.September, 19),
	{name: christmas, on: fixed(time.December, 25), lieu: byLaw},
	{name: "Boxing Day", on: fixed(time.December, 26), lieu: byLaw},
}

// ireland: second schedule of the Organisation of Working Time Act 1997. That act moves nothing; it gives a day off in lieu,
// which offices and banks take on the next weekday.
var ireland = []rule{
	{name: newYear, on: fixed(time.January, 1), lieu: byAgreeing},
	{name: "St Brigid's Day", on: brigid, since: 2023},
	{name: "St Patrick's Day", on: fixed(time.March, 17), lieu: byAgreeing},
	once("Day of Remembrance and Recognition", 2022, time.March, 18),
	{name: easterMonday, on: easter(1)},
	{name: "May bank holiday", on: firstMonday(time.May)},
	{name: "June bank holiday", on: firstMonday(time.June)},
	{name: "August bank holiday", on: firstMonday(time.August)},
	{name: "October bank holiday", on: lastMonday(time.October)},
	{name: christmas, on: fixed(time.December, 25), lieu: byAgreeing},
	{name: "St Stephen's Day", on: fixed(time.December, 26), lieu: byAgreeing},
}

// brigid is the first Monday of February, or its first day where that is a Friday.
func brigid(year int) Date {
	if d := On(year, time.February, 1); d.Weekday() == time.Friday {
		return d
	}
	return firstMonday(time.February)(year)
}

// switzerland: the Confederation knows one holiday, 1 August; the others are the cantons'. These are the days that all
// cantons keep and those that most of them keep.
var switzerland = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: goodFriday, on: easter(-2)},
	{name: easterMonday, on: easter(1)},
	{name: ascension, on: easter(39)},
	{name: whitMonday, on: easter(50)},
	{name: "National Day", on: fixed(time.August, 1)},
	{name: christmas, on: fixed(time.December, 25)},
	{name: "St Stephen's Day", on: fixed(time.December, 26)},
}

// netherlands: article 3 of the act on time limits (Algemene termijnenwet), which puts Good Friday beside the holidays. It
// names 5 May every year; offices keep it every fifth.
var netherlands = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: goodFriday, on: easter(-2), customary: true},
	{name: easterDay, on: easter(0)},
	{name: easterMonday, on: easter(1)},
	{name: "Queen's Day", on: notSunday(time.April, 30), until: 2013},
	{name: "King's Day", on: notSunday(time.April, 27), since: 2014},
	{name: "Liberation Day", on: fixed(time.May, 5), every: 5},
	{name: ascension, on: easter(39)},
	{name: whitSunday, on: easter(49)},
	{name: whitMonday, on: easter(50)},
	{name: christmas, on: fixed(time.December, 25)},
	{name: boxingDay, on: fixed(time.December, 26)},
}

// notSunday is a day that moves to the Saturday before when it is a Sunday.
func notSunday(month time.Month, day int) func(int) Date {
	return func(year int) Date {
		d := On(year, month, day)
		if d.Weekday() == time.Sunday {
			d--
		}
		return d
	}
}

// belgium: the ten days of the royal decree of 18 April 1974.
var belgium = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: easterMonday, on: easter(1)},
	{name: labourDay, on: fixed(time.May, 1)},
	{name: ascension, on: easter(39)},
	{name: whitMonday, on: easter(50)},
	{name: "National Day", on: fixed(time.July, 21)},
	{name: assumption, on: fixed(time.August, 15)},
	{name: allSaints, on: fixed(time.November, 1)},
	{name: "Armistice Day", on: fixed(time.November, 11)},
	{name: christmas, on: fixed(time.December, 25)},
}

// luxembourg: article L. 232-2 of the labour code; Europe Day by an act of 2019.
var luxembourg = []rule{
	{name: newYear, on: fixed(time.January, 1)},
	{name: easterMonday, on: easter(1)},
	{name: labourDay, on: fixed(time.May, 1)},
	{name: "Europe Day", on: fixed(time.May, 9), since: 2019},
	{name: ascension, on: easter(39)},
	{name: whitMonday, on: easter(50)},
	{name: "National Day", on: fixed(time.June, 23)},
	{name: assumption, on: fixed(time.August, 15)},
	{name: allSaints, on: fixed(time.November, 1)},
	{name: christmas, on: fixed(time.December, 25)},
	{name: boxingDay, on: fixed(time.December, 26)},
}
