package observe

import (
	"encoding/json"

	"github.com/superoffice/statusd/web/api"
)

// fit makes a report as short as the service takes it: the steps, the detail and the parts of runs are left out, the oldest run's
// first, until the rest fits. No run is left out: 500 bare ones always fit. It changes r.Samples, and says of how many runs something
// is missing.
func fit(r api.PlaceReport) (api.PlaceReport, int, error) {
	whole, err := length(r)
	if err != nil {
		return r, 0, err
	}
	n := 0
	for i := 0; whole > api.MaxHook && i < len(r.Samples); i++ {
		run := &r.Samples[i]
		was, err := length(*run)
		if err != nil {
			return r, n, err
		}
		run.Steps, run.Detail, run.Phases = nil, "", nil
		is, err := length(*run)
		if err != nil {
			return r, n, err
		}
		if is < was {
			whole -= was - is
			n++
		}
	}
	return r, n, nil
}

// length is how long a value is as it is sent.
func length(v any) (int, error) {
	b, err := json.Marshal(v)
	return len(b), err
}
