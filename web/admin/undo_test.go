package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/superoffice/statusd/data"
)

// TestUndoIsOffered to who may, in words, and only where somebody outside could have seen what it takes back.
func TestUndoIsOffered(t *testing.T) {
	w := newWorld(t)
	offers := func(role data.Role, id string) string {
		t.Helper()
		body := w.get(role, "/incidents/"+id).body
		if strings.Contains(body, "Undo</button>") != strings.Contains(body, "data-left=") {
			t.Error("half an offer to undo")
		}
		_, what, _ := strings.Cut(body, "Undo takes back ")
		what, _, _ = strings.Cut(what, ". Nothing")
		return what
	}
	id := w.open(form("title", "x", "component", "login", "level", "degraded"))
	desk := "/incidents/" + id
	for role, want := range map[data.Role]string{
		data.Viewer: "", data.Responder: "the opening of this incident, which becomes a draft (by responder@example.com)",
		data.Admin: "the opening of this incident, which becomes a draft (by responder@example.com)",
	} {
		if got := offers(role, id); got != want {
			t.Errorf("%s is offered to take back %q, want %q", role, got, want)
		}
	}
	fields := w.get(data.Admin, desk).hidden(desk + "/update")
	fields.Set("phase", "identified")
	if a := w.post(data.Admin, desk+"/update", fields); a.status != http.StatusSeeOther {
		t.Fatalf("update: %d %s", a.status, a.problem())
	}
	w.post(data.Responder, desk+"/note", form("body", "A note is nothing to undo."))
	if got := offers(data.Responder, id); got != "" {
		t.Errorf("a responder is offered %q, which an admin did", got)
	}
	if got := offers(data.Admin, id); got != "the last update (by admin@example.com)" {
		t.Errorf("an admin is offered %q", got)
	}

	draft := w.open(form("title", "x", "component", "login", "level", "degraded", "draft", "yes"))
	if got := offers(data.Responder, draft); got != "" {
		t.Errorf("of a draft: %q", got)
	}
	at := "/incidents/" + draft
	if a := w.post(data.Responder, at+"/publish", w.get(data.Responder, at).hidden(at+"/publish")); a.status != http.StatusSeeOther {
		t.Fatalf("publish: %d %s", a.status, a.problem())
	}
	if got := offers(data.Responder, draft); !strings.HasPrefix(got, "its publication") {
		t.Errorf("of a draft that was published: %q", got)
	}
}
