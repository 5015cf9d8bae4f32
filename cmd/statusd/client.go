package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/bolt"
	"github.com/superoffice/statusd/probes"
	"github.com/superoffice/statusd/web/api"
	"github.com/superoffice/statusd/web/ui"
)

// reach are the flags of commands that talk to the service.
type reach struct {
	files
	Server string `help:"Address of the operators' listener, to reach the service over the network with a token." placeholder:"URL"`
	Token  string `help:"File with the token for --server; STATUSD_TOKEN in the environment does as well." placeholder:"FILE" name:"token-file" type:"path"`
	JSON   bool   `help:"Write the answer as JSON." name:"json"`
}

// client asks the service: over the network, else over its local socket, else, with no service running, the file itself.
type client struct {
	base  string
	token string
	http  *http.Client
	close func() error
	zone  atomic.Pointer[time.Location] // of the schedule, as the newest answer names it; nil before one
}

// socketName is the local socket's name in the data directory.
const socketName = "statusd.sock"

// storeName is the database's name in the data directory.
const storeName = "statusd.db"

func (r reach) dial() (*client, error) {
	if r.Server != "" {
		return r.dialServer()
	}
	cfg, err := r.load()
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(cfg.Data, socketName)
	conn, err := net.DialTimeout("unix", socket, 2*time.Second)
	switch {
	case err == nil:
		conn.Close()
		dialer := &net.Dialer{Timeout: 2 * time.Second}
		return &client{base: "http://socket", close: func() error { return nil }, http: &http.Client{
			Timeout: 30 * time.Second,
			Transport: &http.Transport{
				DisableKeepAlives: true,
				DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					return dialer.DialContext(ctx, "unix", socket)
				},
			},
		}}, nil
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("the service's socket %s is not yours to open: run this as the user that runs the service, or use --server with a token", socket)
	}
	return openFile(cfg)
}

func (r reach) dialServer() (*client, error) {
	u, err := url.Parse(r.Server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, usagef("--server %q is no address: use something like https://status-admin.example.com", r.Server)
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return nil, usagef("--server %q would send the token in the clear: use https, or a tunnel (ssh -L 8081:127.0.0.1:8081 HOST) and --server http://127.0.0.1:8081", r.Server)
	}
	token := os.Getenv("STATUSD_TOKEN")
	if r.Token != "" {
		b, err := os.ReadFile(r.Token)
		if err != nil {
			return nil, usagef("reading the token: %v", err)
		}
		token = strings.TrimSpace(string(b))
	}
	if token == "" {
		return nil, usagef("--server takes a token: give --token-file FILE or STATUSD_TOKEN; `statusd token create` on the host makes one")
	}
	return &client{
		base: strings.TrimSuffix(r.Server, "/"), token: token, close: func() error { return nil },
		http: &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// isLoopback says whether a host's name or address stays on this machine.
func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}

// openFile serves the same acts from the database itself, for when no service runs.
func openFile(cfg *config.Config) (*client, error) {
	path := filepath.Join(cfg.Data, storeName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no service runs with %s and there is no database in it: start one with `statusd serve`, or name its directory with --data", cfg.Data)
	}
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	a := newAPI(cfg, store, slog.New(slog.DiscardHandler))
	mux := http.NewServeMux()
	for pattern, h := range a.Routes() {
		mux.Handle(pattern, h)
	}
	who := data.Actor{Name: "file:" + userName(), Role: data.Admin, Address: "local", Scope: "local:" + userName()}
	return &client{base: "http://file", close: store.Close, http: &http.Client{Transport: inProcess{mux, who}}}, nil
}

func newAPI(cfg *config.Config, store data.Store, log *slog.Logger) *api.API {
	return &api.API{
		Store: store, Log: log, Settings: pageSettings(cfg, serving{}), Undo: cfg.Incidents.Undo, Notice: cfg.Notices, Templates: templatesOf(cfg),
		References: cfg.References, Say: probes.Say, Alerts: api.Inbound{Rules: cfg.Alerts.Rules, Hooks: cfg.Alerts.Hooks},
	}
}

func templatesOf(cfg *config.Config) []api.Template {
	var out []api.Template
	for _, t := range cfg.Incidents.Templates {
		out = append(out, api.Template{Name: t.Name, Title: t.Title, Body: t.Body})
	}
	return out
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprint(os.Getuid())
}

// inProcess answers requests from a handler in this process.
type inProcess struct {
	handler http.Handler
	who     data.Actor
}

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := &answer{header: http.Header{}, status: http.StatusOK}
	r = r.Clone(api.WithActor(r.Context(), t.who))
	if r.Body == nil {
		r.Body = http.NoBody
	}
	t.handler.ServeHTTP(w, r)
	return &http.Response{StatusCode: w.status, Header: w.header, Body: io.NopCloser(&w.body), Request: r}, nil
}

