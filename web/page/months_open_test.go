package page

import (
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
)

// withFacts is a calm State that has only the months of these facts, oldest first.
func withFacts(t *testing.T, all ...ledger.Facts) *State {
	t.Helper()
	s := calm(t)
	s.Months, s.first = nil, testNow.AddDate(-1, 0, 0)
	for _, f := range all {
		f.Zone, f.Target, f.Counted = s.ZoneName, s.Target, []string{"login"}
		m, err := s.monthOf(months.Kept{Statement: months.Statement{Facts: f}})
		if err != nil {
			t.Fatal(err)
		}
		s.Months = append(s.Months, m)
	}
	return s
}

func oneGap(start time.Time, d time.Duration) ledger.Rows {
	return ledger.Rows{Unobserved: []ledger.Gap{{Start: start, End: start.Add(d), Component: "login"}}}
}

// TestUncertainIsExplained: whoever reads that nobody knows whether a target was met reads there why, in every language.
func TestUncertainIsExplained(t *testing.T) {
	t.Parallel()
	rows := oneGap(time.Date(2026, 3, 10, 3, 0, 0, 0, time.UTC), 61*time.Minute)
	down := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	rows.Outages = []ledger.Outage{{Start: down, End: down.Add(45 * time.Minute), Component: "login"}}
	s := withFacts(t, ledger.Facts{Month: "2026-03", Rows: rows}, ledger.Facts{Month: "2026-04", AsOf: testNow})
	for l, want := range map[i18n.Lang]string{
		i18n.EN: "target: uncertain between 99.76% and 99.89%: not measured for 1 hour 1 minute", i18n.NB: "mål: uvisst mellom 99,76 % og 99,89 %: ikke målt i 1 time 1 minutt",
		i18n.SV: "mål: ovisst mellan 99,76 % och 99,89 %: inte mätt under 1 timme 1 minut", i18n.DA: "mål: uvist mellem 99,76 % og 99,89 %: ikke målt i 1 time 1 minut",
		i18n.DE: "Ziel: ungewiss zwischen 99,76 % und 99,89 %: 1 Stunde 1 Minute lang nicht gemessen", i18n.NL: "doel: onzeker tussen 99,76% en 99,89%: 1 uur 1 minuut niet gemeten",
		i18n.FI: "tavoite: epävarma 99,76 % – 99,89 %: mittaamatta jäi 1 tunti 1 minuutti",
	} {
		for _, path := range []string{"/", "/uptime"} {
			table := all(parse(t, one(t, s, path, l)), class("months"))[0]
			if got := strings.ReplaceAll(text(table), "\u00a0", " "); strings.Count(got, want) != 1 {
				t.Errorf("%s in %s: %q, want %q in it", path, l, got, want)
			}
		}
		for _, path := range []string{uptimePath + "2026-03", uptimePath + "2026"} {
			_, why, _ := strings.Cut(want, " ")
			_, why, _ = strings.Cut(why, " ")
			if got := strings.ReplaceAll(text(parse(t, detail(t, s, path, l))), "\u00a0", " "); !strings.Contains(got, why) {
				t.Errorf("%s in %s does not say %q", path, l, why)
			}
		}
	}
}

// TestNothingMeasuredHasNoPercentage: where coverage is nothing, what people said was down is told, and no percentage is.
func TestNothingMeasuredHasNoPercentage(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC)
	said := func(d time.Duration) ledger.Facts {
		rows := oneGap(begin, 40*24*time.Hour)
		rows.Outages = []ledger.Outage{{Start: begin.Add(48 * time.Hour), End: begin.Add(48*time.Hour + d), Component: "login"}}
		return ledger.Facts{Month: "2026-04", AsOf: testNow, Rows: rows}
	}
	for _, l := range i18n.Langs {
		none := i18n.T(l, "ui.not_observed")
		s := withFacts(t, said(12*time.Minute))
		sum := all(frontOf(t, s, l), class("sum"))
		if len(sum) != 1 {
			t.Fatalf("%s: %d figures in the band, want one", l, len(sum))
		}
		down := i18n.T(l, "ui.downtime", "duration", i18n.Duration(l, 12*time.Minute))
		if got := text(sum[0]); strings.Contains(got, "%") || !strings.Contains(got, i18n.Capital(none)) || !strings.Contains(got, down) {
			t.Errorf("%s: the band says %q, want %q and %q, and no percentage", l, got, none, down)
		}
		table := text(all(frontOf(t, s, l), class("months"))[0])
		if strings.Contains(table, "%") || strings.Count(table, none) < 3 || !strings.Contains(table, down) {
			t.Errorf("%s: the table says %q, want no percentage", l, table)
		}
		month := all(parse(t, detail(t, s, uptimePath+"2026-04", l)), class("fig"))
		if got := text(month[0]); strings.Contains(got, "%") || !strings.Contains(got, none) {
			t.Errorf("%s: the month's page says %q, want no percentage", l, got)
		}
		if got := string(detail(t, s, badgePath+"uptime.svg", l)); strings.Contains(got, "%<") || !strings.Contains(got, ">"+none+"<") {
			t.Errorf("%s: the badge says %s", l, got)
		}
	}
	s := withFacts(t, said(3*time.Hour))
	if got := text(all(frontOf(t, s, i18n.EN), class("sum"))[0]); !strings.Contains(got, "Not measured downtime 3 hours, target not met") {
		t.Errorf("a target that is missed for certain: %q", got)
	}
	// One of two that count was never measured: the figure stands with its coverage, and the band claims nothing.
	f := ledger.Facts{Month: "2026-04", Zone: s.ZoneName, Target: s.Target, AsOf: testNow, Rows: oneGap(begin, 40*24*time.Hour), Counted: []string{"login", "crm-read"}}
	m, err := s.monthOf(months.Kept{Statement: months.Statement{Facts: f}})
	if err != nil {
		t.Fatal(err)
	}
	s.Months = []Month{m}
	if got := text(all(frontOf(t, s, i18n.EN), class("sum"))[0]); strings.Contains(got, "%") {
		t.Errorf("one of two is not measured, and the band says %q", got)
	}
	if got := text(all(frontOf(t, s, i18n.EN), class("months"))[0]); !strings.Contains(got, "100.00%") || !strings.Contains(got, "0.00% not measured: ") {
		t.Errorf("one of two is not measured, and the table says %q", got)
	}
	// A minute of coverage shows as nothing too; an hour has a figure.
	for gap, blank := range map[time.Duration]bool{-time.Second: true, -time.Hour: false} {
		s := withFacts(t, ledger.Facts{Month: "2026-04", AsOf: testNow, Rows: oneGap(begin, testNow.Sub(begin)+gap)})
		if got := text(all(frontOf(t, s, i18n.EN), class("sum"))[0]); strings.Contains(got, "%") == blank {
			t.Errorf("measured for %s: %q", -gap, got)
		}
	}
}
