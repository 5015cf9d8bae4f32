package kind

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func parsed(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestAddressKeepsItsHost sees that no value changes whom a step asks, nor what the rest of the address says.
func TestAddressKeepsItsHost(t *testing.T) {
	t.Parallel()
	base := parsed(t, "https://crm.example:8443/app/")
	a, err := newAddress("{{x}}/of/{{y}}?a={{x}}&b=2&c={{y}}#part", base, []string{"x", "y"})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		values := map[string]string{"x": rapid.String().Draw(t, "x"), "y": rapid.StringMatching(`[./:@?#&%a{} ]{0,12}`).Draw(t, "y")}
		u, err := a.fill(func(name string) string { return values[name] })
		if err != nil {
			for _, v := range values {
				if strings.Trim(v, ".") == "" {
					return
				}
			}
			t.Fatalf("%q: %v", values, err)
		}
		q := u.Query()
		if u.Scheme != "https" || u.Host != "crm.example:8443" || u.User != nil || u.Fragment != "" || len(q) != 3 ||
			q.Get("a") != values["x"] || q.Get("b") != "2" || q.Get("c") != values["y"] || u.Path != "/app/"+values["x"]+"/of/"+values["y"] ||
			strings.Count(u.EscapedPath(), "/") != 4 {
			t.Fatalf("%q: %s", values, u)
		}
	})
}
