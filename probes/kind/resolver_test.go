package kind

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
)

// TestSilentResolver has a resolver that never answers: whatever the kind, it was the name that failed.
func TestSilentResolver(t *testing.T) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	silent := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		<-over // a look-up outlives the run that asked
		return nil, net.ErrClosed
	}}
	for kind, target := range map[data.ProbeKind]string{
		data.ProbeHTTP: "http://gone.invalid/", data.ProbeTCP: "gone.invalid:443", data.ProbeTLS: "gone.invalid:443",
	} {
		for range 5 { // which of two goroutines tells of the end first is chance
			s := once(t, Client{Resolver: silent}, kind, target, 20*time.Millisecond, func(*data.Probe) {})
			if s.Reason != data.ReasonName {
				t.Errorf("%s of a name that is not resolved in time: %+v", kind, s)
			}
		}
	}
}
