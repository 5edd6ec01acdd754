// Command report runs `go test -json` with the arguments it is given and prints what a person wants to read:
// one line a package, everything that a failed test said, nothing of what passed. It counts tests; it is not
// a test framework and changes nothing of how they run.
//
//	go run ./test/report [-log FILE] [-count FILE] [-no-skips] -- GO-TEST-ARGUMENTS...
//
// It exits 1 when anything failed, when nothing ran, and with -no-skips when anything was skipped.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	log := flag.String("log", "", "also write go test's JSON lines to this `file`")
	count := flag.String("count", "", "write «passed failed skipped» to this `file`")
	noSkips := flag.Bool("no-skips", false, "a skipped test is a failure")
	flag.Parse()
	tally, err := run(".", os.Stdout, *log, *noSkips, flag.Args())
	if err == nil && *count != "" {
		err = os.WriteFile(*count, fmt.Appendf(nil, "%d %d %d\n", tally.Passed, tally.Failed, tally.Skipped), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(2)
	}
	if tally.Failed > 0 {
		os.Exit(1)
	}
}

// run starts go test in dir and reads its events to the end. What go test itself writes to standard error, before
// there is a package to speak of, goes through unchanged.
func run(dir string, out io.Writer, log string, noSkips bool, args []string) (Tally, error) {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return Tally{}, err
	}
	var events io.Reader = pipe
	if log != "" {
		file, err := os.Create(log)
		if err != nil {
			return Tally{}, err
		}
		defer file.Close()
		events = io.TeeReader(pipe, file)
	}
	if err := cmd.Start(); err != nil {
		return Tally{}, err
	}
	report := NewReport(out, noSkips)
	readErr := report.Read(events)
	io.Copy(io.Discard, pipe) // so that go test never waits for a reader that gave up
	waitErr := cmd.Wait()
	if readErr != nil {
		return Tally{}, readErr
	}
	return report.End(waitErr), nil
}
