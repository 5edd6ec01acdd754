package handover

import (
	"bytes"
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Accept swaps the roles of whoever made the offer and the caller, to whom it was made: the one is an admin from then on, the
// other a super_admin, and both are told by a letter. Neither role nor gates may have changed since: else it is a
// fault.Conflict «handover.over», as for one that was withdrawn, refused or has expired. Of several at once one succeeds; for
// the others see IsDone. The face has asked for the password. Permission: AcceptSuperAdmin; fault.NotFound.
func (d *Desk) Accept(ctx context.Context, tx *sqldb.Tx, by actor.Actor, offer id.Handover) (Offer, error) {
	if err := by.Need(actor.AcceptSuperAdmin); err != nil {
		return Offer{}, err
	}
	o, taker, err := hold(ctx, tx, by, offer, "")
	if err != nil {
		return o, err
	}
	if o.To.ID != by.Contact {
		return Offer{}, fault.Missing()
	}
	giver, err := contact.Get(ctx, tx, actor.OfProgram(o.Workspace), o.From.ID)
	if err != nil {
		return o, err
	}
	if err := o.end(ctx, tx, Accepted); err != nil {
		return o, err
	}
	up, down := taker, giver
	up.Role, down.Role = contact.SuperAdmin, contact.Admin
	if err := save(ctx, tx, by, "", change{taker, up, "contact.super_admin_accepted"}, change{giver, down, "contact.super_admin_handed_over"}); err != nil {
		return o, err
	}
	if err := tellRoles(ctx, tx, by, up, down); err != nil {
		return o, err
	}
	return o, o.tell(ctx, tx, LetterAccepted, o.From, o.To)
}

// change is what one of the two was and is to be, and what the history calls it.
type change struct {
	before, after contact.Contact
	line          string
}

// save writes both in the order of their identifiers, as a sign-in writes the contacts of a login, so that nobody waits crosswise.
func save(ctx context.Context, tx *sqldb.Tx, by actor.Actor, reason string, both ...change) error {
	slices.SortFunc(both, func(a, b change) int { return bytes.Compare(a.after.ID.UUID[:], b.after.ID.UUID[:]) })
	for _, c := range both {
		if err := c.after.SaveRole(ctx, tx, by, c.before, c.line, reason); err != nil {
			return err
		}
	}
	return nil
}
