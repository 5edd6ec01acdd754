package access_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access/verdict"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
)

// revoke is an officer's « Fermer les sessions et demander un nouveau mot de passe ».
func (h *town) revoke(x host, of id.Contact, form id.UUID) error {
	h.Helper()
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.inviter.Revoke(ctx, tx, x.officer, of, form)
		return err
	})
}

// superAdmin is somebody who has joined, and has that role.
func (h *town) superAdmin(x host, family, address string) (contact.Contact, login.Login) {
	h.Helper()
	c := h.contact(x, family, "Yann", address)
	l := h.join(x, c)
	if _, err := h.name(x, c.ID, func(*contact.Input) {}); err != nil {
		h.Fatal(err)
	}
	return h.now(x, c.ID), l
}

// isAsked fails unless the sheet says so of a new password that the contact is asked for.
func (h *town) isAsked(t *testing.T, x host, of id.Contact, want bool) {
	t.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		c, err := contact.Get(ctx, tx, x.officer, of)
		if err != nil {
			return err
		}
		got, err := verdict.Asked(ctx, tx, x.officer, c)
		if got != want {
			t.Errorf("asked: %v", got)
		}
		return err
	})
}

func (h *town) signIn(address, with string) error {
	_, err := h.desk.SignIn(h.Context(), login.Credentials{Email: address, Password: with})
	return err
}

// links are those of the login that open something.
func (h *town) links(l login.Login) (open []link.Link) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		for _, purpose := range []link.Purpose{link.Password, link.Address} {
			found, err := link.Open(ctx, tx, l.ID, purpose)
			if err == nil {
				open = append(open, found)
			} else if !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		return nil
	})
	return open
}

func TestRevoke(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		const address, chosen = "yann@corvenne.example", "quai des lanternes grises"
		t.Run("it is for a super_admin, for nobody else who has joined", func(t *testing.T) {
			c := h.contact(h.school, "Armen", "Nadia", "nadia@corvenne.example")
			l := h.join(h.school, c)
			h.session(l)
			isRefused(t, h.revoke(h.school, c.ID, id.UUID{}), fault.Conflict, "", "access.revoke.not_super_admin")
			if h.sessions(l) != 1 || h.signIn("nadia@corvenne.example", password) != nil {
				t.Error("something ended")
			}
		})
		t.Run("who has not joined has nothing to be revoked", func(t *testing.T) {
			c := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example")
			if _, err := h.name(h.school, c.ID, func(*contact.Input) {}); err != nil {
				t.Fatal(err)
			}
			isRefused(t, h.revoke(h.school, c.ID, id.UUID{}), fault.Conflict, "", "access.revoke.not_joined")
		})
		c, l := h.superAdmin(h.school, "Morvan", address)
		t.Run("the sessions and the links that wait end, the old password opens nothing; role and gates stay", func(t *testing.T) {
			h.session(l)
			if err := h.desk.Recover(t.Context(), login.Recovery{Email: address}); err != nil {
				t.Fatal(err)
			}
			if err := h.desk.AskAddress(t.Context(), actor.Actor{Kind: actor.Staff, Login: l.ID}, "elsewhere@corvenne.example"); err != nil {
				t.Fatal(err)
			}
			h.clock.Pass(time.Minute)
			h.isAsked(t, h.school, c.ID, false)
			waiting, form := h.links(l), id.NewJob().UUID
			if len(waiting) != 2 {
				t.Fatal(waiting)
			}
			for range 2 {
				if err := h.revoke(h.school, c.ID, form); err != nil {
					t.Fatal(err)
				}
			}
			if n := h.sessions(l); n != 0 {
				t.Errorf("%d sessions", n)
			}
			if open := h.links(l); len(open) != 1 || open[0].Purpose != link.Password || open[0].ID == waiting[0].ID {
				t.Errorf("%+v after %+v", open, waiting)
			}
			isRefused(t, h.signIn(address, password), fault.Invalid, "", "login.wrong")
			after := h.now(h.school, c.ID)
			if after.Role != c.Role || after.State() != contact.Active || after.Login != c.Login || h.lines(h.school, c.ID, "contact.revoked") != 1 {
				t.Errorf("%+v", after)
			}
		})
		t.Run("the sheet says that a new password is asked for", func(t *testing.T) { h.isAsked(t, h.school, c.ID, true) })
		t.Run("a letter has a link to choose another password", func(t *testing.T) {
			h.clock.Pass(time.Minute)
			h.choose(t, address, chosen)
			h.isAsked(t, h.school, c.ID, false)
			if err := h.signIn(address, chosen); err != nil {
				t.Error(err)
			}
		})
		t.Run("a contact that has another login since is asked for nothing", func(t *testing.T) {
			other := h.person("morvan@corvenne.example")
			h.clock.Pass(time.Minute)
			if err := h.revoke(h.school, c.ID, id.UUID{}); err != nil {
				t.Fatal(err)
			}
			h.clock.Pass(time.Minute)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := h.inviter.ChangeLogin(ctx, tx, h.school.admin, c.ID, "morvan@corvenne.example", id.UUID{})
				return err
			})
			h.isAsked(t, h.school, c.ID, false)
			h.deliver()
			if _, err := h.door.Activate(t.Context(), invitation.Activation{Token: h.token("morvan@corvenne.example"), Login: other.ID}); err != nil {
				t.Fatal(err)
			}
			h.isAsked(t, h.school, c.ID, false)
		})
		t.Run("another workspace's contact does not exist", func(t *testing.T) {
			isRefused(t, h.revoke(h.school, h.contact(h.vendor, "Tanguy", "Loïc", "loic@corvenne.example").ID, id.UUID{}), fault.NotFound, "", "fault.not_found")
		})
	})
}

