package surface

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// program builds the program once and gives its path, which anybody may execute.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "entregent-surface")
	if err != nil {
		return "", err
	}
	built = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "entregent")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/entregent").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

var built string // the directory of the program, "" while there is none

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // thousands of pages are read and forgotten; memory is there
	status := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(status)
}

// plant is a program's place: its data and its database, which outlive it.
type plant struct {
	t           *testing.T
	data        string
	environment []string
	options     sqldb.Options
	credential  *syscall.Credential // nil = as the tests themselves
}

func newPlant(t *testing.T, engine string) *plant {
	t.Helper()
	data := filepath.Join(t.TempDir(), "var")
	p := &plant{t: t, data: data, options: sqldbtest.Options(t, engine)}
	p.environment = append(os.Environ(), "ENTREGENT_DATA="+data, "ENTREGENT_PASSWORD_PASSES=1", "ENTREGENT_PASSWORD_MEMORY=8", "ENTREGENT_DATABASE=")
	if p.options.DSN != "" {
		u, err := url.Parse(p.options.DSN)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("synchronous_commit", "on") // which the tests' server has switched off
		u.RawQuery = q.Encode()
		p.options.DSN = u.String()
		p.environment = append(p.environment, "ENTREGENT_DATABASE="+p.options.DSN)
	} else {
		p.options.Path = filepath.Join(data, "entregent.db")
	}
	return p
}

func (p *plant) command(args ...string) *exec.Cmd {
	p.t.Helper()
	path, err := program()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Dir = p.environment, "/"
	if p.credential != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential}
	}
	return cmd
}

// setUp makes a school with an admin.
func (p *plant) setUp(t *testing.T) {
	t.Helper()
	setup := p.command("setup", "--workspace=brenval", "--name=École Brenval", "--kind=school", "--admin-email=anne@brenval.example", "--admin-name=Anne Martin", "--password-file=-")
	setup.Stdin = strings.NewReader(password + "\n")
	if out, err := setup.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// running is a program that serves.
type running struct {
	*exec.Cmd
	base string
	said *bytes.Buffer // on standard error
}

var serves = regexp.MustCompile(`serves on (http://[^\s;]+)`)

func (p *plant) serve(more ...string) *running {
	p.t.Helper()
	r := &running{Cmd: p.command(append([]string{"serve", "--addr=127.0.0.1:0", "--base-url=http://127.0.0.1:0"}, more...)...), said: &bytes.Buffer{}}
	r.Stderr = r.said
	out, err := r.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := r.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { r.Process.Kill() }) //nolint:errcheck // it may have ended
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := serves.FindStringSubmatch(lines.Text()); m != nil {
			r.base = m[1]
			go io.Copy(io.Discard, out) //nolint:errcheck // until it ends
			return r
		}
	}
	p.t.Fatalf("it does not serve: %v\n%s", r.Wait(), r.said)
	return nil
}

// client signs in as the plant's admin, in a browser with the cookies of an earlier life if there was one.
func (r *running) client(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := c.PostForm(r.base+"/sign-in", url.Values{"email": {"anne@brenval.example"}, "password": {password}})
	if err != nil || a.StatusCode != http.StatusSeeOther {
		t.Fatal(a, err)
	}
	a.Body.Close()
	return c
}

// TestKill: what was acknowledged outlives kill -9 in the midst of writing, all of it, on both engines.
func TestKill(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, engine)
			p.setUp(t)
			var acknowledged []string
			numbers := int64(0)
			for range often(3, 40) {
				r := p.serve()
				acknowledged = append(acknowledged, r.writeUntilKilled(t, &numbers)...)
			}
			if len(acknowledged) < 60 {
				t.Errorf("only %d writes were acknowledged", len(acknowledged))
			}
			r := p.serve()
			p.holds(t, acknowledged)
			if err := r.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if err := r.Wait(); err != nil {
				t.Errorf("stopped: %v\n%s", err, r.said)
			}
		})
	}
}

// writeUntilKilled adds organisations, each with a contact, in six windows until enough were acknowledged, and then ends the program amid
// the others.
func (r *running) writeUntilKilled(t *testing.T, numbers *int64) (acknowledged []string) {
	t.Helper()
	c := r.client(t)
	var mu sync.Mutex
	var all sync.WaitGroup
	enough := make(chan struct{})
	var once sync.Once
	for range 6 {
		all.Go(func() {
			for {
				mu.Lock()
				*numbers++
				number := siret(*numbers)
				mu.Unlock()
				a, err := c.PostForm(r.base+"/brenval/office/organizations", url.Values{"name": {"Forges " + number}, "siret": {number}, "submission": {id.NewJob().String()}})
				if err != nil {
					return // it is dead
				}
				a.Body.Close()
				if a.StatusCode != http.StatusSeeOther {
					t.Errorf("status %d", a.StatusCode)
					return
				}
				mu.Lock()
				if acknowledged = append(acknowledged, number); len(acknowledged) == 25 {
					once.Do(func() { close(enough) })
				}
				mu.Unlock()
				person := url.Values{"civility": {"ms"}, "family_name": {"Le Gall"}, "given_name": {"Anne"}, "phone": {"02 61 91 40 10"}, "email": {"anne@corvenne.example"}}
				if a, err = c.PostForm(r.base+a.Header.Get("Location"), person); err != nil {
					return
				}
				a.Body.Close()
				if a.StatusCode != http.StatusSeeOther {
					t.Errorf("a contact: status %d", a.StatusCode)
				}
			}
		})
	}
	<-enough
	if err := r.Process.Kill(); err != nil {
		t.Error(err)
	}
	all.Wait()
	if err := r.Wait(); err == nil {
		t.Error("it ended well")
	}
	return acknowledged
}

