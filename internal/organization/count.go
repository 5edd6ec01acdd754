package organization

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
)

// Count counts the matches of a filter up to the cap, for the figures of the dashboard; the whole list, which has a
// total, is counted to its end. Permission: SeeOrganizations.
func Count(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (n int, more bool, err error) {
	if err := by.Need(actor.SeeOrganizations); err != nil {
		return 0, false, err
	}
	return f.count(ctx, tx, by, f.sub(by.Workspace))
}
