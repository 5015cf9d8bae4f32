package config

type alarming struct {
	Mail    *alarmMail `yaml:"mail" doc:"Mail to operators, in English."`
	Webhook *webhook   `yaml:"webhook" doc:"A receiver of Standard Webhooks."`
	Deadman *deadman   `yaml:"deadman" doc:"A URL that is asked for as long as the service is ready. Whoever waits there takes silence for an alarm."`
}

type alarmMail struct {
	To   []string    `yaml:"to" req:"yes" doc:"Mail addresses, without names. Each is told on its own." eg:"duty@example.com"`
	SMTP *smtpServer `yaml:"smtp" doc:"The mail server to send through. Without it: the provider under mail."`
}

type smtpServer struct {
	Host         string `yaml:"host" req:"yes" doc:"The mail server." eg:"smtp.example.com"`
	Port         int    `yaml:"port" doc:"Its port. Without it: 465 with implicit TLS, 25 on this machine, else 587." eg:"587"`
	From         string `yaml:"from" req:"yes" doc:"Sender of the mail." eg:"Status alarms <status@example.com>"`
	User         string `yaml:"user" doc:"Name to sign in with. Without it: without sign-in."`
	PasswordFile string `yaml:"password_file" doc:"File that holds the password alone, relative to this file; not readable for everybody."`
	TLS          string `yaml:"tls" enum:"starttls implicit none" doc:"starttls: must be upgraded. implicit: from the first byte. none: this machine only. Without it: implicit on port 465, none on this machine, else starttls."`
}

type webhook struct {
	URL           string `yaml:"url" doc:"Where to POST: https, or http on this machine. Give this or url_file." eg:"https://hooks.example.com/statusd"`
	URLFile       string `yaml:"url_file" doc:"File that holds the address alone, where the address itself is secret; relative to this file, not readable for everybody."`
	SecretFile    string `yaml:"secret_file" req:"yes" doc:"File that holds the secret to sign with: whsec_ and 24 to 64 bytes in base64; relative to this file, not readable for everybody."`
	OldSecretFile string `yaml:"old_secret_file" doc:"The secret before, which signs as well until the receiver knows the new one."`
}

type deadman struct {
	URL     string `yaml:"url" doc:"What to GET: https, or http on this machine. Give this or url_file." eg:"https://deadman.example.com/statusd"`
	URLFile string `yaml:"url_file" doc:"File that holds the address alone, where the address itself is secret; relative to this file, not readable for everybody."`
	Every   span   `yaml:"every" def:"1m" doc:"How often, from 10s to 24h."`
}
