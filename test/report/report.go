package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Event is a line of go test -json, as `go doc cmd/test2json` describes it.
type Event struct {
	Action      string
	Package     string
	ImportPath  string // with build-output, instead of Package
	Test        string // empty when the event speaks of the package
	Elapsed     float64
	Output      string
	FailedBuild string // with a package's fail: whose build-output says why
}

// Tally counts tests. One with subtests is counted through them, and itself only if it alone failed; a
// package that failed with no test to blame (it does not build, it crashed) counts as one failure.
type Tally struct{ Passed, Failed, Skipped int }

func (t *Tally) add(u Tally) {
	t.Passed += u.Passed
	t.Failed += u.Failed
	t.Skipped += u.Skipped
}

// Report turns events into lines for a person.
type Report struct {
	out      io.Writer
	noSkips  bool
	total    Tally
	packages map[string]*packageRun
	builds   map[string]*strings.Builder
}

// packageRun is one run of a package's tests, from its start to its end.
type packageRun struct {
	tally  Tally
	tests  map[string]*test
	output strings.Builder // what belongs to no test
}

// test is one test or subtest.
type test struct {
	output    strings.Builder
	parent    bool // it has subtests
	childFail bool // one of them failed
}

// NewReport makes a report that writes to out; with noSkips a skipped test counts as failed.
func NewReport(out io.Writer, noSkips bool) *Report {
	return &Report{out: out, noSkips: noSkips, packages: map[string]*packageRun{}, builds: map[string]*strings.Builder{}}
}

// Read takes events to their end. A line that is no event is passed on as it is.
func (r *Report) Read(events io.Reader) error {
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e Event
			if json.Unmarshal(line, &e) == nil && e.Action != "" {
				r.take(e)
			} else {
				r.out.Write(line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// End gives the count; err is go test's own end. A run in which no test ran at all has failed, and so has
// one that go test calls failed although every package seemed well.
func (r *Report) End(err error) Tally {
	if r.total == (Tally{}) {
		fmt.Fprintln(r.out, "FAIL no test ran")
		r.total.Failed++
	} else if err != nil && r.total.Failed == 0 {
		fmt.Fprintln(r.out, "FAIL go test:", err)
		r.total.Failed++
	}
	return r.total
}

func (r *Report) take(e Event) {
	switch {
	case e.Action == "build-output":
		if r.builds[e.ImportPath] == nil {
			r.builds[e.ImportPath] = &strings.Builder{}
		}
		r.builds[e.ImportPath].WriteString(e.Output)
	case e.Package == "":
	case e.Test == "":
		r.takePackage(e)
	default:
		r.takeTest(e)
	}
}

func (r *Report) packageOf(e Event) *packageRun {
	p := r.packages[e.Package]
	if p == nil {
		p = &packageRun{tests: map[string]*test{}}
		r.packages[e.Package] = p
	}
	return p
}

func (r *Report) takePackage(e Event) {
	p := r.packageOf(e)
	switch e.Action {
	case "output":
		p.output.WriteString(e.Output)
	case "pass", "skip":
		r.packageLine("ok  ", e, p)
	case "fail":
		r.failPackage(e, p)
		r.packageLine("FAIL", e, p)
	}
}

// failPackage shows what no test has shown yet: a build that failed, a crash, what a test that never ended said.
func (r *Report) failPackage(e Event, p *packageRun) {
	if p.tally.Failed > 0 && len(p.tests) == 0 {
		return
	}
	if b := r.builds[e.FailedBuild]; b != nil {
		io.WriteString(r.out, b.String())
		b.Reset() // once is enough, however many packages need it
	}
	for _, name := range slices.Sorted(maps.Keys(p.tests)) {
		r.show(p.tests[name])
	}
	if e.FailedBuild == "" {
		io.WriteString(r.out, p.output.String())
	}
	if p.tally.Failed == 0 {
		p.tally.Failed++
	}
}

func (r *Report) packageLine(word string, e Event, p *packageRun) {
	delete(r.packages, e.Package)
	r.total.add(p.tally)
	if p.tally == (Tally{}) {
		return // a package without tests is not worth a line
	}
	cached := ""
	if strings.Contains(p.output.String(), "(cached)") {
		cached = ", cached"
	}
	fmt.Fprintf(r.out, "%s %6.1f s  %s (%s%s)\n", word, e.Elapsed, e.Package, p.tally, cached)
}

func (t Tally) String() string {
	s := fmt.Sprintf("%d passed", t.Passed)
	if t.Failed > 0 {
		s += fmt.Sprintf(", %d failed", t.Failed)
	}
	if t.Skipped > 0 {
		s += fmt.Sprintf(", %d skipped", t.Skipped)
	}
	return s
}

func (r *Report) takeTest(e Event) {
	p := r.packageOf(e)
	t := p.tests[e.Test]
	if t == nil {
		t = &test{}
		p.tests[e.Test] = t
		if parent := p.parent(e.Test); parent != nil {
			parent.parent = true
		}
	}
	switch e.Action {
	case "output":
		t.output.WriteString(e.Output)
	case "pass", "fail", "skip":
		r.endTest(e, p, t)
	}
}

// parent is the test that a subtest belongs to, nil for a test at the top.
func (p *packageRun) parent(name string) *test {
	if i := strings.LastIndexByte(name, '/'); i > 0 {
		return p.tests[name[:i]]
	}
	return nil
}

func (r *Report) endTest(e Event, p *packageRun, t *test) {
	delete(p.tests, e.Test)
	failed := e.Action == "fail" || e.Action == "skip" && r.noSkips
	if failed {
		if parent := p.parent(e.Test); parent != nil {
			parent.childFail = true
		}
	}
	switch {
	case failed:
		r.show(t)
		if !t.childFail {
			p.tally.Failed++
		}
	case t.parent:
	case e.Action == "pass":
		p.tally.Passed++
	case e.Action == "skip":
		p.tally.Skipped++
		fmt.Fprintf(r.out, "skip %s %s%s\n", e.Package, e.Test, reason(t.output.String()))
	}
}

// show prints what a test said, without the lines on its coming and going. A test that said nothing itself
// and failed through a subtest is not shown.
func (r *Report) show(t *test) {
	var said []string
	spoke := false
	for line := range strings.Lines(t.output.String()) {
		if !strings.HasPrefix(line, "=== ") {
			said = append(said, line)
			spoke = spoke || !strings.HasPrefix(strings.TrimSpace(line), "--- ")
		}
	}
	if spoke || !t.childFail {
		io.WriteString(r.out, strings.Join(said, ""))
	}
}

// reason is what a skipped test said, on one line.
func reason(output string) string {
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			if _, said, ok := strings.Cut(line, ".go:"); ok {
				_, line, _ = strings.Cut(said, ": ")
			}
			return ": " + line
		}
	}
	return ""
}
