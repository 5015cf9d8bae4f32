package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/web"
)

// refusing is a store whose disk refuses what is written, as long as there is an error to refuse it with.
type refusing struct {
	data.Store
	mu  sync.Mutex
	why error
}

func (r *refusing) set(why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.why = why
}

func (r *refusing) Update(ctx context.Context, fn func(data.Tx) error) error {
	r.mu.Lock()
	why := r.why
	r.mu.Unlock()
	if why == nil {
		return r.Store.Update(ctx, fn)
	}
	return r.Store.Update(ctx, func(tx data.Tx) error { // the rules are asked before the disk is
		return errors.Join(fn(tx), why)
	})
}

// TestTheDiskRefuses: an operator's write that cannot be saved says so and what to do, on the page with everything that was typed;
// reading goes on, so does the public page; and when there is room again the same request is done, once (F4, F5, F6).
func TestTheDiskRefuses(t *testing.T) {
	disk := &refusing{}
	s := newSite(t, func(store data.Store) data.Store { disk.Store = store; return disk })
	kari := s.session("kari", data.Admin)
	auth := "Bearer " + s.token(data.Admin)
	for n, tt := range []struct {
		why    error
		status int
		says   string
	}{
		{fmt.Errorf("writing: %w: %w", data.ErrUnknown, syscall.ENOSPC), 507, "is full"},
		{fmt.Errorf("writing: %w: %w", data.ErrUnknown, syscall.EIO), 503, "not known whether"},
		{fmt.Errorf("writing: %w: the disk failed twice", data.ErrReadOnly), 503, "takes no writes"},
		{fmt.Errorf("writing: %w", syscall.EROFS), 503, "takes no writes"},
		{errors.New("secret path of the database"), 500, "was not saved"},
	} {
		key, title := fmt.Sprintf("key-%d", n), fmt.Sprintf("Title number %d", n)
		body := fmt.Sprintf(`{"title":%q,"components":{"crm-read":"degraded"}}`, title)
		form := fmt.Sprintf("key=page%s&title=%s&body=What+I+typed&component=crm-read&level=degraded", key, strings.ReplaceAll(title, " ", "+"))
		write := func() said {
			return s.ask(s.operators, "POST", "/api/v1/incidents", body, nil, "Authorization", auth, "Content-Type", "application/json", "Idempotency-Key", key)
		}
		send := func() said {
			return s.ask(s.operators, "POST", "/incidents", form, kari, "Content-Type", "application/x-www-form-urlencoded")
		}
		disk.set(tt.why)
		before := s.revision()
		for range 2 {
			a := write()
			if a.status != tt.status || !strings.Contains(a.body, tt.says) || a.header.Get("Content-Type") != "application/problem+json" || strings.Contains(a.body, "secret path") {
				t.Errorf("%v: the API answers %d %s", tt.why, a.status, a.body)
			}
			a = send()
			if a.status != tt.status || !strings.Contains(a.body, tt.says) || !strings.Contains(a.body, title) || !strings.Contains(a.body, "What I typed") || strings.Contains(a.body, "secret path") {
				t.Errorf("%v: the page answers %d and does not say why, or keep what was typed: %.3000s", tt.why, a.status, a.body)
			}
		}
		for _, path := range []string{"/", "/incidents", "/incidents/" + s.incident, "/incidents/new", "/audit", "/tokens", "/api/v1/overview", "/api/v1/incidents"} {
			if a := s.ask(s.operators, "GET", path, "", kari); a.status != 200 {
				t.Errorf("%v: reading %s: %d", tt.why, path, a.status)
			}
		}
		for _, path := range []string{"/", "/api/v2/summary.json", "/api/v1/banner"} {
			if a := s.ask(s.public, "GET", path, "", nil); a.status != 200 || path != "/api/v1/banner" && !strings.Contains(a.body, "Sign-in fails") {
				t.Errorf("%v: the public %s: %d", tt.why, path, a.status)
			}
		}
		if a := s.ask(s.operators, "POST", "/api/v1/incidents", `{}`, nil, "Authorization", auth, "Content-Type", "application/json"); a.status < 400 {
			t.Errorf("%v: what is wrong anyway: %d", tt.why, a.status)
		}
		if after := s.revision(); after != before {
			t.Errorf("%v: something was written", tt.why)
		}
		disk.set(nil)
		first, again := write(), write()
		if first.status != 201 || again.body != first.body {
			t.Errorf("after %v: %d %s, and again %d %s", tt.why, first.status, first.body, again.status, again.body)
		}
		if a, b := send(), send(); a.status != http.StatusSeeOther || a.header.Get("Location") != b.header.Get("Location") {
			t.Errorf("after %v the form leads with %d to %s, and again to %s", tt.why, a.status, a.header.Get("Location"), b.header.Get("Location"))
		}
	}
	if n := s.log.count("a change could not be saved"); n != 5*2*2 {
		t.Errorf("the log tells of %d, want each once", n)
	}
}

// TestAddressesInTheAuditLog: what a stranger writes into X-Forwarded-For is not believed; from our proxy it is, counted from the
// right (C24).
func TestAddressesInTheAuditLog(t *testing.T) {
	s := newSite(t, nil)
	auth := "Bearer " + s.token(data.Viewer)
	ours := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} // where the requests of these tests come from
	others := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, tt := range []struct {
		proxies   []netip.Prefix
		forwarded string
		want      string
	}{
		{nil, "198.51.100.9", "192.0.2.1"},
		{others, "198.51.100.9", "192.0.2.1"},
		{ours, "", "192.0.2.1"},
		{ours, "198.51.100.9", "198.51.100.9"},
		{ours, "203.0.113.7, 198.51.100.9", "198.51.100.9"},
		{ours, "127.0.0.1, 198.51.100.9, 192.0.2.77", "198.51.100.9"},
		{ours, "local", "192.0.2.1"},
		{ours, "198.51.100.9, nonsense", "192.0.2.1"},
		{ours, "2001:db8::7", "2001:db8::7"},
	} {
		h := web.RealAddress(tt.proxies, s.operators)
		header := []string{"Authorization", auth, "Content-Type", "application/json", "X-Real-Ip", "203.0.113.1", "Forwarded", "for=203.0.113.2"}
		if tt.forwarded != "" {
			header = append(header, "X-Forwarded-For", tt.forwarded)
		}
		if a := s.ask(h, "POST", "/api/v1/incidents", `{}`, nil, header...); a.status != 403 {
			t.Fatalf("a viewer opens an incident: %d", a.status)
		}
		s.view(func(tx data.Tx) error {
			e, err := tx.Audit().Last("\x7f")
			if err == nil && (e.Address != tt.want || e.Outcome != data.Refused) {
				t.Errorf("proxies %v, forwarded %q: the entry %+v, want from %s", tt.proxies, tt.forwarded, e, tt.want)
			}
			return err
		})
	}
}
