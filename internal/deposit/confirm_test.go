package deposit_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/deposit"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

func (h *town) accept(d deposit.Matched) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return deposit.Accept(ctx, tx, h.staff, d.ID) })
}

func (h *town) refuse(d deposit.Matched, letter bool) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return deposit.Refuse(ctx, tx, h.staff, d.ID, letter) })
}

func (h *town) spam(d deposit.Matched) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return deposit.MarkSpam(ctx, tx, h.staff, d.ID) })
}

func (h *town) attach(d deposit.Matched, to id.Organization, whom id.Contact) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return deposit.Attach(ctx, tx, h.staff, d.ID, to, whom) })
}

func (h *town) sweep() {
	h.Helper()
	for n := int64(500); n == 500; {
		h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
			n, err = h.desk.Sweep(ctx, tx, 500)
			return err
		})
	}
}

func TestConfirm(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("looking at the link changes nothing, however often", func(t *testing.T) {
			h.submit(h.typed())
			token := h.token(h.letters(deposit.LetterConfirmation)[0])
			for range 3 {
				err := h.db.View(t.Context(), func(tx *sqldb.Tx) error {
					l, err := h.desk.Look(t.Context(), tx, h.staff.Workspace, token)
					if err == nil && (l.Own.State != deposit.Unconfirmed || l.Own.Title == "") {
						t.Errorf("%+v", l.Own)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if len(h.pending()) != 0 {
				t.Error("confirmed by looking")
			}
		})
		t.Run("confirmed, it makes organisation, contact and offer; nobody is authorised, primary or written to", func(t *testing.T) {
			token := h.token(h.letters(deposit.LetterConfirmation)[0])
			for range 2 {
				if err := h.desk.Confirm(t.Context(), h.staff.Workspace, token, nil); err != nil {
					t.Fatal(err)
				}
			}
			list := h.pending()
			if len(list) != 1 || !list[0].NewPlace || !list[0].NewContact {
				t.Fatalf("%+v", list)
			}
			d := list[0]
			c, err := h.stored(d.Contact)
			if err != nil || c.Source != contact.Landing || !c.AuthorizedAt.IsZero() || c.LoginEnabled || !c.LoginEmail.IsZero() || c.Role != contact.User {
				t.Errorf("%+v %v", c, err)
			}
			if !d.Place.Primary.IsZero() || d.Place.SIRET.IsZero() || d.Place.City != "Brest" {
				t.Errorf("%+v", d.Place)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				o, err := offer.Get(ctx, tx, h.staff, d.Offer)
				if err != nil || o.State != offer.Pending || o.Source != offer.Landing || o.Organization != d.Place.ID || o.Author.ID != c.ID.UUID {
					t.Errorf("%+v %v", o, err)
				}
				return err
			})
			if n := h.count(`SELECT count(*) FROM letter WHERE kind <> 'deposit'`); n != 0 {
				t.Errorf("%d other letters", n)
			}
		})
		t.Run("a link that is none, another workspace's, or too old, opens nothing", func(t *testing.T) {
			s := h.typed()
			s.Email = "late@corvenne.example"
			h.submit(s)
			token := h.token(h.letters(deposit.LetterConfirmation)[0])
			for _, wrong := range []string{"", "x", token + "x", token[1:]} {
				refused(t, h.desk.Confirm(t.Context(), h.staff.Workspace, wrong, nil), fault.NotFound, "", "deposit.link_over")
			}
			refused(t, h.desk.Confirm(t.Context(), h.host("voisin").Workspace, token, nil), fault.NotFound, "", "deposit.link_over")
			h.clock.Pass(8 * 24 * time.Hour)
			refused(t, h.desk.Confirm(t.Context(), h.staff.Workspace, token, nil), fault.NotFound, "", "deposit.link_over")
			h.sweep()
			if n := h.count(`SELECT count(*) FROM deposit WHERE email = $1`, s.Email); n != 0 {
				t.Errorf("%d rows left", n)
			}
		})
		t.Run("a letter confirms the others of its address that the depositor names, and nobody else's", func(t *testing.T) {
			var names []string
			for _, title := range []string{"Première", "Deuxième", "Troisième"} {
				s := h.typed()
				s.Email, s.Title = "trois@corvenne.example", title
				h.submit(s)
				names = append(names, title)
			}
			s := h.typed()
			s.Email, s.Title = "autre@corvenne.example", "Quatrième"
			h.submit(s)
			letters := h.letters(deposit.LetterConfirmation)
			if len(letters) < 2 {
				t.Fatalf("%d letters", len(letters))
			}
			foreign, own := h.token(letters[0]), h.token(letters[1])
			var mine, theirs deposit.Letter
			h.must(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				if mine, err = h.desk.Look(ctx, tx, h.staff.Workspace, own); err != nil {
					return err
				}
				theirs, err = h.desk.Look(ctx, tx, h.staff.Workspace, foreign)
				return err
			})
			if mine.Own.Title != names[0] || len(mine.Others) != 2 || len(theirs.Others) != 0 {
				t.Fatalf("%q %d %d", mine.Own.Title, len(mine.Others), len(theirs.Others))
			}
			before := len(h.pending())
			if err := h.desk.Confirm(t.Context(), h.staff.Workspace, own, []id.Deposit{mine.Others[0].ID, theirs.Own.ID, id.NewDeposit(), mine.Others[0].ID}); err != nil {
				t.Fatal(err)
			}
			if n := len(h.pending()) - before; n != 2 {
				t.Errorf("%d were confirmed, want 2", n)
			}
		})
	})
}

