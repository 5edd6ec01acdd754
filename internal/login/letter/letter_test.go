package letter_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/letter"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

const (
	good = "crapaud fleuret 41 boussole"
	next = "marmite girofle 17 essieu"
	base = "https://contacts.example.org"
)

// house is an installation with a desk and a post that sends nothing.
type house struct {
	*testing.T
	db    *sqldb.DB
	clock *sqldbtest.Clock
	desk  *login.Desk
	links link.Maker
	post  *mail.Post
}

func each(t *testing.T, test func(h house)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		s, limits := secret.New(), login.DefaultLimits()
		from, _ := email.Parse("entregent@example.org")
		h := house{
			T: t, db: db, clock: clock, links: login.Links(s, limits), post: mail.NewPost(mail.Options{BaseURL: &url.URL{Scheme: "https", Host: "contacts.example.org"}, From: from}),
			desk: login.NewDesk(db, s, limits, login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 4}),
		}
		h.post.Add(letter.Kinds(h.links)...)
		test(h)
	})
}

func (h house) rule(says string, test func(h house)) {
	h.T.Helper()
	h.T.Run(says, func(t *testing.T) {
		h.T = t
		test(h)
	})
}

func (h house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// person makes a login that speaks that language in that time zone.
func (h house) person(address, language, zone string) (l login.Login) {
	h.Helper()
	hash, err := h.desk.Hash(h.Context(), good)
	h.must(err)
	h.must(h.db.Update(h.Context(), func(tx *sqldb.Tx) (err error) {
		l, err = login.Create(h.Context(), tx, actor.Actor{Kind: actor.Program}, login.New{Email: address, Name: "Hélène Garnier", Locale: language, TimeZone: zone}, hash)
		return err
	}))
	return l
}

func self(l login.Login) actor.Actor { return actor.Actor{Kind: actor.Staff, Login: l.ID} }

// compose writes the letter that was queued last, as the worker would now.
func (h house) compose() (m mail.Message, kind string, err error) {
	h.Helper()
	err = h.db.View(h.Context(), func(tx *sqldb.Tx) error {
		l, err := sqldb.One(h.Context(), tx, func(row sqldb.Scanner) (l mail.Letter, err error) {
			return l, row.Scan(&l.ID, &l.Kind, &l.Login, &l.Subject, &l.CreatedAt)
		}, `SELECT id, kind, login_id, subject_id, created_at FROM letter ORDER BY id DESC LIMIT 1`)
		if err != nil {
			return err
		}
		kind = l.Kind
		m, err = h.post.Compose(h.Context(), tx, l)
		return err
	})
	return m, kind, err
}

// want composes, and fails unless it is of that kind, goes there and holds all words.
func (h house) want(kind, to, subject string, words ...string) mail.Message {
	h.Helper()
	m, got, err := h.compose()
	if err != nil || got != kind || m.To.String() != to || m.Subject != subject {
		h.Fatalf("%s to %s, %q: %v", got, m.To, m.Subject, err)
	}
	for _, w := range words {
		if !strings.Contains(m.Text, w) {
			h.Errorf("no %q in\n%s", w, m.Text)
		}
	}
	return m
}

func (h house) wantWithdrawn() {
	h.Helper()
	if m, _, err := h.compose(); !errors.Is(err, mail.ErrWithdrawn) {
		h.Errorf("%+v %v", m, err)
	}
}

// linkIn is the address that the letter's button leads to.
func linkIn(m mail.Message, begins string) string {
	for word := range strings.FieldsSeq(m.Text) {
		if strings.HasPrefix(word, base+begins) {
			return strings.TrimPrefix(word, base+begins)
		}
	}
	return ""
}

func TestPassword(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene@brenval.example", "en", "Indian/Reunion")
		ask := func(h house, address string) { h.must(h.desk.Recover(h.Context(), login.Recovery{Email: address})) }
		h.rule("the link goes to the login, in its language, with its end in its time zone, and the same at every try", func(h house) {
			ask(h, l.Email.String())
			m := h.want("password", "helene@brenval.example", "Choose a new password", "Hello Hélène Garnier", "/password/", "14:00", "Choose a password")
			again, _, err := h.compose()
			if err != nil || linkIn(again, "/password/") != linkIn(m, "/password/") || again.ID != m.ID || len(linkIn(m, "/password/")) != 27 {
				h.Errorf("%q %q %v", linkIn(m, "/password/"), linkIn(again, "/password/"), err)
			}
		})
		h.rule("used, replaced or expired, it is withdrawn; then the owner is told of the change", func(h house) {
			ask(h, l.Email.String())
			m, _, err := h.compose()
			h.must(err)
			_, err = h.desk.ChoosePassword(h.Context(), login.PasswordChoice{Token: linkIn(m, "/password/"), New: next})
			h.must(err)
			h.want("password_changed", "helene@brenval.example", "Your password was changed", "Friday 20 November 2026 at 13:00", base+"/forgotten-password")
			ask(h, l.Email.String())
			h.clock.Pass(time.Hour)
			h.wantWithdrawn()
		})
		h.rule("nobody's link is withdrawn", func(h house) {
			ask(h, "nobody@brenval.example")
			h.wantWithdrawn()
		})
		h.rule("a deleted login gets none", func(h house) {
			gone := h.person("gone@brenval.example", "fr", "Europe/Paris")
			ask(h, gone.Email.String())
			h.must(h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return login.Remove(h.Context(), tx, gone.ID) }))
			h.wantWithdrawn()
		})
	})
}

