package request

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// DeleteOrganization is contact.DeleteOrganization of one that has no open request (product.md §6): else a fault.Conflict,
// and it can be archived. What was closed goes with it. Permission: DeleteOrganizations.
func DeleteOrganization(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) error {
	if err := by.Need(actor.DeleteOrganizations); err != nil {
		return err
	}
	if _, err := organization.Lock(ctx, tx, by, of); err != nil {
		return err
	}
	open, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT COUNT(*) FROM request WHERE workspace_id = $1 AND organization_id = $2 AND state IN `+OpenList, by.Workspace, of)
	if err != nil {
		return err
	}
	if open > 0 {
		return fault.New(fault.Conflict, "request.organization_has_open", "Count", open)
	}
	if err := clear(ctx, tx, by, of); err != nil {
		return err
	}
	return contact.DeleteOrganization(ctx, tx, by, of)
}

// clear takes away the organisation's requests with all that hangs on them, some hundred at a time.
func clear(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) error {
	if _, err := tx.Exec(ctx, `DELETE FROM request_word WHERE workspace_id = $1 AND organization_id = $2`, by.Workspace, of); err != nil {
		return err
	}
	for {
		list, err := sqldb.List(ctx, tx, sqldb.Value[id.Request], `SELECT id FROM request WHERE workspace_id = $1 AND organization_id = $2 ORDER BY number LIMIT $3`, by.Workspace, of, sqldb.Many)
		if err != nil || len(list) == 0 {
			return err
		}
		subjects := make([]id.UUID, len(list))
		for i, r := range list {
			subjects[i] = r.UUID
		}
		if err := journal.Erase(ctx, tx, by.Workspace, subjects...); err != nil {
			return err
		}
		if err := notice.Forget(ctx, tx, by.Workspace, subjects...); err != nil {
			return err
		}
		in, args := sqldb.In(tx, []any{by.Workspace}, list)
		entries, err := sqldb.List(ctx, tx, sqldb.Value[id.UUID], `SELECT id FROM request_entry WHERE workspace_id = $1 AND kind IN ('comment', 'note') AND request_id `+in, args...)
		if err != nil {
			return err
		}
		owners := make([]file.Owner, len(entries))
		for i, e := range entries {
			owners[i] = file.Owner{Kind: fileOwner, ID: e}
		}
		if err := file.Remove(ctx, tx, by, owners...); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM request WHERE workspace_id = $1 AND id `+in, args...); err != nil {
			return err
		}
	}
}
