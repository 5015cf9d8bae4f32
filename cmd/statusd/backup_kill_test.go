package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// kills is how many times a command is killed; STATUSD_KILLS asks for more.
func kills(n int) int {
	if s := os.Getenv("STATUSD_KILLS"); s != "" {
		fmt.Sscan(s, &n) //nolint:errcheck // a wrong number leaves the default
	}
	return n
}

// killed runs statusd and kills it with -9 after so long; done says that it had ended by itself, and well.
func killed(t *testing.T, after time.Duration, args ...string) (done bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out := &output{}
	cmd.Stderr = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("statusd %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return true
	case <-timer.C:
	}
	cmd.Process.Kill() //nolint:errcheck // it may be gone
	return <-ended == nil
}

// spread is the moment of one of n kills, over what a run takes and half as long again, because not all are as fast. The last
// run is left alone.
func spread(takes time.Duration, i, n int) time.Duration {
	if i == n-1 {
		return time.Minute
	}
	return takes * 3 / 2 * time.Duration(i+1) / time.Duration(n)
}

// databaseOf makes a database that says which it is, large enough to be killed over.
func databaseOf(t *testing.T, dir, which string) string {
	t.Helper()
	path := filepath.Join(dir, storeName)
	s, err := bolt.Open(path, bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx data.Tx) error {
		errs := []error{
			tx.Settings().Put(data.Setting{Name: "which", Value: which}),
			data.Audit(tx, data.AuditEntry{At: datatest.Start, Actor: "file:test", Action: "test", Outcome: data.Done}),
		}
		for i := range 4000 {
			errs = append(errs, tx.Settings().Put(data.Setting{Name: fmt.Sprintf("filler-%04d", i), Value: strings.Repeat(which, 100)}))
		}
		return errors.Join(errs...)
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// whichIs says which database stands at path, after it was found whole.
func whichIs(t *testing.T, path string) string {
	t.Helper()
	if _, err := bolt.Check(path); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, bolt.Options{}) // as a service would
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	datatest.Invariants(t, s)
	var which string
	var hold data.Hold
	err = s.View(t.Context(), func(tx data.Tx) error {
		v, err := tx.Settings().Get("which")
		which = v.Value
		if err == nil {
			hold, err = data.SendingHold(tx)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if hold.Held() != (which == "new") {
		t.Fatalf("the %s database is held: %t", which, hold.Held())
	}
	return which
}

func duplicate(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestKillRestore kills a restore at moments spread over its whole run: the old database or the restored one is there,
// whole, and whatever was left behind is in nobody's way.
func TestKillRestore(t *testing.T) {
	old, fresh := databaseOf(t, t.TempDir(), "old"), databaseOf(t, t.TempDir(), "new")
	dir := t.TempDir()
	path := filepath.Join(dir, storeName)
	restore := func(after time.Duration) bool { return killed(t, after, "restore", fresh, "--data", dir) }
	duplicate(t, old, path)
	began := time.Now()
	if !restore(time.Minute) || whichIs(t, path) != "new" {
		t.Fatal("a restore that nobody kills does not restore")
	}
	takes := time.Since(began)
	found := map[string]int{}
	cycles := kills(25)
	for i := range cycles {
		if err := os.Remove(path); err != nil { // the marker stays, and what the killed ones left
			t.Fatal(err)
		}
		duplicate(t, old, path)
		done := restore(spread(takes, i, cycles))
		which := whichIs(t, path)
		if done && which != "new" {
			t.Fatalf("kill %d: it ended well and the %s database is there", i, which)
		}
		found[which]++
	}
	if !restore(time.Minute) || whichIs(t, path) != "new" {
		t.Fatal("after all the kills a restore does not restore")
	}
	if found["old"] == 0 || found["new"] == 0 {
		t.Errorf("the kills found %v: they do not reach from before to after", found)
	}
	kept, err := filepath.Glob(path + ".before-restore-*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range kept {
		if sum, err := bolt.Check(name); err != nil || sum.Records[data.SettingsTable] < 4000 {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Logf("%d kills over %s: found %v; %d kept", cycles, takes, found, len(kept))
}

// TestKillBackup kills a backup at moments spread over its whole run: there is no file under its name that is not whole, and
// the database is as it was.
func TestKillBackup(t *testing.T) {
	dir := t.TempDir()
	path := databaseOf(t, dir, "old")
	to := filepath.Join(t.TempDir(), "copy.db")
	backup := func(after time.Duration) bool { return killed(t, after, "backup", to, "--force", "--data", dir) }
	began := time.Now()
	if !backup(time.Minute) {
		t.Fatal("a backup that nobody kills makes none")
	}
	takes := time.Since(began)
	cycles, there := kills(25), 0
	for i := range cycles {
		os.Remove(to) //nolint:errcheck // it may not be there
		if i%2 == 1 { // with and without one to overwrite
			duplicate(t, path, to)
		}
		done := backup(spread(takes, i, cycles))
		switch _, err := os.Stat(to); {
		case err == nil:
			there++
			if whichIs(t, to) != "old" {
				t.Fatalf("kill %d: the copy is another", i)
			}
			os.Remove(bolt.MarkerPath(to)) //nolint:errcheck // of the look at it
		case done || i%2 == 1:
			t.Fatalf("kill %d: no copy is there: %v", i, err)
		}
		if whichIs(t, path) != "old" {
			t.Fatalf("kill %d: the database is another", i)
		}
	}
	if !backup(time.Minute) {
		t.Fatal("after all the kills no backup is made")
	}
	if _, err := os.Stat(to + ".part"); err == nil {
		t.Error("a part is left")
	}
	t.Logf("%d kills over %s; a copy was there %d times", cycles, takes, there)
}

// TestRestoreFromEveryStep sets up what a restore that was killed leaves, step by step: a service can start from each, with
// the old database or the restored one, and the next restore goes through.
func TestRestoreFromEveryStep(t *testing.T) {
	pristine := databaseOf(t, t.TempDir(), "old")
	fresh := databaseOf(t, t.TempDir(), "new")
	restored := filepath.Join(t.TempDir(), storeName)
	now := time.Now().UTC()
	hold := func(tx data.Tx) error { _, err := data.HoldSending(tx, now, now); return err }
	if _, err := replace(restored, fresh, now, hold); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name string
		do   func(path string) error
		want string
	}{
		{"nothing", func(string) error { return nil }, "old"},
		{"half of it is ready", func(path string) error { return os.WriteFile(path+".restoring", []byte("half"), 0o600) }, "old"},
		{"it is ready", func(path string) error { return os.Link(restored, path+".restoring") }, "old"},
		{"the old one has two names", func(path string) error { return os.Link(path, path+".before-restore-20260101T000000.000Z") }, "old"},
		{"it is in place, unmarked", func(path string) error {
			return errors.Join(os.Remove(bolt.MarkerPath(path)), os.Rename(path, path+".before-restore-20260101T000000.000Z"), os.Link(restored, path))
		}, "new"},
	} {
		t.Run(step.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), storeName)
			duplicate(t, pristine, path)
			if err := errors.Join(bolt.Mark(path), step.do(path)); err != nil {
				t.Fatal(err)
			}
			if which := whichIs(t, path); which != step.want {
				t.Errorf("the %s database is there, want the %s", which, step.want)
			}
			kept, err := replace(path, fresh, now, hold)
			if err != nil || whichIs(t, path) != "new" {
				t.Fatalf("the next restore: %v", err)
			}
			if _, err := bolt.Check(kept); err != nil {
				t.Error(err)
			}
			info, err := os.Stat(path)
			names, _ := filepath.Glob(path + ".before-restore-*")
			for _, name := range names {
				if other, err := os.Stat(name); err != nil || os.SameFile(info, other) {
					t.Errorf("%s is a second name of the database (%v)", name, err)
				}
			}
			left, _ := os.Stat(path + ".restoring")
			if err != nil || left != nil {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestRestoreWhereNothingWas restores onto a new host, over a lost database and over a damaged one.
func TestRestoreWhereNothingWas(t *testing.T) {
	fresh := databaseOf(t, t.TempDir(), "new")
	now := time.Now().UTC()
	hold := func(tx data.Tx) error { _, err := data.HoldSending(tx, now, now); return err }
	for name, prepare := range map[string]func(path string) error{
		"new host": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"lost":     bolt.Mark,
		"emptied":  func(path string) error { return errors.Join(bolt.Mark(path), os.WriteFile(path, nil, 0o600)) },
		"damaged": func(path string) error {
			return errors.Join(bolt.Mark(path), os.WriteFile(path, []byte("rubble"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "d", storeName)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), prepare(path)); err != nil {
				t.Fatal(err)
			}
			before, berr := os.ReadFile(path)
			kept, err := replace(path, fresh, now, hold)
			if err != nil || whichIs(t, path) != "new" {
				t.Fatalf("replace = %q, %v", kept, err)
			}
			if _, err := os.Stat(bolt.MarkerPath(path)); err != nil {
				t.Error(err)
			}
			if (kept != "") != (berr == nil) {
				t.Errorf("kept as %q, and there was something: %t", kept, berr == nil)
			}
			if kept == "" {
				return
			}
			if after, err := os.ReadFile(kept); err != nil || string(after) != string(before) {
				t.Errorf("what was there is not kept: %v", err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
		})
	}
}
