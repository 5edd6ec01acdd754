package web_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/web"
)

// journal is what was logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
	seen chan struct{}
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer func() { j.seen <- struct{}{} }()
	return j.text.Write(b)
}

// next waits for the next record.
func (j *journal) next(t *testing.T) string {
	t.Helper()
	select {
	case <-j.seen:
	case <-time.After(time.Minute):
		t.Fatal("nothing was logged")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	defer j.text.Reset()
	return j.text.String()
}

// newSite is a site of a few routes that anybody may ask for.
func newSite(t *testing.T, db *sqldb.DB, pace web.Pace, routes ...web.Route) (*web.Site, *journal) {
	t.Helper()
	j := &journal{seen: make(chan struct{}, 100)}
	log, key, limits := slog.New(slog.NewTextHandler(j, nil)), secret.New(), login.DefaultLimits()
	base, err := url.Parse("http://entregent.example")
	if err != nil {
		t.Fatal(err)
	}
	s, err := web.New(web.Options{
		DB: db, Secret: key, BaseURL: base, Log: log, Limits: limits, Store: login.NewStore(db, limits, log), Pace: pace, BodyLimit: 1000,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Mount(routes...)
	return s, j
}

// onWire serves the site with deadlines, and gives a connection on which the text was sent.
func onWire(t *testing.T, s *web.Site, pace web.Pace, text string) net.Conn {
	t.Helper()
	server := httptest.NewUnstartedServer(s)
	server.Config.ReadTimeout, server.Config.WriteTimeout = pace.Read, pace.Write
	server.Start()
	t.Cleanup(server.Close)
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClientsThatLeave(t *testing.T) {
	db := sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now)
	left := make(chan struct{})
	endless := web.Route{Pattern: "GET /help", Door: web.Anybody, Handle: func(r *web.Request) error {
		return r.Download("a.csv", "text/csv", func(w io.Writer) error {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return fmt.Errorf("export: %w", err)
				}
			}
		})
	}}
	waiting := web.Route{Pattern: "GET /setup", Door: web.Anybody, Handle: func(r *web.Request) error {
		close(left)
		<-r.Context().Done()
		return r.Context().Err()
	}}
	accident := web.Route{Pattern: "GET /static/accident", Door: web.Anybody, Handle: func(*web.Request) error {
		far := &net.OpError{Op: "read", Net: "tcp", Source: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7)}, Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 8)}, Err: io.ErrClosedPipe}
		return errors.Join(errors.New("upload"), fmt.Errorf("part: %w", far))
	}}
	s, log := newSite(t, db, web.Pace{}, endless, waiting, accident)
	t.Run("a download that is broken off is a 499 in the log, without an error and without an address", func(t *testing.T) {
		c := onWire(t, s, web.Pace{}, "GET /help HTTP/1.1\r\nHost: entregent.example\r\n\r\n")
		if _, err := io.CopyN(io.Discard, c, 1000); err != nil {
			t.Fatal(err)
		}
		c.Close()
		if got := log.next(t); !strings.Contains(got, "status=499") || strings.Contains(got, "ERROR") || strings.Contains(got, "127.0.0.1") {
			t.Error(got)
		}
	})
	t.Run("so is a page that nobody waits for", func(t *testing.T) {
		c := onWire(t, s, web.Pace{}, "GET /setup HTTP/1.1\r\nHost: entregent.example\r\n\r\n")
		<-left
		c.Close()
		if got := log.next(t); !strings.Contains(got, "status=499") || strings.Contains(got, "ERROR") || strings.Contains(got, "127.0.0.1") {
			t.Error(got)
		}
	})
	t.Run("an accident on a connection is told without its addresses", func(t *testing.T) {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "http://entregent.example/static/accident", nil))
		got := log.next(t)
		if w.Code != http.StatusInternalServerError || !strings.Contains(got, "closed pipe") || strings.Contains(got, "192.0.2") {
			t.Error(w.Code, got)
		}
	})
}

