package access_test

import (
	"slices"
	"testing"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// What an organisation's own admin reads in its history, as the rooms write it.
func TestOwnHistory(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		h := newHouse(t, db, clock)
		maelle := h.person("maelle@corvenne.example")
		c := h.contact(h.school, "Ateliers Corvenne", joined(maelle, contact.Admin))
		by := h.places(maelle.ID)[0].Actor(maelle.ID)
		lines := func(about id.Contact) (kinds []string, last journal.Line) {
			h.update(func(tx *sqldb.Tx) error {
				page, err := journal.Own(t.Context(), tx, by, journal.OwnFilter{})
				for _, l := range page.Lines {
					if l.Subject.ID == about.UUID {
						kinds, last = append(kinds, l.Kind), l
					}
				}
				return err
			})
			return kinds, last
		}
		deposit := func(name string) (d contact.Contact) {
			h.update(func(tx *sqldb.Tx) (err error) {
				d, err = contact.Create(t.Context(), tx, actor.OfProgram(h.school.Workspace), c.Organization, contact.Input{
					Civility: "mr", FamilyName: name, GivenName: "Paul", Phone: "01 99 00 12 34", Email: "depot@corvenne.example", Source: contact.Landing,
				})
				return err
			})
			return d
		}
		t.Run("nothing about a contact that the portal does not show, also once that is deleted", func(t *testing.T) {
			h.T = t
			d := deposit("Dépôt")
			if kinds, _ := lines(d.ID); kinds != nil {
				t.Error(kinds)
			}
			h.update(func(tx *sqldb.Tx) error { return contact.Delete(t.Context(), tx, h.school, d.ID, id.Contact{}) })
			if kinds, _ := lines(d.ID); kinds != nil {
				t.Error(kinds)
			}
		})
		t.Run("everything about it from the authorisation on, and without values when it is deleted", func(t *testing.T) {
			h.T = t
			d := deposit("Autorisé")
			h.update(func(tx *sqldb.Tx) error { _, err := access.Authorize(t.Context(), tx, h.school, d.ID); return err })
			if kinds, first := lines(d.ID); !slices.Equal(kinds, []string{"contact.authorized", "contact.created"}) || len(first.Changes) == 0 || first.Erased {
				t.Errorf("%v %+v", kinds, first)
			}
			h.update(func(tx *sqldb.Tx) error { return contact.Delete(t.Context(), tx, h.school, d.ID, id.Contact{}) })
			kinds, first := lines(d.ID)
			if !slices.Equal(kinds, []string{"contact.deleted", "contact.authorized", "contact.created"}) || first.Changes != nil || !first.Erased || first.Subject.Number != d.Label() {
				t.Errorf("%v %+v", kinds, first)
			}
		})
		t.Run("contacts are found by their identifiers within the own organisation, as far as the portal shows them", func(t *testing.T) {
			h.T = t
			d, foreign := deposit("Caché"), h.contact(h.school, "Brasserie Armen", contact.Past{Role: contact.User})
			h.update(func(tx *sqldb.Tx) error {
				rows, err := contact.ColleaguesOf(t.Context(), tx, by, []id.Contact{c.ID, d.ID, foreign.ID, id.NewContact(), {}})
				if len(rows) != 1 || rows[c.ID].Label() != c.Label() {
					t.Errorf("%+v", rows)
				}
				return err
			})
		})
	})
}
