package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/page"
)

func TestEndangered(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 9, 23, 0, 0, 0, time.UTC)
	before := func(d time.Duration) time.Time { return start.Add(-d) }
	const hour = time.Hour
	planned := data.Bulletin{
		About: data.AboutOccurrence, Subject: "w", Kind: data.TellPlanned,
		Moment: before(72 * hour), Banner: before(48 * hour), Deadline: before(24 * hour), Until: start.Add(6 * hour),
	}
	short := planned
	short.Short = true
	short.Moment, short.Banner = before(5*hour), before(5*hour)
	sharp := planned // the banner's moment is the deadline
	sharp.Banner = before(24 * hour)
	told := data.Bulletin{About: data.AboutIncident, Subject: "i", Kind: data.TellIncident, Moment: before(hour), Until: start.Add(24 * hour)}

	onPage := func(b data.Bulletin, seen time.Time) gap {
		return gap{bulletin: b, surface: data.OnPage, moment: b.Moment, seen: seen, starts: start}
	}
	onBanner := func(b data.Bulletin, seen time.Time) gap {
		return gap{bulletin: b, surface: data.OnBanner, moment: b.Banner, seen: seen, starts: start}
	}
	full := onBanner(planned, time.Time{})
	full.full = true
	incident := gap{bulletin: told, surface: data.OnPage, moment: told.Moment}

	never := time.Time{}
	for _, tt := range []struct {
		name  string
		gaps  []gap
		now   time.Time
		risk  string // "subject, hours from By to the start: detail"
		lost  string
		wakes bool
	}{
		{"its moment has come", []gap{onPage(planned, never)}, before(72*hour - 14*time.Minute), "", "", false},
		{
			"a quarter of an hour late",
			[]gap{onPage(planned, never)},
			before(72*hour - 15*time.Minute),
			"w, 24: Not seen on the page, where it is due since 2026-01-06 23:00 UTC.", "", false,
		},
		{
			"near its deadline",
			[]gap{onPage(planned, before(70*hour)), onBanner(planned, never)},
			before(36 * hour),
			"w, 24: Not seen on the banner, where it is due since 2026-01-07 23:00 UTC.", "", true,
		},
		{
			"on neither",
			[]gap{onPage(planned, never), onBanner(planned, never)},
			before(40 * hour),
			"w, 24: Not seen on the page, where it is due since 2026-01-06 23:00 UTC; Not seen on the banner, where it is due since 2026-01-07 23:00 UTC.", "", false,
		},
		{"seen on both", []gap{onPage(planned, before(72*hour)), onBanner(planned, before(47*hour))}, before(20 * hour), "", "", false},
		{"no room", []gap{full}, before(30 * hour), "", "", false},
		{
			"its deadline has passed",
			[]gap{onPage(planned, before(72*hour)), onBanner(planned, never)},
			before(24 * hour),
			"", "w, 0: It was due by 2026-01-08 23:00 UTC: the banner does not show it.", true,
		},
		{
			"seen too late",
			[]gap{onPage(planned, before(23*hour)), onBanner(planned, never)},
			before(22 * hour),
			"", "w, 0: It was due by 2026-01-08 23:00 UTC: the page shows it since 2026-01-09 00:00 UTC; the banner does not show it.", true,
		},
		{"it has started", []gap{onPage(planned, before(23*hour))}, start, "", "", false},
		{"laid out too late, and seen", []gap{onPage(short, before(5*hour-time.Minute))}, before(4 * hour), "", "", false},
		{
			"laid out too late, and not seen",
			[]gap{onPage(short, never)},
			before(4 * hour),
			"w, none: Not seen on the page, where it is due since 2026-01-09 18:00 UTC.", "", true,
		},
		{"the moment is the deadline", []gap{onBanner(sharp, before(24*hour-30*time.Second))}, before(23 * hour), "", "", false},
		{
			"the moment is the deadline, and it took too long",
			[]gap{onBanner(sharp, before(24*hour-2*time.Minute))},
			before(23 * hour),
			"", "w, 0: It was due by 2026-01-08 23:00 UTC: the banner shows it since 2026-01-08 23:02 UTC.", true,
		},
		{"an incident, just opened", []gap{incident}, before(50 * time.Minute), "", "", false},
		{"an incident", []gap{incident}, before(45 * time.Minute), "i, none: Not seen on the page, where it is due since 2026-01-09 22:00 UTC.", "", true},
	} {
		risk, missed := endangered(tt.gaps, tt.now)
		show := func(list []data.Alarm, kind data.AlarmKind) string {
			var out []string
			for _, a := range list {
				by := "none"
				if !a.By.IsZero() {
					by = fmt.Sprint(start.Sub(a.By).Hours())
				}
				out = append(out, a.Subject+", "+by+": "+a.Detail)
				if a.Kind = kind; a.Urgent(tt.now) != tt.wakes {
					t.Errorf("%s: urgent %t", tt.name, !tt.wakes)
				}
			}
			return strings.Join(out, "\n")
		}
		if got := show(risk, data.AlarmNoticeAtRisk); got != tt.risk {
			t.Errorf("%s: at risk\n got %q\nwant %q", tt.name, got, tt.risk)
		}
		if got := show(missed, data.AlarmNoticeMissed); got != tt.lost {
			t.Errorf("%s: missed\n got %q\nwant %q", tt.name, got, tt.lost)
		}
	}
}