// TestVictim: a form that names somebody with an attacker's address gives no access, ever.
func TestVictim(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization(organization.Input{Name: "Ateliers Corvenne SAS", SIRET: siretA, City: "Quimper"})
		victim := h.contact(org, "LE GOFF", "anais", "vraie@corvenne.example")
		before, _ := h.stored(victim.ID)
		s := h.typed()
		s.Email, s.Phone, s.JobTitle, s.Name, s.City = "pirate@ailleurs.example", "06 39 98 12 34", "Pirate", "Corvenne à nous", "Ailleurs"
		d := h.confirmed(s)
		unchanged := func(t *testing.T) {
			t.Helper()
			after, err := h.stored(victim.ID)
			if err != nil || after != before {
				t.Errorf("%+v %v, was %+v", after, err, before)
			}
		}
		t.Run("the deposit is attached to who is there, and changes neither them nor their organisation", func(t *testing.T) {
			if d.Contact != victim.ID || d.Organization != org.ID || d.NewContact || d.NewPlace {
				t.Errorf("%+v", d.Deposit)
			}
			if d.Place.Name != org.Name || d.Place.City != "Quimper" || d.Place.Version != org.Version {
				t.Errorf("%+v", d.Place)
			}
			unchanged(t)
		})
		t.Run("staff are warned that the address is another one", func(t *testing.T) {
			if !d.OtherAddress || d.Person.Email.String() != "vraie@corvenne.example" || d.Email != "pirate@ailleurs.example" {
				t.Errorf("%v %v", d.OtherAddress, d.Person.Email)
			}
		})
		t.Run("accepted, authorised and sent credentials, everything goes to the address that was stored", func(t *testing.T) {
			if err := h.accept(d); err != nil {
				t.Fatal(err)
			}
			unchanged(t)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := access.Authorize(ctx, tx, h.staff, victim.ID)
				return err
			})
			after, _ := h.stored(victim.ID)
			if after.Email != before.Email || !after.LoginEmail.IsZero() {
				t.Errorf("%v %v", after.Email, after.LoginEmail)
			}
			if n := h.count(`SELECT count(*) FROM contact WHERE email = $1 OR login_email = $1`, s.Email); n != 0 {
				t.Errorf("%d contacts have the attacker's address", n)
			}
			if n := h.count(`SELECT count(*) FROM invitation`); n != 0 {
				t.Errorf("%d invitations", n)
			}
		})
		t.Run("only who chooses « Remplacer l'adresse » changes it, and that sends nothing and opens nothing", func(t *testing.T) {
			h.clock.Pass(2 * time.Hour)
			s := h.typed()
			s.Email = "nouvelle@corvenne.example"
			d := h.confirmed(s)
			letters := h.count(`SELECT count(*) FROM letter`)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error { return deposit.ReplaceAddress(ctx, tx, h.staff, d.ID) })
			after, _ := h.stored(victim.ID)
			if after.Email.String() != s.Email || after.LoginEnabled != before.LoginEnabled || after.Phone != before.Phone || after.JobTitle != before.JobTitle || after.Civility != before.Civility {
				t.Errorf("%+v", after)
			}
			if n := h.count(`SELECT count(*) FROM letter`) - letters; n != 0 {
				t.Errorf("%d letters", n)
			}
		})
	})
}

