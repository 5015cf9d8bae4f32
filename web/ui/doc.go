// Package ui holds what every surface of the web shares: documents that are made once and served from memory, the headers
// that go with them, and answers to errors.
package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	kgzip "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Doc is an answer that is ready to be sent: made once, compressed when somebody first takes it so or its predecessor was taken so
// (see Follow), and from then on written to whoever asks. Most documents are replaced before anybody has asked for them in every
// encoding. It is immutable and safe for concurrent use.
type Doc struct {
	Body []byte // identity encoding
	ETag string // weak, the same for every encoding

	kind  string // content type
	plain headers
	same  headers // of a 304

	asked      atomic.Bool // answered with a 304
	gzip, zstd encoding
}

// coding is a way to compress (RFC 9110 8.4.1).
type coding struct {
	name     string
	compress func([]byte) []byte
}

var (
	inGzip = coding{"gzip", gzipped}
	inZstd = coding{"zstd", zstandard}
)

// encoding is a Doc's body in one coding: made of that Doc's bytes once, and gone with it.
type encoding struct {
	taken   atomic.Bool // somebody was answered with it
	made    atomic.Bool
	once    sync.Once
	body    []byte // nil where it would save nothing
	headers headers
}

// of returns the compressed body of d and its headers; nil where c would save nothing.
func (e *encoding) of(d *Doc, c coding) ([]byte, headers) {
	e.once.Do(func() {
		defer e.made.Store(true)
		if len(d.Body) < leastToCompress {
			return
		}
		if small := c.compress(d.Body); small != nil && len(small) < len(d.Body) {
			e.body, e.headers = small, d.full(c.name, small)
		}
	})
	return e.body, e.headers
}

// Follow makes d ready for those who read before, whose place it takes: in the codings in which that one was taken, or would have
// been had it not been what they had already. So no reader of a page that is much asked for waits for its compression.
func (d *Doc) Follow(before *Doc) {
	same := bytes.Equal(d.Body, before.Body)
	follow := func(e, last *encoding, c coding) {
		if !last.taken.Load() && (!before.asked.Load() || !last.made.Load()) {
			return
		}
		if same {
			c.compress = func([]byte) []byte { return last.body }
		}
		e.of(d, c)
	}
	follow(&d.gzip, &before.gzip, inGzip)
	follow(&d.zstd, &before.zstd, inZstd)
}

// mark writes once, so that readers on many processors do not wait for each other.
func mark(b *atomic.Bool) {
	if !b.Load() {
		b.Store(true)
	}
}

// leastToCompress is how many bytes are worth it.
const leastToCompress = 256

// headers are shared by all answers with a Doc, so that serving one allocates nothing for them.
type headers map[string][]string

// DocOptions say how a Doc is to be sent.
type DocOptions struct {
	Type   string      // content type
	Cache  string      // Cache-Control; empty means a public document that is asked for again after ten seconds
	Vary   string      // besides Accept-Encoding
	Header http.Header // more headers, sent with the 304 as well
	Tag    []byte      // what the ETag is made of; empty means the body. For a body that says when it was made
}

// DefaultCache lets a cache in front hold a document for ten seconds, and serve it longer when this service is gone.
const DefaultCache = "public, max-age=10, s-maxage=10, stale-while-revalidate=20, stale-if-error=3600"

// NewDoc encodes body for all who may ask for it. body must not be changed afterwards.
func NewDoc(body []byte, o DocOptions) *Doc {
	tag := o.Tag
	if len(tag) == 0 {
		tag = body
	}
	sum := sha256.Sum256(tag)
	if cap(body) > len(body)+len(body)/8 {
		body = bytes.Clone(body) // a document lives for long: without the room that its buffer has left
	}
	d := &Doc{Body: body, ETag: `W/"` + hex.EncodeToString(sum[:16]) + `"`, kind: o.Type}
	if o.Cache == "" {
		o.Cache = DefaultCache
	}
	vary := "Accept-Encoding"
	if o.Vary != "" {
		vary = o.Vary + ", Accept-Encoding"
	}
	base := headers{"Etag": {d.ETag}, "Cache-Control": {o.Cache}, "Vary": {vary}}
	for k, v := range Security {
		base[k] = v
	}
	for k, v := range o.Header {
		base[k] = v
	}
	d.same = base
	d.plain = d.full("", body)
	return d
}

