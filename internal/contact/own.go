package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
)

// Own reads what is kept of the person themselves, through whose contact they came in; fault.NotFound for whoever came
// in otherwise. Permission: SeeOwnContact.
func Own(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (Contact, error) {
	if err := by.Need(actor.SeeOwnContact); err != nil {
		return Contact{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND id = $2 AND organization_id = $3`,
		by.Workspace, by.Contact, by.Organization)
}
