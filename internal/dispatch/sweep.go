package dispatch

import (
	"context"

	"github.com/entregent/entregent/internal/sqldb"
)

// sweepRows is how many rows one transaction of a sweep removes, so that nobody waits long for it.
const sweepRows = 500

// Sweep removes dispatches that ended, with their rows, when their retention is over.
func Sweep(ctx context.Context, db *sqldb.DB, s Settings) error {
	s = s.withDefaults()
	for {
		var old []Dispatch
		err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
			old, err = sqldb.List(ctx, tx, func(row sqldb.Scanner) (d Dispatch, err error) { return d, row.Scan(&d.workspace, &d.ID) },
				`SELECT workspace_id, id FROM dispatch WHERE changed_at < $1 AND state <> 'sending' LIMIT 100`, tx.Now().Add(-s.Retention))
			return err
		})
		if err != nil || len(old) == 0 {
			return err
		}
		for _, d := range old {
			if err := d.remove(ctx, db); err != nil {
				return err
			}
		}
	}
}

// remove takes away the rows, then the rest: what is left over after a crash is found again by its dispatch.
func (d *Dispatch) remove(ctx context.Context, db *sqldb.DB) error {
	for n := int64(sweepRows); n >= sweepRows; {
		err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM dispatch_row WHERE workspace_id = $1 AND dispatch_id = $2 AND n IN
				(SELECT n FROM dispatch_row WHERE workspace_id = $1 AND dispatch_id = $2 ORDER BY n LIMIT $3)`, d.workspace, d.ID, sweepRows)
			return err
		})
		if err != nil {
			return err
		}
	}
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM dispatch_chunk WHERE workspace_id = $1 AND dispatch_id = $2`, d.workspace, d.ID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM dispatch WHERE workspace_id = $1 AND id = $2`, d.workspace, d.ID)
		return err
	})
}
