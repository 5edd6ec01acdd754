package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/contact/logins"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// The kinds of letters that this room queues.
const (
	LetterInvitation   = "invitation"    // to a contact: its own link and code
	LetterCredentials  = "credentials"   // to the login of a contact that has joined; its subject is a link to choose a new password
	LetterRevoked      = "revoked"       // to the login whose sessions staff ended; its subject is a link to choose a new password
	LetterLoginChanged = "login_changed" // to the login that a contact had before « Changer de connexion »
)

// Kinds are the room's letters, for mail.Post.Add.
func (v *Inviter) Kinds() []mail.Kind {
	return []mail.Kind{
		{
			Name: LetterInvitation, Own: true, Variables: []string{"given_name", "family_name", "name", "organization", "workspace"},
			Coded: true, Facts: v.invitationFacts, Accepted: v.invitationAccepted, Refused: invitationRefused,
		},
		{Name: LetterCredentials, Variables: []string{"name", "organization", "workspace"}, Facts: v.credentialsFacts},
		{Name: LetterRevoked, Variables: []string{"name", "organization", "workspace"}, Facts: v.revokedFacts},
		{Name: LetterLoginChanged, Variables: []string{"name", "organization", "workspace"}, Facts: loginChangedFacts, Accepted: loginChangedAccepted},
		{Name: LetterDeleted, Variables: []string{"name", "number", "organization", "workspace"}, Facts: deletedFacts},
	}
}

// about are the variables of a letter about a contact.
func about(host workspace.Workspace, o organization.Organization, c contact.Contact) map[string]string {
	return map[string]string{
		"given_name": c.GivenName.String(), "family_name": c.FamilyName.String(), "name": fullName(c),
		"organization": o.Name, "workspace": host.Name,
	}
}

// invitationFacts derive link and code anew from the invitation, if it is still the live one.
func (v *Inviter) invitationFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	i, err := invitation.Get(ctx, tx, l.Workspace, id.Invitation{UUID: l.Subject})
	if err != nil {
		return mail.Facts{}, err
	}
	if !i.Live(tx.Now()) {
		return mail.Facts{}, mail.ErrWithdrawn
	}
	c, o, host, err := read(ctx, tx, l.Workspace, i.Contact)
	if err != nil {
		return mail.Facts{}, err
	}
	author, err := authorOf(ctx, tx, c, i)
	if err != nil {
		return mail.Facts{}, err
	}
	return v.maker.Facts(i, mail.Facts{Name: fullName(c), P: printerFor(host, c), From: host.Name, Author: author, Values: about(host, o, c)}), nil
}

// authorOf names the colleague who invited, as the contact's workspace keeps them now; nobody where the host's staff did.
func authorOf(ctx context.Context, tx *sqldb.Tx, c contact.Contact, i invitation.Invitation) (string, error) {
	if i.CreatedBy.IsZero() {
		return "", nil
	}
	colleague, err := contact.WithLogin(ctx, tx, actor.OfProgram(i.Workspace), c.Organization, i.CreatedBy)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return fullName(colleague), err
}

// invitationAccepted notes that the mail server took the letter, if the invitation in it is still the live one.
func (v *Inviter) invitationAccepted(ctx context.Context, tx *sqldb.Tx, l mail.Letter) error {
	c, _, err := contact.Hold(ctx, tx, actor.OfProgram(l.Workspace), l.Contact)
	if err == nil {
		var i invitation.Invitation
		if i, err = invitation.Get(ctx, tx, l.Workspace, id.Invitation{UUID: l.Subject}); err == nil && i.Live(tx.Now()) {
			return received(ctx, tx, &c, i)
		}
	}
	if fault.Is(err, fault.NotFound) { // the contact was deleted while the letter was under way
		return nil
	}
	return err
}

// invitationRefused tells the organisation's admins, if the invitation in the letter is still the live one.
func invitationRefused(ctx context.Context, tx *sqldb.Tx, l mail.Letter) error {
	by := actor.OfProgram(l.Workspace)
	i, err := invitation.Get(ctx, tx, l.Workspace, id.Invitation{UUID: l.Subject})
	var c contact.Contact
	if err == nil {
		c, err = contact.Get(ctx, tx, by, i.Contact)
	}
	if fault.Is(err, fault.NotFound) || err == nil && !i.Live(tx.Now()) {
		return nil
	}
	if err != nil {
		return err
	}
	return notice.Tell(ctx, tx, by, notice.Event{Kind: notice.InvitationRefused, Subject: c.Subject(), Organization: c.Organization, Leaders: true})
}

// read is what every letter about a contact speaks of. What is gone is a fault.NotFound.
func read(ctx context.Context, tx *sqldb.Tx, in id.Workspace, of id.Contact) (c contact.Contact, o organization.Organization, host workspace.Workspace, err error) {
	by := actor.OfProgram(in)
	if c, err = contact.Get(ctx, tx, by, of); err != nil {
		return c, o, host, err
	}
	if o, err = organization.Get(ctx, tx, by, c.Organization); err != nil {
		return c, o, host, err
	}
	host, err = workspace.Get(ctx, tx, in)
	return c, o, host, err
}

// toLogin is a letter about a contact to the login that it has joined with, or had: to the login's own address, in its
// own language. What is gone is a fault.NotFound.
func toLogin(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (contact.Contact, mail.Facts, error) {
	c, o, host, err := read(ctx, tx, l.Workspace, l.Contact)
	if err != nil {
		return c, mail.Facts{}, err
	}
	to, err := login.Get(ctx, tx, l.Login)
	values := about(host, o, c)
	values["name"] = to.Name
	return c, mail.Facts{
		To: to.Email, Name: to.Name, P: locale.For(to.Locale, host.OrganizationNoun, host.HostNoun(), to.Zone()), From: host.Name, Values: values,
	}, err
}

// ownLink is toLogin for a letter with a link of the login's own; it is withdrawn when that opens nothing any more, or the contact
// has another login.
func (v *Inviter) ownLink(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (contact.Contact, mail.Facts, error) {
	c, f, err := toLogin(ctx, tx, l)
	if err != nil {
		return c, f, err
	}
	way, err := link.Get(ctx, tx, id.Link{UUID: l.Subject})
	if err != nil {
		return c, f, err
	}
	if !way.Opens(tx.Now()) || way.Login != c.Login {
		return c, f, mail.ErrWithdrawn
	}
	f.URL, f.Until = v.own.Path(way), way.ExpiresAt
	return c, f, nil
}

// credentialsFacts withdraw the letter also when the contact's login is off.
func (v *Inviter) credentialsFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	c, f, err := v.ownLink(ctx, tx, l)
	if err == nil && !c.LoginEnabled {
		err = mail.ErrWithdrawn
	}
	f.Other = "/sign-in"
	return f, err
}

// loginChangedFacts tell the old login, as long as the contact is there that it is about.
func loginChangedFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	_, f, err := toLogin(ctx, tx, l)
	return f, err
}

// loginChangedAccepted removes the old login once its owner was told, if it holds nothing any more.
func loginChangedAccepted(ctx context.Context, tx *sqldb.Tx, l mail.Letter) error {
	return logins.Drop(ctx, tx, l.Login)
}
