package config

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
)

func load(t testing.TB, name string) *Config {
	t.Helper()
	o := options()
	check := o.CheckProbe
	o.CheckProbe = func(p data.Probe) error { // there is no file of issuers in the source
		if p.Roots != "" && p.Roots != filepath.Join("testdata", "good", "issuers.pem") {
			t.Errorf("roots are looked for in %s", p.Roots)
		}
		p.Roots = ""
		return check(p)
	}
	c, err := Load(name, o)
	if err != nil {
		t.Fatalf("Load(%s):\n%v", name, err)
	}
	return c
}

func TestFullFile(t *testing.T) {
	t.Parallel()
	c := load(t, "testdata/good/full.yaml")
	helsinki := c.Page.Zone
	if helsinki.String() != "Europe/Helsinki" {
		t.Errorf("zone is %s", helsinki)
	}
	got := Page{
		Name: c.Page.Name, Product: c.Page.Product, URL: c.Page.URL, ID: c.Page.ID, Zone: helsinki, Languages: c.Page.Languages,
		Target: c.Page.Target, Support: c.Page.Support,
	}
	want := Page{
		Name: "Example Status", Product: "Example", URL: "https://status.example.com:8443", ID: "abc123def456", Zone: helsinki,
		Languages: []i18n.Lang{"fi", "en", "sv"}, Target: "0.9995", Support: "https://help.example.com/contact",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("page: got %+v, want %+v", got, want)
	}
	if c.Page.Hours.String() != "09:00-17:30" || c.Page.PrivacyContact != "privacy@example.com" || c.Page.AccessibilityContact != "https://www.example.com/accessibility" {
		t.Errorf("support hours %s, contacts %q and %q", c.Page.Hours, c.Page.PrivacyContact, c.Page.AccessibilityContact)
	}
	if c.Page.SecurityContact != "security@example.com" {
		t.Errorf("security contact %q", c.Page.SecurityContact)
	}
	if h := c.Page.Premium; h == nil || h.String() != "07:00-24:00" || fmt.Sprint(h.Days()) != "[Monday Saturday Sunday]" {
		t.Errorf("premium hours %v", h)
	}
	if !c.Page.CustomerPattern.MatchString("ABC-12") || c.Page.CustomerPattern.MatchString("Cust1") || !c.HTTPS() {
		t.Errorf("pattern %s, HTTPS %t", c.Page.CustomerPattern, c.HTTPS())
	}
	if c.Listen != "[::]:8080" || c.AdminListen != "10.1.2.3:8081" || c.Data != "state" || c.TLS != nil || len(c.TrustedProxies) != 3 {
		t.Errorf("listeners: %q %q %q %v %v", c.Listen, c.AdminListen, c.Data, c.TLS, c.TrustedProxies)
	}
	if !slices.Equal(c.Places, []string{"bergen"}) {
		t.Errorf("places %v", c.Places)
	}
	if c.Log != (Log{slog.LevelDebug, "json"}) || !slices.Equal(c.References, []string{"192.0.2.1:53", "[2001:db8::1]:443"}) {
		t.Errorf("log %v, references %v", c.Log, c.References)
	}
	if c.Notices != (data.NoticeTimes{Page: 96 * time.Hour, Banner: 50 * time.Hour, Deadline: 30 * time.Hour}) {
		t.Errorf("notices %v", c.Notices)
	}
	if len(c.Incidents.Templates) != 1 || c.Incidents.Undo != 0 || c.Incidents.Templates[0].Title["fi"] == "" || c.Incidents.Templates[0].Body["en"] != "Since {start}." {
		t.Errorf("incidents: %+v", c.Incidents)
	}
	if c.PerAddress != 2000 {
		t.Errorf("connections: %d", c.PerAddress)
	}
	if c.Backup == nil || *c.Backup != (Backup{Dir: "state/copies", Every: 6 * time.Hour, Keep: 30}) {
		t.Errorf("backup: %+v", c.Backup)
	}
	if c.Mail == nil || c.Mail.From != "Example Status <status@example.com>" || c.Mail.Mailgun.Base != "http://127.0.0.1:8025/v3" ||
		c.Mail.Mailgun.Domain != "mg.example.com" || c.Mail.Mailgun.Key.Reveal() != secretInTest {
		t.Errorf("mail: %+v", c.Mail)
	}
	const at = "testdata/good/full.yaml:"
	if diff := cmp.Diff([]data.Component{
		{Slug: "web/front", Name: data.Words{"en": "Front"}, Group: "web", GroupName: data.Words{"en": "Web"}, Position: 1, Commitment: "info", Audience: "all", Origin: at + "45"},
		{
			Slug: "api", Name: data.Words{"en": "API"}, Description: data.Words{"en": "Two lines\nof text."}, Group: "core", GroupName: data.Words{"en": "Core"}, Position: 2,
			Commitment: "yes", Impact: "no_write", Cause: "internet", Audience: "customers", Provider: "Somebody", ThirdParty: true,
			Link: "https://status.example.org/", Setup: "Ask for\na key.", Origin: at + "28",
		},
		{Slug: "lone", Name: data.Words{"en": "Lone"}, Position: 3, Commitment: "none", Audience: "operators", Setup: "Nothing.", Origin: at + "44"},
	}, c.Components); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(data.Cohorts{
		{Slug: "first", Name: data.Words{"en": "First"}, List: []string{"ABC-1", "ABC-2"}, Percent: 5, Salt: "s1", Origin: at + "21"},
		{Slug: "others", Rest: true, Origin: at + "23"},
		{Slug: "second", Name: data.Words{"en": "Second", "fi": "Toinen"}, Percent: 20, Origin: at + "22"},
	}, c.Cohorts); diff != "" {
		t.Errorf("cohorts (-want +got):\n%s", diff)
	}
	inherited := data.NoticeTimes{Page: 96 * time.Hour, Banner: 50 * time.Hour, Deadline: 30 * time.Hour}
	christmas := data.Avoid{
		Effect: data.EffectMove, Freeze: "christmas", Title: data.Words{"en": "Christmas", "fi": "Joulu"}, From: "2026-12-18", Until: "2027-01-03",
		Earlier: true, Step: 1, Within: 21,
	}
	audit := data.Avoid{Effect: data.EffectWithhold, Freeze: "audit", From: "2026-09-01", Until: "2026-09-10"}
	days := data.Avoid{
		Effect: data.EffectWarn, Territories: []string{"fi", "se"}, Customary: true,
		Add: []data.DayChange{{Date: "2026-12-07", Territory: "fi", Name: "Bridge"}}, Remove: []data.DayChange{{Date: "2026-01-06"}},
	}
	if diff := cmp.Diff([]data.Maintenance{
		{
			Slug: "patch", ValidFrom: time.Date(2026, 5, 31, 21, 0, 0, 0, time.UTC), Category: "system", Cohort: "first", Components: []string{"api", "web/front"},
			Recurrence: data.Recurrence{Zone: "America/New_York", Rule: "FREQ=MONTHLY;BYDAY=-1SU", Anchor: "2026-01-25", Start: "10:00", Until: "09:00", Days: 1, Shift: 1},
			Expected:   90 * time.Minute, Notice: data.NoticeTimes{Page: 120 * time.Hour, Banner: 120 * time.Hour, Deadline: 36 * time.Hour}, Origin: at + "47",
			Avoids: []data.Avoid{christmas, audit},
		},
		{
			Slug: "nightly", Category: "recycle", Cohort: "all", Recurrence: data.Recurrence{Zone: "Europe/Helsinki", Cron: "30 2 * * *", Anchor: "2026-01-01", Length: 5 * time.Second},
			Standing: true, Expected: 5 * time.Second, Notice: inherited, Origin: at + "62",
		},
		{
			Slug: "slot", ValidFrom: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC), Category: "infrastructure", Cohort: "all", Reserved: true, Follows: "patch",
			Recurrence: data.Recurrence{Zone: "Europe/Helsinki", Rule: "FREQ=WEEKLY", Anchor: "2026-01-03", Start: "20:00", Until: "24:00"},
			Expected:   30 * time.Minute, Notice: inherited, Origin: at + "68", Avoids: []data.Avoid{days},
		},
		{
			Slug: "noon", Category: "application", Cohort: "all", Expected: 30 * time.Minute, Notice: inherited, Origin: at + "79",
			Avoids:     []data.Avoid{christmas, audit},
			Recurrence: data.Recurrence{Zone: "Europe/Helsinki", Rule: "FREQ=WEEKLY", Anchor: "2026-01-05", Start: "12:00", Until: "13:00"},
		},
	}, c.Maintenances); diff != "" {
		t.Errorf("maintenance (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(data.Probe{
		Name: "api", Component: "api", Cohort: "second", Kind: "http", Target: "https://api.example.com/health", Interval: 30 * time.Second, Timeout: 5 * time.Second,
		Method: "HEAD", Headers: map[string]string{"Accept": "application/json", "X-Api-Key": "k-123"}, Status: []int{200, 204}, Slow: 500 * time.Millisecond,
		Roots: "testdata/good/issuers.pem", Failing: data.PartialOutage, Origin: at + "86",
	}, c.Probes[0]); diff != "" {
		t.Errorf("probe (-want +got):\n%s", diff)
	}
	if p := c.Probes[2]; p.Interval != time.Minute || p.Cohort != "all" || p.Warn != 720*time.Hour || p.Failing != data.NoData {
		t.Errorf("defaults of a probe: %+v", p)
	}
	if diff := cmp.Diff([]data.Subscriber{
		{
			ID: subscriberID("kari@example.com"), Channel: "mail", Address: "Kari@Example.com", Lang: "sv", Zone: "Europe/Stockholm", Contract: true, Cohort: "second",
			Components: []string{"api"}, Roles: []string{"admin", "security"}, Confirmed: confirmed, Origin: at + "111",
		},
		{ID: subscriberID("it@example.com"), Channel: "mail", Address: "it@example.com", Lang: "en", Contract: true, Confirmed: confirmed, Origin: at + "117"},
	}, c.Subscribers); diff != "" {
		t.Errorf("subscribers (-want +got):\n%s", diff)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	c := load(t, "testdata/good/full.yaml")
	for _, want := range []string{
		":17:15: admin_listen can be reached from elsewhere",
		":68:5: windows of the next 400 days lie on days to avoid: 2026-06-06 is a holiday in Sweden (National Day); 2026-06-20 is",
		":79:5: the window of 2026-01-05 lies in office hours",
		":94:52: the header X-Api-Key looks like a secret",
		":101:13: 2 of the usual three references",
		":118:5: this contact gets no notices",
		":119:15: these copies lie beside the database",
	} {
		if !slices.ContainsFunc(c.Warnings, func(f Fault) bool { return strings.HasPrefix(f.String(), "testdata/good/full.yaml"+want) }) {
			t.Errorf("no warning %q in\n%v", want, c.Warnings)
		}
	}
	if len(c.Warnings) != 7 {
		t.Errorf("%d warnings:\n%v", len(c.Warnings), c.Warnings)
	}

	c, err := Parse("x.yaml", []byte(`
backup: {dir: /var/backups/statusd}
references: []
cohorts: [{id: pilot, percent: 10}, {id: rest, percent: 80}, {id: nobody}]
components: [{id: a, name: A, commitment: yes}]
probes: []
mail: {from: a@example.com, mailgun: {domain: mg.example.com, key_env: STATUSD_TEST_KEY}}
`), options())
	if err != nil {
		t.Fatal(err)
	}
	if want := (Backup{Dir: "/var/backups/statusd", Every: 24 * time.Hour, Keep: 14}); c.Backup == nil || *c.Backup != want {
		t.Errorf("backup: %+v, want %+v", c.Backup, want)
	}
	text := c.Warnings.Error()
	for _, want := range []string{
		"default.yaml:25:15: mails will link to http://127.0.0.1:8080", "x.yaml:3:13: no references", "x.yaml:4:10: no cohort has rest: true, so that 10 %",
		"x.yaml:4:62: the cohort nobody holds nobody", "x.yaml:5:14: no probe looks at a",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no warning %q in\n%s", want, text)
		}
	}
}

