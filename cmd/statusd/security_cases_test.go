package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var namedTest = regexp.MustCompile("`([a-z0-9/]+)` ((?:Test|Fuzz)[A-Za-z0-9]+)")

// TestSecurityCases: every test that docs/security-cases.md names is one of the package that it names, and every case is there.
func TestSecurityCases(t *testing.T) {
	b, err := os.ReadFile("../../docs/security-cases.md")
	if err != nil {
		t.Fatal(err)
	}
	table := string(b)
	for n := 1; n <= 33; n++ {
		if !strings.Contains(table, fmt.Sprintf("\n| C%d | ", n)) {
			t.Errorf("C%d is missing", n)
		}
	}
	sources := map[string]string{}
	named := namedTest.FindAllStringSubmatch(table, -1)
	if len(named) < 60 {
		t.Errorf("%d tests are named: are they found?", len(named))
	}
	for _, m := range named {
		part, name := m[1], m[2]
		if _, read := sources[part]; !read {
			files, err := filepath.Glob(filepath.Join("../..", part, "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				sources[part] += string(b)
			}
		}
		if !strings.Contains(sources[part], "\nfunc "+name+"(") {
			t.Errorf("%s has no %s", part, name)
		}
	}
	if loose := regexp.MustCompile("[^` ] (?:Test|Fuzz)[A-Z]").FindAllString(table, -1); len(loose) > 0 {
		t.Errorf("tests are named without their package: %q", loose)
	}
}
