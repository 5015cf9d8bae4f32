package kind

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
)

func TestCheckTransaction(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		return name
	}
	open, empty, long := file("open", "hush", 0o644), file("empty", "\n", 0o600), file("long", strings.Repeat("x", maxSecret+1), 0o600)
	crm := newCRM(t)
	for _, c := range []struct {
		name   string
		change func(*data.Probe)
		want   string // parts of the message, by |; empty means nothing is wrong
	}{
		{"right", func(*data.Probe) {}, ""},
		{"no steps", func(p *data.Probe) { p.Steps = nil }, "at least one step"},
		{"clean-ups only", func(p *data.Probe) { p.Steps = p.Steps[7:] }, "at least one step must not be a clean-up"},
		{"too many", func(p *data.Probe) {
			for i := range maxSteps {
				p.Steps = append([]data.ProbeStep{{Name: fmt.Sprint("s", i), URL: "/"}}, p.Steps...)
			}
		}, "at most 20 steps"},
		{"a name twice", func(p *data.Probe) { p.Steps[1].Name = "form" }, `step "form": another step has this name`},
		{"no name", func(p *data.Probe) { p.Steps[3].Name = "A b" }, "its name is to have"},
		{"needs what comes later", func(p *data.Probe) { p.Steps[3].Needs = []string{"write"} }, `step "note": needs: there is no step "write" before it`},
		{"needs itself", func(p *data.Probe) { p.Steps[3].Needs = []string{"note"} }, `there is no step "note" before it`},
		{"a step after a clean-up", func(p *data.Probe) {
			p.Steps = append(p.Steps, data.ProbeStep{Name: "more", URL: "/", Needs: []string{"delete"}})
		}, `step "more": a step cannot come after|"delete" is a clean-up`},
		{"a clean-up with needs", func(p *data.Probe) { p.Steps[7].Needs, p.Steps[7].Component = []string{"write"}, "x" }, "a clean-up needs nothing"},
		{"a clean-up of a component", func(p *data.Probe) { p.Steps[7].Component = "x" }, "a clean-up speaks for no component"},
		{"an unknown value", func(p *data.Probe) { p.Steps[3].Form["id"] = "{{ides}}" }, `step "note": form: id: {{ides}} is not known here: use one of counter, csrf, now, password, run`},
		{"a value of a later step", func(p *data.Probe) { p.Steps[0].Headers = map[string]string{"X": "{{old}}"} }, "headers: X: {{old}} is not known"},
		{"a place without an end", func(p *data.Probe) { p.Steps[5].Body = `{"was": {{old}` }, "body: {{ begins a place"},
		{"a captured name twice", func(p *data.Probe) { p.Steps[3].Capture["csrf"] = "body" }, `"csrf" is the name of another value`},
		{"a captured name of a secret", func(p *data.Probe) { p.Steps[3].Capture["password"] = "body" }, `"password" is the name of another value`},
		{"a captured name of a part", func(p *data.Probe) { p.Steps[3].Capture["body"] = "body" }, "is a word of conditions already"},
		{"a captured name that is built in", func(p *data.Probe) { p.Steps[3].Capture["run"] = "body" }, `"run" is there already`},
		{"a secret that is built in", func(p *data.Probe) { p.Secrets["now"] = p.Secrets["password"] }, `"now" is there already`},
		{"a capture that does not compile", func(p *data.Probe) { p.Steps[3].Capture["x"] = "json." }, `step "note": capture: x: column`},
		{"a condition that does not compile", func(p *data.Probe) { p.Steps[1].Expect = []string{"status = 200"} }, `step "sign-in": condition 1, column`},
		{"a condition with a secret", func(p *data.Probe) { p.Steps[1].Expect = []string{"body contains password"} }, "unknown name password"},
		{"method", func(p *data.Probe) { p.Steps[1].Method = "TRACE" }, `method: "TRACE" is not allowed`},
		{"GET with a form", func(p *data.Probe) { p.Steps[1].Method = "GET" }, "GET carries no form"},
		{"form and body", func(p *data.Probe) { p.Steps[1].Body = "x" }, "give form or body"},
		{"a long body", func(p *data.Probe) { p.Steps[5].Body = strings.Repeat("x", maxStepBody+1) }, "body: at most"},
		{"slow", func(p *data.Probe) { p.Steps[1].Slow = -1 }, "slow: say after how long"},
		{"status", func(p *data.Probe) { p.Steps[1].Status = []int{99} }, "99 is no final HTTP status"},
		{"header", func(p *data.Probe) { p.Steps[1].Headers = map[string]string{"a b": "c"} }, `"a b" is no header`},
		{"no URL", func(p *data.Probe) { p.Steps[1].URL = "" }, "url: give a path"},
		{"another scheme", func(p *data.Probe) { p.Steps[1].URL = "file:///etc/passwd" }, "url: only http and https"},
		{"no address", func(p *data.Probe) { p.Steps[1].URL = "http://a b/" }, "url: this is no address"},
		{"no host", func(p *data.Probe) { p.Steps[1].URL = "http:///x" }, "url: it names no host"},
		{"port", func(p *data.Probe) { p.Steps[1].URL = "http://a:99999/" }, "port 99999 is no port"},
		{"a value for a host", func(p *data.Probe) { p.Steps[1].URL = "http://{{csrf}}/" }, "url: values stand in the path and the query only"},
		{"a value within a host", func(p *data.Probe) { p.Steps[1].URL = "//a.{{csrf}}.example/" }, "url: values stand in the path and the query only"},
		{"a value for a password", func(p *data.Probe) { p.Steps[1].URL = "http://u:{{password}}@a.example/" }, "url: values stand in the path and the query only"},
		{"a value for a scheme", func(p *data.Probe) { p.Steps[1].URL = "{{csrf}}://a.example/" }, "url: "},
		{"another host", func(p *data.Probe) { p.Steps[1].URL = "https://id.example/login?x={{csrf}}" }, ""},
		{"no secret file", func(p *data.Probe) { p.Secrets["password"] = filepath.Join(dir, "none") }, "password: " + filepath.Join(dir, "none") + " cannot be read: create it"},
		{"an open secret file", func(p *data.Probe) { p.Secrets["password"] = open }, "can be read by everybody on this machine: chmod 600"},
		{"an empty secret file", func(p *data.Probe) { p.Secrets["password"] = empty }, "is empty"},
		{"a long secret file", func(p *data.Probe) { p.Secrets["password"] = long }, "at most 65536 bytes"},
		{"a directory", func(p *data.Probe) { p.Secrets["password"] = dir }, "is no regular file"},
		{"no target", func(p *data.Probe) { p.Target = "" }, "cannot be probed"},
		{"on http", func(p *data.Probe) { p.Kind = data.ProbeHTTP }, "has steps|has secrets"},
	} {
		p := crm.transaction()
		c.change(&p)
		err := Check(p)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		for part := range strings.SplitSeq(c.want, "|") {
			if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s: %v, want %q", c.name, err, part)
			}
		}
		if _, made := Compile(p, Client{}); made == nil {
			t.Errorf("%s: it is made all the same", c.name)
		}
	}
}
