package config

// The structs of a file. Their tags are the format: yaml is the key, doc the explanation (in schema, editors and reference),
// req marks what must be given, enum lists the words that are allowed, eg is an example, def is what holds where the key is
// left out of a given mapping, and lines allows text of several lines.

type file struct {
	Page           page          `yaml:"page" doc:"The public page: whose it is, where it is, in which zone and languages. Keys that are left out come from the default."`
	Listen         string        `yaml:"listen" doc:"Address of the public listener: host:port. Port 0 takes a free one." eg:"0.0.0.0:8080"`
	AdminListen    string        `yaml:"admin_listen" doc:"Address of the operators' listener. Keep it on a loopback or internal address." eg:"127.0.0.1:8081"`
	AdminURL       string        `yaml:"admin_url" doc:"How browsers reach the operators' pages: https://host, without a path. Without it: admin_listen, which does for a loopback address." eg:"https://status-admin.example.com"`
	SignIn         *signIn       `yaml:"sign_in" doc:"How operators sign in. Without it: by single-use links, which are made on the host."`
	Data           string        `yaml:"data" doc:"Directory of the database and the socket, relative to this file. Without it: $STATE_DIRECTORY, else $XDG_STATE_HOME/statusd, else ~/.local/state/statusd." eg:"/var/lib/statusd"`
	TLS            *certificate  `yaml:"tls" doc:"TLS on the public listener. Without it a proxy in front ends TLS: name it under trusted_proxies."`
	TrustedProxies []string      `yaml:"trusted_proxies" doc:"Networks of proxies, as CIDR: what they say about a visitor's address is believed." eg:"10.0.0.0/8"`
	PerAddress     *int          `yaml:"connections_per_address" doc:"How many connections one address may have open at once on the public listener, at least 10. Without it 200. Many readers may share the address of their office; trusted proxies and this machine are not counted." eg:"2000"`
	Cohorts        []cohort      `yaml:"cohorts" doc:"The division of customers. A customer is in the first cohort that lists it, else in the one its hash falls into, else in the rest."`
	Groups         []group       `yaml:"groups" doc:"Headings of the page, in the order in which they are shown."`
	Components     []component   `yaml:"components" doc:"What visitors see a level for. Components are shown in the order of their groups, within a group in the order of this list; those without a group come last."`
	Maintenance    []maintenance `yaml:"maintenance" doc:"The schedule: one entry per recurring plan."`
	Freezes        []freeze      `yaml:"freezes" doc:"Times in which maintenance is not wanted."`
	Holidays       []holidays    `yaml:"holidays" doc:"Public holidays on which maintenance is not wanted, by territory. Several entries may treat territories differently."`
	Places         []string      `yaml:"places" doc:"Names of the places from where observers report (statusd observe --place). Nobody reports from any other. Read again on SIGHUP." eg:"bergen"`
	Probes         []probe       `yaml:"probes" doc:"What to check, and how often."`
	References     []string      `yaml:"references" doc:"TCP endpoints in different networks, host:port. When most of them cannot be reached the observer has lost its own network and judges nobody; those given by name tell the same of its resolver, so give some in zones that are not yours. None: detection off." eg:"192.0.2.1:443"`
	Notices        leads         `yaml:"notices" doc:"How long before a window people are told, unless the plan says otherwise. Elapsed time, page not shorter than banner, banner not shorter than deadline."`
	Banner         *banner       `yaml:"banner" doc:"The banner of login pages."`
	Mail           *mailing      `yaml:"mail" doc:"How mail is sent. Without it no mail is sent."`
	Incidents      incidents     `yaml:"incidents" doc:"The incident desk."`
	Backup         *backup       `yaml:"backup" doc:"Copies of the database that the service makes by itself while it runs. Without it it makes none."`
	Alarms         *alarming     `yaml:"alarms" doc:"How operators are told that something is in danger. Without it alarms stand on the overview and in the metrics only."`
	Alerts         *alertsIn     `yaml:"alerts" doc:"What alerts of monitoring systems do here. Without it they are taken in, counted and forgotten."`
	Contacts       []contact     `yaml:"contacts" doc:"Contract contacts. They get operational notices and cannot opt out; never write to them about anything else."`
	Log            logging       `yaml:"log" doc:"What the service writes about itself."`
}

