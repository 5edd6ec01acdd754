package notice

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// TellRole tells a contact, and the admins of its organisation, that it has another role; by the bell alone where other letters
// say it. The room that changes the role calls it, see Tell.
func TellRole(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of journal.Subject, in id.Organization, role string, bellOnly bool) error {
	e := Event{Kind: RoleChanged, Detail: role, Subject: of, Organization: in, Leaders: true, BellOnly: bellOnly}
	if err := Tell(ctx, tx, by, e); err != nil {
		return err
	}
	e.Kind, e.Subject.Kind, e.Leaders, e.To = OwnRole, OwnLogin, false, []id.Contact{{UUID: of.ID}}
	return Tell(ctx, tx, by, e)
}