type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// get asks for path and decodes the answer into out, which it returns as it came, too.
func (r reach) get(ctx context.Context, path string, out any) (reply, error) {
	cl, err := r.dial()
	if err != nil {
		return reply{}, err
	}
	defer cl.close() //nolint:errcheck // nothing was written
	var answer json.RawMessage
	if err := cl.do(ctx, "GET", path, "", nil, &answer); err != nil {
		return reply{}, err
	}
	return reply{answer, cl.zone.Load()}, json.Unmarshal(answer, out)
}

// post does what path does, once for its key, and is like get otherwise.
func (r reach) post(ctx context.Context, path, key string, in, out any) (reply, error) {
	cl, err := r.dial()
	if err != nil {
		return reply{}, err
	}
	var answer json.RawMessage
	err = cl.do(ctx, "POST", path, key, in, &answer)
	if cerr := cl.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return reply{}, err
	}
	return reply{answer, cl.zone.Load()}, json.Unmarshal(answer, out)
}

// show writes the service's answer as JSON where that was asked for, or in the words of people.
func (r reach) show(io streams, answer reply, people func(w writer) error) error {
	if r.JSON {
		return writeJSON(io.out, answer.body)
	}
	return people(writer{harmless{io.out}, answer.zone})
}

// harmless writes text for a terminal: names and words come from others, and must not steer it.
type harmless struct{ to io.Writer }

// Write implements io.Writer. A character of b is whole: text is written a piece at a time.
func (h harmless) Write(b []byte) (int, error) {
	if _, err := io.WriteString(h.to, strings.Map(harmlessRune, string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// harmlessRune replaces control characters, and those that turn the direction of text.
func harmlessRune(r rune) rune {
	if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
		return unicode.ReplacementChar
	}
	return r
}

// again are the flags by which a command that is to be typed reaches the same service, with a space before.
func (r reach) again() string {
	text := ""
	for _, f := range []struct{ name, value string }{{"config", r.Config}, {"data", r.Data}, {"server", r.Server}, {"token-file", r.Token}} {
		if f.value != "" {
			text += " --" + f.name + " " + quoted(f.value)
		}
	}
	return text
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(c rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@=,+", c)
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// keyed is the flag of commands that change something.
type keyed struct {
	Key string `help:"Idempotency key: repeating a command with the same key does it once." placeholder:"KEY"`
}

// key is the given key, or a fresh one.
func (k keyed) key() string {
	if k.Key != "" {
		return k.Key
	}
	return data.NewID()
}

// do sends one request and decodes the answer into out. A problem document becomes an error in its words, a *refusal.
func (c *client) do(ctx context.Context, method, path, key string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return c.lost(err, key)
	}
	defer res.Body.Close()
	c.zone.Store(zoneIn(res.Header))
	b, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return c.lost(err, key)
	}
	if to := res.Header.Get("Location"); res.StatusCode >= 300 && res.StatusCode < 400 {
		return fmt.Errorf("%s leads on to %q, and a token is not taken along, so nothing was done: is --server the address of the operators' listener itself?", c.base, strings.Map(harmlessRune, to))
	}
	if res.StatusCode >= 400 {
		return problem(res, b, key)
	}
	return json.Unmarshal(b, out)
}

// lost says what it means that no whole answer came. Where nothing was sent, nothing was done; else the key repeats it safely.
func (c *client) lost(err error, key string) error {
	var dialling *net.OpError
	if errors.As(err, &dialling) && dialling.Op == "dial" {
		return fmt.Errorf("the service cannot be reached, so nothing was done: %w", dialling)
	}
	err = fmt.Errorf("the connection was lost: %w", err)
	if key != "" {
		err = fmt.Errorf("%w\nIt is not known whether this was done. The same command with --key %s does it once at most", err, quoted(key))
	}
	return err
}

// refusal is what the service says no with.
type refusal struct {
	status int
	field  string // the member of the body that is wrong; empty where none is
	text   string
}

func (r *refusal) Error() string { return r.text }

func problem(res *http.Response, b []byte, key string) error {
	var p ui.Problem
	if bad := json.Unmarshal(b, &p) != nil || p.Detail == ""; bad && res.StatusCode == http.StatusRequestEntityTooLarge {
		return &refusal{res.StatusCode, "", "a proxy before the service takes no body as long as this: let it take 256 KiB"}
	} else if bad {
		return fmt.Errorf("the service answers %d %s: is --server the address of the operators' listener?", res.StatusCode, http.StatusText(res.StatusCode))
	}
	text := p.Detail
	if p.Field != "" {
		text = p.Field + ": " + text
	}
	if p.Request != "" {
		text += fmt.Sprintf(" (request %s in the log)", p.Request)
	}
	switch {
	case (res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == http.StatusInsufficientStorage) && key != "":
		text += "\nThe key to ask again with is --key " + quoted(key)
	case res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") != "":
		text += fmt.Sprintf(" (%s seconds)", res.Header.Get("Retry-After"))
	}
	return &refusal{res.StatusCode, p.Field, strings.Map(harmlessRune, text)}
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
