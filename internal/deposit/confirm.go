package deposit

import (
	"context"
	"slices"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Letter is what the link in a letter opens: the deposit, and the others that were made with the same address and still wait, since
// not each of them brings a letter.
type Letter struct {
	Host   workspace.Workspace
	P      *locale.Printer // in the language of the page that was filled in
	Own    Deposit
	Others []Deposit // the latest first
}

// Look reads what the link opens, and changes nothing. One that opens nothing (any more) is a fault.NotFound «deposit.link_over».
// A deposit that is confirmed already says so by its state.
func (d *Desk) Look(ctx context.Context, tx *sqldb.Tx, in id.Workspace, token string) (l Letter, err error) {
	if l.Host, err = workspace.Get(ctx, tx, in); err != nil {
		return l, err
	}
	l.Own, err = d.find(ctx, tx, in, token, "")
	if err != nil {
		return l, err
	}
	l.P = locale.For(l.Own.Language, l.Host.OrganizationNoun, l.Host.HostNoun(), l.Host.Zone())
	if l.Own.State != Unconfirmed {
		return l, nil
	}
	l.Others, err = sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND email = $2 AND state = 'unconfirmed' AND ends_at > $3
		ORDER BY id DESC LIMIT 40`, in, l.Own.address, tx.Now())
	l.Others = slices.DeleteFunc(l.Others, func(o Deposit) bool { return o.ID == l.Own.ID })
	return l, err
}

// find reads the deposit of a link; lock is what the query ends with.
func (d *Desk) find(ctx context.Context, tx *sqldb.Tx, in id.Workspace, token, lock string) (Deposit, error) {
	dep, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM deposit WHERE workspace_id = $1 AND link_digest = $2 AND ends_at > $3`+lock,
		in, d.links.Digest(purpose, token), tx.Now())
	if fault.Is(err, fault.NotFound) {
		return dep, fault.New(fault.NotFound, "deposit.link_over")
	}
	return dep, err
}

// Confirm has the deposit of the link take effect, and those others of the same address that the depositor names with it. Doing it again
// is done, and confirmed by a write; it does nothing for others. Faults are those of Look.
func (d *Desk) Confirm(ctx context.Context, in id.Workspace, token string, others []id.Deposit) error {
	return d.retried(ctx, func(tx *sqldb.Tx) error {
		own, err := d.find(ctx, tx, in, token, tx.ForLock())
		if err != nil {
			return err
		}
		_, form, err := readForm(ctx, tx, in)
		if err != nil {
			return err
		}
		by, address, fresh := actor.OfProgram(in), own.address, own.State == Unconfirmed
		own.answered = true
		if err := d.confirm(ctx, tx, by, form, &own); err != nil || !fresh {
			return err
		}
		others := slices.Clone(others[:min(len(others), 2*mostWaiting)])
		slices.SortFunc(others, func(a, b id.Deposit) int { return slices.Compare(a.UUID[:], b.UUID[:]) }) // one order for everybody
		for _, o := range others {
			dep, err := hold(ctx, tx, in, o)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if err != nil || dep.address != address || dep.State != Unconfirmed || dep.EndsAt <= tx.Now() {
				continue
			}
			dep.answered = true
			if err := d.confirm(ctx, tx, by, form, &dep); err != nil {
				return err
			}
		}
		return nil
	})
}

// confirm makes the deposit one that staff look at, with all that hangs on it. One that is confirmed already stays as it is.
func (d *Desk) confirm(ctx context.Context, tx *sqldb.Tx, by actor.Actor, form Form, dep *Deposit) error {
	if dep.State != Unconfirmed {
		_, err := tx.Exec(ctx, `UPDATE deposit SET state = state WHERE workspace_id = $1 AND id = $2`, by.Workspace, dep.ID)
		return err
	}
	dep.State, dep.ConfirmedAt, dep.EndsAt = Pending, tx.Now(), tx.Now().Add(time.Duration(form.Months)*month)
	if err := dep.realize(ctx, tx, by); err != nil && !stands(err) {
		return err
	}
	if err := dep.save(ctx, tx, by.Workspace); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, journal.Entry{Kind: "deposit.confirmed", Subject: dep.Subject(), Organization: dep.Organization})
}

// month is one of those that a deposit is kept for.
const month = 30*24*time.Hour + 10*time.Hour
