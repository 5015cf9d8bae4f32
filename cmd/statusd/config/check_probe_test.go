package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
)

func TestProbesThatAreTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "crm.password"), []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse(filepath.Join(dir, "statusd.yaml"), []byte(`
references: []
places: [bergen]
maintenance: []
components: [{id: read, name: Read, commitment: yes}, {id: write, name: Write, commitment: yes}]
probes:
  - name: sync
    component: read
    kind: heartbeat
    interval: 5m
    grace: 10m
  - name: state
    component: read
    kind: tenant
    target: https://online.example.com/api/state/Cust12345
    places: [local, bergen]
  - name: work
    component: read
    kind: transaction
    target: https://crm.example.com/
    secrets: {password: crm.password}
    steps:
      - {name: sign-in, url: /login, form: {user: probe, password: "{{password}}"}, headers: {Authorization: "Bearer {{password}}"}}
      - {name: read, url: /records/1, expect: ["json.id == 1"], capture: {counter: json.counter}, slow: 2s}
      - name: write
        component: write
        method: PUT
        url: /counter
        body: |
          {"was": {{counter}}}
        status: [200, 204]
        needs: [read]
      - {name: bye, url: /logout, always: true, headers: {X-Api-Key: k-123}}
`), options())
	if err != nil {
		t.Fatal(err)
	}
	if p := c.Probes[0]; p.Kind != data.ProbeHeartbeat || p.Interval != 5*time.Minute || p.Grace != 10*time.Minute || p.Target != "" {
		t.Errorf("heartbeat: %+v", p)
	}
	if p := c.Probes[1]; p.Kind != data.ProbeTenant || p.Target != "https://online.example.com/api/state/Cust12345" || len(p.Places) != 2 {
		t.Errorf("tenant: %+v", p)
	}
	want := []data.ProbeStep{
		{Name: "sign-in", URL: "/login", Form: map[string]string{"user": "probe", "password": "{{password}}"}, Headers: map[string]string{"Authorization": "Bearer {{password}}"}},
		{Name: "read", URL: "/records/1", Expect: []string{"json.id == 1"}, Capture: map[string]string{"counter": "json.counter"}, Slow: 2 * time.Second},
		{Name: "write", Component: "write", Method: "PUT", URL: "/counter", Body: `{"was": {{counter}}}`, Status: []int{200, 204}, Needs: []string{"read"}},
		{Name: "bye", URL: "/logout", Always: true, Headers: map[string]string{"X-Api-Key": "k-123"}},
	}
	if diff := cmp.Diff(want, c.Probes[2].Steps); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"password": filepath.Join(dir, "crm.password")}, c.Probes[2].Secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	text := c.Warnings.Error()
	if !strings.Contains(text, "the header X-Api-Key looks like a secret") || strings.Contains(text, "Authorization") || strings.Contains(text, "no probe looks at") {
		t.Errorf("warnings: %s", text)
	}
}

// TestTransactionOfTheDefault takes the # signs off the example in the default configuration and checks what it says then.
func TestTransactionOfTheDefault(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "crm.password"), []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile("default.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begins := strings.Cut(string(src), "# example: crm transaction\n")
	example, _, ends := strings.Cut(rest, "# end of example\n")
	if !begins || !ends {
		t.Fatal("the example is not there")
	}
	text := "probes:\n"
	for line := range strings.Lines(example) {
		text += strings.TrimPrefix(line, "#")
	}
	c, err := Parse(filepath.Join(dir, "statusd.yaml"), []byte(text), options())
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if sides := c.Probes[0].Sides(); len(sides) != 2 || sides[0].Component != "crm-read" || sides[1].Component != "crm-write" {
		t.Errorf("it speaks for %+v", sides)
	}
}
