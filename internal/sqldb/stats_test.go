package sqldb_test

import (
	"errors"
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestStats(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		t.Run("updates that were committed are counted, and nothing else", func(t *testing.T) {
			before := db.Stats()
			for _, want := range []error{nil, errors.New("changed my mind"), nil} {
				if err := db.Update(t.Context(), func(*sqldb.Tx) error { return want }); !errors.Is(err, want) {
					t.Fatal(err)
				}
			}
			if err := db.View(t.Context(), func(*sqldb.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
			after := db.Stats()
			if after.Updates-before.Updates != 2 || after.Commits-before.Commits != 2 {
				t.Errorf("%+v, before %+v", after, before)
			}
		})
	})
}
