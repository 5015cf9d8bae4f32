package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
)

// Each file has its faults listed: start of every message, in order.
func TestReadFactsFaults(t *testing.T) {
	t.Parallel()
	const head = `"month":"2026-04","zone":"Europe/Oslo","target":"0.998"`
	const row = `"start":"2026-04-01T10:00:00Z","end":"2026-04-01T11:00:00Z"`
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"nothing", ``, []string{"line 1, column 1: unexpected end of JSON input"}},
		{"no object", `[]`, []string{"this is an object in braces"}},
		{"empty object", `{}`, []string{"month: it is missing", "zone: it is missing", "target: it is missing"}},
		{"null is missing", `{"month":null,"zone":null,"target":null}`, []string{"month: it is missing", "zone: it is missing", "target: it is missing"}},
		{"empty text", `{"month":"","zone":"","target":""}`, []string{"month: it is missing", "zone: it is missing", "target: it is missing"}},
		{"half a file", "{\n  \"month\": \"2026-04\",", []string{"line 2, column 21: unexpected end of JSON input"}},
		{"a slip", "{\n\"å\": x}", []string{"line 2, column 6: invalid character 'x'"}},
		{"something after", `{` + head + `} {}`, []string{"line 1, column 59: invalid character '{' after top-level value"}},
		{"no UTF-8", "{\"month\":\"\xff\"}", []string{"this is not valid UTF-8"}},
		{"too deep", strings.Repeat("[", 40) + strings.Repeat("]", 40), []string{"this is nested deeper than 16 levels"}},
		{"bad month", `{"month":"2026-13","zone":"Europe/Oslo","target":"0.998"}`, []string{`month: "2026-13" is no month: write year and month such as 2026-04`}},
		{"short month", `{"month":"2026-4","zone":"Europe/Oslo","target":"0.998"}`, []string{`month: "2026-4" is no month`}},
		{"old month", `{"month":"1969-12","zone":"Europe/Oslo","target":"0.998"}`, []string{`month: "1969-12" is no month`}},
		{"month as number", `{"month":202604,"zone":"Europe/Oslo","target":"0.998"}`, []string{`month: this is text in quotes`}},
		{"bad zone", `{"month":"2026-04","zone":"Berlin","target":"0.998"}`, []string{`zone: "Berlin" is unknown: use a name such as Europe/Oslo`}},
		{"a file as zone", `{"month":"2026-04","zone":"../../etc/passwd","target":"0.998"}`, []string{`zone: "../../etc/passwd" is unknown`}},
		{"per cent", `{"month":"2026-04","zone":"Europe/Oslo","target":"99.8"}`, []string{`target: "99.8" is no share above 0 and at most 1 with up to 12 decimals: write 99.8 % as 0.998`}},
		{"target as number", `{"month":"2026-04","zone":"Europe/Oslo","target":0.998}`, []string{"target: this is text in quotes"}},
		{"target 0", `{"month":"2026-04","zone":"Europe/Oslo","target":"0.000"}`, []string{`target: "0.000" is no share`}},
		{"target above 1", `{"month":"2026-04","zone":"Europe/Oslo","target":"1.000001"}`, []string{`target: "1.000001" is no share`}},
		{"target below 0", `{"month":"2026-04","zone":"Europe/Oslo","target":"-0.5"}`, []string{`target: "-0.5" is no share`}},
		{"target as fraction", `{"month":"2026-04","zone":"Europe/Oslo","target":"998/1000"}`, []string{`target: "998/1000" is no share`}},
		{"target with exponent", `{"month":"2026-04","zone":"Europe/Oslo","target":"1e-999999999"}`, []string{`target: "1e-999999999" is no share`}},
		{"absurd digits", `{"month":"2026-04","zone":"Europe/Oslo","target":"0.` + strings.Repeat("9", 500) + `"}`, []string{`target: "0.9999`}},
		{"unknown member", `{` + head + `,"outage":[]}`, []string{`"outage": there is no such member: use month, zone, target, as_of, components, outages, maintenance, unobserved`}},
		{"case matters", `{` + head + `,"Outages":[]}`, []string{`"Outages": there is no such member`}},
		{"doubled member", `{` + head + `,"month":"2026-05"}`, []string{"month: it is given twice: keep one"}},
		{"doubled in a row", `{` + head + `,"outages":[{` + row + `,"start":null}]}`, []string{"outages[0].start: it is given twice"}},
		{"list of another type", `{` + head + `,"outages":{},"maintenance":"","unobserved":3}`, []string{"outages: this is a list", "maintenance: this is a list", "unobserved: this is a list"}},
		{"row of another type", `{` + head + `,"outages":[null,{` + row + `},7]}`, []string{"outages[0]: this is an object in braces", "outages[2]: this is an object"}},
		{"unknown member of a row", `{` + head + `,"outages":[{` + row + `,"components":[]}]}`, []string{`outages[0]."components": there is no such member: use start, end, aware, reported, impact, cause, component, cohort`}},
		{"no start", `{` + head + `,"outages":[{}],"maintenance":[{}],"unobserved":[{}]}`, []string{"outages[0].start: it is missing: write date", "maintenance[0].start: it is missing", "unobserved[0].start: it is missing"}},
		{"instants without offset, of another type, of no day", `{` + head + `,"outages":[{"start":"2026-04-01T10:00:00","end":5,"aware":"2026-02-30T10:00:00Z","reported":"yesterday"}]}`, []string{
			`outages[0].aware: "2026-02-30T10:00:00Z" is no instant: write date, time and offset, such as`, `outages[0].reported: "yesterday" is no instant`,
			`outages[0].start: "2026-04-01T10:00:00" is no instant`, `outages[0].end: this is text in quotes: write date`,
		}},
		{"far years", `{` + head + `,"outages":[{"start":"9999-12-31T23:59:59-12:00"}]}`, []string{`outages[0].start: "9999-12-31T23:59:59-12:00" is not of the years 1900 to 2999`}},
		{"end before start", `{` + head + `,"outages":[{` + row + `},{"start":"2026-04-01T10:00:00Z","end":"2026-04-01T11:59:59+02:00"}]}`, []string{
			"outages[1].end: it ends at 2026-04-01T09:59:59Z, before its start 2026-04-01T10:00:00Z: give a later end, or leave it out if it goes on",
		}},
		{"unknown words", `{` + head + `,"outages":[{` + row + `,"impact":"slow","cause":""}],"maintenance":[{` + row + `,"phase":"done"}]}`, []string{
			`outages[0].impact: "slow" is no impact: use no_read, no_write, no_read_no_write, degraded`,
			`outages[0].cause: "" is no cause: use provider, internet, external, customer, third_party, excluded_service`,
			`maintenance[0].phase: "done" is no phase: use completed, in_progress, verifying, scheduled, held, reserved, lapsed, withdrawn, cancelled`,
		}},
		{"names", `{` + head + `,"outages":[{` + row + `,"component":["crm-read"],"cohort":"a\u0000b"}],"maintenance":[{` + row + `,"components":"login"},{` + row + `,"components":["",1]}]}`, []string{
			"outages[0].component: this is text in quotes: the name of a component; leave it out to mean all",
			`outages[0].cohort: "a\x00b" cannot be a name`, "maintenance[0].components: this is a list of names",
			"maintenance[1].components[0]: this is the name", "maintenance[1].components[1]: this is the name",
		}},
		{"as of outside", `{` + head + `,"as_of":"2026-05-01T00:00:00+02:00"}`, []string{"as_of: it lies outside the month: leave it out for a month that is over"}},
		{"cohort of a gap", `{` + head + `,"unobserved":[{` + row + `,"cohort":"pilot"}]}`, []string{`unobserved[0]."cohort": there is no such member: use start, end, component`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := ledger.ReadFacts(strings.NewReader(c.file))
			if err == nil {
				t.Fatalf("ReadFacts(%s) found no fault, want %q", c.file, c.want)
			}
			got := strings.Split(err.Error(), "\n")
			if len(got) != len(c.want) {
				t.Fatalf("ReadFacts(%s) found\n%s\nwant\n%s", c.file, err, strings.Join(c.want, "\n"))
			}
			for i := range got {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("fault %d is %s, want %s", i, got[i], c.want[i])
				}
			}
			if e := (*data.Error)(nil); !errors.As(err, &e) || e.Kind != data.KindInvalid {
				t.Errorf("%v is not for people", err)
			}
		})
	}
}

