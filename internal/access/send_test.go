package access_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/sqldb"
)

// sending tries to send credentials.
func (h *town) sending(by actor.Actor, of id.Contact, in access.Sending) error {
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.inviter.SendCredentials(ctx, tx, by, of, in)
		return err
	})
}

func TestSendCredentials(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("the first sending takes the professional e-mail for the login's, switches the login on and authorises when the letter is taken", func(t *testing.T) {
			c := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example")
			if err := h.sending(h.school.officer, c.ID, access.Sending{}); err != nil {
				t.Fatal(err)
			}
			queued := h.now(h.school, c.ID)
			if queued.LoginEmail != c.Email || !queued.LoginEnabled || !queued.CredentialsSentAt.IsZero() || !queued.AuthorizedAt.IsZero() {
				t.Errorf("%+v", queued)
			}
			h.deliver()
			sent := h.now(h.school, c.ID)
			if sent.CredentialsSentAt.IsZero() || sent.AuthorizedAt.IsZero() || sent.AuthorizedBy != h.school.officer.Login {
				t.Errorf("%+v", sent)
			}
			if h.lines(h.school, c.ID, "contact.invited") != 1 || h.lines(h.school, c.ID, "contact.credentials_sent") != 1 || h.lines(h.school, c.ID, "contact.authorized") != 1 {
				t.Error("the history tells something else")
			}
		})
		t.Run("the letter says who invites whom, for which organisation, and until when", func(t *testing.T) {
			c := h.contact(h.school, "Le Goff", "Nolwenn", "nolwenn@corvenne.example")
			h.send(h.school, c.ID)
			l := h.letter("nolwenn@corvenne.example")
			for _, want := range []string{"Nolwenn Le Goff", "École Brenval", "Ateliers Corvenne", base + "/activate/", base + "/activate\n", "27 novembre 2026"} {
				if !strings.Contains(l.Text, want) {
					t.Errorf("no %q in %s", want, l.Text)
				}
			}
			if code := h.code("nolwenn@corvenne.example"); len(code) != 9 || code[4] != '-' {
				t.Errorf("code %q", code)
			}
		})
		t.Run("the letter speaks the contact's language and tells the time of where it is, whatever the host's are", func(t *testing.T) {
			for n, who := range []struct{ given, locale, zone, hello, until string }{
				{"Mona", "", "", "Bonjour Mona", "27 novembre 2026"},
				{"Anne", "en", "", "Hello Anne", "27 November 2026 at 10:00, time zone Paris"},
				{"Loïc", "en", "Pacific/Auckland", "Hello Loïc", "22:00, time zone Auckland (UTC+13)"},
				{"Katell", "", "Indian/Reunion", "Bonjour Katell", "La Réunion (UTC+4)"},
			} {
				c := h.contact(h.school, "Tanguy", who.given, fmt.Sprintf("tanguy.%d@corvenne.example", n))
				h.edit(h.school, c.ID, func(in *contact.Input) { in.Locale, in.TimeZone = who.locale, who.zone })
				h.send(h.school, c.ID)
				text := h.letter(c.Email.String()).Text
				if !strings.Contains(text, who.hello) || !strings.Contains(text, who.until) {
					t.Errorf("%s: %s", who.given, text)
				}
			}
		})
		t.Run("a contact of the public form is not authorised by its credentials", func(t *testing.T) {
			c := h.contactFrom(h.school, "Prigent", "Loïc", "loic@corvenne.example", contact.Landing)
			h.send(h.school, c.ID)
			if sent := h.now(h.school, c.ID); sent.CredentialsSentAt.IsZero() || !sent.AuthorizedAt.IsZero() {
				t.Errorf("%+v", sent)
			}
			if _, err := h.activate(h.token("loic@corvenne.example")); err != nil {
				t.Fatal(err)
			}
			if joined := h.now(h.school, c.ID); joined.JoinedAt.IsZero() || !joined.AuthorizedAt.IsZero() {
				t.Errorf("%+v", joined)
			}
		})
		t.Run("a resend renews and kills the older", func(t *testing.T) {
			c := h.contact(h.school, "Morvan", "Katell", "katell@corvenne.example")
			h.send(h.school, c.ID)
			old, first := h.token("katell@corvenne.example"), h.now(h.school, c.ID)
			h.clock.Pass(time.Hour)
			h.send(h.school, c.ID)
			if fresh := h.token("katell@corvenne.example"); fresh == old {
				t.Error("the same link")
			}
			h.isOver(t, old)
			if again := h.now(h.school, c.ID); again.CredentialsSentAt != first.CredentialsSentAt || again.AuthorizedAt != first.AuthorizedAt {
				t.Error("when it was first received and authorised has changed")
			}
			if h.lines(h.school, c.ID, "contact.invited") != 2 || h.lines(h.school, c.ID, "contact.credentials_sent") != 1 || h.lines(h.school, c.ID, "contact.authorized") != 1 {
				t.Error("the history tells something else")
			}
		})
		t.Run("a letter that was replaced before it left is withdrawn, and the server takes one", func(t *testing.T) {
			c := h.contact(h.school, "Kerviel", "Gaël", "gael@corvenne.example")
			for range 3 {
				if err := h.sending(h.school.officer, c.ID, access.Sending{}); err != nil {
					t.Fatal(err)
				}
			}
			before := len(h.server.Letters())
			h.deliver()
			if n := len(h.server.Letters()) - before; n != 1 {
				t.Errorf("%d letters", n)
			}
		})
		t.Run("a form that is posted twice sends once", func(t *testing.T) {
			c := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example")
			form := id.NewJob().UUID
			for range 2 {
				if err := h.sending(h.school.officer, c.ID, access.Sending{Submission: form}); err != nil {
					t.Fatal(err)
				}
			}
			if n := h.lines(h.school, c.ID, "contact.invited"); n != 1 {
				t.Errorf("%d lines", n)
			}
			other := h.contact(h.school, "Salaün", "Mona", "mona@corvenne.example")
			isRefused(t, h.sending(h.school.officer, other.ID, access.Sending{Submission: form}), fault.Conflict, "submission", "fault.taken")
		})
	})
}

