package deposit_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// TestStrangersWords: what somebody deposits in another's name is not theirs in the portal, unless they confirmed it from their own address.
func TestStrangersWords(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization(organization.Input{Name: "Ateliers Corvenne", SIRET: siretA})
		victim := h.contact(org, "Le Goff", "Anaïs", "vraie@corvenne.example")
		seen := func(d deposit.Matched, role actor.Role) error {
			by := actor.Actor{Kind: actor.Contact, Workspace: h.staff.Workspace, Contact: victim.ID, Organization: org.ID, Role: role}
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := offer.Get(ctx, tx, by, d.Offer)
				return err
			})
		}
		deposited := func(address string) deposit.Matched {
			h.clock.Pass(25 * time.Hour)
			s := h.typed()
			s.Email, s.Title = address, "Offre de "+address
			return h.confirmed(s)
		}
		t.Run("an attacker's words stand in nobody's portal before staff have read them", func(t *testing.T) {
			d := deposited("pirate@ailleurs.example")
			for _, role := range []actor.Role{actor.PortalUser, actor.PortalGuest} {
				if err := seen(d, role); !fault.Is(err, fault.NotFound) {
					t.Errorf("%v: %v", role, err)
				}
			}
			letters := h.count(`SELECT count(*) FROM notice`)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := offer.Reject(ctx, tx, h.staff, d.Offer, "Hors sujet")
				return err
			})
			if n := h.count(`SELECT count(*) FROM notice`) - letters; n != 0 {
				t.Errorf("the victim is told %d times", n)
			}
		})
		t.Run("what was confirmed from the contact's own address is theirs while it waits", func(t *testing.T) {
			d := deposited("vraie@corvenne.example")
			for _, role := range []actor.Role{actor.PortalUser, actor.PortalGuest} {
				if err := seen(d, role); err != nil {
					t.Errorf("%v: %v", role, err)
				}
			}
		})
		t.Run("where nobody confirms anything, an address proves nothing", func(t *testing.T) {
			h.open(deposit.FormInput{Enabled: true, Months: "24"})
			h.clock.Pass(25 * time.Hour)
			s := h.typed()
			s.Email = "vraie@corvenne.example"
			h.submit(s)
			list := h.pending()
			if err := seen(list[len(list)-1], actor.PortalUser); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	})
}

// TestOldLink: a letter's link holds as long as it says, for other deposits too.
func TestOldLink(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		s := h.typed()
		h.submit(s)
		token := h.token(h.letters(deposit.LetterConfirmation)[0])
		if err := h.desk.Confirm(t.Context(), h.staff.Workspace, token, nil); err != nil {
			t.Fatal(err)
		}
		h.clock.Pass(30 * 24 * time.Hour)
		for range 2 { // the second brings no letter
			h.submit(h.typed())
		}
		var waiting []id.Deposit
		h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			waiting, err = sqldb.List(ctx, tx, sqldb.Value[id.Deposit], `SELECT id FROM deposit WHERE state = 'unconfirmed'`)
			return err
		})
		if err := h.desk.Confirm(t.Context(), h.staff.Workspace, token, waiting); err != nil {
			t.Fatal(err)
		}
		if n := len(h.pending()); n != 1 {
			t.Errorf("a link of a month ago confirmed %d", n-1)
		}
	})
}

// TestSubaddresses: whoever adds to an address what its mailbox does not look at makes no other one of it.
func TestSubaddresses(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		for _, address := range []string{"victime@corvenne.example", "victime+a@corvenne.example", "victime+b@corvenne.example"} {
			s := h.typed()
			s.Email = address
			h.submit(s)
		}
		if n := len(h.letters(deposit.LetterConfirmation)); n != 1 {
			t.Errorf("%d letters to one mailbox within an hour", n)
		}
	})
}

// TestFlotsam: what several deposits have made together goes with the last of them.
func TestFlotsam(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		var all []deposit.Matched
		for range 3 {
			h.clock.Pass(25 * time.Hour)
			all = append(all, h.confirmed(h.typed()))
		}
		for i, d := range all {
			if err := h.spam(d); err != nil {
				t.Fatal(err)
			}
			want := int64(1)
			if i == len(all)-1 {
				want = 0
			}
			if a, b := h.count(`SELECT count(*) FROM organization`), h.count(`SELECT count(*) FROM contact`); a != want || b != want {
				t.Errorf("after %d: %d organisations and %d contacts, want %d", i+1, a, b, want)
			}
		}
	})
}

// TestStaffsFile: the file that staff gave an offer stays its only one when the deposit is accepted.
func TestStaffsFile(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		store, err := file.Open(t.TempDir(), file.Settings{Clock: h.clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		receive := func(name string) file.Received {
			f, err := store.Receive(t.Context(), strings.NewReader("%PDF-1.4\n"+name+"\n%%EOF\n"), name)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		s := h.typed()
		s.Files = []file.Received{receive("depose.pdf")}
		d := h.confirmed(s)
		h.must(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := offer.SetFile(ctx, tx, h.staff, d.Offer, receive("corrige.pdf"))
			return err
		})
		if err := h.accept(d); err != nil {
			t.Fatal(err)
		}
		h.must(func(ctx context.Context, tx *sqldb.Tx) error {
			o, err := offer.Get(ctx, tx, h.staff, d.Offer)
			if err != nil {
				return err
			}
			files, err := file.Of(ctx, tx, h.staff, o.Owner())
			if len(files) != 1 || files[0].Name != "corrige.pdf" {
				t.Errorf("%+v", files)
			}
			return err
		})
	})
}

// TestArchivedNamesake: a deposit that names somebody of an archived organisation makes nothing there.
func TestArchivedNamesake(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization(organization.Input{Name: "Ateliers Corvenne", SIRET: siretA})
		h.contact(org, "Le Goff", "Anaïs", "anais@corvenne.example")
		h.must(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := organization.Archive(ctx, tx, h.admin, org.ID)
			return err
		})
		d := h.confirmed(h.typed())
		if !d.Offer.IsZero() {
			t.Error("an offer of an archived organisation")
		}
		refused(t, h.accept(d), fault.Conflict, "", "contact.organization_archived")
	})
}

// TestTakenElsewhere: an offer that staff have accepted among the offers is not made a second time elsewhere.
func TestTakenElsewhere(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		d := h.confirmed(h.typed())
		h.must(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := offer.Accept(ctx, tx, h.staff, d.Offer)
			return err
		})
		to := h.organization(organization.Input{Name: "Corvenne Groupe", CustomerNumber: "G-1"})
		refused(t, h.attach(d, to.ID, id.Contact{}), fault.Conflict, "", "deposit.taken")
		if n := h.count(`SELECT count(*) FROM offer`); n != 1 {
			t.Errorf("%d offers", n)
		}
	})
}
