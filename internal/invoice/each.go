package invoice

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// chunkSize is how many one transaction of Each reads.
const chunkSize = 512

// Each calls fn with every invoice that the filter finds, page and size apart, in the order of the list. It reads some hundred at a
// time, each in a transaction of its own: what is changed meanwhile may be seen or not. Permission: SeeInvoices, and for staff
// Export.
func Each(ctx context.Context, db *sqldb.DB, by actor.Actor, f Filter, fn func(Listed) error) error {
	if err := by.Need(actor.SeeInvoices); err != nil {
		return err
	}
	if by.Kind != actor.Contact {
		if err := by.Need(actor.Export); err != nil {
			return err
		}
	}
	f.uncapped = true
	var last *key
	return sqldb.EachChunk(ctx, db, func(tx *sqldb.Tx) ([]Listed, bool, error) {
		if err := contact.Still(ctx, tx, by); err != nil {
			return nil, false, err
		}
		s := f.selection(tx, by)
		if last != nil {
			s.past(*last)
		}
		chunk, err := s.list(ctx, tx, chunkSize, 0)
		if len(chunk) > 0 {
			last = s.keyOf(chunk[len(chunk)-1])
		}
		return chunk, len(chunk) == chunkSize, err
	}, fn)
}

// AddImagined adds many invented invoices (package sample) as they stand, without files; nobody is told of them. Only this program may; no face calls it.
// Numbers that are taken are a fault.Conflict.
func AddImagined(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Invoice) error {
	if by.Kind != actor.Program {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	ids := make([]id.Invoice, len(list))
	for n := range list {
		i := &list[n]
		if i.ID.IsZero() {
			i.ID = id.NewInvoice()
		}
		ids[n] = i.ID
		i.Version, i.CreatedAt, i.UpdatedAt = 1, tx.Now(), tx.Now()
	}
	if err := insert(ctx, tx, by.Workspace, list); err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, sqldb.Many) {
		in, args := sqldb.In(tx, []any{by.Workspace}, chunk)
		if _, err := tx.Exec(ctx, `UPDATE invoice SET told_overdue = 1 WHERE workspace_id = $1 AND id `+in, args...); err != nil {
			return err
		}
	}
	return nil
}

// Hush has nobody told any more of the invoices that there are: those of a past that is made up. Only this program may.
func Hush(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if by.Kind != actor.Program {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := notice.Unsay(ctx, tx, by.Workspace, "invoice"); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE invoice SET told_overdue = 1 WHERE workspace_id = $1 AND told_overdue = 0`, by.Workspace)
	return err
}
