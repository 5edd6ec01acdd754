package directory_test

import (
	"testing"

	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestArchived(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		by := newHost(t, db, "brenval", "school")
		org, other := newOrganization(t, db, by, "81245739800020"), newOrganization(t, db, by, "")
		hidden := create(t, db, by, org, person("Le Gall", "Maëlle"))
		create(t, db, by, other, person("Diallo", "Ibrahima"))
		archive := func() {
			update(t, db, func(tx *sqldb.Tx) error { _, err := contact.Archive(ctx, tx, by, org); return err })
		}
		exported := func(f directory.Filter) (n int) {
			if err := directory.Each(ctx, db, by, f, func(contact.Exported) error { n++; return nil }); err != nil {
				t.Fatal(err)
			}
			return n
		}

		t.Run("the people of an archived organisation are in no list, search, number or figure", func(t *testing.T) {
			archive()
			archive() // again changes nothing
			for _, f := range []directory.Filter{{}, {Query: "le gall"}, {Query: "C-1"}, {Query: "81245739800020"}, {Authorized: "no"}, {Query: "egal"}} {
				for _, l := range find(t, db, by, f).Items {
					if l.ID == hidden.ID {
						t.Errorf("%+v shows it", f)
					}
				}
			}
			if all := find(t, db, by, directory.Filter{}); all.Total != 1 {
				t.Errorf("total %d", all.Total)
			}
		})
		t.Run("they are found where one asks for them", func(t *testing.T) {
			for want, f := range map[string]directory.Filter{"Le Gall": {Shown: directory.OnlyArchived}, "Diallo, Le Gall": {Shown: directory.Everybody}} {
				if got := find(t, db, by, f); families(got) != want {
					t.Errorf("%+v: %s", f, families(got))
				}
			}
			if part := find(t, db, by, directory.Filter{Organization: org}); part.Total != 1 {
				t.Errorf("in their organisation: %d", part.Total)
			}
		})
		t.Run("an export holds what the list shows: them only where one asks for them", func(t *testing.T) {
			for _, x := range []struct {
				filter directory.Filter
				want   int
			}{{directory.Filter{}, 1}, {directory.Filter{Authorized: "no"}, 1}, {directory.Filter{Query: "le gall"}, 0},
				{directory.Filter{Shown: directory.Everybody}, 2}, {directory.Filter{Shown: directory.OnlyArchived}, 1}} {
				if n := exported(x.filter); n != x.want {
					t.Errorf("%+v: %d rows", x.filter, n)
				}
			}
		})
		t.Run("restored they are back, and the totals with them", func(t *testing.T) {
			update(t, db, func(tx *sqldb.Tx) error { _, err := contact.Restore(ctx, tx, by, org); return err })
			if all := find(t, db, by, directory.Filter{}); all.Total != 2 || families(all) != "Diallo, Le Gall" {
				t.Errorf("%d: %s", all.Total, families(all))
			}
		})
		t.Run("deleted while archived they leave the total right", func(t *testing.T) {
			archive()
			update(t, db, func(tx *sqldb.Tx) error { return contact.DeleteOrganization(ctx, tx, by, org) })
			if all := find(t, db, by, directory.Filter{}); all.Total != 1 {
				t.Errorf("total %d", all.Total)
			}
		})
	})
}
