package mail

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

var french = locale.For(locale.French, locale.Company, locale.School, nil)

// base is where people reach the installation in these tests.
var base = &url.URL{Scheme: "https", Host: "contacts.example.org:8443"}

func addr(t testing.TB, s string) email.Address {
	t.Helper()
	a, err := email.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// scene is a post over a mail server, with one kind of letters, «trial».
type scene struct {
	db       *sqldb.DB
	clock    *sqldbtest.Clock
	server   *mailtest.Server
	post     *Post
	runner   *job.Runner
	facts    func(l Letter) (Facts, error)
	accepted func(ctx context.Context, tx *sqldb.Tx, l Letter) error
	taken    atomic.Int64 // calls of Accepted
}

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

func newScene(t testing.TB, db *sqldb.DB, clock *sqldbtest.Clock, o mailtest.Options, change func(*Server)) *scene {
	t.Helper()
	s := &scene{db: db, clock: clock, server: mailtest.Start(t, o)}
	server := Server{Host: s.server.Host, Port: s.server.Port, Encryption: NoTLS, Answer: 10 * time.Second, TLS: &tls.Config{RootCAs: s.server.Roots}}
	if change != nil {
		change(&server)
	}
	s.over(t, NewSMTP(server))
	return s
}

// over makes the post and its runner over a transport.
func (s *scene) over(t testing.TB, transport Transport) {
	t.Helper()
	s.facts = func(Letter) (Facts, error) {
		return Facts{
			To: addr(t, "camille.garnier@example.com"), Name: "Camille Garnier", P: french, From: "École Brenval",
			Values: map[string]string{"name": "Camille Garnier", "workspace": "École Brenval"},
		}, nil
	}
	s.post = NewPost(Options{
		BaseURL: base, From: addr(t, "entregent@example.org"), Transport: transport, Parallel: 2, Attempts: 3, Log: silent,
		Colleague: func(_ context.Context, _ *sqldb.Tx, l Letter) (Facts, error) {
			return Facts{To: addr(t, "nadia@example.org"), Name: "Nadia Kessler", P: locale.For(l.Language, locale.Practice, locale.Vendor, nil), From: "Orvane"}, nil
		},
	})
	s.post.Add(Kind{
		Name: "trial", Own: true, Coded: true, Variables: []string{"name", "workspace"},
		Facts: func(_ context.Context, _ *sqldb.Tx, l Letter) (Facts, error) { return s.facts(l) },
		Accepted: func(ctx context.Context, tx *sqldb.Tx, l Letter) error {
			s.taken.Add(1)
			if s.accepted == nil {
				return nil
			}
			return s.accepted(ctx, tx, l)
		},
	})
	if s.db != nil {
		s.runner = job.New(s.db, job.Options{Log: silent})
		s.post.Register(s.runner)
	}
	t.Cleanup(s.post.Close)
}

// queue adds a letter to a contact of workspace 1, which is made when it is missing.
func (s *scene) queue(t *testing.T) id.Letter {
	t.Helper()
	return queue(t, s.db, New{Kind: "trial", Contact: id.NewContact()})
}

// run has everything done that is due.
func (s *scene) run(t *testing.T) {
	t.Helper()
	if _, err := s.runner.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// runAll has everything done, however long it waits for its next try.
func (s *scene) runAll(t *testing.T) {
	t.Helper()
	for range 10 {
		s.run(t)
		s.clock.Pass(25 * time.Hour)
	}
}

func (s *scene) letter(t *testing.T, letter id.Letter) Letter {
	t.Helper()
	return look(t, s.db, func(ctx context.Context, tx *sqldb.Tx) (Letter, error) { return get(ctx, tx, letter) })
}

// want looks at a letter's end.
func (s *scene) want(t *testing.T, letter id.Letter, state State, attempts int, reason string) {
	t.Helper()
	if l := s.letter(t, letter); l.State != state || l.Attempts != attempts || l.Reason != reason {
		t.Errorf("%s after %d tries, %q; want %s after %d, %q", l.State, l.Attempts, l.Reason, state, attempts, reason)
	}
}
