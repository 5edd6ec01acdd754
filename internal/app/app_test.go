package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// settings are those of an installation of the test's own on the engine, with quick passwords.
func settings(t *testing.T, engine string) config.Config {
	t.Helper()
	o := sqldbtest.Options(t, engine)
	c := config.Default()
	c.Store.Data, c.Store.Database = filepath.Join(t.TempDir(), "var"), o.DSN
	c.Server.Addr = "127.0.0.1:0"
	c.Passwords.Passes, c.Passwords.Memory = 1, 8
	return c
}

func start(t *testing.T, c config.Config, o app.Options) *app.App {
	t.Helper()
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a, err := app.Start(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func stop(t *testing.T, a *app.App) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := a.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func fetch(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// each runs the test on both engines.
func each(t *testing.T, test func(t *testing.T, c config.Config)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, settings(t, engine))
		})
	}
}

var profiling sync.Mutex

func TestStart(t *testing.T) {
	each(t, func(t *testing.T, c config.Config) {
		c.Server.MetricsAddr = "127.0.0.1:0"
		var out, log bytes.Buffer
		a := start(t, c, app.Options{Out: &out, Version: "v9", Log: app.Logger(config.Log{Level: "info", Format: "json"}, &log)})

		t.Run("it is well and ready, whatever the host is called", func(t *testing.T) {
			for _, path := range []string{"/healthz", "/readyz"} {
				if status, _ := fetch(t, "http://"+a.Addr()+path); status != http.StatusOK {
					t.Errorf("%s: %d", path, status)
				}
			}
		})
		t.Run("port 0 in the base URL is the port that was found", func(t *testing.T) {
			if a.BaseURL() != "http://"+a.Addr() {
				t.Error(a.BaseURL(), a.Addr())
			}
		})
		t.Run("an empty installation names the set-up page and its word", func(t *testing.T) {
			if !strings.Contains(out.String(), a.BaseURL()+"/setup with the word ") {
				t.Error(out.String())
			}
		})
		t.Run("metrics count requests by route and status, commits and jobs", func(t *testing.T) {
			status, body := fetch(t, "http://"+a.MetricsAddr()+"/metrics")
			if status != http.StatusOK {
				t.Fatal(status)
			}
			for _, want := range []string{
				`entregent_http_requests_total{route="GET /readyz",status="200"} 1`, `version="v9"`, "entregent_database_commits_total ", "go_goroutines ",
			} {
				if !strings.Contains(body, want) {
					t.Errorf("no %s in\n%s", want, body)
				}
			}
			for _, other := range []string{"/", "/debug/pprof/", "/debug/pprof/cmdline", "/debug/pprof/heap"} {
				if status, _ := fetch(t, "http://"+a.MetricsAddr()+other); status != http.StatusNotFound {
					t.Errorf("%s: %d", other, status)
				}
			}
		})
		t.Run("beside them stands where the processors' time goes, and nowhere else", func(t *testing.T) {
			profiling.Lock() // a process makes one profile at a time
			defer profiling.Unlock()
			const profile = "/debug/pprof/profile?seconds=1"
			if status, body := fetch(t, "http://"+a.MetricsAddr()+profile); status != http.StatusOK || !strings.HasPrefix(body, "\x1f\x8b") {
				t.Errorf("%d, %.40q", status, body)
			}
			if status, _ := fetch(t, a.BaseURL()+profile); status != http.StatusNotFound {
				t.Errorf("among the pages: %d", status)
			}
		})
		stop(t, a)
		t.Run("the log has one record a request", func(t *testing.T) {
			routes := 0
			for line := range strings.Lines(log.String()) {
				var record map[string]any
				if err := json.Unmarshal([]byte(line), &record); err != nil {
					t.Fatalf("%q: %v", line, err)
				}
				if record["msg"] == "request" {
					routes++
				}
			}
			if routes != 3 {
				t.Error(log.String())
			}
		})
	})
}

func TestDefects(t *testing.T) {
	var log bytes.Buffer
	defer locale.OnDefect(nil)
	stop(t, start(t, settings(t, "sqlite"), app.Options{Log: app.Logger(config.Log{Level: "info", Format: "json"}, &log)}))
	t.Run("a hole in the catalogue is told to the log, by its key alone", func(t *testing.T) {
		locale.For(locale.French, locale.Organization, locale.School, nil).Text("absent.key", "Name", "Jeanne")
		if !strings.Contains(log.String(), `"key":"absent.key"`) || strings.Contains(log.String(), "Jeanne") {
			t.Error(log.String())
		}
	})
}

