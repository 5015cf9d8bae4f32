package config

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

func TestSecretShowsNothing(t *testing.T) {
	t.Parallel()
	s := Secret{secretInTest}
	type inside struct {
		Key  Secret
		Keys []Secret
		Ptr  *Secret
	}
	v := inside{s, []Secret{s}, &s}
	j, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	y, err := yaml.Dump(v)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", s, "all", v)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", s, "all", v)
	for _, text := range []string{
		fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x %d", s, s, s, s, s, s, s), fmt.Sprintf("%v %+v %#v %s %x", v, v, v, v, v),
		fmt.Errorf("%w %v", os.ErrClosed, s).Error(), string(j), string(y), log.String(),
		s.String(), s.GoString(), s.LogValue().String(),
	} {
		if strings.Contains(text, secretInTest) || strings.Contains(text, fmt.Sprintf("%x", secretInTest)) {
			t.Errorf("the secret is in %s", text)
		}
	}
	if s.Reveal() != secretInTest || s.Empty() || !(Secret{}).Empty() {
		t.Error("the secret is not there")
	}
}

// A file of a secret, with faults everywhere else, must not show it.
func TestFaultsHoldNoSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("good.key", "  "+secretInTest+"\n\n", 0o640)
	write("two.key", secretInTest+"\nmore\n", 0o600)
	write("open.key", secretInTest, 0o604)
	write("empty.key", " \n", 0o600)
	write("large.key", strings.Repeat(secretInTest, 4000), 0o600)
	parse := func(key string) (*Config, error) {
		return Parse(filepath.Join(dir, "x.yaml"), []byte("mail: {from: a@example.com, mailgun: {domain: mg.example.com, "+key+"}}\n"), Options{
			Getenv: func(string) string { return secretInTest + " more" },
		})
	}
	c, err := parse("key_file: good.key")
	if err != nil || c.Mail.Mailgun.Key.Reveal() != secretInTest {
		t.Errorf("a good file: %v", err)
	}
	for key, want := range map[string]string{
		"key_file: two.key":     "more than one word",
		"key_file: open.key":    "can be read by everybody",
		"key_file: empty.key":   "is empty: put the secret in it",
		"key_file: large.key":   "at most 65536 bytes",
		"key_file: nowhere.key": "no such file",
		"key_file: .":           "is no regular file",
		"key_env: KEY":          "the environment variable KEY holds more than one word",
	} {
		_, err := parse(key)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secretInTest) {
			t.Errorf("%s: %v, want %q", key, err, want)
		}
	}
}

func TestTLSFilesMustFit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
		cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		for file, block := range map[string]*pem.Block{name + ".pem": {Type: "CERTIFICATE", Bytes: cert}, name + ".key": {Type: "PRIVATE KEY", Bytes: raw}} {
			if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct{ cert, key, want string }{
		{"a.pem", "a.key", ""},
		{"a.pem", "b.key", "1:20: certificate: the two files do not work together"},
		{"a.key", "a.key", "the two files do not work together"},
		{"nowhere.pem", "a.key", "nowhere.pem: no such file"},
		{"a.pem", "nowhere.key", "1:32: key:"},
	} {
		c, err := Parse(filepath.Join(dir, "x.yaml"), []byte("tls: {certificate: "+tt.cert+", key: "+tt.key+"}\n"), Options{})
		switch {
		case tt.want == "" && (err != nil || c.TLS.Certificate != filepath.Join(dir, "a.pem") || c.TLS.Key != filepath.Join(dir, "a.key")):
			t.Errorf("%s and %s: %v", tt.cert, tt.key, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s and %s: %v, want %q", tt.cert, tt.key, err, tt.want)
		}
	}
}
