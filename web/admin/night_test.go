package admin_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
)

// TestDraftsStandApart: a draft is not what is wrong now.
func TestDraftsStandApart(t *testing.T) {
	w := newWorld(t)
	w.open(url.Values{"title": {"A draft of it"}, "component": {"login"}, "level": {"major_outage"}, "draft": {"yes"}})
	body := w.get(data.Responder, "/").body
	wrong, drafts := strings.Index(body, `id="wrong"`), strings.Index(body, `id="drafts"`)
	if wrong < 0 || drafts < wrong || strings.Contains(body[wrong:drafts], "A draft of it") || !strings.Contains(body[drafts:], "A draft of it") {
		t.Errorf("the draft does not stand apart:\n%s", body)
	}
	if !strings.Contains(body[wrong:drafts], "No incident is open") {
		t.Errorf("a draft counts as an incident:\n%s", body[wrong:drafts])
	}
}

// TestWorstFirst: of what is wrong now the worst is on top.
func TestWorstFirst(t *testing.T) {
	w := newWorld(t)
	w.open(url.Values{"title": {"The worst"}, "component": {"login"}, "level": {"major_outage"}})
	w.open(url.Values{"title": {"A lesser one"}, "component": {"crm-read"}, "level": {"degraded"}})
	body := w.get(data.Responder, "/").body
	if worst, lesser := strings.Index(body, "The worst"), strings.Index(body, "A lesser one"); worst < 0 || lesser < worst {
		t.Errorf("the worst stands at %d, the lesser at %d", worst, lesser)
	}
}

// TestBannersOfEqualAudiences: audiences that are shown the same stand together, and the switch stands above them.
func TestBannersOfEqualAudiences(t *testing.T) {
	w := newWorld(t)
	w.open(url.Values{"title": {"Sign-in fails"}, "component": {"login"}, "level": {"major_outage"}})
	body := w.get(data.Responder, "/banners").body
	if n := strings.Count(body, "Investigating: Sign-in fails"); n > 1 {
		t.Errorf("the same notice stands %d times:\n%s", n, body)
	}
	if sw, now := strings.Index(body, `id="h-switch"`), strings.Index(body, `id="h-now"`); sw < 0 || now < sw {
		t.Errorf("the switch stands at %d, what is shown at %d", sw, now)
	}
}

// TestResolvedThoughStillDownHere: the page of an incident that is said to be over warns of what probes see.
func TestResolvedThoughStillDownHere(t *testing.T) {
	w := newWorld(t)
	err := w.store.Update(t.Context(), func(tx data.Tx) error {
		if err := tx.Probes().Put(datatest.Probe("login-web", "login")); err != nil {
			return err
		}
		return tx.Marks().Put(data.Mark{
			Component: "login", Cohort: data.AllCustomers, Source: data.FromProbe, By: "login-web", At: time.Now().Add(-time.Hour).UTC(), Level: data.MajorOutage,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	desk := "/incidents/" + w.open(url.Values{"title": {"Sign-in fails"}, "component": {"login"}, "level": {"major_outage"}})
	const warning = "Probes still see Sign-in (major outage): the page goes on saying so."
	looked := w.post(data.Responder, desk+"/update", url.Values{"phase": {"resolved"}, "go": {"preview"}, "key": {data.NewID()}})
	if !strings.Contains(looked.body, warning) {
		t.Errorf("the preview does not warn:\n%s", looked.body)
	}
	w.post(data.Responder, desk+"/update", url.Values{"phase": {"resolved"}, "key": {data.NewID()}})
	if a := w.get(data.Responder, desk); !strings.Contains(a.body, warning) {
		t.Errorf("the incident does not warn:\n%s", a.body)
	}
}
