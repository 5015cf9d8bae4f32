package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// module is what every project package begins with.
const module = "github.com/superoffice/statusd/"

// allowed says which project packages each package may import, tests included. An import goes one way: parts import data
// and leaves, never each other; cmd joins them.
var allowed = map[string]string{
	"data":                 "",
	"data/bolt":            "data",
	"data/calendar":        "",
	"data/datatest":        "data",
	"data/dump":            "data",
	"data/history":         "data",
	"data/i18n":            "",
	"data/ledger":          "data",
	"data/months":          "data data/calendar data/ledger",
	"data/wire":            "data",
	"scheduler":            "data data/i18n data/months scheduler/plan",
	"scheduler/plan":       "data data/calendar scheduler/recur",
	"scheduler/recur":      "data",
	"probes":               "data probes/kind",
	"probes/kind":          "data",
	"notifier":             "data data/i18n notifier/letter",
	"notifier/letter":      "data data/i18n",
	"notifier/mailguntest": "",
	"notifier/hook":        "notifier",
	"notifier/pager":       "data notifier notifier/hook notifier/letter",
	"web":                  "data data/i18n data/ledger data/months web/admin web/api web/banner web/page web/signin web/statuspage web/ui",
	"web/admin":            "data data/i18n data/ledger data/months scheduler/recur web/api web/chart web/page web/ui",
	"web/alerts":           "data data/i18n",
	"web/api":              "data data/history data/i18n data/ledger data/months data/wire notifier/letter scheduler/plan scheduler/recur web/alerts web/banner web/page web/ui",
	"web/banner":           "data data/i18n notifier/hook notifier/letter web/page web/ui",
	"web/chart":            "",
	"web/embed":            "data data/i18n web/banner web/page web/ui",
	"web/live":             "",
	"web/page":             "data data/calendar data/history data/i18n data/ledger data/months data/wire web/chart web/ui",
	"web/signin":           "data web/ui",
	"web/statuspage":       "data data/i18n data/wire web/page web/ui",
	"web/ui":               "data",
	"cmd/statusd/config":   "data data/calendar data/i18n data/months scheduler/plan scheduler/recur web/alerts",
	"cmd/statusd/demo":     "*",
	"cmd/statusd/observe":  "data web/api",
	"cmd/statusd/redact":   "data",
	"cmd/statusd":          "*",
}

// forTests are packages that any test may import besides.
var forTests = []string{"probes", "probes/kind", "data/bolt", "data/datatest", "notifier/mailguntest", "scheduler", "web", "data/ledger"}

// TestImports holds the house together: DESIGN.md 3 as a map, compared with what the go command says.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}|{{join .TestImports " "}} {{join .XTestImports " "}}`, module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		name := strings.TrimPrefix(parts[0], module)
		seen[name] = true
		may, known := allowed[name]
		if !known {
			t.Errorf("package %s is not in the map: say what it may import", name)
			continue
		}
		if may == "*" {
			continue
		}
		list := strings.Fields(may)
		for _, p := range ours(parts[1]) {
			if !slices.Contains(list, p) {
				t.Errorf("%s may not import %s", name, p)
			}
		}
		for _, p := range ours(parts[2]) {
			if p != name && !slices.Contains(list, p) && !slices.Contains(forTests, p) {
				t.Errorf("the tests of %s may not import %s", name, p)
			}
		}
		for _, p := range strings.Fields(parts[1]) {
			if p == "os/exec" || p == "plugin" {
				t.Errorf("%s imports %s: the product runs nothing", name, p)
			}
			if strings.HasPrefix(p, "github.com/danielgtaylor/huma") {
				t.Errorf("%s imports %s: only the test that writes openapi.json does", name, p)
			}
		}
		if std := strings.Fields(parts[1]); name == "data" && slices.ContainsFunc(std, func(p string) bool { return strings.Contains(p, ".") }) {
			t.Errorf("data imports more than the standard library: %s", parts[1])
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("package %s is in the map and not in the tree", name)
		}
	}
}

// ours are the project's packages among imports.
func ours(imports string) []string {
	var out []string
	for _, p := range strings.Fields(imports) {
		if name, ok := strings.CutPrefix(p, module); ok {
			out = append(out, name)
		}
	}
	return out
}
