package access

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// Add is contact.Create, of which the organisation's admins are told. Permission: EditContacts.
func Add(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in contact.Input) (contact.Contact, error) {
	c, again, err := contact.Add(ctx, tx, by, of, in)
	if err != nil || again {
		return c, err
	}
	return c, tellAdded(ctx, tx, by, c.Row)
}

func tellAdded(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c contact.Row) error {
	return notice.Tell(ctx, tx, by, notice.Event{Kind: notice.ContactAdded, Subject: c.Subject(), Organization: c.Organization, Leaders: true})
}

// Imported is the detail of the one notice by which an organisation's admins are told of all contacts that an import added.
const Imported = "import"

// TellImported tells the admins of organisations that a file has added contacts there: once an import, which is named by a number
// of its own, however many batches it takes. An organisation without admins who come in is passed over. The room that imports calls it, see notice.Tell.
func TellImported(ctx context.Context, tx *sqldb.Tx, by actor.Actor, once id.UUID, to []id.Organization) error {
	for chunk := range slices.Chunk(to, sqldb.Many) {
		in, args := sqldb.In(tx, []any{by.Workspace}, chunk)
		led, err := sqldb.List(ctx, tx, sqldb.Value[id.Organization], `SELECT DISTINCT organization_id FROM contact WHERE workspace_id = $1 AND role <> 'user' AND joined_at IS NOT NULL AND organization_id `+in, args...)
		if err != nil {
			return err
		}
		for _, of := range led {
			about := journal.Subject{Kind: "organization", ID: of.UUID}
			if err := notice.Tell(ctx, tx, by, notice.Event{Kind: notice.ContactAdded, Detail: Imported, Subject: about, Organization: of, Leaders: true, Once: once}); err != nil {
				return err
			}
		}
	}
	return nil
}
