package notice

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Clockwork says how often the desk's schedules run.
type Clockwork struct {
	Digest time.Duration // whose letter of the day is due
	Sweep  time.Duration // what is past its time
}

// schedule notes when the letter of the day is due of those for whom something waits now.
func schedule(ctx context.Context, tx *sqldb.Tx, in id.Workspace, waiting []Person, preferences map[id.Contact]Preference) error {
	rows := make([][]any, 0, len(waiting))
	for _, p := range waiting {
		q := preferences[p.Contact]
		if q.digestAt.IsZero() {
			rows = append(rows, []any{nextDigest(tx.Now(), q.digestedAt, q.Hour, p.P.Zone()), in, p.Contact})
		}
	}
	_, err := tx.ExecEach(ctx, `UPDATE preference SET digest_at = $1 WHERE workspace_id = $2 AND contact_id = $3 AND digest_at IS NULL`, rows)
	return err
}

// due is somebody whose letter of the day is to be written.
type due struct {
	in id.Workspace
	of id.Contact
}

// digestSize is how many letters of the day one transaction queues.
const digestSize = 100

// digest queues the letters of the day that are due, each with all that waits for it: in one transaction, so that nothing is
// told in two of them.
func (d *Desk) digest(ctx context.Context, db *sqldb.DB) error {
	for more := true; more; {
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			n, err := queueDigests(ctx, tx)
			more = n == digestSize
			return err
		})
		if err != nil || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

func queueDigests(ctx context.Context, tx *sqldb.Tx) (int, error) {
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (x due, err error) { return x, row.Scan(&x.in, &x.of) },
		`SELECT workspace_id, contact_id FROM preference WHERE digest_at <= $1 ORDER BY digest_at, contact_id LIMIT $2`+tx.ForClaim(), tx.Now(), digestSize)
	if err != nil {
		return 0, err
	}
	for _, x := range list {
		letter, err := mail.Queue(ctx, tx, mail.New{Kind: DigestLetter, Workspace: x.in, Contact: x.of})
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `UPDATE notice SET digest = 0, letter_id = $1 WHERE workspace_id = $2
			AND id IN (SELECT id FROM notice WHERE workspace_id = $2 AND contact_id = $3 AND digest = 1)`, letter, x.in, x.of); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `UPDATE preference SET digest_at = NULL, digested_at = $1 WHERE workspace_id = $2 AND contact_id = $3`, tx.Now(), x.in, x.of); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// sweepSize is how many rows one transaction removes, so that nobody waits long for it.
const sweepSize = 500

// sweep removes what was told longer ago than it is kept.
func (d *Desk) sweep(ctx context.Context, db *sqldb.DB) error {
	for {
		var n int64
		err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = sweepOnce(ctx, tx, tx.Now().Add(-d.o.Retention))
			return err
		})
		if err != nil || n < sweepSize || ctx.Err() != nil {
			return err
		}
	}
}

type past struct {
	in id.Workspace
	id id.Notice
}

func sweepOnce(ctx context.Context, tx *sqldb.Tx, before sqldb.Time) (int64, error) {
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (x past, err error) { return x, row.Scan(&x.in, &x.id) },
		`SELECT workspace_id, id FROM notice WHERE created_at < $1 ORDER BY created_at LIMIT $2`, before, sweepSize)
	if err != nil {
		return 0, err
	}
	rows := make([][]any, len(list))
	for i, x := range list {
		rows[i] = []any{x.in, x.id}
	}
	_, err = tx.ExecEach(ctx, `DELETE FROM notice WHERE workspace_id = $1 AND id = $2`, rows)
	return int64(len(list)), err
}
