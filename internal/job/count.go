package job

import (
	"context"

	"github.com/entregent/entregent/internal/sqldb"
)

// Count is how many jobs of a kind are in a state: "waiting" (for their time, or for a node), "running", or
// "failed" (given up; they stay until their retention is over).
type Count struct {
	Kind, State string
	N           int64
}

// Counts counts the jobs of the installation, for those who watch it. Jobs that ended well are not counted.
func Counts(ctx context.Context, tx *sqldb.Tx) ([]Count, error) {
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (c Count, err error) { return c, row.Scan(&c.Kind, &c.State, &c.N) },
		`SELECT kind, CASE WHEN finished_at IS NOT NULL THEN 'failed' WHEN claimed_until > $1 THEN 'running' ELSE 'waiting' END AS state, COUNT(*)
		FROM job WHERE finished_at IS NULL OR failure IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`, tx.Now())
}
