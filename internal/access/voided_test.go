package access_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
)

// TestRedeemedWhileItIsVoided: an invitation is redeemed in the very moment in which the host makes somebody else of its
// contact, moves its letters, or deletes it. Whoever comes first, nobody has what was not meant for them.
func TestRedeemedWhileItIsVoided(t *testing.T) {
	elsewhere := "elsewhere@corvenne.example"
	acts := map[string]struct {
		void func(h *town, c contact.Contact) error
		fits func(c contact.Contact) bool // what is kept, where the host's act was done
	}{
		"another person under the contact": {
			func(h *town, c contact.Contact) error {
				return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := contact.Rename(ctx, tx, h.school.officer, c.ID, contact.NewName{FamilyName: "Autre" + c.FamilyName.String(), GivenName: "Luc", Another: true, Version: c.Version})
					return err
				})
			},
			func(c contact.Contact) bool {
				return c.GivenName.String() == "Luc" && c.Login.IsZero() && c.JoinedAt.IsZero() && c.LoginEmail.IsZero()
			},
		},
		"another login e-mail": {
			func(h *town, c contact.Contact) error {
				in := h.sheet(h.school, c.ID, func(in *contact.Input) { in.LoginEmail, in.Version = &elsewhere, c.Version })
				return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, _, err := h.inviter.Edit(ctx, tx, h.school.officer, c.ID, in)
					return err
				})
			},
			func(c contact.Contact) bool { return c.LoginEmail.String() == elsewhere && c.Login.IsZero() },
		},
		"switching off": {
			func(h *town, c contact.Contact) error {
				in := h.sheet(h.school, c.ID, func(in *contact.Input) { in.Login, in.Version = "off", c.Version })
				return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, _, err := h.inviter.Edit(ctx, tx, h.school.officer, c.ID, in)
					return err
				})
			},
			func(c contact.Contact) bool { return !access.Of(c.Row, false).Admit() },
		},
	}
	each(t, func(t *testing.T, h *town) {
		for name, act := range acts {
			t.Run("and "+name, func(t *testing.T) {
				for round := range 6 {
					address := fmt.Sprintf("moment%d@corvenne.example", round)
					c := h.send(h.school, h.contact(h.school, "Moment"+letters(fmt.Sprintf("a%da", round)), "Anne", address).ID)
					token := h.token(address)
					c = h.now(h.school, c.ID)
					var all sync.WaitGroup
					var voided, redeemed error
					all.Go(func() { voided = act.void(h, c) })
					all.Go(func() { _, redeemed = h.activate(token) })
					all.Wait()
					now := h.now(h.school, c.ID)
					switch {
					case voided == nil && !act.fits(now):
						t.Errorf("the host's act was done: %+v", now)
					case voided != nil && (fault.As(voided) == nil || redeemed != nil || now.Login.IsZero()):
						t.Errorf("the host's act came too late: %v, %v, %+v", voided, redeemed, now)
					}
					h.update(func(ctx context.Context, tx *sqldb.Tx) error {
						return contact.Delete(ctx, tx, h.school.officer, c.ID, h.successor(h.school, c.ID))
					})
				}
			})
		}
		t.Run("and deletion: the contact is gone, and so is a login that was made for it", func(t *testing.T) {
			for round := range 6 {
				address := fmt.Sprintf("gone%d@corvenne.example", round)
				c := h.send(h.school, h.contact(h.school, "Parti"+letters(fmt.Sprintf("a%da", round)), "Anne", address).ID)
				token, successor := h.token(address), h.successor(h.school, c.ID)
				var all sync.WaitGroup
				all.Go(func() {
					h.update(func(ctx context.Context, tx *sqldb.Tx) error {
						return contact.Delete(ctx, tx, h.school.officer, c.ID, successor)
					})
				})
				all.Go(func() { h.activate(token) }) //nolint:errcheck // it succeeds or is over
				all.Wait()
				h.isOver(t, token)
				h.view(func(ctx context.Context, tx *sqldb.Tx) error {
					n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM login WHERE email = $1`, address)
					if n != 0 {
						t.Errorf("round %d: a login is left", round)
					}
					return err
				})
			}
		})
	})
}
