package contact

import (
	"context"
	"slices"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// Of reads a page of one organisation's contacts, by name: the tab « Contacts ». It is one walk over one index,
// and counts only when the page does not tell the total by itself. An organisation that the workspace does not
// have has none. Permission: SeeContacts.
func Of(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, ask paging.Ask) (paging.Part[Row], error) {
	part := paging.Part[Row]{Ask: ask.Clean(24)}
	if err := by.Need(actor.SeeContacts); err != nil {
		return part, err
	}
	var err error
	part.Items, err = sqldb.List(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2
		ORDER BY family_key, given_key, id LIMIT `+strconv.Itoa(part.Size)+` OFFSET $3`, by.Workspace, of, part.Offset())
	if err != nil {
		return part, err
	}
	if n := len(part.Items); n > 0 && n < part.Size {
		part.Total = part.Offset() + n
		return part, nil
	}
	part.Total, part.More, err = sqldb.CountUpTo(ctx, tx, paging.Cap, `SELECT 1 FROM contact WHERE workspace_id = $1 AND organization_id = $2`, by.Workspace, of)
	if part.More { // the whole organisation is walked at most once, by whoever has one so large
		part.Total, part.More = max(part.Total, part.Offset()+len(part.Items)), true
	}
	return part, err
}

// Place is how many contacts of its organisation stand before this one, in the order of Of: so a page that is
// asked to open a contact finds the part of the list that it stands in. Permission: SeeContacts.
func Place(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c Row) (int, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return 0, err
	}
	n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT count(*) FROM contact WHERE workspace_id = $1 AND organization_id = $2
		AND (family_key, given_key, id) < ($3, $4, $5)`, by.Workspace, c.Organization, c.FamilyName.Key(), c.GivenName.Key(), c.ID)
	return int(n), err
}

// TellsOfAccount reports whether a verb was refused because an account of that name and organisation exists, in
// whichever workspace: the answer that faces count (product.md §3).
func TellsOfAccount(err error) bool {
	f := fault.As(err)
	return f != nil && slices.ContainsFunc(f.Fields, func(x fault.Field) bool {
		return x.Key == "contact.account_exists" || x.Key == "contact.account_exists_for"
	})
}
