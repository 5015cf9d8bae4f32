package i18n_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"github.com/superoffice/statusd/data/i18n"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestGoldenForms(t *testing.T) {
	t.Parallel()
	oslo := zone(t, "Europe/Oslo")
	when := func(start, end string) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return i18n.When(l, instant(t, start), instant(t, end), oslo) }
	}
	length := func(d time.Duration) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return i18n.Duration(l, d) }
	}
	calls := map[string]func(i18n.Lang) string{
		"same day":              when("2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z"),
		"over midnight":         when("2026-01-16T21:00:00Z", "2026-01-17T04:00:00Z"),
		"over the clock change": when("2026-03-28T19:00:00Z", "2026-03-29T04:00:00Z"),
		"percentage":            func(l i18n.Lang) string { return i18n.Percent(l, "99.93") },
		"1 minute":              length(time.Minute),
		"30 minutes":            length(30 * time.Minute),
		"1 hour":                length(time.Hour),
		"2 hours":               length(2 * time.Hour),
		"list of two":           func(l i18n.Lang) string { return i18n.List(l, []string{"A", "B"}) },
		"merged Friday banner": func(l i18n.Lang) string {
			return i18n.T(l, "banner.planned", "category", i18n.JoinCategories(l, []string{"system", "microsoft"}),
				"when", i18n.When(l, instant(t, "2026-04-09T22:00:00Z"), instant(t, "2026-04-10T04:00:00Z"), oslo, i18n.FinnishTime),
				"expected", i18n.T(l, "expected.30"), "url", "status.superoffice.com")
		},
		"emergency banner": func(l i18n.Lang) string {
			return i18n.T(l, "banner.short_notice", "category", i18n.JoinCategories(l, []string{"emergency"}),
				"start", i18n.At(l, instant(t, "2026-04-22T16:00:00Z"), oslo, i18n.FinnishTime),
				"expected", i18n.T(l, "expected.up_to", "duration", i18n.Duration(l, 30*time.Minute)), "url", "status.superoffice.com")
		},
	}
	for name, wants := range golden {
		call, ok := calls[name]
		if !ok {
			t.Errorf("golden %q is compared with nothing", name)
			continue
		}
		for i, l := range i18n.Langs {
			if got := call(l); got != wants[i] {
				t.Errorf("%s in %s:\n got %q\nwant %q", name, l, got, wants[i])
			}
		}
	}
	if len(calls) != len(golden) {
		t.Errorf("%d calls for %d golden forms", len(calls), len(golden))
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lang             i18n.Lang
		start, end, zone string
		finnish          bool
		want             string
	}{
		// the window of an ordinary zone, and of zones without letters, with half hours, west of Greenwich
		{i18n.EN, "2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z", "Europe/London", false, "Thursday 15 January 2026 23:00 – Friday 16 January 2026 05:00 (GMT, UTC+0)"},
		{i18n.EN, "2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z", "America/New_York", false, "Thursday 15 January 2026 18:00 – Friday 16 January 2026 00:00 (EST, UTC-5)"},
		{i18n.EN, "2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z", "Asia/Kolkata", false, "Friday 16 January 2026, 04:30–10:30 (IST, UTC+5:30)"},
		{i18n.EN, "2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z", "Asia/Kathmandu", false, "Friday 16 January 2026, 04:45–10:45 (UTC+5:45)"},
		{i18n.NB, "2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z", "Asia/Dubai", false, "fredag 16. januar 2026 kl. 03:00–09:00 (UTC+4)"},
		{i18n.DE, "2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z", "America/St_Johns", false, "Donnerstag, 15. Januar 2026, 19:30 Uhr – Freitag, 16. Januar 2026, 01:30 Uhr (NST, UTC-3:30)"},
		{i18n.EN, "2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z", "UTC", false, "Thursday 15 January 2026 23:00 – Friday 16 January 2026 05:00 (UTC)"},
		{i18n.DE, "2026-01-15T23:00:00Z", "2026-01-16T05:00:00Z", "Europe/Helsinki", false, "Freitag, 16. Januar 2026, 01:00–07:00 Uhr (OEZ, UTC+2)"},
		// the clock changes inside one day: both zones, so both dates
		{i18n.EN, "2026-03-29T00:30:00Z", "2026-03-29T04:00:00Z", "Europe/Oslo", false, "Sunday 29 March 2026 01:30 (CET, UTC+1) – Sunday 29 March 2026 06:00 (CEST, UTC+2)"},
		{i18n.EN, "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "Europe/Oslo", false, "Sunday 25 October 2026 02:30 (CEST, UTC+2) – Sunday 25 October 2026 02:30 (CET, UTC+1)"},
		// ends at midnight; lasts seconds; ends before it starts
		{i18n.EN, "2026-01-16T17:00:00Z", "2026-01-16T23:00:00Z", "Europe/Oslo", false, "Friday 16 January 2026 18:00 – Saturday 17 January 2026 00:00 (CET, UTC+1)"},
		{i18n.EN, "2026-01-16T01:00:00Z", "2026-01-16T01:00:03Z", "Europe/Oslo", false, "Friday 16 January 2026 02:00 (CET, UTC+1)"},
		{i18n.NL, "2026-01-16T02:00:00Z", "2026-01-16T01:00:00Z", "Europe/Oslo", false, "vrijdag 16 januari 2026 03:00 uur (CET, UTC+1)"},
		// a year apart on the same day of the year
		{i18n.EN, "2025-01-16T02:00:00Z", "2026-01-16T03:00:00Z", "UTC", false, "Thursday 16 January 2025 02:00 – Friday 16 January 2026 03:00 (UTC)"},
		// Finnish time
		{i18n.FI, "2026-01-16T21:00:00Z", "2026-01-17T04:00:00Z", "Europe/Oslo", true, "perjantai 16.1.2026 klo 22.00 – lauantai 17.1.2026 klo 05.00 (CET, UTC+1); Suomen aikaa klo 23.00–06.00"},
		{i18n.FI, "2026-01-16T22:00:00Z", "2026-01-17T04:00:00Z", "Europe/Oslo", true, "perjantai 16.1.2026 klo 23.00 – lauantai 17.1.2026 klo 05.00 (CET, UTC+1); Suomen aikaa lauantai 17.1.2026 klo 00.00–06.00"},
		{i18n.FI, "2026-01-16T18:00:00Z", "2026-01-16T22:30:00Z", "Europe/Oslo", true, "perjantai 16.1.2026 klo 19.00–23.30 (CET, UTC+1); Suomen aikaa perjantai 16.1.2026 klo 20.00 – lauantai 17.1.2026 klo 00.30"},
		{i18n.FI, "2026-03-28T19:00:00Z", "2026-03-29T04:00:00Z", "Europe/Oslo", true, "lauantai 28.3.2026 klo 20.00 (CET, UTC+1) – sunnuntai 29.3.2026 klo 06.00 (CEST, UTC+2); Suomen aikaa klo 21.00–07.00"},
		{i18n.FI, "2026-01-16T22:00:00Z", "2026-01-16T22:00:03Z", "Europe/Oslo", true, "perjantai 16.1.2026 klo 23.00 (CET, UTC+1); Suomen aikaa lauantai 17.1.2026 klo 00.00"},
		{i18n.FI, "2026-01-16T10:00:00Z", "2026-01-16T11:00:00Z", "Europe/Helsinki", true, "perjantai 16.1.2026 klo 12.00–13.00 (EET, UTC+2)"},
		{i18n.SV, "2026-01-16T10:00:00Z", "2026-01-16T11:00:00Z", "Europe/Oslo", true, "fredag 16 januari 2026 kl. 11:00–12:00 (CET, UTC+1)"},
		{"xx", "2026-01-16T10:00:00Z", "2026-01-16T11:00:00Z", "Europe/Oslo", true, "Friday 16 January 2026, 11:00–12:00 (CET, UTC+1)"},
	} {
		var options []i18n.Option
		if tc.finnish {
			options = append(options, i18n.FinnishTime)
		}
		got := i18n.When(tc.lang, instant(t, tc.start), instant(t, tc.end), zone(t, tc.zone), options...)
		if got != tc.want {
			t.Errorf("When(%s, %s, %s, %s, finnish %v)\n got %q\nwant %q", tc.lang, tc.start, tc.end, tc.zone, tc.finnish, got, tc.want)
		}
	}
	if got, want := i18n.When(i18n.EN, instant(t, "2026-01-16T10:00:00Z"), instant(t, "2026-01-16T11:00:00Z"), nil), "Friday 16 January 2026, 10:00–11:00 (UTC)"; got != want {
		t.Errorf("When without a zone = %q, want %q", got, want)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	oslo := zone(t, "Europe/Oslo")
	at := instant(t, "2026-05-06T07:05:00Z")
	for _, tc := range []struct {
		lang                                     i18n.Lang
		at, date, short, clock, phrase, month, z string
	}{
		{i18n.EN, "Wednesday 6 May 2026 09:05 (CEST, UTC+2)", "Wednesday 6 May 2026", "6 May 2026", "09:05", "09:05", "May 2026", "CEST, UTC+2"},
		{i18n.NB, "onsdag 6. mai 2026 kl. 09:05 (CEST, UTC+2)", "onsdag 6. mai 2026", "06.05.2026", "09:05", "kl. 09:05", "mai 2026", "CEST, UTC+2"},
		{i18n.SV, "onsdag 6 maj 2026 kl. 09:05 (CEST, UTC+2)", "onsdag 6 maj 2026", "2026-05-06", "09:05", "kl. 09:05", "maj 2026", "CEST, UTC+2"},
		{i18n.DA, "onsdag den 6. maj 2026 kl. 09.05 (CEST, UTC+2)", "onsdag den 6. maj 2026", "06.05.2026", "09.05", "kl. 09.05", "maj 2026", "CEST, UTC+2"},
		{i18n.DE, "Mittwoch, 6. Mai 2026, 09:05 Uhr (MESZ, UTC+2)", "Mittwoch, 6. Mai 2026", "06.05.2026", "09:05", "09:05 Uhr", "Mai 2026", "MESZ, UTC+2"},
		{i18n.NL, "woensdag 6 mei 2026 09:05 uur (CEST, UTC+2)", "woensdag 6 mei 2026", "06-05-2026", "09:05", "09:05 uur", "mei 2026", "CEST, UTC+2"},
		{i18n.FI, "keskiviikko 6.5.2026 klo 09.05 (CEST, UTC+2)", "keskiviikko 6.5.2026", "6.5.2026", "09.05", "klo 09.05", "toukokuu 2026", "CEST, UTC+2"},
	} {
		for name, pair := range map[string][2]string{
			"At":          {i18n.At(tc.lang, at, oslo), tc.at},
			"Date":        {i18n.Date(tc.lang, at, oslo), tc.date},
			"ShortDate":   {i18n.ShortDate(tc.lang, at, oslo), tc.short},
			"Clock":       {i18n.Clock(tc.lang, at, oslo), tc.clock},
			"ClockPhrase": {i18n.ClockPhrase(tc.lang, at, oslo), tc.phrase},
			"Month":       {i18n.Month(tc.lang, 2026, time.May), tc.month},
			"Zone":        {i18n.Zone(tc.lang, at, oslo), tc.z},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s in %s = %q, want %q", name, tc.lang, pair[0], pair[1])
			}
		}
	}
}

