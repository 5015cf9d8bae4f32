package ledger_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data/ledger"
)

// TestStretches joins what was measured and what was declared of one failure, and says of every second why it does not count.
func TestStretches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, facts, want string }{
		{
			"measured and declared",
			`"outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:50:00Z","component":"login"},
				{"start":"2026-04-07T08:55:00Z","end":"2026-04-07T09:40:00Z","component":"crm-read","aware":"2026-04-07T08:57:00Z"}]`,
			"[0 1] 08:55-09:50 [crm-read login]/[] 3180 observed 3300: not_known 08:55-08:57 known 08:57",
		},
		{
			"known late of one, at once of the other",
			`"outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:50:00Z","component":"login","aware":"2026-04-07T09:20:00Z"},
				{"start":"2026-04-07T09:10:00Z","end":"2026-04-07T09:40:00Z","component":"crm-read"}]`,
			"[0 1] 09:00-09:50 [crm-read login]/[] 2400 observed 3000: not_known 09:00-09:10 known 09:10",
		},
		{
			"known of the first, and later of what went on", `"outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:10:00Z","component":"login","aware":"2026-04-07T09:02:00Z"},
				{"start":"2026-04-07T09:09:00Z","end":"2026-04-07T09:30:00Z","component":"crm-read","aware":"2026-04-07T09:20:00Z"}]`,
			"[0 1] 09:00-09:30 [crm-read login]/[] 1080 observed 1800: not_known 09:00-09:02 known 09:02, not_known 09:10-09:20 known 09:20",
		},
		{
			"the one that was known is not the provider's", `"outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:50:00Z","aware":"2026-04-07T09:20:00Z"},
				{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:30:00Z","cause":"internet"}]`,
			"[0 1] 09:00-09:50 []/[] 1800 observed 3000: not_known 09:00-09:20 known 09:20",
		},
		{
			"it was over before anybody knew", `"outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:10:00Z","aware":"2026-04-07T09:20:00Z"}]`,
			"[0] 09:00-09:10 []/[] 0 observed 600: not_known 09:00-09:10 known 09:20",
		},
		{
			"one after the other", `"outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:10:00Z"},{"start":"2026-04-07T09:10:00Z","end":"2026-04-07T09:20:00Z","cause":"internet"}]`,
			"[0] 09:00-09:10 []/[] 600 observed 600; [1] 09:10-09:20 []/[] 0 observed 600: not_provider internet 09:10-09:20",
		},
		{
			"slow all day", `"outages":[{"start":"2026-04-07T08:00:00Z","end":"2026-04-07T18:00:00Z","impact":"degraded"},{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T09:10:00Z"},{"start":"2026-04-07T10:00:00Z","end":"2026-04-07T10:10:00Z"}]`,
			"[1] 09:00-09:10 []/[] 600 observed 600; [2] 10:00-10:10 []/[] 600 observed 600; [0] 08:00-18:00 []/[] 0 observed 0: degraded 08:00-18:00",
		},
		{
			"two windows over one outage", `"outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T10:00:00Z","cohort":"pilot"}],"maintenance":[
				{"start":"2026-04-07T09:10:00Z","end":"2026-04-07T09:30:00Z","id":"a"},{"start":"2026-04-07T09:20:00Z","end":"2026-04-07T09:50:00Z","id":"b"}]`,
			"[0] 09:00-10:00 []/[pilot] 1200 observed 3600: maintenance a 09:10-09:30, maintenance b 09:30-09:50",
		},
		{
			"another component stays down under a window", `"outages":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T10:00:00Z","component":"login"},{"start":"2026-04-07T09:30:00Z","end":"2026-04-07T10:30:00Z","component":"crm-read"}],
				"maintenance":[{"start":"2026-04-07T09:00:00Z","end":"2026-04-07T10:00:00Z","components":["login"],"id":"a"}]`,
			"[0 1] 09:00-10:30 [crm-read login]/[] 3600 observed 5400: maintenance a 09:00-09:30",
		},
		{
			"going on, from the month before", `"outages":[{"start":"2026-03-07T09:00:00Z"}],"as_of":"2026-04-01T00:00:00Z"`,
			"[0] 09:00- []/[] 7200 observed 7200",
		},
	} {
		f := read(t, facts("2026-04", c.facts))
		stretches, err := f.Stretches(ledger.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		clock := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.Format("15:04")
		}
		got := ""
		for i, s := range stretches {
			if i > 0 {
				got += "; "
			}
			got += fmt.Sprintf("%v %s-%s %v/%v %d observed %d", s.Intervals, clock(s.Start), clock(s.End), s.Components, s.Cohorts, s.Contract, s.Observed)
			for i, u := range s.Uncounted {
				got += [...]string{", ", ": "}[max(0, 1-i)] + string(u.Reason)
				if of := u.Maintenance + string(u.Cause); of != "" {
					got += " " + of
				}
				got += " " + clock(u.Start) + "-" + clock(u.End)
				if u.Reason == ledger.NotKnown {
					got += " known " + clock(u.Known)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s:\n\t%s, want\n\t%s", c.name, got, c.want)
		}
	}
}

// TestStretchesAddUp: whatever the facts, stretches add up to the month's figures, windows to what maintenance took out, and every
// second of an outage either counts or has a reason not to.
func TestStretchesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f, _ := drawFacts(t)
		sel := drawSelection(t)
		r := report(t, f, sel)
		entries, exclusions, err := f.Entries(sel)
		if err != nil {
			t.Fatal(err)
		}
		stretches, err := f.Stretches(sel)
		if err != nil {
			t.Fatal(err)
		}
		var contract, strict, observed int64
		var joined []int
		taken := make([]int64, len(exclusions))
		for _, s := range stretches {
			contract, strict, observed = contract+s.Contract, strict+s.Strict, observed+s.Observed
			joined = append(joined, s.Intervals...)
			var at time.Time
			for _, u := range s.Uncounted {
				if u.Start.Before(at) || u.Seconds != int64(u.End.Sub(u.Start)/time.Second) || u.Seconds <= 0 {
					t.Fatalf("%+v is told twice, or counted wrong, in %+v", u, s)
				}
				at = u.End
				if u.Exclusion != nil {
					taken[*u.Exclusion] += u.Seconds
				}
			}
		}
		if contract != r.Contract.Downtime || strict != r.Strict.Downtime || observed != r.Observed.Downtime {
			t.Fatalf("stretches add up to %d, %d, %d of %+v", contract, strict, observed, r)
		}
		gaps, err := f.Unwatched(sel)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range gaps {
			r.Unobserved -= g.Seconds
		}
		if r.Unobserved != 0 {
			t.Fatalf("gaps leave %d s unobserved", r.Unobserved)
		}
		if slices.Sort(joined); len(joined) != len(entries) || len(slices.Compact(joined)) != len(entries) {
			t.Fatalf("%d outages, joined are %v", len(entries), joined)
		}
		for i, x := range exclusions {
			if x.Contract != taken[i] {
				t.Fatalf("the window %+v took out %d, the stretches say %d", x, x.Contract, taken[i])
			}
		}
		loc, _ := time.LoadLocation(f.Zone)
		from, to, _ := ledger.Bounds(f.Month, loc)
		if !f.AsOf.IsZero() {
			to = f.AsOf
		}
		for _, e := range entries {
			a, b := max(e.Start.Unix(), from.Unix()), to.Unix()
			if !e.End.IsZero() {
				b = min(b, e.End.Unix())
			}
			sum := e.Contract
			for _, u := range e.Uncounted {
				sum += u.Seconds
			}
			if sum != max(0, b-a) {
				t.Fatalf("%d of %d seconds are accounted for in %+v", sum, b-a, e)
			}
		}
	})
}

