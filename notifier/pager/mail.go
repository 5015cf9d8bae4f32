package pager

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	stdmail "net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/hook"
)

// Mail is the channel to one address through any Sender. Each address is a channel of its own, so that one that is refused
// holds no other back. domain is of message IDs.
func Mail(sender notifier.Sender, to string, paper Paper, domain string) Channel {
	sum := sha256.Sum256([]byte(strings.ToLower(to)))
	return Channel{
		Name: KindMail + ":" + hex.EncodeToString(sum[:6]), Kind: KindMail,
		Deliver: func(ctx context.Context, m Message) error {
			l, err := paper.Write(m)
			if err != nil {
				return &notifier.SendError{Outcome: notifier.Refused, Reason: err.Error()}
			}
			_, err = sender.Send(ctx, notifier.Batch{Key: m.ID, Tag: "alarm", MessageID: m.ID + "@" + domain, To: to, Letter: l})
			return err
		},
	}
}

// How a connection to a mail server is protected.
const (
	TLSStart    = "starttls" // begins in the clear and must be upgraded
	TLSImplicit = "implicit" // from the first byte, usually on port 465
	TLSNone     = "none"     // only on this machine
)

// SMTPOptions for NewSMTP.
type SMTPOptions struct {
	Host           string
	Port           int
	From           string // address, maybe with a name
	User, Password string // empty means without sign-in
	TLS            string // TLSStart, TLSImplicit or TLSNone
	Roots          *x509.CertPool
}

// SMTP is a notifier.Sender through a mail server. It is safe for concurrent use.
type SMTP struct {
	o       SMTPOptions
	timeout time.Duration // of connecting and greeting, and then of handing over
}

var _ notifier.Sender = (*SMTP)(nil)

// NewSMTP refuses to send in the clear to another machine.
func NewSMTP(o SMTPOptions) (*SMTP, error) {
	if _, err := stdmail.ParseAddress(o.From); err != nil {
		return nil, errors.New("the sender of operators' mail is no mail address")
	}
	switch o.TLS {
	case TLSStart, TLSImplicit:
	case TLSNone:
		if !hook.Loopback(o.Host) {
			return nil, fmt.Errorf("mail to %s would go in the clear: use %s or %s", o.Host, TLSStart, TLSImplicit)
		}
	default:
		return nil, fmt.Errorf("%q is no way to protect a connection: use %s or %s", o.TLS, TLSStart, TLSImplicit)
	}
	return &SMTP{o, smtpTimeout}, nil
}

const smtpTimeout = 10 * time.Second

// Send implements notifier.Sender.
func (s *SMTP) Send(ctx context.Context, b notifier.Batch) (notifier.Receipt, error) {
	client, err := s.client()
	if err != nil {
		return notifier.Receipt{}, &notifier.SendError{Outcome: notifier.Refused, Reason: "the mail server cannot be used as it is configured"}
	}
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(s.o.From), m.To(b.To)); err != nil {
		return notifier.Receipt{}, &notifier.SendError{Outcome: notifier.Refused, Reason: "an address of operators' mail is not accepted"}
	}
	m.SetMessageIDWithValue(b.MessageID)
	m.SetDateWithValue(time.Now())
	m.Subject(b.Letter.Subject)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(mail.TypeTextPlain, b.Letter.Text)
	m.AddAlternativeString(mail.TypeTextHTML, b.Letter.HTML)
	err = client.DialAndSendWithContext(ctx, m)
	if m.IsDelivered() { // whatever went wrong after that
		return notifier.Receipt{ID: b.MessageID, At: time.Now()}, nil
	}
	return notifier.Receipt{}, explain(err)
}

func (s *SMTP) client() (*mail.Client, error) {
	options := []mail.Option{
		mail.WithPort(s.o.Port), mail.WithTimeout(s.timeout), mail.WithoutNoop(),
		mail.WithTLSConfig(&tls.Config{ServerName: s.o.Host, MinVersion: tls.VersionTLS12, RootCAs: s.o.Roots}),
	}
	switch s.o.TLS {
	case TLSImplicit:
		options = append(options, mail.WithSSL())
	case TLSStart:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.o.User != "" {
		way := mail.SMTPAuthAutoDiscover
		if s.o.TLS == TLSNone {
			way = mail.SMTPAuthPlainNoEnc // it stays on this machine
		}
		options = append(options, mail.WithSMTPAuth(way), mail.WithUsername(s.o.User), mail.WithPassword(s.o.Password))
	}
	return mail.NewClient(s.o.Host, options...)
}

// explain says what a failure means, in our own words: what the library and the server say may hold addresses.
func explain(err error) *notifier.SendError {
	var said *mail.SendError
	if !errors.As(err, &said) {
		return &notifier.SendError{Outcome: notifier.NotTaken, Reason: "the mail server cannot be used: " + dialing(err)}
	}
	code := said.ErrorCode()
	at := "the mail server"
	switch said.Reason {
	case mail.ErrSMTPMailFrom:
		at += " does not take the sender"
	case mail.ErrSMTPRcptTo:
		at += " does not take a recipient"
	default:
		at += " does not take the message"
	}
	switch {
	case code >= 500:
		return &notifier.SendError{Outcome: notifier.Refused, Reason: fmt.Sprintf("%s (%d)", at, code)}
	case code >= 400:
		return &notifier.SendError{Outcome: notifier.NotTaken, Reason: fmt.Sprintf("%s for now (%d)", at, code)}
	case said.Reason == mail.ErrSMTPDataClose || said.Reason == mail.ErrWriteContent:
		return &notifier.SendError{Outcome: notifier.Unknown, Reason: "the connection ended while the message was handed over"}
	}
	return &notifier.SendError{Outcome: notifier.NotTaken, Reason: "the connection ended before the message was handed over"}
}

// dialing says why no message could be begun.
func dialing(err error) string {
	var (
		op   *net.OpError
		dns  *net.DNSError
		wait net.Error
		cert *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &cert):
		return "its certificate does not pass"
	case errors.As(err, &dns):
		return "its name does not resolve"
	case errors.As(err, &wait) && wait.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &op) && op.Op == "dial":
		return "no connection"
	case strings.Contains(err.Error(), "STARTTLS"):
		return "it does not offer STARTTLS"
	case strings.Contains(err.Error(), "AUTH"):
		return "it does not accept the sign-in"
	}
	return "it ended the connection"
}
