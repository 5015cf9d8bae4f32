package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
)

// TestWays runs the sessions in testdata/ways by each way in which commands reach the service: over its socket, over the
// network with a token, and with no service running in the file itself. What people see is the same. With the race detector
// it is the network alone: commands do one thing after the other, and the service does the same for each way.
func TestWays(t *testing.T) {
	ways := []string{"socket", "server", "file"}
	if raceDetector {
		ways = []string{"server"}
	}
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir: "testdata/ways",
				Setup: func(e *testscript.Env) error {
					e.Setenv("TZ", "UTC")
					e.Setenv("HOME", e.WorkDir)
					e.Setenv("GORACE", quickEnd)
					return nil
				},
				Condition:     func(c string) (bool, error) { return c == way, nil },
				UpdateScripts: *update && way == "socket",
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"await": await, "halt": halt, "measure": measure, "reach": reachBy, "plain": plain, "first": first,
				},
			})
		})
	}
}

// measure writes into a database that a component is measured to fail, for seven minutes.
func measure(ts *testscript.TestScript, _ bool, args []string) {
	store, err := bolt.Open(filepath.Join(args[0], storeName), bolt.Options{})
	ts.Check(err)
	since := time.Now().Add(-7 * time.Minute).UTC().Truncate(time.Second)
	err = store.Update(context.Background(), func(tx data.Tx) error {
		return errors.Join(
			tx.Outages().Put(data.Outage{Component: args[1], Cohort: data.AllCustomers, By: "login", Started: since, Aware: since, Cause: data.ByProvider, Impact: data.NoReadNoWrite, Reason: "timeout"}),
			tx.Marks().Put(data.Mark{Component: args[1], Cohort: data.AllCustomers, Source: data.FromProbe, By: "login", At: since, Level: data.PartialOutage}),
		)
	})
	ts.Check(errors.Join(err, store.Close()))
}

// reachBy sets a variable to a member of a file of addresses.
func reachBy(ts *testscript.TestScript, _ bool, args []string) {
	var at map[string]string
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &at))
	ts.Setenv(args[0], at[args[2]])
}

// first sets a variable to the first match of a pattern in the last output, or its group.
func first(ts *testscript.TestScript, _ bool, args []string) {
	m := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if m == nil {
		ts.Fatalf("%s is not in the output", args[1])
	}
	ts.Setenv(args[0], m[len(m)-1])
}

// passing is what differs from run to run, and from way to way.
var passing = []struct {
	find *regexp.Regexp
	put  string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "TIME"},
	{regexp.MustCompile(`(\d\d:\d\d) CES?T\b`), "$1 OSLO"}, // summer or winter
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?`), "TIME"},
	{regexp.MustCompile(`[A-Z][a-z]+day \d+ [A-Z][a-z]+ \d{4} \d\d:\d\d \([^)]*\)`), "TIME"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d( UTC)?`), "TIME"},
	{regexp.MustCompile(`\b(socket|file):[a-z0-9_-]+|token:way`), "WHO"},
	{regexp.MustCompile(`127\.0\.0\.1(:\d+)?|\blocal\b`), "WHERE"},
	{regexp.MustCompile(` --data \S+| --server \S+ --token-file \S+`), ""},
	{regexp.MustCompile(`\b[a-f0-9]{64}\b`), "HASH"},
	{regexp.MustCompile(`\b[a-z0-9]{12}\b`), "ID"},
	{regexp.MustCompile(`"seq": \d+`), `"seq": N`},
	{regexp.MustCompile(`  +`), "  "}, // the width of columns
}

// plain writes the last output into a file, without what is passing.
func plain(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile("stdout")
	for _, p := range passing {
		text = p.find.ReplaceAllString(text, p.put)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
