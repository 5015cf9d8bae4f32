package observe_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/superoffice/statusd/data"
)

// TestPlaceUnknown: a service that does not know the place takes nothing, and the log says so at ERROR, with the way out; it is no
// hitch that passes.
func TestPlaceUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.update(func(tx data.Tx) error { return data.AdmitPlaces(tx, nil) })
		var log bytes.Buffer
		w.log = slog.New(slog.NewTextHandler(&log, nil))
		w.start()
		pass(2 * time.Minute)
		w.stop()
		for _, want := range []string{"level=ERROR", "add it to places: in the configuration", "takes nothing from here"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, &log)
			}
		}
		if strings.Contains(log.String(), "nothing is lost") {
			t.Errorf("the log promises what is not so:\n%s", &log)
		}
	})
}
