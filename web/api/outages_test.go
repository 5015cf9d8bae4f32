package api_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/datatest"
	"github.com/superoffice/statusd/data/ledger"
	"github.com/superoffice/statusd/data/months"
	"github.com/superoffice/statusd/web/api"
)

// outages asks for something of the outage desk.
func ask[T any](d *desk, who data.Actor, want int, method, path, body string) (v T) {
	d.t.Helper()
	status, answer := d.do(&who, method, "/api/v1"+path, body)
	if status != want {
		d.t.Fatalf("%s %s %s by %s: %d %s, want %d", method, path, body, who.Name, status, answer, want)
	}
	if want < 300 {
		if err := json.Unmarshal([]byte(answer), &v); err != nil {
			d.t.Fatal(err)
		}
	}
	return v
}

// lastMonth is an hour of the month before this one, in the zone of the page.
func lastMonth(day, hour, minute int) time.Time {
	now := time.Now().In(settings.Zone)
	return time.Date(now.Year(), now.Month()-1, day, hour, minute, 0, 0, settings.Zone).UTC()
}

func outageFrom(component string, start time.Time, length time.Duration) data.Outage {
	o := datatest.Outage(component, start)
	o.Ended = start.Add(length)
	return o
}

// downs writes outages and returns their IDs.
func (d *desk) downs(all ...data.Outage) (ids []string) {
	d.t.Helper()
	d.put(func(tx data.Tx) error {
		for _, o := range all {
			if err := tx.Outages().Put(o); err != nil {
				return err
			}
		}
		return nil
	})
	for _, o := range all {
		ids = append(ids, data.PublicID("", "outage", string(o.Key())))
	}
	return ids
}

