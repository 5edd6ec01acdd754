package document

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

func onlyProgram(by actor.Actor) error {
	if by.Kind != actor.Program {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// AddImagined adds many invented documents as they stand, without files; nobody is told of them. Only this program may; no face calls it.
func AddImagined(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []Document) error {
	if err := onlyProgram(by); err != nil {
		return err
	}
	for i := range list {
		d := &list[i]
		var err error
		if d.Number, err = tx.Next(ctx, by.Workspace, "document"); err != nil {
			return err
		}
		d.ID, d.current, d.Versions, d.Revision = id.NewDocument(), id.NewEntry().UUID, 1, 1
		d.CreatedAt, d.UpdatedAt = tx.Now(), tx.Now()
	}
	return insert(ctx, tx, by.Workspace, list, "")
}
