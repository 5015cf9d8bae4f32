package data_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
)

// kindNames are the constants of package data that are kinds of alarms, by what they hold.
func kindNames(t testing.TB) map[string]data.AlarmKind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "alarm.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]data.AlarmKind{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "AlarmKind" {
			names[spec.Names[0].Name] = data.AlarmKind(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
		}
		return true
	})
	return names
}

// TestEveryAlarmHasOneOwner reads the source: data.SetAlarms is called for each kind, by name, and in its owner's package
// alone.
func TestEveryAlarmHasOneOwner(t *testing.T) {
	names := kindNames(t)
	if len(names) != len(data.Alarms) {
		t.Errorf("%d kinds are declared, and %d have a text", len(names), len(data.Alarms))
	}
	owners := map[data.AlarmKind]map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." || entry.Name() == "testdata"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel("..", filepath.Dir(path))
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			called, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || called.Sel.Name != "SetAlarms" || len(call.Args) != 4 {
				return true
			}
			named, ok := call.Args[1].(*ast.SelectorExpr)
			if !ok || names[named.Sel.Name] == "" {
				t.Errorf("%s: SetAlarms is called with a kind that is not written as data.Alarm…", path)
				return true
			}
			kind := names[named.Sel.Name]
			if owners[kind] == nil {
				owners[kind] = map[string]bool{}
			}
			owners[kind][filepath.ToSlash(pkg)] = true
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind, text := range data.Alarms {
		if got := slices.Sorted(maps.Keys(owners[kind])); !slices.Equal(got, []string{text.Owner}) {
			t.Errorf("%s is set in %q, and belongs to %s", kind, got, text.Owner)
		}
	}
}
