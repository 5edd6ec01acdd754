package contact

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Identify enters a missing SIRET or corrects SIRET and customer number, and gives the organisation's contacts
// the accounts of the new identifier in the same transaction, by the rule of Rename for the same person: if an
// account exists already for one of them it is a fault.Conflict on «siret» that names them, and nothing is changed.
// Logins, roles and authorisations stay. Permission: CorrectSIRET.
func Identify(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in organization.Identity) (organization.Organization, error) {
	if err := by.Need(actor.CorrectSIRET); err != nil {
		return organization.Organization{}, err
	}
	before, err := organization.Lock(ctx, tx, by, of)
	if err != nil {
		return organization.Organization{}, err
	}
	after, err := organization.Reidentify(ctx, tx, by, before, in)
	if err != nil || after.Identifier(by.Workspace) == before.Identifier(by.Workspace) {
		return after, err
	}
	people, err := everybody(ctx, tx, by, of)
	if err != nil {
		return before, err
	}
	moves := make([]move, len(people))
	for i := range people {
		c := &people[i]
		moves[i] = move{c, c.Key(before.Identifier(by.Workspace)), c.Key(after.Identifier(by.Workspace))}
	}
	refused, err := rekey(ctx, tx, by, moves)
	if err == nil && len(refused) > 0 {
		c := refused[0]
		err = fault.OnField(fault.Conflict, "siret", fault.M("contact.account_exists_for", "Name", c.FamilyName.String()+" "+c.GivenName.String()))
	}
	if err != nil {
		return before, err
	}
	return after, nil
}

// everybody reads the contacts of an organisation.
func everybody(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) ([]Contact, error) {
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2`, by.Workspace, of)
}

// DeleteOrganization removes an organisation with its contacts for good. One with invoices stays: a fault.Conflict (product.md §6).
// Permission: DeleteOrganizations.
func DeleteOrganization(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) error {
	if err := by.Need(actor.DeleteOrganizations); err != nil {
		return err
	}
	org, err := organization.Lock(ctx, tx, by, of)
	if err != nil {
		return err
	}
	if err := withoutInvoices(ctx, tx, by, of); err != nil {
		return err
	}
	people, err := everybody(ctx, tx, by, of)
	if err == nil {
		err = remove(ctx, tx, by, org, people)
	}
	if err != nil {
		return err
	}
	return organization.Remove(ctx, tx, by, org)
}

// withoutInvoices is a refusal while there are any. Reading the table of a room above is the price of a rule that holds on every path.
func withoutInvoices(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) error {
	some, err := sqldb.List(ctx, tx, sqldb.Value[int64], `SELECT 1 FROM invoice WHERE workspace_id = $1 AND organization_id = $2 LIMIT 1`, by.Workspace, of)
	if err == nil && len(some) > 0 {
		err = fault.New(fault.Conflict, "contact.organization_has_invoices")
	}
	return err
}