func TestUnseen(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization(organization.Input{Name: "Ateliers Corvenne", SIRET: siretA})
		boss := h.contact(org, "Kerbrat", "Yann", "yann@corvenne.example")
		d := h.confirmed(h.typed())
		if d.NewPlace || !d.NewContact {
			t.Fatalf("%+v", d.Deposit)
		}
		by := actor.Actor{Kind: actor.Contact, Workspace: h.staff.Workspace, Contact: boss.ID, Organization: org.ID, Role: actor.PortalSuperAdmin}
		t.Run("an organisation's own people see neither the depositor nor the offer before they are accepted", func(t *testing.T) {
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				part, err := directory.Colleagues(ctx, tx, by, directory.Filter{Ask: paging.Ask{Size: 48}})
				if err != nil || len(part.Items) != 1 || part.Items[0].ID != boss.ID {
					t.Errorf("%d %v", len(part.Items), err)
				}
				if _, err := contact.Colleague(ctx, tx, by, d.Contact); !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
				if _, err := offer.Get(ctx, tx, by, d.Offer); !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
				return nil
			})
		})
		t.Run("accepted, both are seen there; nobody is authorised by it, nor primary", func(t *testing.T) {
			if err := h.accept(d); err != nil {
				t.Fatal(err)
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				part, err := directory.Colleagues(ctx, tx, by, directory.Filter{Ask: paging.Ask{Size: 48}})
				if err != nil || len(part.Items) != 2 || part.Total != 2 {
					t.Errorf("%d %v", len(part.Items), err)
				}
				c, err := contact.Colleague(ctx, tx, by, d.Contact)
				if err != nil || !c.AuthorizedAt.IsZero() || c.LoginEnabled {
					t.Errorf("%+v %v", c.Row, err)
				}
				if _, err := offer.Get(ctx, tx, by, d.Offer); err != nil {
					t.Error(err)
				}
				now, err := organization.Get(ctx, tx, h.staff, org.ID)
				if now.Primary != boss.ID {
					t.Error("another primary contact")
				}
				return err
			})
		})
		t.Run("nobody of the portal moderates anything", func(t *testing.T) {
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error { return deposit.Accept(ctx, tx, by, d.ID) })
			refused(t, err, fault.Forbidden, "", "fault.forbidden")
		})
	})
}

