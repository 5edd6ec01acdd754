package invitation

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// listed are the invitations to the team that its list shows: until somebody has joined with them, they were replaced, or
// the host took them back.
const listed = ` WHERE i.workspace_id = $1 AND i.kind = 'staff' AND (i.ended_at IS NULL OR i.ended = 'declined')`

// Team reads the invitations to the team of the caller's workspace, the latest first: those that are open, have expired or
// were declined. Permission: SeeTeam.
func Team(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Invitation, error) {
	if err := by.Need(actor.SeeTeam); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scan, selectAll+listed+` ORDER BY i.id DESC`, by.Workspace)
}

// OfTeam reads one of those that Team lists; any other is a fault.NotFound. Permission: SeeTeam.
func OfTeam(ctx context.Context, tx *sqldb.Tx, by actor.Actor, invitation id.Invitation) (Invitation, error) {
	if err := by.Need(actor.SeeTeam); err != nil {
		return Invitation{}, err
	}
	return sqldb.One(ctx, tx, scan, selectAll+listed+` AND i.id = $2`, by.Workspace, invitation)
}

// ByAuthor reads those that Team lists and that this member has sent. Permission: SeeTeam.
func ByAuthor(ctx context.Context, tx *sqldb.Tx, by actor.Actor, author id.Login) ([]Invitation, error) {
	if err := by.Need(actor.SeeTeam); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scan, selectAll+listed+` AND i.created_by = $2 ORDER BY i.id DESC`, by.Workspace, author)
}

// Names tells whom invitations to the team were for, of the caller's workspace; what is gone is left out. Permission:
// SeeJournal.
func Names(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.Invitation) (map[id.Invitation]string, error) {
	if err := by.Need(actor.SeeJournal); err != nil || len(of) == 0 {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, of)
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (i Invitation, err error) {
		err = row.Scan(&i.ID, &i.Name)
		return i, err
	}, `SELECT id, name FROM invitation WHERE workspace_id = $1 AND kind = 'staff' AND id `+in, args...)
	names := make(map[id.Invitation]string, len(list))
	for _, i := range list {
		names[i.ID] = i.Name
	}
	return names, err
}

// Forget removes every invitation of that address to the team, and what the history kept of their values: links and
// codes open nothing from then on. The caller has checked the permission and holds the team.
func Forget(ctx context.Context, tx *sqldb.Tx, in id.Workspace, address email.Address) error {
	gone, err := sqldb.List(ctx, tx, sqldb.Value[id.UUID], `DELETE FROM invitation WHERE workspace_id = $1 AND kind = 'staff' AND email = $2 RETURNING id`, in, address)
	if err != nil || len(gone) == 0 {
		return err
	}
	return journal.Erase(ctx, tx, in, gone...)
}
