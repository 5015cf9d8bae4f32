package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// asProgram makes the test binary be statusd itself.
const asProgram = "STATUSD_TEST_AS_PROGRAM"

// process is a real statusd in a process of its own.
type process struct {
	cmd    *exec.Cmd
	http   *http.Client // over the local socket
	at     addresses
	out    *output
	exited chan struct{}
}

// output is what a process wrote so far.
type output struct {
	mu   sync.Mutex
	text []byte
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, b...)
	return len(b), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}

// start runs statusd with its data in dir, and waits until it serves.
func start(t *testing.T, dir string, more ...string) *process {
	t.Helper()
	addr := filepath.Join(dir, "addr")
	os.Remove(addr) //nolint:errcheck // it may not be there
	p := &process{out: &output{}, exited: make(chan struct{})}
	args := append([]string{"serve", "--no-probes", "--data", dir, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--addr-file", addr}, more...)
	p.cmd = exec.Command(os.Args[0], args...)
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	p.cmd.Stderr = p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.cmd.Wait() //nolint:errcheck // whoever waits looks at the state
		close(p.exited)
	}()
	t.Cleanup(p.kill)
	socket := filepath.Join(dir, socketName)
	p.http = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
	}}
	until(t, "the service to start", func() bool {
		select {
		case <-p.exited:
			t.Fatalf("the service ended at once:\n%s", p.out)
		default:
		}
		b, err := os.ReadFile(addr)
		return err == nil && json.Unmarshal(b, &p.at) == nil
	})
	return p
}

// kill is kill -9.
func (p *process) kill() {
	p.cmd.Process.Kill() //nolint:errcheck // it may be gone
	<-p.exited
}

// until asks again and again whether something has come about, for half a minute at most.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	ticker := time.NewTicker(3 * time.Millisecond)
	defer ticker.Stop()
	deadline := time.After(30 * time.Second)
	for !is() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		case <-ticker.C:
		}
	}
}