func TestDecide(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		next := func(change func(*deposit.Submission)) deposit.Matched {
			h.clock.Pass(25 * time.Hour)
			s := h.typed()
			if change != nil {
				change(&s)
			}
			return h.confirmed(s)
		}
		t.Run("accepted, the offer is active, what was typed goes, and the contact stays unauthorised", func(t *testing.T) {
			d := next(nil)
			for range 2 {
				if err := h.accept(d); err != nil {
					t.Fatal(err)
				}
			}
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				o, err := offer.Get(ctx, tx, h.staff, d.Offer)
				if err != nil || o.State != offer.Active {
					t.Errorf("%v %v", o.State, err)
				}
				kept, err := deposit.Get(ctx, tx, h.staff, d.ID)
				if kept.State != deposit.Accepted || kept.Input != (deposit.Input{}) || kept.Consent == "" {
					t.Errorf("%+v", kept)
				}
				return err
			})
			if n := h.count(`SELECT count(*) FROM deposit WHERE typed <> '' OR email <> ''`); n != 0 {
				t.Errorf("%d rows keep what was typed", n)
			}
			if c, err := h.stored(d.Contact); err != nil || !c.AuthorizedAt.IsZero() {
				t.Error(err)
			}
			refused(t, h.refuse(d, false), fault.Conflict, "", "deposit.decided")
		})
		t.Run("an offer that staff have accepted or rejected among the offers is accepted here all the same", func(t *testing.T) {
			for _, already := range []func(ctx context.Context, tx *sqldb.Tx, d deposit.Matched) error{
				func(ctx context.Context, tx *sqldb.Tx, d deposit.Matched) error {
					_, err := offer.Accept(ctx, tx, h.staff, d.Offer)
					return err
				},
				func(ctx context.Context, tx *sqldb.Tx, d deposit.Matched) error {
					_, err := offer.Reject(ctx, tx, h.staff, d.Offer, "")
					return err
				},
			} {
				d := next(nil)
				h.must(func(ctx context.Context, tx *sqldb.Tx) error { return already(ctx, tx, d) })
				if err := h.accept(d); err != nil {
					t.Fatal(err)
				}
				h.must(func(ctx context.Context, tx *sqldb.Tx) error {
					o, err := offer.Get(ctx, tx, h.staff, d.Offer)
					if o.State != offer.Active {
						t.Error(o.State)
					}
					return err
				})
			}
		})
		other := func(s *deposit.Submission) { s.SIRET, s.Name, s.FamilyName = siretB, "Corvenne Ouest", "Abgrall" }
		t.Run("refused, what the deposit alone had made goes; again changes nothing", func(t *testing.T) {
			places, people, offers := h.count(`SELECT count(*) FROM organization`), h.count(`SELECT count(*) FROM contact`), h.count(`SELECT count(*) FROM offer`)
			d := next(other)
			for range 2 {
				if err := h.refuse(d, false); err != nil {
					t.Fatal(err)
				}
			}
			if a, b, c := h.count(`SELECT count(*) FROM organization`), h.count(`SELECT count(*) FROM contact`), h.count(`SELECT count(*) FROM offer`); a != places || b != people || c != offers {
				t.Errorf("%d %d %d, before %d %d %d", a, b, c, places, people, offers)
			}
			refused(t, h.accept(d), fault.Conflict, "", "deposit.decided")
			if n := len(h.letters(deposit.LetterRefused)); n != 0 {
				t.Errorf("%d letters", n)
			}
		})
		t.Run("refused by letter, the depositor is told, and their address goes with the letter", func(t *testing.T) {
			d := next(other)
			if err := h.refuse(d, true); err != nil {
				t.Fatal(err)
			}
			letters := h.letters(deposit.LetterRefused)
			if len(letters) != 1 {
				t.Fatalf("%d letters", len(letters))
			}
			if m, err := h.written(letters[0]); err != nil || m.To.String() != "anais@corvenne.example" {
				t.Errorf("%v %v", m.To, err)
			}
			for _, k := range h.desk.Kinds() {
				if k.Name == deposit.LetterRefused {
					h.must(func(ctx context.Context, tx *sqldb.Tx) error { return k.Accepted(ctx, tx, letters[0]) })
				}
			}
			if n := h.count(`SELECT count(*) FROM deposit WHERE email <> ''`); n != 0 {
				t.Errorf("%d addresses are kept", n)
			}
		})
		t.Run("spam writes to nobody, and keeps what staff have taken in their hands since", func(t *testing.T) {
			d := next(other)
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := access.Authorize(ctx, tx, h.staff, d.Contact)
				return err
			})
			letters := h.count(`SELECT count(*) FROM letter`)
			if err := h.spam(d); err != nil {
				t.Fatal(err)
			}
			if _, err := h.stored(d.Contact); err != nil {
				t.Errorf("an authorised contact went: %v", err)
			}
			if n := h.count(`SELECT count(*) FROM letter`) - letters; n != 0 {
				t.Errorf("%d letters", n)
			}
			h.clock.Pass(31 * 24 * time.Hour)
			h.sweep()
			if n := h.count(`SELECT count(*) FROM deposit WHERE state IN ('refused', 'spam')`); n != 0 {
				t.Errorf("%d rows", n)
			}
		})
		t.Run("an organisation and a contact that another deposit uses too stay until that is refused as well", func(t *testing.T) {
			third := func(s *deposit.Submission) { s.SIRET, s.Name, s.FamilyName = "44306184100047", "Corvenne Sud", "Riou" }
			a, b := next(third), next(third)
			if b.NewPlace || b.NewContact || b.Contact != a.Contact {
				t.Fatalf("%+v", b.Deposit)
			}
			if err := h.refuse(a, false); err != nil {
				t.Fatal(err)
			}
			if _, err := h.stored(b.Contact); err != nil {
				t.Error(err)
			}
			if err := h.refuse(b, false); err != nil {
				t.Fatal(err)
			}
			if _, err := h.stored(b.Contact); !fault.Is(err, fault.NotFound) {
				t.Errorf("the contact stayed: %v", err)
			}
			if n := h.count(`SELECT count(*) FROM organization WHERE id = $1`, b.Organization); n != 0 {
				t.Error("the organisation stayed")
			}
		})
		t.Run("attached elsewhere, it goes there with its depositor, and leaves nothing behind", func(t *testing.T) {
			d := next(func(s *deposit.Submission) {
				s.SIRET, s.Name, s.FamilyName = "55208131766522", "Corvenne Nord", "Tanguy"
			})
			to := h.organization(organization.Input{Name: "Corvenne Groupe", CustomerNumber: "G-1"})
			whom := h.contact(to, "Quéré", "Maël", "mael@corvenne.example")
			from := d.Organization
			if err := h.attach(d, to.ID, whom.ID); err != nil {
				t.Fatal(err)
			}
			now := h.pending()[len(h.pending())-1]
			if now.ID != d.ID || now.Organization != to.ID || now.Contact != whom.ID || now.NewContact || now.NewPlace {
				t.Errorf("%+v", now.Deposit)
			}
			if n := h.count(`SELECT count(*) FROM organization WHERE id = $1`, from); n != 0 {
				t.Error("the organisation stayed")
			}
			if err := h.attach(d, to.ID, id.Contact{}); err != nil {
				t.Fatal(err)
			}
			refused(t, h.attach(d, id.NewOrganization(), id.Contact{}), fault.NotFound, "", "fault.not_found")
			refused(t, h.attach(d, to.ID, id.NewContact()), fault.NotFound, "", "fault.not_found")
			if err := h.accept(d); err != nil {
				t.Error(err)
			}
		})
		t.Run("what staff do not decide goes at the end of its time, with all that it alone had made", func(t *testing.T) {
			d := next(func(s *deposit.Submission) {
				s.SIRET, s.Name, s.FamilyName = "", "Corvenne", "Nédélec"
				s.SIRET = "73282932000074"
			})
			h.clock.Pass(25 * 31 * 24 * time.Hour)
			h.sweep()
			if len(h.pending()) != 0 {
				t.Error("it still waits")
			}
			if _, err := h.stored(d.Contact); !fault.Is(err, fault.NotFound) {
				t.Errorf("%v", err)
			}
		})
	})
}

