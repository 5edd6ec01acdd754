package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
)

type serveCmd struct {
	config.Config `embed:""`
	Demo          bool `help:"On an empty database make two workspaces with invented people to try; their sign-ins are written to demo-sign-ins.txt in the data directory."`
}

// Help is shown by --help.
func (serveCmd) Help() string {
	return `Makes the data directory, the secret and the database when they are missing, and serves until it is told to stop (Ctrl-C, SIGTERM): then requests in flight are answered first. A second signal ends it at once. On an empty database it prints the address and the word for the set-up page.

Examples:

  entregent serve --demo
  entregent serve --addr 127.0.0.1:8080 --base-url https://contacts.example.org --data /var/lib/entregent
  ENTREGENT_DATABASE=postgres://entregent@db/entregent entregent serve --log-format json --metrics-addr 127.0.0.1:9090`
}

// Run serves until the console's context ends, or the server breaks.
func (s serveCmd) Run(c *console) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	a, err := app.Start(c.ctx, s.Config, app.Options{
		Version: version, Demo: s.Demo, Out: c.out, Log: app.Logger(s.Log, c.err),
	})
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // starting leaves more behind than an hour of pages does
	fmt.Fprintf(c.out, "Entregent %s serves on %s; Ctrl-C stops it.\n", version, a.BaseURL())
	var broken error
	select {
	case <-c.ctx.Done():
	case broken = <-a.Broken():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), s.Server.ShutdownDelay.Duration()+s.Server.ShutdownGrace.Duration())
	defer cancel()
	if err := a.Stop(ctx); err != nil || broken != nil {
		return fmt.Errorf("stop: %w", orElse(broken, err))
	}
	return nil
}

// garbage may lie in the heap of the server, in percent of what is in use, before it is collected. The heap is small beside
// the database's caches: Go's own 100 would cost a page a tenth more CPU (docs/performance.md). GOGC in the environment
// goes first.
const garbage = 200

func orElse(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
