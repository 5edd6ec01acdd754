package login_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

const next = "marmite girofle 17 essieu"

// letter is one that was queued.
type letter struct {
	kind    string
	login   id.Login
	subject id.UUID
}

// letters are all that were queued, the latest first.
func (h house) letters() (list []letter) {
	h.Helper()
	h.view(func(tx *sqldb.Tx) (err error) {
		list, err = sqldb.List(h.Context(), tx, func(row sqldb.Scanner) (l letter, err error) {
			err = row.Scan(&l.kind, &l.login, &l.subject)
			return l, err
		}, `SELECT kind, login_id, subject_id FROM letter ORDER BY id DESC`)
		return err
	})
	return list
}

// token is the secret of the link that the latest letter carries.
func (h house) token() string {
	h.Helper()
	var path string
	h.view(func(tx *sqldb.Tx) error {
		l, err := link.Get(h.Context(), tx, id.Link{UUID: h.letters()[0].subject})
		path = h.links.Path(l)
		return err
	})
	return path[strings.LastIndexByte(path, '/')+1:]
}

func (h house) recover(typed string) error {
	return h.desk.Recover(h.Context(), login.Recovery{Email: typed})
}

// recovery asks for a link and gives its secret.
func (h house) recovery(l login.Login) string {
	h.Helper()
	if err := h.recover(l.Email.String()); err != nil {
		h.Fatal(err)
	}
	return h.token()
}

func (h house) choose(token, password string) (login.Entry, error) {
	return h.desk.ChoosePassword(h.Context(), login.PasswordChoice{Token: token, New: password})
}

func (h house) opens(p link.Purpose, token string) error {
	return h.db.View(h.Context(), func(tx *sqldb.Tx) error {
		_, _, err := login.OfLink(h.Context(), tx, h.links, p, token)
		return err
	})
}

const over = "not_found login.link.over"

func TestRecover(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene@brenval.example")
		h.rule("the login gets a letter with a link, however its address is written", func(h house) {
			for _, typed := range []string{"helene@brenval.example", " Helene@BRENVAL.example\t"} {
				if err := h.recover(typed); err != nil {
					h.Fatal(err)
				}
				got := h.letters()[0]
				if got.kind != login.LetterPassword || got.login != l.ID || got.subject.IsZero() {
					h.Errorf("%+v", got)
				}
				h.want(h.opens(link.Password, h.token()), "<nil>")
			}
		})
		h.rule("a newer link ends the older", func(h house) {
			older := h.recovery(l)
			newer := h.recovery(l)
			h.want(h.opens(link.Password, older), over)
			h.want(h.opens(link.Password, newer), "<nil>")
		})
		h.rule("no address at all is named and costs nothing", func(h house) {
			h.want(h.recover(" \t"), "invalid email=fault.required")
		})
		h.rule("an address that nobody has, or nobody can have, gets a link that opens nothing", func(h house) {
			for _, typed := range []string{"nobody@brenval.example", "not an address", "a\x00\xff' OR 1=1 --@x.fr" + strings.Repeat("é", 10_000)} {
				if err := h.recover(typed); err != nil {
					h.Fatal(err)
				}
				if got := h.letters()[0]; got.kind != login.LetterPassword || !got.login.IsZero() {
					h.Errorf("%+v", got)
				}
				h.want(h.opens(link.Password, h.token()), over)
				_, err := h.choose(h.token(), next)
				h.want(err, over)
			}
		})
		h.rule("the database keeps no secret of a link", func(h house) {
			token := h.recovery(h.person("secret@brenval.example"))
			h.view(func(tx *sqldb.Tx) error {
				for _, column := range []string{"CAST(digest AS TEXT)", "CAST(id AS TEXT)"} {
					kept, err := sqldb.List(h.Context(), tx, sqldb.Value[string], `SELECT `+column+` FROM login_link`)
					if err != nil || slices.ContainsFunc(kept, func(s string) bool { return strings.Contains(s, token) }) {
						h.Error(column, err)
					}
				}
				return nil
			})
		})
	})
}

