package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// known are the holidays of five years as month and day, the customary ones with a c: from npm's date-holidays 3.37.0, to
// which the decisions of the package comment were added by hand (the Danish customary days, the Irish ones of 2027 and 2028,
// the Dutch 5 May 2025) and from which they were taken out (bank holidays of Germany, Norway, Finland's 31 December, Ireland's
// Good Friday, Sundays of Switzerland).
var known = map[string]string{
	"dk 2024": "0101 0328 0329 0331 0401 0509 0519 0520 0605c 1224c 1225 1226 1231c",
	"dk 2025": "0101 0417 0418 0420 0421 0529 0605c 0608 0609 1224c 1225 1226 1231c",
	"dk 2026": "0101 0402 0403 0405 0406 0514 0524 0525 0605c 1224c 1225 1226 1231c",
	"dk 2027": "0101 0325 0326 0328 0329 0506 0516 0517 0605c 1224c 1225 1226 1231c",
	"dk 2028": "0101 0413 0414 0416 0417 0525 0604 0605 1224c 1225 1226 1231c",
	"fi 2024": "0101 0106 0329 0331 0401 0501 0509 0519 0621c 0622 1102 1206 1224c 1225 1226",
	"fi 2025": "0101 0106 0418 0420 0421 0501 0529 0608 0620c 0621 1101 1206 1224c 1225 1226",
	"fi 2026": "0101 0106 0403 0405 0406 0501 0514 0524 0619c 0620 1031 1206 1224c 1225 1226",
	"fi 2027": "0101 0106 0326 0328 0329 0501 0506 0516 0625c 0626 1106 1206 1224c 1225 1226",
	"fi 2028": "0101 0106 0414 0416 0417 0501 0525 0604 0623c 0624 1104 1206 1224c 1225 1226",
	"se 2024": "0101 0106 0329 0331 0401 0501 0509 0519 0606 0621c 0622 1102 1224c 1225 1226 1231c",
	"se 2025": "0101 0106 0418 0420 0421 0501 0529 0606 0608 0620c 0621 1101 1224c 1225 1226 1231c",
	"se 2026": "0101 0106 0403 0405 0406 0501 0514 0524 0606 0619c 0620 1031 1224c 1225 1226 1231c",
	"se 2027": "0101 0106 0326 0328 0329 0501 0506 0516 0606 0625c 0626 1106 1224c 1225 1226 1231c",
	"se 2028": "0101 0106 0414 0416 0417 0501 0525 0604 0606 0623c 0624 1104 1224c 1225 1226 1231c",
	"no 2024": "0101 0328 0329 0331 0401 0501 0509 0517 0519 0520 1225 1226",
	"no 2025": "0101 0417 0418 0420 0421 0501 0517 0529 0608 0609 1225 1226",
	"no 2026": "0101 0402 0403 0405 0406 0501 0514 0517 0524 0525 1225 1226",
	"no 2027": "0101 0325 0326 0328 0329 0501 0506 0516 0517 1225 1226",
	"no 2028": "0101 0413 0414 0416 0417 0501 0517 0525 0604 0605 1225 1226",
	"de 2024": "0101 0329 0401 0501 0509 0520 1003 1225 1226",
	"de 2025": "0101 0418 0421 0501 0529 0609 1003 1225 1226",
	"de 2026": "0101 0403 0406 0501 0514 0525 1003 1225 1226",
	"de 2027": "0101 0326 0329 0501 0506 0517 1003 1225 1226",
	"de 2028": "0101 0414 0417 0501 0525 0605 1003 1225 1226",
	"gb 2024": "0101 0329 0401 0506 0527 0826 1225 1226",
	"gb 2025": "0101 0418 0421 0505 0526 0825 1225 1226",
	"gb 2026": "0101 0403 0406 0504 0525 0831 1225 1226 1228",
	"gb 2027": "0101 0326 0329 0503 0531 0830 1225 1226 1227 1228",
	"gb 2028": "0101 0103 0414 0417 0501 0529 0828 1225 1226",
	"ie 2024": "0101 0205 0317 0318c 0401 0506 0603 0805 1028 1225 1226",
	"ie 2025": "0101 0203 0317 0421 0505 0602 0804 1027 1225 1226",
	"ie 2026": "0101 0202 0317 0406 0504 0601 0803 1026 1225 1226 1228c",
	"ie 2027": "0101 0201 0317 0329 0503 0607 0802 1025 1225 1226 1227c 1228c",
	"ie 2028": "0101 0103c 0207 0317 0417 0501 0605 0807 1030 1225 1226",
	"ch 2024": "0101 0329 0401 0509 0520 0801 1225 1226",
	"ch 2025": "0101 0418 0421 0529 0609 0801 1225 1226",
	"ch 2026": "0101 0403 0406 0514 0525 0801 1225 1226",
	"ch 2027": "0101 0326 0329 0506 0517 0801 1225 1226",
	"ch 2028": "0101 0414 0417 0525 0605 0801 1225 1226",
	"nl 2024": "0101 0329c 0331 0401 0427 0509 0519 0520 1225 1226",
	"nl 2025": "0101 0418c 0420 0421 0426 0505 0529 0608 0609 1225 1226",
	"nl 2026": "0101 0403c 0405 0406 0427 0514 0524 0525 1225 1226",
	"nl 2027": "0101 0326c 0328 0329 0427 0506 0516 0517 1225 1226",
	"nl 2028": "0101 0414c 0416 0417 0427 0525 0604 0605 1225 1226",
	"be 2024": "0101 0401 0501 0509 0520 0721 0815 1101 1111 1225",
	"be 2025": "0101 0421 0501 0529 0609 0721 0815 1101 1111 1225",
	"be 2026": "0101 0406 0501 0514 0525 0721 0815 1101 1111 1225",
	"be 2027": "0101 0329 0501 0506 0517 0721 0815 1101 1111 1225",
	"be 2028": "0101 0417 0501 0525 0605 0721 0815 1101 1111 1225",
	"lu 2024": "0101 0401 0501 0509 0520 0623 0815 1101 1225 1226",
	"lu 2025": "0101 0421 0501 0509 0529 0609 0623 0815 1101 1225 1226",
	"lu 2026": "0101 0406 0501 0509 0514 0525 0623 0815 1101 1225 1226",
	"lu 2027": "0101 0329 0501 0506 0509 0517 0623 0815 1101 1225 1226",
	"lu 2028": "0101 0417 0501 0509 0525 0605 0623 0815 1101 1225 1226",
}