func TestSlowBodies(t *testing.T) {
	db := sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now)
	pace := web.Pace{Read: 200 * time.Millisecond, Write: time.Minute}
	read := func(r *web.Request) error {
		if _, err := r.ReadForm(""); err != nil {
			return err
		}
		return r.Text(http.StatusOK, "read")
	}
	s, log := newSite(t, db, pace,
		web.Route{Pattern: "POST /help", Door: web.Anybody, Handle: read}, web.Route{Pattern: "POST /setup", Door: web.Anybody, Handle: read, Body: 1 << 20})
	for path, body := range map[string]string{"/help": "a form", "/setup": "a large file"} {
		t.Run(body+" whose rest does not come is answered with 408 and a sentence", func(t *testing.T) {
			c := onWire(t, s, pace, "POST "+path+" HTTP/1.1\r\nHost: entregent.example\r\nAccept-Language: en\r\n"+
				"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\na=b")
			if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			wire := bufio.NewReader(c)
			answer, err := http.ReadResponse(wire, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil || answer.StatusCode != http.StatusRequestTimeout || !answer.Close || !strings.Contains(string(text), "did not arrive in time") {
				t.Error(answer.StatusCode, err, string(text))
			}
			if _, err := wire.ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the connection stays open for the rest", err)
			}
			if got := log.next(t); !strings.Contains(got, "status=408") || strings.Contains(got, "127.0.0.1") {
				t.Error(got)
			}
		})
	}
}

// clocked is an answer that notes the deadlines it was given.
type clocked struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (c *clocked) SetReadDeadline(t time.Time) error  { c.read = append(c.read, t); return nil }
func (c *clocked) SetWriteDeadline(t time.Time) error { c.write = append(c.write, t); return nil }

