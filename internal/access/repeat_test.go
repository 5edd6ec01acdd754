package access_test

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// TestRepeatedForm: one form that is posted several times has one effect, and the same answer each time.
func TestRepeatedForm(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		letters := func(do func()) int {
			before := len(h.server.Letters())
			for range 3 {
				do()
				h.deliver()
			}
			return len(h.server.Letters()) - before
		}
		c := h.contact(h.school, "Garnier", "Hélène", "helene@corvenne.example")
		h.join(h.school, c)
		remind := func(form id.UUID) {
			t.Helper()
			if err := h.sending(h.school.officer, c.ID, access.Sending{Submission: form}); err != nil {
				t.Error(err)
			}
		}
		t.Run("« Renvoyer les identifiants » to somebody who has joined sends one letter", func(t *testing.T) {
			form := id.NewJob().UUID
			if n := letters(func() { remind(form) }); n != 1 || h.lines(h.school, c.ID, "contact.reminded") != 1 {
				t.Errorf("%d letters", n)
			}
		})
		t.Run("another form sends another", func(t *testing.T) {
			if n := letters(func() { remind(id.NewJob().UUID) }); n != 3 {
				t.Errorf("%d letters", n)
			}
		})
		t.Run("« Changer de connexion » changes it once, tells the old address and invites the new one once, and is confirmed", func(t *testing.T) {
			form := id.NewJob().UUID
			n := letters(func() {
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					now, err := h.inviter.ChangeLogin(ctx, tx, h.school.officer, c.ID, "garnier@corvenne.example", form)
					if now.LoginEmail.String() != "garnier@corvenne.example" {
						t.Error("the answer tells of", now.LoginEmail)
					}
					return err
				})
			})
			if n != 2 || h.lines(h.school, c.ID, "contact.login_changed") != 1 {
				t.Errorf("%d letters", n)
			}
		})
	})
}
