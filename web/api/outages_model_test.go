package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/api"
)

// TestOutageDeskModel does whatever comes with the outages of a settled month and of the one before, and holds three things against
// it: a preview's figures are those of the report once it is done, what was recorded never changes, and a responder never makes
// the contract's downtime less.
func TestOutageDeskModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := newDesk(t)
		first := lastMonth(1, 0, 0).Add(-6 * time.Hour) // some touch two months
		instantOf := rapid.Custom(func(r *rapid.T) time.Time {
			return first.Add(time.Duration(rapid.IntRange(0, 48).Draw(r, "quarters")) * 15 * time.Minute)
		})
		cohort := rapid.SampledFrom([]string{data.AllCustomers, "pilot"})
		for n := range rapid.IntRange(1, 4).Draw(r, "outages") {
			o := outageFrom(rapid.SampledFrom([]string{"login", "crm-read"}).Draw(r, "component"), instantOf.Draw(r, "start"), time.Duration(rapid.IntRange(1, 12).Draw(r, "length"))*15*time.Minute)
			o.Cohort, o.By = cohort.Draw(r, "cohort"), fmt.Sprintf("probe%d", n)
			d.downs(o)
		}
		if rapid.Bool().Draw(r, "settled") {
			d.settle()
		}
		recorded := map[string]api.OutageFacts{}
		for range rapid.IntRange(1, 6).Draw(r, "acts") {
			list := ask[api.OutageList](d, viewer, 200, "GET", "/outages", "").Outages
			for _, o := range list {
				was, known := recorded[o.Key]
				if recorded[o.Key] = o.Recorded; known && !reflect.DeepEqual(was, o.Recorded) {
					r.Fatalf("what was recorded of %s was %+v and is %+v", o.Key, was, o.Recorded)
				}
			}
			if len(recorded) != len(list) {
				r.Fatalf("an outage is gone: %d of %d are there", len(list), len(recorded))
			}
			one := rapid.SampledFrom(list).Draw(r, "one")
			act := rapid.SampledFrom([]string{"correct", "split", "join", "void", "restore", "add"}).Draw(r, "act")
			body := map[string]any{"why": "so"}
			switch act {
			case "correct":
				for _, member := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"started", "ended", "aware", "reported", "impact", "cause", "cohort"}), 1, 3, rapid.ID).Draw(r, "members") {
					switch member {
					case "impact":
						body[member] = rapid.SampledFrom(data.Impacts).Draw(r, member)
					case "cause":
						body[member] = rapid.SampledFrom(data.Causes).Draw(r, member)
					case "cohort":
						body[member] = cohort.Draw(r, member)
					default:
						body[member] = instantOf.Draw(r, member)
					}
				}
			case "split":
				body["at"] = instantOf.Draw(r, "at")
			case "join":
				body["with"] = []api.OutageRef{{ID: rapid.SampledFrom(list).Draw(r, "with").ID}}
			case "add":
				start := instantOf.Draw(r, "start")
				body["component"], body["started"], body["ended"], body["aware"] = "login", start, start.Add(30*time.Minute), start
			}
			by := duty
			if rapid.Bool().Draw(r, "admin") {
				by = root
			}
			d.same(r, one)
			d.tries(r, by, act, one, body)
		}
		d.view(func(tx data.Tx) error { _, err := months.Verify(tx); return err })
	})
}

