package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Enroll is « Ajouter un nouveau contact » (manual 2): it adds the contact, and where its login is to be on (Input.Login)
// gives it role and login e-mail, the professional one if none is named, and invites it: one act, and one line in the history. Without a login it has neither,
// and nothing is sent. The same form again (Input.Submission) changes nothing and sends nothing. The contact of the
// outcome is as it is kept; the letter is zero where none goes out.
//
// Faults are those of contact.Create, with the ones of role and login_email beside the others, and where no address is to be had
// a fault.Conflict on login_email.
// Permissions: EditContacts, and with a login SendCredentials.
func (v *Inviter) Enroll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in contact.Input) (Outcome, error) {
	in, err := needEnroll(by, in)
	if err != nil {
		return Outcome{}, err
	}
	if _, err := organization.Lock(ctx, tx, by, of); err != nil { // alone: whose an address is depends on all its contacts
		return Outcome{}, err
	}
	c, again, err := contact.Add(ctx, tx, by, of, in)
	if err != nil || again {
		return Outcome{Contact: c}, err
	}
	if err := tellAdded(ctx, tx, by, c.Row); err != nil || !c.LoginEnabled {
		return Outcome{Contact: c}, err
	}
	if c.LoginEmail.IsZero() {
		return Outcome{}, fault.OnField(fault.Conflict, "login_email", fault.M("access.send.no_address"))
	}
	made, err := v.maker.Make(ctx, tx, inviting(by, c, by.Login, in.Submission))
	return Outcome{Contact: c, Letter: made.Letter}, err
}

// Foresee is the contact that Enroll would add, without number and identifier, or its refusal: the summary that is read
// before anything is done. It writes nothing. Its login is on if Enroll would switch it on. Permissions: those of Enroll.
func (v *Inviter) Foresee(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in contact.Input) (contact.Contact, error) {
	in, err := needEnroll(by, in)
	if err != nil {
		return contact.Contact{}, err
	}
	c, err := contact.Foresee(ctx, tx, by, of, in)
	c.LoginEnabled = err == nil && in.LoginEmail != nil
	return c, err
}

// needEnroll asks whether the caller may, and leaves out what a contact without a login does not have.
func needEnroll(by actor.Actor, in contact.Input) (contact.Input, error) {
	if err := by.Need(actor.EditContacts); err != nil {
		return in, err
	}
	switch in.Login {
	case "on":
		if in.LoginEmail == nil {
			in.LoginEmail = new(string)
		}
		return in, by.Need(actor.SendCredentials)
	case "off", "":
		in.Role, in.LoginEmail = "", nil
		return in, nil
	}
	return in, fault.OnField(fault.Invalid, "login_enabled", fault.M("fault.choice"))
}
