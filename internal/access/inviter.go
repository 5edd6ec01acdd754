package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/delegation"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/invitation"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/sqldb"
)

// Inviter invites contacts, and lets in who comes with their invitation (invitation.Door). It is safe for concurrent use.
type Inviter struct {
	maker invitation.Maker
	own   link.Maker // of the links to choose a new password
}

// NewInviter makes an Inviter. Own makes the links of logins (login.Links).
func NewInviter(maker invitation.Maker, own link.Maker) *Inviter { return &Inviter{maker, own} }

// Sending says how credentials are sent.
type Sending struct {
	SwitchOn   bool    // the login, although somebody switched it off: the person was asked
	Submission id.UUID // the form's own number, so that a repeated POST sends nothing twice; zero = none
}

// SendCredentials is « Renvoyer les identifiants » (manual 1, figure 10; product.md §4): it queues a letter with a new
// invitation, which ends the one before, and switches the login on. Without a login e-mail the professional one becomes
// it. A contact that has joined gets the sign-in page and a link to choose a new password, and nothing is rebound.
//
// Faults are fault.Conflict: «access.send.archived», «access.send.switched_off» (ask, then Sending.SwitchOn),
// «access.send.switched_off_by_host» for whom the host's staff switched off, and on login_email that there is none, or that
// it is another's, and on login_enabled or login_email that the host does not let the caller give them (contact.Offered). Permission: SendCredentials; where a super_admin has no login e-mail NameSuperAdmin, else a fault.Conflict
// «contact.login_email_by_admins».
func (v *Inviter) SendCredentials(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, in Sending) (contact.Contact, error) {
	done, err := v.Send(ctx, tx, by, of, in)
	return done.Contact, err
}

// Outcome is what sending credentials came to.
type Outcome struct {
	Contact contact.Contact
	Letter  id.Letter // of LetterInvitation, or LetterCredentials where the contact has joined; zero where the submission had sent before
	Refused error     // the fault for which nothing was sent to this one of many, which SendCredentials returns
}

// Send is SendCredentials that tells the letter too. A fault comes before anything is written, and leaves the transaction
// usable.
func (v *Inviter) Send(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, in Sending) (Outcome, error) {
	list, err := v.SendAll(ctx, tx, by, []To{{of, in.Submission}}, in.SwitchOn)
	if err != nil {
		return Outcome{}, err
	}
	return list[0], list[0].Refused
}

// within is nil unless the host keeps for itself what the change of the contact gives (see contact.Offered): else a
// fault.Conflict on its field.
func within(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before, after contact.Contact) error {
	var faults fault.Fields
	if err := contact.Within(ctx, tx, by, &faults, before, after); err != nil {
		return err
	}
	f := fault.As(faults.Err())
	if f == nil {
		return nil
	}
	f.Kind = fault.Conflict
	return f
}

// switchOn switches the login on: at once the first time, and where somebody had switched it off if that is wanted. What
// the host's staff switched off only they switch on.
func switchOn(by actor.Actor, c *contact.Contact, wanted bool) error {
	host := by.Kind != actor.Contact
	switch {
	case c.LoginEnabled:
		return nil
	case c.LoginDisabledBy == "staff" && !host:
		return fault.New(fault.Conflict, "access.send.switched_off_by_host")
	case AsksToSwitchOn(*c) && !wanted:
		return fault.New(fault.Conflict, "access.send.switched_off")
	}
	c.LoginEnabled, c.LoginDisabledBy = true, ""
	return nil
}

// AsksToSwitchOn reports whether somebody switched the contact's login off, so that sending credentials asks first.
func AsksToSwitchOn(c contact.Contact) bool {
	return !c.LoginEnabled && (c.LoginDisabledBy != "" || !c.JoinedAt.IsZero() || !c.CredentialsSentAt.IsZero())
}

// invite makes the invitation, in place of the one before. The caller holds the contact, whose login e-mail is written.
func (v *Inviter) invite(ctx context.Context, tx *sqldb.Tx, by actor.Actor, c contact.Contact, author id.Login) error {
	_, err := v.maker.Make(ctx, tx, inviting(by, c, author, id.UUID{}))
	return err
}

// inviteAll is invite for those who have not joined, with the caller as author and a line in the history for each.
func (v *Inviter) inviteAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []*passed) error {
	news, lines := make([]invitation.New, len(list)), make([]journal.Entry, len(list))
	for i, p := range list {
		news[i] = inviting(by, p.After, by.Login, p.submission)
		lines[i] = journal.Entry{Kind: "contact.invited", Subject: p.After.Subject(), Organization: p.After.Organization}
	}
	made, err := v.maker.MakeAll(ctx, tx, news)
	if err != nil {
		return err
	}
	for i, p := range list {
		p.outcome.Contact, p.outcome.Letter = p.After, made[i].Letter
	}
	return journal.RecordAll(ctx, tx, by, lines)
}

func inviting(by actor.Actor, c contact.Contact, author id.Login, submission id.UUID) invitation.New {
	return invitation.New{
		Workspace: by.Workspace, Kind: invitation.Contact, Contact: c.ID, Epoch: c.LoginEpoch, Email: c.LoginEmail,
		Author: author, Submission: submission, Letter: LetterInvitation,
	}
}

// received notes that the contact has got its credentials, whichever is known first: that the mail server took the
// letter, or that somebody came with what stood in it. That authorises it, unless it awaits what staff say (product.md
// §4; manual 1, figure 4). The caller holds the contact and has seen that the invitation is the live one.
func received(ctx context.Context, tx *sqldb.Tx, c *contact.Contact, i invitation.Invitation) error {
	sent, authorized := c.CredentialsSentAt.IsZero(), c.AuthorizedAt.IsZero()
	if authorized {
		await, err := awaits(ctx, tx, *c, i.Workspace)
		if err != nil {
			return err
		}
		authorized = !await
	}
	if sent {
		c.CredentialsSentAt = tx.Now()
	}
	if authorized {
		c.AuthorizedAt, c.AuthorizedBy = tx.Now(), i.CreatedBy
	}
	_, err := tx.Exec(ctx, `UPDATE contact SET credentials_sent_at = COALESCE(credentials_sent_at, $1), authorized_at = COALESCE(authorized_at, $2),
			authorized_by = CASE WHEN authorized_at IS NULL THEN $3 ELSE authorized_by END WHERE workspace_id = $4 AND id = $5`,
		c.CredentialsSentAt, c.AuthorizedAt, c.AuthorizedBy, i.Workspace, c.ID)
	if err != nil {
		return err
	}
	var lines []journal.Entry
	if sent {
		lines = append(lines, journal.Entry{Kind: "contact.credentials_sent", Subject: c.Subject(), Organization: c.Organization})
	}
	if authorized {
		lines = append(lines, journal.Entry{
			Kind: "contact.authorized", Subject: c.Subject(), Organization: c.Organization, Changes: []journal.Change{{Field: "authorized", After: "yes"}},
		})
	}
	return journal.RecordAll(ctx, tx, actor.OfProgram(i.Workspace), lines)
}

// awaits reports whether staff alone authorise the contact: it came in by the public form, or its organisation's own people
// added it and the host wants to be asked (package delegation).
func awaits(ctx context.Context, tx *sqldb.Tx, c contact.Contact, in id.Workspace) (bool, error) {
	if c.Source != contact.Portal {
		return c.Source == contact.Landing, nil
	}
	e, err := delegation.Get(ctx, tx, actor.OfProgram(in), c.Organization)
	return e.Approval, err
}
