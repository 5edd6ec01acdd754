package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Find reads a page of the list. A query finds the beginnings of names first, then those of words within them; when they do not fill the page,
// those of other fields, then names that hold the query (from 3 letters). Permission: SeeContacts.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[contact.Listed], error) {
	f.Ask = f.Ask.Clean(24)
	part := paging.Part[contact.Listed]{Ask: f.Ask}
	if err := by.Need(actor.SeeContacts); err != nil {
		return part, err
	}
	if strings.TrimSpace(f.Query) != "" {
		return part, f.search(ctx, tx, by, &part)
	}
	var err error
	part.Items, err = f.walk(ctx, tx, by, &part)
	return part, err
}

// walk reads the page without a query: by the order's own index, from the keyset if there is one.
func (f Filter) walk(ctx context.Context, tx *sqldb.Tx, by actor.Actor, part *paging.Part[contact.Listed]) ([]contact.Listed, error) {
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	var err error
	if part.Total, part.More, err = f.total(ctx, tx, by, query{where, q.args}); err != nil {
		return nil, err
	}
	offset := f.Offset()
	if !f.After.IsZero() {
		behind, found, err := f.behind(ctx, tx, by, &q)
		if err != nil {
			return nil, err
		}
		if found {
			where, offset = where+behind, 0
		}
	}
	c := contact.Choice{Where: where, Order: f.order(), Args: q.args, Limit: f.Size, Offset: offset}
	if behind := part.Total - offset - f.Size; offset > max(0, behind) && !part.More {
		return f.fromTheEnd(ctx, tx, by, c, behind)
	}
	return contact.List(ctx, tx, by, c)
}

// fromTheEnd reads the choice from the other end of the list, to which it is nearer: so many entries stand behind it, less than
// none behind a last page that is not full.
func (f Filter) fromTheEnd(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c contact.Choice, behind int) ([]contact.Listed, error) {
	c.Order, c.Offset, c.Limit = f.backwards(), max(0, behind), max(0, f.Size+min(0, behind))
	list, err := contact.List(ctx, tx, by, c)
	slices.Reverse(list)
	return list, err
}

// behind is the condition «after this contact in the order»; a contact that is gone gives none.
func (f Filter) behind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, q *query) (string, bool, error) {
	if f.Sort == Newest {
		return " AND id < " + q.arg(f.After), true, nil
	}
	keys, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (k [2]string, err error) { return k, row.Scan(&k[0], &k[1]) },
		`SELECT family_key, given_key FROM contact WHERE workspace_id = $1 AND id = $2`, by.Workspace, f.After)
	if err != nil || len(keys) == 0 {
		return "", false, err
	}
	return " AND (family_key, given_key, id) > (" + q.arg(keys[0][0]) + ", " + q.arg(keys[0][1]) + ", " + q.arg(f.After) + ")", true, nil
}

// total is the workspace's own total, or the matches counted up to the cap.
func (f Filter) total(ctx context.Context, tx *sqldb.Tx, by actor.Actor, where query) (int, bool, error) {
	if f.Plain() {
		n, err := sqldb.Total(ctx, tx, by.Workspace, "contacts")
		return int(n), false, err
	}
	return sqldb.CountUpTo(ctx, tx, paging.Cap, `SELECT 1 FROM contact WHERE `+where.text, where.args...)
}

// Count counts the matches of a filter up to the cap, for the figures of the dashboard.
func Count(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (n int, more bool, err error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return 0, false, err
	}
	q := query{args: []any{by.Workspace}}
	where := f.conditions(&q)
	return f.total(ctx, tx, by, query{where, q.args})
}
