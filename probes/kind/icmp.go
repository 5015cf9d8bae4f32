package kind

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	probing "github.com/prometheus-community/pro-bing"

	"github.com/superoffice/statusd/data"
)

const (
	defaultPackets = 3
	maxPackets     = 20
	packetEvery    = 200 * time.Millisecond
)

// icmpProber sends echo requests and counts what comes back. It takes a raw socket where it may, else the system's ping
// socket (net.ipv4.ping_group_range), and where neither is allowed it knows nothing.
type icmpProber struct {
	probe    data.Probe
	resolver *net.Resolver
	packets  int
	run      func(context.Context, *probing.Pinger) error
}

var _ Prober = (*icmpProber)(nil)

func newICMP(p data.Probe, c Client, _ *x509.CertPool) Prober {
	resolver := c.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	return &icmpProber{
		probe: p, resolver: resolver, packets: cmp.Or(p.Packets, defaultPackets),
		run: func(ctx context.Context, ping *probing.Pinger) error { return ping.RunWithContext(ctx) },
	}
}

func checkICMP(p data.Probe) error {
	var errs []error
	if _, err := netip.ParseAddr(p.Target); err != nil && !hostname(p.Target) {
		errs = append(errs, data.Invalid("target", fmt.Sprintf("%q is no host: use a name or an address, without scheme, port or path", shown(p.Target))))
	}
	if p.Packets < 0 || p.Packets > maxPackets {
		errs = append(errs, data.Invalid("packets", fmt.Sprintf("%d is out of bounds: use 1 to %d, or leave it out for %d", p.Packets, maxPackets, defaultPackets)))
	}
	return errors.Join(errs...)
}

// Probe implements Prober. The latency is the average of the packets that came back; without one, how long the run took.
func (i *icmpProber) Probe(ctx context.Context) []data.Sample {
	start := time.Now()
	s := i.ping(ctx, start)
	if s.Latency <= 0 {
		s.Latency = time.Since(start)
	}
	return []data.Sample{late(i.probe, s)}
}

func (i *icmpProber) ping(ctx context.Context, start time.Time) data.Sample {
	address, err := i.resolve(ctx)
	if err != nil {
		why, detail := explain(err, resolving)
		return Fail(i.probe, why, detail)
	}
	resolved := time.Since(start)
	var got *probing.Statistics
	for _, raw := range []bool{true, false} {
		ping := i.pinger(ctx, address, raw)
		err = i.run(ctx, ping)
		got = ping.Statistics()
		if !errors.Is(err, os.ErrPermission) || got.PacketsSent > 0 {
			break
		}
	}
	s := i.judge(got, err)
	s.Phases.Resolve = resolved
	if got.PacketsRecv > 0 {
		// The time is read from what came back, which the target may have changed.
		s.Latency = min(max(got.AvgRtt, time.Nanosecond), time.Since(start))
	}
	return s
}

// resolve finds the target's address: of several the first, which the system prefers.
func (i *icmpProber) resolve(ctx context.Context) (*net.IPAddr, error) {
	if a, err := netip.ParseAddr(i.probe.Target); err == nil {
		return &net.IPAddr{IP: a.Unmap().AsSlice(), Zone: a.Zone()}, nil
	}
	all, err := i.resolver.LookupIPAddr(ctx, i.probe.Target)
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// pinger sends all packets in the first half of the time there is, and waits for them during the rest.
func (i *icmpProber) pinger(ctx context.Context, address *net.IPAddr, raw bool) *probing.Pinger {
	ping := probing.New("")
	ping.SetIPAddr(address)
	ping.SetPrivileged(raw)
	ping.SetLogger(probing.NoopLogger{})
	ping.Count = i.packets
	left := i.probe.Deadline()
	if end, ok := ctx.Deadline(); ok {
		left = time.Until(end)
	}
	ping.Timeout = max(left-left/20, time.Millisecond)
	ping.Interval = max(min(packetEvery, left/time.Duration(2*i.packets)), time.Millisecond)
	return ping
}

// judge is what the packets that came back mean, or why none was sent.
func (i *icmpProber) judge(got *probing.Statistics, err error) data.Sample {
	switch back := min(got.PacketsRecv, i.packets); {
	case back == i.packets:
		return data.Sample{Level: data.Operational}
	case back > 0:
		return data.Sample{Level: data.Degraded, Reason: data.ReasonLost, Detail: fmt.Sprintf("%d of %d packets did not come back", i.packets-back, i.packets)}
	case errors.Is(err, os.ErrPermission) && got.PacketsSent == 0:
		return data.Sample{Reason: data.ReasonForbidden, Detail: "this process may not send ICMP: give it CAP_NET_RAW, or put its group into net.ipv4.ping_group_range"}
	case err != nil && got.PacketsSent == 0:
		why, detail := explain(err, connecting)
		return Fail(i.probe, why, detail)
	}
	return Fail(i.probe, data.ReasonLost, fmt.Sprintf("none of %d packets came back", i.packets))
}
