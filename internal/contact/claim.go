package contact

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Claims are the professional e-mails that some contacts want for their login's: whoever of an organisation has one, or
// claimed it first, keeps it (product.md §3).
type Claims map[claim]Row

type claim struct {
	organization id.Organization
	address      email.Address
}

// ClaimsOf reads which of the contacts' professional e-mails somebody else of their organisation signs in with, or is invited
// to. The caller holds the contacts, some hundred at most, and has checked the permission.
func ClaimsOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contacts []id.Contact) (Claims, error) {
	known := make(Claims)
	if len(contacts) == 0 {
		return known, nil
	}
	// A subquery rather than a join: PostgreSQL without statistics would walk over both tables.
	in, args := sqldb.In(tx, []any{by.Workspace}, contacts)
	owners, err := sqldb.List(ctx, tx, sqldb.Value[id.Contact], `SELECT (SELECT o.id FROM contact o
			WHERE o.workspace_id = c.workspace_id AND o.organization_id = c.organization_id AND o.login_email = c.email AND o.id <> c.id)
		FROM contact c WHERE c.workspace_id = $1 AND c.id `+in, args...)
	owners = slices.DeleteFunc(owners, id.Contact.IsZero)
	if err != nil || len(owners) == 0 {
		return known, err
	}
	in, args = sqldb.In(tx, []any{by.Workspace}, owners)
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND id `+in, args...)
	for _, c := range list {
		known[claim{c.Organization, c.LoginEmail}] = c.Row
	}
	return known, err
}

// Take makes the contact's professional e-mail its login e-mail, unless it is somebody else's: then it is a fault.Conflict
// on login_email that names them, if the caller may know of them.
func (known Claims) Take(by actor.Actor, c *Contact) error {
	own := claim{c.Organization, c.Email}
	if other, taken := known[own]; taken && other.ID != c.ID {
		return other.hasLoginEmail(by)
	}
	known[own] = c.Row
	c.LoginEmail = c.Email
	return nil
}