func TestReadFactsBounds(t *testing.T) {
	t.Parallel()
	if _, err := ledger.ReadFacts(strings.NewReader(strings.Repeat(" ", ledger.MaxFacts+1))); err == nil || !strings.Contains(err.Error(), "8388608 bytes") {
		t.Errorf("more than MaxFacts: %v", err)
	}
	many := `{"month":"2026-04","zone":"Europe/Oslo","target":"0.998","outages":[` + strings.Repeat("0,", 1000) + `0]}`
	_, err := ledger.ReadFacts(strings.NewReader(many))
	if err == nil || !strings.HasSuffix(err.Error(), "and 901 more") {
		t.Errorf("a thousand faults end with %v", err)
	}
	broken := errors.New("the cable is out")
	if _, err := ledger.ReadFacts(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("a reader's error is lost: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestReadFactsDefaults(t *testing.T) {
	t.Parallel()
	got := read(t, "\ufeff"+facts("2026-04", `"outages":[{"start":"2026-04-01T12:00:00.25+02:00"}],
		"maintenance":[{"start":"2026-04-02T10:00:00Z","end":"2026-04-02T10:00:00Z","components":[],"cohort":"all"},
			{"start":"2026-04-02T10:00:00Z","components":["login","all"],"announced":null}],"unobserved":null`))
	var b bytes.Buffer
	if err := ledger.WriteFacts(&b, got); err != nil {
		t.Fatal(err)
	}
	const want = `{
  "month": "2026-04",
  "zone": "Europe/Oslo",
  "target": "0.998",
  "outages": [
    {
      "start": "2026-04-01T10:00:00.25Z",
      "aware": "2026-04-01T10:00:00.25Z",
      "impact": "no_read_no_write",
      "cause": "provider"
    }
  ],
  "maintenance": [
    {
      "start": "2026-04-02T10:00:00Z",
      "end": "2026-04-02T10:00:00Z",
      "phase": "completed"
    },
    {
      "start": "2026-04-02T10:00:00Z",
      "phase": "completed"
    }
  ],
  "unobserved": []
}
`
	if b.String() != want {
		t.Errorf("the defaults are\n%s\nwant\n%s", b.String(), want)
	}
}

// An entry without end goes on to the end of the month, or to as_of.
func TestOpenEntries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, lists      string
		down, unobserved int64
		soFar            bool
	}{
		{"to the end of the month", `"outages":[{"start":"2026-04-30T23:59:00+02:00"}],"unobserved":[{"start":"2026-04-30T23:59:30+02:00"}]`, 60, 30, false},
		{"to as_of", `"as_of":"2026-04-10T10:00:00Z","outages":[{"start":"2026-04-10T09:58:00Z"}],"unobserved":[{"start":"2026-04-10T09:59:59Z"}]`, 120, 1, true},
		{"a window that goes on", `"as_of":"2026-04-10T10:00:00Z","outages":[{"start":"2026-04-10T09:58:00Z"}],
			"maintenance":[{"start":"2026-04-10T09:59:00Z","phase":"in_progress"}]`, 60, 0, true},
		{"beyond the allowance", `"as_of":"2026-04-10T10:00:00Z","outages":[{"start":"2026-04-10T08:00:00Z"}]`, 7200, 0, true},
		{"from before the month", `"outages":[{"start":"2026-03-01T00:00:00Z","end":"2026-04-01T00:00:05+02:00"}]`, 5, 0, false},
		{"after the month", `"outages":[{"start":"2026-05-01T00:00:00+02:00"}]`, 0, 0, false},
	} {
		r, err := read(t, facts("2026-04", c.lists)).Report(ledger.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Contract.Downtime != c.down || r.Unobserved != c.unobserved || r.SoFar != c.soFar || r.Seconds != 2592000 {
			t.Errorf("%s: %d s down, %d s unobserved, so far %v of %d s; want %d, %d, %v of 2592000",
				c.name, r.Contract.Downtime, r.Unobserved, r.SoFar, r.Seconds, c.down, c.unobserved, c.soFar)
		}
		if c.soFar != (r.Left != nil) || c.soFar && *r.Left != max(0, 5184-c.down) {
			t.Errorf("%s: allowance left is %v", c.name, r.Left)
		}
	}
}

// The 24 hours of the strict policy, to the nanosecond.
func TestNoticeBoundary(t *testing.T) {
	t.Parallel()
	for announced, want := range map[string]int64{
		`"2026-04-09T10:00:00Z"`:           0,
		`"2026-04-09T12:00:00+02:00"`:      0,
		`"2026-04-09T10:00:00.000000001Z"`: 600,
		`"2026-04-09T09:59:59.999999999Z"`: 0,
		`"2026-04-11T10:00:00Z"`:           600,
		`null`:                             600,
	} {
		r, err := read(t, facts("2026-04", `"outages":[{"start":"2026-04-10T10:00:00Z","end":"2026-04-10T10:10:00Z"}],
			"maintenance":[{"start":"2026-04-10T10:00:00Z","end":"2026-04-10T10:10:00Z","announced":`+announced+`}]`)).Report(ledger.Selection{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Strict.Downtime != want || r.Contract.Downtime != 0 {
			t.Errorf("announced %s: strict %d s, contract %d s; want %d and 0", announced, r.Strict.Downtime, r.Contract.Downtime, want)
		}
	}
}

func FuzzReadFacts(f *testing.F) {
	for _, c := range figures {
		f.Add([]byte(facts(c.month, c.facts)))
	}
	f.Add([]byte(`{"month":"2026-04","zone":"UTC","target":"1","as_of":"2026-04-02T00:00:00.5+23:59","unobserved":[{"start":"2026-04-01T00:00:00Z","component":"login"}]}`))
	f.Add([]byte(`{"month":"2026-04","month":"\ud800","target":1e999,"outages":[{"start":"2026-04-01T24:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ledger.ReadFacts(bytes.NewReader(b))
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error without words")
			}
			return
		}
		r, err := got.Report(ledger.Selection{})
		if err != nil {
			t.Fatalf("what was read makes no report: %v", err)
		}
		for _, p := range []ledger.Result{r.Contract, r.Strict, r.Observed} {
			if p.Downtime < 0 || p.Downtime > r.Seconds || p.Verdict.Known() && (p.Downtime == 0) != (p.Shown == "100.00") {
				t.Fatalf("impossible: %+v of %d s", p, r.Seconds)
			}
		}
		if r.Unobserved < 0 || r.Unobserved > r.Seconds {
			t.Fatalf("%d s unobserved of %d", r.Unobserved, r.Seconds)
		}
		written, err := json.Marshal(got)
		if err != nil {
			t.Fatalf("%+v cannot be written: %v", got, err)
		}
		back, err := ledger.ReadFacts(bytes.NewReader(written))
		if err != nil {
			t.Fatalf("%s cannot be read back: %v", written, err)
		}
		if !reflect.DeepEqual(back, got) {
			t.Fatalf("%s is read back as\n%+v, want\n%+v", written, back, got)
		}
	})
}
