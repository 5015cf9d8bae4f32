package notifier

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
)

// cause says in words of a closed set why a request got no answer. The library's own words stay here: they can hold the
// address of the request, and with it a reader's.
func cause(err error) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var number syscall.Errno
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, context.Canceled):
		return "we are stopping"
	case errors.As(err, &name):
		return "its name cannot be resolved"
	case errors.As(err, &certificate):
		return "its certificate is not accepted"
	case errors.As(err, &number):
		return number.Error() // a fixed text such as "connection refused"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it hung up"
	}
	return "the connection broke"
}

// unasked says why the provider's log could not be asked, or nil if it was. The status counts, whatever the library made of
// the body: a refusal that reads as an empty list is no proof that nothing was taken.
func unasked(h *heed, err error) error {
	switch {
	case h.status != 0 && h.status != http.StatusOK:
		return fmt.Errorf("it answered %d %s", h.status, http.StatusText(h.status))
	case err == nil:
		return nil
	case h.status != 0:
		return errors.New("its answer cannot be read: " + cause(err))
	case !h.reached:
		return errors.New("it cannot be reached: " + cause(err))
	}
	return errors.New("the connection ended without an answer: " + cause(err))
}