// tries looks at an act, does it, and compares.
func (d *desk) tries(r *rapid.T, by data.Actor, act string, one api.OutageRow, body map[string]any) {
	text, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	path, id := "/api/v1/outages/"+one.ID+"/"+act, one.ID
	if act == "add" {
		path, id = "/api/v1/outages", ""
	}
	before := d.figures()
	looked, would := d.do(&by, "POST", "/api/v1/outage-preview", `{"operation":"outage.`+act+`","id":"`+id+`","body":`+string(text)+`}`)
	if after := d.figures(); !reflect.DeepEqual(before, after) {
		r.Fatalf("looking at %s %s changed a figure", act, text)
	}
	status, did := d.do(&by, "POST", path, string(text))
	var v api.OutageOutcome
	if looked == 200 {
		if err := json.Unmarshal([]byte(would), &v); err != nil {
			r.Fatal(err)
		}
	}
	switch {
	case looked != 200 && status != looked:
		r.Fatalf("%s %s: refused with %d when looked at (%s) and %d when done (%s)", act, text, looked, would, status, did)
	case looked != 200:
		return
	case !by.Role.May(v.Needs) && status != 403, by.Role.May(v.Needs) && status >= 300:
		r.Fatalf("%s %s by a %s, which needs %s: %d %s", act, text, by.Role, v.Needs, status, did)
	}
	after := d.figures()
	for key, is := range after {
		was := before[key]
		switch {
		case status >= 300 && !reflect.DeepEqual(was, is):
			r.Fatalf("refused, and %s changed", key)
		case by.Role != data.Admin && is.Contract.Downtime < was.Contract.Downtime:
			r.Fatalf("%s %s by a responder made %s less: %d to %d", act, text, key, was.Contract.Downtime, is.Contract.Downtime)
		case act == "split" && status < 300 && (was.Contract.Downtime != is.Contract.Downtime || was.Strict.Downtime != is.Strict.Downtime || was.Observed.Downtime != is.Observed.Downtime):
			r.Fatalf("the parts of %s count %+v together, and the whole %+v", one.ID, is, was)
		}
	}
	if status >= 300 {
		return
	}
	for _, m := range v.Months {
		for _, f := range m.Figures {
			is := after[m.Month+"|"+f.Component+"|"+f.Cohort]
			for _, p := range []struct {
				said api.MonthFigure
				is   ledger.Result
			}{{f.After.Contract, is.Contract}, {f.After.Strict, is.Strict}, {f.After.Observed, is.Observed}} {
				if p.said.Downtime != p.is.Downtime || p.said.Uptime != p.is.Uptime || p.said.Met != p.is.Met || p.said.Verdict != p.is.Verdict || p.said.Left != is.Allowance-p.is.Downtime {
					r.Fatalf("%s %s: the preview says %+v of %s %s %s, and the report %+v", act, text, p.said, m.Month, f.Component, f.Cohort, p.is)
				}
			}
		}
	}
}

// same compares what an outage's page says of the months without it with what setting it aside would make of them.
func (d *desk) same(r *rapid.T, o api.OutageRow) {
	if o.Counts.Void {
		return
	}
	whole := ask[api.OutageWhole](d, viewer, 200, "GET", "/outages/"+o.ID, "")
	aside := ask[api.OutageOutcome](d, root, 200, "POST", "/outage-preview", `{"operation":"outage.void","id":"`+o.ID+`","body":{"why":"so"}}`)
	would := map[string]api.MonthFigures{}
	for _, m := range aside.Months {
		for _, f := range m.Figures {
			would[m.Month+"|"+f.Component+"|"+f.Cohort] = f.After
		}
	}
	for _, m := range whole.Months {
		for _, f := range m.Figures {
			if is, ok := would[m.Month+"|"+f.Component+"|"+f.Cohort]; !ok || is != f.Before {
				r.Fatalf("%s without %s: its page says %+v, and setting it aside would make it %+v", m.Month, o.Key, f.Before, is)
			}
		}
	}
}

// figures are the reports of the two months before this one.
func (d *desk) figures() map[string]ledger.Report {
	out := map[string]ledger.Report{}
	for _, month := range ledger.Months(time.Now(), settings.Zone, 3)[:2] {
		for _, component := range []string{"", "login", "crm-read"} {
			for _, cohort := range []string{"", "pilot"} {
				q := url.Values{}
				if component != "" {
					q.Set("component", component)
				}
				if cohort != "" {
					q.Set("cohort", cohort)
				}
				out[month+"|"+component+"|"+cohort] = ask[ledger.Report](d, viewer, 200, "GET", "/report/"+month+"?"+q.Encode(), "")
			}
		}
	}
	return out
}
