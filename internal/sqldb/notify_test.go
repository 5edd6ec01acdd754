package sqldb_test

import (
	"testing"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestNotify(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		told := 0
		db.Listen("bell", func() { told++ })
		say := func(topic string, fail error) {
			_ = db.Update(t.Context(), func(tx *sqldb.Tx) error {
				tx.Notify(topic)
				return fail
			})
		}
		t.Run("listeners are told of a committed transaction, of their topic alone", func(t *testing.T) {
			say("bell", nil)
			say("other", nil)
			if told != 1 {
				t.Errorf("told %d times", told)
			}
		})
		t.Run("nobody is told of a transaction that failed", func(t *testing.T) {
			say("bell", fault.Missing())
			if told != 1 {
				t.Errorf("told %d times", told)
			}
		})
	})
}
