package contact_test

import (
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestIdentify(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		by, vendor := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		org := newOrganization(t, db, by, "")
		c := create(t, db, by, org, person("Le Gall", "Maëlle"))
		identify := func(siret, reason string) error {
			version := getOrganization(t, db, by, org).Version
			return db.Update(ctx, func(tx *sqldb.Tx) error {
				_, err := contact.Identify(ctx, tx, by, org, organization.Identity{SIRET: siret, CustomerNumber: "K 12", Reason: reason, Version: version})
				return err
			})
		}
		t.Run("a missing SIRET is entered and the contacts get its accounts, logins staying", func(t *testing.T) {
			if err := identify("812 457 398 00020", ""); err != nil {
				t.Fatal(err)
			}
			if n := countOf(t, db, `SELECT count(*) FROM account WHERE key = '81245739800020-le gall-maelle'`); n != 1 || countOf(t, db, `SELECT count(*) FROM account`) != 1 {
				t.Errorf("%d accounts of the new key", n)
			}
			if got := get(t, db, by, c.ID); got.Account != c.Account {
				t.Error("the account was not modified but replaced")
			}
		})
		t.Run("to correct one a reason is wanted", func(t *testing.T) {
			if err := identify("35600000000048", ""); err == nil {
				t.Error("taken without reason")
			}
			if err := identify("35600000000048", "faute de frappe"); err != nil {
				t.Error(err)
			}
		})
		t.Run("when somebody's account exists under the new SIRET nothing is changed", func(t *testing.T) {
			create(t, db, vendor, newOrganization(t, db, vendor, "81245739800020"), person("LE GALL", "Maelle"))
			before := getOrganization(t, db, by, org)
			if err := identify("81245739800020", "retour"); err == nil {
				t.Error("taken")
			}
			if getOrganization(t, db, by, org) != before {
				t.Error("changed")
			}
		})
		t.Run("an organisation goes with its contacts and their traces", func(t *testing.T) {
			update(t, db, func(tx *sqldb.Tx) error { return contact.DeleteOrganization(ctx, tx, by, org) })
			if n := countOf(t, db, `SELECT count(*) FROM contact WHERE workspace_id = 1`) + countOf(t, db, `SELECT count(*) FROM journal_value v JOIN journal_line l ON l.workspace_id = v.workspace_id AND l.id = v.line_id WHERE l.organization_id IS NOT NULL AND l.workspace_id = 1`); n != 0 {
				t.Errorf("%d traces", n)
			}
		})
	})
}
