package webhook

import (
	"context"
	"errors"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// topic tells the couriers of this process that something was queued.
const topic = "webhook"

// feedSize is how many events of the chain are looked at in one transaction.
const feedSize = 500

// named is a webhook of any workspace.
type named struct {
	workspace id.Workspace
	id        id.Webhook
}

func scanNamed(row sqldb.Scanner) (n named, err error) { return n, row.Scan(&n.workspace, &n.id) }

// Feed queues for all webhooks of the installation what the chains hold that they have not seen. A job calls it after it has sealed
// the history. One that cannot be fed does not keep the others from it.
func (d *Desk) Feed(ctx context.Context, db *sqldb.DB) error {
	var behind []named
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
		behind, err = sqldb.List(ctx, tx, scanNamed, `SELECT w.workspace_id, w.id FROM journal_head h JOIN webhook w ON w.workspace_id = h.workspace_id WHERE w.enabled = 1 AND w.seq < h.seq`)
		return err
	})
	for _, n := range behind {
		err = errors.Join(err, d.feed(ctx, db, n))
	}
	return err
}

// feed queues all that there is for one webhook.
func (d *Desk) feed(ctx context.Context, db *sqldb.DB, n named) error {
	for {
		more := false
		err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			more, err = d.queue(ctx, tx, n)
			return err
		})
		if err != nil || !more || ctx.Err() != nil {
			return err
		}
	}
}

// queue queues some events and moves the cursor behind them, in one transaction: none is queued twice or left out. It tells
// whether there may be more. Where too many wait already the others stay in the history.
func (d *Desk) queue(ctx context.Context, tx *sqldb.Tx, n named) (more bool, err error) {
	w, err := lock(ctx, tx, n.workspace, n.id)
	switch {
	case fault.Is(err, fault.NotFound):
		return false, nil
	case err != nil || !w.Enabled:
		return false, err
	}
	_, full, err := sqldb.CountUpTo(ctx, tx, d.o.Backlog, `SELECT 1 FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 AND next_at IS NOT NULL`, n.workspace, n.id)
	if err != nil || full {
		return false, err
	}
	events, err := journal.Since(ctx, tx, actor.OfProgram(n.workspace), w.seq, feedSize)
	if err != nil || len(events) == 0 {
		return false, err
	}
	return len(events) == feedSize, w.enqueue(ctx, tx, n.workspace, events)
}

func (w Webhook) enqueue(ctx context.Context, tx *sqldb.Tx, of id.Workspace, events []journal.Event) error {
	var rows [][]any
	for _, e := range events {
		if w.wants(e.Kind) {
			rows = append(rows, row(of, w.ID, Delivery{ID: id.NewDelivery(), Seq: e.Seq, Kind: e.Kind, State: Pending, NextAt: tx.Now(), CreatedAt: tx.Now(), ChangedAt: tx.Now()}))
		}
	}
	if err := tx.InsertAll(ctx, into, rows); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE webhook SET seq = $3 WHERE workspace_id = $1 AND id = $2`, of, w.ID, events[len(events)-1].Seq)
	if err != nil || len(rows) == 0 {
		return err
	}
	return w.due(ctx, tx, of)
}

// due has a courier look at the webhook now; one that rests goes on resting.
func (w Webhook) due(ctx context.Context, tx *sqldb.Tx, of id.Workspace) error {
	tx.Notify(topic)
	_, err := tx.Exec(ctx, `UPDATE webhook SET due_at = CASE WHEN due_at IS NULL OR strikes < $4 THEN $3 ELSE due_at END WHERE workspace_id = $1 AND id = $2`,
		of, w.ID, tx.Now(), restAfter)
	return err
}