// settle settles the month before this one.
func (d *desk) settle() string {
	d.t.Helper()
	month := ledger.Months(time.Now(), settings.Zone, 2)[0]
	d.put(func(tx data.Tx) error {
		now := time.Now()
		records, err := months.Records(tx, now)
		if err == nil {
			_, err = settings.Book().Settle(tx, records, month, "the service", now)
		}
		return err
	})
	return month
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func TestOutageList(t *testing.T) {
	d := newDesk(t)
	pilot := outageFrom("crm-read", lastMonth(3, 10, 0), time.Hour)
	pilot.Cohort = "pilot"
	ids := d.downs(
		outageFrom("login", lastMonth(2, 10, 0), 30*time.Minute), pilot, outageFrom("crm-read", lastMonth(5, 10, 0), time.Hour),
		datatest.Outage("login", time.Now().UTC().Add(-time.Hour).Truncate(time.Second)),
	)
	for query, want := range map[string][]int{
		"": {3, 2, 1, 0}, "?month=" + lastMonth(5, 0, 0).Format("2006-01"): {2, 1, 0}, "?component=login": {3, 0}, "?cohort=pilot": {3, 2, 1, 0}, "?open=true": {3}, "?limit=1": {3},
		"?component=crm-read&cohort=all": {2, 1}, "?from=" + url.QueryEscape(instant(lastMonth(3, 10, 30))) + "&to=" + url.QueryEscape(instant(lastMonth(4, 0, 0))): {1},
		"?to=" + url.QueryEscape(instant(lastMonth(2, 10, 0))): nil,
	} {
		list := ask[api.OutageList](d, viewer, 200, "GET", "/outages"+query, "")
		var got []int
		for _, o := range list.Outages {
			got = append(got, slices.Index(ids, o.ID))
		}
		if !slices.Equal(got, want) || list.Total != max(len(want), map[bool]int{true: 4}[query == "?limit=1"]) {
			t.Errorf("%q lists %v of %d, want %v", query, got, list.Total, want)
		}
	}
	for query, field := range map[string]string{
		"?month=2026": "month", "?month=2026-04&from=2026-04-01T00:00:00Z": "month", "?from=yesterday": "from", "?component=crm": "component", "?cohort=nobody": "cohort", "?open=yes": "open",
		"?limit=0": "limit", "?from=2026-04-02T00:00:00Z&to=2026-04-01T00:00:00Z": "to",
	} {
		if status, answer := d.do(&root, "GET", "/api/v1/outages"+query, ""); status != 422 || !strings.Contains(answer, `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s, want a fault of %s", query, status, answer, field)
		}
	}
	row := ask[api.OutageWhole](d, viewer, 200, "GET", "/outages/"+url.PathEscape(string(pilot.Key())), "").Outage
	if row.ID != ids[1] || row.Counts.Cohort != "pilot" || row.Contract != 3600 || row.Uncounted != "" || row.Name == "" {
		t.Errorf("by its key: %+v", row)
	}
	if status, answer := d.do(&root, "GET", "/api/v1/outages/abcdefghijkl", ""); status != 404 || !strings.Contains(answer, "statusd outage list") {
		t.Errorf("one that is none: %d %s", status, answer)
	}
}

var viewer = data.Actor{Name: "viewer", Role: data.Viewer, Address: "local"}

// TestOutageCounts: what counts by the contract, and why not.
func TestOutageCounts(t *testing.T) {
	d := newDesk(t)
	at := lastMonth(10, 12, 0)
	put := func(day int, change func(*data.Outage)) string {
		o := outageFrom("login", at.AddDate(0, 0, day), time.Hour)
		change(&o)
		return d.downs(o)[0]
	}
	w := datatest.Occurrence("system", at.AddDate(0, 0, 4).Add(-10*time.Minute))
	w.Window.End, w.Phase = w.Window.Start.Add(40*time.Minute), data.Completed
	d.put(func(tx data.Tx) error {
		return errors.Join(data.PutOccurrence(tx, w, time.Now()), tx.Components().Put(data.Component{Slug: "forum", Name: data.Words{"en": "Forum"}, Commitment: data.Informative}))
	})
	for _, tt := range []struct {
		id      string
		seconds int64
		why     string
		window  bool
	}{
		{put(0, func(*data.Outage) {}), 3600, "", false},
		{put(1, func(o *data.Outage) { o.Impact = data.Degradation }), 0, "degraded is no downtime", false},
		{put(2, func(o *data.Outage) { o.Cause = data.ByInternet }), 0, "cause: the internet", false},
		{put(3, func(o *data.Outage) { o.Aware = o.Started.Add(20 * time.Minute) }), 2400, "nobody knew at first", false},
		{put(4, func(*data.Outage) {}), 1800, "maintenance", true},
		{put(5, func(o *data.Outage) { o.Component = "forum" }), 0, "the component is under no commitment", false},
		{put(6, func(o *data.Outage) {
			*o, _ = o.Correct(data.OutageChange{Void: true, Why: "w"}, "x", time.Now())
		}), 0, "set aside", false},
	} {
		row := ask[api.OutageWhole](d, viewer, 200, "GET", "/outages/"+tt.id, "").Outage
		if row.Contract != tt.seconds || row.Uncounted != tt.why || row.InWindow != tt.window {
			t.Errorf("%s: %d seconds, %q, in a window %t; want %d, %q, %t", row.Key, row.Contract, row.Uncounted, row.InWindow, tt.seconds, tt.why, tt.window)
		}
	}
}

// TestOutageActs lets an outage of a settled month be corrected, cut, joined, set aside and restored, and looks at what is kept.
func TestOutageActs(t *testing.T) {
	d := newDesk(t)
	began := lastMonth(10, 12, 0)
	id := d.downs(outageFrom("crm-read", began, time.Hour))[0]
	month := d.settle()
	figure := func(want int64) {
		t.Helper()
		if r := ask[ledger.Report](d, viewer, 200, "GET", "/report/"+month, ""); r.Contract.Downtime != want {
			t.Errorf("%s: %d seconds, want %d", month, r.Contract.Downtime, want)
		}
	}
	whole := ask[api.OutageWhole](d, viewer, 200, "GET", "/outages/"+id, "")
	if m := whole.Months; len(m) != 1 || m[0].Settled != 1 || m[0].Figures[0].Before.Contract.Downtime != 0 || m[0].Figures[0].After.Contract.Downtime != 3600 || m[0].Figures[1].Component != "crm-read" {
		t.Errorf("with and without it: %+v", m)
	}
	version := whole.Outage.Version

	longer := `{"ended":"` + instant(began.Add(2*time.Hour)) + `","why":"The log says so.","version":"` + version + `"}`
	would := ask[api.OutageOutcome](d, duty, 200, "POST", "/outage-preview", `{"operation":"outage.correct","id":"`+id+`","body":`+longer+`}`)
	figure(3600)
	if m := would.Months[0]; would.Needs != data.Responder || m.Settled != 1 || m.Revision != 2 || m.Figures[0].After.Contract.Downtime != 7200 || m.Figures[0].After.Contract.Met ||
		m.Figures[0].After.Contract.Left >= 0 || !m.Figures[0].Before.Contract.Met {
		t.Errorf("looked at: %+v", would)
	}
	did := ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+id+"/correct", longer)
	figure(7200)
	if did.Outages[0].Recorded.Ended.Equal(*did.Outages[0].Counts.Ended) || did.Outages[0].Corrections[0].Author != "duty" || did.Months[0].Revision != 2 {
		t.Errorf("corrected: %+v", did)
	}
	if status, answer := d.do(&duty, "POST", "/api/v1/outages/"+id+"/correct", longer); status != 409 || !strings.Contains(answer, "duty: The log says so.") {
		t.Errorf("written for what it was: %d %s", status, answer)
	}

	// What lowers the figure takes an admin, and the refusal says so and is written down.
	shorter := `{"ended":"` + instant(began.Add(30*time.Minute)) + `","why":"The log says so."}`
	before := d.refusals()
	if status, answer := d.do(&duty, "POST", "/api/v1/outages/"+id+"/correct", shorter); status != 403 || !strings.Contains(answer, "admin") || !strings.Contains(answer, month+" in all, from 2 hours to 30 minutes") || d.refusals() != before+1 {
		t.Errorf("by a responder: %d %s", status, answer)
	}
	if would := ask[api.OutageOutcome](d, duty, 200, "POST", "/outage-preview", `{"operation":"outage.void","id":"`+id+`","body":{"why":"none"}}`); would.Needs != data.Admin || len(would.Lowered) == 0 {
		t.Errorf("a responder looks: %+v", would)
	}
	figure(7200)

	cut := ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+id+"/split", `{"at":"`+instant(began.Add(time.Hour))+`","why":"The second hour was another fault."}`)
	figure(7200)
	if len(cut.Outages) != 2 || cut.Outages[1].Of != id || cut.Outages[1].By != data.FromDesk || cut.Outages[1].Author != "duty" {
		t.Errorf("cut: %+v", cut.Outages)
	}
	second := cut.Outages[1].ID
	if status, answer := d.do(&duty, "POST", "/api/v1/outages/"+second+"/correct", `{"cause":"internet","why":"The line was cut."}`); status != 403 {
		t.Errorf("somebody else's fault, by a responder: %d %s", status, answer)
	}
	ask[api.OutageOutcome](d, root, 200, "POST", "/outages/"+second+"/correct", `{"cause":"internet","why":"The line was cut."}`)
	figure(3600)
	if status, answer := d.do(&duty, "POST", "/api/v1/outages/"+id+"/join", `{"with":[{"id":"`+second+`"}],"why":"one"}`); status != 422 || !strings.Contains(answer, `"field":"with"`) {
		t.Errorf("joined though they differ: %d %s", status, answer)
	}
	ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+second+"/correct", `{"cause":"provider","why":"It was ours after all."}`)
	joined := ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+id+"/join", `{"with":[{"id":"`+second+`"}],"why":"one"}`)
	figure(7200)
	if !joined.Outages[1].Counts.Void || joined.Outages[0].ID != id {
		t.Errorf("joined: %+v", joined.Outages)
	}
	if status, answer := d.do(&duty, "POST", "/api/v1/outages/"+id+"/split", `{"at":"`+instant(began.Add(time.Hour))+`","why":"again"}`); status != 409 || !strings.Contains(answer, second) || !strings.Contains(answer, "restore it") {
		t.Errorf("cut where it was cut before: %d %s", status, answer)
	}
	ask[api.OutageOutcome](d, root, 200, "POST", "/outages/"+id+"/void", `{"why":"the probe was wrong"}`)
	figure(0)
	ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+id+"/restore", `{"why":"it was not"}`)
	figure(7200)

	whole = ask[api.OutageWhole](d, viewer, 200, "GET", "/outages/"+id, "")
	var acts []string
	for _, a := range whole.Trail {
		acts = append(acts, a.Action+" "+a.Actor)
	}
	if got := strings.Join(acts, ", "); !strings.HasPrefix(got, "outage.restore duty, outage.void socket:root, outage.join duty, outage.split duty, outage.correct duty") {
		t.Errorf("the audit log says %q", got)
	}
	if !whole.Outage.Recorded.Ended.Equal(began.Add(time.Hour)) || !whole.Outage.Recorded.Started.Equal(began) {
		t.Errorf("what was recorded changed: %+v", whole.Outage.Recorded)
	}
	d.view(func(tx data.Tx) error {
		all, err := months.Revisions(tx, month)
		if err != nil || len(all) < 6 || all[1].By != "duty" || all[1].Why != "The log says so." {
			t.Errorf("%d revisions: %v", len(all), err)
		}
		_, err = months.Verify(tx)
		return err
	})
}

func TestOutageAddition(t *testing.T) {
	d := newDesk(t)
	at := lastMonth(7, 3, 0)
	body := `{"component":"login","started":"` + instant(at) + `","ended":"` + instant(at.Add(time.Hour)) + `","aware":"` + instant(at) + `","why":"A customer's log shows it."}`
	did := ask[api.OutageOutcome](d, duty, 201, "POST", "/outages", body)
	if o := did.Outages[0]; o.By != data.FromDesk || o.Contract != 3600 || o.Author != "duty" || o.Why == "" || o.Added == nil || did.Months[0].Settled != 0 {
		t.Errorf("added: %+v", did)
	}
	if status, answer := d.do(&duty, "POST", "/api/v1/outages", body); status != 409 || !strings.Contains(answer, did.Outages[0].ID) {
		t.Errorf("added twice: %d %s", status, answer)
	}
	with := func(members string) string {
		return `{"component":"login","started":"` + instant(at) + `","ended":"` + instant(at.Add(time.Hour)) + `","why":"w"` + members + `}`
	}
	for body, field := range map[string]string{
		strings.Replace(with(""), `"login"`, `"nothing"`, 1): "component", strings.Replace(with(""), `"login"`, `""`, 1): "component", with(`,"cohort":"nobody"`): "cohort",
		with(`,"impact":"bad"`): "impact", with(`,"cause":"rain"`): "cause", with(`,"reported":"2999-01-01T00:00:00Z"`): "reported",
		`{"component":"login","started":"` + instant(at) + `","why":"w"}`:                                                                             "ended",
		`{"component":"login","ended":"` + instant(at) + `","why":"w"}`:                                                                               "started",
		`{"component":"login","started":"` + instant(at.AddDate(-3, 0, 0)) + `","ended":"` + instant(at) + `","why":"w"}`:                             "started",
		`{"component":"login","started":"` + instant(at) + `","ended":"` + instant(at.Add(time.Hour)) + `"}`:                                          "why",
		`{"component":"login","started":"` + instant(at) + `","ended":"` + instant(time.Now().Add(time.Hour)) + `","why":"w"}`:                        "ended",
		`{"component":"login","started":"` + instant(at.Add(time.Hour)) + `","ended":"` + instant(at) + `","why":"w"}`:                                "ended",
		`{"component":"login","started":"1026-01-01T00:00:00Z","ended":"` + instant(at) + `","why":"w"}`:                                              "started",
		`{"component":"login","started":"` + instant(at) + `","ended":"` + instant(at.Add(time.Hour)) + `","why":"` + strings.Repeat("w", 501) + `"}`: "why",
	} {
		if status, answer := d.do(&duty, "POST", "/api/v1/outages", body); status != 422 || !strings.Contains(answer, `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s, want a fault of %s", body, status, answer, field)
		}
	}
}

// TestOutageCohort: whom an outage concerned, and who may say so.
func TestOutageCohort(t *testing.T) {
	d := newDesk(t)
	at := lastMonth(9, 9, 0)
	mine := outageFrom("crm-read", at, time.Hour)
	pilot := mine
	pilot.Cohort = "pilot"
	ids := d.downs(mine, pilot)
	if status, answer := d.do(&root, "POST", "/api/v1/outages/"+ids[0]+"/correct", `{"cohort":"pilot","why":"w"}`); status != 409 || !strings.Contains(answer, ids[1]) || !strings.Contains(answer, "set this one aside") {
		t.Errorf("recorded for pilot too: %d %s", status, answer)
	}
	if status, answer := d.do(&root, "POST", "/api/v1/outages/"+ids[0]+"/correct", `{"cohort":"nobody","why":"w"}`); status != 422 || !strings.Contains(answer, "pilot") {
		t.Errorf("no such cohort: %d %s", status, answer)
	}
	// The component is down as long as before, but not for everybody: that is less for the rest.
	ask[api.OutageOutcome](d, root, 200, "POST", "/outages/"+ids[1]+"/void", `{"why":"twice"}`)
	body := `{"cohort":"pilot","why":"only they met it"}`
	if status, answer := d.do(&duty, "POST", "/api/v1/outages/"+ids[0]+"/correct", body); status != 403 || !strings.Contains(answer, "for rest") {
		t.Errorf("by a responder: %d %s", status, answer)
	}
	did := ask[api.OutageOutcome](d, root, 200, "POST", "/outages/"+ids[0]+"/correct", body)
	if f := did.Months[0].Figures; len(f) != 3 || f[2].Cohort != "pilot" || f[2].After.Contract.Downtime != 3600 || f[0].After.Contract.Downtime != 3600 {
		t.Errorf("for pilot: %+v", f)
	}
}

// TestOutageKeys: the same act with the same key is done once.
func TestOutageKeys(t *testing.T) {
	d := newDesk(t)
	id := d.downs(outageFrom("login", lastMonth(4, 4, 0), time.Hour))[0]
	path, body := "/api/v1/outages/"+id+"/correct", `{"reported":"`+instant(lastMonth(4, 4, 5))+`","why":"ticket 4711"}`
	_, first := d.do(&duty, "POST", path, body, "Idempotency-Key", "k1")
	status, second := d.do(&duty, "POST", path, body, "Idempotency-Key", "k1")
	if status != 200 || first != second {
		t.Errorf("again: %d %s", status, second)
	}
	if n := len(ask[api.OutageWhole](d, viewer, 200, "GET", "/outages/"+id, "").Outage.Corrections); n != 1 {
		t.Errorf("%d corrections", n)
	}
	if status, answer := d.do(&duty, "POST", path, body); status != 422 || !strings.Contains(answer, "nothing is different") {
		t.Errorf("what is so already: %d %s", status, answer)
	}
	if status, answer := d.do(&duty, "POST", path, `{"reported":"`+instant(lastMonth(4, 4, 5))+`","unreported":true,"why":"w"}`); status != 422 || !strings.Contains(answer, `"field":"unreported"`) {
		t.Errorf("both: %d %s", status, answer)
	}
	ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+id+"/correct", `{"unreported":true,"why":"another customer's"}`)
}

