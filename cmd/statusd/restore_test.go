package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/data/datatest"
)

// TestRestoreSignsOut restores a copy that somebody was signed in to.
func TestRestoreSignsOut(t *testing.T) {
	from := databaseOf(t, t.TempDir(), "old")
	err := changeFile(t.Context(), from, func(tx data.Tx) error {
		return errors.Join(
			tx.Operators().Put(data.Operator{ID: "abcdefghijkl", Name: "it@example.com", Role: data.Admin, Created: datatest.Start}),
			tx.Sessions().Put(data.Session{Hash: "h", Operator: "abcdefghijkl", Created: datatest.Start, Seen: datatest.Start}),
			tx.Links().Put(data.Link{Hash: "h", Operator: "abcdefghijkl", Created: datatest.Start, Expires: datatest.Start}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var out, errs bytes.Buffer
	if status := run([]string{"restore", from, "--data", dir}, nil, &out, &errs); status != exitDone {
		t.Fatalf("restore: %d\n%s%s", status, &out, &errs)
	}
	sum, err := bolt.Check(filepath.Join(dir, storeName))
	if err != nil || sum.Records[data.SessionsTable] != 0 || sum.Records[data.LinksTable] != 0 || sum.Records[data.OperatorsTable] != 1 {
		t.Errorf("%v, %v", sum.Records, err)
	}
}

// TestRestoreSaysWhatItHolds restores a copy that held nothing: what is there afterwards is held, and the audit log says of what.
func TestRestoreSaysWhatItHolds(t *testing.T) {
	from, dir := databaseOf(t, t.TempDir(), "old"), t.TempDir()
	var out, errs bytes.Buffer
	if status := run([]string{"restore", from, "--data", dir, "--json"}, nil, &out, &errs); status != exitDone {
		t.Fatalf("restore: %d\n%s%s", status, &out, &errs)
	}
	var said struct {
		Held bool      `json:"sending_held"`
		Hold data.Hold `json:"hold"`
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil || !said.Held || !said.Hold.Held() || said.Hold.Copied.IsZero() {
		t.Errorf("it says %+v, %v", said, err)
	}
	err := bolt.Inspect(filepath.Join(dir, storeName), func(tx data.Tx) error {
		h, err := data.SendingHold(tx)
		if err != nil {
			return err
		}
		last, err := tx.Audit().Last("\x7f")
		if h != said.Hold || last.Action != "sending.hold" || last.Object != "database" {
			t.Errorf("said %+v, held %+v, audit %+v", said.Hold, h, last)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestCopiesThatAreNone names what is no copy, and where no copy can be.
func TestCopiesThatAreNone(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	databaseOf(t, from, "old")
	writeFiles(t, dir, map[string]string{"passwd": "root:x:0:0::/root:/bin/sh\n"})
	passwd, none := filepath.Join(dir, "passwd"), filepath.Join(dir, "none")
	for _, tt := range []struct {
		args   []string
		status int
		want   string // the first line
	}{
		{[]string{"restore", "--check", passwd}, exitWrong, "statusd: checking " + passwd + ": it is no database of statusd, or has lost its first pages: name a copy that `statusd backup` made\n"},
		{[]string{"restore", "--check"}, exitUsage, "statusd: name the copy to check: statusd restore --check FILE\n"},
		{[]string{"backup", filepath.Join(none, "x"), "--data", from}, exitUsage, "statusd: there is no directory " + none + ": make it first"},
		{[]string{"backup", none + "/", "--data", from}, exitUsage, "statusd: there is no directory " + none + "/: make it first"},
	} {
		var out, errs bytes.Buffer
		if status := run(tt.args, nil, &out, &errs); status != tt.status || !strings.HasPrefix(errs.String(), tt.want) {
			t.Errorf("statusd %s: %d\n%swant %d and %s", strings.Join(tt.args, " "), status, &errs, tt.status, tt.want)
		}
	}
}