type page struct {
	Name           string   `yaml:"name" doc:"Name of the page." eg:"SuperOffice Status"`
	Product        string   `yaml:"product" doc:"Name of the product, as it stands in notices." eg:"SuperOffice CRM Online"`
	PublicURL      string   `yaml:"public_url" doc:"Where visitors find the page: https://host, without a path. Links in mails and feeds begin with it." eg:"https://status.example.com"`
	ID             string   `yaml:"id" doc:"Public ID of the page, 12 characters a-z and 0-9. Set it once, to keep the ID of a page that moves here; without it one is made at the first start." eg:"abc123def456"`
	Zone           string   `yaml:"zone" doc:"Zone of the schedule and of the months of the figure, as an IANA name." eg:"Europe/Oslo"`
	Languages      []string `yaml:"languages" enum:"en nb sv da de nl fi" doc:"Languages of the page, in the order of the choice. English is always among them: the others fall back to it."`
	Target         number   `yaml:"target" doc:"What was promised per month, as an exact share above 0 and at most 1." eg:"0.998"`
	Settling       span     `yaml:"settling" def:"10d" doc:"How long after its end a month is settled: written down with everything its figure rests on, at least 1d and at most 60d. What is corrected later makes a revision beside it." eg:"10d"`
	Support        string   `yaml:"support" doc:"Address where people get help when the product is down; not inside the product." eg:"https://community.example.com/"`
	SupportHours   *hours   `yaml:"support_hours" doc:"When support is open, Monday to Friday on the clock of each territory, except on its public holidays. Without it: 08:00 to 16:00."`
	PremiumHours   *premium `yaml:"premium_hours" doc:"When support by the Premium Support addendum is open, on the clock of each territory, except on its public holidays. Without it the page tells of none."`
	PrivacyContact string   `yaml:"privacy_contact" doc:"Where questions about privacy go: an e-mail address, or one of the web. Without it: support." eg:"privacy@example.com"`

	AccessibilityContact string `yaml:"accessibility_contact" doc:"Where people report that they cannot use the page: an e-mail address, or one of the web. Without it: support." eg:"https://www.example.com/accessibility"`

	SecurityContact string `yaml:"security_contact" doc:"Where people report a weakness: an e-mail address, or one of the web. With it the page has /.well-known/security.txt." eg:"security@example.com"`

	CustomerPattern string `yaml:"customer_pattern" doc:"Regular expression of a customer's identifier. Any other form counts as no identifier." eg:"^Cust[0-9]+$"`
}

type hours struct {
	From  string `yaml:"from" req:"yes" doc:"When it opens, HH:MM." eg:"08:00"`
	Until string `yaml:"until" req:"yes" doc:"When it closes, HH:MM, later than from; 24:00 is the end of the day." eg:"16:00"`
}

type premium struct {
	From  string   `yaml:"from" req:"yes" doc:"When it opens, HH:MM." eg:"07:00"`
	Until string   `yaml:"until" req:"yes" doc:"When it closes, HH:MM, later than from; 24:00 is the end of the day." eg:"22:00"`
	Days  []string `yaml:"days" enum:"monday tuesday wednesday thursday friday saturday sunday" doc:"Days of the week on which it is open. Without it Monday to Friday."`
}

type banner struct {
	Frames  []string `yaml:"frames" doc:"Origins whose pages may show /banner/frame in an iframe. Without it no page may." eg:"https://login.example.com"`
	Webhook *webhook `yaml:"webhook" doc:"A login service that takes Standard Webhooks: it is sent what the banners say, at every change."`
}

type incidents struct {
	Undo      string     `yaml:"undo" doc:"How long a change of an incident can be taken back before anything is sent, at most 5m; none sends at once. Without it: 30s." eg:"30s"`
	Templates []template `yaml:"templates" doc:"Texts for incidents, besides the built-in ones (statusd incident templates). One of the same name takes the place of a built-in one."`
}

type template struct {
	Name  string `yaml:"name" req:"yes" doc:"Name by which it is chosen." eg:"import-stopped"`
	Title text   `yaml:"title" doc:"Title of a new incident: text, or a text per language. Without it the template is for updates. Placeholders: {components}, {next_update}, {product}, {start}, {support}."`
	Body  text   `yaml:"body" req:"yes" lines:"yes" doc:"What readers see: text, or a text per language. The same placeholders."`
}

