package access_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// look reads what the page of a link shows.
func (h *town) look(token string) (x invitation.Invited, err error) {
	err = h.db.View(h.Context(), func(tx *sqldb.Tx) error {
		x, err = h.door.Look(h.Context(), tx, token)
		return err
	})
	return x, err
}

// person is a login with the usual password that holds nothing yet.
func (h *town) person(address string) (l login.Login) {
	h.Helper()
	hash, err := h.desk.Hash(h.Context(), password)
	if err != nil {
		h.Fatal(err)
	}
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		l, err = login.Create(ctx, tx, h.program(), login.New{Email: address, Name: "Somebody Else"}, hash)
		return err
	})
	return l
}

func TestActivate(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("looking at the page uses nothing up, and is noted once", func(t *testing.T) {
			c := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example")
			h.send(h.school, c.ID)
			token := h.token("etienne@corvenne.example")
			var opened sqldb.Time
			for n := range 3 {
				x, err := h.look(token)
				if err != nil || x.Host.Name != "École Brenval" || x.Organization != "Ateliers Corvenne" || !x.Login.IsZero() {
					t.Fatalf("%+v, %v", x, err)
				}
				h.update(func(ctx context.Context, tx *sqldb.Tx) error { return h.door.Opened(ctx, tx, x.Invitation) })
				if x, _ = h.look(token); n == 0 {
					opened = x.OpenedAt
				}
				if x.OpenedAt.IsZero() || x.OpenedAt != opened {
					t.Errorf("opened %v, first %v", x.OpenedAt, opened)
				}
				h.clock.Pass(time.Minute)
			}
			if d := h.credentials(h.school, c.ID); d.Delivery != invitation.Opened {
				t.Errorf("staff see %s", d.Delivery)
			}
		})
		t.Run("somebody new gets a login with the invitation's address and their own name, and has joined", func(t *testing.T) {
			c := h.contact(h.school, "Le Goff", "Nolwenn", "nolwenn@corvenne.example")
			l := h.join(h.school, c)
			after := h.now(h.school, c.ID)
			if l.Email.String() != "nolwenn@corvenne.example" || l.Name != "Nolwenn Le Goff" || l.TimeZone != "Europe/Paris" || l.Locale != "fr" {
				t.Errorf("%+v", l)
			}
			if after.Login != l.ID || after.JoinedAt.IsZero() || after.LastSignInAt.IsZero() || h.lines(h.school, c.ID, "contact.joined") != 1 {
				t.Errorf("%+v", after)
			}
			if _, err := h.desk.SignIn(t.Context(), login.Credentials{Email: l.Email.String(), Password: password}); err != nil {
				t.Error("the password:", err)
			}
			if d := h.credentials(h.school, c.ID); d.Delivery != invitation.Accepted {
				t.Errorf("staff see %s", d.Delivery)
			}
		})
		t.Run("a password is judged with the names of person, organisation and workspace, and refusing it uses nothing up", func(t *testing.T) {
			c := h.contact(h.school, "Morvan", "Katell", "katell@corvenne.example")
			h.send(h.school, c.ID)
			token := h.token("katell@corvenne.example")
			for _, typed := range []string{"", "court", "katellmorvan2026", "brenval-corvenne", "Ateliers Corvenne!"} {
				_, err := h.door.Activate(t.Context(), invitation.Activation{Token: token, Password: typed})
				if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Fields[0].Name != "password" {
					t.Errorf("%q: %v", typed, err)
				}
			}
			if _, err := h.activate(token); err != nil {
				t.Error(err)
			}
			h.isOver(t, token)
		})
		t.Run("redeeming before the letter is noted as taken sets what its acceptance would have", func(t *testing.T) {
			c := h.contact(h.school, "Kerviel", "Gaël", "gael@corvenne.example")
			h.send(h.school, c.ID)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE contact SET credentials_sent_at = NULL, authorized_at = NULL, authorized_by = NULL WHERE id = $1`, c.ID)
				return err
			})
			if _, err := h.activate(h.token("gael@corvenne.example")); err != nil {
				t.Fatal(err)
			}
			if after := h.now(h.school, c.ID); after.CredentialsSentAt.IsZero() || after.AuthorizedAt.IsZero() {
				t.Errorf("%+v", after)
			}
		})
	})
}

func TestActivateWithALogin(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		here := h.contact(h.school, "Garnier", "Hélène", "helene@corvenne.example")
		l := h.join(h.school, here)
		there := h.contact(h.vendor, "Garnier", "Hélène", "helene@corvenne.example")
		h.send(h.vendor, there.ID)
		token := h.token("helene@corvenne.example")
		t.Run("whoever has the link learns that the address has a login, and a wrong password accepts nothing", func(t *testing.T) {
			if x, err := h.look(token); err != nil || x.Login != l.ID {
				t.Errorf("%+v, %v", x, err)
			}
			for _, typed := range []string{"", "not it at all, sorry"} {
				_, err := h.door.Activate(t.Context(), invitation.Activation{Token: token, Password: typed})
				if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "password" {
					t.Errorf("%q: %v", typed, err)
				}
			}
		})
		t.Run("wrong passwords are throttled as at the sign-in page", func(t *testing.T) {
			var err error
			for range 12 {
				_, err = h.door.Activate(t.Context(), invitation.Activation{Token: token, Password: "not it at all, sorry", Address: "192.0.2.7"})
			}
			if !fault.Is(err, fault.TooMany) {
				t.Error(err)
			}
			h.clock.Pass(time.Hour)
		})
		t.Run("somebody else who is signed in is told so, and nothing is bound to them", func(t *testing.T) {
			other := h.person("somebody@else.example")
			_, err := h.door.Activate(t.Context(), invitation.Activation{Token: token, Login: other.ID})
			isRefused(t, err, fault.Conflict, "", "invitation.signed_in_otherwise")
			if !h.now(h.vendor, there.ID).Login.IsZero() {
				t.Error("it is bound")
			}
		})
		t.Run("the login's own session accepts with one press, and both contacts are joined", func(t *testing.T) {
			done, err := h.door.Activate(t.Context(), invitation.Activation{Token: token, Login: l.ID})
			if err != nil || !done.Entry.Login.ID.IsZero() || done.Host.Slug != "orvane" {
				t.Fatalf("%+v, %v", done, err)
			}
			if h.now(h.vendor, there.ID).Login != l.ID || h.now(h.school, here.ID).Login != l.ID {
				t.Error("not both")
			}
			h.isOver(t, token)
		})
		t.Run("a login joins at most one contact of an organisation, and is told in words", func(t *testing.T) {
			second := h.contact(h.school, "Garnier", "Hélène Marie", "hm@corvenne.example")
			h.send(h.school, second.ID)
			link := h.token("hm@corvenne.example")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { // the login takes the second address
				_, err := tx.Exec(ctx, `UPDATE login SET email = 'hm@corvenne.example' WHERE id = $1`, l.ID)
				return err
			})
			_, err := h.door.Activate(t.Context(), invitation.Activation{Token: link, Login: l.ID})
			isRefused(t, err, fault.Conflict, "", "access.joined_here")
			if !h.now(h.school, second.ID).Login.IsZero() {
				t.Error("it has joined")
			}
		})
	})
}

func TestCode(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		unlock := func(address, code string) (string, error) {
			return h.door.Unlock(t.Context(), invitation.Code{Email: address, Code: code})
		}
		c := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example")
		h.send(h.school, c.ID)
		code, token := h.code("etienne@corvenne.example"), h.token("etienne@corvenne.example")
		t.Run("address and code lead to the link's page, however they are typed", func(t *testing.T) {
			for _, typed := range []string{code, strings.ToUpper(code), strings.ReplaceAll(code, "-", ""), " " + strings.ReplaceAll(code, "-", " ") + " "} {
				if got, err := unlock(" Etienne@Corvenne.example", typed); err != nil || got != token {
					t.Errorf("%q: %v", typed, err)
				}
			}
		})
		t.Run("nothing typed is a fault of its field", func(t *testing.T) {
			_, err := unlock(" ", "")
			if f := fault.As(err); f == nil || len(f.Fields) != 2 {
				t.Error(err)
			}
		})
		t.Run("a wrong code, a foreign address and what is no address get the same answer", func(t *testing.T) {
			for _, typed := range [][2]string{
				{"etienne@corvenne.example", "0000-0000"}, {"nobody@corvenne.example", code}, {"nobody@corvenne.example", "0000-0000"}, {"not an address", code}, {"etienne@corvenne.example", token},
			} {
				_, err := unlock(typed[0], typed[1])
				isRefused(t, err, fault.Invalid, "", "invitation.code.wrong")
			}
		})
		t.Run("ten wrong codes void the code, not the link", func(t *testing.T) {
			for range 10 {
				_, err := unlock("etienne@corvenne.example", "0000-0000")
				if fault.Is(err, fault.TooMany) {
					h.clock.Pass(time.Hour)
				}
			}
			h.clock.Pass(time.Hour)
			_, err := unlock("etienne@corvenne.example", code)
			isRefused(t, err, fault.Invalid, "", "invitation.code.wrong")
			if _, err := h.look(token); err != nil {
				t.Error("the link:", err)
			}
		})
		t.Run("nine wrong ones do not, the tenth does, and a right one in between forgives none", func(t *testing.T) {
			const address = "neuf@corvenne.example"
			h.send(h.school, h.contact(h.school, "Neuf", "Nine", address).ID)
			for n := range 10 {
				if _, err := unlock(address, h.code(address)); err != nil {
					t.Errorf("after %d: %v", n, err)
				}
				_, err := unlock(address, "0000-0000")
				isRefused(t, err, fault.Invalid, "", "invitation.code.wrong")
			}
			_, err := unlock(address, h.code(address))
			isRefused(t, err, fault.Invalid, "", "invitation.code.wrong")
			if _, err := h.look(h.token(address)); err != nil {
				t.Error("the link:", err)
			}
		})
		t.Run("a fresh invitation has a code that holds again", func(t *testing.T) {
			h.clock.Pass(time.Hour)
			h.send(h.school, c.ID)
			fresh := h.code("etienne@corvenne.example")
			if _, err := unlock("etienne@corvenne.example", fresh); err != nil || fresh == code {
				t.Error(err)
			}
		})
		t.Run("somebody who guesses on is slowed down by address and by client, known or not", func(t *testing.T) {
			for _, address := range []string{"etienne@corvenne.example", "nobody@corvenne.example"} {
				tries := 0
				for ; tries < 20; tries++ {
					if _, err := unlock(address, "0000-0000"); fault.Is(err, fault.TooMany) {
						break
					}
				}
				if tries != 10 {
					t.Errorf("%s: after %d", address, tries)
				}
			}
		})
		t.Run("one address that two hosts have invited has a code for each", func(t *testing.T) {
			one, two := h.contact(h.school, "Le Goff", "Nolwenn", "nolwenn@corvenne.example"), h.contact(h.vendor, "Le Goff", "Nolwenn", "nolwenn@corvenne.example")
			h.send(h.school, one.ID)
			first, firstToken := h.code("nolwenn@corvenne.example"), h.token("nolwenn@corvenne.example")
			h.send(h.vendor, two.ID)
			second, secondToken := h.code("nolwenn@corvenne.example"), h.token("nolwenn@corvenne.example")
			if got, _ := unlock("nolwenn@corvenne.example", first); got != firstToken {
				t.Error("the first")
			}
			if got, _ := unlock("nolwenn@corvenne.example", second); got != secondToken {
				t.Error("the second")
			}
		})
	})
}

// TestVoid: whatever ends what an invitation stands on ends it, link and code, and going back does not bring it back.
func TestVoid(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		for name, undo := range map[string]func(c contact.Contact){
			"its age": func(contact.Contact) { h.clock.Pass(7*24*time.Hour + time.Second) },
			"a change of the login e-mail, and back": func(c contact.Contact) {
				for _, address := range []string{"another@corvenne.example", c.LoginEmail.String()} {
					h.edit(h.school, c.ID, func(in *contact.Input) { in.LoginEmail = &address; in.Login = "off" })
				}
				h.edit(h.school, c.ID, func(in *contact.Input) { in.Login = "on" })
			},
			"switching off, and on again": func(c contact.Contact) {
				h.switchOff(h.school, c.ID)
				h.edit(h.school, c.ID, func(in *contact.Input) { in.Login = "on" })
			},
			"another person under the contact": func(c contact.Contact) {
				h.rename(h.school, c.ID, contact.NewName{FamilyName: "Autre", GivenName: "Personne", Another: true, Version: c.Version})
			},
			"another person, and the same address again": func(c contact.Contact) {
				after := h.rename(h.school, c.ID, contact.NewName{FamilyName: "Encore", GivenName: "Autre", Another: true, Version: c.Version})
				if !after.LoginEmail.IsZero() {
					t.Errorf("the other person's letters would go to %s", after.LoginEmail)
				}
				address := c.LoginEmail.String()
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := contact.Edit(ctx, tx, h.school.officer, c.ID, h.sheet(h.school, c.ID, func(in *contact.Input) { in.LoginEmail = &address }))
					return err
				})
			},
			"deletion": func(c contact.Contact) {
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					return contact.Delete(ctx, tx, h.school.officer, c.ID, h.successor(h.school, c.ID))
				})
			},
			"its use": func(c contact.Contact) {
				if _, err := h.activate(h.token(c.LoginEmail.String())); err != nil {
					t.Error(err)
				}
			},
			"its use, and another login afterwards": func(c contact.Contact) {
				if _, err := h.activate(h.token(c.LoginEmail.String())); err != nil {
					t.Error(err)
				}
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := h.inviter.ChangeLogin(ctx, tx, h.school.officer, c.ID, "x"+c.LoginEmail.String(), id.UUID{})
					return err
				})
			},
			"a later one": func(c contact.Contact) { h.send(h.school, c.ID) },
			"« Cette invitation n'est pas pour moi »": func(c contact.Contact) {
				h.update(func(ctx context.Context, tx *sqldb.Tx) error {
					return h.door.Decline(ctx, tx, h.token(c.LoginEmail.String()))
				})
			},
		} {
			t.Run("an invitation is voided by "+name, func(t *testing.T) {
				address := strings.ToLower(id.NewJob().String()[24:]) + "@corvenne.example"
				c := h.contact(h.school, "Void", letters(address[:10]), address)
				c = h.send(h.school, c.ID)
				token, code := h.token(address), h.code(address)
				if _, err := h.look(token); err != nil {
					t.Fatal(err)
				}
				undo(c)
				h.isOver(t, token)
				_, err := h.door.Unlock(t.Context(), invitation.Code{Email: address, Code: code})
				isRefused(t, err, fault.Invalid, "", "invitation.code.wrong")
			})
		}
		t.Run("an organisation that is archived voids it, and restored does not bring it back", func(t *testing.T) {
			c := h.contact(h.vendor, "Vasseur", "Claire", "claire@corvenne.example")
			h.send(h.vendor, c.ID)
			token := h.token("claire@corvenne.example")
			h.archived(h.vendor, func() { h.isOver(t, token) })
			h.isOver(t, token)
		})
		t.Run("a letter that waits while its organisation is archived is not sent, and once restored the page says plainly that it is void", func(t *testing.T) {
			c := h.contact(h.vendor, "Vasseur", "Paul", "paul@corvenne.example")
			if err := h.sending(h.vendor.officer, c.ID, access.Sending{}); err != nil {
				t.Fatal(err)
			}
			before := len(h.server.Letters())
			h.archived(h.vendor, h.deliver)
			h.deliver()
			if n := len(h.server.Letters()); n != before {
				t.Errorf("%d letters", n-before)
			}
			if sent := h.credentials(h.vendor, c.ID); sent.Delivery != invitation.Void || sent.Invitation.Stands || sent.Letter.State != mail.Withdrawn {
				t.Errorf("%+v", sent)
			}
			h.send(h.vendor, c.ID)
			if _, err := h.activate(h.token("paul@corvenne.example")); err != nil {
				t.Error("sent again:", err)
			}
		})
		t.Run("the same person under another name keeps it", func(t *testing.T) {
			c := h.contact(h.school, "Dupuis", "Aline", "aline@corvenne.example")
			c = h.send(h.school, c.ID)
			h.rename(h.school, c.ID, contact.NewName{FamilyName: "Dupuis-Morel", GivenName: "Aline", Version: c.Version})
			if _, err := h.activate(h.token("aline@corvenne.example")); err != nil {
				t.Error(err)
			}
		})
		t.Run("a letter that is taken after its invitation is void authorises nobody", func(t *testing.T) {
			c := h.contact(h.school, "Prigent", "Loïc", "loic@corvenne.example")
			if err := h.sending(h.school.officer, c.ID, access.Sending{}); err != nil {
				t.Fatal(err)
			}
			h.switchOff(h.school, c.ID)
			h.deliver()
			if after := h.now(h.school, c.ID); !after.CredentialsSentAt.IsZero() || !after.AuthorizedAt.IsZero() {
				t.Errorf("%+v", after)
			}
		})
	})
}

// archived archives the host's organisation, does something, and restores it.
func (h *town) archived(x host, do func()) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := contact.Archive(ctx, tx, x.admin, x.organization)
		return err
	})
	do()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := contact.Restore(ctx, tx, x.admin, x.organization)
		return err
	})
}

// letters makes a name of an address.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return 'g' + r - '0'
		}
		return r
	}, s)
}

func (h *town) rename(x host, of id.Contact, to contact.NewName) (c contact.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = contact.Rename(ctx, tx, x.officer, of, to)
		return err
	})
	return c
}

// successor is somebody who may follow a primary contact.
func (h *town) successor(x host, of id.Contact) (other id.Contact) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := contact.Successors(ctx, tx, x.officer, x.organization, of)
		if len(list) > 0 {
			other = list[0].ID
		}
		return err
	})
	return other
}

func TestAskFresh(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ask := func(token string) error {
			return h.try(func(ctx context.Context, tx *sqldb.Tx) error { return h.door.AskFresh(ctx, tx, token, "192.0.2.7") })
		}
		c := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example")
		h.send(h.school, c.ID)
		old := h.token("etienne@corvenne.example")
		t.Run("a link that is alive, that never was, that is nonsense gets the same answer and no letter", func(t *testing.T) {
			before := len(h.server.Letters())
			for _, token := range []string{old, strings.Repeat("A", 27), "", "é"} {
				if err := ask(token); err != nil {
					t.Errorf("%q: %v", token, err)
				}
			}
			h.deliver()
			if n := len(h.server.Letters()); n != before {
				t.Errorf("%d letters", n-before)
			}
		})
		t.Run("a link that died of age brings one fresh letter to the stored address, once", func(t *testing.T) {
			h.clock.Pass(8 * 24 * time.Hour)
			before := len(h.server.Letters())
			for range 3 {
				if err := ask(old); err != nil {
					t.Error(err)
				}
			}
			h.deliver()
			if n := len(h.server.Letters()); n != before+1 || h.lines(h.school, c.ID, "contact.asked_again") != 1 {
				t.Errorf("%d letters", n-before)
			}
			if _, err := h.activate(h.token("etienne@corvenne.example")); err != nil {
				t.Error(err)
			}
		})
		t.Run("whoever asks on and on is told to wait", func(t *testing.T) {
			var err error
			for range 12 {
				err = ask(old)
			}
			if !fault.Is(err, fault.TooMany) {
				t.Error(err)
			}
		})
		t.Run("a link that died for another reason brings none", func(t *testing.T) {
			c := h.contact(h.school, "Tanguy", "Yann", "yann@corvenne.example")
			h.send(h.school, c.ID)
			token := h.token("yann@corvenne.example")
			h.switchOff(h.school, c.ID)
			h.clock.Pass(8 * 24 * time.Hour)
			before := len(h.server.Letters())
			if err := ask(token); err != nil {
				t.Error(err)
			}
			h.deliver()
			if n := len(h.server.Letters()); n != before {
				t.Errorf("%d letters", n-before)
			}
		})
	})
}

// movedMeanwhile is the room of contacts, where a login gets another address just before the contact is held.
type movedMeanwhile struct {
	*access.Inviter
	login login.Login
}

func (m movedMeanwhile) Hold(ctx context.Context, tx *sqldb.Tx, i invitation.Invitation) (invitation.Place, error) {
	if _, err := tx.Exec(ctx, `UPDATE login SET email = 'elsewhere@corvenne.example' WHERE id = $1`, m.login.ID); err != nil {
		return nil, err
	}
	return m.Inviter.Hold(ctx, tx, i)
}

// TestAddressMovedMeanwhile: whoever redeems is looked at again once everything is held.
func TestAddressMovedMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		const address = "etienne@corvenne.example"
		l := h.person(address)
		c := h.contact(h.school, "Roussel", "Étienne", address)
		h.send(h.school, c.ID)
		token := h.token(address)
		limits := invitation.LimitsOf(config.Default().Invitations)
		door := invitation.NewDoor(h.db, h.desk, invitation.NewMaker(h.key, limits), movedMeanwhile{h.inviter, l})
		for what, in := range map[string]invitation.Activation{
			"who is signed in":         {Token: token, Login: l.ID},
			"who types their password": {Token: token, Password: password},
		} {
			t.Run(what+" and got another address meanwhile does not accept what went to the old one", func(t *testing.T) {
				_, err := door.Activate(t.Context(), in)
				isRefused(t, err, fault.Conflict, "", "invitation.signed_in_otherwise")
				if after := h.now(h.school, c.ID); !after.JoinedAt.IsZero() {
					t.Errorf("%+v", after)
				}
			})
		}
		t.Run("whose address is as it was accepts", func(t *testing.T) {
			if _, err := h.door.Activate(t.Context(), invitation.Activation{Token: token, Login: l.ID}); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestDecline(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		c := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example")
		h.send(h.school, c.ID)
		token := h.token("etienne@corvenne.example")
		decline := func(token string) {
			t.Helper()
			h.update(func(ctx context.Context, tx *sqldb.Tx) error { return h.door.Decline(ctx, tx, token) })
		}
		t.Run("it ends the invitation and tells the staff", func(t *testing.T) {
			decline(token)
			h.isOver(t, token)
			if d := h.credentials(h.school, c.ID); d.Delivery != invitation.NotMine || h.lines(h.school, c.ID, "contact.declined") != 1 {
				t.Errorf("%+v", d)
			}
		})
		t.Run("again, or with a link of nobody, it is the same answer", func(t *testing.T) {
			decline(token)
			decline(strings.Repeat("A", 27))
			if n := h.lines(h.school, c.ID, "contact.declined"); n != 1 {
				t.Errorf("%d lines", n)
			}
		})
		t.Run("staff may send credentials again", func(t *testing.T) {
			h.send(h.school, c.ID)
			if _, err := h.activate(h.token("etienne@corvenne.example")); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestChangeLogin(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		c := h.contact(h.school, "Garnier", "Hélène", "helene@corvenne.example")
		l := h.join(h.school, c)
		h.session(l)
		t.Run("it clears login and joining, tells the old address, ends its sessions and invites the new one", func(t *testing.T) {
			before := h.now(h.school, c.ID)
			h.changeLogin(h.school, c.ID, "garnier@corvenne.example")
			after := h.now(h.school, c.ID)
			if !after.Login.IsZero() || !after.JoinedAt.IsZero() || !after.LastSignInAt.IsZero() || after.LoginEmail.String() != "garnier@corvenne.example" {
				t.Errorf("%+v", after)
			}
			if after.AuthorizedAt != before.AuthorizedAt || after.Role != before.Role || after.CredentialsSentAt != before.CredentialsSentAt {
				t.Error("authorisation, role or first credentials changed")
			}
			if h.sessions(l) != 0 {
				t.Error("a session is open")
			}
			h.deliver()
			if old := h.letter("helene@corvenne.example"); strings.Contains(old.Text, "garnier@") || strings.Contains(old.Text, "/activate") || !strings.Contains(old.Text, "École Brenval") {
				t.Error(old.Text)
			}
		})
		t.Run("the old login goes once it is told, since it holds nothing else", func(t *testing.T) {
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				if _, err := login.Get(ctx, tx, l.ID); !fault.Is(err, fault.NotFound) {
					t.Error("it is there:", err)
				}
				return nil
			})
		})
		t.Run("the new address joins by its own invitation", func(t *testing.T) {
			if _, err := h.activate(h.token("garnier@corvenne.example")); err != nil {
				t.Fatal(err)
			}
			if after := h.now(h.school, c.ID); after.Login.IsZero() || after.Login == l.ID {
				t.Errorf("%+v", after)
			}
		})
		t.Run("a login that is needed elsewhere keeps its sessions and its other contacts", func(t *testing.T) {
			here, there := h.contact(h.school, "Le Goff", "Nolwenn", "nolwenn@corvenne.example"), h.contact(h.vendor, "Le Goff", "Nolwenn", "nolwenn@corvenne.example")
			l := h.join(h.school, here)
			h.send(h.vendor, there.ID)
			if _, err := h.door.Activate(t.Context(), invitation.Activation{Token: h.token("nolwenn@corvenne.example"), Login: l.ID}); err != nil {
				t.Fatal(err)
			}
			h.session(l)
			h.changeLogin(h.school, here.ID, "goff@corvenne.example")
			h.deliver()
			if h.sessions(l) != 1 || h.now(h.vendor, there.ID).Login != l.ID {
				t.Error("it lost what it holds elsewhere")
			}
		})
		t.Run("a contact that has not joined, a wrong address or one that is taken is refused", func(t *testing.T) {
			change := func(of id.Contact, address string) error {
				return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := h.inviter.ChangeLogin(ctx, tx, h.school.officer, of, address, id.UUID{})
					return err
				})
			}
			fresh := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example")
			isRefused(t, change(fresh.ID, "x@corvenne.example"), fault.Conflict, "", "access.send.not_joined")
			isRefused(t, change(c.ID, " "), fault.Invalid, "login_email", "fault.required")
			h.send(h.school, fresh.ID)
			isRefused(t, change(c.ID, "enora@corvenne.example"), fault.Conflict, "login_email", "contact.login_email_taken")
			if err := change(c.ID, "Élan@corvenne.example"); fault.As(err) == nil || fault.As(err).Fields[0].Proposal != "elan@corvenne.example" {
				t.Error(err)
			}
		})
		t.Run("only who may name a super_admin changes the login of one", func(t *testing.T) {
			h.edit(h.school, c.ID, func(in *contact.Input) { in.Login = "on" })
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Edit(ctx, tx, h.school.admin, c.ID, h.sheet(h.school, c.ID, func(in *contact.Input) { in.Role = "super_admin" }))
				return err
			})
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := h.inviter.ChangeLogin(ctx, tx, h.school.officer, c.ID, "takeover@corvenne.example", id.UUID{})
				return err
			})
			isRefused(t, err, fault.Forbidden, "", "contact.login_email_by_admins")
		})
	})
}

// session opens one for the login.
func (h *town) session(l login.Login) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO session (token, id, login_id, data, agent, address, created_at, seen_at, expires_at) VALUES ($1, $2, $3, '', '', '', $4, $4, $5)`,
			id.Secret(), id.NewSession(), l.ID, tx.Now(), tx.Now().Add(time.Hour))
		return err
	})
}