// TestKnownYears compares five years of every territory with dates that others worked out.
func TestKnownYears(t *testing.T) {
	for _, territory := range Territories() {
		c := open(t, territory.Code)
		for year := 2024; year <= 2028; year++ {
			key := fmt.Sprintf("%s %d", territory.Code, year)
			var got []string
			for _, h := range c.Holidays(year) {
				text := h.Date.midnight().Format("0102")
				if !h.Public {
					text += "c"
				}
				got = append(got, text)
			}
			if got := strings.Join(got, " "); got != known[key] {
				t.Errorf("%s:\n got %s\nwant %s", key, got, known[key])
			}
		}
	}
	if want := len(Territories()) * 5; len(known) != want {
		t.Errorf("the table has %d years, and there are %d", len(known), want)
	}
}

// TestParticularDays are days that came, went or moved.
func TestParticularDays(t *testing.T) {
	for _, test := range []struct{ territory, date, want string }{
		{"dk", "2023-05-05", "Great Prayer Day"},
		{"dk", "2024-04-26", ""},
		{"dk", "2025-06-05", "Constitution Day (customary)"},
		{"dk", "2028-06-05", "Whit Monday, Constitution Day"},
		{"se", "2004-05-31", "Whit Monday"},
		{"se", "2005-05-16", ""},
		{"se", "2004-06-06", ""},
		{"se", "2005-06-06", "National Day"},
		{"se", "2026-06-19", "Midsummer Eve (customary)"},
		{"se", "2026-06-20", "Midsummer Day"},
		{"se", "2024-04-30", ""},
		{"fi", "2026-10-31", "All Saints' Day"},
		{"fi", "2026-12-06", "Independence Day"},
		{"fi", "2026-12-31", ""},
		{"no", "2008-05-01", "Labour Day, Ascension Day"},
		{"no", "2026-05-17", "Constitution Day"},
		{"no", "2026-12-24", ""},
		{"de", "2016-10-31", ""},
		{"de", "2017-10-31", "Reformation Day"},
		{"de", "2026-10-03", "German Unity Day"},
		{"gb", "2000-01-03", "New Year's Day (substitute day)"},
		{"gb", "2002-05-27", ""},
		{"gb", "2002-06-03", "Golden Jubilee"},
		{"gb", "2002-06-04", "Spring bank holiday"},
		{"gb", "2010-12-27", "Christmas Day (substitute day)"},
		{"gb", "2010-12-28", "Boxing Day (substitute day)"},
		{"gb", "2011-04-29", "Royal wedding"},
		{"gb", "2011-12-27", "Christmas Day (substitute day)"},
		{"gb", "2012-06-05", "Diamond Jubilee"},
		{"gb", "2020-05-04", ""},
		{"gb", "2020-05-08", "Early May bank holiday"},
		{"gb", "2020-12-28", "Boxing Day (substitute day)"},
		{"gb", "2022-05-30", ""},
		{"gb", "2022-06-02", "Spring bank holiday"},
		{"gb", "2022-06-03", "Platinum Jubilee"},
		{"gb", "2022-09-19", "State Funeral of Elizabeth II"},
		{"gb", "2023-05-08", "Coronation of Charles III"},
		{"ie", "2022-02-07", ""},
		{"ie", "2022-03-18", "Day of Remembrance and Recognition"},
		{"ie", "2023-02-06", "St Brigid's Day"},
		{"ie", "2030-02-01", "St Brigid's Day"},
		{"ie", "2030-02-04", ""},
		{"ie", "2024-03-18", "St Patrick's Day (substitute day) (customary)"},
		{"ie", "2026-04-03", ""},
		{"ch", "2026-08-01", "National Day"},
		{"ch", "2026-05-01", ""},
		{"nl", "2005-04-30", "Queen's Day"},
		{"nl", "2006-04-29", "Queen's Day"},
		{"nl", "2013-04-30", "Queen's Day"},
		{"nl", "2014-04-26", "King's Day"},
		{"nl", "2014-04-30", ""},
		{"nl", "2026-04-27", "King's Day"},
		{"nl", "2024-05-05", ""},
		{"nl", "2025-05-05", "Liberation Day"},
		{"be", "2026-07-21", "National Day"},
		{"be", "2026-12-26", ""},
		{"lu", "2018-05-09", ""},
		{"lu", "2019-05-09", "Europe Day"},
		{"lu", "2024-05-09", "Europe Day, Ascension Day"},
	} {
		got := ""
		if h, ok := open(t, test.territory).Holiday(date(t, test.date)); ok {
			got = h.Name
			if !h.Public {
				got += " (customary)"
			}
		}
		if got != test.want {
			t.Errorf("%s on %s: got %q, want %q", test.territory, test.date, got, test.want)
		}
	}
}

