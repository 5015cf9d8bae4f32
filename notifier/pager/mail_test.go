package pager

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"net"
	stdmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/superoffice/statusd/notifier"
)

// sink is a mail server on a real socket that takes, refuses or drops what it is sent.
type sink struct {
	mu       sync.Mutex
	mails    []string
	sender   error // answer to MAIL
	rcpt     error // answer to RCPT
	data     error // answer to the message
	drop     string
	password string // needed to sign in; empty asks for none
	conns    []net.Conn
}

type session struct {
	*sink
	conn net.Conn
	in   bool
}

func (s *sink) NewSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, c.Conn())
	return &session{sink: s, conn: c.Conn(), in: s.password == ""}, nil
}

func (s *session) AuthMechanisms() []string {
	if s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "status" || password != s.password {
			return errors.New("wrong password " + password)
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.drop == "mail" {
		s.conn.Close()
	}
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return s.sender
}

func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.rcpt }

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.data == nil {
		s.mu.Lock()
		s.mails = append(s.mails, string(text))
		s.mu.Unlock()
	}
	if s.drop == "data" {
		s.conn.Close()
	}
	return s.data
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }

// open starts the server and returns how to reach it.
func (s *sink) open(t testing.TB, secure *tls.Config, implicit bool) SMTPOptions {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(s)
	server.Domain, server.AllowInsecureAuth, server.TLSConfig = "127.0.0.1", secure == nil, secure
	server.ErrorLog = quiet{}
	t.Cleanup(func() { server.Close() })
	port := listener.Addr().(*net.TCPAddr).Port
	if implicit {
		listener = tls.NewListener(listener, secure)
	}
	go server.Serve(listener) //nolint:errcheck // it ends with the test
	return SMTPOptions{Host: "127.0.0.1", Port: port, From: "Status alarms <status@example.com>", TLS: TLSNone}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate is one for 127.0.0.1, and the pool that trusts it.
func certificate(t testing.TB) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}, pool
}

func mailTo(t testing.TB, o SMTPOptions) Channel {
	t.Helper()
	s, err := NewSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	return Mail(s, "Duty@example.com", Paper{Page: "Example\r\nStatus", Overview: "https://admin.example.com", Zone: oslo}, "status.example.com")
}

func TestMailIsReadable(t *testing.T) {
	t.Parallel()
	s := &sink{}
	c := mailTo(t, s.open(t, nil, false))
	if strings.Contains(c.Name, "@") || strings.Contains(strings.ToLower(c.Name), "duty") {
		t.Errorf("the channel is called %s", c.Name)
	}
	if err := c.Deliver(t.Context(), sample()); err != nil {
		t.Fatal(err)
	}
	m, err := stdmail.ReadMessage(strings.NewReader(s.mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	var words mime.WordDecoder
	subject, err := words.DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "[Example Status] 2 alarms, 1 urgent, 1 over" {
		t.Errorf("subject %q, %v", subject, err)
	}
	for header, want := range map[string]string{
		"Message-Id": "<alarm_0123456789abcdef0123456789abcdef@status.example.com>", "Auto-Submitted": "auto-generated", "To": "<Duty@example.com>",
		"From": `"Status alarms" <status@example.com>`, "Bcc": "", "User-Agent": "",
	} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	letter, err := Paper{Page: "Example Status", Overview: "https://admin.example.com/?a=1&b=2"}.Write(sample())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Urgent: An outage is measured and nobody has told of it: login\n", "<script>alert(1)</script> Bcc: x@example.com\n", "came back 2 times since Fri 9 Jan 2026 02:10 UTC",
		"Since: Fri 9 Jan 2026 03:10 UTC\n", "What to do: Declare it", "Too late from: Thu 29 Jan 2026 03:10 UTC\n", "Over: The public page is not being renewed\n", "Ended: Fri 9 Jan 2026 03:11 UTC\n",
		"\nhttps://admin.example.com/?a=1&b=2\n",
	} {
		if !strings.Contains(letter.Text, want) {
			t.Errorf("the text does not say %q:\n%s", want, letter.Text)
		}
	}
	if strings.Contains(letter.HTML, "<script") || !strings.Contains(letter.HTML, "&lt;script&gt;") || !strings.Contains(letter.HTML, `href="https://admin.example.com/?a=1&amp;b=2"`) {
		t.Errorf("the HTML is\n%s", letter.HTML)
	}
	for _, tt := range []struct {
		items []int
		want  string
	}{
		{[]int{0}, "Urgent: An outage is measured and nobody has told of it: login"},
		{[]int{1}, "Still: A certificate ends soon: front"},
		{[]int{2}, "Over: The public page is not being renewed"},
		{[]int{2, 2}, "Over: 2 alarms"},
		{[]int{0, 2}, "Urgent: An outage is measured and nobody has told of it: login, 1 over"},
		{[]int{0, 1}, "2 alarms, 1 urgent"},
		{[]int{1, 1}, "2 alarms"},
	} {
		m := Message{}
		for _, n := range tt.items {
			m.Items = append(m.Items, sample().Items[n])
		}
		if got := heading(m); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.items, got, tt.want)
		}
	}
}

