package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var update = flag.Bool("update", false, "write the files that are compared")

const commandsHead = `# Commands

This is what ` + "`statusd COMMAND --help`" + ` says, in one place: a test writes it from the program.

Commands reach the running service over its local socket, in the data directory; whoever can open that is an operator. With
` + "`--server URL`" + ` and a token they reach it over the network. With no service running they open the database itself. They do the
same in each way, through the same operations as the operators' pages and [the API](../web/api/openapi.json), which a service
serves as ` + "`/api/v1/openapi.json`" + ` on the operators' listener.

* Nothing asks questions, and nothing is coloured.
* ` + "`--json`" + ` writes the service's answer as the API has it.
* A command that changes something takes ` + "`--key`" + `: given again with the same key and the same words, it is done once, and answers
  alike. Where it cannot be known whether something was done, the error names the key by which to ask again.
* A time is written as 22:00 or "2026-04-07 22:00", in the zone of the schedule, or as 2026-04-07T22:00:00+02:00.
* Exit status: 0 done, 1 something is wrong or was refused, 2 used wrongly.
* ` + "`statusd completion bash`" + `, ` + "`zsh`" + ` or ` + "`fish`" + ` writes a script that completes commands, flags and names: components, open incidents,
  templates.
`

// commandsDoc writes the documentation of all commands.
func commandsDoc() string {
	app := model()
	var b strings.Builder
	b.WriteString(commandsHead)
	common := commonFlags(app)
	b.WriteString("\n## Flags of every command that talks to the service\n\n")
	writeFlags(&b, common)
	for _, n := range app.Leaves(true) {
		fmt.Fprintf(&b, "\n## statusd %s\n\n", commandOf(n))
		if len(n.Aliases) > 0 {
			fmt.Fprintf(&b, "Also `statusd %s`. ", strings.Join(n.Aliases, "`, `"))
		}
		if n.Parent.DefaultCmd == n {
			fmt.Fprintf(&b, "Also `statusd %s`. ", commandOf(n.Parent))
		}
		fmt.Fprintf(&b, "%s\n\n    statusd %s", n.Help, commandOf(n))
		for _, v := range n.Positional {
			fmt.Fprintf(&b, " %s", v.Summary())
		}
		own, talks := []*kong.Flag{}, 0
		for _, f := range slices.Concat(n.AllFlags(true)...) {
			switch {
			case f.Name == "help":
			case isOne(common, f):
				talks++
			default:
				own = append(own, f)
			}
		}
		if len(own)+talks > 0 {
			b.WriteString(" [flags]")
		}
		b.WriteString("\n")
		if n.Detail != "" {
			fmt.Fprintf(&b, "\n%s\n", n.Detail)
		}
		if len(n.Positional) > 0 {
			b.WriteString("\n| argument | |\n|---|---|\n")
			for _, v := range n.Positional {
				fmt.Fprintf(&b, "| `%s` | %s |\n", v.Name, cell(v.Help))
			}
		}
		if len(own) > 0 {
			b.WriteString("\n")
			writeFlags(&b, own)
		}
		if talks > 0 && talks < len(common) {
			b.WriteString("\nOf the flags of commands that talk to the service:")
			for _, f := range slices.Concat(n.AllFlags(true)...) {
				if isOne(common, f) {
					fmt.Fprintf(&b, " `--%s`", f.Name)
				}
			}
			b.WriteString(".\n")
		}
	}
	return b.String()
}

// commonFlags are those of the plainest command that talks to the service.
func commonFlags(app *kong.Application) []*kong.Flag {
	for _, n := range app.Leaves(true) {
		if n.Name == "whoami" {
			return n.Flags
		}
	}
	panic("no command has only the common flags")
}

func isOne(list []*kong.Flag, f *kong.Flag) bool {
	return slices.ContainsFunc(list, func(g *kong.Flag) bool { return g.Name == f.Name && g.Help == f.Help })
}

func writeFlags(b *strings.Builder, flags []*kong.Flag) {
	b.WriteString("| flag | |\n|---|---|\n")
	for _, f := range flags {
		name := "`--" + f.Name
		if !f.IsBool() {
			name += " " + strings.Trim(f.FormatPlaceHolder(), `"`)
		}
		name += "`"
		if f.Short != 0 {
			name = fmt.Sprintf("`-%c`, %s", f.Short, name)
		}
		text := cell(f.Help)
		if f.HasDefault {
			text += " Without it: " + f.Default + "."
		}
		fmt.Fprintf(b, "| %s | %s |\n", strings.ReplaceAll(name, "|", `\|`), text)
	}
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// TestCommandsDoc compares docs/commands.md with the program.
func TestCommandsDoc(t *testing.T) {
	const path = "../../docs/commands.md"
	want := commandsDoc()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil { //nolint:gosec // it is public
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the commands say: run go test ./cmd/statusd -run TestCommandsDoc -update, and read the difference", path)
	}
}

// TestHelpTexts: every command, argument and flag says in a sentence what it is.
func TestHelpTexts(t *testing.T) {
	for _, n := range model().Leaves(true) {
		said := map[string]string{"the command": n.Help}
		for _, v := range n.Positional {
			said[v.Name] = v.Help
		}
		for _, f := range n.Flags {
			said["--"+f.Name] = f.Help
			if !f.IsBool() && f.PlaceHolder == "" && !f.HasDefault {
				t.Errorf("statusd %s: --%s does not show what its value looks like", commandOf(n), f.Name)
			}
		}
		for what, help := range said {
			if !strings.HasSuffix(strings.TrimSpace(help), ".") {
				t.Errorf("statusd %s: %s says %q, which is no sentence", commandOf(n), what, help)
			}
		}
	}
}
