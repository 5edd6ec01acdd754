package deposit_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/offer/terms"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// left is what a deposit that staff decided on holds still.
func (h *town) left(d deposit.Matched) (kept deposit.Deposit) {
	h.Helper()
	h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		kept, err = deposit.Get(ctx, tx, h.staff, d.ID)
		return err
	})
	return kept
}

func (h *town) acceptOffer(d deposit.Matched) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := deposit.AcceptOffer(ctx, tx, h.staff, d.Offer)
		return err
	})
}

func (h *town) rejectOffer(d deposit.Matched) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := deposit.RejectOffer(ctx, tx, h.staff, d.Offer, "Trop loin.")
		return err
	})
}

func (h *town) deleteOffer(by actor.Actor, d deposit.Matched) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := deposit.DeleteOffer(ctx, tx, by, d.Offer)
		return err
	})
}

// filed is a deposit that waits, with a file.
func (h *town) filed(store *file.Store) deposit.Matched {
	h.Helper()
	h.clock.Pass(25 * time.Hour)
	s := h.typed()
	f, err := store.Receive(h.Context(), bytes.NewReader([]byte("%PDF-1.4\n%%EOF\n")), "fiche.pdf")
	if err != nil {
		h.Fatal(err)
	}
	s.Files = []file.Received{f}
	return h.confirmed(s)
}

func (h *town) offerFiles(d deposit.Matched) int64 {
	return h.count(`SELECT count(*) FROM file WHERE owner_kind = 'offer' AND owner_id = $1`, d.Offer)
}

