package organization

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
)

// Own reads the organisation as whose contact the caller came in. Permission: SeeOwnOrganization.
func Own(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (Organization, error) {
	if err := by.Need(actor.SeeOwnOrganization); err != nil {
		return Organization{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND id = $2`, by.Workspace, by.Organization)
}
