package kind

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/superoffice/statusd/data"
)

// maxSecret is more than any password or key has.
const maxSecret = 64 << 10

// secrets reads the files of Probe.Secrets, without the line's end that editors put behind a secret. An error names the
// file, never what is in it.
func secrets(files map[string]string) (map[string]string, error) {
	values := make(map[string]string, len(files))
	for name, file := range files {
		value, err := secret(file)
		if err != nil {
			return nil, data.Invalid("secrets", fmt.Sprintf("%s: %v", name, err))
		}
		values[name] = value
	}
	return values, nil
}

func secret(file string) (string, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s cannot be read: create it, readable for the user that runs statusd only", file)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no regular file: name the file itself", file)
	case info.Mode().Perm()&0o004 != 0:
		return "", fmt.Errorf("%s can be read by everybody on this machine: chmod 600 %s", file, file)
	}
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("%s cannot be read: let the user that runs statusd read it", file)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil || len(b) > maxSecret {
		return "", fmt.Errorf("%s cannot be read as a secret of at most %d bytes", file, maxSecret)
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if value == "" {
		return "", fmt.Errorf("%s is empty: put the secret in it", file)
	}
	return value, nil
}
