package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/probes/kind"
)

// parses says what is wrong with a command line of the program.
func parses(args []string) error {
	parser, err := kong.New(&commands{}, kong.Name("statusd"), kong.Exit(func(int) {}))
	if err != nil {
		return err
	}
	_, err = parser.Parse(args)
	return err
}

// TestObserversGuide: every command of ours in the guide is one, its configuration has no fault, and so is what the unit file runs.
func TestObserversGuide(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/observers.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for n, line := range strings.Split(string(b), "\n") {
		line, indented := strings.CutPrefix(line, "    ")
		args := words(line)
		if !indented || len(args) < 2 || args[0] != "statusd" {
			continue
		}
		shown++
		if err := parses(args[1:]); err != nil {
			t.Errorf("observers.md:%d: %s: %v", n+1, line, err)
		}
	}
	if shown < 6 {
		t.Errorf("%d commands are shown: are they found?", shown)
	}
	blocks := yamlBlock.FindAllStringSubmatch(string(b), -1)
	if len(blocks) != strings.Count(string(b), "```yaml") || len(blocks) == 0 {
		t.Errorf("%d configurations are found", len(blocks))
	}
	for _, block := range blocks {
		if _, err := config.Parse("observers.md", []byte(block[1]), config.Options{CheckProbe: kind.Check}); err != nil {
			t.Errorf("%v\nin\n%s", err, block[1])
		}
	}
}

// TestUnits: both unit files run a command of ours, and are hardened alike, but for what each says why of.
func TestUnits(t *testing.T) {
	t.Parallel()
	hardened := map[string][]string{}
	for _, name := range []string{"statusd.service", "statusd-observe.service"} {
		b, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		given := []string{"%d", "/run/credentials/" + name}
		runs, section := 0, ""
		for _, line := range strings.Split(string(b), "\n") {
			if strings.HasPrefix(line, "[") {
				section = line
			}
			key, value, ok := strings.Cut(line, "=")
			if !ok || section != "[Service]" || strings.HasPrefix(line, "#") {
				continue
			}
			switch key {
			case "ExecStart":
				runs++
				if err := parses(words(strings.NewReplacer(given...).Replace(value))[1:]); err != nil {
					t.Errorf("%s: %s: %v", name, line, err)
				}
			case "Environment":
				name, value, _ := strings.Cut(value, "=")
				given = append(given, "${"+name+"}", value)
			case "Type", "ExecReload", "TimeoutStartSec", "WatchdogSec", "StateDirectory", "ConfigurationDirectory", "LoadCredential", "LimitNOFILE":
			default:
				hardened[name] = append(hardened[name], line)
			}
		}
		if runs != 1 {
			t.Errorf("%s runs %d commands", name, runs)
		}
	}
	if a, b := hardened["statusd.service"], hardened["statusd-observe.service"]; len(a) < 25 || !slices.Equal(a, b) {
		t.Errorf("the units are hardened differently:\n%s\n\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}
