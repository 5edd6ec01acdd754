package mail

import (
	"context"
	"fmt"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Get reads one letter of the caller's workspace, or is a fault.NotFound. Permission: SeeLetters.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, letter id.Letter) (Letter, error) {
	if err := by.Need(actor.SeeLetters); err != nil {
		return Letter{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM letter WHERE workspace_id = $1 AND id = $2`, by.Workspace, letter)
}

// Filter is what a list of letters is narrowed to.
type Filter struct {
	State        State // "" = any
	Installation bool  // the installation's own letters too: for the demo alone, where they can be read
	paging.Ask
}

// Find reads the workspace's letters, the latest first. Permission: SeeLetters.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[Letter], error) {
	part := paging.Part[Letter]{Ask: f.Ask.Clean(paging.Sizes[1])}
	if err := by.Need(actor.SeeLetters); err != nil {
		return part, err
	}
	where, args := ` FROM letter WHERE workspace_id = $1`, []any{by.Workspace}
	if f.Installation {
		where = ` FROM letter WHERE (workspace_id = $1 OR workspace_id IS NULL)`
	}
	if f.State != "" {
		where, args = where+` AND state = $2`, append(args, string(f.State))
	}
	var err error
	part.Total, err = sqldb.One(ctx, tx, sqldb.Value[int], fmt.Sprintf(`SELECT count(*) FROM (SELECT 1%s LIMIT %d) counted`, where, paging.Cap+1), args...)
	if err != nil {
		return part, err
	}
	if part.More = part.Total > paging.Cap; part.More {
		part.Total = paging.Cap
	}
	part.Items, err = sqldb.List(ctx, tx, scan, fmt.Sprintf(`SELECT %s%s ORDER BY id DESC LIMIT %d OFFSET %d`, columns, where, part.Size, part.Offset()), args...)
	return part, err
}

// About reads the letters to one contact of the workspace, the latest first. Permission: SeeContacts.
func About(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact id.Contact, most int) ([]Letter, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM letter WHERE workspace_id = $1 AND contact_id = $2 ORDER BY id DESC LIMIT $3`, by.Workspace, contact, most)
}

// Those reads letters of the workspace by their identifiers: for rows that each keep that of their last letter. What
// does not exist is left out. Permission: SeeContacts.
func Those(ctx context.Context, tx *sqldb.Tx, by actor.Actor, letters []id.Letter) (map[id.Letter]Letter, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, letters)
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM letter WHERE workspace_id = $1 AND id `+in, args...)
	found := make(map[id.Letter]Letter, len(list))
	for _, l := range list {
		found[l.ID] = l
	}
	return found, err
}
