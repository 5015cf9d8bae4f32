package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"text/template"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/probes/kind"
)

//go:embed demo.yaml
var source string

// q quotes: a YAML text in double quotes takes what Go writes.
var configuration = template.Must(template.New("demo.yaml").Funcs(template.FuncMap{"q": strconv.Quote}).Parse(source))

// Config is the embedded default, pointed at the stand-ins: their addresses are probed and nothing else is. The public
// address is the caller's to set, when it is known.
func (s *StandIns) Config() (*config.Config, error) {
	l := s.Links()
	secure, err := url.Parse(l.Secure)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = configuration.Execute(&b, map[string]string{
		"Page": PageID, "Product": l.Product, "Secure": l.Secure, "SecureHost": secure.Host, "Mail": l.Mail,
		"Key": keyFile, "Issuer": issuerFile,
	})
	if err != nil {
		return nil, fmt.Errorf("filling in demo.yaml: %w", err)
	}
	cfg, err := config.Parse(filepath.Join(s.dir, "demo.yaml"), b.Bytes(), config.Options{CheckProbe: kind.Check})
	if err != nil {
		return nil, fmt.Errorf("the built-in demonstration: %w", err)
	}
	cfg.Data = s.dir
	builtIn(cfg)
	cfg.Warnings = nil // that there are no references is meant: the stand-ins are on this machine
	return cfg, nil
}

// builtInOrigin stands where a noun's page names its file and line: there is no file that one could open.
const builtInOrigin = "the demonstration's configuration"

func builtIn(cfg *config.Config) {
	for n := range cfg.Components {
		cfg.Components[n].Origin = builtInOrigin
	}
	for n := range cfg.Cohorts {
		cfg.Cohorts[n].Origin = builtInOrigin
	}
	for n := range cfg.Maintenances {
		cfg.Maintenances[n].Origin = builtInOrigin
	}
	for n := range cfg.Probes {
		cfg.Probes[n].Origin = builtInOrigin
	}
	for n := range cfg.Subscribers {
		cfg.Subscribers[n].Origin = builtInOrigin
	}
}
