package access_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// The attacks on «Identity across workspaces» (product.md §3). The person is Hélène Garnier of Ateliers Corvenne, whom
// both hosts know; the attacker is somebody who works for, or was invited by, one of them.

const (
	attacker = "attacker@evil.example"
	victim   = "helene@corvenne.example"
)

// garnier is the person as a contact of the host, with that e-mail.
func (h *town) garnier(x host, address string) contact.Contact {
	h.Helper()
	return h.contact(x, "Garnier", "Hélène", address)
}

// untouched fails if the contact has joined, was authorised, or knows an address or a login that is not its own.
func (h *town) untouched(t *testing.T, x host, c contact.Contact, because string) {
	t.Helper()
	now := h.now(x, c.ID)
	if !now.Login.IsZero() || !now.JoinedAt.IsZero() || !now.AuthorizedAt.IsZero() || now.LoginEnabled || now.LoginEmail != c.LoginEmail || now.Email != c.Email {
		t.Errorf("%s: %+v", because, now)
	}
}

func TestIdentityAcrossWorkspaces(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("somebody who joined first, elsewhere, under the person's name gains nothing where the real one is invited", func(t *testing.T) {
			false1 := h.garnier(h.school, attacker)
			thief := h.join(h.school, false1)
			real1 := h.garnier(h.vendor, victim)
			if real1.Account != false1.Account {
				t.Fatal("they do not share the account: this attacks nothing")
			}
			h.untouched(t, h.vendor, real1, "the thief joined elsewhere")
			h.send(h.vendor, real1.ID)
			for _, l := range h.server.Letters() {
				if l.To[0] == attacker && strings.Contains(l.Read(t).Text, "Orvane") {
					t.Error("the thief got the other host's letter")
				}
			}
			token := h.token(victim)
			if _, err := h.door.Activate(t.Context(), invitation.Activation{Token: token, Login: thief.ID}); !fault.Is(err, fault.Conflict) {
				t.Error("the thief's session accepts:", err)
			}
			if _, err := h.door.Unlock(t.Context(), invitation.Code{Email: attacker, Code: h.code(victim)}); !fault.Is(err, fault.Invalid) {
				t.Error("the thief's address goes with the code:", err)
			}
			done, err := h.activate(token)
			if err != nil {
				t.Fatal(err)
			}
			if now := h.now(h.vendor, real1.ID); now.Login != done.Entry.Login.ID || now.Login == thief.ID {
				t.Errorf("%+v", now)
			}
			if now := h.now(h.school, false1.ID); now.Login != thief.ID {
				t.Error("the real one took over what is the thief's elsewhere")
			}
		})
	})
}

func TestRenameOntoAndAwayFromAnAccount(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		real1 := h.garnier(h.vendor, victim)
		owner := h.join(h.vendor, real1)
		other := h.contact(h.school, "Thief", "Theo", attacker)
		thief := h.join(h.school, other)
		t.Run("a rename onto the account of somebody who has joined elsewhere is refused and hands nothing over", func(t *testing.T) {
			for _, another := range []bool{false, true} {
				err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := contact.Rename(ctx, tx, h.school.officer, other.ID, contact.NewName{
						FamilyName: "Garnier", GivenName: "Hélène", Another: another, Version: h.now(h.school, other.ID).Version})
					return err
				})
				isRefused(t, err, fault.Conflict, "family_name", "contact.account_exists")
			}
			if h.now(h.vendor, real1.ID).Login != owner.ID || h.now(h.school, other.ID).Login != thief.ID {
				t.Error("a login moved")
			}
		})
		t.Run("a rename away from a shared account takes nothing along and leaves nothing behind", func(t *testing.T) {
			same := h.garnier(h.school, attacker+".fr")
			l := h.join(h.school, same)
			c := h.now(h.school, same.ID)
			after := h.rename(h.school, same.ID, contact.NewName{FamilyName: "Tout", GivenName: "Autre", Version: c.Version})
			if after.Account == real1.Account || after.Login != l.ID {
				t.Errorf("%+v", after)
			}
			if now := h.now(h.vendor, real1.ID); now.Login != owner.ID || now.LoginEmail.String() != victim {
				t.Errorf("%+v", now)
			}
		})
		t.Run("another person under a contact has neither the former one's login nor their address, and their login sees nothing", func(t *testing.T) {
			same := h.contact(h.school, "Ancien", "Noé", "noe@corvenne.example")
			old := h.join(h.school, same)
			c := h.now(h.school, same.ID)
			after := h.rename(h.school, same.ID, contact.NewName{FamilyName: "Nouveau", GivenName: "Luc", Another: true, Version: c.Version})
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := invitation.Last(ctx, tx, h.school.officer, same.ID); !fault.Is(err, fault.NotFound) {
					t.Error("the former one's invitation is there:", err)
				}
				return nil
			})
			if !after.Login.IsZero() || !after.LoginEmail.IsZero() || !after.JoinedAt.IsZero() || !after.CredentialsSentAt.IsZero() {
				t.Errorf("%+v", after)
			}
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := login.Get(ctx, tx, old.ID); !fault.Is(err, fault.NotFound) {
					t.Error("the login is there:", err)
				}
				return nil
			})
		})
	})
}

func TestTwoPendingInvitationsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("one address, two hosts: one login comes of it, and nobody else's contact is joined", func(t *testing.T) {
			here, there := h.garnier(h.school, victim), h.garnier(h.vendor, victim)
			h.send(h.school, here.ID)
			first := h.token(victim)
			h.send(h.vendor, there.ID)
			tokens := []string{first, h.token(victim)}
			var all sync.WaitGroup
			for _, token := range tokens {
				all.Go(func() {
					_, err := h.activate(token)
					if fault.Is(err, fault.Conflict) { // the address has got a login meanwhile: its password accepts
						_, err = h.activate(token)
					}
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			a, b := h.now(h.school, here.ID).Login, h.now(h.vendor, there.ID).Login
			if a.IsZero() || a != b {
				t.Errorf("joined with %v and %v", a, b)
			}
		})
		t.Run("one person, two addresses: each host's contact is joined by the login of its own invitation", func(t *testing.T) {
			here, there := h.contact(h.school, "Le Goff", "Nolwenn", "private@goff.example"), h.contact(h.vendor, "Le Goff", "Nolwenn", "nolwenn@corvenne.example")
			h.send(h.school, here.ID)
			h.send(h.vendor, there.ID)
			var all sync.WaitGroup
			for _, address := range []string{"private@goff.example", "nolwenn@corvenne.example"} {
				all.Go(func() {
					if _, err := h.activate(h.token(address)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if a, b := h.now(h.school, here.ID).Login, h.now(h.vendor, there.ID).Login; a.IsZero() || b.IsZero() || a == b {
				t.Errorf("joined with %v and %v", a, b)
			}
		})
	})
}

func TestContactsMadeOtherwise(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		real1 := h.garnier(h.vendor, victim)
		owner := h.join(h.vendor, real1)
		t.Run("an import of somebody who has joined elsewhere knows neither login nor address", func(t *testing.T) {
			c := h.contactFrom(h.school, "Garnier", "Hélène", "", contact.Import)
			if c.Account != real1.Account {
				t.Fatal("they do not share the account: this attacks nothing")
			}
			h.untouched(t, h.school, c, "imported")
			isRefused(t, h.sending(h.school.officer, c.ID, access.Sending{}), fault.Conflict, "login_email", "access.send.no_address")
		})
		t.Run("a public form in the person's name, with a stranger's address, gives the stranger nothing of theirs", func(t *testing.T) {
			c := h.contactFrom(h.school, "GARNIER", "Helene Anne", attacker, contact.Landing)
			h.untouched(t, h.school, c, "from the public form")
			h.send(h.school, c.ID)
			if _, err := h.activate(h.token(attacker)); err != nil {
				t.Fatal(err)
			}
			if now := h.now(h.school, c.ID); !now.AuthorizedAt.IsZero() {
				t.Error("it is authorised")
			}
			if now := h.now(h.vendor, real1.ID); now.Login != owner.ID {
				t.Errorf("%+v", now)
			}
		})
		t.Run("a contact that is deleted and made again knows nothing of the first one's login, link or code", func(t *testing.T) {
			first := h.contact(h.school, "Kerviel", "Gaël", "gael@corvenne.example")
			old := h.join(h.school, first)
			pending := h.contact(h.school, "Morvan", "Katell", "katell@corvenne.example")
			h.send(h.school, pending.ID)
			token, code := h.token("katell@corvenne.example"), h.code("katell@corvenne.example")
			for _, c := range []contact.Contact{first, pending} {
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					return contact.Delete(ctx, tx, h.school.officer, c.ID, h.successor(h.school, c.ID))
				})
			}
			again := h.contact(h.school, "Kerviel", "Gaël", "gael@corvenne.example")
			h.untouched(t, h.school, again, "made again")
			h.contact(h.school, "Morvan", "Katell", "katell@corvenne.example")
			h.isOver(t, token)
			if _, err := h.door.Unlock(t.Context(), invitation.Code{Email: "katell@corvenne.example", Code: code}); !fault.Is(err, fault.Invalid) {
				t.Error("the code:", err)
			}
			h.send(h.school, again.ID)
			if _, err := h.door.Activate(t.Context(), invitation.Activation{Token: h.token("gael@corvenne.example"), Login: old.ID}); !fault.Is(err, fault.Conflict) {
				t.Error("the login that is gone accepts:", err)
			}
		})
		t.Run("a letter about a contact that was deleted is withdrawn", func(t *testing.T) {
			c := h.contact(h.school, "Sanson", "Ange", "ange@corvenne.example")
			if err := h.sending(h.school.officer, c.ID, access.Sending{}); err != nil {
				t.Fatal(err)
			}
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				return contact.Delete(ctx, tx, h.school.officer, c.ID, h.successor(h.school, c.ID))
			})
			before := len(h.server.Letters())
			h.deliver()
			if n := len(h.server.Letters()); n != before {
				t.Errorf("%d letters", n-before)
			}
		})
	})
}