// TestOutageSamples: the samples around an outage come with it, and never too many.
func TestOutageSamples(t *testing.T) {
	d := newDesk(t)
	at := lastMonth(12, 12, 0)
	o := outageFrom("login", at, 8*time.Hour)
	o.By = "front"
	d.put(func(tx data.Tx) error {
		b := data.Block{Probe: "front", Place: "local", Day: data.BlockDay(at)}
		for when := at.Add(-time.Hour); when.Before(at.Add(9 * time.Hour)); when = when.Add(time.Minute) {
			s := data.Sample{At: when, Level: data.Operational, Latency: 20 * time.Millisecond}
			if !when.Before(o.Started) && when.Before(o.Ended) {
				s = data.Sample{At: when, Level: data.MajorOutage, Reason: "timeout"}
			}
			if err := b.Append(s); err != nil {
				return err
			}
		}
		return errors.Join(tx.Probes().Put(datatest.Probe("front", "login")), tx.Blocks().Put(b), tx.Marks().Put(data.Mark{
			Component: "login", Cohort: data.AllCustomers, Source: data.FromProbe, By: "front", At: at, Level: data.MajorOutage, Cause: "timeout",
		}))
	})
	v := ask[api.OutageWhole](d, viewer, 200, "GET", "/outages/"+d.downs(o)[0], "")
	if len(v.Places) != 1 || len(v.Places[0].Samples) != 400 || v.Places[0].LeftOut != 8*60+30-400+1 || len(v.Columns) != 240 || len(v.Marks) != 1 || len(v.Outages) != 1 {
		t.Fatalf("%d places, %d columns, %d marks, %d outages: %+v", len(v.Places), len(v.Columns), len(v.Marks), len(v.Outages), v.Places)
	}
	s := v.Places[0].Samples
	if !s[0].At.Equal(at.Add(-15*time.Minute)) || s[0].Level != data.Operational || !s[399].At.Equal(at.Add(8*time.Hour+15*time.Minute)) || s[15].Reason != "timeout" {
		t.Errorf("from %+v to %+v", s[0], s[399])
	}
}

