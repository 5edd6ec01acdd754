package request_test

import (
	"context"
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/docket"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// replace has another person take the contact over, who joins at once.
func (h *town) replace(c contact.Contact, given string) (after contact.Contact) {
	h.Helper()
	h.clock.Pass(1e9)
	h.must(func(ctx context.Context, tx *sqldb.Tx) error {
		before, err := contact.Get(ctx, tx, h.staff, c.ID)
		if err != nil {
			return err
		}
		if _, err := contact.Rename(ctx, tx, h.staff, c.ID, contact.NewName{FamilyName: "Corvenne", GivenName: given, Another: true, Version: before.Version}); err != nil {
			return err
		}
		l, err := login.Create(ctx, tx, actor.OfProgram(0), login.New{Email: given + "@corvenne.example", Name: given + " Corvenne"}, h.hash)
		if err != nil {
			return err
		}
		if err := contact.Imagine(ctx, tx, actor.OfProgram(h.staff.Workspace), c.ID, contact.Past{
			Role: before.Role, LoginEmail: l.Email, LoginEnabled: true, CredentialsSentAt: tx.Now(), JoinedAt: tx.Now(), Login: l.ID, AuthorizedAt: tx.Now(),
		}); err != nil {
			return err
		}
		after, err = contact.Get(ctx, tx, h.staff, c.ID)
		return err
	})
	h.clock.Pass(1e9)
	return after
}

func TestAnotherPerson(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		at := h.organization()
		nora, mia, ali := h.person(at, "Nora", contact.User), h.person(at, "Mia", contact.User), h.person(at, "Ali", contact.Admin)
		hers, seen := h.asked(nora, "Écran"), h.asked(mia, "Clavier")
		h.must(func(ctx context.Context, tx *sqldb.Tx) error {
			return request.Watch(ctx, tx, as(h, ali), seen.ID, nora.ID)
		})
		h.said(as(h, nora), seen, "Chez moi aussi.")
		olga := h.replace(nora, "olga")
		former := func(t *testing.T, p request.Person) {
			t.Helper()
			if p.ID != nora.ID.UUID || p.Name != "" || !p.Former || p.Number != nora.Number {
				t.Errorf("%+v", p)
			}
		}
		t.Run("what the one before wrote, did and asked does not bear the new one’s name", func(t *testing.T) {
			for _, r := range []request.Request{hers, seen} {
				for _, e := range h.thread(h.staff, r) {
					if e.Author.ID == nora.ID.UUID {
						former(t, e.Author)
					}
					if e.About.ID == nora.ID.UUID {
						former(t, e.About)
					}
				}
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				r, err := request.Get(ctx, tx, as(h, ali), hers.ID)
				former(t, r.For)
				former(t, r.Author)
				return err
			})
			for _, l := range h.find(as(h, ali), docket.Filter{Contact: nora.ID}).Items {
				former(t, l.For)
			}
		})
		t.Run("the new one sees neither the requests of the one before nor those that were followed", func(t *testing.T) {
			if part := h.find(as(h, olga), docket.Filter{}); len(part.Items) != 0 || part.Total != 0 {
				t.Errorf("%+v", part)
			}
			for _, r := range []id.Request{hers.ID, seen.ID} {
				err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := request.Get(ctx, tx, as(h, olga), r)
					return err
				})
				refused(t, err, fault.NotFound, "", "fault.not_found")
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				list, err := request.Watchers(ctx, tx, as(h, ali), seen.ID)
				if len(list) != 1 || list[0].ID != mia.ID.UUID {
					t.Errorf("%+v", list)
				}
				return err
			})
		})
		t.Run("who has the new one follow it shows it, and makes it not theirs", func(t *testing.T) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return request.Watch(ctx, tx, as(h, ali), hers.ID, olga.ID)
			})
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error { return request.Withdraw(ctx, tx, as(h, olga), hers.ID) })
			refused(t, err, fault.Forbidden, "", "fault.forbidden")
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return request.Unwatch(ctx, tx, as(h, ali), hers.ID, olga.ID)
			})
		})
		t.Run("staff give it to the new one by naming the contact again; what was written stays the former’s", func(t *testing.T) {
			relate := func(ctx context.Context, tx *sqldb.Tx) error {
				return request.Relate(ctx, tx, h.staff, hers.ID, olga.ID, false)
			}
			h.must(relate)
			h.must(relate) // again changes nothing
			part := h.find(as(h, olga), docket.Filter{})
			if len(part.Items) != 1 || part.Items[0].For.Name != "olga Corvenne" || part.Items[0].For.Former {
				t.Fatalf("%+v", part)
			}
			h.said(as(h, olga), hers, "Je reprends.")
			list := h.thread(as(h, olga), hers)
			former(t, list[0].Author)
			if last := list[len(list)-1].Author; last.Name != "olga Corvenne" || last.Former {
				t.Errorf("%+v", last)
			}
		})
	})
}
