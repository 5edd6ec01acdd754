package walks_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/test/browser"
)

// The staff of the demo.
const (
	nadia   = "nadia.kessler@brenval.example"    // admin of the school
	rachel  = "rachel.moreau@brenval.example"    // officer of the school
	helene  = "helene.sorel@orvane.example"      // admin of the vendor
	camille = "camille.esteve@entregent.example" // admin of both
)

// walk runs a walk beside others, on a product of its own that is filled with the demo; with ENTREGENT_TEST_FULL on
// both engines, one after the other.
func walk(t *testing.T, do func(t *testing.T, at *product)) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(engine, func(t *testing.T) { do(t, start(t, engine)) })
	}
}

func engines() []string {
	if os.Getenv("ENTREGENT_TEST_FULL") != "" {
		return []string{"sqlite", "postgres"}
	}
	return []string{"sqlite"}
}

// walkByMail is walk on a product whose letters leave by a mail server.
func walkByMail(t *testing.T, do func(t *testing.T, at *product, server *mailtest.Server)) {
	walkByMailServer(t, mailtest.Options{}, do)
}

// walkByMailServer is walkByMail with a server that behaves so.
func walkByMailServer(t *testing.T, o mailtest.Options, do func(t *testing.T, at *product, server *mailtest.Server)) {
	t.Parallel()
	for _, engine := range engines() {
		t.Run(engine, func(t *testing.T) {
			server := mailtest.Start(t, o)
			do(t, startWith(t, engine, server), server)
		})
	}
}

// product is a running installation with the demo's two workspaces.
type product struct {
	address   string
	engine    string
	store     config.Store
	passwords map[string]string // by the e-mail address that signs in
	known     map[string][]*http.Cookie
	config    config.Config       // of startBy's
	mails     string              // where answers by mail come in, "" when they do not
	letters   *mailtest.Server    // where letters arrive, for who has asked for that
	pass      func(time.Duration) // puts the clock forward, where it can be
}

// start serves until the test ends.
func start(t testing.TB, engine string) *product { return startWith(t, engine, nil) }

// startWith is start with a mail server, by which letters leave; nil = they stay in the demo's outbox.
func startWith(t testing.TB, engine string, server *mailtest.Server) *product {
	t.Helper()
	c := settings(filepath.Join(t.TempDir(), "var"))
	if engine == "sqlite" {
		unpack(t, c.Store.Data, filled)
	} else {
		c.Store.Database = sqldbtest.Options(t, engine).DSN
	}
	demo := app.Options{Demo: true, Out: io.Discard, Log: quiet()}
	if server != nil {
		if engine != "sqlite" {
			a, err := app.Start(t.Context(), c, demo)
			if err := errors.Join(err, stop(a)); err != nil {
				t.Fatal(app.Explain(err))
			}
		}
		demo.Demo, c.Mail.From = false, "entregent@brenval.example"
		if err := c.Mail.SMTP.UnmarshalText([]byte(server.URL())); err != nil {
			t.Fatal(err)
		}
	}
	a, err := app.Start(t.Context(), c, demo)
	if err != nil {
		t.Fatal(app.Explain(err))
	}
	t.Cleanup(func() {
		if err := stop(a); err != nil {
			t.Error(err)
		}
	})
	return &product{address: a.BaseURL(), engine: engine, store: c.Store, passwords: signIns(t, c.Store.Data), known: map[string][]*http.Cookie{}}
}

func stop(a *app.App) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return a.Stop(ctx)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// settings are those of an installation in a directory, with quick passwords and a quick queue.
func settings(dir string) config.Config {
	c := config.Default()
	c.Store.Data = dir
	c.Server.Addr, c.Server.BaseURL = "127.0.0.1:0", "http://127.0.0.1:0"
	c.Passwords.Passes, c.Passwords.Memory = 1, 8
	return c
}

// filled is the data directory of an installation on SQLite that has the demo: what lies in it, by path.
// Making it takes seconds, copying it none.
var filled = sync.OnceValues(func() (map[string][]byte, error) { return fill(nil) })

// fill makes the demo as of the moment that a clock says; nil = now.
func fill(clock func() time.Time) (files map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "entregent-walks-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	a, err := app.Start(context.Background(), settings(dir), app.Options{Demo: true, Out: io.Discard, Log: quiet(), Clock: clock})
	if err != nil {
		return nil, err
	}
	if err := stop(a); err != nil {
		return nil, err
	}
	files = make(map[string][]byte)
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			files[path], err = os.ReadFile(filepath.Join(dir, path))
		}
		return err
	})
	return files, err
}

func unpack(t testing.TB, dir string, filled func() (map[string][]byte, error)) {
	t.Helper()
	files, err := filled()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// signIns reads who signs in with which password, as the owner finds it in the data directory.
func signIns(t testing.TB, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "demo-sign-ins.txt"))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) >= 3 && strings.Contains(words[1], "@") {
			list[words[1]] = words[2]
		}
	}
	return list
}

// school and vendor are addresses in the back office of the demo's workspaces.
func (at *product) school(path string) string { return at.address + "/brenval/office" + path }
func (at *product) vendor(path string) string { return at.address + "/orvane/office" + path }

// as opens a window for somebody of the staff who is signed in.
func (at *product) as(t testing.TB, who string, options ...browser.Option) *browser.Page {
	t.Helper()
	page := browser.Window(t, options...)
	for _, c := range at.signIn(t, who) {
		page.SetCookie(at.address, c)
	}
	return page
}

// signIn signs somebody in behind the browser, once a product, and gives the cookies. TestSignIn does it by hand.
func (at *product) signIn(t testing.TB, who string) []*http.Cookie {
	t.Helper()
	if at.known[who] == nil {
		at.known[who] = at.signInAnew(t, who)
	}
	return at.known[who]
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

// signInAnew begins a session of its own.
func (at *product) signInAnew(t testing.TB, who string) []*http.Cookie {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	form := url.Values{"email": {who}, "password": {at.passwords[who]}}
	ask, err := http.NewRequest(http.MethodPost, at.address+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ask.Header.Set("User-Agent", firefox)
	r, err := client.Do(ask)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	here, _ := url.Parse(at.address)
	if r.StatusCode != http.StatusOK || r.Request.URL.Path == "/sign-in" {
		t.Fatalf("%s does not get in: %d at %s", who, r.StatusCode, r.Request.URL.Path)
	}
	at.told(t)
	return jar.Cookies(here)
}

// told waits until what has happened so far stands in the bells, the sign-in too: a page that is opened after it shows all of it.
func (at *product) told(t testing.TB) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Options{Path: at.store.SQLite(), DSN: at.store.Database, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	patience := time.After(20 * time.Second)
	for waits := 1; waits > 0; {
		err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
			waits, err = sqldb.One(t.Context(), tx, sqldb.Value[int], `SELECT count(*) FROM notice_event`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-patience:
			t.Fatalf("%d events are still to be told", waits)
		}
	}
}

// asAnew is as with a session that no other window has, for walks that end it.
func (at *product) asAnew(t *testing.T, who string, options ...browser.Option) *browser.Page {
	t.Helper()
	page := browser.Window(t, options...)
	for _, c := range at.signInAnew(t, who) {
		page.SetCookie(at.address, c)
	}
	return page
}