func TestSendCredentialsRefusals(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("nobody sends to another workspace's contact, nor without the permission", func(t *testing.T) {
			c := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example")
			isRefused(t, h.sending(h.vendor.admin, c.ID, access.Sending{}), fault.NotFound, "", "fault.not_found")
			isRefused(t, h.sending(actor.Actor{Workspace: h.school.officer.Workspace}, c.ID, access.Sending{}), fault.Forbidden, "", "fault.forbidden")
		})
		t.Run("who has no address gets none", func(t *testing.T) {
			c := h.contactFrom(h.school, "Sanson", "Ange", "", contact.Import)
			isRefused(t, h.sending(h.school.officer, c.ID, access.Sending{}), fault.Conflict, "login_email", "access.send.no_address")
		})
		t.Run("a professional e-mail that somebody else of the organisation signs in with is not taken", func(t *testing.T) {
			first := h.contact(h.school, "Accueil", "Anne", "accueil@corvenne.example")
			second := h.contact(h.school, "Accueil", "Berthe", "accueil@corvenne.example")
			h.send(h.school, first.ID)
			err := h.sending(h.school.officer, second.ID, access.Sending{})
			isRefused(t, err, fault.Conflict, "login_email", "contact.login_email_taken")
			if name := fault.As(err).Fields[0].Args["Name"]; name != "Accueil Anne" {
				t.Errorf("names %v", name)
			}
			elsewhere := h.contact(h.vendor, "Accueil", "Berthe", "accueil@corvenne.example")
			if err := h.sending(h.vendor.officer, elsewhere.ID, access.Sending{}); err != nil {
				t.Error("another host knows of it:", err)
			}
		})
		t.Run("somebody who was switched off is asked about, then switched on", func(t *testing.T) {
			c := h.contact(h.school, "Tanguy", "Yann", "yann@corvenne.example")
			h.send(h.school, c.ID)
			h.switchOff(h.school, c.ID)
			isRefused(t, h.sending(h.school.officer, c.ID, access.Sending{}), fault.Conflict, "", "access.send.switched_off")
			if h.now(h.school, c.ID).LoginEnabled {
				t.Error("it is on")
			}
			h.send(h.school, c.ID)
			if on := h.now(h.school, c.ID); !on.LoginEnabled || on.LoginDisabledBy != "" {
				t.Errorf("%+v", on)
			}
		})
		t.Run("an archived organisation sends nothing", func(t *testing.T) {
			c := h.contact(h.vendor, "Vasseur", "Claire", "claire@corvenne.example")
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Archive(ctx, tx, h.vendor.admin, h.vendor.organization)
				return err
			})
			isRefused(t, h.sending(h.vendor.admin, c.ID, access.Sending{SwitchOn: true}), fault.Conflict, "", "access.send.archived")
		})
	})
}

// switchOff is the sheet's box, by an officer.
func (h *town) switchOff(x host, of id.Contact) {
	h.Helper()
	h.edit(x, of, func(in *contact.Input) { in.Login = "off" })
}

