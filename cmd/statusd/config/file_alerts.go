package config

type alertsIn struct {
	Rules []alertRule `yaml:"rules" doc:"What becomes of alerts. The first rule that takes an alert decides; an alert that none takes is counted and forgotten."`
	Hooks []alertHook `yaml:"hooks" doc:"How to read the messages of senders that do not speak Alertmanager's format. They send to /hooks/in/NAME. Places are JSON Pointers (RFC 6901), such as /monitor/name."`
}

type alertRule struct {
	Name           string            `yaml:"name" req:"yes" doc:"Name of the rule, on operators' pages. Alerts that fire stay with the rule that took them: a rule of another name is another rule." eg:"login-down"`
	Source         string            `yaml:"source" doc:"Takes alerts of this source only: alertmanager, or the name of a hook." eg:"alertmanager"`
	Match          map[string]string `yaml:"match" doc:"Labels that an alert must have, all of them: a value, or /…/ with a regular expression (RE2) for the whole value. A label that is missing has the empty value."`
	Components     []string          `yaml:"components" doc:"The components that do not work while the alert fires. Give this or component_label." eg:"login"`
	ComponentLabel string            `yaml:"component_label" doc:"The label whose value is the id of the component. An alert whose value is no component is not taken by this rule." eg:"service"`
	ComponentMap   map[string]string `yaml:"component_map" doc:"The component by value of component_label, for values that are no id."`
	Cohort         string            `yaml:"cohort" def:"all" doc:"The customers concerned."`
	CohortLabel    string            `yaml:"cohort_label" doc:"The label whose value is the id of the cohort, for alerts that have it. An alert whose value is no cohort is not taken by this rule." eg:"ring"`
	Level          string            `yaml:"level" enum:"degraded partial_outage major_outage" def:"major_outage" doc:"How badly the components work while the alert fires."`
	LevelLabel     string            `yaml:"level_label" doc:"The label whose value decides the level, by levels; level holds for all other values." eg:"severity"`
	Levels         map[string]string `yaml:"levels" doc:"degraded, partial_outage or major_outage by value of level_label."`
	Open           string            `yaml:"open" enum:"incident draft" def:"incident" doc:"incident: the public learns of it at once. draft: operators decide whether it does."`
	Title          text              `yaml:"title" doc:"Title of the incident: text, or a text per language. {components}, {summary} and {label:NAME} stand for what they say; all else is literal. Without it: that of template, else Problems with …, in every language." eg:"{components} cannot be reached"`
	Template       string            `yaml:"template" doc:"Name of a template of incidents for title and first update." eg:"unavailable"`
	Resolve        *bool             `yaml:"resolve" doc:"Whether the incident is over when all of its alerts have ended and no person has said anything about it. Without it: true."`
	Group          string            `yaml:"group" enum:"rule component alert_group" def:"rule" doc:"Which alerts share an incident: all of the rule, those of the same component, or those that Alertmanager groups. Alerts of hooks come in no groups: there, each is its own."`
}

type alertHook struct {
	Name         string            `yaml:"name" req:"yes" doc:"Name of the sender, in the address /hooks/in/NAME." eg:"grafana"`
	Alerts       string            `yaml:"alerts" doc:"Place of a list of alerts; all other places are looked up in each of its entries. Without it: the message is one alert." eg:"/alerts"`
	Identity     string            `yaml:"identity" req:"yes" doc:"Place of what tells one alert from another, the same when it fires and when it has ended." eg:"/fingerprint"`
	Firing       string            `yaml:"firing" req:"yes" doc:"Place of a word, number or truth value that says whether it fires." eg:"/status"`
	FiringValues []string          `yaml:"firing_values" doc:"Values that mean that it fires, in any case of letters. Without it: alerting, critical, down, error, firing, open, problem, triggered, true and 0." eg:"firing"`
	EndedValues  []string          `yaml:"ended_values" doc:"Values that mean that it has ended; what is neither is passed over, and changes nothing. Without it: closed, false, healthy, inactive, normal, ok, recovered, resolved, up and 1." eg:"resolved"`
	Summary      string            `yaml:"summary" doc:"Place of a line on what it is about." eg:"/annotations/summary"`
	Started      string            `yaml:"started" doc:"Place of when it began: RFC 3339, or seconds or milliseconds since 1970. Without it: when the message came." eg:"/startsAt"`
	Ended        string            `yaml:"ended" doc:"Place of when it ended, in the same forms." eg:"/endsAt"`
	Link         string            `yaml:"link" doc:"Place of an address where operators read more." eg:"/generatorURL"`
	LabelSet     string            `yaml:"label_set" doc:"Place of an object whose members are labels." eg:"/labels"`
	Labels       map[string]string `yaml:"labels" doc:"Places of single labels, by the name that rules know them by."`
}
