package writer_test

import (
	"testing"

	"github.com/entregent/entregent/internal/access/writer"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
	"github.com/entregent/entregent/internal/workspace"
)

func TestOf(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		update := func(fn func(tx *sqldb.Tx) error) {
			t.Helper()
			if err := db.Update(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		desk := login.NewDesk(db, secret.New(), login.DefaultLimits(), login.Hashing{Passes: 1, Memory: 8, Threads: 1, Concurrent: 1})
		hash, err := desk.Hash(t.Context(), "crapaud fleuret 41 boussole")
		if err != nil {
			t.Fatal(err)
		}
		var staff actor.Actor
		var person login.Login
		var c contact.Contact
		update(func(tx *sqldb.Tx) error {
			w, err := workspace.Add(t.Context(), tx, workspace.New{Slug: "brenval", Name: "Brenval", Kind: "school"})
			if err != nil {
				return err
			}
			staff = actor.Actor{Kind: actor.Staff, Workspace: w.ID, Login: id.NewLogin(), Role: actor.StaffAdmin}
			if person, err = login.Create(t.Context(), tx, actor.OfProgram(0), login.New{Email: "maelle@corvenne.example", Name: "Maëlle Le Gall"}, hash); err != nil {
				return err
			}
			org, err := organization.Create(t.Context(), tx, staff, organization.Input{Name: "Ateliers Corvenne"})
			if err != nil {
				return err
			}
			c, err = contact.Create(t.Context(), tx, staff, org.ID, contact.Input{FamilyName: "Le Gall", GivenName: "Maëlle", Email: "contact@corvenne.example", Source: contact.Import})
			return err
		})
		live := func(past contact.Past) {
			t.Helper()
			update(func(tx *sqldb.Tx) error {
				return contact.Imagine(t.Context(), tx, actor.OfProgram(staff.Workspace), c.ID, past)
			})
		}
		of := func(in id.Workspace, number int64) (by actor.Actor, known []email.Address, err error) {
			err = db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
				by, known, err = writer.Of(t.Context(), tx, in, number)
				return err
			})
			return by, known, err
		}
		t.Run("whoever has not joined, is not authorised, is switched off or does not exist does not write", func(t *testing.T) {
			for _, past := range []contact.Past{
				{Role: contact.User, LoginEnabled: true, AuthorizedAt: 1},
				{Role: contact.User, Login: person.ID, JoinedAt: 1, LoginEnabled: true},
				{Role: contact.User, Login: person.ID, JoinedAt: 1, AuthorizedAt: 1},
			} {
				live(past)
				if by, _, err := of(staff.Workspace, c.Number); !fault.Is(err, fault.NotFound) || by != (actor.Actor{}) {
					t.Errorf("%+v: %+v, %v", past, by, err)
				}
			}
			live(contact.Past{Role: contact.User, Login: person.ID, JoinedAt: 1, LoginEnabled: true, AuthorizedAt: 1})
			for _, p := range [][2]int64{{int64(staff.Workspace) + 1, c.Number}, {int64(staff.Workspace), c.Number + 1}, {0, 0}} {
				if _, _, err := of(id.Workspace(p[0]), p[1]); !fault.Is(err, fault.NotFound) {
					t.Error(p, err)
				}
			}
		})
		t.Run("with all gates open it is the contact that writes, as on a page", func(t *testing.T) {
			by, known, err := of(staff.Workspace, c.Number)
			want := actor.Actor{Kind: actor.Contact, Workspace: staff.Workspace, Login: person.ID, Contact: c.ID, Organization: c.Organization, Role: actor.PortalUser}
			if err != nil || by != want || known[0].String() != "maelle@corvenne.example" || known[1].String() != "contact@corvenne.example" || !known[2].IsZero() {
				t.Errorf("%+v %v %v", by, known, err)
			}
		})
		t.Run("nobody of an archived organisation writes", func(t *testing.T) {
			update(func(tx *sqldb.Tx) error {
				_, err := contact.Archive(t.Context(), tx, staff, c.Organization)
				return err
			})
			if _, _, err := of(staff.Workspace, c.Number); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	})
}
