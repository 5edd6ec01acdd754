package access_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/delegation"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// leader is an admin of the host's organisation who has come in.
func (h *town) leader(x host, family string) actor.Actor {
	h.Helper()
	c := h.contact(x, family, "Odile", "odile."+family+"@corvenne.example")
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := contact.Edit(ctx, tx, x.admin, c.ID, h.as(c, "admin"))
		return err
	})
	l := h.join(x, c)
	return actor.Actor{Kind: actor.Contact, Workspace: x.admin.Workspace, Login: l.ID, Contact: c.ID, Organization: x.organization, Role: actor.PortalAdmin}
}

// as is the sheet of a contact with another role.
func (h *town) as(c contact.Contact, role string) contact.Input {
	return contact.Input{Civility: "ms", Phone: c.Phone.String(), Email: c.Email.String(), Role: role, Version: c.Version}
}

// bind sets the envelope of the host's organisation, whatever it was.
func (h *town) bind(x host, in delegation.Input) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		e, err := delegation.Get(ctx, tx, x.officer, x.organization)
		if err != nil {
			return err
		}
		in.Version = e.Version
		_, err = delegation.Set(ctx, tx, x.officer, x.organization, in)
		return err
	})
}

// TestEnvelopeBindsCredentials is the envelope against everything that sends credentials.
func TestEnvelopeBindsCredentials(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		by := h.leader(h.vendor, "prigent")
		off := h.contact(h.vendor, "Le Gall", "Maëlle", "m.legall@corvenne.example")
		away := h.contact(h.vendor, "Diallo", "Ibrahima", "i.diallo@ailleurs.example")
		invited := h.contact(h.vendor, "Kervella", "Yann", "y.kervella@ailleurs.example")
		h.send(h.vendor, invited.ID)
		joined := h.contact(h.vendor, "Salaün", "Anne", "a.salaun@ailleurs.example")
		h.join(h.vendor, joined)
		paused := h.contact(h.vendor, "Morvan", "Léa", "l.morvan@corvenne.example")
		h.join(h.vendor, paused)
		h.update(func(ctx context.Context, tx *sqldb.Tx) error {
			now, err := contact.Get(ctx, tx, h.vendor.officer, paused.ID)
			if err != nil {
				return err
			}
			in := h.as(now, "")
			in.Login = "off"
			_, err = contact.Edit(ctx, tx, by, paused.ID, in)
			return err
		})
		send := func(of id.Contact) func(context.Context, *sqldb.Tx, actor.Actor) error {
			return func(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
				_, err := h.inviter.Send(ctx, tx, by, of, access.Sending{SwitchOn: true})
				return err
			}
		}
		change := func(of id.Contact, to string) func(context.Context, *sqldb.Tx, actor.Actor) error {
			return func(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
				_, err := h.inviter.ChangeLogin(ctx, tx, by, of, to, id.UUID{})
				return err
			}
		}
		edit := func(of id.Contact, to string) func(context.Context, *sqldb.Tx, actor.Actor) error {
			return func(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
				in := h.as(h.now(h.vendor, of), "")
				in.LoginEmail = &to
				_, _, err := h.inviter.Edit(ctx, tx, by, of, in)
				return err
			}
		}
		const logins, most, domain = "delegation.logins_by_host", "delegation.max_logins", "delegation.domain"
		for _, c := range []struct {
			name    string
			do      func(context.Context, *sqldb.Tx, actor.Actor) error
			refused map[string]string // by envelope: the first field and sentence
		}{
			{"credentials to one without login", send(off.ID), map[string]string{"none": "login_enabled " + logins, "three": "login_enabled " + most}},
			{"credentials to one whose e-mail is elsewhere", send(away.ID), map[string]string{"none": "login_enabled " + logins, "three": "login_enabled " + most, "domain": "login_email " + domain}},
			{"credentials again to one invited", send(invited.ID), nil},
			{"credentials to one joined", send(joined.ID), nil},
			{"credentials to one joined and switched off", send(paused.ID), map[string]string{"none": "login_enabled " + logins, "three": "login_enabled " + most}},
			{"another login, at home", change(joined.ID, "salaun@corvenne.example"), map[string]string{"none": "login_email " + logins}},
			{"another login, elsewhere", change(joined.ID, "salaun@ailleurs.example"), map[string]string{"none": "login_email " + logins, "domain": "login_email " + domain}},
			{"another login of one switched off", change(paused.ID, "morvan@corvenne.example"), map[string]string{"none": "login_enabled " + logins, "three": "login_enabled " + most}},
			{"another address for one invited, at home", edit(invited.ID, "kervella@corvenne.example"), map[string]string{"none": "login_email " + logins}},
			{"another address for one invited, elsewhere", edit(invited.ID, "kervella@ailleurs.example"), map[string]string{"none": "login_email " + logins, "domain": "login_email " + domain}},
		} {
			for envelope, in := range map[string]delegation.Input{
				"any":    {AddContacts: true, GiveLogins: true, GiveAdmin: true},
				"none":   {AddContacts: true, GiveAdmin: true},
				"three":  {AddContacts: true, GiveLogins: true, GiveAdmin: true, MaxLogins: "3"}, // as many as are on
				"domain": {AddContacts: true, GiveLogins: true, GiveAdmin: true, LoginDomains: "corvenne.example"},
			} {
				h.bind(h.vendor, in)
				for _, who := range []actor.Actor{by, h.vendor.officer} {
					want := c.refused[envelope]
					if who.Kind == actor.Staff {
						want = ""
					}
					if got := h.trial(func(ctx context.Context, tx *sqldb.Tx) error { return c.do(ctx, tx, who) }); got != want {
						t.Errorf("%s, %s, by %s: %q, want %q", c.name, envelope, who.Kind, got, want)
					}
				}
			}
		}
	})
}