func TestPace(t *testing.T) {
	db := sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now)
	pace := web.Pace{Read: time.Hour, Write: 2 * time.Hour, Slowest: 10}
	s, _ := newSite(t, db, pace,
		web.Route{Pattern: "POST /setup", Door: web.Anybody, Body: 1 << 20, Handle: func(r *web.Request) error {
			_, err := io.Copy(io.Discard, struct{ io.Reader }{r.Body})
			return errors.Join(err, r.Text(http.StatusOK, "read"))
		}},
		web.Route{Pattern: "GET /help", Door: web.Anybody, Handle: func(r *web.Request) error {
			return r.Download("a", "text/csv", func(w io.Writer) error {
				_, err := w.Write(make([]byte, 36_000))
				return err
			})
		}})
	// near allows for the time that the test itself takes.
	near := func(at time.Time, want time.Duration) bool {
		d := time.Until(at) - want
		return d > -10*time.Minute && d <= 0
	}
	t.Run("a file that comes in moves its deadline by a second for as many bytes as may be sent at least", func(t *testing.T) {
		w := &clocked{ResponseRecorder: httptest.NewRecorder()}
		h := httptest.NewRequest("POST", "http://entregent.example/setup", io.MultiReader(bytes.NewReader(make([]byte, 32_000)), bytes.NewReader(make([]byte, 4_000))))
		s.ServeHTTP(w, h)
		n := len(w.read)
		if n < 3 || !near(w.read[0], time.Hour) || !near(w.read[n-2], 2*time.Hour) || !w.read[n-1].IsZero() || !near(w.write[n-1], 2*time.Hour) {
			t.Error(w.read, w.write)
		}
	})
	t.Run("and so does a file that goes out", func(t *testing.T) {
		w := &clocked{ResponseRecorder: httptest.NewRecorder()}
		s.ServeHTTP(w, httptest.NewRequest("GET", "http://entregent.example/help", nil))
		if n := len(w.write); n < 2 || !near(w.write[0], 2*time.Hour) || !near(w.write[n-1], 3*time.Hour) || !near(w.read[n-1], 3*time.Hour) {
			t.Error(w.read, w.write)
		}
	})
	t.Run("a form of the usual size moves none", func(t *testing.T) {
		w := &clocked{ResponseRecorder: httptest.NewRecorder()}
		s.ServeHTTP(w, httptest.NewRequest("GET", "http://entregent.example/help/none", nil))
		if len(w.read)+len(w.write) > 0 {
			t.Error(w.read, w.write)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	db := sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now)
	many := fault.New(fault.TooMany, "fault.too_many", "Wait", 90*time.Second)
	s, _ := newSite(t, db, web.Pace{},
		web.Route{Pattern: "GET /help", Door: web.Anybody, Handle: func(*web.Request) error { return many }},
		web.Route{Pattern: "GET /setup", Door: web.Anybody, Handle: func(r *web.Request) error {
			form := r.NewForm("")
			form.Error = fault.As(many)
			return r.Render(http.StatusTooManyRequests, form.Summary())
		}})
	t.Run("whoever is told to wait is told how long, as a page of its own and beside the form", func(t *testing.T) {
		for _, path := range []string{"/help", "/setup"} {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", "http://entregent.example"+path, nil))
			if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "90" {
				t.Error(path, w.Code, w.Header())
			}
		}
	})
}

func TestLifetimesOfCookies(t *testing.T) {
	db := sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now)
	log, key, limits := slog.New(slog.DiscardHandler), secret.New(), login.DefaultLimits()
	limits.BrowserLifetime = 100 * time.Second
	base, err := url.Parse("http://entregent.example")
	if err != nil {
		t.Fatal(err)
	}
	s, err := web.New(web.Options{
		DB: db, Secret: key, BaseURL: base, Log: log, Limits: limits, Store: login.NewStore(db, limits, log), ToastLifetime: 7 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Mount(web.Route{Pattern: "GET /help", Door: web.Anybody, Handle: func(r *web.Request) error {
		r.Toast("web.refused.start")
		r.SetLanguage("fr")
		return r.SignIn(login.Entry{Browser: "known"})
	}})
	t.Run("what a browser remembers lasts as long as the configuration says", func(t *testing.T) {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "http://entregent.example/help", nil))
		want := map[string]int{"browser": 100, "author": 100, "language": 100, "toast": 7}
		for _, c := range w.Result().Cookies() {
			if seconds, ok := want[c.Name]; ok && c.MaxAge == seconds {
				delete(want, c.Name)
			}
		}
		if len(want) > 0 {
			t.Error(want, w.Header()["Set-Cookie"])
		}
	})
}

func TestFullDisk(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		fill := func(ctx context.Context, tx *sqldb.Tx) error {
			if db.Engine() == "postgres" {
				_, err := tx.Exec(ctx, `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'no space left on device'; END $$`)
				return err
			}
			if _, err := tx.Exec(ctx, `PRAGMA max_page_count = 1`); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `CREATE TABLE filler (content BLOB)`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO filler (content) VALUES (zeroblob(100000))`)
			return err
		}
		s, log := newSite(t, db, web.Pace{}, web.Route{Pattern: "POST /help", Door: web.Anybody, Handle: func(r *web.Request) error {
			return r.Update(func(tx *sqldb.Tx) error { return fill(r.Context(), tx) })
		}})
		t.Run("a full disk is answered with 507 and the request's number, in the reader's language", func(t *testing.T) {
			for language, want := range map[string]string{"fr": "stockage", "en": "storage"} {
				w := httptest.NewRecorder()
				h := httptest.NewRequest("POST", "http://entregent.example/help", nil)
				h.Header.Set("Accept-Language", language)
				s.ServeHTTP(w, h)
				record := log.next(t)
				_, number, _ := strings.Cut(record, "request=")
				number, _, _ = strings.Cut(number, " ")
				if w.Code != http.StatusInsufficientStorage || !strings.Contains(w.Body.String(), want) || number == "" || !strings.Contains(w.Body.String(), number) {
					t.Error(w.Code, record, w.Body.String())
				}
			}
		})
	})
}
