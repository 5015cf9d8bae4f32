package config

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
)

// Secret is a value that only Reveal shows. Printed, logged or marshalled in any way it is "[secret]". The zero value is
// empty.
type Secret struct{ value string }

const hidden = "[secret]"

// Reveal returns the value. Call it where it is used, and keep it nowhere.
func (s Secret) Reveal() string { return s.value }

// Empty says whether there is no value.
func (s Secret) Empty() bool { return s.value == "" }

func (s Secret) String() string { return hidden }

// GoString implements fmt.GoStringer, for %#v.
func (s Secret) GoString() string { return hidden }

// Format implements fmt.Formatter, so that no verb looks inside.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) } //nolint:errcheck // nowhere to tell

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalYAML implements yaml.Marshaler.
func (s Secret) MarshalYAML() (any, error) { return hidden, nil }

// maxSecret is more than any key has.
const maxSecret = 64 << 10

// secretFile reads a secret from a regular file that not everybody on the machine can read.
func secretFile(name string) (Secret, error) {
	if err := private(name); err != nil {
		return Secret{}, err
	}
	f, err := os.Open(name)
	if err != nil {
		return Secret{}, fmt.Errorf("%s cannot be read (%s): let the user that runs statusd read it", name, cause(err))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil || len(b) > maxSecret {
		return Secret{}, fmt.Errorf("%s cannot be read as a secret of at most %d bytes", name, maxSecret)
	}
	return newSecret(string(b), name)
}

// private checks that a file is there, is a file, and is not open to the world.
func private(name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return fmt.Errorf("%s cannot be read (%s): create it, readable for the user that runs statusd only", name, cause(err))
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file: name the file itself", name)
	case info.Mode().Perm()&0o004 != 0:
		return fmt.Errorf("%s can be read by everybody on this machine: chmod 600 %s", name, name)
	}
	return nil
}

// cause is an error of os without the path, which the message has already.
func cause(err error) string {
	if i := strings.LastIndex(err.Error(), ": "); i >= 0 {
		return err.Error()[i+2:]
	}
	return err.Error()
}

// newSecret trims and checks a value; errors speak of where it came from only.
func newSecret(value, from string) (Secret, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return Secret{}, fmt.Errorf("%s is empty: put the secret in it", from)
	}
	for _, r := range value {
		if r <= ' ' || r > '~' {
			return Secret{}, fmt.Errorf("%s holds more than one word of plain characters: put the secret alone in it", from)
		}
	}
	return Secret{value}, nil
}
