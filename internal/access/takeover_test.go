package access_test

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// name makes the contact a super_admin, by the sheet of an admin, with the login on.
func (h *town) name(x host, of id.Contact, fn func(in *contact.Input)) (sent bool, err error) {
	err = h.try(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		_, sent, err = h.inviter.Edit(ctx, tx, x.admin, of, h.sheet(x, of, func(in *contact.Input) {
			in.Role, in.Login = "super_admin", "on"
			fn(in)
		}))
		return err
	})
	return sent, err
}

// TestTakeOverByTheProfessionalEmail: any officer may change a contact's professional e-mail; it never says where the
// credentials of a super_admin go.
func TestTakeOverByTheProfessionalEmail(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		asTheyAre := func(*contact.Input) {}
		mine := func(in *contact.Input) { in.Email = "officer@brenval.example" }
		t.Run("naming a super_admin fixes the login e-mail, and sends nothing", func(t *testing.T) {
			c := h.contact(h.school, "Kessler", "Nadia", "nadia@corvenne.example")
			if sent, err := h.name(h.school, c.ID, asTheyAre); err != nil || sent {
				t.Fatal(sent, err)
			}
			h.edit(h.school, c.ID, mine)
			before := len(h.server.Letters())
			h.send(h.school, c.ID)
			list := h.server.Letters()[before:]
			if len(list) != 1 || list[0].To[0] != "nadia@corvenne.example" {
				t.Errorf("%+v", list)
			}
		})
		t.Run("it is the one that is typed with the naming, which is sent to as any new one is", func(t *testing.T) {
			c := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example")
			typed := "direction@corvenne.example"
			if sent, err := h.name(h.school, c.ID, func(in *contact.Input) { in.LoginEmail = &typed }); err != nil || !sent || h.now(h.school, c.ID).LoginEmail.String() != typed {
				t.Error(sent, err)
			}
		})
		t.Run("without any address, or with another's, nobody is named", func(t *testing.T) {
			c := h.contact(h.school, "Tanguy", "Yann", "yann@corvenne.example")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET email = NULL WHERE id = $1`, c.ID)
				return err
			})
			_, err := h.name(h.school, c.ID, asTheyAre)
			isRefused(t, err, fault.Invalid, "login_email", "contact.super_admin_needs_login_email")
			_, err = h.name(h.school, c.ID, func(in *contact.Input) { in.Email = "nadia@corvenne.example" })
			isRefused(t, err, fault.Invalid, "login_email", "contact.login_email_taken")
			if h.now(h.school, c.ID).Role == contact.SuperAdmin {
				t.Error("is named")
			}
		})
		t.Run("a super_admin does not lose it", func(t *testing.T) {
			c, none := h.contact(h.school, "Morvan", "Katell", "katell@corvenne.example"), ""
			if _, err := h.name(h.school, c.ID, asTheyAre); err != nil {
				t.Fatal(err)
			}
			if _, err := h.name(h.school, c.ID, func(in *contact.Input) { in.LoginEmail = &none }); err != nil || h.now(h.school, c.ID).LoginEmail.IsZero() {
				t.Error("lost it", err)
			}
		})
		t.Run("to one who has none from earlier only who may name one sends credentials", func(t *testing.T) {
			c := h.contact(h.school, "Le Goff", "Nolwenn", "nolwenn@corvenne.example")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET role = 'super_admin', login_enabled = 1 WHERE id = $1`, c.ID)
				return err
			})
			h.edit(h.school, c.ID, mine)
			send := func(by actor.Actor) error { return h.sending(by, c.ID, access.Sending{SwitchOn: true}) }
			isRefused(t, send(h.school.officer), fault.Conflict, "login_email", "contact.login_email_by_admins")
			if now := h.now(h.school, c.ID); !now.LoginEmail.IsZero() {
				t.Error("it is", now.LoginEmail)
			}
			if err := send(h.school.admin); err != nil {
				t.Error(err)
			}
		})
	})
}
