package demo

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/superoffice/statusd/web"
)

// Options for Open.
type Options struct {
	Dir     string // for the mail key and the issuer's certificate; must be there
	Product string // address of the stand-in product; port 0 takes a free one
	Mail    string // address of the mail sink
}

// StandIns are the product and the mail sink, with their listeners. Make them with Open, serve them with Run.
type StandIns struct {
	Product *Product
	Mail    *Sink

	dir     string
	plain   net.Listener
	secure  net.Listener
	mailbox net.Listener
}

// The files in Options.Dir. They are written anew at every start.
const (
	keyFile    = "demo-mailgun.key"
	issuerFile = "demo-issuer.pem"
)

// Open binds the listeners, makes certificates, and writes the mail key (mode 0600) and the issuer's certificate into
// Options.Dir. Close the result if it is not run.
func Open(o Options) (_ *StandIns, err error) {
	s := &StandIns{dir: o.Dir}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.plain, err = bind("--product-listen", o.Product); err != nil {
		return nil, err
	}
	if s.mailbox, err = bind("--mail-listen", o.Mail); err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(reachable(s.plain))
	if err != nil {
		return nil, err
	}
	certs, err := newCertificates(host, time.Now())
	if err != nil {
		return nil, err
	}
	key := rand.Text()
	s.Product, s.Mail = newProduct(certs), newSink(key)
	secure, err := bind("--product-listen", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	s.secure = tls.NewListener(secure, s.Product.tls())
	if err := private(filepath.Join(o.Dir, keyFile), key); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(o.Dir, issuerFile), certs.issuer, 0o644); err != nil { //nolint:gosec // a certificate is no secret
		return nil, fmt.Errorf("writing the issuer's certificate: %w", err)
	}
	s.Point("", "")
	return s, nil
}

// private writes a file that only its owner may read, also where one was there before.
func private(name, text string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("replacing the mail key: %w", err)
	}
	if err := os.WriteFile(name, []byte(text+"\n"), 0o600); err != nil {
		return fmt.Errorf("writing the mail key: %w", err)
	}
	return nil
}

func bind(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken: is another demonstration running? Give this one another address with %s, such as 127.0.0.1:0 for a free one", address, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: listening on %s: %w", flag, address, err)
	}
	return l, nil
}

// reachable is an address that can be dialled: a listener on every address is reached on the loopback.
func reachable(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// Links are where the stand-ins are reached. Public and Operators are empty until Point.
func (s *StandIns) Links() Links { return *s.Product.links.Load() }

// Point tells the stand-ins where the service is, for the banner and for links between their pages.
func (s *StandIns) Point(public, operators string) {
	l := Links{
		Public: public, Operators: operators,
		Product: "http://" + reachable(s.plain), Secure: "https://" + reachable(s.secure), Mail: "http://" + reachable(s.mailbox),
	}
	s.Product.links.Store(&l)
	s.Mail.links.Store(&l)
}

// stopWithin is how long requests may take to end at a stop.
const stopWithin = 4 * time.Second

// Run serves until ctx ends; a listener that fails ends it with its error.
func (s *StandIns) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	quiet := slog.New(slog.DiscardHandler) // handshakes fail on purpose here
	for _, each := range []struct {
		listener net.Listener
		handler  http.Handler
	}{{s.plain, s.Product}, {s.secure, s.Product}, {s.mailbox, s.Mail}} {
		server := web.NewServer(each.handler, quiet)
		group.Go(func() error {
			if err := server.Serve(each.listener); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serving on %s: %w", each.listener.Addr(), err)
			}
			return nil
		})
		group.Go(func() error {
			<-ctx.Done()
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
			defer cancel()
			if err := server.Shutdown(end); err != nil {
				return server.Close() // whoever is still there has had its time
			}
			return nil
		})
	}
	return group.Wait()
}

// Close gives the listeners back. After Run it does nothing.
func (s *StandIns) Close() {
	for _, l := range []net.Listener{s.plain, s.secure, s.mailbox} {
		if l != nil {
			l.Close()
		}
	}
}