func TestWhatAFileLeavesOut(t *testing.T) {
	t.Parallel()
	base, err := Default(options())
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{"", "# nothing\n", "---\n", "\ufeff", "\ufeff# nothing\r\n", "{}\n", "...\n"} {
		c, err := Parse("default.yaml", []byte(src), options())
		if err != nil {
			t.Errorf("%q: %v", src, err)
			continue
		}
		if diff := cmp.Diff(base.Components, c.Components) + cmp.Diff(base.Maintenances, c.Maintenances) + cmp.Diff(base.Probes, c.Probes); diff != "" {
			t.Errorf("%q: %s", src, diff)
		}
	}
	c, err := Parse("x.yaml", []byte("\ufeffpage:\r\n  name: Ours\r\nnotices: {page: 100h}\r\ncontacts: []\r\n"), options())
	if err != nil {
		t.Fatal(err)
	}
	if c.Page.Name != "Ours" || c.Page.Product != base.Page.Product || c.Page.Target != "0.998" {
		t.Errorf("page %+v", c.Page)
	}
	if want := (data.NoticeTimes{Page: 100 * time.Hour, Banner: 48 * time.Hour, Deadline: 24 * time.Hour}); c.Notices != want || c.Maintenances[0].Notice != want {
		t.Errorf("notices %v, of a plan %v, want %v", c.Notices, c.Maintenances[0].Notice, want)
	}
	if c.Components[0].Origin != base.Components[0].Origin || !strings.HasPrefix(c.Components[0].Origin, "default.yaml:") {
		t.Errorf("origin %s", c.Components[0].Origin)
	}
}

