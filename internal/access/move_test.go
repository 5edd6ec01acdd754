package access_test

import (
	"context"
	"path"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
)

// move has somebody ask for another address and confirm it.
func (h *town) move(l login.Login, to string) error {
	h.Helper()
	if err := h.desk.AskAddress(h.Context(), actor.Actor{Kind: actor.Staff, Login: l.ID}, to); err != nil {
		h.Fatal(err)
	}
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		wish, err := link.Open(ctx, tx, l.ID, link.Address)
		if err != nil {
			return err
		}
		_, err = h.desk.ConfirmAddress(ctx, tx, path.Base(login.Links(h.key, login.DefaultLimits()).Path(wish)))
		return err
	})
}

func TestLoginEmailFollowsItsLogin(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		here, there := h.contact(h.school, "Le Goff", "Nolwenn", "nolwenn@corvenne.example"), h.contact(h.vendor, "Le Goff", "Nolwenn", "nolwenn@corvenne.example")
		l := h.join(h.school, here)
		h.send(h.vendor, there.ID)
		if _, err := h.door.Activate(t.Context(), invitation.Activation{Token: h.token("nolwenn@corvenne.example"), Login: l.ID}); err != nil {
			t.Fatal(err)
		}
		colleague := h.contact(h.vendor, "Armen", "Yann", "yann@corvenne.example")
		h.edit(h.vendor, colleague.ID, func(in *contact.Input) { a := "legoff@corvenne.example"; in.LoginEmail = &a })
		lines := func() [2]int {
			return [2]int{h.lines(h.school, here.ID, "contact.edited"), h.lines(h.vendor, there.ID, "contact.edited")}
		}
		before := lines()
		if err := h.move(l, "legoff@corvenne.example"); err != nil {
			t.Fatal(err)
		}
		addresses := func() [2]string {
			return [2]string{h.now(h.school, here.ID).LoginEmail.String(), h.now(h.vendor, there.ID).LoginEmail.String()}
		}
		t.Run("in each workspace where the new address is free, and stays in the others", func(t *testing.T) {
			if a := addresses(); a != [2]string{"legoff@corvenne.example", "nolwenn@corvenne.example"} {
				t.Error(a)
			}
		})
		t.Run("with a line in the history of those, and with login, joining and last sign-in as they were", func(t *testing.T) {
			if n := lines(); n != [2]int{before[0] + 1, before[1]} {
				t.Errorf("%d lines, were %d", n, before)
			}
			if c := h.now(h.school, here.ID); c.Login != l.ID || c.JoinedAt.IsZero() || c.LastSignInAt.IsZero() || c.UpdatedBy != here.ID.UUID {
				t.Errorf("%+v", c)
			}
		})
		t.Run("the address that is free again serves a colleague, and the new one does not", func(t *testing.T) {
			other := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example")
			free := func(address string) error {
				in := h.sheet(h.school, other.ID, func(in *contact.Input) { in.LoginEmail = &address })
				return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, _, err := h.inviter.Edit(ctx, tx, h.school.officer, other.ID, in)
					return err
				})
			}
			isRefused(t, free("legoff@corvenne.example"), fault.Invalid, "login_email", "contact.login_email_taken")
			if err := free("nolwenn@corvenne.example"); err != nil {
				t.Error(err)
			}
		})
		t.Run("and nothing moves when the address is refused in the end", func(t *testing.T) {
			h.join(h.school, h.contact(h.school, "Garnier", "Hélène", "helene@corvenne.example"))
			if err := h.move(l, "helene@corvenne.example"); !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
			if a := addresses(); a != [2]string{"legoff@corvenne.example", "nolwenn@corvenne.example"} {
				t.Error(a)
			}
		})
	})
}
