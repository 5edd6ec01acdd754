package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// product is the binary with a place of its own for the data.
type product struct {
	binary string
	dir    string // everything that a run leaves behind is in it
	dsn    string // PostgreSQL; "" = SQLite in dir
	copied bool   // the data is a copy, which the run may change
	served *exec.Cmd
	ended  chan error
}

// The workspace that is filled, and its admin.
const (
	slug     = "bench"
	email    = "bench@brenval.example"
	password = "quatre-vingts moutons violets"
)

// build compiles the product as `make build` does.
func build(ctx context.Context, top, dir string) (string, error) {
	binary := filepath.Join(dir, "entregent")
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X main.version=bench", "-o", binary, "./cmd/entregent")
	c.Dir, c.Stderr = top, os.Stderr
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	return binary, c.Run()
}

// command is a sub-command on the product's data. Only what is set here is configured: the figures are those of
// the defaults.
func (p *product) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.binary, args...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = time.Minute
	c.Env = []string{"HOME=" + p.dir, "TMPDIR=" + p.dir, "ENTREGENT_DATA=" + p.data(), "ENTREGENT_DATABASE=" + p.dsn}
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} // nothing outlives the measurement
	c.Stderr = os.Stderr
	return c
}

// data is the product's directory: as it was filled, or the copy that is worked on.
func (p *product) data() string {
	if p.copied {
		return filepath.Join(p.dir, "work")
	}
	return filepath.Join(p.dir, "data")
}

// copyOf puts a directory's copy in the place of another, so that each run finds what the first one found.
func copyOf(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-a", "--reflink=auto", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy: %w\n%s", err, out)
	}
	return nil
}

// renew brings a kept base to this program's tables, unless it is of them already.
func (p *product) renew(ctx context.Context, top string) error {
	names, err := filepath.Glob(filepath.Join(top, "internal/sqldb/migrations/*.sql"))
	if err != nil {
		return err
	}
	newest, mark := fmt.Sprint(len(names)), filepath.Join(p.dir, "tables"+p.suffix())
	if before, err := os.ReadFile(mark); err == nil && string(before) == newest {
		return nil
	}
	if _, _, err := p.serve(ctx, "", ""); err != nil {
		return err
	}
	if err := p.stop(); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte(newest), 0o600)
}

// suffix tells an engine's marks from the other's.
func (p *product) suffix() string {
	if p.dsn != "" {
		return ".postgres"
	}
	return ""
}

func (p *product) sqlite() string { return filepath.Join(p.data(), "entregent.db") }

// spent is what a sub-command that ended took.
type spent struct {
	took, cpu time.Duration
	peak      int64 // bytes that were resident at once
	memory    int64 // the most of them that are no file's (RssAnon)
}

// do runs a sub-command to its end.
func (p *product) do(ctx context.Context, out io.Writer, args ...string) (spent, error) {
	c := p.command(ctx, args...)
	c.Stdout = out
	began := time.Now()
	if err := c.Start(); err != nil {
		return spent{}, err
	}
	var memory int64
	end := process(c.Process.Pid).watch(&memory)
	err := c.Wait()
	if end(); err != nil {
		return spent{}, fmt.Errorf("entregent %s: %w", args[0], err)
	}
	s := spent{memory: memory, took: time.Since(began), cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	if used, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.peak = used.Maxrss << 10
	}
	return s, nil
}

// fill makes the workspace and its invented people.
func (p *product) fill(ctx context.Context, o options) (spent, error) {
	secret := filepath.Join(p.dir, "password")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o600); err != nil {
		return spent{}, err
	}
	_, err := p.do(ctx, io.Discard, "setup", "--workspace", slug, "--name", "École Brenval", "--kind", "school",
		"--admin-email", email, "--admin-name", "Anne Martin", "--password-file", secret)
	for i := 0; i < atOnce && err == nil; i++ { // each in a workspace of their own
		_, err = p.do(ctx, io.Discard, "workspace", "add", fmt.Sprintf("bench-%d", i), "--name", "Banc "+letters(i), "--kind", "school",
			"--admin-email", colleague(i), "--admin-name", "Paul Roy", "--password-file", secret)
	}
	if err != nil {
		return spent{}, err
	}
	return p.do(ctx, io.Discard, "sample", "--workspace", slug, "--organizations", fmt.Sprint(o.organizations), "--contacts", fmt.Sprint(o.contacts),
		"--requests", fmt.Sprint(o.requests), "--comments", fmt.Sprint(o.comments), "--invoices", fmt.Sprint(o.invoices))
}

// colleague is one of those who sign in at once.
func colleague(i int) string { return fmt.Sprintf("bench.%d@brenval.example", i%atOnce) }

var servesOn = regexp.MustCompile(`serves on http://([^\s;]+)`)

// serve starts the server on a free port, with a mail server, and gives its address and process.
func (p *product) serve(ctx context.Context, metrics, smtp string) (host string, server process, err error) {
	log, err := os.Create(filepath.Join(p.dir, "log"))
	if err != nil {
		return "", 0, err
	}
	defer log.Close()
	c := p.command(ctx, "serve", "--addr", "127.0.0.1:0", "--base-url", "http://127.0.0.1:0")
	if smtp != "" {
		c.Args = append(c.Args, "--smtp", smtp, "--mail-from", email)
	}
	// New lines of the history are sealed soon after they are written, so that it counts where it belongs.
	c.Env = append(c.Env, "ENTREGENT_SEAL_INTERVAL=1", "ENTREGENT_API_REQUESTS=0", "ENTREGENT_TRUSTED_PROXIES=127.0.0.0/8", "ENTREGENT_METRICS_ADDR="+metrics)
	c.Stderr = log
	out, err := c.StdoutPipe()
	if err != nil {
		return "", 0, err
	}
	if err := c.Start(); err != nil {
		return "", 0, err
	}
	p.served, p.ended = c, make(chan error, 1)
	// The tables of a large base that an older program filled take their time.
	patience := time.AfterFunc(15*time.Minute, func() { out.Close() })
	defer patience.Stop()
	for lines := bufio.NewScanner(out); host == "" && lines.Scan(); {
		if m := servesOn.FindStringSubmatch(lines.Text()); m != nil {
			host = m[1]
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.ended <- c.Wait()
	}()
	if host == "" {
		text, _ := os.ReadFile(log.Name())
		return "", 0, fmt.Errorf("the server did not start: %w\n%s", p.stop(), text)
	}
	return host, process(c.Process.Pid), nil
}

// stop ends the server as Ctrl-C does, and waits for it.
func (p *product) stop() error {
	if p.served == nil {
		return nil
	}
	err := p.served.Process.Signal(os.Interrupt)
	p.served = nil
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	return errors.Join(err, <-p.ended)
}