func TestFollow(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		store, err := file.Open(t.TempDir(), file.Settings{Clock: h.clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		none := func(t *testing.T) {
			t.Helper()
			if n := len(h.pending()); n != 0 {
				t.Errorf("%d wait", n)
			}
			if a, b := h.count(`SELECT count(*) FROM organization`), h.count(`SELECT count(*) FROM contact`); a != 0 || b != 0 {
				t.Errorf("%d organisations, %d contacts", a, b)
			}
		}
		t.Run("deleted among the offers, the deposit is refused, and what it alone had made goes", func(t *testing.T) {
			d := h.filed(store)
			if err := h.deleteOffer(h.staff, d); err != nil {
				t.Fatal(err)
			}
			if kept := h.left(d); kept.State != deposit.Refused || kept.Input != (deposit.Input{}) {
				t.Errorf("%+v", kept)
			}
			none(t)
		})
		t.Run("rejected among the offers, the deposit waits no longer; the offer keeps the file and may still be accepted", func(t *testing.T) {
			d := h.filed(store)
			for range 2 {
				if err := h.rejectOffer(d); err != nil {
					t.Fatal(err)
				}
			}
			if kept := h.left(d); kept.State != deposit.Refused || kept.Input != (deposit.Input{}) || len(h.pending()) != 0 {
				t.Errorf("%+v", kept)
			}
			if c, err := h.stored(d.Contact); err != nil || !c.Unseen() || h.offerFiles(d) != 1 {
				t.Errorf("%v %d", err, h.offerFiles(d))
			}
			refused(t, h.accept(d), fault.Conflict, "", "deposit.decided")
			if err := h.acceptOffer(d); err != nil {
				t.Fatal(err)
			}
			if c, err := h.stored(d.Contact); err != nil || c.Unseen() || h.left(d).State != deposit.Accepted {
				t.Errorf("%v %s", err, h.left(d).State)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := deposit.DeleteOffer(ctx, tx, h.staff, d.Offer); err != nil {
					return err
				}
				if err := contact.Delete(ctx, tx, h.staff, d.Contact, d.Contact); err != nil {
					return err
				}
				return contact.DeleteOrganization(ctx, tx, h.admin, d.Organization)
			})
			none(t)
		})
		t.Run("rejected and left so, everything goes with the offer, or at the end of the time that the depositor agreed to", func(t *testing.T) {
			for _, end := range []func(d deposit.Matched){
				func(d deposit.Matched) {
					if err := h.deleteOffer(h.staff, d); err != nil {
						t.Fatal(err)
					}
				},
				func(deposit.Matched) { h.clock.Pass(25 * 31 * 24 * time.Hour); h.sweep() },
			} {
				d := h.filed(store)
				if err := h.rejectOffer(d); err != nil {
					t.Fatal(err)
				}
				end(d)
				none(t)
				if n := h.count(`SELECT count(*) FROM offer`); n != 0 {
					t.Errorf("%d offers", n)
				}
			}
		})
		t.Run("a program that may edit offers and nothing else deletes as much", func(t *testing.T) {
			d := h.filed(store)
			rights, _ := actor.ReadRights([]string{string(actor.OffersWrite)})
			token := actor.OfToken(h.staff.Workspace, id.NewToken(), rights)
			if err := h.deleteOffer(token, d); err != nil {
				t.Fatal(err)
			}
			none(t)
		})
		t.Run("accepted among the offers, the deposit is accepted with it", func(t *testing.T) {
			d := h.filed(store)
			if err := h.acceptOffer(d); err != nil {
				t.Fatal(err)
			}
			if kept := h.left(d); kept.State != deposit.Accepted || kept.Input != (deposit.Input{}) || h.offerFiles(d) != 1 || len(h.pending()) != 0 {
				t.Errorf("%+v, %d files", kept, h.offerFiles(d))
			}
			if err := h.accept(d); err != nil {
				t.Error(err)
			}
		})
		t.Run("withdrawn by the contact who deposited it, it waits no longer", func(t *testing.T) {
			d := h.filed(store)
			by := actor.Actor{Kind: actor.Contact, Workspace: h.staff.Workspace, Contact: d.Contact, Organization: d.Organization, Role: actor.PortalUser}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET authorized_at = $1, joined_at = $1, login_enabled = 1 WHERE id = $2`, tx.Now(), d.Contact)
				return err
			})
			if err := h.try(func(ctx context.Context, tx *sqldb.Tx) error { return deposit.WithdrawOffer(ctx, tx, by, d.Offer) }); err != nil {
				t.Fatal(err)
			}
			if n := h.count(`SELECT count(*) FROM deposit WHERE id = $1`, d.ID); n != 0 || len(h.pending()) != 0 {
				t.Errorf("%d", n)
			}
		})
		t.Run("edited while it waits, its deposit says so, and takes the words and the other file along when it is attached elsewhere", func(t *testing.T) {
			d := h.filed(store)
			other, err := store.Receive(t.Context(), bytes.NewReader([]byte("%PDF-1.4\n%%EOF\n")), "autre.pdf")
			if err != nil {
				t.Fatal(err)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				o, err := offer.Get(ctx, tx, h.staff, d.Offer)
				if err != nil {
					return err
				}
				_, err = offer.Edit(ctx, tx, h.staff, d.Offer, offer.Input{Text: offer.Text{Title: "Autre intitulé", Contract: string(terms.Internship), Description: o.Description}, Version: o.Version})
				if err == nil {
					_, err = offer.SetFile(ctx, tx, h.staff, d.Offer, other)
				}
				return err
			})
			if now := h.pending()[0]; now.Title != "Autre intitulé" || now.Contract != "internship" {
				t.Errorf("%+v", now.Input)
			}
			to := h.organization(organization.Input{Name: "Corvenne Groupe", CustomerNumber: "G-1"})
			if err := h.attach(d, to.ID, d.Contact); !fault.Is(err, fault.NotFound) {
				t.Errorf("a contact of another organisation: %v", err)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				return deposit.Attach(ctx, tx, h.staff, d.ID, to.ID, id.Contact{})
			})
			now := h.pending()[0]
			if now.Title != "Autre intitulé" || now.File.Name != "autre.pdf" {
				t.Errorf("%+v %s", now.Input, now.File.Name)
			}
			if err := h.accept(now); err != nil || h.offerFiles(now) != 1 {
				t.Errorf("%v %d", err, h.offerFiles(now))
			}
		})
	})
}