type certificate struct {
	Certificate string `yaml:"certificate" req:"yes" doc:"PEM file of the certificate and its chain, relative to this file."`
	Key         string `yaml:"key" req:"yes" doc:"PEM file of the private key, relative to this file; not readable for everybody."`
}

type cohort struct {
	ID        string   `yaml:"id" req:"yes" doc:"Name in configuration and addresses. \"all\" is taken: it is everybody." eg:"pilot"`
	Name      text     `yaml:"name" doc:"What people read: text, or a text per language."`
	Percent   int      `yaml:"percent" doc:"Share of the customers on no list, 0 to 100, by a stable hash of the identifier. Cohorts share the hash out in the order of their ids." eg:"10"`
	Salt      string   `yaml:"salt" doc:"Changes who falls within the percentage. Change it between cycles only: nobody may move between Tuesday and Friday."`
	Customers []string `yaml:"customers" doc:"Identifiers that belong here whatever the hash says." eg:"Cust12345"`
	Rest      bool     `yaml:"rest" doc:"Takes everybody whom no other cohort takes. At most one cohort."`
}

type group struct {
	ID   string `yaml:"id" req:"yes" doc:"Name in configuration." eg:"crm"`
	Name text   `yaml:"name" req:"yes" doc:"The heading: text, or a text per language."`
}

type component struct {
	ID          string `yaml:"id" req:"yes" doc:"Name in configuration and addresses: lower-case letters, digits, single hyphens or slashes. It never changes; the name may." eg:"crm-read"`
	Name        text   `yaml:"name" req:"yes" doc:"What people read: text, or a text per language."`
	Description text   `yaml:"description" lines:"yes" doc:"A sentence below the name: text, or a text per language."`
	Group       string `yaml:"group" doc:"The group it is shown in."`
	Commitment  string `yaml:"commitment" req:"yes" enum:"yes info none" doc:"yes: its failures count in the uptime figure. info: shown, never counted. none: excluded by its own terms, and labelled so."`
	Impact      string `yaml:"impact" enum:"no_read no_write no_read_no_write degraded" def:"no_read_no_write" doc:"What customers cannot do when it is out."`
	Cause       string `yaml:"cause" enum:"provider internet external customer third_party excluded_service" def:"provider" doc:"Whose fault its outages are, until an operator says otherwise."`
	Audience    string `yaml:"audience" enum:"all customers operators" def:"all" doc:"Who sees it."`
	Provider    string `yaml:"provider" doc:"Who runs it, when that is not the page's owner."`
	ThirdParty  bool   `yaml:"third_party" doc:"Made and supported by somebody else."`
	Link        string `yaml:"link" doc:"The provider's own status page."`
	Setup       string `yaml:"setup" lines:"yes" doc:"For operators: what is missing before it can be probed. Shown beside \"no data\"."`
}