func (h *town) sessions(l login.Login) (n int64) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM session WHERE login_id = $1`, l.ID)
		return err
	})
	return n
}

func TestLoginEmail(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		c := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example")
		set := func(address string) func(in *contact.Input) {
			return func(in *contact.Input) { in.LoginEmail = &address }
		}
		t.Run("while the login is off nothing goes out", func(t *testing.T) {
			if h.edit(h.school, c.ID, set("roussel@corvenne.example")) || h.now(h.school, c.ID).LoginEmail.String() != "roussel@corvenne.example" {
				t.Error("sent, or not kept")
			}
		})
		t.Run("of a contact that has not joined it voids the invitation, and a new one goes out", func(t *testing.T) {
			h.send(h.school, c.ID)
			old := h.token("roussel@corvenne.example")
			if !h.edit(h.school, c.ID, set("e.roussel@corvenne.example")) {
				t.Error("nothing was sent")
			}
			h.isOver(t, old)
			h.deliver()
			if _, err := h.activate(h.token("e.roussel@corvenne.example")); err != nil {
				t.Error(err)
			}
		})
		t.Run("of one that has joined it is refused", func(t *testing.T) {
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, _, err := h.inviter.Edit(ctx, tx, h.school.officer, c.ID, h.sheet(h.school, c.ID, set("other@corvenne.example")))
				return err
			})
			isRefused(t, err, fault.Invalid, "login_email", "contact.login_email_joined")
		})
		t.Run("of a super_admin only who may name one changes it", func(t *testing.T) {
			boss := h.contact(h.school, "Kessler", "Nadia", "nadia@corvenne.example")
			h.send(h.school, boss.ID)
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Edit(ctx, tx, h.school.admin, boss.ID, h.sheet(h.school, boss.ID, func(in *contact.Input) { in.Role = "super_admin" }))
				return err
			})
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, _, err := h.inviter.Edit(ctx, tx, h.school.officer, boss.ID, h.sheet(h.school, boss.ID, set("takeover@corvenne.example")))
				return err
			})
			isRefused(t, err, fault.Invalid, "login_email", "contact.login_email_by_admins")
		})
		t.Run("a proposal that is another's login e-mail is not made", func(t *testing.T) {
			other := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example")
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, _, err := h.inviter.Edit(ctx, tx, h.school.officer, other.ID, h.sheet(h.school, other.ID, set("E.Roussel@corvenne.example")))
				return err
			})
			if f := fault.As(err); f == nil || f.Fields[0].Name != "login_email" || f.Fields[0].Proposal != "" {
				t.Error(err)
			}
		})
	})
}

func TestDeliveries(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		c, never := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example"), h.contact(h.school, "Roussel", "Anne", "anne@corvenne.example")
		states := func() map[id.Contact]invitation.Delivery {
			t.Helper()
			var found map[id.Contact]invitation.Delivery
			h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				found, err = access.Deliveries(ctx, tx, h.school.officer, []id.Contact{c.ID, never.ID})
				return err
			})
			if _, there := found[never.ID]; there {
				t.Error("nothing was sent, and it has a state")
			}
			return found
		}
		if err := h.sending(h.school.officer, c.ID, access.Sending{}); err != nil {
			t.Fatal(err)
		}
		t.Run("queued, then sent, then expired", func(t *testing.T) {
			for _, step := range []struct {
				then func()
				want invitation.Delivery
			}{{func() {}, invitation.Queued}, {h.deliver, invitation.Sent}, {func() { h.clock.Pass(8 * 24 * time.Hour) }, invitation.Expired}} {
				step.then()
				if got := states()[c.ID]; got != step.want {
					t.Errorf("%s, want %s", got, step.want)
				}
				if got := h.credentials(h.school, c.ID).Delivery; got != step.want {
					t.Errorf("on the sheet %s, want %s", got, step.want)
				}
			}
		})
		t.Run("what has changed since is void", func(t *testing.T) {
			h.switchOff(h.school, c.ID)
			if got := states()[c.ID]; got != invitation.Void {
				t.Error(got)
			}
		})
		t.Run("other workspaces see nothing of it", func(t *testing.T) {
			h.view(func(ctx context.Context, tx *sqldb.Tx) error {
				found, err := access.Deliveries(ctx, tx, h.vendor.admin, []id.Contact{c.ID})
				if len(found) != 0 {
					t.Error(found)
				}
				if _, err := invitation.Last(ctx, tx, h.vendor.admin, c.ID); !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
				return err
			})
		})
	})
}
