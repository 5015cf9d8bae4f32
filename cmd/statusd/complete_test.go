package main

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// model is the whole command line.
func model() *kong.Application {
	var c commands
	return newParser(&c, io.Discard, io.Discard, func(int) {}).Model
}

func TestComplete(t *testing.T) {
	ask := func(kind string, flags map[string]string) []candidate {
		return []candidate{{kind + "-one", ""}, {kind + "-two", ""}, {"data=" + flags["data"], ""}}
	}
	for _, tt := range []struct{ line, want string }{
		{"statusd in", "incident"},
		{"statusd comp", "completion"}, // and not what the scripts ask
		{"statusd overview --js", "--json"},
		{"statusd status --js", "--json"},
		{"statusd incident re", "resolve reopen reword"},
		{"statusd incident update --ph", "--phase"},
		{"statusd incident update --phase i", "investigating identified"},
		{"statusd incident update --phase=i", "--phase=investigating --phase=identified"},
		{"statusd incident update 'two words' --impact m", "minor major"},
		{`statusd incident update "it's" --impact m`, "minor major"},
		{`statusd incident update it\'s --impact m`, "minor major"},
		{"statusd incident open x -c ", "affected-one affected-two data="},
		{"statusd incident open x --data /d -c ", "affected-one affected-two data=/d"},
		{"statusd incident open x --data=/d -c ", "affected-one affected-two data=/d"},
		{"statusd incident open x -c login=", "login=operational login=degraded login=partial_outage login=major_outage"},
		{"statusd incident open x --component=login@pilot=d", "--component=login@pilot=degraded"},
		{"statusd incident open x --draft --template template-", "template-one template-two"},
		{"statusd incident show incident-t", "incident-two"},
		{"statusd incident show one --", "--help --id --config --data --server --token-file --json"},
		{"statusd incident show one ", ""},
		{"statusd incident note -- --", ""},
		{"statusd audit --ob", "--object"},
		{"statusd audit v", "verify"},
		{"statusd maintenance can", "cancel"},
		{"statusd maintenance cancel window-", "window-one window-two"},
		{"statusd maintenance cancel system window-", "window-one window-two"}, // words go on
		{"statusd maintenance update words --id window-t", "window-two"},
		{"statusd maintenance open em", "emergency"},
		{"statusd maintenance open emergency ", ""},
		{"statusd maintenance list --category mi", "microsoft"},
		{"statusd maintenance list --phase re", "reserved"},
		{"statusd operator role operator-o", "operator-one"},
		{"statusd operator role somebody a", "admin"},
		{"statusd token create pager --role v", "viewer"},
		{"statusd token create pager --scope incident.o", "incident.open"},
		{"statusd completion ", "bash zsh fish"},
		{"statusd check --config ", "FILES"},
		{"statusd restore ", "FILES"},
		{"statusd incident open ", ""},
		{"statusd nonsense --x ", ""},
	} {
		list, files := complete(model().Node, split(tt.line)[1:], ask)
		var got []string
		for _, c := range list {
			got = append(got, c.text)
		}
		if files {
			got = append(got, "FILES")
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.line, text, tt.want)
		}
	}
	if list, _ := complete(model().Node, nil, ask); len(list) < 10 || list[0].about == "" {
		t.Errorf("nothing typed becomes %v", list)
	}
}

// TestCompletes: every kind that a flag or argument has is known to fixed or to asked.
func TestCompletes(t *testing.T) {
	kinds := []string{"affected", "anyoutage", "incident", "operator", "outage", "place", "probe", "template", "token", "window"}
	err := kong.Visit(model(), func(n kong.Visitable, next kong.Next) error {
		var v *kong.Value
		switch n := n.(type) {
		case *kong.Flag:
			v = n.Value
		case *kong.Value:
			v = n
		}
		if v != nil && v.Tag != nil {
			if kind := v.Tag.Get("complete"); kind != "" && fixed[kind] == nil && !slices.Contains(kinds, kind) {
				t.Errorf("%s completes %q, which nothing knows", v.Name, kind)
			}
		}
		return next(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}