// TestVerdict takes time that nobody watched for neither up nor down (U15).
func TestVerdict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, facts, want string }{
		{"watched", `"outages":[]`, `met`},
		{"an hour unwatched", `"unobserved":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T04:00:00Z"}]`, `met`},
		{"exactly as long as may be", `"unobserved":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T04:26:24Z"}]`, `met`},
		{"a second longer", `"unobserved":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T04:26:25Z"}]`, `unknown`},
		{"two components at once", `"unobserved":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T04:00:00Z","component":"a"},{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T04:20:00Z","component":"b"}]`, `met`},
		{"unwatched in a window", `"unobserved":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T09:00:00Z"}],"maintenance":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T09:00:00Z"}]`, `met`},
		{"unwatched while down", `"unobserved":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T04:20:00Z"}],"outages":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T04:20:00Z"}]`, `met`},
		{"unwatched and down", `"unobserved":[{"start":"2026-04-05T03:00:00Z","end":"2026-04-05T04:00:00Z"}],"outages":[{"start":"2026-04-06T03:00:00Z","end":"2026-04-06T04:20:00Z"}]`, `unknown`},
		{"missed all the same", `"unobserved":[{"start":"2026-04-05T03:00:00Z"}],"outages":[{"start":"2026-04-04T03:00:00Z","end":"2026-04-04T05:00:00Z"}]`, `not_met`},
		{"nobody watched", `"unobserved":[{"start":"2026-03-05T03:00:00Z"}]`, `no_data`},
	} {
		r, err := read(t, facts("2026-04", c.facts)).Report(ledger.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if string(r.Contract.Verdict) != c.want {
			t.Errorf("%s: %s, want %s", c.name, r.Contract.Verdict, c.want)
		}
		if b, err := json.Marshal(r.Contract); err != nil || c.want == "no_data" && string(b) != `{"downtime_seconds":0,"verdict":"no_data"}` {
			t.Errorf("%s: %s, %v", c.name, b, err)
		}
	}
}
