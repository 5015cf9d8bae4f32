package main

import (
	"errors"
	"fmt"

	"github.com/superoffice/statusd/cmd/statusd/config"
)

type checkCommand struct {
	Config  string `help:"Configuration file; without one the built-in default is checked." placeholder:"FILE" type:"path"`
	Default bool   `help:"Show the built-in configuration with its explanations, to begin one's own with."`
	Print   bool   `help:"Show what is in force, without secrets."`
	Schema  bool   `help:"Write the JSON schema of the file, for editors."`
}

// Run implements the command.
func (c *checkCommand) Run(io streams) error {
	if c.Default {
		_, err := io.out.Write(config.DefaultSource())
		return err
	}
	if c.Schema {
		b, err := config.Schema()
		if err != nil {
			return err
		}
		_, err = io.out.Write(b)
		return err
	}
	cfg, err := files{Config: c.Config}.read()
	var faults config.Faults
	switch {
	case errors.As(err, &faults):
		for _, f := range faults {
			fmt.Fprintln(io.err, f)
		}
		fmt.Fprintf(io.err, "%d to mend.\n", len(faults))
		return errSilent
	case err != nil:
		return err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintf(io.err, "%s (a warning)\n", w)
	}
	if c.Print {
		b, err := cfg.Print()
		if err != nil {
			return err
		}
		_, err = io.out.Write(b)
		return err
	}
	end := "All is well."
	switch n := len(cfg.Warnings); {
	case n == 1:
		end = "It works; 1 warning asks for a second look."
	case n > 1:
		end = fmt.Sprintf("It works; %d warnings ask for a second look.", n)
	}
	fmt.Fprintf(io.out, "%s: %s, %s, %s, %s. %s\n", cfg.Name, counted(len(cfg.Components), "component"),
		counted(len(cfg.Maintenances), "maintenance plan"), counted(len(cfg.Probes), "probe"), counted(len(cfg.Subscribers), "contact"), end)
	return nil
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