// All weekday and month names in all languages, so that a new version of the library cannot slip another case in.
func TestClocks(t *testing.T) {
	t.Parallel()
	oslo := zone(t, "Europe/Oslo")
	for _, tc := range []struct {
		lang       i18n.Lang
		start, end string
		want       string
	}{
		{i18n.EN, "2026-01-16T07:00:00Z", "2026-01-16T08:05:00Z", "08:00–09:05"},
		{i18n.NB, "2026-01-16T07:00:00Z", "2026-01-16T08:05:00Z", "kl. 08:00–09:05"},
		{i18n.SV, "2026-01-16T07:00:00Z", "2026-01-16T08:05:00Z", "kl. 08:00–09:05"},
		{i18n.DA, "2026-01-16T07:00:00Z", "2026-01-16T08:05:00Z", "kl. 08.00-09.05"},
		{i18n.DE, "2026-01-16T07:00:00Z", "2026-01-16T08:05:00Z", "08:00–09:05 Uhr"},
		{i18n.NL, "2026-01-16T07:00:00Z", "2026-01-16T08:05:00Z", "08:00–09:05 uur"},
		{i18n.FI, "2026-01-16T07:00:00Z", "2026-01-16T08:05:00Z", "klo 08.00–09.05"},
		{i18n.EN, "2026-01-16T22:30:00Z", "2026-01-16T23:30:00Z", "Friday 16 January 2026 23:30 – Saturday 17 January 2026 00:30"},
	} {
		if got := i18n.Clocks(tc.lang, instant(t, tc.start), instant(t, tc.end), oslo); got != tc.want {
			t.Errorf("Clocks(%s, %s, %s) = %q, want %q", tc.lang, tc.start, tc.end, got, tc.want)
		}
	}
}

