package handover

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// Sweep ends up to size offers that hold no more, of all workspaces, tells both by a letter, and reports how many it
// was. A job calls it.
func Sweep(ctx context.Context, tx *sqldb.Tx, size int64) (int64, error) {
	list, err := sqldb.List(ctx, tx, scan, selectAll+` WHERE h.ended_at IS NULL AND (h.expires_at <= $1 OR CASE WHEN `+stands+` THEN 1 ELSE 0 END = 0) ORDER BY h.id LIMIT $2`, tx.Now(), size)
	for _, o := range list {
		if err := o.lapse(ctx, tx); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), err
}

// lapse ends an offer that holds no more, in the program's name; somebody may have ended it meanwhile.
func (o Offer) lapse(ctx context.Context, tx *sqldb.Tx) error {
	err := o.end(ctx, tx, Lapsed)
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, actor.OfProgram(o.Workspace), o.line("contact.super_admin_lapsed", o.To)); err != nil {
		return err
	}
	return o.tell(ctx, tx, LetterLapsed, o.From, o.To)
}
