package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/probes/kind"
)

var (
	probesExample = regexp.MustCompile("(?s)\n## ([a-z]+)\n(.*?)(?:\n## |$)")
	probesYAML    = regexp.MustCompile("(?s)```yaml\n(.*?)```")
	reasonRow     = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| [^|]+ \\| [^|]+ \\|$")
)

// TestProbesGuide: every configuration in the guide has no fault, every kind has a section with an example of it, and the table
// of reasons has each of them once, in their order.
func TestProbesGuide(t *testing.T) {
	b, err := os.ReadFile("../../docs/probes.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(b)
	examples := map[string][]string{}
	for rest := guide; ; {
		at := probesExample.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		heading, text := rest[at[2]:at[3]], rest[at[4]:at[5]]
		for _, m := range probesYAML.FindAllStringSubmatch(text, -1) {
			examples[heading] = append(examples[heading], m[1])
		}
		rest = rest[at[5]:]
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(p data.Probe) error { // the guide's secrets are nowhere
		for name := range p.Secrets {
			p.Secrets[name] = secret
		}
		return kind.Check(p)
	}
	tried := 0
	for kind, all := range examples {
		for _, example := range all {
			tried++
			cfg, err := config.Parse("probes.md", []byte(example), config.Options{CheckProbe: check})
			if err != nil {
				t.Errorf("%v\nin\n%s", err, example)
				continue
			}
			if !slices.ContainsFunc(cfg.Probes, func(p data.Probe) bool { return string(p.Kind) == kind }) {
				t.Errorf("no probe of kind %s in\n%s", kind, example)
			}
		}
	}
	if n := strings.Count(guide, "```yaml"); n != tried {
		t.Errorf("%d of %d configurations stand below the heading of a kind", tried, n)
	}
	for _, kind := range data.ProbeKinds {
		if len(examples[string(kind)]) == 0 {
			t.Errorf("no example of %s", kind)
		}
	}
	_, table, _ := strings.Cut(guide, "\n## Reasons\n")
	table, _, _ = strings.Cut(table, "\n## ")
	reasons := []data.Reason{""}
	for _, row := range reasonRow.FindAllStringSubmatch(table, -1) {
		reasons = append(reasons, data.Reason(row[1]))
	}
	if !slices.Equal(reasons, data.Reasons) {
		t.Errorf("the guide explains the reasons %q, there are %q", reasons, data.Reasons)
	}
}
