package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// Revoke is « Fermer les sessions et demander un nouveau mot de passe », for a super_admin that has joined and whom staff
// can neither switch off nor delete (product.md §5); everybody else is switched off. Its login's sessions and links end
// everywhere, a letter to the login's own address has a link to choose another password, and the old one opens nothing any
// more unless the login serves another workspace too (login.Revoke), which nothing tells the caller. Role and gates stay.
// The same form again (submission, zero = none) changes nothing. The face has asked for the password. Faults: those of
// Revocable. Permission: RevokeLogins; fault.NotFound.
func (v *Inviter) Revoke(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, submission id.UUID) (contact.Contact, error) {
	if err := by.Need(actor.RevokeLogins); err != nil {
		return contact.Contact{}, err
	}
	c, _, err := contact.Hold(ctx, tx, by, of)
	if err != nil {
		return c, err
	}
	if err := Revocable(c); err != nil {
		return c, err
	}
	sent, err := sentBefore(ctx, tx, by.Workspace, []To{{of, submission}})
	if err != nil || sent[To{of, submission}] {
		return c, err
	}
	if err := login.Revoke(ctx, tx, by.Workspace, c.Login); err != nil {
		return c, err
	}
	way, err := v.own.Make(ctx, tx, link.New{Login: c.Login, Purpose: link.Password})
	if err != nil {
		return c, err
	}
	_, err = mail.Queue(ctx, tx, mail.New{
		Kind: LetterRevoked, Workspace: by.Workspace, Contact: c.ID, Login: c.Login, Subject: way.ID.UUID, Submission: submission,
	})
	if err != nil {
		return c, err
	}
	return c, journal.Record(ctx, tx, by, journal.Entry{Kind: "contact.revoked", Subject: c.Subject(), Organization: c.Organization})
}

// Revocable refuses contacts whom Revoke is not for: a fault.Conflict «access.revoke.not_super_admin» or
// «access.revoke.not_joined».
func Revocable(c contact.Contact) error {
	switch {
	case c.Role != contact.SuperAdmin:
		return fault.New(fault.Conflict, "access.revoke.not_super_admin")
	case c.Login.IsZero():
		return fault.New(fault.Conflict, "access.revoke.not_joined")
	}
	return nil
}

// revokedFacts hold also for a contact whose login is off.
func (v *Inviter) revokedFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	_, f, err := v.ownLink(ctx, tx, l)
	return f, err
}
