package surface

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// outage stands between the program and PostgreSQL, and can be cut.
type outage struct {
	listener net.Listener
	to       string // the server's own socket
	mu       sync.Mutex
	cut      bool
	open     map[net.Conn]bool
}

func (o *outage) serve() {
	for {
		c, err := o.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", o.to)
		if err != nil {
			c.Close()
			continue
		}
		o.mu.Lock()
		if o.cut {
			c.Close()
			server.Close()
		} else {
			o.open[c], o.open[server] = true, true
			go pipe(c, server)
			go pipe(server, c)
		}
		o.mu.Unlock()
	}
}

func pipe(to, from net.Conn) {
	io.Copy(to, from) //nolint:errcheck // it ends when it is cut
	to.Close()
	from.Close()
}

// set cuts all that runs through, or lets it through again.
func (o *outage) set(cut bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cut = cut
	if cut {
		for c := range o.open {
			c.Close()
		}
		clear(o.open)
	}
}

func TestPostgresGoesAndComesBack(t *testing.T) {
	o := sqldbtest.Options(t, "postgres")
	u, err := url.Parse(o.DSN)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	away := &outage{to: filepath.Join(q.Get("host"), ".s.PGSQL.5432"), open: map[net.Conn]bool{}}
	dir, err := os.MkdirTemp("", "pg") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if away.listener, err = net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432")); err != nil {
		t.Fatal(err)
	}
	defer away.listener.Close()
	go away.serve()
	q.Set("host", dir)
	q.Set("application_name", q.Get("search_path")) // so that the test ends its own connections alone
	u.RawQuery = q.Encode()
	clock := sqldbtest.NewClock()
	db, err := sqldb.Open(t.Context(), sqldb.Options{DSN: u.String(), Readers: 8, Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := furnish(t, db, clock)
	b := in.as(in.school.admin)
	var numbers []string
	for round := range often(3, 20) {
		numbers = append(numbers, in.load(t, b, 6, func(acknowledged func() int) {
			until(t, "some writes", func() bool { return acknowledged() > 10 })
			away.set(true)
			until(t, "an accident", func() bool { return b.again().get("/brenval/office").status == http.StatusInternalServerError })
			if ready, well := in.browser().get("/readyz"), in.browser().get("/healthz"); ready.status != http.StatusServiceUnavailable || well.status != http.StatusOK {
				t.Errorf("round %d: without database /readyz says %d, /healthz %d", round, ready.status, well.status)
			}
			_, a := in.create(b.again())
			in.accident(t, a, "a write")
			away.set(false)
			now := acknowledged()
			until(t, "writes go on", func() bool { return acknowledged() > now+10 })
		})...)
		t.Run(fmt.Sprint("the server ends all connections, ", round), func(t *testing.T) {
			numbers = append(numbers, in.load(t, b, 6, func(acknowledged func() int) {
				until(t, "some writes", func() bool { return acknowledged() > 10 })
				end(t, o)
				now := acknowledged()
				until(t, "writes go on", func() bool { return acknowledged() > now+10 })
			})...)
		})
		t.Run(fmt.Sprint("connections that were ended while nobody used them are not used again, ", round), func(t *testing.T) {
			end(t, o)
			for range 20 {
				if _, a := in.create(b); a.status != http.StatusSeeOther {
					t.Errorf("status %d", a.status)
				}
			}
		})
	}
	in.kept(t, b, numbers)
	in.whole(t)
}

// end is what a server that stops does to its connections: to those of the test's own schema.
func end(t *testing.T, o sqldb.Options) {
	t.Helper()
	own, err := sqldb.Open(t.Context(), sqldb.Options{DSN: o.DSN, Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	u, err := url.Parse(o.DSN)
	if err != nil {
		t.Fatal(err)
	}
	schema := u.Query().Get("search_path")
	err = own.View(t.Context(), func(tx *sqldb.Tx) error {
		_, err := sqldb.List(t.Context(), tx, sqldb.Value[bool], `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()`, schema)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRestartedPostgres restarts a server of the test's own, gently and by force, while the program writes.
func TestRestartedPostgres(t *testing.T) {
	if !full {
		return // TestPostgresGoesAndComesBack stands for it
	}
	where, err := exec.Command("../../scripts/postgres", "where").Output()
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	environment := append(os.Environ(), "ENTREGENT_TEST_POSTGRES="+home+"/s")
	if err := os.Chmod(home, 0o711); err != nil {
		t.Fatal(err)
	}
	script := func(what string) string {
		cmd := exec.Command("../../scripts/postgres", what)
		cmd.Env, cmd.Stderr = environment, os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(what, err)
		}
		return strings.TrimSpace(string(out))
	}
	dsn := script("start")
	defer os.RemoveAll(home)
	defer script("stop")
	clock := sqldbtest.NewClock()
	db, err := sqldb.Open(t.Context(), sqldb.Options{DSN: dsn + "&synchronous_commit=on", Readers: 8, Clock: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := furnish(t, db, clock)
	b := in.as(in.school.admin)
	var numbers []string
	for _, mode := range []string{"fast", "immediate", "fast", "immediate"} {
		numbers = append(numbers, in.load(t, b, 6, func(acknowledged func() int) {
			until(t, "some writes", func() bool { return acknowledged() > 10 })
			cmd := exec.CommandContext(context.WithoutCancel(t.Context()), filepath.Join(strings.TrimSpace(string(where)), "pg_ctl"), "restart", "--mode="+mode, "--wait", "--silent", "--pgdata="+home+"/s/data", "--log="+home+"/s/data/server.log")
			cmd.Dir = "/"
			if info, err := os.Stat(home + "/s/data"); err == nil && os.Geteuid() == 0 {
				owner := info.Sys().(*syscall.Stat_t)
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
			now := acknowledged()
			until(t, "writes go on", func() bool { return acknowledged() > now+10 })
		})...)
	}
	in.kept(t, b, numbers)
	in.whole(t)
}
