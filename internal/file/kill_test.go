package file_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// receiverEnv names the folder of a program that takes one file in, from its standard input: this one, run by TestKill.
const receiverEnv = "ENTREGENT_TEST_RECEIVER"

func TestMain(m *testing.M) {
	dir := os.Getenv(receiverEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	store, err := file.Open(dir, file.Settings{})
	if err == nil {
		_, err = store.Receive(context.Background(), os.Stdin, "half.pdf")
	}
	if err != nil {
		panic(err)
	}
}

// TestKill: of a file that was on its way when the program was ended by kill -9 nothing is ever seen, and what there was
// of it goes; one that had arrived is whole.
func TestKill(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dir, later := t.TempDir(), time.Duration(0)
			clock := func() time.Time { return time.Now().Add(later) }
			db := sqldbtest.Open(t, engine, clock)
			receive := func(size int64) (*exec.Cmd, io.WriteCloser) {
				t.Helper()
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), receiverEnv+"="+dir)
				in, err := child.StdinPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := child.Start(); err != nil {
					t.Fatal(err)
				}
				if _, err := io.Copy(in, io.LimitReader(zeroes{}, size)); err != nil {
					t.Fatal(err)
				}
				return child, in
			}
			child, in := receive(1 << 20)
			if err := in.Close(); err != nil {
				t.Fatal(err)
			}
			if err := child.Wait(); err != nil {
				t.Fatal(err)
			}
			child, _ = receive(5 << 20) // its end never comes
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := child.Wait(); err == nil {
				t.Fatal("it ended by itself")
			}
			parts, err := filepath.Glob(filepath.Join(dir, "incoming", "*.part"))
			if err != nil || len(parts) != 1 || blobs(t, dir) != 2 {
				t.Fatal(parts, blobs(t, dir), err)
			}
			store := open(t, dir, file.Settings{Clock: clock})
			for _, step := range []struct {
				later time.Duration
				left  int
			}{{59 * time.Minute, 2}, {61 * time.Minute, 0}} { // nobody gave the whole one to an owner
				later = step.later
				if err := store.Sweep(t.Context(), db); err != nil {
					t.Fatal(err)
				}
				if n := blobs(t, dir); n != step.left {
					t.Errorf("%d files after %v, want %d", n, later, step.left)
				}
			}
		})
	}
}
