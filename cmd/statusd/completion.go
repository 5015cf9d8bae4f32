package main

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/superoffice/statusd/web/api"
)

// The scripts ask the program itself, so that they never grow old.
var (
	//go:embed completion/statusd.bash
	bashScript string
	//go:embed completion/statusd.zsh
	zshScript string
	//go:embed completion/statusd.fish
	fishScript string
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"Which shell: bash, zsh or fish."`
}

// Help implements kong.HelpProvider.
func (c *completionCommand) Help() string {
	return `For example:

    source <(statusd completion bash)
    statusd completion bash > ~/.local/share/bash-completion/completions/statusd
    statusd completion zsh > DIRECTORY-IN-YOUR-FPATH/_statusd
    statusd completion fish > ~/.config/fish/completions/statusd.fish`
}

// Run implements the command.
func (c *completionCommand) Run(io streams) error {
	_, err := fmt.Fprint(io.out, map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[c.Shell])
	return err
}

// completeCommand is what the scripts ask: the words behind the program's name, or --line and all that was typed.
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:"all"`
}

// filesWord is what it answers where the name of a file is wanted. No candidate looks so.
const filesWord = ":files"

// Run implements the command. What cannot be found out is left out: nobody who types wants to read of it.
func (c *completeCommand) Run(ctx context.Context, io streams, model *kong.Application) error {
	words := c.Words
	if len(words) == 2 && words[0] == "--line" {
		words = split(words[1])[1:]
	} else if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	ctx, cancel := context.WithTimeout(ctx, completePatience)
	defer cancel()
	list, files := complete(model.Node, words, func(kind string, flags map[string]string) []candidate { return asked(ctx, kind, flags) })
	for _, c := range list {
		fmt.Fprintf(io.out, "%s\t%s\n", c.text, shortened(c.about, 72))
	}
	if files {
		fmt.Fprintln(io.out, filesWord)
	}
	return nil
}

// completePatience is how long somebody who types waits for names from the service.
const completePatience = 1500 * time.Millisecond

// asked are the names of a kind, from the service that runs; none where none does.
func asked(ctx context.Context, kind string, flags map[string]string) []candidate {
	r := reach{Server: flags["server"]}
	for flag, path := range map[string]*string{"config": &r.Config, "data": &r.Data, "token-file": &r.Token} {
		if flags[flag] != "" {
			*path = kong.ExpandPath(flags[flag])
		}
	}
	if !r.runs() {
		return nil
	}
	var list []candidate
	var err error
	switch kind {
	case "affected", "outage":
		var v api.Overview
		_, err = r.get(ctx, "/api/v1/overview", &v)
		for _, c := range v.Components {
			if kind == "affected" {
				list = append(list, candidate{c.Component, c.Name})
			}
		}
		for _, o := range v.Suspected {
			if kind == "outage" {
				list = append(list, candidate{string(o.Outage), o.Name + ", " + levelWords(o.Level)})
			}
		}
	case "anyoutage":
		var v api.OutageList
		_, err = r.get(ctx, "/api/v1/outages?limit=50", &v)
		for _, o := range v.Outages {
			list = append(list, candidate{o.ID, whom(o.Component, o.Counts.Cohort) + ", " + outageSpan(o.Counts, zoneOf(v.Zone))})
		}
	case "incident":
		var v api.Incidents
		_, err = r.get(ctx, "/api/v1/incidents", &v)
		for _, i := range v.Incidents {
			list = append(list, candidate{i.ID, phaseOf(i) + ": " + i.Title})
		}
	case "operator":
		var v api.Operators
		_, err = r.get(ctx, "/api/v1/operators", &v)
		for _, o := range v.Operators {
			list = append(list, candidate{o.ID, o.Name})
		}
	case "place":
		var v api.Places
		_, err = r.get(ctx, "/api/v1/places", &v)
		for _, p := range v.Places {
			list = append(list, candidate{p.Name, placeState(p)})
		}
	case "probe":
		var v api.Probes
		_, err = r.get(ctx, "/api/v1/probes", &v)
		for _, p := range v.Probes {
			list = append(list, candidate{p.Side, p.Name + ", " + levelWords(p.Level)})
		}
	case "template":
		var v api.Templates
		_, err = r.get(ctx, "/api/v1/templates", &v)
		for _, t := range v.Templates {
			list = append(list, candidate{t.Name, t.Body.In("en")})
		}
	case "token":
		var v api.Tokens
		_, err = r.get(ctx, "/api/v1/tokens", &v)
		for _, t := range v.Tokens {
			if t.Revoked == nil {
				list = append(list, candidate{t.ID, t.Name})
			}
		}
	case "window":
		var v api.Maintenances
		v, err = r.windows(ctx, nil)
		list = windowNames(v.Maintenance, strings.Fields(flags["window"]), time.Now())
	default:
		panic("nothing completes " + kind)
	}
	if err != nil {
		return nil
	}
	return list
}

// runs says whether there is a service to ask.
func (r reach) runs() bool {
	if r.Server != "" {
		return true
	}
	cfg, err := r.load()
	if err != nil {
		return false
	}
	conn, err := net.DialTimeout("unix", filepath.Join(cfg.Data, socketName), time.Second)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
