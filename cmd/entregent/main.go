// Command entregent keeps the contacts of the organisations that a host works with, and opens a portal to
// those of them who should come in. It is the whole program: server, set-up, import and export.
//
// This package reads the command line and the environment, calls package app, and turns what comes back into
// lines and an exit status. It decides nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
)

// version is set by the linker, see the Makefile.
var version = "dev"

// The exit statuses.
const (
	exitFine    = 0
	exitFailure = 1
	exitUsage   = 2 // bad configuration, bad command line, unusable file
	exitRefused = 3 // an import of which some rows were refused
)

// commands is the command line. The parts of the configuration that a command needs are embedded in it.
type commands struct {
	Serve     serveCmd     `cmd:"" help:"Serve the pages."`
	Setup     setupCmd     `cmd:"" help:"Make the first workspace and its first admin."`
	Workspace workspaceCmd `cmd:"" help:"Add and list workspaces."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the database to this version."`
	Import    importCmd    `cmd:"" help:"Import organisations or contacts from a CSV or XLSX file."`
	Export    exportCmd    `cmd:"" help:"Export organisations or contacts as CSV, XLSX or JSON lines."`
	Sample    sampleCmd    `cmd:"" help:"Fill a workspace with invented organisations and contacts."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

const description = `Entregent keeps the contacts of the organisations that a school or a vendor works with.

Every flag is an environment variable too: --base-url is ENTREGENT_BASE_URL.

Exit status: 0 fine, 1 failure, 2 bad configuration, command line or file, 3 an import with refused rows.`

// console is where a command reads and writes. ctx ends when the program is told to stop.
type console struct {
	ctx context.Context
	in  *os.File
	out io.Writer
	err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(os.Args[1:], &console{ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// run does what the arguments say and returns the exit status.
func run(args []string, c *console) int {
	var line commands
	parser := kong.Must(&line, kong.Name("entregent"), kong.Description(description), kong.DefaultEnvars("ENTREGENT"),
		kong.Writers(c.out, c.err), kong.Bind(c), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120, NoAppDescFormat: true}))
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return c.fail(unusable{err})
	}
	for _, name := range unknown(parser.Model, os.Environ()) {
		fmt.Fprintf(c.err, "entregent: %s is no setting of this version; it is ignored\n", name)
	}
	if err := command.Run(); err != nil {
		return c.fail(err)
	}
	return exitFine
}

// unusable marks what the caller of the program has to mend.
type unusable struct{ error }

// errRefused ends an import of which some rows were refused; the report is printed already.
var errRefused = errors.New("some rows were refused")

// fail prints err on one line of standard error and gives the exit status that it means.
func (c *console) fail(err error) int {
	if errors.Is(err, errRefused) {
		return exitRefused
	}
	fmt.Fprintln(c.err, "entregent: "+strings.ReplaceAll(app.Explain(err), "\n", "; "))
	var bad unusable
	if errors.As(err, &bad) || app.IsCallers(err) {
		return exitUsage
	}
	return exitFailure
}

// unknown gives the names of variables that look like settings but are none, so that a misspelt one is noticed.
// Those of the tests are none of the program's business.
func unknown(model *kong.Application, environ []string) []string {
	var known, lost []string
	_ = kong.Visit(model, func(v kong.Visitable, next kong.Next) error {
		if flag, ok := v.(*kong.Flag); ok {
			known = append(known, flag.Envs...)
		}
		return next(nil)
	})
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, "ENTREGENT_") && !strings.HasPrefix(name, "ENTREGENT_TEST_") && !slices.Contains(known, name) {
			lost = append(lost, name)
		}
	}
	return lost
}

// place is what every command needs that touches the data.
type place struct {
	Store config.Store `embed:"" group:"Data:"`
	Log   config.Log   `embed:"" group:"Log:"`
}

// open opens the database for a command that ends by itself, and calls do.
func (p place) open(c *console, rest config.Config, do func(*app.Base) error) error {
	rest.Store, rest.Log = p.Store, p.Log
	b, err := app.Open(c.ctx, rest, app.Logger(p.Log, c.err))
	if err != nil {
		return err
	}
	return errors.Join(do(b), b.Close())
}

type migrateCmd struct{ place }

// Help is shown by --help.
func (migrateCmd) Help() string {
	return `serve does this by itself at its start. Run it apart before a new version is started on many nodes.

Examples:

  entregent migrate
  entregent migrate --database postgres://entregent@db/entregent`
}

// Run opens the database, which migrates it.
func (m migrateCmd) Run(c *console) error {
	return m.open(c, config.Config{}, func(b *app.Base) error {
		_, err := fmt.Fprintf(c.out, "The database (%s) is at this version.\n", b.Engine())
		return err
	})
}

type versionCmd struct{}

// Help is shown by --help.
func (versionCmd) Help() string {
	return "Example:\n\n  entregent version"
}

// Run prints one line: the program, its version, Go's.
func (versionCmd) Run(c *console) error {
	_, err := fmt.Fprintf(c.out, "entregent %s (%s %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
