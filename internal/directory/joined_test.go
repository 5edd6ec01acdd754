package directory_test

import (
	"testing"
	"time"

	"github.com/entregent/entregent/internal/directory"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestJoined(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		by := newHost(t, db, "brenval", "school")
		other := newHost(t, db, "orvane", "vendor")
		org := newOrganization(t, db, by, "")
		start := time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)
		for i, days := range []int{-1, 0, 6, 7, 20} {
			c := create(t, db, by, org, person("Le Gall"+string(rune('a'+i)), "Maëlle"))
			update(t, db, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), `UPDATE contact SET joined_at = $1 WHERE workspace_id = $2 AND id = $3`, sqldb.At(start.AddDate(0, 0, days)), by.Workspace, c.ID)
				return err
			})
		}
		create(t, db, by, org, person("Riou", "Yann"))
		weeks := []time.Time{start, start.AddDate(0, 0, 7), start.AddDate(0, 0, 14), start.AddDate(0, 0, 21)}
		view(t, db, func(tx *sqldb.Tx) error {
			t.Run("those who joined are counted in the week in which they did", func(t *testing.T) {
				n, err := directory.Joined(t.Context(), tx, by, weeks)
				if err != nil || len(n) != 3 || n[0] != 2 || n[1] != 1 || n[2] != 1 {
					t.Error(n, err)
				}
			})
			t.Run("another workspace's are not", func(t *testing.T) {
				if n, err := directory.Joined(t.Context(), tx, other, weeks); err != nil || n[0] != 0 {
					t.Error(n, err)
				}
			})
			return nil
		})
	})
}
