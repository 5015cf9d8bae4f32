package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/superoffice/statusd/cmd/statusd/config"
)

// listen binds an address, with TLS where there are certificates, for no more connections than most, and no more than some from
// one address unless it is one of our proxies. The fair one is what the other is made of.
func listen(address, name string, certificates *certificates, proxies []netip.Prefix, each, most int) (net.Listener, *fair, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, nil, fmt.Errorf("%s is taken: is another statusd running? Give this one another address with --listen and --admin-listen, or end that one", address)
		}
		return nil, nil, fmt.Errorf("listening on %s: %w", address, err)
	}
	f := newFair(l, name, proxies, each, most)
	if certificates != nil {
		return tls.NewListener(f, certificates.config()), f, nil
	}
	return f, f, nil
}

// connections is how many may be open at once on each listener: 80 % of the files this process may have open, a tenth of those
// for operators.
func connections() (public, operators int) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > 1<<20 {
		limit.Cur = 1 << 20
	}
	all := max(64, int(limit.Cur)*8/10)
	return all - all/10, all / 10
}

// listenSocket binds the local socket in the data directory: who can open it is an operator, so nobody else can. The store
// must be open: its lock says that an old socket belongs to nobody.
func listenSocket(dir string) (net.Listener, error) {
	path := filepath.Join(dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("removing the old socket: %w", err)
	}
	const longest = 104 // of any system's sun_path
	if len(path) >= longest {
		return nil, fmt.Errorf("the socket's path %s is longer than %d bytes: give a shorter --data directory", path, longest-1)
	}
	old := syscall.Umask(0o177)
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", path, err)
	}
	return l, nil
}

// addresses are where a running service is reached.
type addresses struct {
	Listen string `json:"listen"`
	Admin  string `json:"admin_listen"`
}

func addressesOf(public, admin net.Listener, secure bool) addresses {
	scheme := "http://"
	if secure {
		scheme = "https://"
	}
	return addresses{Listen: scheme + reachable(public.Addr()), Admin: "http://" + reachable(admin.Addr())}
}

// reachable is an address that can be dialled: a listener on every address is reached on the loopback.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.To4() == nil {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}

// writeAddresses puts addresses into a file as JSON, all at once; no path means that nobody asked.
func writeAddresses(path string, at any) error {
	if path == "" {
		return nil
	}
	b, err := json.Marshal(at)
	if err != nil {
		return err
	}
	part := path + ".part"
	if err := os.WriteFile(part, append(b, '\n'), 0o644); err != nil { //nolint:gosec // addresses are no secret
		return fmt.Errorf("writing the addresses: %w", err)
	}
	return os.Rename(part, path)
}

// certificates hold the listener's certificate and read it again when told to.
type certificates struct {
	files   config.TLS
	current atomic.Pointer[tls.Certificate]
}

func loadCertificates(cfg *config.Config) (*certificates, error) {
	if cfg.TLS == nil {
		return nil, nil
	}
	c := &certificates{files: *cfg.TLS}
	return c, c.reload()
}

func (c *certificates) reload() error {
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("reading the certificate: %w", err)
	}
	c.current.Store(&pair)
	return nil
}

func (c *certificates) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil },
	}
}

// selfClient reaches this service's own listener. Which certificate it shows is for visitors to check; that it is our own
// listener is known by its address.
func selfClient() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		Proxy:           nil,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
		IdleConnTimeout: time.Minute,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, address)
		},
	}}
}
