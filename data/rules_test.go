package data_test

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDue(t *testing.T) {
	// The window is Friday 00:00 to 06:00, its deadline Thursday 00:00.
	for _, tt := range []struct {
		phase data.Phase
		now   string
		want  data.Phase
		next  string
	}{
		{data.Scheduled, "2026-01-10 00:00", data.Scheduled, "2026-01-16 00:00"},
		{data.Scheduled, "2026-01-15 23:59", data.Scheduled, "2026-01-16 00:00"},
		{data.Scheduled, "2026-01-16 00:00", data.InProgress, "2026-01-16 06:00"},
		{data.Scheduled, "2026-01-16 06:00", data.Completed, ""},
		{data.Scheduled, "2026-03-01 00:00", data.Completed, ""},
		{data.InProgress, "2026-01-15 23:50", data.InProgress, "2026-01-16 06:00"},
		{data.InProgress, "2026-01-16 05:59", data.InProgress, "2026-01-16 06:00"},
		{data.InProgress, "2026-01-16 06:00", data.Completed, ""},
		{data.Verifying, "2026-01-16 05:59", data.Verifying, "2026-01-16 06:00"},
		{data.Verifying, "2026-01-17 00:00", data.Completed, ""},
		{data.Reserved, "2026-01-14 23:59", data.Reserved, "2026-01-15 00:00"},
		{data.Reserved, "2026-01-15 00:00", data.Lapsed, ""},
		{data.Held, "2026-01-14 23:59", data.Held, "2026-01-15 00:00"},
		{data.Held, "2026-01-15 00:00", data.Cancelled, ""},
		{data.Cancelled, "2026-01-16 03:00", data.Cancelled, ""},
		{data.Withdrawn, "2026-01-16 03:00", data.Withdrawn, ""},
		{data.Completed, "2026-01-10 00:00", data.Completed, ""},
		{data.Lapsed, "2026-01-10 00:00", data.Lapsed, ""},
	} {
		o := data.Occurrence{Phase: tt.phase, Window: data.Window{Start: at(t, "2026-01-16 00:00"), End: at(t, "2026-01-16 06:00")}}
		got, next := o.Due(at(t, tt.now))
		wantNext := time.Time{}
		if tt.next != "" {
			wantNext = at(t, tt.next)
		}
		if got != tt.want || !next.Equal(wantNext) {
			t.Errorf("%s at %s: Due = %s, %v; want %s, %v", tt.phase, tt.now, got, next, tt.want, wantNext)
		}
	}
}

func TestMerge(t *testing.T) {
	type m = data.Mark
	probe := func(by, cohort, when string, l data.Level) m {
		return m{Component: "c", Cohort: cohort, Source: data.FromProbe, By: by, At: at(t, when), Level: l}
	}
	person := func(when string, l data.Level, off bool) m {
		return m{Component: "c", Cohort: "all", Source: data.FromPerson, By: "incident", At: at(t, when), Level: l, Off: off}
	}
	window := func(when string, off bool) m {
		return m{Component: "c", Cohort: "pilot", Source: data.FromSchedule, By: "system|2026-01-16", At: at(t, when), Off: off}
	}
	const one, two, three, now = "2026-01-01 01:00", "2026-01-01 02:00", "2026-01-01 03:00", "2026-01-01 04:00"
	for _, tt := range []struct {
		name        string
		marks       []m
		level, last data.Level
		declared    bool
		maintenance bool
	}{
		{"nobody has looked", nil, data.NoData, data.NoData, false, false},
		{"one probe", []m{probe("p", "all", one, data.Operational)}, data.Operational, data.Operational, false, false},
		{"the later mark counts, in any order", []m{probe("p", "all", two, data.MajorOutage), probe("p", "all", one, data.Operational)}, data.MajorOutage, data.MajorOutage, false, false},
		{"a mark of the future does not", []m{probe("p", "all", one, data.Operational), probe("p", "all", "2026-01-02 00:00", data.MajorOutage)}, data.Operational, data.Operational, false, false},
		{"the worst of two probes", []m{probe("p", "all", one, data.Operational), probe("q", "all", one, data.Degraded)}, data.Degraded, data.Degraded, false, false},
		{"one probe blind", []m{probe("p", "all", one, data.Operational), probe("q", "all", one, data.NoData)}, data.Operational, data.Operational, false, false},
		{"all blind", []m{probe("p", "all", one, data.MajorOutage), probe("p", "all", two, data.NoData)}, data.NoData, data.MajorOutage, false, false},
		{"a cohort down", []m{probe("p", "rest", one, data.Operational), probe("q", "pilot", two, data.PartialOutage)}, data.PartialOutage, data.PartialOutage, false, false},
		{"a person outranks the probe", []m{probe("p", "all", one, data.Operational), person(two, data.MajorOutage, false)}, data.MajorOutage, data.MajorOutage, true, false},
		{"also with better news", []m{probe("p", "all", one, data.MajorOutage), person(two, data.Operational, false)}, data.Operational, data.Operational, true, false},
		{"and of each cohort when said of all", []m{probe("p", "pilot", one, data.MajorOutage), person(two, data.Degraded, false)}, data.Degraded, data.Degraded, true, false},
		{"until they let go", []m{probe("p", "all", one, data.Operational), person(two, data.MajorOutage, false), person(three, data.NoData, true)}, data.Operational, data.Operational, false, false},
		{"a window is no level", []m{probe("p", "all", one, data.Operational), window(two, false)}, data.Operational, data.Operational, false, true},
		{"a window ends", []m{probe("p", "all", one, data.Operational), window(two, false), window(three, true)}, data.Operational, data.Operational, false, false},
		{"a window over what is down", []m{probe("p", "all", one, data.MajorOutage), window(two, false)}, data.MajorOutage, data.MajorOutage, false, true},
		{"a window over what nobody sees", []m{window(two, false)}, data.NoData, data.NoData, false, true},
	} {
		got := data.Merge(tt.marks, at(t, now))
		if got.Level != tt.level || got.LastKnown != tt.last || got.Declared != tt.declared || got.Maintenance != tt.maintenance {
			t.Errorf("%s: Merge = %+v; want level %s, last known %s, declared %t, maintenance %t", tt.name, got, tt.level, tt.last, tt.declared, tt.maintenance)
		}
	}
}