// TestEaster compares with dates of the church's tables, among them the earliest and the latest there are, and with a formula of
// another kind.
func TestEaster(t *testing.T) {
	for _, text := range []string{
		"1818-03-22", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "2000-04-23", "2005-03-27", "2008-03-23", "2011-04-24",
		"2016-03-27", "2019-04-21", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2035-03-25", "2038-04-25",
		"2049-04-18", "2076-04-19", "2285-03-22",
	} {
		want := date(t, text)
		if got := easterSunday(want.Year()); got != want {
			t.Errorf("Easter of %d: got %s, want %s", want.Year(), got, want)
		}
	}
	for year := 1583; year <= 4999; year++ {
		if got, want := easterSunday(year), butcher(year); got != want {
			t.Errorf("Easter of %d: got %s, want %s", year, got, want)
		}
	}
}

// butcher is Easter by the formula in Butcher's Ecclesiastical Calendar (1876), which goes another way from the moon to the Sunday.
func butcher(year int) Date {
	a, b, c := year%19, year/100, year%100
	g := (b - (b+8)/25 + 1) / 3
	h := (19*a + b - b/4 - g + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	n := h + l - 7*((a+11*h+22*l)/451) + 114
	return On(year, time.Month(n/31), n%31+1)
}

// open is the calendar of a territory as the table has it.
func open(t testing.TB, code string) *Calendar {
	t.Helper()
	c, err := newCalendar(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// date reads a date of a table.
func date(t testing.TB, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
