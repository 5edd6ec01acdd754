package mail

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestSend(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		t.Run("a letter that the server takes is sent, once, and its kind is told in the same transaction", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{}, nil)
			s.accepted = func(ctx context.Context, tx *sqldb.Tx, l Letter) error {
				if n, err := sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM letter WHERE id = $1 AND state = 'sent'`, l.ID); err != nil || n != 1 {
					t.Error(n, err)
				}
				return nil
			}
			letter := s.queue(t)
			s.runAll(t)
			s.want(t, letter, Sent, 1, "")
			taken := s.server.Letters()
			if len(taken) != 1 || taken[0].From != "entregent@example.org" || len(taken[0].To) != 1 || taken[0].To[0] != "camille.garnier@example.com" || s.taken.Load() != 1 {
				t.Errorf("%d taken, %d told", len(taken), s.taken.Load())
			}
		})
		t.Run("no for good is the end; its reason is kept without anybody's address", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{Rcpt: func(to string) error {
				return mailtest.Refuse(550, "5.1.1 <"+to+">: user camille.garnier unknown here, ask postmaster@example.com")
			}}, nil)
			letter := s.queue(t)
			s.runAll(t)
			s.want(t, letter, Refused, 1, "550 5.1.1 <…>: user … unknown here, ask …")
			if s.taken.Load() != 0 {
				t.Error("told as accepted")
			}
			late := newScene(t, db, clock, mailtest.Options{Data: func(mailtest.Letter, func()) error { return mailtest.Refuse(554, "spam") }}, nil)
			letter = late.queue(t)
			late.runAll(t)
			late.want(t, letter, Refused, 1, "554 spam")
		})
		t.Run("no for now is tried again, with the same Message-ID, until it is too often", func(t *testing.T) {
			var tries atomic.Int64
			var ids []string
			s := newScene(t, db, clock, mailtest.Options{
				Rcpt: func(string) error {
					if tries.Add(1) == 1 {
						return mailtest.Refuse(450, "greylisted")
					}
					return nil
				},
				Data: func(l mailtest.Letter, _ func()) error {
					ids = append(ids, l.Read(t).Header.Get("Message-ID"))
					if tries.Load() == 2 {
						return mailtest.Refuse(451, "full")
					}
					return nil
				},
			}, nil)
			letter := s.queue(t)
			s.run(t)
			s.want(t, letter, Queued, 1, "450 greylisted")
			clock.Pass(2 * time.Second)
			s.run(t)
			s.want(t, letter, Queued, 2, "451 full")
			s.runAll(t)
			s.want(t, letter, Sent, 3, "")
			if want := "<" + letter.String() + "@contacts.example.org>"; len(ids) != 2 || ids[0] != want || ids[1] != want {
				t.Errorf("%q, want %s", ids, want)
			}
			never := newScene(t, db, clock, mailtest.Options{Rcpt: func(string) error { return mailtest.Refuse(450, "later") }}, nil)
			letter = never.queue(t)
			never.runAll(t)
			never.want(t, letter, Refused, 3, "450 later")
		})
		t.Run("a server that does not want our address is tried again: its owner mends that", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{Mail: func(string) error { return mailtest.Refuse(553, "not yours") }}, nil)
			letter := s.queue(t)
			s.run(t)
			s.want(t, letter, Queued, 1, "mail.reason.sender")
			if l := s.letter(t, letter); l.Why(french) != french.Text("mail.reason.sender") {
				t.Error(l.Why(french))
			}
			s.runAll(t)
		})
		t.Run("what became void is withdrawn, and nothing goes out", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{}, nil)
			for _, err := range []error{ErrWithdrawn, fault.Missing()} {
				s.facts = func(Letter) (Facts, error) { return Facts{}, err }
				letter := s.queue(t)
				s.runAll(t)
				s.want(t, letter, Withdrawn, 0, "")
			}
			letter := s.queue(t)
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error { return Withdraw(ctx, tx, letter) })
			s.runAll(t)
			if n := len(s.server.Letters()); n != 0 {
				t.Error(n)
			}
		})
		t.Run("whoever has no address is refused; what cannot be written is tried again", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{}, nil)
			s.facts = func(Letter) (Facts, error) { return Facts{P: french}, nil }
			letter := s.queue(t)
			s.runAll(t)
			s.want(t, letter, Refused, 1, "mail.reason.no_address")
			s.facts = func(Letter) (Facts, error) { return Facts{}, errors.New("Camille's secret") }
			letter = s.queue(t)
			s.runAll(t)
			s.want(t, letter, Refused, 3, "mail.reason.internal")
		})
		t.Run("without a mail server letters wait; with one they go", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{}, nil)
			working := s.post.o.Transport
			s.over(t, nil)
			letter := s.queue(t)
			s.runAll(t)
			s.want(t, letter, Queued, 0, "")
			if !s.post.Waits() || s.readable(t) {
				t.Error("it does not say so")
			}
			s.over(t, working)
			s.runAll(t)
			s.want(t, letter, Sent, 1, "")
		})
		t.Run("the outbox of a demo takes every letter and lets it be read", func(t *testing.T) {
			s := &scene{db: db, clock: clock}
			s.over(t, Outbox{})
			letter := s.queue(t)
			s.runAll(t)
			s.want(t, letter, Sent, 1, "")
			if !s.readable(t) || s.post.Waits() {
				t.Error("it does not say so")
			}
		})
		t.Run("as soon as the installation holds more than a demo, its outbox takes no letter and lets none be read", func(t *testing.T) {
			s := &scene{db: db, clock: clock}
			alone := true
			s.over(t, Outbox{Alone: func(context.Context, *sqldb.Tx) (bool, error) { return alone, nil }})
			taken := s.queue(t)
			s.runAll(t)
			s.want(t, taken, Sent, 1, "")
			alone = false
			letter := s.queue(t)
			s.runAll(t)
			s.want(t, letter, Refused, 3, "mail.reason.demo")
			if s.readable(t) {
				t.Error("it says that they can be read")
			}
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				_, _, err := s.post.Read(t.Context(), tx, admin(1), taken)
				return err
			})
			if !fault.Is(err, fault.NotFound) {
				t.Error("it is read:", err)
			}
		})
	})
}

func TestAccidents(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		t.Run("a connection cut after the letter was given over: it is sent again with the same Message-ID", func(t *testing.T) {
			var ids []string
			s := newScene(t, db, clock, mailtest.Options{Data: func(l mailtest.Letter, hangUp func()) error {
				ids = append(ids, l.Read(t).Header.Get("Message-ID"))
				if len(ids) == 1 {
					hangUp()
				}
				return nil
			}}, nil)
			letter := s.queue(t)
			s.run(t)
			s.want(t, letter, Queued, 1, "mail.reason.lost")
			s.runAll(t)
			s.want(t, letter, Sent, 2, "")
			if len(ids) != 2 || ids[0] != ids[1] || s.taken.Load() != 1 {
				t.Errorf("%q, told %d times", ids, s.taken.Load())
			}
		})
		t.Run("the same letter is the same bytes", func(t *testing.T) {
			m := Message{ID: "a-b@c", From: addr(t, "a@b.example"), To: addr(t, "c@d.example"), ToName: "Zoé", Subject: "É", Text: "a", HTML: "b", Date: 1}
			one, _ := m.bytes()
			two, err := m.bytes()
			if err != nil || string(one) != string(two) {
				t.Errorf("%v\n%s\n%s", err, one, two)
			}
		})
		t.Run("a node that stops between acceptance and its note sends the same Message-ID again", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{}, nil)
			letter := s.queue(t)
			m := look(t, db, func(ctx context.Context, tx *sqldb.Tx) (Message, error) {
				return s.post.Compose(ctx, tx, s.letter(t, letter))
			})
			if err := s.post.o.Transport.Send(t.Context(), m); err != nil { // and then the power goes
				t.Fatal(err)
			}
			s.runAll(t)
			s.want(t, letter, Sent, 1, "")
			taken := s.server.Letters()
			if len(taken) != 2 || taken[0].Read(t).Header.Get("Message-ID") != taken[1].Read(t).Header.Get("Message-ID") {
				t.Error(len(taken))
			}
		})
		t.Run("while the database cannot note it, the letter is not sent again", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{}, nil)
			broken := true
			s.accepted = func(context.Context, *sqldb.Tx, Letter) error {
				if broken {
					return errors.New("no space left")
				}
				return nil
			}
			letter := s.queue(t)
			s.run(t)
			s.want(t, letter, Queued, 0, "")
			broken = false
			s.runAll(t)
			s.want(t, letter, Sent, 1, "")
			if n := len(s.server.Letters()); n != 1 || len(s.post.taken) != 0 {
				t.Error(n, s.post.taken)
			}
		})
		t.Run("a kept connection that died is replaced at once, without counting", func(t *testing.T) {
			cut := make(chan func(), 1)
			s := newScene(t, db, clock, mailtest.Options{Data: func(_ mailtest.Letter, hangUp func()) error {
				cut <- hangUp
				return nil
			}}, nil)
			first := s.queue(t)
			s.run(t)
			(<-cut)()
			second := s.queue(t)
			s.run(t)
			s.want(t, first, Sent, 1, "")
			s.want(t, second, Sent, 1, "")
			if n := s.server.Connections(); n != 2 {
				t.Errorf("%d connections", n)
			}
		})
		t.Run("letters share connections", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{}, nil)
			for range 20 {
				s.queue(t)
			}
			s.run(t)
			if n := s.server.Connections(); n > 2 || len(s.server.Letters()) != 20 {
				t.Errorf("%d connections for %d letters", n, len(s.server.Letters()))
			}
		})
		t.Run("a server that is not there, or that never answers, is not waited for long", func(t *testing.T) {
			nobody := func(server *Server) { server.Host, server.Port = mute(t) }
			s := newScene(t, db, clock, mailtest.Options{}, func(server *Server) {
				nobody(server)
				server.Answer = 20 * time.Millisecond
			})
			letter := s.queue(t)
			s.run(t)
			s.want(t, letter, Queued, 1, "mail.reason.timeout")
			s.runAll(t)
			s.want(t, letter, Refused, 3, "mail.reason.timeout")
			gone := newScene(t, db, clock, mailtest.Options{}, nil)
			gone.server.Stop()
			letter = gone.queue(t)
			gone.run(t)
			gone.want(t, letter, Queued, 1, "mail.reason.unreachable")
			gone.runAll(t)
		})
		t.Run("letters to a server that hangs leave half of the workers to other work", func(t *testing.T) {
			s := newScene(t, db, clock, mailtest.Options{}, func(server *Server) { server.Host, server.Port = mute(t) })
			for range 8 {
				s.queue(t)
			}
			done := make(chan struct{}, 4)
			job.Register(s.runner, 4, func(context.Context, *sqldb.DB, other) error {
				done <- struct{}{}
				return nil
			})
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				return job.EnqueueAll(ctx, tx, make([]other, 4), job.Opts{})
			})
			s.runner.Start()
			for range 4 {
				<-done
			}
			if err := s.runner.Stop(t.Context()); err != nil { // which cuts off the tries that hang
				t.Error(err)
			}
			n := look(t, db, func(ctx context.Context, tx *sqldb.Tx) (int, error) {
				return sqldb.One(ctx, tx, sqldb.Value[int], `SELECT count(*) FROM letter WHERE state = 'queued' AND attempts = 0`)
			})
			if n != 8 {
				t.Errorf("%d letters unharmed, want 8", n)
			}
			change(t, db, func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM job`)
				return err
			})
		})
	})
}