// TestOutageTrails: what was cut or joined stands in the trail of every outage that it touched, and an incident lists those that it
// opened.
func TestOutageTrails(t *testing.T) {
	d := newDesk(t)
	began := lastMonth(10, 12, 0)
	first := d.downs(outageFrom("crm-read", began, time.Hour))[0]
	trail := func(id string) string {
		var acts []string
		for _, e := range ask[api.OutageWhole](d, viewer, 200, "GET", "/outages/"+id, "").Trail {
			acts = append(acts, e.Action)
		}
		return strings.Join(acts, " ")
	}
	cut := ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+first+"/split", `{"at":"`+instant(began.Add(30*time.Minute))+`","why":"two faults"}`)
	second := cut.Outages[1].ID
	ask[api.OutageOutcome](d, duty, 200, "POST", "/outages/"+first+"/join", `{"with":[{"id":"`+second+`"}],"why":"one after all"}`)
	for _, id := range []string{first, second} {
		if got := trail(id); got != "outage.join outage.split" {
			t.Errorf("the trail of %s: %s", id, got)
		}
	}
	incident := d.incident(`{"title":"Sign-in fails","components":{"login":"major_outage"}}`)
	list := ask[api.OutageList](d, viewer, 200, "GET", "/outages?incident="+incident.ID, "")
	if list.Total != 1 || list.Outages[0].By != incident.ID || list.Outages[0].Component != "login" {
		t.Errorf("of the incident: %+v", list.Outages)
	}
}