func TestPrintReadsBack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"testdata/good/full.yaml", "testdata/good/aliases.yaml", "testdata/good/minimal.yaml"} {
		c := load(t, name)
		text, err := c.Print()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "k-123") || strings.Contains(string(text), secretInTest) {
			t.Errorf("%s: a secret is printed:\n%s", name, text)
		}
		copied := filepath.Join(t.TempDir(), "statusd.yaml")
		if err := os.WriteFile(copied, text, 0o600); err != nil {
			t.Fatal(err)
		}
		o := options()
		o.CheckProbe = nil
		again, err := Load(copied, o)
		if err != nil {
			t.Fatalf("%s: printed and read again: %v\n%s", name, err, text)
		}
		second, err := again.Print()
		if err != nil || string(second) != string(text) {
			t.Errorf("%s: printed twice: %v\n%s", name, err, cmp.Diff(string(text), string(second)))
		}
		if len(again.Components) != len(c.Components) || !cmp.Equal(recurrences(again), recurrences(c)) {
			t.Errorf("%s: not the same configuration", name)
		}
	}
}

func recurrences(c *Config) []data.Recurrence {
	var out []data.Recurrence
	for _, m := range c.Maintenances {
		out = append(out, m.Recurrence)
	}
	return out
}

func TestStateDir(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ state, xdg, home, want string }{
		{"/var/lib/statusd", "/x", "/home/a", "/var/lib/statusd"},
		{"/var/lib/statusd:/var/lib/more", "", "", "/var/lib/statusd"},
		{"", "/x", "/home/a", "/x/statusd"},
		{"", "", "/home/a", "/home/a/.local/state/statusd"},
		{"data", "data", "/home/a", "/home/a/.local/state/statusd"},
		{"", "", "", ""},
	} {
		env := map[string]string{"STATE_DIRECTORY": tt.state, "XDG_STATE_HOME": tt.xdg, "HOME": tt.home}
		got, err := stateDir(func(k string) string { return env[k] })
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("stateDir(%v) = %q, %v, want %q", env, got, err, tt.want)
		}
	}
	if dir, err := (&Config{Data: "/x"}).DataDir(); dir != "/x" || err != nil {
		t.Errorf("DataDir() = %q, %v", dir, err)
	}
}

