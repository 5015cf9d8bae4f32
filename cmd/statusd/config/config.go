package config

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/calendar"
	"github.com/superoffice/statusd/data/i18n"
)

// Config is a configuration without faults, in values that are ready to use. Treat it as read-only.
type Config struct {
	Name           string // of the file it was read from
	Page           Page
	Listen         string // host:port
	AdminListen    string // host:port
	AdminURL       string // origin of the operators' pages; empty means where the listener is
	SignIn         SignIn
	Alarms         Alarms
	Banner         Banner
	Alerts         AlertsIn
	Data           string // directory as configured, absolute or below the file's; empty means StateDir
	TLS            *TLS   // nil means without
	TrustedProxies []netip.Prefix
	PerAddress     int      // connections of one address on the public listener
	References     []string // host:port; none means that blindness is not detected
	Notices        data.NoticeTimes
	Mail           *Mail // nil means that no mail is sent
	Incidents      Incidents
	Backup         *Backup // nil means that the service makes none by itself
	Log            Log

	Components   []data.Component // in the order of the page; Since is left to Apply
	Cohorts      data.Cohorts     // by slug, as a store gives them
	Maintenances []data.Maintenance
	Holidays     []data.Avoid // of which territories, with what was added and taken out; none says nothing of any
	Places       []string     // from where observers may report
	Probes       []data.Probe
	Subscribers  []data.Subscriber // contract contacts who get operational notices

	// Warnings are no faults: they are printed by statusd check and logged at start.
	Warnings Faults

	root *yaml.Node // everything that is in force, as text; for Print
}

// builtInURL is the public address in default.yaml, on which nobody else can open the page.
const builtInURL = "http://127.0.0.1:8080"

// OwnURL says that no public address is configured, so that links had better lead to wherever the listener is.
func (c *Config) OwnURL() bool { return c.Page.URL == builtInURL }

// HTTPS says whether visitors reach the page over TLS, here or at a proxy.
func (c *Config) HTTPS() bool { return strings.HasPrefix(c.Page.URL, "https:") }

// Page is what the public surfaces need.
type Page struct {
	Name      string
	Product   string
	URL       string // origin only: scheme and host, no slash at the end
	ID        string // 12 characters; empty means that the store makes or has one
	Zone      *time.Location
	Languages []i18n.Lang     // not empty, English among them
	Target    string          // exact share, such as "0.998"
	Support   string          // address for people; may be empty
	Hours     calendar.Hours  // of support
	Premium   *calendar.Hours // of support by the Premium Support addendum; nil means that there is none
	Settling  time.Duration   // how long after its end a month is settled

	// PrivacyContact and AccessibilityContact are addresses of the web or of mail; empty means Support.
	PrivacyContact, AccessibilityContact string

	// SecurityContact is one too; empty means that there is no /.well-known/security.txt.
	SecurityContact string

	// CustomerPattern is the form of a customer's identifier.
	CustomerPattern *regexp.Regexp
}

// TLS names two PEM files that were checked to fit each other.
type TLS struct{ Certificate, Key string }

// Mail says how mail is sent.
type Mail struct {
	From    string // address, maybe with a name
	Mailgun Mailgun
}

// Mailgun is the account at the provider.
type Mailgun struct {
	Base   string // with its version: https://api.eu.mailgun.net/v3
	Domain string
	Key    Secret
}

// Log says what the service writes about itself.
type Log struct {
	Level  slog.Level
	Format string // text or json
}

// Options for Load, Default and Parse. The zero value works.
type Options struct {
	// CheckProbe says everything that is wrong with a probe: *data.Error values, maybe joined, whose Field is the key. Nil
	// leaves kinds, targets and the like unchecked. Pass kind.Check.
	CheckProbe func(data.Probe) error
	// Getenv reads the environment; nil means os.Getenv.
	Getenv func(string) string
	// Now says from which day on warnings look at the schedule; nil means time.Now.
	Now func() time.Time
}

// defaultName is how the embedded file is called in origins and faults.
const defaultName = "default.yaml"

//go:embed default.yaml
var defaultSource []byte

// DefaultSource returns the text of the embedded configuration, to be printed and built on.
func DefaultSource() []byte { return append([]byte(nil), defaultSource...) }

// Default returns the embedded configuration.
func Default(o Options) (*Config, error) { return Parse(defaultName, nil, o) }

// Load reads a file. An error about what the file says is Faults; any other says that it cannot be read.
func Load(name string, o Options) (*Config, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening the configuration: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("opening the configuration: %s is a directory: name the file in it", name)
	}
	src, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(name, src, o)
}

// Parse reads the text of a file called name; files that it mentions are found relative to that. What it leaves out comes
// from the embedded default. An error is Faults. It reads secrets and certificates and changes nothing.
func Parse(name string, src []byte, o Options) (*Config, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s, faults := parse(name, src)
	if faults != nil {
		return nil, faults
	}
	base, faults := parse(defaultName, defaultSource)
	if faults != nil {
		return nil, faults
	}
	s.inherit(base)
	f, faults, whole := decode(s)
	if !whole {
		return nil, faults.sorted()
	}
	c := &checker{src: s, file: f, o: o, cfg: &Config{Name: name, root: s.root}, faults: faults, decoded: faults, unsure: map[string]bool{}}
	c.check()
	if n := len(c.faults); n >= maxFaults {
		c.faults = append(c.faults.sorted(), Fault{File: name, Message: fmt.Sprintf("there may be more: these are the first %d that were found", maxFaults)})
		return nil, c.faults
	}
	if c.faults = c.faults.sorted(); len(c.faults) > 0 {
		return nil, c.faults
	}
	c.cfg.Warnings = c.warnings.sorted()
	return c.cfg, nil
}

// DataDir returns the configured data directory, or StateDir where none is configured.
func (c *Config) DataDir() (string, error) {
	if c.Data != "" {
		return c.Data, nil
	}
	return StateDir()
}

// StateDir is where the service keeps its data unless told otherwise: $STATE_DIRECTORY (set by systemd; the first of
// several), else $XDG_STATE_HOME/statusd, else ~/.local/state/statusd. It does not create it.
func StateDir() (string, error) { return stateDir(os.Getenv) }

func stateDir(getenv func(string) string) (string, error) {
	if dir, _, _ := strings.Cut(getenv("STATE_DIRECTORY"), ":"); filepath.IsAbs(dir) {
		return dir, nil
	}
	if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "statusd"), nil
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "statusd"), nil
	}
	return "", errors.New("there is no home directory to keep data in: set data: in the configuration, or --data DIR")
}

// CheckDataDir refuses a directory that holds Go source: the package data of this program's own source is no place for a
// database. A directory that is not there yet is fine.
func CheckDataDir(dir string) error {
	found, err := filepath.Glob(filepath.Join(globEscape.Replace(dir), "*.go"))
	if err == nil && len(found) > 0 {
		return fmt.Errorf("%s holds source code (%s): use a directory of its own, such as /var/lib/statusd, or leave it out for the user's state directory",
			dir, filepath.Base(found[0]))
	}
	return nil
}

var globEscape = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
