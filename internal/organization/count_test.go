package organization_test

import (
	"testing"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestCount(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		other := newHost(t, db, "orvane", "vendor")
		for _, name := range []string{"Verrerie du Loc’h", "Brasserie Armen", "Hôtel Kerannic"} {
			must(t, db, by, organization.Input{Name: name})
		}
		count := func(by actor.Actor, f organization.Filter) (n int, err error) {
			err = db.View(t.Context(), func(tx *sqldb.Tx) (err error) { n, _, err = organization.Count(t.Context(), tx, by, f); return err })
			return n, err
		}
		t.Run("it counts what Find would list", func(t *testing.T) {
			for want, f := range map[int]organization.Filter{3: {WithoutPrimary: true}, 1: {Query: "brass"}, 0: {Archived: true}} {
				if n, err := count(by, f); n != want || err != nil {
					t.Errorf("%+v: %d %v", f, n, err)
				}
			}
		})
		t.Run("another workspace has its own, and without a role there is nothing", func(t *testing.T) {
			if n, err := count(other, organization.Filter{}); n != 0 || err != nil {
				t.Error(n, err)
			}
			if _, err := count(actor.Actor{Workspace: by.Workspace}, organization.Filter{}); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	})
}

func TestNames(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by, other := newHost(t, db, "brenval", "school"), newHost(t, db, "orvane", "vendor")
		verrerie := must(t, db, by, organization.Input{Name: "Verrerie du Loc’h"})
		foreign := must(t, db, other, organization.Input{Name: "Cabinet des Tilleuls"})
		t.Run("the workspace’s own are named, once each; others are left out", func(t *testing.T) {
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				names, err := organization.Names(t.Context(), tx, by, []id.Organization{verrerie.ID, {}, foreign.ID, id.NewOrganization(), verrerie.ID})
				if len(names) != 1 || names[verrerie.ID] != "Verrerie du Loc’h" {
					t.Error(names)
				}
				if none, err := organization.Names(t.Context(), tx, by, nil); len(none) != 0 || err != nil {
					t.Error(none, err)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	})
}
