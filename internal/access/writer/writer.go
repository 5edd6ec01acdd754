// Package writer says as whom somebody comes in who writes to us by mail: there is no session, and what the mail says of
// its author proves nothing. Only the address that was answered names a contact; the three gates decide, as for a page.
//
// It reads and asks for no permission, being for the program itself.
package writer

import (
	"context"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Of reads the contact of that number as it comes in now, and the addresses that the workspace and the login know of the
// person. A contact with a gate that is not open, and none at all, is a fault.NotFound.
func Of(ctx context.Context, tx *sqldb.Tx, in id.Workspace, number int64) (actor.Actor, []email.Address, error) {
	p := access.Place{Workspace: workspace.Workspace{ID: in}, Number: number}
	known := make([]email.Address, 3)
	of, err := sqldb.One(ctx, tx, func(row sqldb.Scanner) (l login.Login, err error) {
		var authorized, archived sqldb.Time
		err = row.Scan(&p.Contact, &p.Organization, &p.Role, &p.JoinedAt, &p.Gates.Enabled, &authorized, &archived, &l.ID, &known[0], &known[1], &known[2])
		p.Gates.Joined, p.Gates.Authorized, p.Gates.Archived = !p.JoinedAt.IsZero(), !authorized.IsZero(), !archived.IsZero()
		return l, err
	}, `SELECT c.id, c.organization_id, c.role, c.joined_at, c.login_enabled, c.authorized_at, o.archived_at, l.id, l.email, c.email, c.login_email
		FROM contact c JOIN organization o ON o.workspace_id = c.workspace_id AND o.id = c.organization_id JOIN login l ON l.id = c.login_id
		WHERE c.workspace_id = $1 AND c.number = $2`, in, number)
	if err == nil && !p.Gates.Open() {
		err = fault.Missing()
	}
	if err != nil {
		return actor.Actor{}, nil, err
	}
	return p.Actor(of.ID), known, nil
}
