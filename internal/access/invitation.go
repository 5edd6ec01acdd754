package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// End says who or what ended an invitation; "" as long as nobody did.
type End string

// The ends. That one has expired, or no longer stands, is no end that is written: it is seen when it is read.
const (
	Used     End = "used"     // its contact has joined with it
	Replaced End = "replaced" // a later one was made
	Declined End = "declined" // « Cette invitation n'est pas pour moi »
)

// Invitation is a contact's own way in: whoever shows its link or its code reads the mailbox that its letter went to.
type Invitation struct {
	ID         id.Invitation
	Workspace  id.Workspace
	Contact    id.Contact
	Email      email.Address
	WrongCodes int
	CreatedAt  sqldb.Time
	CreatedBy  id.Login // zero = the program
	ExpiresAt  sqldb.Time
	OpenedAt   sqldb.Time // its page, first; sometimes by a program that looks for viruses
	EndedAt    sqldb.Time
	Ended      End
	Letter     id.Letter
	Stands     bool // what it stands on is as it was: e-mail, person, login, all switched on and not archived
}

// Live reports whether the invitation can be redeemed at that moment. It is computed each time, never stored: a
// switched-off, renamed, archived or moved contact voids it without anybody having to remember.
func (i Invitation) Live(now sqldb.Time) bool {
	return i.Ended == "" && i.Stands && now < i.ExpiresAt
}

const invitationColumns = `i.id, i.workspace_id, i.contact_id, i.email, i.wrong_codes, i.created_at, i.created_by, i.expires_at, i.opened_at, i.ended_at, i.ended, i.letter_id,
	CASE WHEN c.login_epoch = i.epoch AND c.login_email = i.email AND c.login_enabled = 1 AND c.login_id IS NULL AND c.archived = 0 THEN 1 ELSE 0 END`

// selectInvitation reads invitations beside their contacts, of the same workspace each.
const selectInvitation = `SELECT ` + invitationColumns + ` FROM invitation i JOIN contact c ON c.workspace_id = i.workspace_id AND c.id = i.contact_id`

func scanInvitation(row sqldb.Scanner) (i Invitation, err error) {
	var ended string
	err = row.Scan(&i.ID, &i.Workspace, &i.Contact, &i.Email, &i.WrongCodes, &i.CreatedAt, &i.CreatedBy, &i.ExpiresAt, &i.OpenedAt, &i.EndedAt, &ended, &i.Letter, &i.Stands)
	i.Ended = End(ended)
	return i, err
}

// get reads an invitation of the workspace; fault.NotFound.
func get(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, invitation id.Invitation) (Invitation, error) {
	return sqldb.One(ctx, tx, scanInvitation, selectInvitation+` WHERE i.workspace_id = $1 AND i.id = $2`, workspace, invitation)
}

// Last reads the contact's last invitation, over or not; fault.NotFound when it never had one. Permission: SeeContacts.
func Last(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact) (Invitation, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return Invitation{}, err
	}
	return sqldb.One(ctx, tx, scanInvitation, selectInvitation+` WHERE i.workspace_id = $1 AND i.contact_id = $2 ORDER BY i.id DESC LIMIT 1`, by.Workspace, of)
}

// held is an invitation with its contact, which nobody else changes until the transaction ends.
type held struct {
	Invitation
	person       contact.Contact
	organization organization.Organization
}

// hold holds the contact and reads the invitation as it is then. What is gone is a fault.NotFound.
func (i Invitation) hold(ctx context.Context, tx *sqldb.Tx) (h held, err error) {
	if h.person, h.organization, err = contact.Hold(ctx, tx, actor.OfProgram(i.Workspace), i.Contact); err != nil {
		return h, err
	}
	h.Invitation, err = get(ctx, tx, i.Workspace, i.ID)
	return h, err
}

// end writes the invitation's end; the caller holds its contact and has seen that it has none.
func (i Invitation) end(ctx context.Context, tx *sqldb.Tx, as End) error {
	n, err := tx.Exec(ctx, `UPDATE invitation SET ended = $1, ended_at = $2 WHERE workspace_id = $3 AND id = $4 AND ended_at IS NULL`, string(as), tx.Now(), i.Workspace, i.ID)
	if err == nil && n == 0 {
		return over()
	}
	return err
}

// over is the one answer for a link that opens nothing, whatever the reason.
func over() error { return fault.New(fault.NotFound, "access.invitation.over") }

// Invited is an invitation as its page shows it: who invites whom.
type Invited struct {
	Invitation
	Person       contact.Contact
	Organization organization.Organization
	Host         workspace.Workspace
	Login        id.Login // that the address has already; zero = none. It is told to nobody but who has the link or the code
}

// invited reads all that the invitation's page and its letter say.
func (i Invitation) invited(ctx context.Context, tx *sqldb.Tx) (x Invited, err error) {
	x.Invitation = i
	by := actor.OfProgram(i.Workspace)
	if x.Person, err = contact.Get(ctx, tx, by, i.Contact); err != nil {
		return x, err
	}
	if x.Organization, err = organization.Get(ctx, tx, by, x.Person.Organization); err != nil {
		return x, err
	}
	if x.Host, err = workspace.Get(ctx, tx, i.Workspace); err != nil {
		return x, err
	}
	l, err := login.FindByEmail(ctx, tx, i.Email)
	if fault.Is(err, fault.NotFound) {
		return x, nil
	}
	x.Login = l.ID
	return x, err
}

// Printer speaks to the person who is invited: in their language and time zone, with the host's nouns.
func (x Invited) Printer() *locale.Printer { return printerFor(x.Host, x.Person) }

// printerFor speaks to a contact.
func printerFor(host workspace.Workspace, c contact.Contact) *locale.Printer {
	language, zone := host.Locale, host.Zone()
	if c.Locale != "" {
		language = locale.Language(c.Locale)
	}
	if own, ok := locale.ParseZone(c.TimeZone); ok {
		zone = own
	}
	return locale.For(language, host.OrganizationNoun, host.HostNoun(), zone)
}

// fullName is how a letter and a new login call the contact.
func fullName(c contact.Contact) string { return c.GivenName.String() + " " + c.FamilyName.String() }
