package access_test

import (
	"context"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

func TestRevoke(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		c := h.contact(h.school, "Morvan", "Yann", "yann@corvenne.example")
		revoke := func(of id.Contact, form id.UUID) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := h.inviter.Revoke(ctx, tx, h.school.officer, of, form)
				return err
			})
		}
		t.Run("who has not joined has nothing to be revoked", func(t *testing.T) {
			isRefused(t, revoke(c.ID, id.UUID{}), fault.Conflict, "", "access.revoke.not_joined")
		})
		signIn := func(with string) error {
			_, err := h.desk.SignIn(t.Context(), login.Credentials{Email: "yann@corvenne.example", Password: with})
			return err
		}
		t.Run("the old password opens nothing, a letter has a link to choose another, and role and gates stay", func(t *testing.T) {
			h.join(h.school, c)
			if err := signIn(password); err != nil {
				t.Fatal(err)
			}
			before, form := h.now(h.school, c.ID), id.NewJob().UUID
			for range 2 {
				if err := revoke(c.ID, form); err != nil {
					t.Fatal(err)
				}
			}
			isRefused(t, signIn(password), fault.Invalid, "", "login.wrong")
			h.deliver()
			way := h.letter("yann@corvenne.example").Link(base + "/password/")
			if _, err := h.desk.ChoosePassword(t.Context(), login.PasswordChoice{Token: strings.TrimPrefix(way, base+"/password/"), New: "quai des lanternes grises"}); err != nil {
				t.Fatal(err)
			}
			if err := signIn("quai des lanternes grises"); err != nil {
				t.Error(err)
			}
			after := h.now(h.school, c.ID)
			if after.Role != before.Role || after.State() != contact.Active || after.Login != before.Login || h.lines(h.school, c.ID, "contact.revoked") != 1 {
				t.Errorf("%+v", after)
			}
		})
		t.Run("another workspace's contact does not exist", func(t *testing.T) {
			isRefused(t, revoke(h.contact(h.vendor, "Tanguy", "Loïc", "loic@corvenne.example").ID, id.UUID{}), fault.NotFound, "", "fault.not_found")
		})
	})
}
