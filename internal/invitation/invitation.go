// Package invitation holds the one-time ways in: the link and the code by which a person comes to a contact of an organisation
// or into the team of a host.
//
// A row keeps digests of link and code alone; they are derived from its identifier whenever its letter is written. A Maker
// makes invitations for the rooms above, which know to what they invite (access: contacts; team: staff). A Door is where
// people come with what stood in their letter: it proves whose login they are, and asks the room to let that login in.
package invitation

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
)

// Kind is to what somebody is invited.
type Kind string

// The kinds.
const (
	Contact Kind = "contact" // to be a contact of an organisation
	Staff   Kind = "staff"   // to work for the host
)

// End says who or what ended an invitation; "" as long as nobody did.
type End string

// The ends. That one has expired, or no longer stands, is no end that is written: it is seen when it is read.
const (
	Used     End = "used"     // somebody has joined with it
	Replaced End = "replaced" // a later one was made
	Declined End = "declined" // « Cette invitation n'est pas pour moi »
)

// Invitation is somebody's own way in: whoever shows its link or its code reads the mailbox that its letter went to.
type Invitation struct {
	ID         id.Invitation
	Workspace  id.Workspace
	Kind       Kind
	Contact    id.Contact      // with Contact
	Name       string          // with Staff: whom it invites
	Role       string          // with Staff: as what, "admin" or "officer"
	Language   locale.Language // with Staff: of its letter
	Email      email.Address
	WrongCodes int
	CreatedAt  sqldb.Time
	CreatedBy  id.Login // zero = the program
	ExpiresAt  sqldb.Time
	OpenedAt   sqldb.Time // its page, first; sometimes by a program that looks for viruses
	EndedAt    sqldb.Time
	Ended      End
	Letter     id.Letter
	Stands     bool // what it stands on is as it was; see selectAll
}

// Live reports whether the invitation can be redeemed at that moment. It is computed each time, never stored: a
// switched-off, renamed, archived or moved contact voids it without anybody having to remember, and so does an admin who
// is one no longer.
func (i Invitation) Live(now sqldb.Time) bool {
	return i.Ended == "" && i.Stands && now < i.ExpiresAt
}

// selectAll reads invitations beside what they stand on, of the same workspace each: with Contact the contact's e-mail, person,
// switch and archive, with Staff that whoever invites is an admin still. Reading the tables of the rooms above is the
// price of a rule that no path there has to remember.
const selectAll = `SELECT i.id, i.workspace_id, i.kind, i.contact_id, i.name, COALESCE(i.staff_role, ''), i.locale, i.email, i.wrong_codes, i.created_at, i.created_by, i.expires_at, i.opened_at,
	i.ended_at, i.ended, i.letter_id,
	CASE WHEN i.kind = 'contact' AND c.login_epoch = i.epoch AND c.login_email = i.email AND c.login_enabled = 1 AND c.login_id IS NULL AND c.archived = 0
		OR i.kind = 'staff' AND (i.created_by IS NULL OR s.role = 'admin') THEN 1 ELSE 0 END
	FROM invitation i LEFT JOIN contact c ON c.workspace_id = i.workspace_id AND c.id = i.contact_id
	LEFT JOIN staff s ON i.kind = 'staff' AND s.workspace_id = i.workspace_id AND s.login_id = i.created_by`

func scan(row sqldb.Scanner) (i Invitation, err error) {
	err = row.Scan(&i.ID, &i.Workspace, &i.Kind, &i.Contact, &i.Name, &i.Role, &i.Language, &i.Email, &i.WrongCodes, &i.CreatedAt, &i.CreatedBy, &i.ExpiresAt, &i.OpenedAt,
		&i.EndedAt, &i.Ended, &i.Letter, &i.Stands)
	return i, err
}

// Get reads an invitation of the workspace, for its letter and for the rooms above; fault.NotFound.
func Get(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, invitation id.Invitation) (Invitation, error) {
	return sqldb.One(ctx, tx, scan, selectAll+` WHERE i.workspace_id = $1 AND i.id = $2`, workspace, invitation)
}

// Last reads the contact's last invitation, over or not; fault.NotFound when it never had one. Permission: SeeContacts.
func Last(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact) (Invitation, error) {
	if err := by.Need(actor.SeeContacts); err != nil {
		return Invitation{}, err
	}
	return sqldb.One(ctx, tx, scan, selectAll+` WHERE i.workspace_id = $1 AND i.contact_id = $2 ORDER BY i.id DESC LIMIT 1`, by.Workspace, of)
}

// Open reads the invitations of those contacts that nobody has ended. Permission: SeeContacts.
func Open(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of []id.Contact) ([]Invitation, error) {
	if err := by.Need(actor.SeeContacts); err != nil || len(of) == 0 {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, of)
	return sqldb.List(ctx, tx, scan, selectAll+` WHERE i.workspace_id = $1 AND i.ended_at IS NULL AND i.contact_id `+in, args...)
}

// Those reads invitations by their identifiers; what the workspace does not have is left out. Permission: SeeContacts.
func Those(ctx context.Context, tx *sqldb.Tx, by actor.Actor, invitations []id.Invitation) ([]Invitation, error) {
	if err := by.Need(actor.SeeContacts); err != nil || len(invitations) == 0 {
		return nil, err
	}
	in, args := sqldb.In(tx, []any{by.Workspace}, invitations)
	return sqldb.List(ctx, tx, scan, selectAll+` WHERE i.workspace_id = $1 AND i.id `+in, args...)
}

// Finish writes the invitation's end. Of many at once one succeeds; for the others, and where it has an end, it is over
// as with Door.Look.
func (i Invitation) Finish(ctx context.Context, tx *sqldb.Tx, as End) error {
	n, err := tx.Exec(ctx, `UPDATE invitation SET ended = $1, ended_at = $2 WHERE workspace_id = $3 AND id = $4 AND ended_at IS NULL`, string(as), tx.Now(), i.Workspace, i.ID)
	if err == nil && n == 0 {
		return over()
	}
	return err
}

// ForgetContact removes every invitation of the contact, addresses and all: it is another person's now. The caller has checked
// the permission and holds the contact.
func ForgetContact(ctx context.Context, tx *sqldb.Tx, in id.Workspace, of id.Contact) error {
	_, err := tx.Exec(ctx, `DELETE FROM invitation WHERE workspace_id = $1 AND contact_id = $2`, in, of)
	return err
}

// over is the one answer for a link that opens nothing, whatever the reason.
func over() error { return fault.New(fault.NotFound, "invitation.over") }

// IsOver reports whether err says that a link opens nothing.
func IsOver(err error) bool {
	f := fault.As(err)
	return f != nil && f.Message.Key == over().(*fault.Error).Message.Key
}
