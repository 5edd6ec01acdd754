package access_test

import (
	"context"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail/mailtest"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// sendAll sends to many at once, without delivering.
func (h *town) sendAll(by actor.Actor, switchOn bool, all ...access.To) (list []access.Outcome) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		list, err = h.inviter.SendAll(ctx, tx, by, all, switchOn)
		return err
	})
	return list
}

// elsewhere adds somebody with that professional e-mail to another organisation of the host.
func (h *town) elsewhere(x host, address string) (c contact.Contact) {
	h.Helper()
	h.update(func(ctx context.Context, tx *sqldb.Tx) error {
		o, err := organization.Create(ctx, tx, x.officer, organization.Input{Name: "Forges de Quintrec", CustomerNumber: id.NewAccount().String()[24:]})
		if err != nil {
			return err
		}
		c, err = contact.Create(ctx, tx, x.officer, o.ID, contact.Input{Civility: "ms", FamilyName: "Riou", GivenName: "Maëlle", Phone: "02 61 91 40 10", Email: address, Source: contact.Form})
		return err
	})
	return c
}

func TestSendAll(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		t.Run("each of many is sent what they would be sent alone, and is told so in their place", func(t *testing.T) {
			first := h.contact(h.school, "Accueil", "Anne", "accueil@corvenne.example")
			second := h.contact(h.school, "Accueil", "Berthe", "accueil@corvenne.example")
			third := h.elsewhere(h.school, "accueil@corvenne.example")
			mute := h.contactFrom(h.school, "Sanson", "Ange", "", contact.Import)
			joined := h.contact(h.school, "Garnier", "Hélène", "helene@corvenne.example")
			l := h.join(h.school, joined)
			off := h.contact(h.school, "Tanguy", "Yann", "yann@corvenne.example")
			h.send(h.school, off.ID)
			h.switchOff(h.school, off.ID)
			foreign := h.contact(h.vendor, "Roussel", "Étienne", "etienne@corvenne.example")
			people := []id.Contact{second.ID, first.ID, third.ID, mute.ID, joined.ID, off.ID, foreign.ID}
			all := make([]access.To, len(people))
			for i, c := range people {
				all[i].Contact = c
			}
			keys := []string{"", "contact.login_email_taken", "", "access.send.no_address", "", "access.send.switched_off", "fault.not_found"}
			for i, o := range h.sendAll(h.school.officer, false, all...) {
				f := fault.As(o.Refused)
				switch {
				case keys[i] == "":
					if o.Refused != nil || o.Letter.IsZero() || o.Contact.ID != people[i] || !o.Contact.LoginEnabled {
						t.Errorf("%d: %+v", i, o)
					}
				case f == nil || !o.Letter.IsZero():
					t.Errorf("%d: %+v", i, o)
				default:
					if len(f.Fields) > 0 {
						f = &fault.Error{Kind: f.Kind, Message: f.Fields[0].Message}
					}
					if f.Message.Key != keys[i] {
						t.Errorf("%d: %v, want %s", i, f, keys[i])
					}
				}
			}
			if h.lines(h.school, second.ID, "contact.invited") != 1 || h.lines(h.school, first.ID, "contact.invited") != 0 || h.lines(h.school, joined.ID, "contact.reminded") != 1 {
				t.Error("the history tells something else")
			}
			if now := h.now(h.school, joined.ID); now.Login != l.ID {
				t.Error("it was rebound")
			}
		})
		t.Run("of the links to one login the last one opens, and one letter leaves", func(t *testing.T) {
			here, there := h.contact(h.school, "Riou", "Maëlle", "maelle@corvenne.example"), h.elsewhere(h.school, "maelle@corvenne.example")
			l := h.join(h.school, here)
			h.send(h.school, there.ID)
			if _, err := h.activate(h.token("maelle@corvenne.example")); err != nil {
				t.Fatal(err)
			}
			before := len(h.server.Letters())
			list := h.sendAll(h.school.officer, false, access.To{Contact: here.ID}, access.To{Contact: there.ID})
			if list[0].Letter.IsZero() || list[1].Letter.IsZero() || list[0].Contact.Login != l.ID || list[1].Contact.Login != l.ID {
				t.Errorf("%+v", list)
			}
			h.deliver()
			if n := len(h.server.Letters()) - before; n != 1 {
				t.Errorf("%d letters", n)
			}
		})
		t.Run("a form that comes again sends to those to whom it has not", func(t *testing.T) {
			first, second := h.contact(h.school, "Salaün", "Enora", "enora@corvenne.example"), h.contact(h.school, "Salaün", "Mona", "mona@corvenne.example")
			one, other := access.To{Contact: first.ID, Submission: id.NewJob().UUID}, access.To{Contact: second.ID, Submission: id.NewJob().UUID}
			h.sendAll(h.school.officer, false, one)
			list := h.sendAll(h.school.officer, false, one, other)
			if !list[0].Letter.IsZero() || list[0].Refused != nil || list[0].Contact.ID != first.ID || list[1].Letter.IsZero() {
				t.Errorf("%+v", list)
			}
			if h.lines(h.school, first.ID, "contact.invited") != 1 || h.lines(h.school, second.ID, "contact.invited") != 1 {
				t.Error("the history tells something else")
			}
		})
		t.Run("nobody is nothing", func(t *testing.T) {
			if list := h.sendAll(h.school.officer, false); len(list) != 0 {
				t.Errorf("%+v", list)
			}
		})
	})
}

// TestSendingBesideSignIns has somebody switched on at four organisations by « Renvoyer les identifiants » while they sign
// in. Nothing is tried again here: nobody runs into anybody.
func TestSendingBesideSignIns(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o, clock := sqldbtest.Options(t, engine), sqldbtest.NewClock()
			o.Clock, o.Attempts = clock.Now, 1
			db, err := sqldb.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			h := newTown(t, db, clock, mailtest.Options{})
			people := make([]access.To, 4)
			for i := range people {
				c := h.elsewhere(h.school, "maelle@corvenne.example")
				h.join(h.school, c)
				people[len(people)-1-i].Contact = c.ID
			}
			var both sync.WaitGroup
			for n := range 64 {
				both.Go(func() {
					if n%2 == 0 {
						if _, err := h.desk.SignIn(t.Context(), login.Credentials{Email: "maelle@corvenne.example", Password: password}); err != nil {
							t.Error("signing in:", err)
						}
					} else if err := h.switchOn(people); err != nil {
						t.Error("sending:", err)
					}
				})
			}
			both.Wait()
		})
	}
}

// switchOn sends to people who were switched off one by one just before.
func (h *town) switchOn(people []access.To) error {
	for _, to := range people {
		err := h.try(func(ctx context.Context, tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE contact SET login_enabled = 0, login_disabled_by = 'staff' WHERE workspace_id = $1 AND id = $2`, h.school.officer.Workspace, to.Contact)
			return err
		})
		if err != nil {
			return err
		}
	}
	return h.try(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := h.inviter.SendAll(ctx, tx, h.school.officer, people, true)
		return err
	})
}
