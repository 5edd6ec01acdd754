// Command bench measures the product from outside, as people use it: it builds the binary, fills a base with
// invented people, starts the server, signs in as a member of staff, and asks for the real pages over HTTP.
//
// What counts is the server's CPU a request, from /proc: the clock on a shared machine says little. Rounds go over all
// operations again and again, and the median is printed. The same run measures ceilings: the bare query through the
// same driver, and net/http answering with as many bytes. It asserts nothing; docs/performance.md says what is wanted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	organizations, contacts, rows int
	requests, comments, invoices  int
	rounds                        int
	lasts                         time.Duration
	database, top, keep, growth   string
	metrics, profiles, only       string
	peer, bare                    bool
}

// Children are told to end when the thread that started them does (Pdeathsig); the first thread lives longest.
func init() { runtime.LockOSThread() }

func main() {
	var o options
	flag.IntVar(&o.organizations, "organizations", 10_000, "organisations in the base")
	flag.IntVar(&o.contacts, "contacts", 100_000, "contacts in the base")
	flag.IntVar(&o.requests, "requests", 0, "support requests in the base; 0 leaves out what is measured of them and of invoices")
	flag.IntVar(&o.comments, "comments", 0, "comments on them")
	flag.IntVar(&o.invoices, "invoices", 0, "invoices in the base")
	flag.IntVar(&o.rows, "rows", 20_000, "rows of the file that is imported; 0 leaves out import and export")
	flag.IntVar(&o.rounds, "rounds", 3, "how often each operation is measured")
	flag.DurationVar(&o.lasts, "lasts", 2*time.Second, "how long each time")
	flag.StringVar(&o.database, "database", "", "PostgreSQL to measure on, an empty database; without it SQLite")
	flag.StringVar(&o.top, "top", "..", "the product's checkout")
	flag.StringVar(&o.keep, "keep", "", "directory for binary and data, absolute; used again if it is filled already: SQLite's by a copy")
	flag.StringVar(&o.metrics, "metrics-addr", "", "address of the server's metrics, for who wants to look on")
	flag.StringVar(&o.profiles, "profiles", "", "directory for a profile of the server's CPU for each operation (wants -metrics-addr, and -lasts of whole seconds)")
	flag.StringVar(&o.only, "only", "", "regular expression of the operations that are measured")
	flag.StringVar(&o.growth, "growth", "", "sizes: measure (a) to (e) with so many contacts each, 10000,100000, and print how the cost grows")
	flag.BoolVar(&o.peer, "peer", false, "ask PocketBase for the same in the same rounds (on SQLite)")
	flag.BoolVar(&o.bare, "bare", false, "be the bare server; the program starts itself so")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := error(nil)
	switch {
	case o.bare:
		err = serveBare()
	case o.growth != "":
		err = growth(ctx, o, os.Stdout)
	default:
		err = measure(ctx, o, os.Stdout, func(*run) error { return nil })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measure does everything, and leaves nothing behind unless it was told to keep it. At the end, the server still there, it shows
// the run to who wants more of it.
func measure(ctx context.Context, o options, out io.Writer, then func(*run) error) (err error) {
	dir := o.keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "entregent-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	p := &product{dir: dir, dsn: o.database}
	if p.binary, err = build(ctx, o.top, dir); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	r := &run{options: o, product: p, out: out}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	defer r.end()
	err = r.among(func() error {
		if err := r.rounds(ctx); err != nil {
			return err
		}
		if err := r.measureBeside(ctx); err != nil {
			return err
		}
		return r.measureAside(ctx)
	})
	if err != nil {
		return err
	}
	if err := then(r); err != nil {
		return err
	}
	return r.report(ctx)
}

// filled reports whether the product's base was filled by an earlier run.
func (o options) filled(p *product) bool {
	_, err := os.Stat(filepath.Join(o.keep, "filled"+p.suffix()))
	return o.keep != "" && err == nil
}

// note says on standard error what is going on.
func note(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }
