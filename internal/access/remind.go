package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/contact"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// remind sends a contact that has joined, at its login's own address, the sign-in page and a link to choose a new
// password. Nothing is rebound.
func (v *Inviter) remind(ctx context.Context, tx *sqldb.Tx, by actor.Actor, before, c contact.Contact, submission id.UUID) (Outcome, error) {
	unsent := Outcome{Contact: before}
	if err := tx.Lock(ctx, "login", "id = $1", c.Login); err != nil {
		return unsent, err
	}
	if c != before {
		if err := c.SaveLogin(ctx, tx, by, before, "contact.edited"); err != nil {
			return unsent, err
		}
	}
	way, err := v.own.Make(ctx, tx, link.New{Login: c.Login, Purpose: link.Password})
	if err != nil {
		return unsent, err
	}
	letter, err := mail.Queue(ctx, tx, mail.New{Kind: LetterCredentials, Workspace: by.Workspace, Contact: c.ID, Login: c.Login, Subject: way.ID.UUID, Submission: submission})
	if err != nil {
		return unsent, err
	}
	return Outcome{c, letter}, journal.Record(ctx, tx, by, journal.Entry{Kind: "contact.reminded", Subject: c.Subject(), Organization: c.Organization})
}
