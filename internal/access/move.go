package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Moved has the login e-mail of every contact that the login has joined as follow the login to its new address, in the
// login's own name, with a line in each workspace's history. Where somebody else of the organisation is invited to that
// address already, it stays. The desk calls it (login.Desk.OnMove) in the transaction in which the address changes.
func Moved(ctx context.Context, tx *sqldb.Tx, of id.Login, to email.Address) error {
	type joined struct {
		in id.Workspace
		as id.Contact
	}
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (j joined, err error) {
		err = row.Scan(&j.in, &j.as)
		return j, err
	}, `SELECT workspace_id, id FROM contact WHERE login_id = $1 ORDER BY workspace_id, organization_id`, of)
	if err != nil {
		return err
	}
	for _, j := range list {
		by := actor.OfProgram(j.in)
		by.Login = of
		if err := move(ctx, tx, by, j.as, to); err != nil {
			return err
		}
	}
	return nil
}

// move is Moved for one contact, which may have got another login or be gone by now.
func move(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, to email.Address) error {
	before, _, err := contact.Hold(ctx, tx, by, of)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || before.Login != by.Login || before.LoginEmail == to {
		return err
	}
	err = contact.FreeForLogin(ctx, tx, by, before.Row, to)
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	by = inOwnName(by, by.Login, before)
	after := before
	after.LoginEmail = to
	return after.SaveLogin(ctx, tx, by, before, "contact.edited")
}

// inOwnName is this program as the history names it where it does what the contact itself asked for.
func inOwnName(by actor.Actor, of id.Login, c contact.Contact) actor.Actor {
	by.Kind, by.Login, by.Contact, by.Organization = actor.Contact, of, c.ID, c.Organization
	return by
}