// A look sleeps until something else may be due, and no longer than an hour.
func TestWake(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 9, 23, 0, 0, 0, time.UTC)
	before := func(d time.Duration) time.Time { return start.Add(-d) }
	const hour = time.Hour
	planned := data.Bulletin{
		About: data.AboutOccurrence, Subject: "w", Kind: data.TellPlanned,
		Moment: before(72 * hour), Banner: before(48 * hour), Deadline: before(24 * hour), Until: start.Add(6 * hour),
	}
	unseen := gap{bulletin: planned, surface: data.OnPage, moment: planned.Moment, starts: start}
	late := unseen
	late.seen = before(23 * hour)
	seen := unseen
	seen.seen = before(72 * hour)
	onTime := time.FixedZone("", 3600*3+1800) // its midnight is far from all of these
	for _, tt := range []struct {
		name  string
		now   time.Time
		as    time.Duration // how old the page is
		ahead []data.Bulletin
		gaps  []gap
		want  time.Time
	}{
		{"nothing to come", before(100 * hour), hour, nil, nil, before(99 * hour)},
		{"a page that may become old", before(100 * hour), time.Minute, nil, nil, before(100*hour - 4*time.Minute - 1)},
		{"one just old enough", before(100 * hour), StaleAfter, nil, nil, before(100*hour - 1)},
		{"an old page", before(100 * hour), StaleAfter + 1, nil, nil, before(99 * hour)},
		{"a moment far off", before(74 * hour), hour, []data.Bulletin{planned}, nil, before(73 * hour)},
		{"a moment near", before(72*hour + time.Minute), hour, []data.Bulletin{planned}, nil, before(72 * hour)},
		{"the banner's moment", before(48*hour + time.Second), hour, []data.Bulletin{planned}, nil, before(48 * hour)},
		{"not seen yet", before(72 * hour), hour, []data.Bulletin{planned}, []gap{unseen}, before(72*hour - lateAfter)},
		{"not seen near the deadline", before(24*hour + time.Minute), hour, nil, []gap{unseen}, before(24 * hour)},
		{"missed", before(time.Minute), hour, nil, []gap{unseen}, start},
		{"seen too late", before(time.Minute), hour, nil, []gap{late}, start},
		{"seen in time", before(24*hour + time.Minute), hour, nil, []gap{seen}, before(23*hour + time.Minute)},
		{"its end", start.Add(6*hour - time.Second), hour, []data.Bulletin{planned}, nil, start.Add(6 * hour)},
	} {
		s := &page.State{Settings: page.Settings{Zone: onTime}, Now: tt.now.Add(-tt.as)}
		if got := wake(s, tt.ahead, tt.gaps, tt.now); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