func TestMailFaults(t *testing.T) {
	t.Parallel()
	no := func(code int) error { return &smtp.SMTPError{Code: code, Message: "Duty@example.com is " + hidden} }
	for _, tt := range []struct {
		name   string
		sink   *sink
		want   notifier.Outcome // of an error
		reason string           // empty means that it is taken
	}{
		{"takes it", &sink{}, 0, ""},
		{"takes it and goes", &sink{drop: "data"}, notifier.Unknown, "while the message was handed over"},
		{"no such sender", &sink{sender: no(550)}, notifier.Refused, "does not take the sender (550)"},
		{"no such recipient", &sink{rcpt: no(550)}, notifier.Refused, "does not take a recipient (550)"},
		{"greylisted", &sink{rcpt: no(451)}, notifier.NotTaken, "does not take a recipient for now (451)"},
		{"full", &sink{data: no(452)}, notifier.NotTaken, "does not take the message for now (452)"},
		{"spam", &sink{data: no(554)}, notifier.Refused, "does not take the message (554)"},
		{"drops", &sink{drop: "mail"}, notifier.NotTaken, "before the message was handed over"},
		{"wants to know who", &sink{password: "x"}, notifier.Refused, "does not take the sender (502)"},
	} {
		c := mailTo(t, tt.sink.open(t, nil, false))
		err := c.Deliver(t.Context(), sample())
		var failure *notifier.SendError
		switch {
		case tt.reason == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.reason == "":
		case !errors.As(err, &failure) || failure.Outcome != tt.want || !strings.HasSuffix(failure.Reason, tt.reason):
			t.Errorf("%s: %#v", tt.name, err)
		}
		mute(t, tt.name, err)
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	err = mailTo(t, SMTPOptions{Host: "127.0.0.1", Port: port, From: "status@example.com", TLS: TLSNone}).Deliver(t.Context(), sample())
	var failure *notifier.SendError
	if !errors.As(err, &failure) || failure.Outcome != notifier.NotTaken || !strings.HasSuffix(failure.Reason, "no connection") {
		t.Errorf("nobody listens: %v", err)
	}
}

// A server that says nothing is left in time, and so is one that answers every line but the last.
func TestMailHangs(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer conn.Close() // and not a word
		}
	}()
	s := &SMTP{o: SMTPOptions{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, From: "status@example.com", TLS: TLSNone}, timeout: 200 * time.Millisecond}
	_, err = s.Send(t.Context(), notifier.Batch{To: "duty@example.com", MessageID: "a@b"})
	var failure *notifier.SendError
	if !errors.As(err, &failure) || failure.Outcome != notifier.NotTaken || !strings.HasSuffix(failure.Reason, "no answer in time") {
		t.Errorf("%v", err)
	}
}

func TestMailIsProtected(t *testing.T) {
	t.Parallel()
	secure, roots := certificate(t)
	const password = hidden
	for _, tt := range []struct {
		name     string
		server   *tls.Config
		implicit bool
		tls      string
		roots    *x509.CertPool
		password string
		reason   string // empty means that it is taken
	}{
		{"upgraded", secure, false, TLSStart, roots, password, ""},
		{"from the first byte", secure, true, TLSImplicit, roots, password, ""},
		{"a wrong password", secure, false, TLSStart, roots, "T0-secret-path2", "it does not accept the sign-in"},
		{"nobody knows its certificate", secure, false, TLSStart, x509.NewCertPool(), password, "its certificate does not pass"},
		{"nobody knows its certificate at all", secure, true, TLSImplicit, x509.NewCertPool(), password, "its certificate does not pass"},
		{"it does not upgrade", nil, false, TLSStart, roots, password, "it does not offer STARTTLS"},
		{"this machine", nil, false, TLSNone, nil, password, ""},
	} {
		s := &sink{password: password}
		o := s.open(t, tt.server, tt.implicit)
		o.TLS, o.Roots, o.User, o.Password = tt.tls, tt.roots, "status", tt.password
		err := mailTo(t, o).Deliver(t.Context(), sample())
		if tt.reason == "" && err != nil || tt.reason != "" && (err == nil || !strings.HasSuffix(err.Error(), tt.reason)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.reason)
		}
		if (len(s.mails) == 1) != (tt.reason == "") {
			t.Errorf("%s: %d mails", tt.name, len(s.mails))
		}
		mute(t, tt.name, err)
	}
	for _, o := range []SMTPOptions{
		{Host: "smtp.example.com", Port: 25, From: "status@example.com", TLS: TLSNone},
		{Host: "smtp.example.com", Port: 25, From: "status@example.com"},
		{Host: "smtp.example.com", Port: 25, From: "nobody", TLS: TLSStart},
	} {
		if _, err := NewSMTP(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
