package organization

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Hold reads the organisation and keeps it as it is until the transaction ends, for who adds a contact to it: others may
// add beside, but nobody changes its identifier, archives or deletes it. While it has no primary contact, which whoever
// is added first becomes, it is held alone: two who hold it together could not both write it. fault.NotFound.
// Permission: SeeOrganizations.
func Hold(ctx context.Context, tx *sqldb.Tx, by actor.Actor, organization id.Organization) (Organization, error) {
	o, err := Get(ctx, tx, by, organization)
	if err != nil {
		return Organization{}, err
	}
	if o.Primary.IsZero() {
		return Lock(ctx, tx, by, organization)
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND id = $2`+tx.ForShare(), by.Workspace, organization)
}

// HoldAll holds many alone, in one order for everybody; those that the workspace does not have are left out, and for an
// organisation's own people all others. Permission: as with Get.
func HoldAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, ids []id.Organization) (map[id.Organization]Organization, error) {
	needed := actor.SeeOrganizations
	if by.Kind == actor.Contact {
		needed, ids = actor.SeeOwnOrganization, slices.DeleteFunc(slices.Clone(ids), func(o id.Organization) bool { return o != by.Organization })
	}
	if err := by.Need(needed); err != nil || len(ids) == 0 {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, distinct(ids))
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM organization WHERE workspace_id = $1 AND id `+in+` ORDER BY id`+tx.ForLock(), args...)
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
