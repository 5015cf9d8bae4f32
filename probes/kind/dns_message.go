package kind

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/superoffice/statusd/data"
)

// What a server may cost.
const (
	maxDatagram = 1232 // what we say that we take (DNS flag day 2020)
	maxStrays   = 100  // datagrams that are not the answer
	maxRecords  = 1000
)

// dnsError is an answer that is none, or a bad one.
type dnsError struct {
	why    data.Reason
	detail string
}

func (e dnsError) Error() string { return e.detail }

var (
	errCut     = dnsError{data.ReasonProtocol, "the answer is cut, over TCP as well"}
	errGarbage = dnsError{data.ReasonProtocol, "no valid DNS answer"}
	errStray   = errors.New("not the answer to this question")
)

// direct asks the probe's own server, for one type after the other until everything wanted was found.
func (d *dnsProber) direct(ctx context.Context) (found []string, err error) {
	for _, t := range recordTypes[d.probe.Record] {
		more, err := d.exchange(ctx, t)
		if err != nil {
			return nil, err
		}
		if found = append(found, more...); len(found) > 0 && d.missing(found) == 0 {
			break
		}
	}
	return found, nil
}

// exchange asks one question by UDP, and by TCP where the answer was cut.
func (d *dnsProber) exchange(ctx context.Context, t dnsmessage.Type) ([]string, error) {
	id := uint16(rand.Uint32())
	question, err := ask(id, rooted(d.probe.Target), t)
	if err != nil {
		return nil, err
	}
	q := query{id, rooted(d.probe.Target), t}
	found, err := d.over(ctx, "udp", func(conn net.Conn) ([]string, error) { return q.byUDP(conn, question) })
	if errors.Is(err, errCut) {
		found, err = d.over(ctx, "tcp", func(conn net.Conn) ([]string, error) { return q.byTCP(conn, question) })
	}
	return found, err
}

// over opens a connection that ends with the run.
func (d *dnsProber) over(ctx context.Context, network string, fn func(net.Conn) ([]string, error)) ([]string, error) {
	conn, err := d.dialer.DialContext(ctx, network, d.probe.Server)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	found, err := fn(conn)
	if ctx.Err() != nil && err != nil && !errors.As(err, new(dnsError)) {
		err = ctx.Err()
	}
	return found, err
}

// query is what was asked.
type query struct {
	id   uint16
	name string
	kind dnsmessage.Type
}

// ask packs a question.
func ask(id uint16, name string, t dnsmessage.Type) ([]byte, error) {
	n, err := dnsmessage.NewName(name)
	if err != nil {
		return nil, err
	}
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: id, RecursionDesired: true})
	b.EnableCompression()
	var edns dnsmessage.ResourceHeader
	err = errors.Join(
		b.StartQuestions(),
		b.Question(dnsmessage.Question{Name: n, Type: t, Class: dnsmessage.ClassINET}),
		b.StartAdditionals(),
		edns.SetEDNS0(maxDatagram, dnsmessage.RCodeSuccess, false),
		b.OPTResource(edns, dnsmessage.OPTResource{}),
	)
	if err != nil {
		return nil, err
	}
	return b.Finish()
}

// byUDP waits for the datagram that answers; others are passed over, since anybody may send some.
func (q query) byUDP(conn net.Conn, question []byte) ([]string, error) {
	if _, err := conn.Write(question); err != nil {
		return nil, err
	}
	buf := make([]byte, 4096)
	strays := 0
	for {
		n, err := conn.Read(buf)
		if err != nil {
			var timeout net.Error
			if strays > 0 && errors.As(err, &timeout) && timeout.Timeout() {
				return nil, dnsError{data.ReasonProtocol, "nothing came but what is no answer to the question"}
			}
			return nil, err
		}
		found, err := q.read(buf[:n])
		if !errors.Is(err, errStray) {
			return found, err
		}
		if strays++; strays > maxStrays {
			return nil, dnsError{data.ReasonProtocol, "too much came that is no answer to the question"}
		}
	}
}

// byTCP reads one message, which its length precedes.
func (q query) byTCP(conn net.Conn, question []byte) ([]string, error) {
	out := binary.BigEndian.AppendUint16(nil, uint16(len(question)))
	if _, err := conn.Write(append(out, question...)); err != nil {
		return nil, err
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, message); err != nil {
		return nil, err
	}
	found, err := q.read(message)
	if errors.Is(err, errStray) {
		err = errGarbage
	}
	return found, err
}

// read is the records of a message, errStray where it does not answer the question, or a dnsError.
func (q query) read(message []byte) ([]string, error) {
	var p dnsmessage.Parser
	h, err := p.Start(message)
	if err != nil || h.ID != q.id || !h.Response {
		return nil, errStray
	}
	if asked, err := p.AllQuestions(); err != nil || len(asked) > 1 || len(asked) == 0 && h.RCode == dnsmessage.RCodeSuccess ||
		len(asked) == 1 && (!strings.EqualFold(asked[0].Name.String(), q.name) || asked[0].Type != q.kind || asked[0].Class != dnsmessage.ClassINET) {
		return nil, errStray
	}
	switch {
	case h.RCode == dnsmessage.RCodeNameError:
		return nil, dnsError{data.ReasonName, "there is no such name"}
	case h.RCode != dnsmessage.RCodeSuccess:
		return nil, dnsError{data.ReasonName, "the server answered " + rcode(h.RCode)}
	case h.Truncated:
		return nil, errCut
	}
	return q.records(&p)
}

// records reads the answers of the type asked for, whoever's: a chain of CNAMEs may lead to them.
func (q query) records(p *dnsmessage.Parser) (found []string, err error) {
	for range maxRecords {
		h, err := p.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return found, nil
		}
		if err != nil {
			return nil, errGarbage
		}
		if h.Type != q.kind || h.Class != dnsmessage.ClassINET {
			if p.SkipAnswer() != nil {
				return nil, errGarbage
			}
			continue
		}
		r, err := p.Answer()
		if err != nil {
			return nil, errGarbage
		}
		found = append(found, text(r.Body))
	}
	return nil, dnsError{data.ReasonProtocol, "the answer has more than " + strconv.Itoa(maxRecords) + " records"}
}

// text writes what a record holds as record does.
func text(body dnsmessage.ResourceBody) string {
	switch r := body.(type) {
	case *dnsmessage.AResource:
		return record("A", net.IP(r.A[:]).String())
	case *dnsmessage.AAAAResource:
		return record("AAAA", net.IP(r.AAAA[:]).String())
	case *dnsmessage.CNAMEResource:
		return record("CNAME", r.CNAME.String())
	case *dnsmessage.NSResource:
		return record("NS", r.NS.String())
	case *dnsmessage.MXResource:
		return record("MX", strconv.Itoa(int(r.Pref))+" "+r.MX.String())
	case *dnsmessage.TXTResource:
		return strings.Join(r.TXT, "")
	}
	return ""
}

// rcode names an answer that is an error.
func rcode(c dnsmessage.RCode) string {
	switch c {
	case dnsmessage.RCodeFormatError:
		return "FORMERR"
	case dnsmessage.RCodeServerFailure:
		return "SERVFAIL"
	case dnsmessage.RCodeNotImplemented:
		return "NOTIMP"
	case dnsmessage.RCodeRefused:
		return "REFUSED"
	}
	return "code " + strconv.Itoa(int(c))
}