// verify walks the history, with the key of the program.
func (p *plant) verify(t *testing.T, tx *sqldb.Tx) error {
	t.Helper()
	s, err := secret.Open(filepath.Join(p.data, "secret"))
	if err != nil {
		return err
	}
	for at := (journal.Place{}); ; {
		next, err := journal.Verify(t.Context(), tx, s.Key("journal"), 1, at, 1000)
		if err != nil || next.Seq == at.Seq {
			return err
		}
		at = next
	}
}

// holds looks at the database beside the running program.
func (p *plant) holds(t *testing.T, acknowledged []string) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), p.options)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(t.Context(), func(tx *sqldb.Tx) error {
		list, err := sqldb.List(t.Context(), tx, sqldb.Value[string], `SELECT siret FROM organization WHERE workspace_id = 1`)
		if err != nil {
			return err
		}
		there := map[string]int{}
		for _, number := range list {
			there[number]++
		}
		for _, number := range acknowledged {
			if there[number] != 1 {
				t.Errorf("%s was acknowledged; there are %d of it", number, there[number])
			}
		}
		total, err := sqldb.Total(t.Context(), tx, 1, "organizations")
		if err != nil || total != int64(len(list)) {
			t.Errorf("%d organisations, the total says %d, %v", len(list), total, err)
		}
		made, err := sqldb.One(t.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM journal_line WHERE workspace_id = 1 AND kind = 'organization.created'`)
		if err != nil || made != int64(len(list)) {
			t.Errorf("%d organisations, %d lines in the history, %v", len(list), made, err)
		}
		people, err := sqldb.One(t.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM contact WHERE workspace_id = 1`)
		if err != nil || people == 0 {
			t.Errorf("%d contacts, %v", people, err)
		}
		given, err := sqldb.One(t.Context(), tx, sqldb.Value[int64], `SELECT count(DISTINCT subject_number) FROM journal_line WHERE workspace_id = 1 AND kind = 'contact.created'`)
		if err != nil || given != people {
			t.Errorf("%d contacts, %d numbers were given, %v", people, given, err)
		}
		return p.verify(t, tx)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestUnusableDataDirectory: what the owner must mend is said in one line, with exit status 2, and nothing else happens.
func TestUnusableDataDirectory(t *testing.T) {
	p := newPlant(t, "sqlite")
	if os.Geteuid() == 0 { // root may write everywhere
		p.credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	home, err := os.MkdirTemp("", "entregent-home")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(home)
	data := filepath.Join(home, "var")
	p.environment = append(p.environment, "ENTREGENT_DATA="+data)
	refused := func(t *testing.T, args ...string) {
		t.Helper()
		cmd := p.command(args...)
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 {
			t.Errorf("%v: %v\n%s", args, err, said.String())
		}
		if lines := strings.Count(said.String(), "\n"); lines != 1 || strings.Contains(said.String(), "goroutine") || len(out) > 0 {
			t.Errorf("%v says %q and %q", args, out, said.String())
		}
	}
	serve := []string{"serve", "--addr=127.0.0.1:0", "--base-url=http://127.0.0.1:0"}
	own := func(mode os.FileMode, path string) {
		t.Helper()
		if p.credential != nil {
			if err := os.Chown(path, 65534, 65534); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("a place where none may be made", func(t *testing.T) {
		own(0o500, home)
		refused(t, serve...)
	})
	own(0o700, home)
	t.Run("where one may, it serves", func(t *testing.T) {
		r := p.serve()
		if err := r.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := r.Wait(); err != nil {
			t.Errorf("%v\n%s", err, r.said)
		}
	})
	t.Run("one that turned read-only", func(t *testing.T) {
		list, err := os.ReadDir(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range list {
			own(0o400, filepath.Join(data, file.Name()))
		}
		own(0o500, data)
		refused(t, serve...)
		for _, file := range list {
			own(0o600, filepath.Join(data, file.Name()))
		}
		refused(t, serve...)
		own(0o700, data)
	})
	t.Run("a secret that is broken, or lies open", func(t *testing.T) {
		secret := filepath.Join(data, "secret")
		own(0o644, secret)
		refused(t, serve...)
		own(0o600, secret)
		for _, text := range []string{"", "short", strings.Repeat("\x00", 100)} {
			if err := os.WriteFile(secret, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, serve...)
		}
	})
	t.Run("a database that is none", func(t *testing.T) {
		if err := os.Remove(filepath.Join(data, "secret")); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, "entregent.db"), bytes.Repeat([]byte("rubbish "), 1000), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := p.command(serve...)
		out, err := cmd.CombinedOutput()
		if err == nil || strings.Contains(string(out), "goroutine") || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%v: %s", err, out)
		}
	})
}
