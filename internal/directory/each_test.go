package directory_test

import (
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestEachOf(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by, other := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		by.Role, other.Role = actor.StaffAdmin, actor.StaffAdmin
		org := newOrganization(t, db, by, "")
		riou := create(t, db, by, org, person("Riou", "Yann"))
		create(t, db, by, org, person("Petit", "Solène"))
		foreign := create(t, db, other, newOrganization(t, db, other, ""), person("Vasseur", "Claire"))
		le := create(t, db, by, org, person("Le Gall", "Maëlle"))

		t.Run("only these come, as far as the workspace has them, once each and in their order", func(t *testing.T) {
			var names []string
			err := directory.EachOf(t.Context(), db, by, []id.Contact{riou.ID, foreign.ID, id.NewContact(), le.ID, riou.ID}, func(e contact.Exported) error {
				names = append(names, e.FamilyName.String()+" of "+e.OrganizationName)
				return nil
			})
			if err != nil || len(names) != 2 || names[0] != "Riou of Ateliers Corvenne" || names[1] != "Le Gall of Ateliers Corvenne" {
				t.Errorf("%q %v", names, err)
			}
		})
		t.Run("an officer may not", func(t *testing.T) {
			officer := by
			officer.Role = actor.StaffOfficer
			if err := directory.EachOf(t.Context(), db, officer, []id.Contact{riou.ID}, nil); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	})
}