func TestArchived(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org := h.organization(organization.Input{Name: "Ateliers Corvenne", SIRET: siretA})
		h.must(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := organization.Archive(ctx, tx, h.admin, org.ID)
			return err
		})
		d := h.confirmed(h.typed())
		t.Run("a deposit with an archived organisation waits without contact, and is accepted once that is restored", func(t *testing.T) {
			if d.Organization != org.ID || !d.Contact.IsZero() {
				t.Errorf("%+v", d.Deposit)
			}
			refused(t, h.accept(d), fault.Conflict, "", "contact.organization_archived")
			h.must(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := organization.Restore(ctx, tx, h.admin, org.ID)
				return err
			})
			if err := h.accept(d); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestMatch(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		alike := h.organization(organization.Input{Name: "Ateliers Corvène", CustomerNumber: "A"})
		same := h.organization(organization.Input{Name: "Brasserie du Port", CustomerNumber: "B"})
		h.contact(same, "Morvan", "Ewen", "ewen@corvenne.example")
		d := h.confirmed(h.typed())
		t.Run("similar names and people of the same mail domain are found, whatever the SIRET", func(t *testing.T) {
			if len(d.Alike) != 1 || d.Alike[0].ID != alike.ID {
				t.Errorf("alike: %+v", d.Alike)
			}
			if len(d.SameDomain) != 1 || d.SameDomain[0].ID != same.ID {
				t.Errorf("domain: %+v", d.SameDomain)
			}
		})
	})
}

