package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/superoffice/statusd/cmd/statusd/config"
)

// words are a line's, as a shell would take them apart; what comes after #, | or > is left out.
func words(line string) []string {
	var out []string
	var word strings.Builder
	begun, quoted := false, false
	for _, c := range line {
		switch {
		case c == '"':
			begun, quoted = true, !quoted
		case !quoted && (c == ' ' || c == '\t'):
			if begun {
				out = append(out, word.String())
			}
			word.Reset()
			begun = false
		case !quoted && !begun && (c == '#' || c == '|' || c == '>'):
			return out
		default:
			begun = true
			word.WriteRune(c)
		}
	}
	if begun {
		out = append(out, word.String())
	}
	return out
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestGuides: every command that README and guides show is one, and every configuration in the guides of operations and banner has no fault but
// that its secrets are elsewhere.
func TestGuides(t *testing.T) {
	commandsShown := 0
	for _, name := range []string{"../../README.md", "../../docs/operations.md", "../../docs/backup.md", "../../docs/uptime.md", "../../docs/banner.md"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(b), "\n") {
			line, indented := strings.CutPrefix(line, "    ")
			args := words(strings.TrimPrefix(line, "$ "))
			if !indented || len(args) < 2 || args[0] != "statusd" {
				continue
			}
			commandsShown++
			parser, err := kong.New(&commands{}, kong.Name("statusd"), kong.Exit(func(int) {}))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(args[1:]); err != nil {
				t.Errorf("%s:%d: %s: %v", name, n+1, line, err)
			}
		}
	}
	if commandsShown < 40 {
		t.Errorf("%d commands are shown: are they found?", commandsShown)
	}
	var blocks [][]string
	for _, name := range []string{"../../docs/operations.md", "../../docs/banner.md"} {
		guide, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, yamlBlock.FindAllStringSubmatch(string(guide), -1)...)
	}
	if len(blocks) < 5 {
		t.Errorf("%d configurations are shown: are they found?", len(blocks))
	}
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"client.secret": "marked", "banner-webhook.secret": "whsec_" + strings.Repeat("QUJD", 8)})
	for _, block := range blocks {
		text := strings.ReplaceAll(block[1], "/run/credentials/statusd.service/", dir+"/")
		if _, err := config.Parse(dir+"/statusd.yaml", []byte(text), config.Options{}); err != nil {
			t.Errorf("%v\nin\n%s", err, text)
		}
	}
}
