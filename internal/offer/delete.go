package offer

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/request"
	"github.com/entregent/entregent/internal/sqldb"
)

// Delete takes offers away for good, with their files and their values in the history; those that the workspace does not have are
// passed over. It tells how many there were. Permission: EditOffers.
func Delete(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offers ...id.Offer) (n int, err error) {
	if err := by.Need(actor.EditOffers); err != nil {
		return 0, err
	}
	for chunk := range slices.Chunk(distinct(offers), sqldb.Many) {
		list, err := lock(ctx, tx, by, chunk)
		if err == nil {
			err = remove(ctx, tx, by, "offer.deleted", list)
		}
		if err != nil {
			return n, err
		}
		n += len(list)
	}
	return n, nil
}

// Withdraw takes away what the caller deposited, while it is pending: else a fault.Conflict. Permission: DepositOffers.
func Withdraw(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Offer) error {
	if err := by.Need(actor.DepositOffers); err != nil {
		return err
	}
	o, err := own(ctx, tx, by, offer)
	if err != nil {
		return err
	}
	return remove(ctx, tx, by, "offer.withdrawn", []Offer{o})
}

// DeleteOrganization is request.DeleteOrganization of one with offers, which go with it. Permission: DeleteOrganizations.
func DeleteOrganization(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) error {
	if err := by.Need(actor.DeleteOrganizations); err != nil {
		return err
	}
	if _, err := organization.Lock(ctx, tx, by, of); err != nil {
		return err
	}
	for {
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM offer WHERE workspace_id = $1 AND organization_id = $2 ORDER BY number LIMIT $3`, by.Workspace, of, sqldb.Many)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return request.DeleteOrganization(ctx, tx, by, of)
		}
		if err := remove(ctx, tx, by, "", list); err != nil {
			return err
		}
	}
}

// remove takes them away with all that hangs on them; line is what the history says of each, "" = nothing.
func remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, line string, list []Offer) error {
	if len(list) == 0 {
		return nil
	}
	ids, subjects, numbers := make([]id.Offer, len(list)), make([]id.UUID, len(list)), make([]int64, len(list))
	owners, entries := make([]file.Owner, len(list)), make([]journal.Entry, len(list))
	for n, o := range list {
		ids[n], subjects[n], numbers[n], owners[n], entries[n] = o.ID, o.ID.UUID, o.Number, o.Owner(), entry(line, o, nil)
	}
	if err := file.Remove(ctx, tx, by, owners...); err != nil {
		return err
	}
	for _, erase := range []func(context.Context, *sqldb.Tx, id.Workspace, ...id.UUID) error{journal.Erase, notice.Forget} {
		if err := erase(ctx, tx, by.Workspace, subjects...); err != nil {
			return err
		}
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, numbers)
	if _, err := tx.Exec(ctx, `DELETE FROM offer_word WHERE workspace_id = $1 AND number `+in, args...); err != nil {
		return err
	}
	in, args = sqldb.In(tx, []any{by.Workspace}, ids)
	if _, err := tx.Exec(ctx, `DELETE FROM offer WHERE workspace_id = $1 AND id `+in, args...); err != nil {
		return err
	}
	tx.Tally(by.Workspace, "offers", -int64(len(list)))
	if line == "" {
		return nil
	}
	return journal.RecordAll(ctx, tx, by, entries)
}

// distinct leaves every identifier once, in one order for everybody.
func distinct(ids []id.Offer) []id.Offer {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b id.Offer) int { return slices.Compare(a.UUID[:], b.UUID[:]) })
	return slices.Compact(ids)
}
