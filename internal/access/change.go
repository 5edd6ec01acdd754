package access

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Edit is contact.Edit with what follows from it here: a new login e-mail has voided the invitation, and where the login
// is on a new one goes out; one that nobody typed, because a super_admin was named, sends nothing. Sent reports whether it does. Faults are those of contact.Edit and of SendCredentials.
func (v *Inviter) Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, in contact.Input) (c contact.Contact, sent bool, err error) {
	if err := contact.NeedEdit(by, of); err != nil {
		return c, false, err
	}
	before, org, err := contact.Hold(ctx, tx, by, of)
	if err != nil {
		return before, false, err
	}
	after, err := contact.Edit(ctx, tx, by, of, in)
	unasked := before.LoginEmail.IsZero() && (in.LoginEmail == nil || strings.TrimSpace(*in.LoginEmail) == "")
	if err != nil || unasked || after.LoginEmail == before.LoginEmail || !after.LoginEnabled {
		return after, false, err
	}
	if org.Archived() {
		return after, false, nil
	}
	done, err := v.Send(ctx, tx, by, of, Sending{})
	return done.Contact, err == nil, err
}

// ChangeLogin is « Changer de connexion », for a contact that has joined: it takes it from its login and invites the new
// address; the old one is told. The login's sessions end if it is needed for nothing else; what else it has joined stays.
// The same form again (submission, zero = none) changes nothing and is confirmed. The face has asked for the password. Faults: fault.Conflict «access.send.not_joined», «access.send.archived»; fault.Invalid or
// fault.Conflict on login_email, and what Send refuses. Permission: SendCredentials; for a super_admin NameSuperAdmin.
func (v *Inviter) ChangeLogin(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, typed string, submission id.UUID) (contact.Contact, error) {
	if err := by.Need(actor.SendCredentials); err != nil {
		return contact.Contact{}, err
	}
	before, org, err := contact.Hold(ctx, tx, by, of)
	if err != nil {
		return before, err
	}
	sent, err := sentBefore(ctx, tx, by.Workspace, []To{{of, submission}})
	if err != nil || sent[To{of, submission}] {
		return before, err
	}
	address, err := newLoginEmail(ctx, tx, by, before, org, typed)
	if err != nil {
		return before, err
	}
	c := before
	c.Login, c.JoinedAt, c.LastSignInAt, c.LoginEmail = id.Login{}, 0, 0, address
	if err := c.SaveLogin(ctx, tx, by, before, "contact.login_changed"); err != nil {
		return before, err
	}
	if err := v.leave(ctx, tx, by, before); err != nil {
		return before, err
	}
	done, err := v.Send(ctx, tx, by, of, Sending{SwitchOn: true, Submission: submission})
	return done.Contact, err
}

// newLoginEmail checks the change of a login, and the address that comes instead.
func newLoginEmail(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c contact.Contact, org organization.Organization, typed string) (email.Address, error) {
	switch {
	case c.JoinedAt.IsZero():
		return email.Address{}, fault.New(fault.Conflict, "access.send.not_joined")
	case org.Archived():
		return email.Address{}, fault.New(fault.Conflict, "access.send.archived")
	}
	if err := c.Allow(by, contact.ChangeLogin); err != nil {
		return email.Address{}, err
	}
	var faults fault.Fields
	address, err := email.Parse(typed)
	faults.Add("login_email", err)
	if err == nil && address.IsZero() {
		faults.Add("login_email", fault.M("fault.required"))
	}
	if err := faults.Err(); err != nil {
		return address, err
	}
	after := c
	after.LoginEmail, after.LoginEnabled = address, true
	if err := within(ctx, tx, by, c, after); err != nil {
		return address, err
	}
	return address, contact.FreeForLogin(ctx, tx, by, c.Row, address)
}

// leave tells the login that the contact had, and ends its sessions where nothing else needs them. The login itself
// stays until its letter was taken, or cannot be any more (contact.SweepLogins): it knows the address.
func (v *Inviter) leave(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before contact.Contact) error {
	needed, err := contact.NeededLogins(ctx, tx, before.Login)
	if err != nil {
		return err
	}
	if len(needed) == 0 {
		if err := login.EndAll(ctx, tx, before.Login); err != nil {
			return err
		}
	}
	if err := login.Leave(ctx, tx, before.Login); err != nil {
		return err
	}
	_, err = mail.Queue(ctx, tx, mail.New{Kind: LetterLoginChanged, Workspace: by.Workspace, Contact: before.ID, Login: before.Login})
	return err
}
