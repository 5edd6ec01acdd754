package workspace

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
)

// Colleagues tells what the people of the caller's team are called: those by whom the history can be asked. It says
// nothing of their addresses and roles (see Team). Permission: SeeJournal.
func Colleagues(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (map[id.Login]string, error) {
	if err := by.Need(actor.SeeJournal); err != nil {
		return nil, err
	}
	members, err := sqldb.List(ctx, tx, sqldb.Value[id.Login], `SELECT login_id FROM staff WHERE workspace_id = $1`, by.Workspace)
	if err != nil {
		return nil, err
	}
	return login.Names(ctx, tx, members)
}
