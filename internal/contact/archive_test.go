package contact_test

import (
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestArchive(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		by := newHost(t, db, "brenval", "school")
		org := newOrganization(t, db, by, "81245739800020")
		create(t, db, by, org, person("Le Gall", "Maëlle"))
		update(t, db, func(tx *sqldb.Tx) error { _, err := contact.Archive(ctx, tx, by, org); return err })
		t.Run("nobody is added to an archived organisation", func(t *testing.T) {
			refused(t, db, fault.Conflict, "", "contact.organization_archived", func(tx *sqldb.Tx) error {
				_, err := contact.Create(ctx, tx, by, org, person("Roux", "Jean"))
				return err
			})
		})
		t.Run("restored it takes people again, and the number of contacts is right all the time", func(t *testing.T) {
			total := func() (n int64) {
				view(t, db, func(tx *sqldb.Tx) (err error) { n, err = sqldb.Total(ctx, tx, by.Workspace, "contacts"); return err })
				return n
			}
			if n := total(); n != 0 {
				t.Errorf("%d while archived", n)
			}
			update(t, db, func(tx *sqldb.Tx) error { _, err := contact.Restore(ctx, tx, by, org); return err })
			create(t, db, by, org, person("Roux", "Jean"))
			if n := total(); n != 2 {
				t.Errorf("%d after it", n)
			}
		})
	})
}
