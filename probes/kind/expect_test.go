package kind

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// well is an answer that conditions can be tried on.
func well() *reply {
	return &reply{
		status: 200,
		header: http.Header{"Content-Type": {"application/json"}, "Via": {"a", "b"}},
		body:   []byte(`{"ok": true, "id": 9007199254740993, "share": 0.5, "name": "Ann", "nodes": [{"up": true, "n": 1}, {"up": false, "n": 2}], "none": null}`),
		took:   250 * time.Millisecond,
		phases: data.Phases{Resolve: time.Millisecond, Connect: 2 * time.Millisecond, TLS: 3 * time.Millisecond, Processing: 4 * time.Millisecond, Transfer: 5 * time.Millisecond},
		vars:   map[string]any{"counter": 41, "token": "hush"},
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want string // "" holds, "no" does not, "?" cannot be told
	}{
		{`status == 200`, ""},
		{`status in [200, 204]`, ""},
		{`status == 404 or status >= 200 and status < 300`, ""},
		{`status != 200`, "no"},
		{`header("content-type") startsWith "application/json"`, ""},
		{`header("via") == "a, b"`, ""},
		{`header("x-none") == ""`, ""},
		{`body contains "Ann"`, ""},
		{`body matches "\"name\": *\"A[a-z]+\""`, ""},
		{`not (body matches "(?i)error|exception")`, ""},
		{`len(body) < 1000`, ""},
		{`json.ok`, ""},
		{`json.ok == true`, ""},
		{`json.id == 9007199254740993`, ""},
		{`json.id == 9007199254740992`, "no"},
		{`json.share > 0.4 && json.share < 1`, ""},
		{`all(json.nodes, .n > 0)`, ""},
		{`all(json.nodes, .up)`, "no"},
		{`count(json.nodes, .up) == 1`, ""},
		{`sum(map(json.nodes, .n)) == 3`, ""},
		{`any(json.nodes, any(json.nodes, .n == 2))`, ""},
		{`"ok" in json`, ""},
		{`json.none == nil`, ""},
		{`json?.gone?.deep == nil`, ""},
		{`json.gone.deep == 1`, "?"},
		{`json.name`, "?"},
		{`json.name > 3`, "?"},
		{`json.nodes[7].up`, "?"},
		{`int(json.name) == 1`, "?"},
		{`between(body, "name\": \"", "\"") == "Ann"`, ""},
		{`between(body, "name\": \"", "#") == "" and between(body, "#", "\"") == ""`, ""},
		{`between(json.id, "1", "2") == ""`, "?"},
		{`json.name matches "^A"`, ""},
		{`json.id matches "^A"`, "?"},
		{`json.id + 1 == 9007199254740994`, ""},
		{`counter + 1 == 42`, ""},
		{`counter + json.nodes[0].n == 42`, ""},
		{`"Bearer " + token == "Bearer hush"`, ""},
		{`token + 1 == 2`, "?"},
		{`token == json.name`, "no"},
		{`took < 300 and took >= 250`, ""},
		{`phase.resolve + phase.connect + phase.tls + phase.processing + phase.transfer == 15`, ""},
		{`phase["tls"] == 3`, ""},
	} {
		all, err := compileConditions("expect", []string{c.text}, "counter", "token")
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		why, detail := holds(t.Context(), all, well())
		want := map[string]string{"": "", "no": "does not hold", "?": "on this answer"}[c.want]
		if !strings.HasSuffix(detail, want) || (want == "") != (why == "") || why != "" && why != data.ReasonAnswer {
			t.Errorf("%s: %q, %q, want %q", c.text, why, detail, want)
		}
		if strings.Contains(detail, "hush") || strings.Contains(detail, "Ann") {
			t.Errorf("%s repeats the answer: %q", c.text, detail)
		}
	}
}

func TestConditionFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{``, "there is nothing"},
		{`statuss == 200`, "column 1: unknown name statuss: an answer has status"},
		{`status == 200 and tok == "a"`, "column 19: unknown name tok: an answer has status"},
		{"status == 200 and\n phase.tsl < 3", "line 2, column 8:"},
		{`phase.tsl < 3`, "unknown"},
		{`status`, "expected bool, but got int: write it so that it is true or false"},
		{`status == "200"`, "mismatched types int and string"},
		{`status ==`, "column 9"},
		{`took < 1s`, "column"},
		{`header(3) == ""`, "column 8"},
		{`header == ""`, "column"},
		{`repeat(body, 100) == ""`, "unknown name repeat"},
		{`now() > 0`, "unknown name now"},
		{`reduce([1], #acc + #) > 0`, "column 1: reduce is not there: use one of all"},
		{`let a = body; a == body`, "let is not there"},
		{`status == 200; status == 201`, "without a semicolon"},
		{`3 in 1..1000000`, "a range is not there"},
		{`body matches header("X")`, "column 14: a pattern is a text"},
		{`body matches "("`, "column 14"},
		{`body matches "(a{90}){9}"`, "too large"},
		{`len($env) > 0`, "$env is not there"},
		{strings.Repeat("status == 200 or ", 70) + "true", "at most 1024 bytes"},
		{"status in [" + strings.Repeat("1,", 300) + "1]", "exceeds maximum allowed nodes"},
		{`token == "a" or cookie == "b"`, "captured were counter, token"},
	} {
		_, err := compileConditions("expect", []string{`status == 200`, c.text}, "token", "counter")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "condition 2") || strings.Join(fields(err), " ") != "expect" {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
	if _, err := compileConditions("expect", make([]string, 21)); err == nil {
		t.Error("21 conditions pass")
	}
}

