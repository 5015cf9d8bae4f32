package pager

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

var update = flag.Bool("update", false, "rewrite docs/alarms.md")

const (
	guide  = "../../docs/alarms.md"
	marker = "<!-- generated from here on: go test ./notifier/pager -update -->\n"
)

// TestGuide keeps the list of alarms in the guide what the code says.
func TestGuide(t *testing.T) {
	src, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(src), marker)
	if !ok {
		t.Fatalf("%s has lost its marker", guide)
	}
	var b strings.Builder
	b.WriteString(head + marker)
	for _, kind := range slices.Sorted(maps.Keys(data.Alarms)) {
		a := data.Alarms[kind]
		fmt.Fprintf(&b, "\n### %s\n\n`%s` · %s · set by `%s`\n\n%s\n", a.Title, kind, insistence(a), a.Owner, a.Do)
	}
	if *update {
		if err := os.WriteFile(guide, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
		return
	}
	if b.String() != string(src) {
		t.Errorf("%s is not what the code says: go test ./notifier/pager -update", guide)
	}
	for _, kind := range slices.Sorted(maps.Keys(data.Alarms)) {
		if !strings.Contains(head, "`"+string(kind)+"`") {
			t.Errorf("%s does not say when %s rises and ends", guide, kind)
		}
	}
}

// insistence says how a kind is told.
func insistence(a data.AlarmText) string {
	remind := a.Remind
	if remind == 0 {
		remind = data.RemindCalm
	}
	calm := fmt.Sprintf("can wait: told after %s, reminded every %s", span(data.GraceCalm), span(remind))
	urgent := fmt.Sprintf("urgent: told after %s, reminded every %s", span(data.GraceUrgent), span(data.RemindUrgent))
	switch {
	case !a.Urgent:
		return calm
	case a.Within > 0:
		return calm + "; in the last " + span(a.Within) + " " + urgent
	}
	return urgent
}

func span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d > time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d > time.Minute:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return "a minute"
}
