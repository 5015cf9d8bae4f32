package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/superoffice/statusd/cmd/statusd/config"
	"github.com/superoffice/statusd/probes/kind"
)

// Exit statuses of every command.
const (
	exitDone  = 0
	exitWrong = 1 // it found something wrong
	exitUsage = 2 // it was used wrongly
)

// commands is the whole command line.
type commands struct {
	Serve    serveCommand    `cmd:"" help:"Run the service."`
	Demo     demoCommand     `cmd:"" help:"Run the service beside a stand-in product that you can break, with invented history."`
	Check    checkCommand    `cmd:"" help:"Check a configuration file and show every fault in it."`
	Schedule scheduleCommand `cmd:"" help:"Show the maintenance windows that the configuration makes."`
	Report   reportCommand   `cmd:"" help:"Work out the uptime of a month or a year."`
	Month    monthCommand    `cmd:"" help:"See the settled months and their revisions, and check that none was changed."`
	Overview overviewCommand `cmd:"" aliases:"status" help:"Show what is wrong, what is next, and what is at risk."`
	Notices  noticesCommand  `cmd:"" help:"Show how the notices of a month's windows were kept, and the shortest lead."`
	Incident incidentCommand `cmd:"" help:"Declare, update and resolve incidents."`

	Maintenance maintenanceCommand `cmd:"" help:"Steer the windows of maintenance: confirm, cancel, move, open and more."`

	Banner   bannerCommand   `cmd:"" help:"See what login pages show, and silence it."`
	Outage   outageCommand   `cmd:"" help:"See what counts as downtime and why; correct, split, join and add outages."`
	Probe    probeCommand    `cmd:"" help:"See what the probes measure, run one at once, and tell one that something lives."`
	Observe  observeCommand  `cmd:"" help:"Run the probes from another place, and report to the service."`
	Place    placeCommand    `cmd:"" help:"See from where observers report."`
	Operator operatorCommand `cmd:"" help:"Let people in, and keep them out."`
	Token    tokenCommand    `cmd:"" help:"Make and revoke tokens for programs."`
	Audit    auditCommand    `cmd:"" help:"Show who did what, and check that nothing was taken out."`
	Backup   backupCommand   `cmd:"" help:"Copy the database, also while the service runs."`
	Restore  restoreCommand  `cmd:"" help:"Put a copy in the place of the database; mail is held back until --release."`
	Export   exportCommand   `cmd:"" help:"Write everything that is kept as lines of JSON."`
	Whoami   whoamiCommand   `cmd:"" help:"Show who you are to the service, and what you may."`
	Version  versionCommand  `cmd:"" help:"Show the version."`

	Completion completionCommand `cmd:"" help:"Write the script by which a shell completes commands, flags and names."`
	Complete   completeCommand   `cmd:"" hidden:"" help:"What those scripts ask."`
}

// streams are what a command talks through.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// commandLine is what was typed behind the program's name.
type commandLine []string

// with is the same command with a flag more, as a shell takes it.
func (c commandLine) with(flag string) string {
	words := slices.Clone(c)
	at := slices.Index(words, "--")
	if at < 0 {
		at = len(words)
	}
	words = slices.Insert(words, at, flag)
	for i, w := range words {
		words[i] = quoted(w)
	}
	return "statusd " + strings.Join(words, " ")
}

// files are the flags of every command that needs configuration or data.
type files struct {
	Config string `help:"Configuration file; without one the built-in default serves." placeholder:"FILE" type:"path"`
	Data   string `help:"Directory of the database; without one that of the configuration, else the user's state directory." placeholder:"DIR" type:"path"`
}

// load reads the configuration and settles the data directory.
func (f files) load() (*config.Config, error) {
	cfg, err := f.read()
	if err != nil {
		return nil, err
	}
	if f.Data != "" {
		cfg.Data = f.Data
	}
	if cfg.Data, err = cfg.DataDir(); err != nil {
		return nil, err
	}
	return cfg, config.CheckDataDir(cfg.Data)
}

func (f files) read() (*config.Config, error) {
	o := config.Options{CheckProbe: kind.Check}
	if f.Config == "" {
		return config.Default(o)
	}
	cfg, err := config.Load(f.Config, o)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("%v: name a file that is there, or leave --config out for the built-in default", err)
	}
	return cfg, err
}

// usageError is a fault in how a command was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errSilent is a command's word that it found something wrong and has said so itself.
var errSilent = errors.New("")

// run is main with everything that comes from outside passed in. It returns the exit status.
func run(args []string, in io.Reader, out, errs io.Writer) (status int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	type exit int
	defer func() {
		if r := recover(); r != nil {
			code, ok := r.(exit)
			if !ok {
				panic(r)
			}
			status = int(code)
		}
	}()
	parser := newParser(&c, out, errs, func(code int) { panic(exit(code)) }) // help was asked for and given
	call, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errs, "statusd: %v\n", err)
		var parse *kong.ParseError
		if errors.As(err, &parse) && parse.Context != nil {
			fmt.Fprintf(errs, "Try `statusd %s--help`.\n", path(parse.Context))
		}
		return exitUsage
	}
	call.BindTo(ctx, (*context.Context)(nil))
	call.Bind(parser.Model, commandLine(args))
	err = call.Run(streams{in, out, errs})
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errSilent):
		return exitWrong
	case errors.As(err, &usage):
		fmt.Fprintf(errs, "statusd: %v\nTry `statusd %s--help`.\n", err, path(call))
		return exitUsage
	}
	fmt.Fprintf(errs, "statusd: %v\n", err)
	return exitWrong
}

// newParser understands the command line.
func newParser(c *commands, out, errs io.Writer, exit func(int)) *kong.Kong {
	parser, err := kong.New(c,
		kong.Name("statusd"),
		kong.Description("A status page that knows the maintenance schedule, keeps the promise of notice, and works out uptime for a contract."),
		kong.Writers(out, errs),
		kong.Exit(exit),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		panic(err) // the struct above is wrong
	}
	return parser
}

// path names the command that was being parsed, with a space behind.
func path(c *kong.Context) string {
	if c.Selected() == nil {
		return ""
	}
	return commandOf(c.Selected()) + " "
}

// commandOf is how a command is called, behind the name of the program.
func commandOf(n *kong.Node) string {
	name := n.Name
	for n = n.Parent; n != nil && n.Parent != nil; n = n.Parent {
		name = n.Name + " " + name
	}
	return name
}