// trial takes back what it did, and tells the first field that was refused, with its sentence.
func (h *town) trial(fn func(ctx context.Context, tx *sqldb.Tx) error) string {
	h.Helper()
	err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "only a trial")
	})
	f := fault.As(err)
	switch {
	case f == nil:
		h.Fatal(err)
	case f.Message.Key == "only a trial":
		return ""
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Key
	}
	return f.Message.Key
}

// TestApproval is product.md §4: who is added under an envelope that asks for approval is not authorised by its letter.
func TestApproval(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		by := h.leader(h.vendor, "prigent")
		added := func(family string) (c contact.Contact) {
			h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
				c, err = contact.Create(ctx, tx, by, h.vendor.organization, contact.Input{
					Civility: "ms", FamilyName: family, GivenName: "Anne", Email: family + "@corvenne.example", Source: contact.Form, Phone: "02 61 91 40 10",
				})
				if err != nil {
					return err
				}
				_, err = h.inviter.Send(ctx, tx, by, c.ID, access.Sending{})
				return err
			})
			h.deliver()
			return h.now(h.vendor, c.ID)
		}
		asks, trusts := delegation.Input{AddContacts: true, GiveLogins: true, Approval: true}, delegation.Input{AddContacts: true, GiveLogins: true}

		t.Run("without it, the letter authorises", func(t *testing.T) {
			if c := added("avant"); c.AuthorizedAt.IsZero() || c.CredentialsSentAt.IsZero() || c.Source != contact.Portal {
				t.Errorf("%+v", c.Row)
			}
		})
		h.bind(h.vendor, asks)
		waiting, joins := added("attend"), added("entre")
		if _, err := h.activate(h.token("entre@corvenne.example")); err != nil {
			t.Fatal(err)
		}
		t.Run("under it, neither the letter nor joining does, and the person comes in as a guest", func(t *testing.T) {
			joins = h.now(h.vendor, joins.ID)
			if !waiting.AuthorizedAt.IsZero() || waiting.CredentialsSentAt.IsZero() || !joins.AuthorizedAt.IsZero() || joins.JoinedAt.IsZero() {
				t.Errorf("%+v, %+v", waiting.Row, joins.Row)
			}
			if g := access.Of(joins.Row, false); !g.Admit() || g.Open() {
				t.Errorf("%+v", g)
			}
			if actor.RoleOfContact(string(joins.Role), !joins.AuthorizedAt.IsZero()) != actor.PortalGuest {
				t.Error("not a guest")
			}
		})
		t.Run("whoever staff added is authorised by their letter still", func(t *testing.T) {
			c := h.contact(h.vendor, "Équipe", "Anne", "equipe@corvenne.example")
			h.send(h.vendor, c.ID)
			if h.now(h.vendor, c.ID).AuthorizedAt.IsZero() {
				t.Error("it is not")
			}
		})
		t.Run("nobody of the organisation authorises, nor replaces somebody who is", func(t *testing.T) {
			err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := access.Authorize(ctx, tx, by, waiting.ID)
				return err
			})
			isRefused(t, err, fault.Forbidden, "", "fault.forbidden")
			c := h.contact(h.vendor, "Remplacée", "Anne", "remplacee@corvenne.example")
			h.send(h.vendor, c.ID)
			c = h.now(h.vendor, c.ID)
			err = h.try(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := contact.Rename(ctx, tx, by, c.ID, contact.NewName{FamilyName: "Autre", GivenName: "Zoé", Another: true, Version: c.Version})
				return err
			})
			isRefused(t, err, fault.Forbidden, "", "delegation.replaced_by_host")
		})
		t.Run("asking no more authorises nobody by itself", func(t *testing.T) {
			h.bind(h.vendor, trusts)
			h.deliver()
			for _, c := range []contact.Contact{waiting, joins} {
				if !h.now(h.vendor, c.ID).AuthorizedAt.IsZero() {
					t.Errorf("%s is authorised", c.FamilyName)
				}
			}
		})
		t.Run("staff authorise", func(t *testing.T) {
			h.update(func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := access.Authorize(ctx, tx, h.vendor.officer, joins.ID)
				return err
			})
			if !access.Of(h.now(h.vendor, joins.ID).Row, false).Open() {
				t.Error("it is not open")
			}
		})
	})
}

// TestRaceForTheLastInvitation lets two processes send credentials to people without login at once: the envelope's number
// holds.
func TestRaceForTheLastInvitation(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		by := h.leader(h.vendor, "prigent")
		h.bind(h.vendor, delegation.Input{AddContacts: true, GiveLogins: true, MaxLogins: "3"})
		var all sync.WaitGroup
		for i := range 8 {
			c := h.contact(h.vendor, fmt.Sprintf("Course%c", 'a'+i), "Anne", fmt.Sprintf("course%d@corvenne.example", i))
			all.Go(func() {
				err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
					_, err := h.inviter.Send(ctx, tx, by, c.ID, access.Sending{})
					return err
				})
				if err != nil {
					isRefused(t, err, fault.Conflict, "login_enabled", "delegation.max_logins")
				}
			})
		}
		all.Wait()
		h.view(func(ctx context.Context, tx *sqldb.Tx) error {
			n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT COUNT(*) FROM contact WHERE login_enabled = 1`)
			if n != 3 {
				t.Errorf("%d logins are on", n)
			}
			return err
		})
	})
}
