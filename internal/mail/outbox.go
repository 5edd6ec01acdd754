package mail

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Outbox takes every letter and sends none: for the demo, whose staff admins read letters by having them composed
// again. Nothing of a letter is kept.
type Outbox struct {
	// Alone reports whether the installation still holds nobody's real data; as soon as it does, nothing is taken or read
	// any more. nil: it never will.
	Alone func(ctx context.Context, tx *sqldb.Tx) (bool, error)
}

// Send implements Transport.
func (Outbox) Send(ctx context.Context, _ Message) error { return ctx.Err() }

// Close implements Transport.
func (Outbox) Close() {}

// Read gives a letter of the demo's outbox with what it says, as it would be written now: one of the caller's workspace,
// or the installation's own. Where letters are not Readable there is none (fault.NotFound); what a letter was about
// being void is ErrWithdrawn beside the letter. Permission: SeeLetters.
func (p *Post) Read(ctx context.Context, tx *sqldb.Tx, by actor.Actor, letter id.Letter) (Letter, Message, error) {
	if err := by.Need(actor.SeeLetters); err != nil {
		return Letter{}, Message{}, err
	}
	readable, err := p.Readable(ctx, tx)
	if err == nil && !readable {
		err = fault.Missing()
	}
	if err != nil {
		return Letter{}, Message{}, err
	}
	l, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM letter WHERE (workspace_id = $1 OR workspace_id IS NULL) AND id = $2`, by.Workspace, letter)
	if err != nil {
		return l, Message{}, err
	}
	m, err := p.Compose(ctx, tx, l)
	return l, m, err
}
