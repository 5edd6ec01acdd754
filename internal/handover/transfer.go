package handover

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Transfer is what staff say who take the role from one contact and give it to another.
type Transfer struct {
	To         id.Contact
	Reason     string  // both are told, and the history keeps it
	SwitchOff  bool    // the login of the one who had it
	Submission id.UUID // the form's own number, so that a repeated POST transfers nothing twice; zero = none
}

// MaxReason is the length of a reason, in characters: what a letter shows whole.
const MaxReason = 300

// Transfer takes the role super_admin from a contact, who becomes an admin, and gives it to another of the same organisation
// whose login is on; both are told by a letter, with the reason. Offers of either hold no more. Faults are fault.Conflict
// «handover.not_super_admin», and on the fields to and reason. The face has asked for the password. Permission:
// NameSuperAdmin; fault.NotFound.
func (d *Desk) Transfer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, from id.Contact, in Transfer) error {
	if err := by.Need(actor.NameSuperAdmin); err != nil {
		return err
	}
	old, _, err := contact.Hold(ctx, tx, by, from)
	if err != nil {
		return err
	}
	if again, err := isMade(ctx, tx, by, from, in.Submission); err != nil || again {
		return err
	}
	if old.Role != contact.SuperAdmin {
		return fault.New(fault.Conflict, "handover.not_super_admin")
	}
	var faults fault.Fields
	reason, err := name.Line(in.Reason, MaxReason)
	faults.Add("reason", err)
	if err == nil && reason == "" {
		faults.Add("reason", fault.M("fault.required"))
	}
	successor, err := takes(ctx, tx, by, &faults, old, in.To)
	if err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return transfer(ctx, tx, by, old, successor, reason, in)
}

// takes reads who gets the role, as they are, or puts beside the field «to» why they cannot.
func takes(ctx context.Context, tx *sqldb.Tx, by actor.Actor, faults *fault.Fields, old contact.Contact, to id.Contact) (contact.Contact, error) {
	if to.IsZero() {
		faults.Add("to", fault.M("fault.required"))
		return contact.Contact{}, nil
	}
	c, err := contact.Get(ctx, tx, by, to)
	if fault.Is(err, fault.NotFound) || err == nil && c.Organization != old.Organization {
		faults.Add("to", fault.M("fault.choice"))
		return contact.Contact{}, nil
	}
	if err != nil {
		return c, err
	}
	switch address := c.CredentialsTo(); {
	case c.Role == contact.SuperAdmin:
		faults.Add("to", fault.M("handover.super_admin_already"))
	case !c.LoginEnabled:
		faults.Add("to", fault.M("contact.super_admin_needs_login"))
	case address.IsZero():
		faults.Add("to", fault.M("contact.super_admin_needs_login_email"))
	default:
		taken := contact.FreeForLogin(ctx, tx, by, c.Row, address)
		if f := fault.As(taken); f != nil {
			faults.Add("to", f.Fields[0].Message)
		} else if taken != nil {
			return c, taken
		}
	}
	return c, nil
}

// transfer swaps the roles and tells both.
func transfer(ctx context.Context, tx *sqldb.Tx, by actor.Actor, old, successor contact.Contact, reason string, in Transfer) error {
	o := Offer{
		ID: id.NewHandover(), Workspace: by.Workspace, Organization: old.Organization, From: personOf(old), To: personOf(successor),
		CreatedAt: tx.Now(), ExpiresAt: tx.Now(), Ended: Transferred, Reason: reason,
	}
	if err := o.insert(ctx, tx, old, successor, in.Submission); err != nil {
		return err
	}
	up, down := successor, old
	up.Role, up.LoginEmail, down.Role = contact.SuperAdmin, successor.CredentialsTo(), contact.Admin
	if in.SwitchOff {
		down.LoginEnabled, down.LoginDisabledBy = false, "staff"
	}
	if err := save(ctx, tx, by, reason, change{successor, up, "contact.super_admin_transferred"}, change{old, down, "contact.super_admin_taken"}); err != nil {
		return err
	}
	if err := tellRoles(ctx, tx, by, up, down); err != nil {
		return err
	}
	return o.tell(ctx, tx, LetterTransferred, o.From, o.To)
}

// isMade reports whether that form has transferred the role from the contact already, and confirms it by a write.
func isMade(ctx context.Context, tx *sqldb.Tx, by actor.Actor, from id.Contact, submission id.UUID) (bool, error) {
	if submission.IsZero() {
		return false, nil
	}
	n, err := tx.Exec(ctx, `UPDATE handover SET ended = ended WHERE workspace_id = $1 AND submission = $2 AND from_contact = $3`, by.Workspace, submission, from)
	return n > 0, err
}
