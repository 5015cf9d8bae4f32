package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// TestSeveralAreOpen: the answer says how to name one, and each command that may get it takes it like that.
func TestSeveralAreOpen(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir)
	program(t, "incident", "open", "One", "-c", "login", "--data", dir)
	program(t, "incident", "open", "Two", "-c", "crm-read", "--data", dir)
	p.kill()
	for _, args := range [][]string{{"show"}, {"note", "words"}, {"update", "words"}, {"undo"}, {"resolve"}} {
		args = append([]string{"incident"}, append(args, "--data", dir)...)
		var out, errs bytes.Buffer
		lines := []string{}
		if status := run(args, nil, &out, &errs); status != exitDone {
			lines = strings.Split(errs.String(), "\n")
		}
		if len(lines) < 3 || !strings.Contains(lines[0], "--id ID") {
			t.Fatalf("%q: %q", args, lines)
		}
		args = append(args, "--id", strings.Fields(lines[1])[0])
		errs.Reset()
		if status := run(args, nil, &out, &errs); status != exitDone {
			t.Errorf("%q: %d %s", args, status, &errs)
		}
	}
	var errs bytes.Buffer
	if status := run([]string{"incident", "show", "aaaaaaaaaaa2", "--id", "aaaaaaaaaaa3", "--data", dir}, nil, io.Discard, &errs); status != exitUsage || !strings.Contains(errs.String(), "name one incident") {
		t.Errorf("two IDs: %d %s", status, &errs)
	}
}

// TestIDIsNoText: an ID where the text belongs is refused, since whoever forgets --id would publish it.
func TestIDIsNoText(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir)
	program(t, "incident", "open", "Sign-in fails", "-c", "login", "--data", dir)
	p.kill()
	var errs bytes.Buffer
	for _, verb := range []string{"update", "resolve"} {
		errs.Reset()
		if status := run([]string{"incident", verb, "bf3uqra9j7sp", "--data", dir}, nil, io.Discard, &errs); status != exitUsage || !strings.Contains(errs.String(), "--id bf3uqra9j7sp") {
			t.Errorf("%s: %d %s", verb, status, &errs)
		}
		errs.Reset()
		if status := run([]string{"incident", verb, "investigated", "--data", dir}, nil, io.Discard, &errs); status != exitDone {
			t.Errorf("%s with one word of twelve letters: %d %s", verb, status, &errs)
		}
	}
}
