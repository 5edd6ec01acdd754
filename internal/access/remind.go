package access

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/login/link"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
)

// remindAll sends contacts that have joined, at their login's own address, the sign-in page and a link to choose a new
// password. Nothing is rebound. What changes of the contacts is written: a sign-in holds them before its login too.
func (v *Inviter) remindAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, list []*passed) error {
	if len(list) == 0 {
		return nil
	}
	logins, ways := make([]id.Login, len(list)), make([]link.New, len(list))
	for i, p := range list {
		logins[i] = p.After.Login
		ways[i] = link.New{Login: p.After.Login, Purpose: link.Password}
	}
	if err := login.Hold(ctx, tx, logins...); err != nil {
		return err
	}
	made, err := v.own.MakeAll(ctx, tx, ways)
	if err != nil {
		return err
	}
	letters, lines := make([]mail.New, len(list)), make([]journal.Entry, len(list))
	for i, p := range list {
		c := p.After
		letters[i] = mail.New{Kind: LetterCredentials, Workspace: by.Workspace, Contact: c.ID, Login: c.Login, Subject: made[i].ID.UUID, Submission: p.submission}
		lines[i] = journal.Entry{Kind: "contact.reminded", Subject: c.Subject(), Organization: c.Organization}
	}
	queued, err := mail.QueueAll(ctx, tx, letters)
	if err != nil {
		return err
	}
	for i, p := range list {
		p.outcome.Contact, p.outcome.Letter = p.After, queued[i]
	}
	return journal.RecordAll(ctx, tx, by, lines)
}
