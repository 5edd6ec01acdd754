package organization

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Hold reads the organisation and keeps it as it is until the transaction ends, for who adds contacts to it: others may
// add beside, but nobody changes its identifier, archives or deletes it. fault.NotFound. Permission: SeeContacts.
func Hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization) (Organization, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return Organization{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND id = $2`+tx.ForShare(), by.Workspace, organization)
}

// HoldAll is Hold for many, in one order for everybody; those that the workspace does not have are left out.
func HoldAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Organization) (map[id.Organization]Organization, error) {
	if err := by.Need(actor.SeeContacts); err != nil || len(ids) == 0 {
		return nil, err
	}
	in, args := sqldb.In([]any{by.Workspace}, distinct(ids))
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND id `+in+` ORDER BY id`+tx.ForShare(), args...)
	held := make(map[id.Organization]Organization, len(list))
	for _, o := range list {
		held[o.ID] = o
	}
	return held, err
}

func distinct(ids []id.Organization) []id.Organization {
	seen := make(map[id.Organization]bool, len(ids))
	var list []id.Organization
	for _, organization := range ids {
		if !seen[organization] {
			seen[organization] = true
			list = append(list, organization)
		}
	}
	return list
}