// An address with a login and one without are asked for by the same statements, and leave the same rows.
func TestRecoverAlike(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock := sqldbtest.NewClock()
			var statements []string
			o := sqldbtest.Options(t, engine)
			o.Clock = clock.Now
			o.Trace = func(query string, _ []any) { statements = append(statements, strings.Join(strings.Fields(query), " ")) }
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			s := secret.New()
			h := house{t, db, clock, login.NewDesk(db, s, login.DefaultLimits(), cheap), login.Links(s, login.DefaultLimits())}
			h.person("helene@brenval.example")
			counts := func() (n [4]int) {
				h.view(func(tx *sqldb.Tx) error {
					for i, table := range []string{"login_link", "letter", "job", "throttle"} {
						var err error
						if n[i], err = sqldb.One(h.Context(), tx, sqldb.Value[int], `SELECT count(*) FROM `+table); err != nil {
							return err
						}
					}
					return nil
				})
				return n
			}
			work := func(typed string) (done []string, rows string) {
				before := counts()
				statements = nil
				if err := h.desk.Recover(h.Context(), login.Recovery{Email: typed, Address: "192.0.2.1"}); err != nil {
					t.Fatal(err)
				}
				done = slices.Clone(statements)
				after := counts()
				for i := range after {
					rows += fmt.Sprintf("+%d ", after[i]-before[i])
				}
				return done, rows
			}
			work("first@brenval.example") // whatever is done once only
			known, rows := work("helene@brenval.example")
			if rows != "+1 +1 +1 +1 " || len(known) == 0 {
				t.Errorf("%s%d statements", rows, len(known))
			}
			for _, typed := range []string{"nobody@brenval.example", "Élodie@brenval.example", "no address", strings.Repeat("x", 3000) + "@x.fr"} {
				if done, added := work(typed); !slices.Equal(done, known) || added != rows {
					t.Errorf("%.30s: rows %s, known %s\n%s\n---\n%s", typed, added, rows, strings.Join(done, "\n"), strings.Join(known, "\n"))
				}
			}
		})
	}
}

func TestRecoverThrottle(t *testing.T) {
	each(t, func(h house) {
		limits := login.DefaultLimits()
		h.rule("after five letters to one address one waits, longer each time, whether it has a login or not", func(h house) {
			h.person("five@brenval.example")
			for _, typed := range []string{"five@brenval.example", "nobody@brenval.example"} {
				for range 5 {
					if err := h.recover(typed); err != nil {
						h.Fatal(err)
					}
				}
				if got := wait(h.recover(strings.ToUpper(typed))); got != 30*time.Second {
					h.Error(typed, got)
				}
				h.clock.Pass(30 * time.Second)
				if err := h.recover(typed); err != nil {
					h.Error(err)
				}
				if got := wait(h.recover(typed)); got != time.Minute {
					h.Error(typed, got)
				}
			}
		})
		h.rule("one client address gets a bounded number of letters over all addresses", func(h house) {
			ask := func(n int, from string) error {
				return h.desk.Recover(h.Context(), login.Recovery{Email: fmt.Sprintf("m%d@brenval.example", n), Address: from})
			}
			for n := range limits.AddressAsks {
				if err := ask(n, "192.0.2.9"); err != nil {
					h.Fatal(err)
				}
			}
			if wait(ask(1000, "192.0.2.9")) == 0 {
				h.Error("no wait")
			}
			if err := ask(1000, "192.0.2.10"); err != nil {
				h.Error(err)
			}
			h.clock.Pass(limits.FailureWindow)
			if err := ask(1001, "192.0.2.9"); err != nil {
				h.Error(err)
			}
		})
		h.rule("a browser that signed in before has its own count: strangers keep nobody from their link", func(h house) {
			l := h.person("own@brenval.example")
			e, err := h.desk.SignIn(h.Context(), login.Credentials{Email: l.Email.String(), Password: good})
			if err != nil {
				h.Fatal(err)
			}
			for range 5 {
				h.recovery(l)
			}
			if wait(h.recover(l.Email.String())) == 0 {
				h.Error("no wait")
			}
			if err := h.desk.Recover(h.Context(), login.Recovery{Email: l.Email.String(), Browser: e.Browser}); err != nil {
				h.Error(err)
			}
		})
		h.rule("letters asked for and wrong passwords are counted apart", func(h house) {
			l := h.person("apart@brenval.example")
			for range 5 {
				h.recovery(l)
			}
			if err := h.try(login.Credentials{Email: l.Email.String(), Password: good}); err != nil {
				h.Error(err)
			}
		})
	})
}

