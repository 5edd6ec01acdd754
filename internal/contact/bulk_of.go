package contact

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// EachOf is Each for these contacts, as far as the workspace has them: some hundred at a time, by name among each other.
// Permission: Export.
func EachOf(ctx context.Context, db *sqldb.DB, by actor.Actor, ids []id.Contact, fn func(Exported) error) error {
	if err := by.Need(actor.Export); err != nil {
		return err
	}
	left := matches(slices.Clone(ids))
	for len(left) > 0 {
		var chunk []Exported
		err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
			chunk, err = left.next(ctx, tx, by, id.Contact{})
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range chunk {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
	return nil
}