// TestMergeFlapping: what fails again and again is said to, unless something worse or a person outranks it.
func TestMergeFlapping(t *testing.T) {
	mark := func(source data.Source, by string, l data.Level, cause data.Reason) data.Mark {
		return data.Mark{Component: "c", Cohort: "all", Source: source, By: by, At: at(t, "2026-01-01 01:00"), Level: l, Cause: string(cause)}
	}
	flaps := mark(data.FromProbe, "p", data.Degraded, data.ReasonFlapping)
	for name, tt := range map[string]struct {
		marks []data.Mark
		want  bool
	}{
		"alone":                 {[]data.Mark{flaps}, true},
		"beside a good one":     {[]data.Mark{flaps, mark(data.FromProbe, "q", data.Operational, "")}, true},
		"beside a slow one":     {[]data.Mark{flaps, mark(data.FromProbe, "q", data.Degraded, data.ReasonSlow)}, true},
		"beside one down":       {[]data.Mark{flaps, mark(data.FromProbe, "q", data.MajorOutage, data.ReasonTimeout)}, false},
		"a person says as much": {[]data.Mark{flaps, mark(data.FromPerson, "i", data.Degraded, "")}, false},
		"slow alone":            {[]data.Mark{mark(data.FromProbe, "q", data.Degraded, data.ReasonSlow)}, false},
	} {
		if got := data.Merge(tt.marks, at(t, "2026-01-01 02:00")).Flapping; got != tt.want {
			t.Errorf("%s: flapping %t, want %t", name, got, tt.want)
		}
	}
}

func TestCohorts(t *testing.T) {
	cs := data.Cohorts{{Slug: "pilot", List: []string{"Cust1"}, Percent: 10, Salt: "one"}, {Slug: "rest", Rest: true}}
	if got := cs.Of("Cust1"); got != "pilot" {
		t.Errorf("Of(Cust1) = %q: the list comes before the hash", got)
	}
	pilots, moved := 0, 0
	again := data.Cohorts{{Slug: "pilot", Percent: 20, Salt: "one"}, {Slug: "rest", Rest: true}}
	for i := range 20000 {
		c := fmt.Sprint("Cust", 100+i)
		switch cs.Of(c) {
		case "pilot":
			pilots++
			if again.Of(c) != "pilot" {
				moved++
			}
		case "rest":
		default:
			t.Fatalf("%s is in %q", c, cs.Of(c))
		}
	}
	if pilots < 1800 || pilots > 2200 {
		t.Errorf("%d of 20000 customers are pilots, want about a tenth", pilots)
	}
	if moved > 0 {
		t.Errorf("%d pilots left when the share grew", moved)
	}
}

