package contact

import (
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/account"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact/logins"
	"github.com/entregent/entregent/internal/contact/words"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Delete removes the contact for good (manual 1, « toute suppression est définitive »; product.md §6): its values in the history go, and what anybody
// was told of it; so do an account that no contact uses, and a login that holds nothing more; its number is never given again. A super_admin is not
// deleted. Deleting the primary one needs a successor while anybody may follow: else a fault.Conflict on «successor». Permission: EditContacts.
func Delete(ctx context.Context, tx *sqldb.Tx, by actor.Actor, contact, successor id.Contact) error {
	if err := by.Need(actor.EditContacts); err != nil {
		return err
	}
	c, org, err := Hold(ctx, tx, by, contact)
	if err != nil {
		return err
	}
	if err := c.Allow(by, Remove); err != nil {
		return err
	}
	if org.Primary == contact {
		if err := succeed(ctx, tx, by, org, contact, successor); err != nil {
			return err
		}
	}
	return remove(ctx, tx, by, org, []Contact{c})
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

const mayFollow = ` AND (source <> 'landing' OR authorized_at IS NOT NULL)` // Row.MayBePrimary as a condition

// MaxSuccessors is how many Successors lists: of more nobody chooses, they are named (directory.Heir).
const MaxSuccessors = 200

// Successors lists who may follow the primary contact, the first 200 by name; leaving is zero where there is none.
// Permission: EditContacts.
func Successors(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, leaving id.Contact) ([]Row, error) {
	if err := by.Need(actor.EditContacts); err != nil || by.Kind == actor.Contact && of != by.Organization {
		return nil, err
	}
	return sqldb.List(ctx, tx, scanRow, `SELECT `+rowColumns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 AND id IS DISTINCT FROM $3`+mayFollow+`
		ORDER BY family_key, given_key, id LIMIT $4`, by.Workspace, of, leaving, MaxSuccessors)
}

// remove takes away contacts of one organisation and all that only they held.
func remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, org organization.Organization, people []Contact) error {
	keys := make(map[id.Contact]string, len(people))
	for _, c := range people {
		keys[c.ID] = c.Key(org.Identifier(by.Workspace))
	}
	slices.SortFunc(people, func(a, b Contact) int { return strings.Compare(keys[a.ID], keys[b.ID]) })
	ids, subjects := make([]id.Contact, len(people)), make([]id.UUID, len(people))
	accounts, entries, named := make([]id.Account, len(people)), make([]journal.Entry, len(people)), make([]words.Named, len(people))
	former := make([]id.Login, len(people))
	for i, c := range people {
		ids[i], subjects[i], accounts[i], named[i], former[i] = c.ID, c.ID.UUID, c.Account, c.named(), c.Login
		entries[i] = journal.Entry{Kind: "contact.deleted", Subject: c.Subject(), Organization: c.Organization}
		if c.Unseen() {
			entries[i].Kind = "contact.discarded" // the portal never tells that there was such a contact
		}
	}
	if err := account.Lock(ctx, tx, accounts); err != nil {
		return err
	}
	for _, erase := range []func(context.Context, *sqldb.Tx, id.Workspace, ...id.UUID) error{journal.Erase, notice.Forget} {
		if err := erase(ctx, tx, by.Workspace, subjects...); err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(ids, sqldb.Many) {
		in, args := sqldb.In(tx, []any{by.Workspace}, chunk)
		if _, err := tx.Exec(ctx, `DELETE FROM contact WHERE workspace_id = $1 AND id `+in, args...); err != nil {
			return err
		}
	}
	if err := words.Drop(ctx, tx, by.Workspace, named...); err != nil {
		return err
	}
	tally(tx, by, org.ID, -int64(len(people)), org.Archived()) // Archive took them off the workspace's total
	if err := dropAccounts(ctx, tx, by, accounts); err != nil {
		return err
	}
	if err := logins.Drop(ctx, tx, former...); err != nil {
		return err
	}
	return journal.RecordAll(ctx, tx, by, entries)
}

// dropAccounts removes those of the accounts that no contact uses any more.
func dropAccounts(ctx context.Context, tx *sqldb.Tx, by actor.Actor, accounts []id.Account) error {
	elsewhere, err := usedElsewhere(ctx, tx, by, accounts)
	if err != nil {
		return err
	}
	return account.Remove(ctx, tx, slices.DeleteFunc(accounts, func(a id.Account) bool { return elsewhere[a] }))
}