func TestFiles(t *testing.T) {
	c := settings(t, "sqlite")
	stop(t, start(t, c, app.Options{Demo: true}))
	t.Run("what is kept is for its owner alone", func(t *testing.T) {
		info, err := os.Stat(c.Store.Data)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Error(info, err)
		}
		for _, name := range []string{"entregent.db", "secret", "demo-sign-ins.txt"} {
			if info, err := os.Stat(filepath.Join(c.Store.Data, name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Error(name, info, err)
			}
		}
	})
}

func TestRefusedStarts(t *testing.T) {
	refused := func(t *testing.T, c config.Config, want string) {
		t.Helper()
		_, err := app.Start(t.Context(), c, app.Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
		if !app.IsCallers(err) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hush") {
			t.Errorf("no line about the configuration alone: %q", err)
		}
	}
	t.Run("a data directory that is a file is a matter of configuration", func(t *testing.T) {
		c := settings(t, "sqlite")
		if err := os.WriteFile(c.Store.Data, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, c, app.ErrConfiguration.Error()+": data directory")
	})
	t.Run("so is a secret that is open to everybody", func(t *testing.T) {
		c := settings(t, "sqlite")
		c.Store.SecretFile = filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(c.Store.SecretFile, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		refused(t, c, app.ErrConfiguration.Error()+": secret file")
	})
	t.Run("so is an address that is taken", func(t *testing.T) {
		c := settings(t, "sqlite")
		a := start(t, c, app.Options{})
		defer stop(t, a)
		c.Server.Addr = a.Addr()
		refused(t, c, "listen: ")
	})
	t.Run("so is a PostgreSQL that is not there, and its password is not told", func(t *testing.T) {
		c := settings(t, "sqlite")
		for _, dsn := range []string{
			"postgres://e:hush@127.0.0.1:1/e?sslmode=prefer", "host=127.0.0.1 port=1 user=e password=hush", "postgres://e:hush@127.0.0.1:1/e?sslmode=hush",
			"host=127.0.0.1 port=nine password='hush",
		} {
			c.Store.Database = dsn
			refused(t, c, "open database: ")
		}
	})
	t.Run("so is a database that is none", func(t *testing.T) {
		c := settings(t, "sqlite")
		if err := os.MkdirAll(c.Store.Data, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(c.Store.SQLite(), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, c, "open database: ")
	})
}

func TestSetup(t *testing.T) {
	each(t, func(t *testing.T, c config.Config) {
		b, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		first := app.NewWorkspace{Slug: "brenval", Name: "École Brenval", Kind: "school", Language: "fr", AdminEmail: "anne@brenval.example", AdminName: "Anne Martin", Password: "kleiner grauer Regenschirm"}
		t.Run("everything that is wrong is said at once", func(t *testing.T) {
			err := b.Setup(t.Context(), app.NewWorkspace{Slug: "x", Kind: "circus", AdminEmail: "Ã", Password: "123"})
			for _, want := range []string{"slug: ", "kind: ", "admin email: ", "admin name: ", "password: "} {
				if err == nil || !strings.Contains(app.Explain(err), want) {
					t.Errorf("no %s in %v", want, err)
				}
			}
		})
		t.Run("the first set-up makes a workspace, the second is refused", func(t *testing.T) {
			if err := b.Setup(t.Context(), first); err != nil {
				t.Fatal(err)
			}
			again := first
			again.Slug = "another"
			if err := b.Setup(t.Context(), again); err == nil {
				t.Error("made")
			}
		})
		t.Run("a further workspace takes an admin who has a login, or a new one", func(t *testing.T) {
			known := app.NewWorkspace{Slug: "orvane", Name: "Orvane", Kind: "vendor", AdminEmail: first.AdminEmail}
			fresh := app.NewWorkspace{Slug: "third", Name: "Third", Kind: "vendor", AdminEmail: "paul@third.example", AdminName: "Paul", Password: first.Password}
			for _, in := range []app.NewWorkspace{known, fresh} {
				if err := b.AddWorkspace(t.Context(), in); err != nil {
					t.Error(in.Slug, app.Explain(err))
				}
			}
			list, err := b.Workspaces(t.Context())
			if err != nil || len(list) != 3 || fmt.Sprint(list[0].Slug, list[1].Slug, list[2].Slug) != "brenvalorvanethird" {
				t.Error(list, err)
			}
		})
	})
}
