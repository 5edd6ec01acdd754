// Package stories tests the program from outside: scripts start the real binary and talk to it by command line,
// signals and HTTP, on both engines.
//
// testdata/both/*.txt run on SQLite and on PostgreSQL, testdata/once/*.txt where the engine does not matter. Besides
// testscript's own commands they know those of commands_test.go. Rules are tested where they stand, in the rooms;
// here only what needs a process.
package stories

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// corpusOfMails is the directory of the mails that package message is tested with.
var corpusOfMails, _ = filepath.Abs("../../internal/inbound/message/testdata/corpus")

// spreadsheets is the directory of the files that a spreadsheet program has saved.
var spreadsheets, _ = filepath.Abs("../../internal/transfer/testdata/libreoffice")

// binary is the directory of the program, built once.
var binary string

func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == measuring {
		os.Exit(measure(os.Args[2], os.Args[3:]))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if binary, err = os.MkdirTemp("", "entregent-stories"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(binary)
	build := exec.Command("go", "build", "-ldflags", "-X main.version=v0-story", "-o", binary, "../../cmd/entregent")
	if out, err := build.CombinedOutput(); err != nil {
		println(string(out))
		return 1
	}
	return m.Run()
}

func TestStories(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			folders := []string{"both"}
			if engine == "sqlite" {
				folders = append(folders, "once")
			}
			for _, folder := range folders {
				stories(t, engine, filepath.Join("testdata", folder, "*.txt"))
			}
		})
	}
}

// stories runs each script in a database of its own.
func stories(t *testing.T, engine, pattern string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories in %s: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			testscript.Run(t, testscript.Params{
				Files:               []string{file},
				RequireExplicitExec: true,
				RequireUniqueNames:  true,
				Cmds:                commands,
				Setup: func(e *testscript.Env) error {
					e.Setenv("PATH", binary+string(filepath.ListSeparator)+e.Getenv("PATH"))
					e.Setenv("ENTREGENT_DATA", filepath.Join(e.WorkDir, "var"))
					e.Setenv("CORPUS", corpusOfMails)
					e.Setenv("SPREADSHEETS", spreadsheets)
					if o.DSN != "" {
						e.Setenv("ENTREGENT_DATABASE", o.DSN)
					}
					// Hashing is tested in its room; here it would only take time.
					e.Setenv("ENTREGENT_PASSWORD_PASSES", "1")
					e.Setenv("ENTREGENT_PASSWORD_MEMORY", "8")
					e.Values[serving{}] = &servers{running: map[string]*server{}, windows: map[string]*http.Client{}, t: t}
					e.Defer(func() { e.Values[serving{}].(*servers).end() })
					return nil
				},
			})
		})
	}
}