func TestDataDirIsNotSource(t *testing.T) {
	t.Parallel()
	if err := CheckDataDir("../../../data"); err == nil || !strings.Contains(err.Error(), "use a directory of its own") {
		t.Errorf("the package data: %v", err)
	}
	strange := filepath.Join(t.TempDir(), "a[b*c")
	for _, dir := range []string{strange, t.TempDir()} {
		if err := CheckDataDir(dir); err != nil {
			t.Errorf("CheckDataDir(%s): %v", dir, err)
		}
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "400d": 9600 * time.Hour, "1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute, "90m": 90 * time.Minute, "500ms": 500 * time.Millisecond,
		"9999d99999h999999m9999999s999999ms": 0, "": 0, "0s": 0, "1": 0, "-1h": 0, "1.5h": 0, "1w": 0, "1h ": 0, "1m1h": 0, "10000d": 0,
	} {
		got, err := parseSpan(text)
		if strings.HasPrefix(text, "9999d") {
			if err != nil || got <= 0 {
				t.Errorf("the greatest span: %v, %v", got, err)
			}
			continue
		}
		if time.Duration(got) != want || (err != nil) != (want == 0) {
			t.Errorf("parseSpan(%q) = %v, %v, want %v", text, time.Duration(got), err, want)
		}
	}
}
