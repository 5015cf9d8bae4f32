package bolt

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSameFile: a file that a restore puts in the place of the one whose pages were looked at is not opened unseen.
func TestSameFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "statusd.db")
	for _, name := range []string{path, path + ".new"} {
		s, err := Open(name, Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	sound, err := checkSound(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		sound os.FileInfo
		words string // empty means that it may be opened
	}{
		{sound, ""},
		{sound, "replaced at this moment: try again"},
		{nil, ""}, // there was none to look at
	} {
		if tt.words != "" {
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(checkSame(path, f, tt.sound), f.Close())
		if err == nil != (tt.words == "") || err != nil && !strings.Contains(err.Error(), tt.words) {
			t.Errorf("%v, want it to say %q", err, tt.words)
		}
	}
}