// choose follows the link in the last letter.
func (h *town) choose(t *testing.T, address, chosen string) {
	t.Helper()
	h.deliver()
	token := strings.TrimPrefix(h.letter(address).Link(base+"/password/"), base+"/password/")
	if _, err := h.desk.ChoosePassword(t.Context(), login.PasswordChoice{Token: token, New: chosen}); err != nil {
		t.Fatal(err)
	}
}

// TestRevokeElsewhere: a host shuts nobody out of another's, and does not learn that there is one.
func TestRevokeElsewhere(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		for what, elsewhere := range map[string]func(l login.Login) error{
			"works for another workspace": func(l login.Login) error {
				return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, `INSERT INTO staff (workspace_id, login_id, role, created_at) VALUES ($1, $2, 'officer', 1)`, h.vendor.officer.Workspace, l.ID)
					return err
				})
			},
			"has joined another workspace": func(l login.Login) error {
				c := h.contact(h.vendor, "Tanguy", "Loïc", "loic@corvenne.example")
				return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE contact SET login_id = $1, joined_at = 1 WHERE workspace_id = $2 AND id = $3`, l.ID, h.vendor.officer.Workspace, c.ID)
					return err
				})
			},
		} {
			t.Run("a login that "+what+" keeps its password, not its sessions", func(t *testing.T) {
				family, address := "Kessler", "kessler@corvenne.example"
				if strings.Contains(what, "joined") {
					family, address = "Guillou", "guillou@corvenne.example"
				}
				c, l := h.superAdmin(h.school, family, address)
				if err := elsewhere(l); err != nil {
					t.Fatal(err)
				}
				h.session(l)
				h.clock.Pass(time.Minute)
				if err := h.revoke(h.school, c.ID, id.UUID{}); err != nil {
					t.Fatal(err)
				}
				if n := h.sessions(l); n != 0 {
					t.Errorf("%d sessions", n)
				}
				if err := h.signIn(address, password); err != nil {
					t.Error(err)
				}
				h.isAsked(t, h.school, c.ID, true)
				h.clock.Pass(time.Minute)
				h.choose(t, address, "quai des lanternes grises")
				isRefused(t, h.signIn(address, password), fault.Invalid, "", "login.wrong")
			})
		}
	})
}