// full are the headers of an answer with body, which is d's in an encoding; empty for none.
func (d *Doc) full(encoding string, body []byte) headers {
	h := headers{"Content-Type": {d.kind}, "Content-Length": {strconv.Itoa(len(body))}}
	for k, v := range d.same {
		h[k] = v
	}
	if encoding != "" {
		h["Content-Encoding"] = []string{encoding}
	}
	return h
}

// Security headers go with every answer (RELIABILITY 3.2).
var Security = headers{
	"X-Content-Type-Options": {"nosniff"},
	"Referrer-Policy":        {"no-referrer"},
}

var gzips = sync.Pool{New: func() any { w, _ := kgzip.NewWriterLevel(nil, gzip.BestCompression); return w }}

// zstds encodes one document at a time. It is made and used once at start-up, because it sets itself up when first used,
// with a channel that must not belong to a test's bubble.
var zstds = func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<17), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	e.EncodeAll(nil, nil)
	return e
}()

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzips.Get().(*kgzip.Writer)
	defer gzips.Put(w)
	w.Reset(&b)
	w.Write(body)                 //nolint:errcheck // a bytes.Buffer takes everything
	w.Close()                     //nolint:errcheck
	return bytes.Clone(b.Bytes()) // without the room that the buffer has left
}

func zstandard(body []byte) []byte { return bytes.Clone(zstds.EncodeAll(body, nil)) }

// ServeHTTP answers GET and HEAD, conditionally and in the best encoding that the client takes.
func (d *Doc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if match := r.Header["If-None-Match"]; len(match) > 0 && matches(match, d.ETag) {
		mark(&d.asked)
		set(w.Header(), d.same)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	d.ServeStatus(w, r, http.StatusOK)
}

// ServeStatus answers with the whole document under a status of its own, such as 404. What went wrong here, 500 and above,
// is kept by nobody.
func (d *Doc) ServeStatus(w http.ResponseWriter, r *http.Request, status int) {
	h := w.Header()
	headers, body := d.best(r)
	set(h, headers)
	if status >= http.StatusInternalServerError {
		h["Cache-Control"] = noStore
		delete(h, "Etag")
	}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	w.Write(body) //nolint:errcheck // the client is gone; there is nobody to tell
}

var noStore = []string{"no-store"}

// best picks the smallest encoding that the client takes.
func (d *Doc) best(r *http.Request) (headers, []byte) {
	if accept := r.Header["Accept-Encoding"]; len(accept) > 0 {
		zst, gz := accepts(accept)
		if zst {
			if body, h := d.zstd.of(d, inZstd); body != nil {
				mark(&d.zstd.taken)
				return h, body
			}
		}
		if gz {
			if body, h := d.gzip.of(d, inGzip); body != nil {
				mark(&d.gzip.taken)
				return h, body
			}
		}
	}
	return d.plain, d.Body
}

// Sizes returns the length of the body as it is, in gzip and in zstd; zero for an encoding that would save nothing.
func (d *Doc) Sizes() (plain, gzip, zstd int) {
	gz, _ := d.gzip.of(d, inGzip)
	zst, _ := d.zstd.of(d, inZstd)
	return len(d.Body), len(gz), len(zst)
}

func set(h http.Header, all headers) {
	for k, v := range all {
		h[k] = v
	}
}

// matches compares an If-None-Match list weakly (RFC 9110 13.1.2).
func matches(lines []string, etag string) bool {
	opaque := strings.TrimPrefix(etag, "W/")
	for _, line := range lines {
		for tag := range strings.SplitSeq(line, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == opaque {
				return true
			}
		}
	}
	return false
}

// accepts reads Accept-Encoding as far as it matters here: a coding that is named, or gzip by "*", and not refused with
// q=0 (RFC 9110 12.5.3).
func accepts(lines []string) (zst, gz bool) {
	refused := false // gzip, by name
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			coding, params, _ := strings.Cut(part, ";")
			coding = strings.TrimSpace(coding)
			q, weighed := strings.CutPrefix(strings.TrimSpace(params), "q=")
			takes := !weighed || strings.Trim(q, "0.") != ""
			switch {
			case strings.EqualFold(coding, "zstd"):
				zst = takes
			case strings.EqualFold(coding, "gzip"), strings.EqualFold(coding, "x-gzip"):
				gz, refused = takes, !takes
			case coding == "*":
				gz = gz || takes && !refused
			}
		}
	}
	return zst, gz
}
