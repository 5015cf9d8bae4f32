package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

func open(t testing.TB, dir string) data.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(dir, "statusd.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) { datatest.Run(t, open) }
