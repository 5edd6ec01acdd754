package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reportOn writes a module with the given test file, runs it for real and gives what was printed and counted.
func reportOn(t *testing.T, noSkips bool, source string) (string, Tally) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module sample\n\ngo 1.26\n", "sample_test.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	tally, err := run(dir, &out, filepath.Join(dir, "log.jsonl"), noSkips, []string{"-count=1", "./..."}) // another checkout may have had the same
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "log.jsonl")); err != nil {
		t.Error("no log was kept:", err)
	}
	return out.String(), tally
}

const head = "package sample\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nvar _ = os.Exit\n\n"

func TestReport(t *testing.T) {
	cases := []struct {
		name    string
		source  string
		noSkips bool
		want    Tally
		says    []string
		silent  []string
	}{
		{
			name: "a test with subtests is counted through them, and what passed says nothing",
			source: head + `func TestA(t *testing.T) { t.Run("one", func(t *testing.T) { t.Log("quiet") }); t.Run("two", func(t *testing.T) {}) }
				func TestB(t *testing.T) {}`,
			want: Tally{Passed: 3}, says: []string{"ok  ", "sample (3 passed)"}, silent: []string{"quiet", "TestA"},
		}, {
			name:   "a failed subtest is counted once and shown whole",
			source: head + `func TestA(t *testing.T) { t.Run("one", func(t *testing.T) { t.Error("wrong colour") }); t.Run("two", func(t *testing.T) {}) }`,
			want:   Tally{Passed: 1, Failed: 1}, says: []string{"wrong colour", "--- FAIL: TestA/one", "FAIL ", "1 passed, 1 failed"}, silent: []string{"=== RUN", "--- FAIL: TestA ("},
		}, {
			name:   "a parent that fails alone is counted itself",
			source: head + `func TestA(t *testing.T) { t.Run("one", func(t *testing.T) {}); t.Error("wrong after all") }`,
			want:   Tally{Passed: 1, Failed: 1}, says: []string{"wrong after all"},
		}, {
			name: "a skipped test is named with its reason",
			source: head + `func TestA(t *testing.T) { t.Skip("no hammer: buy one") }
				func TestB(t *testing.T) {}`,
			want: Tally{Passed: 1, Skipped: 1}, says: []string{"skip sample TestA: no hammer: buy one"},
		}, {
			name:   "a skipped test is a failure where nothing may be left out",
			source: head + `func TestA(t *testing.T) { t.Skip("no hammer") }`, noSkips: true,
			want: Tally{Failed: 1}, says: []string{"no hammer"},
		}, {
			name:   "a package that does not build is one failure, with the compiler's words",
			source: head + `func TestA(t *testing.T) { undefinedThing() }`,
			want:   Tally{Failed: 1}, says: []string{"undefined: undefinedThing", "FAIL "},
		}, {
			name: "a panic is a failure, with its trace",
			source: head + `func TestA(t *testing.T) { panic("out of tea") }
				func TestB(t *testing.T) {}`,
			want: Tally{Failed: 1}, says: []string{"out of tea", "sample_test.go:"},
		}, {
			name:   "a package whose TestMain gives up is one failure, with what it said",
			source: head + `func TestMain(m *testing.M) { println("no harbour"); os.Exit(3) }`,
			want:   Tally{Failed: 1}, says: []string{"no harbour"},
		}, {
			name:   "a run without a single test has failed",
			source: "package sample\n",
			want:   Tally{Failed: 1}, says: []string{"no test ran"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out, tally := reportOn(t, c.noSkips, c.source)
			if tally != c.want {
				t.Errorf("counted %+v, want %+v", tally, c.want)
			}
			for _, s := range c.says {
				if !strings.Contains(out, s) {
					t.Errorf("does not say %q", s)
				}
			}
			for _, s := range c.silent {
				if strings.Contains(out, s) {
					t.Errorf("should not say %q", s)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

func TestEnd(t *testing.T) {
	t.Run("go test's own failure counts when no package failed", func(t *testing.T) {
		var out bytes.Buffer
		r := NewReport(&out, false)
		lines := `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n" + `{"Action":"pass","Package":"p","Elapsed":0.1}` + "\n"
		if err := r.Read(strings.NewReader("go: a warning\n" + lines)); err != nil {
			t.Fatal(err)
		}
		if got, want := r.End(errors.New("exit status 1")), (Tally{Passed: 1, Failed: 1}); got != want {
			t.Errorf("counted %+v, want %+v", got, want)
		}
		if !strings.HasPrefix(out.String(), "go: a warning\n") {
			t.Errorf("a line that is no event was lost: %s", fmt.Sprintf("%q", out.String()))
		}
	})
}