// TestOutageErrorsSpeakTheSchedulesZone names instants as the pages show them.
func TestOutageErrorsSpeakTheSchedulesZone(t *testing.T) {
	d := newDesk(t)
	began := lastMonth(10, 12, 0)
	id := d.downs(outageFrom("crm-read", began, time.Hour))[0]
	shown := inOslo(began).Format("Mon 2006-01-02 15:04:05 MST")
	for act, body := range map[string]string{
		"split":   `{"at":"` + instant(began.Add(2*time.Hour)) + `","why":"w"}`,
		"correct": `{"ended":"` + instant(began.Add(-time.Hour)) + `","why":"w"}`,
	} {
		if status, answer := d.do(&root, "POST", "/api/v1/outages/"+id+"/"+act, body); status != 422 || !strings.Contains(answer, shown) {
			t.Errorf("%s: %d %s, want %s in it", act, status, answer, shown)
		}
	}
}

// TestUnknownMember names what was sent and what could be.
func TestUnknownMember(t *testing.T) {
	d := newDesk(t)
	id := d.downs(outageFrom("crm-read", lastMonth(10, 12, 0), time.Hour))[0]
	status, answer := d.do(&root, "POST", "/api/v1/outages/"+id+"/correct", `{"end":"2026-01-31T03:10:00Z"}`)
	if status != 422 || !strings.Contains(answer, `"field":"end"`) || !strings.Contains(answer, "there are aware, cause, cohort, ended, impact, reported, started, unreported, version, why") {
		t.Errorf("%d %s", status, answer)
	}
}

// inOslo is an instant in the zone of the desk's schedule.
func inOslo(t time.Time) time.Time {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		panic(err)
	}
	return t.In(zone)
}
