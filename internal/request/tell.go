package request

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// tell has those who watch the request told, and nobody else, or only the contacts that are named.
func tell(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r Request, e notice.Event, only ...id.Contact) error {
	e.Subject, e.Organization, e.To = r.journaled(), r.Organization, only
	if len(only) == 0 {
		var err error
		if e.To, err = audience(ctx, tx, by, r); err != nil {
			return err
		}
	}
	return notice.Tell(ctx, tx, by, e)
}

// audience are the contacts that watch the request.
func audience(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r Request) ([]id.Contact, error) {
	return sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT contact_id FROM request_party WHERE workspace_id = $1 AND request_id = $2 AND watching = 1 ORDER BY contact_id`, by.Workspace, r.ID)
}

// Told tells package notice which requests somebody sees.
func Told() notice.Source {
	return notice.Source{Kind: "request", See: func(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.UUID) (map[id.UUID]notice.Sight, error) {
		if by.Kind != actor.Contact || !by.May(actor.SeeOwnRequests) {
			return nil, nil
		}
		where, args := `workspace_id = $1 AND organization_id = $2`, []any{by.Workspace, by.Organization}
		if !by.May(actor.SeeColleaguesRequests) {
			where, args = where+` AND number IN (SELECT number FROM request_party WHERE workspace_id = $1 AND contact_id = $3)`, append(args, by.Contact)
		}
		in, args := sqldb.In(tx, args, of)
		seen := make(map[id.UUID]notice.Sight, len(of))
		_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
			var r Request
			err = row.Scan(&r.ID, &r.Number, &r.Subject, &r.State)
			sight := notice.Sight{Label: r.Label() + " – " + r.Subject, Path: "/requests/" + r.ID.String()}
			if !r.State.Over() {
				sight.Answers = r.Number
			}
			seen[r.ID.UUID] = sight
			return none, err
		}, `SELECT id, number, subject, state FROM request WHERE `+where+` AND id `+in, args...)
		return seen, err
	}}
}
