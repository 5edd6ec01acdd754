package access_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/contact/logins"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// sweep looks at the logins that lost something, as the job does, until none is left to be looked at.
func (h *town) sweep() {
	h.Helper()
	before := sqldb.At(h.db.Now())
	for n := int64(1); n > 0; {
		h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = logins.Sweep(ctx, tx, before, 1)
			return err
		})
	}
}

func (h *town) isThere(l login.Login) (there bool) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := login.Get(ctx, tx, l.ID)
		there = err == nil
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return there
}

func (h *town) delete(x host, of contact.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		return contact.Delete(ctx, tx, x.admin, of.ID, of.ID)
	})
}

func TestLeftLoginsGo(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		var refuses atomic.Bool
		h := newTown(t, db, clock, mailtest.Options{Rcpt: func(string) error {
			if refuses.Load() {
				return mailtest.Refuse(550, "no such user here")
			}
			return nil
		}})
		h.contact(h.school, "Armen", "Yann", "yann@corvenne.example") // the primary one
		first := h.contact(h.vendor, "Armen", "Yann", "yann@corvenne.example")
		joined := func(x host, family, address string) (contact.Contact, login.Login) {
			c := h.contact(x, family, "Maëlle", address)
			return c, h.join(x, c)
		}
		t.Run("a login whose letter was refused", func(t *testing.T) {
			c, l := joined(h.school, "Roussel", "maelle.roussel@corvenne.example")
			h.changeLogin(h.school, c.ID, "roussel@corvenne.example")
			h.sweep()
			if !h.isThere(l) {
				t.Fatal("it went before its letter")
			}
			refuses.Store(true)
			h.deliver()
			refuses.Store(false)
			h.sweep()
			if h.isThere(l) {
				t.Error("it is there")
			}
			if _, err := h.desk.SignIn(t.Context(), login.Credentials{Email: l.Email.String(), Password: password}); !fault.Is(err, fault.Invalid) {
				t.Error("it signs in:", err)
			}
		})
		t.Run("a login whose letter was withdrawn, the contact being deleted", func(t *testing.T) {
			c, l := joined(h.school, "Prigent", "prigent@corvenne.example")
			h.changeLogin(h.school, c.ID, "loic.prigent@corvenne.example")
			h.delete(h.school, c)
			h.deliver()
			h.sweep()
			if h.isThere(l) {
				t.Error("it is there")
			}
		})
		t.Run("a login that an open invitation kept, once that is over", func(t *testing.T) {
			c, l := joined(h.school, "Dupuis", "dupuis@corvenne.example")
			there := h.contact(h.vendor, "Dupuis", "Maëlle", "dupuis@corvenne.example")
			h.send(h.vendor, there.ID)
			h.delete(h.school, c)
			h.sweep()
			h.sweep()
			if !h.isThere(l) {
				t.Fatal("it went before the invitation")
			}
			h.clock.Pass(config.Default().Invitations.Lifetime.Duration() + time.Hour)
			h.sweep()
			if h.isThere(l) {
				t.Error("it is there")
			}
		})
		t.Run("not a login that has joined something since, which is not looked at again", func(t *testing.T) {
			c, l := joined(h.school, "Garnier", "garnier@corvenne.example")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				return contact.Imagine(ctx, tx, actor.OfProgram(h.vendor.officer.Workspace), first.ID, contact.Past{Role: contact.User, Login: l.ID, JoinedAt: 1})
			})
			h.delete(h.school, c)
			h.sweep()
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				left, err := login.Left(ctx, tx, tx.Now(), 10)
				if len(left) > 0 || !h.isThere(l) {
					t.Error(left)
				}
				return err
			})
		})
		t.Run("not a login that is just being made", func(t *testing.T) {
			var l login.Login
			hash, err := h.desk.Hash(t.Context(), password)
			if err != nil {
				t.Fatal(err)
			}
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				l, err = login.Create(ctx, tx, h.program(), login.New{Email: "new@corvenne.example", Name: "Nouveau"}, hash)
				return err
			})
			h.sweep()
			if !h.isThere(l) {
				t.Error("it went")
			}
		})
	})
}

func TestLeftLoginsAreReadByTheirIndexes(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			for index, query := range map[string]string{
				"login_left":   `SELECT id FROM login WHERE left_at < 5 ORDER BY left_at LIMIT 512`,
				"letter_login": `SELECT DISTINCT login_id FROM letter WHERE state = 'queued' AND login_id IS NOT NULL AND login_id IN ('01900000-0000-7000-8000-000000000000')`,
			} {
				if plan := sqldbtest.Plan(t, o, engine, query, nil); !strings.Contains(plan, index) {
					t.Errorf("%s\n%s", query, plan)
				}
			}
		})
	}
}
