package deposit

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/email"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// The kinds of letters that this room queues; the subject of each is the deposit.
const (
	LetterConfirmation = "deposit"         // to whatever address was typed: that an offer was deposited, and nothing that was typed
	LetterRefused      = "deposit_refused" // to who confirmed it
)

// Kinds are the room's letters, for mail.Post.Add. No workspace words them: they go to strangers.
func (d *Desk) Kinds() []mail.Kind {
	return []mail.Kind{
		{Name: LetterConfirmation, Variables: []string{"workspace"}, Facts: d.confirmationFacts},
		{Name: LetterRefused, Variables: []string{"workspace"}, Facts: refusedFacts, Accepted: refusedAccepted},
	}
}

// facts are those of a letter to the depositor. What is gone, or has no address any more, is not written about.
func facts(ctx context.Context, tx *sqldb.Tx, l mail.Letter, while State) (mail.Facts, Deposit, workspace.Workspace, error) {
	dep, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND id = $2`, l.Workspace, l.Subject)
	if err != nil {
		return mail.Facts{}, dep, workspace.Workspace{}, err
	}
	to, err := email.Parse(dep.address)
	if err != nil || to.IsZero() || dep.State != while || dep.EndsAt <= tx.Now() {
		return mail.Facts{}, dep, workspace.Workspace{}, mail.ErrWithdrawn
	}
	host, err := workspace.Get(ctx, tx, l.Workspace)
	return mail.Facts{
		To: to, P: locale.For(dep.Language, host.OrganizationNoun, host.HostNoun(), host.Zone()), From: host.Name,
		Values: map[string]string{"workspace": host.Name},
	}, dep, host, err
}

// confirmationFacts derive the link anew from the deposit, while it waits.
func (d *Desk) confirmationFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	f, dep, host, err := facts(ctx, tx, l, Unconfirmed)
	f.URL, f.Until = "/"+host.Slug+"/offers/confirmation/"+d.links.Token(purpose, dep.ID.UUID), dep.EndsAt
	return f, err
}

func refusedFacts(ctx context.Context, tx *sqldb.Tx, l mail.Letter) (mail.Facts, error) {
	f, _, _, err := facts(ctx, tx, l, Refused)
	return f, err
}

// refusedAccepted forgets the address, which was kept for this letter.
func refusedAccepted(ctx context.Context, tx *sqldb.Tx, l mail.Letter) error {
	_, err := tx.Exec(ctx, `UPDATE deposit SET email = '' WHERE workspace_id = $1 AND id = $2 AND state = 'refused'`, l.Workspace, l.Subject)
	return err
}

// Sweep takes away what is past its time, of all workspaces: deposits that nobody confirmed, what staff did not decide in the time for
// which it is kept, with all that it alone has made, bare rows of what was refused, and old counts. It tells how many rows.
func (d *Desk) Sweep(ctx context.Context, tx *sqldb.Tx, size int64) (int64, error) {
	type due struct {
		workspace id.Workspace
		deposit   id.Deposit
	}
	list, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (x due, err error) { return x, row.Scan(&x.workspace, &x.deposit) },
		`SELECT workspace_id, id FROM deposit WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2`+tx.ForClaim(), tx.Now(), min(size, sweepRows))
	if err != nil {
		return 0, err
	}
	for _, x := range list {
		if err := expire(ctx, tx, actor.OfProgram(x.workspace), x.deposit); err != nil {
			return 0, err
		}
	}
	if len(list) > 0 {
		return size, nil // there may be more
	}
	return d.Gate.Sweep(ctx, tx, size)
}

// sweepRows is how many deposits one transaction of a sweep takes away, so that nobody waits long for it.
const sweepRows = 100

// expire takes a deposit away whose time is over.
func expire(ctx context.Context, tx *sqldb.Tx, by actor.Actor, deposit id.Deposit) error {
	d, err := hold(ctx, tx, by.Workspace, deposit)
	if err != nil {
		return err
	}
	at := d.Organization
	if d.State == Pending || d.State == Refused { // what was rejected among the offers is there still
		if err := d.undo(ctx, tx, by, true); err != nil {
			return err
		}
	}
	if d.State == Pending {
		if err := journal.Record(ctx, tx, by, journal.Entry{Kind: "deposit.expired", Subject: d.Subject(), Organization: at}); err != nil {
			return err
		}
	}
	return d.remove(ctx, tx, by)
}