// TestSeconds tells spans apart that begin and end in the same minute.
func TestSeconds(t *testing.T) {
	t.Parallel()
	oslo := zone(t, "Europe/Oslo")
	start, end := instant(t, "2026-01-16T07:00:05Z"), instant(t, "2026-01-16T07:00:40Z")
	for lang, want := range map[i18n.Lang][2]string{
		i18n.EN: {"08:00:05–08:00:40", "08:00:05"},
		i18n.NB: {"kl. 08:00:05–08:00:40", "kl. 08:00:05"},
		i18n.SV: {"kl. 08:00:05–08:00:40", "kl. 08:00:05"},
		i18n.DA: {"kl. 08.00.05-08.00.40", "kl. 08.00.05"},
		i18n.DE: {"08:00:05–08:00:40 Uhr", "08:00:05 Uhr"},
		i18n.NL: {"08:00:05–08:00:40 uur", "08:00:05 uur"},
		i18n.FI: {"klo 08.00.05–08.00.40", "klo 08.00.05"},
	} {
		if got := [2]string{i18n.Seconds(lang, start, end, oslo), i18n.SecondsPhrase(lang, start, oslo)}; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got, want := i18n.Seconds(i18n.EN, start, start.AddDate(0, 0, 1), oslo), "Friday 16 January 2026 08:00 – Saturday 17 January 2026 08:00"; got != want {
		t.Errorf("over midnight: %q, want %q", got, want)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	days := map[i18n.Lang]string{
		i18n.EN: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
		i18n.NB: "søndag mandag tirsdag onsdag torsdag fredag lørdag",
		i18n.SV: "söndag måndag tisdag onsdag torsdag fredag lördag",
		i18n.DA: "søndag mandag tirsdag onsdag torsdag fredag lørdag",
		i18n.DE: "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
		i18n.NL: "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
		i18n.FI: "sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai",
	}
	months := map[i18n.Lang]string{
		i18n.EN: "January February March April May June July August September October November December",
		i18n.NB: "januar februar mars april mai juni juli august september oktober november desember",
		i18n.SV: "januari februari mars april maj juni juli augusti september oktober november december",
		i18n.DA: "januar februar marts april maj juni juli august september oktober november december",
		i18n.DE: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		i18n.NL: "januari februari maart april mei juni juli augustus september oktober november december",
		i18n.FI: "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
	}
	for _, l := range i18n.Langs {
		var gotDays, gotMonths []string
		for d := time.Sunday; d <= time.Saturday; d++ {
			gotDays = append(gotDays, i18n.Weekday(l, d))
		}
		for m := time.January; m <= time.December; m++ {
			gotMonths = append(gotMonths, strings.TrimSuffix(i18n.Month(l, 1999, m), " 1999"))
		}
		if got := strings.Join(gotDays, " "); got != days[l] {
			t.Errorf("weekdays in %s = %q, want %q", l, got, days[l])
		}
		if got := strings.Join(gotMonths, " "); got != months[l] {
			t.Errorf("months in %s = %q, want %q", l, got, months[l])
		}
	}
}

func TestClockChange(t *testing.T) {
	t.Parallel()
	oslo := zone(t, "Europe/Oslo")
	for _, tc := range []struct{ start, end, want string }{
		{"2026-03-28T19:00:00Z", "2026-03-29T04:00:00Z", "Clocks go forward during this window; it lasts 9 hours."},
		{"2026-10-24T18:00:00Z", "2026-10-25T05:00:00Z", "Clocks go back during this window; it lasts 11 hours."},
		{"2026-04-11T18:00:00Z", "2026-04-12T04:00:00Z", ""},
	} {
		if got := i18n.ClockChange(i18n.EN, instant(t, tc.start), instant(t, tc.end), oslo); got != tc.want {
			t.Errorf("ClockChange(%s, %s) = %q, want %q", tc.start, tc.end, got, tc.want)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lang i18n.Lang
		d    time.Duration
		want string
	}{
		{i18n.EN, 0, "0 seconds"},
		{i18n.EN, -time.Hour, "0 seconds"},
		{i18n.EN, 300 * time.Millisecond, "less than a second"},
		{i18n.EN, time.Second, "1 second"},
		{i18n.EN, 3 * time.Second, "3 seconds"},
		{i18n.EN, 59*time.Second + 999*time.Millisecond, "59 seconds"},
		{i18n.EN, 90 * time.Second, "1 minute 30 seconds"},
		{i18n.EN, 90 * time.Minute, "1 hour 30 minutes"},
		{i18n.EN, time.Hour + 59*time.Second, "1 hour"},
		{i18n.EN, 24 * time.Hour, "1 day"},
		{i18n.EN, 49*time.Hour + time.Minute, "2 days 1 hour 1 minute"},
		{i18n.NB, 49*time.Hour + time.Minute, "2 døgn 1 time 1 minutt"},
		{i18n.SV, 25*time.Hour + 2*time.Minute, "1 dygn 1 timme 2 minuter"},
		{i18n.DA, 26*time.Hour + 30*time.Second, "1 døgn 2 timer"},
		{i18n.DE, 49*time.Hour + time.Minute, "2 Tage 1 Stunde 1 Minute"},
		{i18n.NL, 49*time.Hour + time.Minute, "2 dagen 1 uur 1 minuut"},
		{i18n.FI, 50*time.Hour + 2*time.Minute, "2 vuorokautta 2 tuntia 2 minuuttia"},
		{i18n.FI, time.Second, "1 sekunti"},
	} {
		if got := i18n.Duration(tc.lang, tc.d); got != tc.want {
			t.Errorf("Duration(%s, %v) = %q, want %q", tc.lang, tc.d, got, tc.want)
		}
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Langs {
		for _, key := range i18n.Keys() {
			one, ok := strings.CutSuffix(key, ".one")
			if !ok {
				continue
			}
			for _, n := range []int{0, 1, 2, 5, 11, 21, 101} {
				form := one + ".other"
				if n == 1 {
					form = key
				}
				raw, _ := i18n.Lookup(l, form)
				want := strings.ReplaceAll(raw, "{n}", map[int]string{0: "0", 1: "1", 2: "2", 5: "5", 11: "11", 21: "21", 101: "101"}[n])
				if got := i18n.Plural(l, one, n); got != want {
					t.Errorf("Plural(%s, %q, %d) = %q, want %q", l, one, n, got, want)
				}
			}
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lang         i18n.Lang
		figure, want string
	}{
		{i18n.EN, "100.00", "100.00%"},
		{i18n.EN, "99.8", "99.8%"},
		{i18n.NL, "100.00", "100,00%"},
		{i18n.NB, "0.00", "0,00\u00a0%"},
		{i18n.FI, "99.999999", "99,999999\u00a0%"},
		{i18n.DE, "100", "100\u00a0%"},
	} {
		if got := i18n.Percent(tc.lang, tc.figure); got != tc.want {
			t.Errorf("Percent(%s, %q) = %q, want %q", tc.lang, tc.figure, got, tc.want)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		got, want string
	}{
		{i18n.List(i18n.EN, nil), ""},
		{i18n.List(i18n.EN, []string{"A"}), "A"},
		{i18n.List(i18n.EN, []string{"A", "B", "C"}), "A, B and C"},
		{i18n.List(i18n.FI, []string{"A", "B", "C"}), "A, B ja C"},
		{i18n.JoinCategories(i18n.EN, nil), ""},
		{i18n.JoinCategories(i18n.EN, []string{"microsoft", "system"}), "Microsoft security updates and system maintenance"},
		{i18n.JoinCategories(i18n.NB, []string{"system", "microsoft"}), "Systemvedlikehold og sikkerhetsoppdateringer fra Microsoft"},
		{i18n.JoinCategories(i18n.DE, []string{"microsoft", "system"}), "Microsoft-Sicherheitsupdates und Systemwartung"},
		{i18n.JoinCategories(i18n.FI, []string{"application", "microsoft", "system"}), "Sovelluspäivitys, Microsoftin tietoturvapäivitykset ja järjestelmähuolto"},
		{i18n.JoinCategories(i18n.SV, []string{"system", "Gruppenumzug"}), "Systemunderhåll och Gruppenumzug"},
		{i18n.JoinCategories(i18n.NL, []string{"system", "application"}), "Systeemonderhoud en applicatie-upgrade"},
		{i18n.Capital("åpning"), "Åpning"},
		{i18n.Capital(""), ""},
		{i18n.Capital("\xff"), "\xff"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

// TestBannerLength holds the promise that a planned banner is at most 260 characters long: every category alone, and
// the pair that meets on a Friday, in every form of a span.
func TestBannerLength(t *testing.T) {
	t.Parallel()
	oslo := zone(t, "Europe/Oslo")
	longest := map[i18n.Lang]int{}
	for _, l := range i18n.Langs {
		for _, tc := range []struct {
			categories string
			start, end string
		}{
			{"system microsoft", "2026-09-10T22:00:00Z", "2026-09-11T04:00:00Z"},
			{"system", "2026-09-17T22:00:00Z", "2026-09-18T04:00:00Z"},
			{"microsoft", "2026-09-10T22:00:00Z", "2026-09-11T04:00:00Z"},
			{"application", "2026-09-22T20:00:00Z", "2026-09-23T03:00:00Z"},
			{"infrastructure", "2026-10-24T18:00:00Z", "2026-10-25T05:00:00Z"},
			{"infrastructure", "2026-03-28T19:00:00Z", "2026-03-29T04:00:00Z"},
			{"critical", "2026-09-23T20:00:00Z", "2026-09-24T03:00:00Z"},
			{"emergency", "2026-09-23T20:00:00Z", "2026-09-24T03:00:00Z"},
		} {
			text := i18n.T(l, "banner.planned", "category", i18n.JoinCategories(l, strings.Fields(tc.categories)),
				"when", i18n.When(l, instant(t, tc.start), instant(t, tc.end), oslo, i18n.FinnishTime),
				"expected", i18n.T(l, "expected.30"), "url", "status.superoffice.com")
			n := utf8.RuneCountInString(text)
			longest[l] = max(longest[l], n)
			if n > 260 {
				t.Errorf("%s: banner for %s has %d characters, want at most 260: %s", l, tc.categories, n, text)
			}
		}
	}
	t.Logf("longest planned banner: %v", longest)
}
