package admin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestSelf: every page says where it is found by GET, and the address that a refused form leaves in the browser leads there.
func TestSelf(t *testing.T) {
	w := newWorld(t)
	id := w.open(form("title", "x", "component", "login", "level", "degraded"))
	desk := "/incidents/" + id
	for path, want := range map[string]string{"/": "/", "/incidents?open=true": "/incidents?open=true", desk: desk, "/tokens": "/tokens"} {
		if a := w.get(data.Admin, path); !strings.Contains(a.body, `data-self="`+want+`"`) {
			t.Errorf("GET %s does not say that it is %s", path, want)
		}
	}
	window := w.lay(datatest.Occurrence("system", w.away(9, 22)))
	word := w.incident(id).Updates[0].ID
	for _, tt := range []struct {
		path, want string
		fields     map[string]string
	}{
		{desk + "/update", desk, map[string]string{"version": "0", "phase": "x"}},
		{desk + "/publish", desk, map[string]string{"version": "7"}},
		{desk + "/note", desk, nil},
		{desk + "/amend", desk, map[string]string{"version": "7", "title": "y"}},
		{desk + "/updates/" + word + "/reword", desk, map[string]string{"version": "7"}},
		{"/operators/opviewer/role", "/operators", map[string]string{"role": "king"}},
		{"/tokens/abcdefghijkl/revoke", "/tokens", nil},
		{"/tokens", "/tokens", map[string]string{"name": "n", "role": "viewer", "days": "x"}},
		{"/incidents", "/incidents/new", nil},
		{window + "/cancel", window, nil},
		{window + "/note", window, nil},
		{"/maintenance", "/maintenance/new", nil},
		{"/banners/silence", "/banners", map[string]string{"why": ""}},
		{"/banners/speak", "/banners", nil},
	} {
		fields := form()
		for k, v := range tt.fields {
			fields.Set(k, v)
		}
		a := w.post(data.Admin, tt.path, fields)
		if a.status < 400 || !strings.Contains(a.body, `data-self="`+tt.want+`"`) {
			t.Errorf("POST %s: %d, and it does not say that it is %s", tt.path, a.status, tt.want)
		}
		switch a = w.get(data.Admin, tt.path); {
		case a.status == http.StatusSeeOther && a.header.Get("Location") == tt.want:
		case a.status == http.StatusOK && (tt.path == "/tokens" || tt.path == "/incidents" || tt.path == "/maintenance"):
		default:
			t.Errorf("GET %s: %d to %q", tt.path, a.status, a.header.Get("Location"))
		}
	}
}

// TestUrgentByTheRule: an alarm whose instant is far away is counted, and not called urgent.
func TestUrgentByTheRule(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		in   time.Duration
		want bool
	}{{20 * 24 * time.Hour, false}, {time.Hour, true}} {
		now := time.Now()
		err := w.store.Update(t.Context(), func(tx data.Tx) error {
			if err := tx.Probes().Put(datatest.Probe("login", "login")); err != nil {
				return err
			}
			return data.SetAlarms(tx, data.AlarmCertificate, []data.Alarm{{Subject: "login", Detail: "It ends.", By: now.Add(tt.in)}}, now)
		})
		if err != nil {
			t.Fatal(err)
		}
		a := w.get(data.Viewer, "/incidents")
		if !strings.Contains(a.body, "1 alarm") || strings.Contains(a.body, "1 urgent") != tt.want {
			t.Errorf("in %s: urgent should be %t", tt.in, tt.want)
		}
	}
}

// TestTokenThatRanOut: only a token that can still be used can be revoked.
func TestTokenThatRanOut(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	err := w.store.Update(t.Context(), func(tx data.Tx) error {
		for id, end := range map[string]time.Duration{"aaaaaaaaaaaa": -30 * time.Second, "bbbbbbbbbbbb": 30 * time.Second} {
			token := data.Token{Hash: id, ID: id, Name: id, Role: data.Viewer, Created: now.Add(-time.Hour), Expires: now.Add(end)}
			if err := tx.Tokens().Put(token); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a := w.get(data.Admin, "/tokens")
	if strings.Contains(a.body, "/tokens/aaaaaaaaaaaa/revoke") || !strings.Contains(a.body, "/tokens/bbbbbbbbbbbb/revoke") {
		t.Error("the wrong tokens can be revoked")
	}
}