func TestWants(t *testing.T) {
	for _, tt := range []struct {
		name  string
		who   data.Subscriber
		topic data.Topic
		want  bool
	}{
		{"anybody", data.Subscriber{}, data.Topic{Cohort: "all"}, true},
		{"of the other cohort", data.Subscriber{Cohort: "pilot"}, data.Topic{Cohort: "rest"}, false},
		{"of the cohort", data.Subscriber{Cohort: "pilot"}, data.Topic{Cohort: "pilot"}, true},
		{"of a cohort, and it concerns all", data.Subscriber{Cohort: "pilot"}, data.Topic{Cohort: "all"}, true},
		{"of another component", data.Subscriber{Components: []string{"login"}}, data.Topic{Cohort: "all", Components: []string{"crm-read"}}, false},
		{"of one of the components", data.Subscriber{Components: []string{"login"}}, data.Topic{Cohort: "all", Components: []string{"crm-read", "login"}}, true},
		{"of a component, and it concerns all", data.Subscriber{Components: []string{"login"}}, data.Topic{Cohort: "all"}, true},
		{"admin", data.Subscriber{Roles: []string{"admin"}}, data.Topic{Cohort: "all"}, true},
		{"security, of an upgrade", data.Subscriber{Roles: []string{"security"}}, data.Topic{Cohort: "all"}, false},
		{"security, of patches", data.Subscriber{Roles: []string{"security"}}, data.Topic{Cohort: "all", Security: true}, true},
		{"agreement, of patches", data.Subscriber{Roles: []string{"agreement"}}, data.Topic{Cohort: "all", Security: true}, false},
		{"gone", data.Subscriber{Retired: true}, data.Topic{Cohort: "all"}, false},
	} {
		tt.who.Confirmed = at(t, "2026-01-01 00:00")
		if got := tt.who.Wants(tt.topic); got != tt.want {
			t.Errorf("%s: Wants = %t", tt.name, got)
		}
	}
	if (data.Subscriber{}).Wants(data.Topic{Cohort: "all"}) {
		t.Error("an unconfirmed subscriber wants something")
	}
}

// slowID is the ID of a text by its definition: the last twelve digits of its hash to the base of 36, the last one first.
func slowID(text string) string {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	sum := sha256.Sum256([]byte(text))
	number, rest, id := new(big.Int).SetBytes(sum[:]), new(big.Int), ""
	for range 12 {
		number.DivMod(number, big.NewInt(36), rest)
		id += string(digits[rest.Int64()])
	}
	return id
}

func TestPublicID(t *testing.T) {
	seen := map[string]string{}
	for _, kind := range []string{"component", "incident"} {
		for i := range 500 {
			key := fmt.Sprint(i)
			id := data.PublicID("page", kind, key)
			if !data.ValidID(id) {
				t.Fatalf("PublicID(%s, %s) = %q: not 12 characters a-z0-9", kind, key, id)
			}
			if want := slowID("page\x00" + kind + "\x00" + key); id != want {
				t.Fatalf("PublicID(%s, %s) = %s, want %s", kind, key, id, want)
			}
			if was, ok := seen[id]; ok {
				t.Fatalf("%s and %s %s share %s", was, kind, key, id)
			}
			seen[id] = kind + " " + key
		}
	}
	if data.PublicID("page", "component", "crm-read") != "pf4u68o1nzsm" {
		t.Errorf("PublicID changed: %s. Every address and every client's bookmark hangs on it", data.PublicID("page", "component", "crm-read"))
	}
}

// TestBlock packs random days and unpacks them again.
func TestBlock(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		day := at(t, "2026-01-01 00:00")
		b := data.Block{Probe: "p", Place: "here", Day: "2026-01-01"}
		var want []data.Sample
		second := 0
		for range rapid.IntRange(0, 60).Draw(r, "samples") {
			second += rapid.SampledFrom([]int{1, 30, 30, 30, 60, 4000}).Draw(r, "step")
			if second >= 86400 {
				break
			}
			s := data.Sample{
				Probe: "p", Place: "here", At: day.Add(time.Duration(second) * time.Second),
				Level:   rapid.SampledFrom([]data.Level{data.Operational, data.Operational, data.MajorOutage, data.NoData}).Draw(r, "level"),
				Reason:  rapid.SampledFrom(data.Reasons).Draw(r, "reason"),
				Latency: time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(r, "latency")),
			}
			if err := b.Append(s); err != nil {
				r.Fatal(err)
			}
			want = append(want, s)
		}
		got, err := b.Samples()
		if err != nil || len(got) != len(want) {
			r.Fatalf("%d samples unpacked of %d: %v", len(got), len(want), err)
		}
		for i, g := range got {
			w := want[i]
			off := float64(g.Latency-w.Latency) / float64(w.Latency+time.Millisecond)
			if off < -0.06 || off > 0.06 {
				r.Errorf("latency %v came back as %v", w.Latency, g.Latency)
			}
			w.Latency = g.Latency
			if !reflect.DeepEqual(g, w) {
				r.Errorf("sample %d: %+v, want %+v", i, g, w)
			}
		}
	})
}

