package directory

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
)

// Joined counts the contacts that activated their access in each of the spans that the times part: one number
// less than there are times, which rise. Permission: SeeContacts.
func Joined(ctx context.Context, tx *sqldb.Tx, by actor.Actor, times []time.Time) ([]int, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	counts := make([]int, 0, len(times))
	for i := range len(times) - 1 {
		n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM contact WHERE workspace_id = $1 AND joined_at >= $2 AND joined_at < $3`,
			by.Workspace, sqldb.At(times[i]), sqldb.At(times[i+1]))
		if err != nil {
			return nil, err
		}
		counts = append(counts, int(n))
	}
	return counts, nil
}
