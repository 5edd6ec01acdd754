package transfer

import (
	"context"

	"github.com/entregent/entregent/internal/sqldb"
)

// How much one transaction of a sweep removes, so that nobody waits long for it.
const (
	sweepChunks   = 8
	sweepRefusals = 500
)

// Sweep removes imports whose retention is over since they last changed, with their files and refused rows, and files
// that never arrived whole.
func Sweep(ctx context.Context, db *sqldb.DB, s Settings) error {
	s = s.withDefaults()
	for {
		var old []Transfer
		err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
			old, err = sqldb.List(ctx, tx, func(row sqldb.Scanner) (t Transfer, err error) { return t, row.Scan(&t.workspace, &t.ID) },
				`SELECT workspace_id, id FROM transfer WHERE changed_at < $1 OR state = 'receiving' AND changed_at < $2 LIMIT 100`,
				tx.Now().Add(-s.Retention), tx.Now().Add(-s.Abandoned))
			return err
		})
		if err != nil || len(old) == 0 {
			return err
		}
		for _, t := range old {
			if err := t.remove(ctx, db); err != nil {
				return err
			}
		}
	}
}

// remove takes away the transfer, its file and its refused rows, in that order of size: what is left over after a
// crash is found again by its row.
func (t *Transfer) remove(ctx context.Context, db *sqldb.DB) error {
	for _, statement := range [...]struct {
		text string
		most int64
	}{
		{`DELETE FROM transfer_chunk WHERE workspace_id = $1 AND transfer_id = $2 AND n IN
			(SELECT n FROM transfer_chunk WHERE workspace_id = $1 AND transfer_id = $2 ORDER BY n LIMIT $3)`, sweepChunks},
		{`DELETE FROM transfer_refusal WHERE workspace_id = $1 AND transfer_id = $2 AND (pass, n) IN
			(SELECT pass, n FROM transfer_refusal WHERE workspace_id = $1 AND transfer_id = $2 ORDER BY pass, n LIMIT $3)`, sweepRefusals},
	} {
		for n := statement.most; n >= statement.most; {
			err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
				n, err = tx.Exec(ctx, statement.text, t.workspace, t.ID, statement.most)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM transfer WHERE workspace_id = $1 AND id = $2`, t.workspace, t.ID)
		return err
	})
}