// edit saves the sheet as it stands, but for what fn changes.
func (h *town) edit(x host, of id.Contact, fn func(in *contact.Input)) (sent bool) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		_, sent, err = h.inviter.Edit(ctx, tx, x.officer, of, h.sheet(x, of, fn))
		return err
	})
	return sent
}

func (h *town) sheet(x host, of id.Contact, fn func(in *contact.Input)) contact.Input {
	h.Helper()
	c := h.now(x, of)
	in := contact.Input{
		Civility: string(c.Civility), JobTitle: c.JobTitle, Mobile: c.Mobile.String(), Phone: c.Phone.String(), Email: c.Email.String(),
		Locale: c.Locale, TimeZone: c.TimeZone, Version: c.Version,
	}
	fn(&in)
	return in
}

func TestSendToSomebodyWhoHasJoined(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		c := h.contact(h.school, "Garnier", "Hélène", "helene@corvenne.example")
		l := h.join(h.school, c)
		joined := h.now(h.school, c.ID)
		h.clock.Pass(time.Hour)
		h.send(h.school, c.ID)
		t.Run("the letter holds the sign-in page and a link to choose a password, and no invitation", func(t *testing.T) {
			letter := h.letter("helene@corvenne.example")
			if letter.Link(base+"/password/") == "" || letter.Link(base+"/sign-in") == "" || strings.Contains(letter.Text, "/activate") {
				t.Error(letter.Text)
			}
		})
		t.Run("nothing is rebound", func(t *testing.T) {
			after := h.now(h.school, c.ID)
			if after.Login != l.ID || after.JoinedAt != joined.JoinedAt || after.CredentialsSentAt != joined.CredentialsSentAt || after.LoginEpoch != joined.LoginEpoch {
				t.Errorf("%+v", after)
			}
		})
		t.Run("a letter that has not left when the contact is switched off is withdrawn", func(t *testing.T) {
			if err := h.sending(h.school.officer, c.ID, access.Sending{}); err != nil {
				t.Fatal(err)
			}
			h.switchOff(h.school, c.ID)
			before := len(h.server.Letters())
			h.deliver()
			if n := len(h.server.Letters()) - before; n != 0 {
				t.Errorf("%d letters", n)
			}
			if d := h.credentials(h.school, c.ID); d.Letter.State != mail.Withdrawn {
				t.Errorf("%+v", d)
			}
			h.edit(h.school, c.ID, func(in *contact.Input) { in.Login = "on" })
		})
		t.Run("a letter that has not left when the contact gets another login is withdrawn", func(t *testing.T) {
			if err := h.sending(h.school.officer, c.ID, access.Sending{}); err != nil {
				t.Fatal(err)
			}
			h.changeLogin(h.school, c.ID, "garnier@corvenne.example")
			before := len(h.server.Letters())
			h.deliver()
			for _, l := range h.server.Letters()[before:] {
				if strings.Contains(l.Read(t).Text, "/password/") {
					t.Error("it was sent")
				}
			}
		})
	})
}

func TestRefusedLetter(t *testing.T) {
	refuse := func(string) error { return mailtest.Refuse(550, "no such user here") }
	eachWith(t, mailtest.Options{Rcpt: refuse}, func(t *testing.T, h *town) {
		c := h.contact(h.school, "Roussel", "Étienne", "etienne@corvenne.example")
		h.send(h.school, c.ID)
		t.Run("a contact whose letter was refused has not received credentials and is not authorised", func(t *testing.T) {
			if after := h.now(h.school, c.ID); !after.CredentialsSentAt.IsZero() || !after.AuthorizedAt.IsZero() {
				t.Errorf("%+v", after)
			}
		})
		t.Run("staff see it, with the server's words", func(t *testing.T) {
			d := h.credentials(h.school, c.ID)
			if d.Delivery != invitation.Refused || !strings.Contains(d.Letter.Reason, "no such user") {
				t.Errorf("%+v", d)
			}
		})
	})
}

func (h *town) credentials(x host, of id.Contact) (c access.Credentials) {
	h.Helper()
	h.view(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		now, err := contact.Get(ctx, tx, x.officer, of)
		if err != nil {
			return err
		}
		c, err = access.LastCredentials(ctx, tx, x.officer, now)
		return err
	})
	return c
}

func (h *town) changeLogin(x host, of id.Contact, address string) (c contact.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		c, err = h.inviter.ChangeLogin(ctx, tx, x.officer, of, address, id.UUID{})
		return err
	})
	return c
}