func TestRaces(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("of many confirmations at once one makes everything, and none fails", func(t *testing.T) {
			h.submit(h.typed())
			token := h.token(h.letters(deposit.LetterConfirmation)[0])
			h.together(16, func(int) error { return h.desk.Confirm(t.Context(), h.staff.Workspace, token, nil) })
			h.wantMade(t, 1, 1, 1)
		})
		t.Run("different deposits of one new organisation and person make one of each", func(t *testing.T) {
			var tokens []string
			for n := range 6 {
				s := h.typed()
				s.SIRET, s.FamilyName, s.Email, s.Title = siretB, "Abgrall", string(rune('a'+n))+"@corvenne.example", string(rune('A'+n))
				h.submit(s)
				tokens = append(tokens, h.token(h.letters(deposit.LetterConfirmation)[0]))
			}
			h.together(len(tokens), func(n int) error { return h.desk.Confirm(t.Context(), h.staff.Workspace, tokens[n], nil) })
			h.wantMade(t, 2, 2, 7)
		})
		t.Run("a confirmation beside the sweep takes effect whole, or not at all", func(t *testing.T) {
			s := h.typed()
			s.SIRET, s.Email = "44306184100047", "late@corvenne.example"
			h.submit(s)
			token := h.token(h.letters(deposit.LetterConfirmation)[0])
			h.clock.Pass(7*24*time.Hour - time.Millisecond)
			h.together(8, func(n int) error {
				if n%2 == 0 {
					h.clock.Pass(time.Millisecond)
					return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
						_, err := h.desk.Sweep(ctx, tx, 500)
						return err
					})
				}
				if err := h.desk.Confirm(t.Context(), h.staff.Workspace, token, nil); !fault.Is(err, fault.NotFound) {
					return err
				}
				return nil
			})
			rows, places := h.count(`SELECT count(*) FROM deposit WHERE email = $1`, s.Email), h.count(`SELECT count(*) FROM organization WHERE siret = $1`, "44306184100047")
			if rows != places {
				t.Errorf("%d rows, %d organisations", rows, places)
			}
		})
		t.Run("of two who decide at once one does, and the other is told", func(t *testing.T) {
			d := h.pending()[0]
			var mu sync.Mutex
			told := 0
			h.together(8, func(n int) error {
				err := h.accept(d)
				if n%2 == 0 {
					err = h.refuse(d, false)
				}
				if fault.Is(err, fault.Conflict) {
					mu.Lock()
					told++
					mu.Unlock()
					return nil
				}
				return err
			})
			if told == 0 {
				t.Error("nobody was told")
			}
		})
	})
}

func (h *town) together(n int, do func(n int) error) {
	h.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := do(i); err != nil {
				h.Errorf("%d: %v", i, err)
			}
		})
	}
	all.Wait()
}

func (h *town) wantMade(t *testing.T, places, people, offers int64) {
	t.Helper()
	a, b, c := h.count(`SELECT count(*) FROM organization`), h.count(`SELECT count(*) FROM contact`), h.count(`SELECT count(*) FROM offer`)
	if a != places || b != people || c != offers {
		t.Errorf("%d organisations, %d contacts, %d offers; want %d, %d, %d", a, b, c, places, people, offers)
	}
}
