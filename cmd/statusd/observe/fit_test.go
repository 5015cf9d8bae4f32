package observe

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web/api"
)

// TestFit: a report that is longer than the service takes leaves out the details of its oldest runs, and never a run.
func TestFit(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 29, 0, 59, 30, 0, time.UTC)
	ends := at.AddDate(0, 3, 0)
	report := func(runs, steps int) api.PlaceReport {
		r := api.PlaceReport{Number: 7, Sent: at, Behind: 3, Version: strings.Repeat("v", 200), Lost: strings.Repeat("l", 200)}
		for i := range runs {
			run := api.SeenRun{
				Side: strings.Repeat("s", 200), At: at.Add(time.Duration(i) * time.Second), Level: data.PartialOutage, Reason: data.ReasonNotReached,
				Detail: strings.Repeat("<", 200), Latency: 12345.678901, Code: 503, Expires: &ends, Phases: []api.Timed{{Name: "processing", Latency: 12345.678901}},
			}
			for n := range steps {
				run.Steps = append(run.Steps, api.StepRun{Name: fmt.Sprint("step-", n), Level: data.MajorOutage, Detail: strings.Repeat("d", 200)})
			}
			r.Samples = append(r.Samples, run)
		}
		return r
	}
	for _, c := range []struct {
		runs, steps int
	}{{0, 0}, {1, 50}, {100, 5}, {100, 20}, {500, 0}, {500, 50}} {
		want := report(c.runs, c.steps)
		before, err := length(want)
		if err != nil {
			t.Fatal(err)
		}
		sent := want
		sent.Samples = slices.Clone(want.Samples)
		got, bare, err := fit(sent)
		after, lerr := length(got)
		if err != nil || lerr != nil || after > api.MaxHook || len(got.Samples) != c.runs || got.Number != 7 {
			t.Fatalf("%d runs of %d steps: %d bytes, %d runs, %v, %v", c.runs, c.steps, after, len(got.Samples), err, lerr)
		}
		if (bare == 0) != (before <= api.MaxHook) {
			t.Errorf("%d runs of %d steps: %d bytes, and %d lost something", c.runs, c.steps, before, bare)
		}
		for i, run := range got.Samples {
			was := want.Samples[i]
			if run.Side != was.Side || !run.At.Equal(was.At) || run.Level != was.Level || run.Reason != was.Reason || run.Latency != was.Latency || run.Code != was.Code {
				t.Fatalf("run %d is another one: %+v", i, run)
			}
			if lost := run.Detail == "" && len(run.Steps) == 0 && len(run.Phases) == 0; lost != (i < bare) {
				t.Fatalf("%d runs of %d steps: run %d lost its details: %t, and the first %d do", c.runs, c.steps, i, lost, bare)
			}
		}
		// One run fewer would not have done.
		if bare > 0 {
			one := got
			one.Samples = slices.Clone(got.Samples)
			one.Samples[bare-1] = want.Samples[bare-1]
			if n, err := length(one); err != nil || n <= api.MaxHook {
				t.Errorf("%d runs of %d steps: %d bytes with the details of run %d, which were left out: %v", c.runs, c.steps, n, bare-1, err)
			}
		}
	}
}
