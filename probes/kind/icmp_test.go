package kind

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	probing "github.com/prometheus-community/pro-bing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestICMP sends real packets to this machine, where that is allowed; elsewhere it sees that the probe says so.
func TestICMP(t *testing.T) {
	t.Parallel()
	s := once(t, Client{}, data.ProbeICMP, "127.0.0.1", 5*time.Second, func(p *data.Probe) { p.Packets = 2 })
	switch {
	case s.Reason == data.ReasonForbidden && s.Level == data.NoData && strings.Contains(s.Detail, "CAP_NET_RAW"):
	case s.Reason == "" && s.Level == data.Operational && s.Latency < time.Second:
	default:
		t.Errorf("127.0.0.1: %+v", s)
	}
}

// TestICMPLoss has packets that do not come back.
func TestICMPLoss(t *testing.T) {
	t.Parallel()
	denied := fmt.Errorf("socket: %w", fs.ErrPermission)
	for _, c := range []struct {
		name   string
		run    func(raw bool, ping *probing.Pinger) error
		level  data.Level
		reason data.Reason
	}{
		{"all come back", comes(3, nil), data.Operational, ""},
		{"one is lost", comes(2, nil), data.Degraded, data.ReasonLost},
		{"two are lost, at the end of the time", comes(1, context.DeadlineExceeded), data.Degraded, data.ReasonLost},
		{"all are lost", comes(0, nil), data.MajorOutage, data.ReasonLost},
		{"all are lost, at the end of the time", comes(0, context.DeadlineExceeded), data.MajorOutage, data.ReasonLost},
		{"more come back than were sent", comes(9, nil), data.Operational, ""},
		{"not allowed", func(bool, *probing.Pinger) error { return denied }, data.NoData, data.ReasonForbidden},
		{"no raw socket is allowed", func(raw bool, ping *probing.Pinger) error {
			if raw {
				return denied
			}
			return comes(3, nil)(raw, ping)
		}, data.Operational, ""},
		{"no way", func(bool, *probing.Pinger) error { return errors.New("no route to 192.0.2.1") }, data.MajorOutage, data.ReasonConnect},
	} {
		p := datatest.Probe("front", "crm")
		p.Kind, p.Target = data.ProbeICMP, "192.0.2.1"
		prober, err := Compile(p, Client{})
		if err != nil {
			t.Fatal(err)
		}
		prober.(*icmpProber).run = func(_ context.Context, ping *probing.Pinger) error { return c.run(ping.Privileged(), ping) }
		s := prober.Probe(t.Context())[0]
		if s.Level != c.level || s.Reason != c.reason || (s.Reason == "") != (s.Detail == "") || strings.Contains(s.Detail, "192.") || s.Latency <= 0 {
			t.Errorf("%s: %+v, want %v, %q", c.name, s, c.level, c.reason)
		}
	}
}

// comes lets n packets come back of all that are sent.
func comes(n int, err error) func(bool, *probing.Pinger) error {
	return func(_ bool, ping *probing.Pinger) error {
		ping.PacketsSent, ping.PacketsRecv = ping.Count, n
		return err
	}
}

func TestICMPInTime(t *testing.T) {
	t.Parallel()
	p := datatest.Probe("front", "crm")
	p.Kind, p.Target, p.Packets = data.ProbeICMP, "127.0.0.1", maxPackets
	prober, err := Compile(p, Client{})
	if err != nil {
		t.Fatal(err)
	}
	here, err := prober.(*icmpProber).resolve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, left := range []time.Duration{-time.Second, time.Millisecond, time.Second, time.Minute} {
		ctx, cancel := context.WithTimeout(t.Context(), left)
		ping := prober.(*icmpProber).pinger(ctx, here, true)
		cancel()
		if ping.Interval <= 0 || ping.Timeout <= 0 || left >= time.Second && (ping.Timeout > left || time.Duration(ping.Count)*ping.Interval > left/2+time.Millisecond) {
			t.Errorf("with %s left: %d packets every %s within %s", left, ping.Count, ping.Interval, ping.Timeout)
		}
	}
}