type maintenance struct {
	ID         string   `yaml:"id" req:"yes" doc:"Name of the plan. It never changes: windows are named after it." eg:"system"`
	Category   string   `yaml:"category" req:"yes" enum:"system application recycle microsoft infrastructure" doc:"Kind of maintenance; the words of notices follow from it. Emergency patches and critical fixes are created by operators, never by a rule."`
	Cohort     string   `yaml:"cohort" def:"all" doc:"The customers concerned."`
	Components []string `yaml:"components" doc:"The components concerned. Without it: every committed one."`
	Rule       string   `yaml:"rule" doc:"Recurrence by RFC 5545, without DTSTART. Give this or cron." eg:"FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"`
	Cron       string   `yaml:"cron" doc:"Recurrence as five-field cron text; its minute and hour stand for start." eg:"0 2 * * *"`
	Anchor     string   `yaml:"anchor" req:"yes" doc:"First date of the rule, YYYY-MM-DD. It must be one of the rule's own dates; nothing is planned before it." eg:"2026-01-02"`
	Start      string   `yaml:"start" doc:"Clock reading of the start, HH:MM, in zone." eg:"22:00"`
	End        string   `yaml:"end" doc:"Clock reading of the end, HH:MM: the first such reading after the start. Give this or length." eg:"05:00"`
	Length     span     `yaml:"length" doc:"Elapsed length, for windows that are no span on the clock." eg:"3s"`
	Days       int      `yaml:"days" doc:"Whole days added to end, 0 to 6."`
	Shift      int      `yaml:"shift" doc:"Days from the rule's date to the window's, 0 to 31: a follow-up has the rule and anchor of what it follows, and a shift." eg:"3"`
	Zone       string   `yaml:"zone" def:"page.zone" doc:"Zone of the clock readings, as an IANA name."`
	Reserved   bool     `yaml:"reserved" doc:"A slot for use if needed: shown on the schedule only, until an operator confirms it."`
	Standing   bool     `yaml:"standing" doc:"Covered by a standing notice on the schedule page: no banner, no mail."`
	Follows    string   `yaml:"follows" doc:"The plan whose fate holds this one: cancelled or moved there, held here."`
	Freezes    string   `yaml:"freezes" enum:"none warn move withhold" doc:"What freezes do to this plan, whatever they say themselves; none: nothing."`
	Holidays   string   `yaml:"holidays" enum:"none warn move withhold" doc:"What holidays do to this plan, whatever they say themselves; none: nothing."`
	Expected   span     `yaml:"expected" def:"30m" doc:"Expected interruption inside the window." eg:"30m"`
	Reason     string   `yaml:"reason" doc:"Why a window lies in office hours (Monday to Friday, 08:00 to 16:00)."`
	ValidFrom  string   `yaml:"valid_from" doc:"From when a changed plan holds, YYYY-MM-DD or RFC 3339; windows that start earlier keep the version before. Without it, or in the past: at once." eg:"2027-01-01"`
	Notice     leads    `yaml:"notice" doc:"How long before a window people are told; what is left out comes from notices."`
}

type leads struct {
	Page     span `yaml:"page" doc:"Page, mail and feeds." eg:"72h"`
	Banner   span `yaml:"banner" doc:"Banner at the login screen." eg:"48h"`
	Deadline span `yaml:"deadline" doc:"The promise. A notice that is seen later is short notice." eg:"24h"`
}

type mailing struct {
	From    string  `yaml:"from" req:"yes" doc:"Sender of all mail." eg:"SuperOffice Status <status@example.com>"`
	Mailgun mailgun `yaml:"mailgun" req:"yes" doc:"The provider."`
}

type mailgun struct {
	Base    string `yaml:"base" def:"https://api.eu.mailgun.net/v3" doc:"Address of the API. Only the EU one is allowed (G3); a loopback one with test: true."`
	Domain  string `yaml:"domain" req:"yes" doc:"Sending domain, as it is called at the provider." eg:"mg.example.com"`
	KeyFile string `yaml:"key_file" doc:"File that holds the API key alone, relative to this file; not readable for everybody. Give this or key_env."`
	KeyEnv  string `yaml:"key_env" doc:"Environment variable that holds the API key." eg:"MAILGUN_API_KEY"`
	Test    bool   `yaml:"test" doc:"Allows a loopback base, for a stand-in."`
}

type backup struct {
	Dir   string `yaml:"dir" req:"yes" doc:"Directory of the copies, relative to this file; on another disk than the database." eg:"/var/backups/statusd"`
	Every span   `yaml:"every" def:"24h" doc:"Time between two copies, at least 1m." eg:"24h"`
	Keep  *int   `yaml:"keep" def:"14" doc:"How many copies to keep; older ones are deleted." eg:"14"`
}

type contact struct {
	Address    string   `yaml:"address" req:"yes" doc:"Mail address, without a name." eg:"it@example.com"`
	Language   string   `yaml:"language" enum:"en nb sv da de nl fi" def:"en" doc:"Language of the notices."`
	Zone       string   `yaml:"zone" doc:"The reader's zone, shown beside the schedule's."`
	Cohort     string   `yaml:"cohort" doc:"The customer's cohort. Without it: told of every cohort."`
	Components []string `yaml:"components" doc:"Told of these only. Without it: of all."`
	Roles      []string `yaml:"roles" enum:"admin security agreement" def:"admin" doc:"admin: operational notices. security: security patches. agreement: neither."`
}

type logging struct {
	Level  string `yaml:"level" enum:"debug info warn error" def:"info" doc:"The least important lines to write."`
	Format string `yaml:"format" enum:"text json" def:"text" doc:"text for people, json for machines."`
}
