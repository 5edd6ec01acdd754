package organization

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Identity is what « Corriger le SIRET » asks: the numbers as they should be, and why.
type Identity struct {
	SIRET          string // "" only for an organisation that has none
	CustomerNumber string
	Reason         string // needed to change what was there; not to enter what was missing
	Version        int64
}

// Reidentify writes SIRET and customer number, for package contact alone, which holds the organisation and gives its
// contacts other accounts in the same transaction. Faults come with the organisation as it is; a version that is no
// longer the current one is a fault.Conflict «fault.version», unless the numbers are there already. Permission: CorrectSIRET.
func Reidentify(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before Organization, in Identity) (Organization, error) {
	if err := by.Need(actor.CorrectSIRET); err != nil {
		return before, err
	}
	o, reason := before, ""
	var err error
	if o.SIRET, o.CustomerNumber, reason, err = in.parse(before); err != nil {
		return before, err
	}
	if before.Version != in.Version && len(changes(before, o)) > 0 {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	host, err := workspace.Get(ctx, tx, by.Workspace)
	if err != nil {
		return before, err
	}
	if _, err := unique(ctx, tx, by, o, host.Slug); err != nil {
		return before, err
	}
	return o, o.save(ctx, tx, by, before, "organization.reidentified", reason)
}

func (in Identity) parse(before Organization) (s siret.SIRET, customer, reason string, err error) {
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
