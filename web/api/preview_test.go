package api_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/web/api"
)

// previewed asks what a change would tell, and checks that asking changes nothing.
func (d *desk) previewed(operation, id, body string) api.Preview {
	d.t.Helper()
	before := <-d.store.Watch(d.t.Context())
	wish, _ := json.Marshal(api.PreviewWish{Operation: operation, ID: id, Body: json.RawMessage(body)})
	status, answer := d.do(&root, "POST", "/api/v1/preview", string(wish))
	var p api.Preview
	if err := json.Unmarshal([]byte(answer), &p); status != 200 || err != nil {
		d.t.Fatalf("preview of %s %s: %d %s %v", operation, body, status, answer, err)
	}
	if after := <-d.store.Watch(d.t.Context()); after != before {
		d.t.Errorf("the preview of %s wrote something", operation)
	}
	return p
}

func TestPreview(t *testing.T) {
	d := newDesk(t)
	d.api.Undo = data.UndoTime
	err := d.store.Update(t.Context(), func(tx data.Tx) error {
		nb, other := datatest.Subscriber("s2"), datatest.Subscriber("s3")
		nb.Lang, other.Components = "nb", []string{"crm-read"}
		return errors.Join(
			tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}),
			tx.Subscribers().Put(datatest.Subscriber("s1")), tx.Subscribers().Put(nb), tx.Subscribers().Put(other),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	p := d.previewed("incident.open", "", `{"template":"login-fails","components":{"login@pilot":"major_outage"},"started_ago":"5m"}`)
	if !p.Public || len(p.Page) != 3 || p.Page[1].Lang != "nb" || p.Page[1].Title != "Pålogging virker ikke" || p.Page[1].Fallback || p.Page[0].Headline == "" {
		t.Errorf("page: %+v", p.Page)
	}
	if p.Mail.Recipients != 2 || p.Mail.Languages["nb"] != 1 || len(p.Mail.Letters) != 2 || p.Mail.At == nil || time.Until(*p.Mail.At) > data.UndoTime {
		t.Errorf("mail: %+v", p.Mail)
	}
	if l := p.Mail.Letters[1]; l.Lang != "nb" || !strings.Contains(l.Subject, "Pålogging virker ikke") || !strings.Contains(l.HTML, "<html") {
		t.Errorf("letter: %+v", l)
	}
	if n := slices.IndexFunc(p.Banners, func(b data.Banner) bool { return b.Cohort == "pilot" }); n < 0 || !strings.Contains(p.Banners[n].Text, "Sign-in fails") {
		t.Errorf("banners: %+v", p.Banners)
	}
	if !strings.Contains(string(p.Feed), "Sign-in fails") {
		t.Errorf("feed: %s", p.Feed)
	}

	i := d.ask(201, "", `{`+login+`}`)
	p = d.previewed("incident.update", i.ID, `{"body":"Ours alone."}`)
	if !p.Page[1].Fallback || p.Page[1].Body != "Ours alone." {
		t.Errorf("an update nobody translated: %+v", p.Page)
	}
	if p = d.previewed("incident.note", i.ID, `{"body":"n"}`); p.Public || p.Mail.At != nil {
		t.Errorf("a note: %+v", p)
	}
	if p = d.previewed("incident.amend", i.ID, `{"title":"Other"}`); p.Mail.At == nil || p.Page[0].Title != "Other" || !strings.Contains(p.Mail.Letters[0].Subject, "Other") {
		t.Errorf("a correction while the first mail waits: %+v", p.Mail)
	}
	if p = d.previewed("incident.resolve", i.ID, `{}`); p.Page[0].Phase != "Resolved" || len(p.Banners) != 0 || p.Page[1].Fallback == false {
		t.Errorf("the end: %+v", p)
	}
	if p = d.previewed("incident.open", "", `{`+login+`,"draft":true}`); p.Public || len(p.Page) != 0 || p.Mail.Recipients != 0 {
		t.Errorf("a draft: %+v", p)
	}
	for body, want := range map[string]int{
		`{"operation":"token.create"}`: 422, `{"operation":"incident.preview"}`: 422, `{"operation":"incident.open","body":{"titel":1}}`: 422,
		`{"operation":"incident.update","id":"abcdefghijkl","body":{}}`: 404,
	} {
		if status, answer := d.do(&root, "POST", "/api/v1/preview", body); status != want {
			t.Errorf("%s: %d %s, want %d", body, status, answer, want)
		}
	}
}

// TestCorrectionIsNotMailed: with nothing waiting a correction is shown, and nobody is mailed.
func TestCorrectionIsNotMailed(t *testing.T) {
	d := newDesk(t)
	err := d.store.Update(t.Context(), func(tx data.Tx) error {
		return errors.Join(tx.Settings().Put(data.Setting{Name: data.SettingPageID, Value: "abcdefghijkl"}), tx.Subscribers().Put(datatest.Subscriber("s1")))
	})
	if err != nil {
		t.Fatal(err)
	}
	i := d.ask(201, "", `{`+login+`}`)
	if p := d.previewed("incident.amend", i.ID, `{"title":"Other"}`); p.Mail.At != nil || p.Mail.Recipients != 0 || p.Page[0].Title != "Other" {
		t.Errorf("a correction: %+v", p)
	}
}
