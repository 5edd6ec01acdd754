package contact

import (
	"context"

	"github.com/entregent/entregent/internal/account"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Delete removes the contact for good (manual 1, « toute suppression est définitive »; product.md §6): its values
// in the history go, an account that no contact uses goes, and so does a login that holds nothing more; its
// number is never given again. A super_admin is not deleted. Deleting the primary contact needs a successor while
// anybody else is there who may be it: without one it is a fault.Conflict on «successor». Permission: EditContacts.
func Delete(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact, successor id.Contact) error {
	if err := by.Need(actor.EditContacts); err != nil {
		return err
	}
	c, org, err := Hold(ctx, tx, by, contact)
	if err != nil {
		return err
	}
	if c.Role == SuperAdmin {
		return fault.New(fault.Conflict, "contact.super_admin_stays")
	}
	if org.Primary == contact {
		if err := succeed(ctx, tx, by, org, contact, successor); err != nil {
			return err
		}
	}
	return c.remove(ctx, tx, by, org)
}

// succeed names who follows the primary contact; nobody, if nobody is left who may.
func succeed(ctx context.Context, tx *sqldb.Tx, by actor.Actor, org organization.Organization, leaving, successor id.Contact) error {
	chosen, err := sqldb.List(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND id <> $3 AND id = $4`+mayFollow,
		by.Workspace, org.ID, leaving, successor)
	if err != nil {
		return err
	}
	if len(chosen) == 1 {
		return namePrimary(ctx, tx, by, org, chosen[0])
	}
	others, err := Successors(ctx, tx, by, org.ID, leaving)
	if err != nil {
		return err
	}
	if len(others) == 0 {
		return organization.SetPrimary(ctx, tx, by, org.ID, id.Contact{})
	}
	return fault.OnField(fault.Conflict, "successor", fault.M("contact.successor_needed"))
}

// mayFollow is Row.MayBePrimary as a condition.
const mayFollow = ` AND (source <> 'landing' OR authorized_at IS NOT NULL)`

// maxSuccessors is how many Successors lists: more nobody looks through; any may be named by Edit.
const maxSuccessors = 200

// Successors lists who may follow the primary contact, the first 200 by name; leaving is zero where there is none.
func Successors(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, leaving id.Contact) ([]Row, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND id IS DISTINCT FROM $3`+mayFollow+`
		ORDER BY family_key, given_key, id LIMIT $4`, by.Workspace, of, leaving, maxSuccessors)
}

// remove takes away the row and all that only it held.
func (c Contact) remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, org organization.Organization) error {
	if err := account.Lock(ctx, tx, c.Account); err != nil {
		return err
	}
	if err := journal.Erase(ctx, tx, by.Workspace, c.ID.UUID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM contact WHERE workspace_id = $1 AND id = $2`, by.Workspace, c.ID); err != nil {
		return err
	}
	if !org.Archived() { // else Archive took it off
		tx.Tally(by.Workspace, "contacts", -1)
	}
	if err := dropAccount(ctx, tx, c.Account, c.ID); err != nil {
		return err
	}
	if err := dropLogin(ctx, tx, c.Login); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: "contact.deleted", Subject: c.Subject(), Organization: c.Organization})
}

func dropAccount(ctx context.Context, tx *sqldb.Tx, a id.Account, gone id.Contact) error {
	others, err := used(ctx, tx, a, gone)
	if err != nil || others {
		return err
	}
	return account.Remove(ctx, tx, a)
}

// dropLogin removes a login that has joined no other contact and works for no workspace.
func dropLogin(ctx context.Context, tx *sqldb.Tx, l id.Login) error {
	if l.IsZero() {
		return nil
	}
	if err := tx.Lock(ctx, "login", "id = $1", l); err != nil {
		return err
	}
	n, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT (SELECT count(*) FROM contact WHERE login_id = $1) + (SELECT count(*) FROM staff WHERE login_id = $1)`, l)
	if err != nil || n > 0 {
		return err
	}
	return login.Remove(ctx, tx, l)
}
