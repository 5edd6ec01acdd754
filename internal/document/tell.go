package document

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// tellAdded tells of documents that came together, of all of them once: by the first, and that it is not the only one.
func tellAdded(ctx context.Context, tx *sqldb.Tx, by actor.Actor, made []Document) error {
	e := notice.Event{Kind: notice.DocumentAdded}
	if len(made) > 1 {
		e.Detail = "several"
	}
	return tell(ctx, tx, by, e, made[0], ForStaff)
}

// tellWider tells those who may see the document now and did not before.
func tellWider(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before, now Document) error {
	if slices.Index(Visibilities(), now.Visibility) <= slices.Index(Visibilities(), before.Visibility) {
		return nil
	}
	return tell(ctx, tx, by, notice.Event{Kind: notice.DocumentAdded}, now, before.Visibility)
}

// tell has those of the organisation told who see the document, without those who saw it before.
func tell(ctx context.Context, tx *sqldb.Tx, by actor.Actor, e notice.Event, d Document, before Visibility) (err error) {
	e.Subject, e.Organization = d.Subject(), d.Organization
	e.Leaders = d.Visibility != ForStaff && before == ForStaff
	if d.Visibility == ForAll {
		e.To, err = sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT id FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND role = 'user'
			AND joined_at IS NOT NULL AND login_enabled = 1 AND authorized_at IS NOT NULL ORDER BY id`, by.Workspace, d.Organization)
		if err != nil {
			return err
		}
	}
	return notice.Tell(ctx, tx, by, e)
}

// Told tells package notice which documents somebody sees.
func Told() notice.Source {
	return notice.Source{Kind: "document", See: func(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.UUID) (map[id.UUID]notice.Sight, error) {
		if by.Kind != actor.Contact || !by.May(actor.SeeDocuments) {
			return nil, nil
		}
		where, args := seen(by, []any{by.Workspace})
		in, args := sqldb.In(tx, args, of)
		list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM document WHERE workspace_id = $1`+where+` AND id `+in, args...)
		sights := make(map[id.UUID]notice.Sight, len(list))
		for _, d := range list {
			sights[d.ID.UUID] = notice.Sight{Label: d.Title, Path: "/documents/" + d.ID.String()}
		}
		return sights, err
	}}
}

// Hush has nobody told any more of the documents that there are: those of a past that is made up. Only this program may.
func Hush(ctx context.Context, tx *sqldb.Tx, by actor.Actor) error {
	if err := onlyProgram(by); err != nil {
		return err
	}
	return notice.Unsay(ctx, tx, by.Workspace, "document")
}