func TestAddress(t *testing.T) {
	each(t, func(h house) {
		l := h.person("helene@brenval.example", "fr", "Europe/Paris")
		h.rule("the new address gets the link and nobody's name; the old one is told once it holds", func(h house) {
			h.must(h.desk.AskAddress(h.Context(), self(l), "new@brenval.example"))
			m := h.want("address", "new@brenval.example", "Confirmer cette adresse e-mail", "/address/", "samedi 21 novembre 2026 à 10\u00a0h\u00a000")
			if strings.Contains(m.Text+m.HTML+m.ToName, "Garnier") || strings.Contains(m.Text+m.HTML, "helene@") {
				h.Errorf("%q\n%s", m.ToName, m.Text)
			}
			h.must(h.db.Update(h.Context(), func(tx *sqldb.Tx) error {
				_, err := h.desk.ConfirmAddress(h.Context(), tx, linkIn(m, "/address/"))
				return err
			}))
			m = h.want("address_changed", "helene@brenval.example", "Votre adresse de connexion a changé", "Bonjour Hélène Garnier", "vendredi 20 novembre 2026")
			if strings.Contains(m.Text, "new@") {
				h.Error(m.Text)
			}
		})
		h.rule("a wish that is withdrawn takes its letter along", func(h house) {
			h.must(h.desk.AskAddress(h.Context(), self(l), "other@brenval.example"))
			h.must(h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return login.WithdrawAddress(h.Context(), tx, self(l)) }))
			h.wantWithdrawn()
		})
		h.rule("who signs in with the address already is told so, in their own language and without a link that confirms", func(h house) {
			owner := h.person("owner@orvane.example", "en", "Europe/London")
			h.must(h.desk.AskAddress(h.Context(), self(l), owner.Email.String()))
			m := h.want("known", "owner@orvane.example", "You already sign in with this address", base+"/sign-in")
			if linkIn(m, "/address/") != "" {
				h.Error(m.Text)
			}
			h.must(h.db.Update(h.Context(), func(tx *sqldb.Tx) error { return login.WithdrawAddress(h.Context(), tx, self(l)) }))
			h.wantWithdrawn()
		})
	})
}

func TestKinds(t *testing.T) {
	each(t, func(h house) {
		h.rule("no workspace words them itself", func(h house) {
			for _, k := range letter.Kinds(h.links) {
				if k.Own {
					h.Error(k.Name)
				}
			}
			if own := h.post.Kinds(); len(own) != 0 {
				h.Error(own)
			}
		})
	})
}