// other is work that does not wait for the mail server.
type other struct{}

func (other) Kind() string { return "test.other" }

// mute is where a server takes connections and never says a word.
func mute(t *testing.T) (host string, port int) {
	t.Helper()
	s := mailtest.Start(t, mailtest.Options{Mute: true})
	return s.Host, s.Port
}

func TestEncryption(t *testing.T) {
	const user, password = "entregent", "très-secret"
	try := func(t *testing.T, o mailtest.Options, change func(*Server)) (*scene, id.Letter) {
		clock := sqldbtest.NewClock()
		s := newScene(t, sqldbtest.Open(t, "sqlite", clock.Now), clock, o, change)
		letter := s.queue(t)
		s.run(t)
		return s, letter
	}
	t.Run("STARTTLS with a sign-in", func(t *testing.T) {
		s, letter := try(t, mailtest.Options{TLS: true, User: user, Password: password}, func(s *Server) {
			s.Encryption, s.User, s.Password = StartTLS, user, password
		})
		s.want(t, letter, Sent, 1, "")
	})
	t.Run("TLS from the first byte with a sign-in", func(t *testing.T) {
		s, letter := try(t, mailtest.Options{Implicit: true, User: user, Password: password}, func(s *Server) {
			s.Encryption, s.User, s.Password = Implicit, user, password
		})
		s.want(t, letter, Sent, 1, "")
	})
	t.Run("a server without TLS, or whose certificate nobody vouches for, gets no letter", func(t *testing.T) {
		s, letter := try(t, mailtest.Options{}, func(s *Server) { s.Encryption = StartTLS })
		s.want(t, letter, Queued, 1, "mail.reason.tls")
		for _, encryption := range []Encryption{StartTLS, Implicit} {
			s, letter = try(t, mailtest.Options{TLS: encryption == StartTLS, Implicit: encryption == Implicit}, func(s *Server) { s.Encryption, s.TLS = encryption, nil })
			s.want(t, letter, Queued, 1, "mail.reason.tls")
		}
		if n := len(s.server.Letters()); n != 0 {
			t.Error(n)
		}
	})
	t.Run("a wrong password is tried again: the owner mends it; it stands in no reason and in no error", func(t *testing.T) {
		s, letter := try(t, mailtest.Options{TLS: true, User: user, Password: "another"}, func(s *Server) {
			s.Encryption, s.User, s.Password = StartTLS, user, password
		})
		s.want(t, letter, Queued, 1, "mail.reason.sign_in")
		m := look(t, s.db, func(ctx context.Context, tx *sqldb.Tx) (Message, error) {
			return s.post.Compose(ctx, tx, s.letter(t, letter))
		})
		err := s.post.o.Transport.Send(t.Context(), m)
		var f *Failure
		if !errors.As(err, &f) || f.Final || strings.Contains(err.Error(), password) || !strings.Contains(err.Error(), "535") {
			t.Error(err)
		}
		s, letter = try(t, mailtest.Options{TLS: true}, func(s *Server) { s.Encryption, s.User, s.Password = StartTLS, user, password })
		s.want(t, letter, Queued, 1, "mail.reason.sign_in")
	})
}

func (s *scene) readable(t *testing.T) (readable bool) {
	t.Helper()
	err := s.db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		readable, err = s.post.Readable(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return readable
}
