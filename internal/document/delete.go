package document

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/offer"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Delete takes a document away for good, with all its versions and its values in the history, which keeps its number and the reason.
// Without a reason it is a fault.Invalid on «reason». Permission: EditDocuments.
func Delete(ctx context.Context, tx *sqldb.Tx, by actor.Actor, document id.Document, reason string) (Document, error) {
	if err := by.Need(actor.EditDocuments); err != nil {
		return Document{}, err
	}
	d, err := hold(ctx, tx, by, document)
	if err != nil {
		return Document{}, err
	}
	reason, err = name.Line(reason, MaxReason)
	if err == nil && name.Fold(reason) == "" {
		err = fault.M("fault.required")
	}
	if err != nil {
		var faults fault.Fields
		faults.Add("reason", err)
		return d, faults.Err()
	}
	if err := remove(ctx, tx, by, []id.Document{d.ID}); err != nil {
		return d, err
	}
	line := entry("document.deleted", d)
	line.Comment = reason
	return d, journal.Record(ctx, tx, by, line)
}

// remove takes documents away with all that hangs on them; at most sqldb.Many.
func remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []id.Document) error {
	subjects := make([]id.UUID, len(list))
	for i, d := range list {
		subjects[i] = d.UUID
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, list)
	versions, err := sqldb.List(ctx, tx, sqldb.Value[id.UUID], `SELECT id FROM document_version WHERE workspace_id = $1 AND document_id `+in, args...)
	if err != nil {
		return err
	}
	owners := make([]file.Owner, len(versions))
	for i, v := range versions {
		owners[i] = owner(v)
	}
	if err := file.Remove(ctx, tx, by, owners...); err != nil {
		return err
	}
	if err := journal.Erase(ctx, tx, by.Workspace, subjects...); err != nil {
		return err
	}
	if err := notice.Forget(ctx, tx, by.Workspace, subjects...); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM document WHERE workspace_id = $1 AND id `+in, args...)
	return err
}

// DeleteOrganization is offer.DeleteOrganization with the organisation's documents, which go with it. Permission: DeleteOrganizations.
func DeleteOrganization(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) error {
	if err := by.Need(actor.DeleteOrganizations); err != nil {
		return err
	}
	if _, err := organization.Lock(ctx, tx, by, of); err != nil {
		return err
	}
	for {
		list, err := sqldb.List(ctx, tx, sqldb.Value[id.Document], `SELECT id FROM document WHERE workspace_id = $1 AND organization_id = $2 ORDER BY id LIMIT $3`, by.Workspace, of, sqldb.Many)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return offer.DeleteOrganization(ctx, tx, by, of)
		}
		if err := remove(ctx, tx, by, list); err != nil {
			return err
		}
	}
}
