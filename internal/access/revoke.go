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

// Revoke is « Fermer les sessions et demander un nouveau mot de passe », for a contact that has joined, a super_admin too
// (product.md §5): its login's sessions end everywhere, its password opens nothing any more, and a letter to the login's own
// address has a link to choose another. Role and gates stay. The same form again (submission, zero = none) changes
// nothing. The face has asked for the password. A contact that has not joined is a fault.Conflict
// «access.revoke.not_joined». Permission: RevokeLogins; fault.NotFound.
func (v *Inviter) Revoke(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Contact, submission id.UUID) (contact.Contact, error) {
	if err := by.Need(actor.RevokeLogins); err != nil {
		return contact.Contact{}, err
	}
	c, _, err := contact.Hold(ctx, tx, by, of)
	if err != nil {
		return c, err
	}
	if c.Login.IsZero() {
		return c, fault.New(fault.Conflict, "access.revoke.not_joined")
	}
	sent, err := sentBefore(ctx, tx, by.Workspace, []To{{of, submission}})
	if err != nil || sent[To{of, submission}] {
		return c, err
	}
	if err := login.Revoke(ctx, tx, c.Login); err != nil {
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

// revokedFacts hold also for a contact whose login is off.
func (v *Inviter) revokedFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	_, f, err := v.ownLink(ctx, tx, l)
	return f, err
}
