package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Archive hides the organisation with its contacts from lists, searches and figures, and shuts its people out (package
// access) until Restore (product.md §6); what invitations they have are void, for good. Doing it again changes nothing. Permission: ArchiveOrganizations.
func Archive(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (organization.Organization, error) {
	o, err := organization.Archive(ctx, tx, by, of)
	if err != nil {
		return o, err
	}
	n, err := hide(ctx, tx, by, of, true)
	tx.Tally(by.Workspace, "contacts", -n)
	return o, err
}

// Restore undoes Archive. Permission: ArchiveOrganizations.
func Restore(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) (organization.Organization, error) {
	o, err := organization.Restore(ctx, tx, by, of)
	if err != nil {
		return o, err
	}
	n, err := hide(ctx, tx, by, of, false)
	tx.Tally(by.Workspace, "contacts", n)
	return o, err
}

// hide marks the organisation's contacts, so that the lists' indexes leave them out, and tells how many it changed. It raises
// the epochs too, as voidInvitations does: a letter that waits meanwhile is withdrawn, so its invitation may not come back.
func hide(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, hidden bool) (int64, error) {
	return tx.Exec(ctx, `UPDATE contact SET archived = $1, login_epoch = login_epoch + 1 WHERE workspace_id = $2 AND organization_id = $3 AND archived <> $1`, hidden, by.Workspace, of)
}
