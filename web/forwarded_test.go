package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/superoffice/statusd/web"
)

func TestRealAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, tt := range []struct {
		peer, header, want string
	}{
		{"192.0.2.7:1234", "198.51.100.1", "192.0.2.7:1234"}, // a stranger's header is not believed
		{"10.0.0.1:1234", "198.51.100.1", "198.51.100.1:0"},
		{"10.0.0.1:1234", "203.0.113.9, 198.51.100.1", "198.51.100.1:0"}, // the client wrote the left one
		{"10.0.0.1:1234", "198.51.100.1, 10.0.0.2", "198.51.100.1:0"},
		{"10.0.0.1:1234", "", "10.0.0.1:1234"},
		{"10.0.0.1:1234", "unknown", "10.0.0.1:1234"},
		{"10.0.0.1:1234", "198.51.100.1, garbage", "10.0.0.1:1234"},
		{"[fd00::1]:1234", "2001:db8::5", "[2001:db8::5]:0"},
		{"[::ffff:10.0.0.1]:1234", "198.51.100.1", "198.51.100.1:0"},
		{"not an address", "198.51.100.1", "not an address"},
	} {
		var got string
		h := web.RealAddress(proxies, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.peer
		if tt.header != "" {
			r.Header.Set("X-Forwarded-For", tt.header)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != tt.want {
			t.Errorf("peer %s with %q: %s, want %s", tt.peer, tt.header, got, tt.want)
		}
	}
}
