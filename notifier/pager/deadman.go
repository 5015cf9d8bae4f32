package pager

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/superoffice/statusd/notifier/hook"
)

// DeadmanOptions for NewDeadman.
type DeadmanOptions struct {
	URL       string        // https, or http on this machine; it is shown nowhere, for it often is all that is needed to ping
	Every     time.Duration // zero means a minute
	Ready     func() error  // only while it returns nil is there a ping
	UserAgent string
	Log       *slog.Logger
	Registry  prometheus.Registerer
	Roots     *x509.CertPool // nil means the system's
}

// Deadman asks for a URL as long as the service is ready. Whoever is there takes silence for an alarm: it is the one that this
// service cannot raise itself. Make one with NewDeadman and call Run once.
type Deadman struct {
	o       DeadmanOptions
	client  *http.Client
	success prometheus.Gauge
}

// everyMinute is how often there is a ping.
const everyMinute = time.Minute

// NewDeadman returns a Deadman that has registered its metric.
func NewDeadman(o DeadmanOptions) (*Deadman, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
		return nil, errors.New("the dead man's address is none: use https://host/path")
	case u.Scheme != "https" && (u.Scheme != "http" || !hook.Loopback(u.Hostname())):
		return nil, errors.New("the dead man would be pinged in the clear: use https://")
	}
	if o.Every <= 0 {
		o.Every = everyMinute
	}
	o.Log = o.Log.With("part", "deadman")
	d := &Deadman{o: o, success: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "statusd_deadman_last_success_timestamp_seconds", Help: "When the dead-man ping was last answered, in Unix time; 0 means not since the start.",
	})}
	d.client = hook.Client(min(hook.Timeout, o.Every*8/10), o.Roots)
	o.Registry.MustRegister(d.success)
	return d, nil
}

// Run pings at once and then every so often until ctx ends, one ping after the other. A change of what comes of it is logged
// once.
func (d *Deadman) Run(ctx context.Context) error {
	ticker := time.NewTicker(d.o.Every)
	defer ticker.Stop()
	last := "" // what was wrong; empty means nothing
	for {
		wrong := ""
		if err := d.o.Ready(); err != nil {
			wrong = "the service is not ready, so nobody is pinged: " + err.Error()
		} else if wrong = d.ping(ctx); wrong == "" {
			d.success.Set(float64(time.Now().Unix()))
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case (wrong == "") == (last == ""):
		case wrong == "":
			d.o.Log.Info("the dead-man ping is answered again")
		default:
			d.o.Log.Error("there is no dead-man ping; whoever waits for it will raise an alarm", "reason", wrong)
		}
		last = wrong
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// ping says what went wrong; empty means nothing did.
func (d *Deadman) ping(ctx context.Context) string {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.o.URL, nil)
	if err != nil {
		return "its address cannot be used"
	}
	r.Header.Set("User-Agent", d.o.UserAgent)
	res, err := d.client.Do(r)
	if err != nil {
		return hook.Fault(err)
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, hook.AnswerLimit)) //nolint:errcheck // the status says it
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Sprintf("it answered %d", res.StatusCode)
	}
	return ""
}
