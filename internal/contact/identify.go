package contact

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Identity is what « Corriger le SIRET » asks: the numbers as they should be, and why.
type Identity struct {
	SIRET          string // "" only for an organisation that has none
	CustomerNumber string
	Reason         string // needed to change what was there; not to enter what was missing
	Version        int64
}

// Identify enters a missing SIRET or corrects SIRET and customer number, and gives the organisation's contacts
// the accounts of the new identifier in the same transaction, by the rule of Rename for the same person: if an
// account exists already for one of them it is a fault.Conflict on «siret» that names them, and nothing is changed.
// Logins, roles and authorisations stay. Permission: CorrectSIRET.
func Identify(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Identity) (organization.Organization, error) {
	if err := by.Need(actor.CorrectSIRET); err != nil {
		return organization.Organization{}, err
	}
	before, err := organization.Lock(ctx, tx, by, of)
	if err != nil {
		return organization.Organization{}, err
	}
	number, customer, reason, err := in.parse(before)
	if err != nil {
		return before, err
	}
	if before.Version != in.Version && (number != before.SIRET || customer != before.CustomerNumber) {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	after, err := organization.Reidentify(ctx, tx, by, before, number, customer, reason)
	if err != nil || after.Identifier(by.Workspace) == before.Identifier(by.Workspace) {
		return after, err
	}
	people, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 ORDER BY account_id`, by.Workspace, of)
	if err != nil {
		return before, err
	}
	for _, c := range people {
		old := c.Account
		err := c.rekey(ctx, tx, c.key(by, after))
		if fault.Is(err, fault.Conflict) {
			return before, fault.OnField(fault.Conflict, "siret", fault.M("contact.account_exists_for", "Name", c.FamilyName.String()+" "+c.GivenName.String()))
		}
		if err != nil {
			return before, err
		}
		if c.Account == old {
			continue
		}
		if _, err := tx.Exec(ctx, `UPDATE contact SET account_id = $1 WHERE workspace_id = $2 AND id = $3`, c.Account, by.Workspace, c.ID); err != nil {
			return before, err
		}
	}
	return after, nil
}

func (in Identity) parse(before organization.Organization) (s siret.SIRET, customer, reason string, err error) {
	var faults fault.Fields
	if strings.TrimSpace(in.SIRET) != "" {
		s, err = siret.Parse(in.SIRET)
		faults.Add("siret", err)
	} else if !before.SIRET.IsZero() {
		faults.Add("siret", fault.M("fault.required"))
	}
	customer, err = name.Line(in.CustomerNumber, 50)
	faults.Add("customer_number", err)
	if customer == "" && s.IsZero() && before.SIRET.IsZero() {
		faults.Add("customer_number", fault.M("fault.required"))
	}
	reason, err = name.Line(in.Reason, 500)
	faults.Add("reason", err)
	corrects := !before.SIRET.IsZero() && s != before.SIRET || s.IsZero() && customer != before.CustomerNumber
	if reason == "" && corrects && !faults.Has("reason") {
		faults.Add("reason", fault.M("fault.required"))
	}
	return s, customer, reason, faults.Err()
}

// DeleteOrganization removes an organisation with its contacts for good. Permission: DeleteOrganizations.
func DeleteOrganization(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) error {
	if err := by.Need(actor.DeleteOrganizations); err != nil {
		return err
	}
	org, err := organization.Lock(ctx, tx, by, of)
	if err != nil {
		return err
	}
	people, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2 ORDER BY account_id`, by.Workspace, of)
	if err != nil {
		return err
	}
	for _, c := range people {
		if err := c.remove(ctx, tx, by, org); err != nil {
			return err
		}
	}
	return organization.Remove(ctx, tx, by, org)
}