// TestNothingTellsOfALogin: whether the invited address has a login elsewhere shows in nothing that the host sees, before
// or after it is accepted.
func TestNothingTellsOfALogin(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.join(h.vendor, h.contact(h.vendor, "Connu", "Karl", "karl@corvenne.example"))
		known, unknown := h.contact(h.school, "Connu", "Karl", "karl@corvenne.example"), h.contact(h.school, "Inconnu", "Ivan", "ivan@corvenne.example")
		seen := func(c contact.Contact) string {
			t.Helper()
			now := h.now(h.school, c.ID)
			said := fmt.Sprint(now.LoginEnabled, now.LoginEmail == now.Email, now.JoinedAt.IsZero(), now.AuthorizedAt.IsZero(), now.CredentialsSentAt.IsZero(), now.Version, h.credentials(h.school, c.ID).Delivery)
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				page, err := journal.Find(ctx, tx, h.school.admin, journal.Filter{Size: 100})
				for _, l := range page.Lines {
					if l.Subject.ID == c.ID.UUID || l.Subject.Kind == "login" {
						said += fmt.Sprint(" ", l.Kind, l.Fields)
					}
				}
				return err
			})
			return said
		}
		for _, step := range []func(c contact.Contact){
			func(c contact.Contact) { h.send(h.school, c.ID) },
			func(c contact.Contact) {
				if _, err := h.activate(h.token(c.Email.String())); err != nil {
					t.Fatal(err)
				}
			},
		} {
			step(known)
			step(unknown)
			if a, b := seen(known), seen(unknown); a != b {
				t.Errorf("of an address with a login: %s\nof one without: %s", a, b)
			}
		}
		text := func(address string) string {
			return strings.NewReplacer("Karl Connu", "…", "Ivan Inconnu", "…", h.token(address), "…", h.code(address), "…").Replace(h.letter(address).Text)
		}
		if a, b := text("karl@corvenne.example"), text("ivan@corvenne.example"); a != b {
			t.Errorf("letters differ:\n%s\n%s", a, b)
		}
	})
}

// TestRaceForOneInvitation lets 64 accept one invitation at once, on two nodes, half of them as new and half of them
// with a code's link: one succeeds, one login is made, and the contact is joined with it.
func TestRaceForOneInvitation(t *testing.T) {
	rounds := 3
	if os.Getenv("ENTREGENT_TEST_FULL") != "" {
		rounds = 50
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock, options := sqldbtest.NewClock(), sqldbtest.Options(t, engine)
			options.Clock = clock.Now
			var dbs [2]*sqldb.DB
			for n := range dbs {
				db, err := sqldb.Open(t.Context(), options)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				dbs[n] = db
			}
			h := newTown(t, dbs[0], clock, mailtest.Options{})
			_, _, other := h.node(dbs[1])
			doors := []*invitation.Door{h.door, other}
			for round := range rounds {
				address := fmt.Sprintf("course%d@corvenne.example", round)
				c := h.contact(h.school, "Course"+letters(fmt.Sprintf("a%da", round)), "Anne", address)
				h.send(h.school, c.ID)
				token := h.token(address)
				var won atomic.Int64
				var all sync.WaitGroup
				for n := range 64 {
					all.Go(func() {
						done, err := doors[n%2].Activate(t.Context(), invitation.Activation{Token: token, Password: password})
						switch {
						case err == nil && !done.Entry.Login.ID.IsZero():
							won.Add(1)
						case err == nil || !invitation.IsOver(err) && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.TooMany):
							t.Errorf("%+v, %v", done, err)
						}
					})
				}
				all.Wait()
				joined := h.now(h.school, c.ID)
				if won.Load() != 1 || joined.Login.IsZero() || h.lines(h.school, c.ID, "contact.joined") != 1 {
					t.Errorf("round %d: %d won; %+v", round, won.Load(), joined)
				}
			}
		})
	}
}
