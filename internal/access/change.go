package access

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/contact/logins"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Edit is contact.Edit with what follows from it here: a new login e-mail has voided the invitation, and where the login
// is on a new one goes out; one that nobody typed, because a super_admin was named, sends nothing. An organisation's own people
// have one form for all (product.md §4; screens.md, « Modifier les informations »): switching on the login of a contact that has
// not joined invites it, and another login e-mail for one that has is ChangeLogin: the face sees it by joined_at, and asks for the password before the transaction ends.
// Sent reports whether credentials go out. Faults are those of contact.Edit, of SendCredentials and of ChangeLogin.
func (v *Inviter) Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, in contact.Input) (c contact.Contact, sent bool, err error) {
	if err := contact.NeedEdit(by, of); err != nil {
		return c, false, err
	}
	before, org, err := contact.Hold(ctx, tx, by, of)
	if err != nil {
		return before, false, err
	}
	if by.Kind == actor.Contact && changesLogin(before, in) {
		c, sent, err = v.editWithLogin(ctx, tx, by, before, org, in)
	} else {
		c, sent, err = v.edit(ctx, tx, by, before, org, in)
	}
	if err != nil || c.Role == before.Role {
		return c, sent, err
	}
	return c, sent, notice.TellRole(ctx, tx, by, c.Subject(), c.Organization, string(c.Role), false)
}

// edit saves the form, and invites where that follows.
func (v *Inviter) edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before contact.Contact, org organization.Organization, in contact.Input) (contact.Contact, bool, error) {
	after, err := contact.Edit(ctx, tx, by, before.ID, in)
	if err != nil || !invites(by, before, after, in) {
		return after, false, err
	}
	if org.Archived() {
		return after, false, nil
	}
	done, err := v.Send(ctx, tx, by, before.ID, Sending{})
	return done.Contact, err == nil, err
}

// invites reports whether credentials go out because of what an edit changed.
func invites(by actor.Actor, before, after contact.Contact, in contact.Input) bool {
	unasked := before.LoginEmail.IsZero() && (in.LoginEmail == nil || strings.TrimSpace(*in.LoginEmail) == "")
	readdressed := after.LoginEmail != before.LoginEmail && !unasked
	switchedOn := by.Kind == actor.Contact && !before.LoginEnabled && after.JoinedAt.IsZero()
	return after.LoginEnabled && (readdressed || switchedOn)
}

// changesLogin reports whether the form names another address for a contact that signs in with one already.
func changesLogin(before contact.Contact, in contact.Input) bool {
	return !before.JoinedAt.IsZero() && in.Login != "off" && in.LoginEmail != nil && strings.TrimSpace(*in.LoginEmail) != before.LoginEmail.String()
}

// editWithLogin saves what else the form says, and changes the login; or neither, with the faults of both at once.
func (v *Inviter) editWithLogin(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before contact.Contact, org organization.Organization, in contact.Input) (contact.Contact, bool, error) {
	address, refused := newLoginEmail(ctx, tx, by, before, org, *in.LoginEmail)
	if refused != nil && fault.As(refused) == nil {
		return before, false, refused
	}
	in.LoginEmail = nil
	after, err := contact.Edit(ctx, tx, by, before.ID, in)
	if err := bothOf(err, refused); err != nil {
		return before, false, err
	}
	if before.Version != in.Version {
		return before, false, fault.New(fault.Conflict, "fault.version")
	}
	after, err = v.rebind(ctx, tx, by, after, address, in.Submission)
	return after, err == nil, err
}

// bothOf is one refusal of the fields of both.
func bothOf(err, also error) error {
	a, b := fault.As(err), fault.As(also)
	if a == nil || b == nil || len(a.Fields) == 0 || len(b.Fields) == 0 {
		return cmp.Or(err, also)
	}
	return &fault.Error{Kind: a.Kind, Message: a.Message, Fields: append(slices.Clone(a.Fields), b.Fields...)}
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
	return v.rebind(ctx, tx, by, before, address, submission)
}

// rebind takes the contact from its login and invites the new address.
func (v *Inviter) rebind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before contact.Contact, address email.Address, submission id.UUID) (contact.Contact, error) {
	c := before
	c.Login, c.JoinedAt, c.LastSignInAt, c.LoginEmail = id.Login{}, 0, 0, address
	if err := c.SaveLogin(ctx, tx, by, before, "contact.login_changed"); err != nil {
		return before, err
	}
	if err := v.leave(ctx, tx, by, before); err != nil {
		return before, err
	}
	done, err := v.Send(ctx, tx, by, before.ID, Sending{SwitchOn: true, Submission: submission})
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
// stays until its letter was taken, or cannot be any more (logins.Sweep): it knows the address.
func (v *Inviter) leave(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before contact.Contact) error {
	needed, err := logins.Needed(ctx, tx, before.Login)
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