func TestCheckVariable(t *testing.T) {
	t.Parallel()
	for name, right := range map[string]bool{
		"token": true, "a_1": true, "": false, "Token": false, "1a": false, "a-b": false, "status": false, "json": false, "len": false,
		"not": false, "nil": false, strings.Repeat("a", 41): false,
	} {
		if wrong := checkVariable(name); (wrong == "") != right {
			t.Errorf("%q: %q", name, wrong)
		}
	}
}

func TestCompileValue(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]any{
		`json.id`: 9007199254740993, `json.name + "!"`: "Ann!", `header("Via")`: "a, b", `first(json.nodes).n`: 1, `token`: "hush",
	} {
		x, err := compileValue("capture", text, "token")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if v, err := x.value(t.Context(), well()); err != nil || v != want {
			t.Errorf("%s: %v, %v, want %v", text, v, err, want)
		}
	}
	if _, err := compileValue("capture", "gone"); err == nil || strings.Join(fields(err), " ") != "capture" {
		t.Errorf("an unknown name: %v", err)
	}
}

// TestConditionsEnd gives conditions that would take hours to a run that is over: they end.
func TestConditionsEnd(t *testing.T) {
	t.Parallel()
	list := &reply{body: []byte("[" + strings.Repeat("1,", maxBody/2-2) + "1]")}
	text := &reply{body: []byte(strings.Repeat("a", maxBody))}
	for _, c := range []struct {
		text string
		on   *reply
	}{
		{`all(json, all(json, all(json, # > 0)))`, list},
		{`count(json, body contains "b") == 0`, list},
		{`len(filter(json, len(map(json, #)) > 0)) > 0`, list},
		{`body matches "(a?){100}b"`, text},
	} {
		all, err := compileConditions("expect", []string{c.text})
		if err != nil {
			t.Fatal(err)
		}
		ctx := &over{Context: t.Context(), left: 3}
		if why, detail := holds(ctx, all, c.on); why != data.ReasonTimeout {
			t.Errorf("%s: %q, %q", c.text, why, detail)
		}
	}
	big, err := compileConditions("expect", []string{`body + body == ""`})
	if err != nil {
		t.Fatal(err)
	}
	if why, _ := holds(t.Context(), big, text); why != data.ReasonAnswer {
		t.Errorf("a text of two MiB was made: %q", why)
	}
}

// over is a context that ends after it was asked so often.
type over struct {
	context.Context
	left int
}

func (o *over) Err() error {
	if o.left--; o.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func FuzzCompileConditions(f *testing.F) {
	for _, s := range []string{
		`status == 200`, `all(json.a, .b > 1)`, `body matches "^a"`, `header("x") in ["a"]`, `phase.tls < 3 ? true : false`, `json?.a ?? 3 == 3`,
		`{"a": 1}.a + counter`, `#`, `$env`, `let a = 1; a`, `"\u00e9"`, "took\n<", `not`, `json[1:2]`, `map(json, {# + body})`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all, err := compileConditions("expect", []string{s}, "counter")
		if err != nil {
			if all != nil || len(fields(err)) != 1 {
				t.Errorf("%q: %v, %v", s, all, err)
			}
			return
		}
		if why, detail := holds(&over{Context: t.Context(), left: 1000}, all, well()); (why == "") != (detail == "") || len(detail) > 200 {
			t.Errorf("%q: %q, %q", s, why, detail)
		}
	})
}

func FuzzConditionsOnAnswers(f *testing.F) {
	var all []*expression
	for _, s := range []string{
		`json.a.b == 1`, `all(json, .x > 1)`, `sum(json) > 3`, `max(json) > min(json)`, `json + 1 > 2`, `json == json`, `len(json) > 3`, `json in json`,
		`json[0] == json["a"]`, `string(json) == body`, `keys(json)[0] == first(values(json))`, `int(json) > float(json)`, `lower(body) matches "a+b"`,
		`header("x") contains body`, `json matches "a"`, `count(json, json contains #) > 0`, `not json`, `json ? true : false`, `any(json, # in json)`,
	} {
		one, err := compileConditions("expect", []string{s})
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, one...)
	}
	for _, s := range []string{``, `null`, `1`, `"a"`, `[1,2,[3]]`, `{"a":{"b":1}}`, `1e999`, `[{"x":2},{"x":"y"}]`, "\xff", `{"a":1}{`, `99999999999999999999`, strings.Repeat("[", 20000)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range all {
			a := &reply{status: 200, header: http.Header{"X": {string(body)}}, body: body}
			why, detail := holds(&over{Context: t.Context(), left: 1000}, []*expression{c}, a)
			if (why == "") != (detail == "") || len(detail) > 200 {
				t.Errorf("%s on %q: %q, %q", c, body, why, detail)
			}
		}
	})
}

// TestConditionsGuide: the guide names every part of an answer and every function.
func TestConditionsGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/probes.md")
	if err != nil {
		t.Fatal(err)
	}
	named := append([]string{between, "status", "body", "json", "took"}, functions...)
	for phase := range phases {
		named = append(named, "phase."+phase)
	}
	for _, name := range named {
		if !strings.Contains(string(guide), "`"+name+"`") {
			t.Errorf("docs/probes.md does not name %s", name)
		}
	}
	for _, name := range []string{"repeat", "replace", "reduce", "now", "sort"} {
		if strings.Contains(string(guide), "`"+name+"`") {
			t.Errorf("docs/probes.md names %s, which is not there", name)
		}
	}
}
