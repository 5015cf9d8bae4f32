package recur

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // the binary carries its zone data (T1)

	"github.com/superoffice/statusd/data"
)

var zonePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}$`)

// hostZones are names that a host's zone folder answers to and that mean something else on another host, or count leap
// seconds.
var hostZones = []string{"localtime", "posixrules", "posix/", "right/", "factory"}

// loadZone finds a zone by its IANA name.
func loadZone(name string) (*time.Location, error) {
	const wayOut = "use a name such as Europe/Berlin"
	switch {
	case name == "":
		return nil, data.Invalid("zone", "no zone is given: "+wayOut)
	case strings.EqualFold(name, "Local"):
		return nil, data.Invalid("zone", `zone "Local" would mean something else on every machine: `+wayOut)
	case len(name) > 64 || !zonePattern.MatchString(name):
		return nil, data.Invalid("zone", fmt.Sprintf("%s is no zone name: %s", quote(name), wayOut))
	}
	for _, host := range hostZones {
		if lower := strings.ToLower(name); lower == host || strings.HasSuffix(host, "/") && strings.HasPrefix(lower, host) {
			return nil, data.Invalid("zone", fmt.Sprintf("zone %q depends on the machine: %s", name, wayOut))
		}
	}
	if loc, err := time.LoadLocation(name); err == nil {
		return loc, nil
	}
	return nil, data.Invalid("zone", fmt.Sprintf("zone %q is unknown: %s", name, zoneHint(name)))
}

var fixedPattern = regexp.MustCompile(`^(?i:UTC|GMT|CET)([+-])([0-9]{1,2})$`)

// zoneHint names a zone that was probably meant.
func zoneHint(name string) string {
	if m := fixedPattern.FindStringSubmatch(name); m != nil {
		sign := map[string]string{"+": "-", "-": "+"}[m[1]]
		if fixed := "Etc/GMT" + sign + strings.TrimLeft(m[2], "0"); isZone(fixed) {
			return fmt.Sprintf("for a fixed UTC%s%s use %s, whose sign is the other way round; for a place's clock, a name such as Europe/Oslo",
				m[1], m[2], fixed)
		}
	}
	base := name[strings.LastIndex(name, "/")+1:]
	words := strings.Split(strings.ToLower(base), "_")
	for i, w := range words {
		if w != "" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	for _, region := range []string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian", "Antarctica", "Arctic", "Etc"} {
		if guess := region + "/" + strings.Join(words, "_"); isZone(guess) {
			return "use a name such as " + guess
		}
	}
	return "use a name such as Europe/Berlin"
}

func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil
}

// quote shows text that a person typed, cut where it is long.
func quote(text string) string {
	if len(text) > 80 {
		return fmt.Sprintf("%.80q…", text)
	}
	return fmt.Sprintf("%q", text)
}
