package contact

import (
	"context"
	"slices"
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
	people, err := everybody(ctx, tx, by, of)
	if err != nil {
		return before, err
	}
	moves, former := make([]move, len(people)), make(map[id.Contact]id.Account, len(people))
	for i := range people {
		c := &people[i]
		moves[i], former[c.ID] = move{c, c.key(by, before), c.key(by, after)}, c.Account
	}
	refused, err := rekey(ctx, tx, by, moves)
	if err == nil && len(refused) > 0 {
		c := refused[0]
		err = fault.OnField(fault.Conflict, "siret", fault.M("contact.account_exists_for", "Name", c.FamilyName.String()+" "+c.GivenName.String()))
	}
	if err != nil {
		return before, err
	}
	people = slices.DeleteFunc(people, func(c Contact) bool { return c.Account == former[c.ID] })
	return after, saveAccounts(ctx, tx, by, people)
}

// everybody reads the contacts of an organisation.
func everybody(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization) ([]Contact, error) {
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM contact WHERE workspace_id = $1 AND organization_id = $2`, by.Workspace, of)
}

// saveAccounts writes which accounts the contacts have.
func saveAccounts(ctx context.Context, tx *sqldb.Tx, by actor.Actor, people []Contact) error {
	for chunk := range slices.Chunk(people, sqldb.Many) {
		ids, accounts := make([]id.Contact, len(chunk)), make([]id.Account, len(chunk))
		for i, c := range chunk {
			ids[i], accounts[i] = c.ID, c.Account
		}
		in, args := sqldb.In(tx, []any{by.Workspace}, ids)
		own, args := sqldb.Case(args, "id", ids, "account_id", accounts)
		if _, err := tx.Exec(ctx, `UPDATE contact SET account_id = `+own+` WHERE workspace_id = $1 AND id `+in, args...); err != nil {
			return err
		}
	}
	return nil
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
	people, err := everybody(ctx, tx, by, of)
	if err != nil {
		return err
	}
	if err := remove(ctx, tx, by, org, people); err != nil {
		return err
	}
	return organization.Remove(ctx, tx, by, org)
}
