package config

type probe struct {
	Name      string            `yaml:"name" req:"yes" doc:"Name of the probe, in metrics and on operators' pages." eg:"login"`
	Component string            `yaml:"component" req:"yes" doc:"The component it speaks for."`
	Cohort    string            `yaml:"cohort" def:"all" doc:"The customers whose side it looks at."`
	Kind      string            `yaml:"kind" req:"yes" enum:"http tcp tls dns icmp heartbeat statuspage feed transaction tenant" doc:"http: a request and its answer. tcp: a connection. tls: a handshake, and how long the certificate lasts. dns: a question to a name server. icmp: echo requests (ping). heartbeat: somebody tells of himself. statuspage: what a provider's own page says, by version 2 of the API that such pages share. feed: what a provider's RSS or Atom feed says. transaction: requests in order, as of a person at work. tenant: the product's answer about one customer's installation. See docs/probes.md."`
	Target    string            `yaml:"target" doc:"A URL for http, statuspage (the page itself), feed, transaction and tenant, host:port for tcp and tls, a name for dns, a host for icmp; none for heartbeat." eg:"https://www.example.com/"`
	Interval  span              `yaml:"interval" def:"60s" doc:"Time between two runs." eg:"60s"`
	Timeout   span              `yaml:"timeout" doc:"How long one run may take. Without it: the smaller of 10 s and 80 % of interval." eg:"10s"`
	Method    string            `yaml:"method" def:"GET" doc:"HTTP method."`
	Headers   map[string]string `yaml:"headers" doc:"HTTP headers to send. Not for secrets: they are stored with the probe."`
	Status    []int             `yaml:"status" doc:"HTTP statuses that are right. Without it: 200 to 299." eg:"200"`
	Match     string            `yaml:"match" doc:"http: text that the answer must hold. feed: text that an entry must hold to concern us, in whatever case; without it all do."`
	Expect    []string          `yaml:"expect" doc:"http: conditions on the answer, all of which must hold. They name status, header(\"…\"), body, json, took and phase; see docs/probes.md." eg:"json.ok == true"`
	Slow      span              `yaml:"slow" doc:"A right answer after this counts as degraded. Without it: never." eg:"2s"`
	Warn      span              `yaml:"warn" def:"7d" doc:"TLS: degraded when the certificate ends within this." eg:"14d"`
	Roots     string            `yaml:"roots" doc:"PEM file of issuers to trust besides the usual ones, relative to this file."`
	Record    string            `yaml:"record" enum:"A AAAA CNAME MX NS TXT" doc:"dns: type of the record. Without it: A or AAAA."`
	Server    string            `yaml:"server" doc:"dns: who is asked, host:port. Without it: the system's resolver." eg:"192.0.2.53:53"`
	Answers   []string          `yaml:"answers" doc:"dns: what must be among the answers. Without it: any answer is right." eg:"192.0.2.1"`
	Packets   int               `yaml:"packets" doc:"icmp: how many echo requests, 1 to 20. Without it: 3." eg:"5"`
	Part      string            `yaml:"part" doc:"statuspage: name or ID of the provider's component. Without it: the page as a whole." eg:"API"`
	Recent    span              `yaml:"recent" def:"24h" doc:"feed: for how long an entry tells of now, at most 31d." eg:"12h"`
	Failing   string            `yaml:"failing" enum:"degraded partial_outage major_outage" def:"major_outage" doc:"What a failed run stands for."`
	Grace     span              `yaml:"grace" doc:"heartbeat: how much later than interval it may come. Without it: half of interval." eg:"5m"`
	Steps     []probeStep       `yaml:"steps" doc:"transaction: the requests, in order. A component whose steps are all right works; one of which a step is wrong does not; of one of which a step could not be tried nothing is known."`
	Places    []string          `yaml:"places" doc:"From where it is run: local is the service itself, others are names of observers (statusd observe). Without it: from everywhere. A level takes a majority of those that see." eg:"local"`
	Secrets   map[string]string `yaml:"secrets" doc:"transaction: files of passwords and keys, by the name under which steps put them in as {{name}}. Each holds one secret alone, relative to this file; not readable for everybody."`
}

type probeStep struct {
	Name      string            `yaml:"name" req:"yes" doc:"Name of the step, on operators' pages." eg:"sign-in"`
	Component string            `yaml:"component" doc:"The component it speaks for. Without it: the probe's."`
	Method    string            `yaml:"method" doc:"HTTP method. Without it: GET, or POST with form or body." eg:"PUT"`
	URL       string            `yaml:"url" req:"yes" doc:"A path, relative to target, or a whole URL. Path and query may hold {{name}}." eg:"/records/{{id}}"`
	Headers   map[string]string `yaml:"headers" doc:"HTTP headers; their values may hold {{name}}. They do not follow a redirect to another host."`
	Form      map[string]string `yaml:"form" doc:"Fields of a form to send; their values may hold {{name}}."`
	Body      string            `yaml:"body" lines:"yes" doc:"What to send; it may hold {{name}}, which is not escaped."`
	Status    []int             `yaml:"status" doc:"HTTP statuses that are right. Without it: 200 to 299." eg:"201"`
	Expect    []string          `yaml:"expect" doc:"Conditions on the answer; all must hold. Values captured before go by their names." eg:"int(json.counter) == int(counter) + 1"`
	Capture   map[string]string `yaml:"capture" doc:"Values to keep for later steps: a name, and an expression over the answer, such as json.id or between(body, \"value='\", \"'\")."`
	Needs     []string          `yaml:"needs" doc:"Steps without which this one makes no sense. Without it: all before it." eg:"sign-in"`
	Slow      span              `yaml:"slow" doc:"A right answer after this counts as degraded. Without it: never." eg:"2s"`
	Always    bool              `yaml:"always" doc:"A clean-up: it comes last, whatever went wrong, if the values that it names were captured. How it goes counts for no component."`
}