func TestChoosePassword(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene@brenval.example")
		h.workspace(1, l)
		b := newBrowser(h)
		b.signIn(l)
		h.rule("looking at the link, however often, uses nothing", func(h house) {
			token := h.recovery(l)
			for range 20 {
				h.want(h.opens(link.Password, token), "<nil>")
			}
		})
		h.rule("a password that is refused leaves the link as it is", func(h house) {
			token := h.recovery(l)
			for typed, want := range map[string]string{
				"court": "password.short", "HeleneGarnier2026": "password.guessable.personal", "brenval-lundi-2026": "password.guessable.personal", "motdepasse123": "password.guessable.words",
			} {
				_, err := h.choose(token, typed)
				h.want(err, "invalid new_password="+want)
			}
			h.want(h.opens(link.Password, token), "<nil>")
			if s, err := h.desk.WeighForHolder(h.Context(), token, "brenval-lundi-2026"); err != nil || s.Refusal.Key != "password.guessable.personal" {
				h.Error(s, err)
			}
		})
		h.rule("the choice ends all sessions and links, lets in, tells the owner and the history; wrong tries are forgotten", func(h house) {
			for range 10 {
				h.want(h.try(login.Credentials{Email: l.Email.String(), Password: bad}), "invalid login.wrong")
			}
			h.clock.Pass(time.Hour)
			token := h.recovery(l)
			e, err := h.choose(token, next)
			if err != nil {
				h.Fatal(err)
			}
			if !b.visit().Login.IsZero() {
				h.Error("a session of before lives on")
			}
			c := newBrowser(h)
			c.put(e)
			if s := c.visit(); s.Login != l.ID || s.ConfirmedAt.IsZero() {
				h.Errorf("%+v", s)
			}
			if got := h.letters()[0]; got.kind != login.LetterPasswordChanged || got.login != l.ID {
				h.Errorf("%+v", got)
			}
			if lines := h.history(1); len(lines) != 1 || lines[0] != "login.password_changed " {
				h.Errorf("%q", lines)
			}
			if err := h.try(login.Credentials{Email: l.Email.String(), Password: next}); err != nil {
				h.Error(err)
			}
			h.want(h.try(login.Credentials{Email: l.Email.String(), Password: good}), "invalid login.wrong")
			_, err = h.choose(token, good)
			h.want(err, over)
		})
		h.rule("a link dies after an hour", func(h house) {
			token := h.recovery(l)
			h.clock.Pass(time.Hour - time.Second)
			h.want(h.opens(link.Password, token), "<nil>")
			h.clock.Pass(time.Second)
			h.want(h.opens(link.Password, token), over)
			_, err := h.choose(token, good)
			h.want(err, over)
		})
		h.rule("changing the password by hand ends the link, and is told by a letter", func(h house) {
			token := h.recovery(l)
			if _, err := h.desk.ChangePassword(h.Context(), self(l), login.PasswordChange{Current: next, New: good}); err != nil {
				h.Fatal(err)
			}
			h.want(h.opens(link.Password, token), over)
			if got := h.letters()[0]; got.kind != login.LetterPasswordChanged || got.login != l.ID {
				h.Errorf("%+v", got)
			}
		})
		h.rule("a deleted login takes its links along", func(h house) {
			gone := h.person("gone@brenval.example")
			token := h.recovery(gone)
			h.update(func(tx *sqldb.Tx) error { return login.Remove(h.Context(), tx, gone.ID) })
			h.want(h.opens(link.Password, token), over)
		})
		h.rule("what is no secret of this purpose and installation opens nothing", func(h house) {
			token := h.recovery(l)
			h.want(h.opens(link.Address, token), over)
			for _, wrong := range []string{"", "x", token[1:], token + "A", strings.ToLower(token), "\x00\xff", strings.Repeat("A", 27), strings.Repeat("é", 10_000)} {
				_, err := h.choose(wrong, next)
				h.want(err, over)
			}
			h.want(h.opens(link.Password, token), "<nil>")
		})
		h.rule("links long expired are swept, the others are not", func(h house) {
			limits := login.DefaultLimits()
			h.clock.Pass(time.Hour + limits.LinkRetention - time.Minute)
			h.recovery(h.person("fresh@brenval.example"))
			kept := func() (n int) {
				h.view(func(tx *sqldb.Tx) (err error) {
					n, err = sqldb.One(h.Context(), tx, sqldb.Value[int], `SELECT count(*) FROM login_link`)
					return err
				})
				return n
			}
			sweep := func() {
				h.update(func(tx *sqldb.Tx) error { _, err := login.Sweep(h.Context(), tx, limits, 100); return err })
			}
			before := kept()
			sweep()
			if kept() == 1 || kept() > before {
				h.Error(before, kept())
			}
			h.clock.Pass(time.Hour)
			if sweep(); kept() != 1 {
				h.Error(kept())
			}
		})
	})
}

// Of many who redeem one link at once, one succeeds.
func TestChooseAtOnce(t *testing.T) {
	each(t, func(h house) {
		l := h.person("race@brenval.example")
		race := func(times, at int) {
			for range times {
				h.clock.Pass(time.Hour) // no throttle, nothing of the round before
				token := h.recovery(l)
				var won atomic.Int64
				var all sync.WaitGroup
				for range at {
					all.Go(func() {
						switch _, err := h.desk.ChoosePassword(context.WithoutCancel(h.Context()), login.PasswordChoice{Token: token, New: next}); {
						case err == nil:
							won.Add(1)
						case fault.As(err) == nil || fault.As(err).Message.Key != "login.link.over":
							h.Error(err)
						}
					})
				}
				all.Wait()
				if won.Load() != 1 {
					h.Errorf("%d of %d", won.Load(), at)
				}
			}
		}
		h.rule("16 at once, twenty times", func(house) { race(20, 16) })
		h.rule("64 at once", func(house) { race(1, 64) })
	})
}