func TestBlockRefuses(t *testing.T) {
	b := data.Block{Probe: "p", Place: "here", Day: "2026-01-01"}
	s := data.Sample{At: at(t, "2026-01-01 10:00"), Level: data.Operational}
	if err := b.Append(s); err != nil {
		t.Fatal(err)
	}
	if err := b.Append(s); err == nil {
		t.Error("the same second twice was taken")
	}
	s.At = at(t, "2026-01-02 00:00")
	if err := b.Append(s); err == nil {
		t.Error("a sample of the next day was taken")
	}
}

func TestBlockSize(t *testing.T) {
	b := data.Block{Probe: "p", Place: "here", Day: "2026-01-01"}
	for i := range 2880 {
		s := data.Sample{At: at(t, "2026-01-01 00:00").Add(time.Duration(i) * 30 * time.Second), Level: data.Operational, Latency: time.Duration(80+i%40) * time.Millisecond}
		if err := b.Append(s); err != nil {
			t.Fatal(err)
		}
	}
	if per := float64(len(b.Data)) / 2880; per > 1.01 {
		t.Errorf("%.2f bytes a sample of a steady target, want 1", per)
	}
}

func FuzzBlockSamples(f *testing.F) {
	f.Add([]byte{0x80, 30, 1, 0, 5, 5, 5})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		block := data.Block{Probe: "p", Place: "here", Day: "2026-01-01", Data: b}
		samples, err := block.Samples()
		if err == nil && len(samples) > len(b) {
			t.Errorf("%d samples out of %d bytes", len(samples), len(b))
		}
	})
}

func TestSecrets(t *testing.T) {
	secret, hash := data.NewSecret()
	if !data.WellFormedSecret(secret) || data.HashSecret(secret) != hash {
		t.Errorf("NewSecret = %q, %q: not well-formed or another hash", secret, hash)
	}
	broken := []byte(secret)
	broken[10] ^= 1
	for _, s := range []string{"", "sp_", string(broken), secret + "0", secret[:len(secret)-1], "xx" + secret} {
		if data.WellFormedSecret(s) {
			t.Errorf("%q passes as a secret", s)
		}
	}
	for _, tt := range []struct {
		have, need data.Role
		want       bool
	}{{data.Admin, data.Responder, true}, {data.Responder, data.Admin, false}, {data.Viewer, data.Viewer, true}, {"", data.Viewer, false}, {"root", data.Viewer, false}, {"", "", false}} {
		if got := tt.have.May(tt.need); got != tt.want {
			t.Errorf("Role(%q).May(%q) = %t", tt.have, tt.need, got)
		}
	}
}

func TestCleanText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{" a\r\nb ", "a\nb"},
		{"", ""},
		{"  ", ""},
		{"a\x00b", ""},
		{"a\x1b[31mb", ""},
		{"\xff", ""},
		{"tab\tok", "tab\tok"},
		{"{{.}} <b>", "{{.}} <b>"},
		{"a\u202eb", ""},
		{"12345678901", ""},
		{"åäöåäöåäöå", "åäöåäöåäöå"},
	} {
		got, err := data.CleanText("body", tt.in, 10)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("CleanText(%q) = %q, %v; want %q", tt.in, got, err, tt.want)
		}
	}
	if _, err := data.CleanLine("title", "a\nb", 10); err == nil {
		t.Error("CleanLine takes two lines")
	}
}

func TestValidSlug(t *testing.T) {
	for s, ok := range map[string]bool{
		"crm-read": true, "expander/api": true, "a": true, "": false, "-a": false, "a--b": false, "A": false, "a|b": false,
		"a/": false, "ü": false, "a b": false,
	} {
		if err := data.ValidSlug(s); (err == nil) != ok {
			t.Errorf("ValidSlug(%q) = %v", s, err)
		}
	}
}
