package webhook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/paging"
	"github.com/entregent/entregent/internal/sqldb"
)

// State is what became of a delivery.
type State string

// The states.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Failed    State = "failed" // given up
)

// Delivery is an event on its way to a webhook, and how its last try went.
type Delivery struct {
	ID        id.Delivery
	Seq       int64 // the event's place in the chain; 0 = a trial
	Kind      string
	State     State
	Attempts  int
	NextAt    sqldb.Time // of a pending one
	Status    int        // of the answer; 0 = none came
	Took      time.Duration
	Reason    string // why the last try failed: one of the words of Outcome, or Skipped; "" = it did not
	Answer    string // how the answer began
	CreatedAt sqldb.Time
	ChangedAt sqldb.Time
}

// Skipped is the reason of what was given up because the webhook was switched on without it.
const Skipped = "skipped"

// Message is the identifier under which it is posted, each time the same.
func (d Delivery) Message() string { return "msg_" + d.ID.String() }

const (
	deliveryColumns = `id, seq, kind, state, attempts, next_at, status, took, reason, answer, created_at, changed_at`
	into            = `webhook_delivery (workspace_id, webhook_id, ` + deliveryColumns + `)`
)

func row(of id.Workspace, webhook id.Webhook, d Delivery) []any {
	seq := sql.NullInt64{Int64: d.Seq, Valid: d.Seq != 0}
	return []any{of, webhook, d.ID, seq, d.Kind, string(d.State), d.Attempts, d.NextAt, d.Status, d.Took.Milliseconds(), d.Reason, d.Answer, d.CreatedAt, d.ChangedAt}
}

func scanDelivery(row sqldb.Scanner) (d Delivery, err error) {
	var seq sql.NullInt64
	var took int64
	err = row.Scan(&d.ID, &seq, &d.Kind, &d.State, &d.Attempts, &d.NextAt, &d.Status, &took, &d.Reason, &d.Answer, &d.CreatedAt, &d.ChangedAt)
	d.Seq, d.Took = seq.Int64, time.Duration(took)*time.Millisecond
	return d, err
}

// Filter is which deliveries are wanted.
type Filter struct {
	Webhook id.Webhook
	State   State // "" = any
	paging.Ask
}

// Deliveries reads a webhook's log, the latest first. fault.NotFound where there is no such webhook. Permission: EditWebhooks.
func Deliveries(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (paging.Part[Delivery], error) {
	part := paging.Part[Delivery]{Ask: f.Ask.Clean(paging.Sizes[1])}
	if _, err := Get(ctx, tx, by, f.Webhook); err != nil {
		return part, err
	}
	where, args := ` FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2`, []any{by.Workspace, f.Webhook}
	if f.State != "" {
		where, args = where+` AND state = $3`, append(args, string(f.State))
	}
	var err error
	if part.Total, part.More, err = sqldb.CountUpTo(ctx, tx, paging.Cap, `SELECT 1`+where, args...); err != nil {
		return part, err
	}
	part.Items, err = sqldb.List(ctx, tx, scanDelivery, fmt.Sprintf(`SELECT %s%s ORDER BY id DESC LIMIT %d OFFSET %d`, deliveryColumns, where, part.Size, part.Offset()), args...)
	return part, err
}

// Try queues an event that nothing has happened in, of kind TestKind. The same form (submission) posted once more queues no second
// one. fault.NotFound; a fault.Conflict «webhook.off». Permission: EditWebhooks.
func Try(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook, submission id.UUID) error {
	w, err := held(ctx, tx, by, webhook)
	if err != nil {
		return err
	}
	if !w.Enabled {
		return off()
	}
	made := id.NewDelivery()
	if !submission.IsZero() {
		made.UUID = submission
	}
	there, err := sqldb.List(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3`, by.Workspace, webhook, made)
	if err != nil {
		return err
	}
	if len(there) == 0 {
		d := Delivery{ID: made, Kind: TestKind, State: Pending, NextAt: tx.Now(), CreatedAt: tx.Now(), ChangedAt: tx.Now()}
		if err := tx.InsertAll(ctx, into, [][]any{row(by.Workspace, webhook, d)}); err != nil {
			return err
		}
	}
	return w.now(ctx, tx, by.Workspace)
}

// now has a courier look at the webhook now, whether it rests or not: somebody waits for it.
func (w Webhook) now(ctx context.Context, tx *sqldb.Tx, of id.Workspace) error {
	tx.Notify(topic)
	_, err := tx.Exec(ctx, `UPDATE webhook SET due_at = $3 WHERE workspace_id = $1 AND id = $2`, of, w.ID, tx.Now())
	return err
}

// Replay sends a delivery again, from its first try on, under the same identifier; one that waits is tried now. fault.NotFound; a
// fault.Conflict «webhook.off». Permission: EditWebhooks.
func Replay(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook, delivery id.Delivery) error {
	w, err := held(ctx, tx, by, webhook)
	if err != nil {
		return err
	}
	d, err := sqldb.One(ctx, tx, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3`, by.Workspace, webhook, delivery)
	if err != nil {
		return err
	}
	if !w.Enabled {
		return off()
	}
	attempts := 0
	if d.State == Pending {
		attempts = d.Attempts
	}
	_, err = tx.Exec(ctx, `UPDATE webhook_delivery SET state = 'pending', attempts = $4, next_at = $5 WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3`,
		by.Workspace, webhook, delivery, attempts, tx.Now())
	if err == nil {
		err = w.now(ctx, tx, by.Workspace)
	}
	if err != nil || d.State == Pending {
		return err
	}
	return w.record(ctx, tx, by, "webhook.replayed", journal.Change{Field: "deliveries", After: "1"})
}

// ReplayMost is how many deliveries one ReplayFailed sends again.
const ReplayMost = 10_000

// ReplayFailed does as Replay with what was given up and queued since then, the oldest first, at most ReplayMost; it tells how many.
// fault.NotFound; a fault.Conflict «webhook.off». Permission: EditWebhooks.
func ReplayFailed(ctx context.Context, tx *sqldb.Tx, by actor.Actor, webhook id.Webhook, since sqldb.Time) (int, error) {
	w, err := held(ctx, tx, by, webhook)
	if err != nil {
		return 0, err
	}
	if !w.Enabled {
		return 0, off()
	}
	n, err := tx.Exec(ctx, `UPDATE webhook_delivery SET state = 'pending', attempts = 0, next_at = $4 WHERE workspace_id = $1 AND webhook_id = $2 AND id IN (
		SELECT id FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 AND state = 'failed' AND created_at >= $3 ORDER BY created_at, id LIMIT $5)`,
		by.Workspace, webhook, int64(since), tx.Now(), ReplayMost)
	if err == nil {
		err = w.now(ctx, tx, by.Workspace)
	}
	if err != nil || n == 0 {
		return 0, err
	}
	return int(n), w.record(ctx, tx, by, "webhook.replayed", journal.Change{Field: "deliveries", After: fmt.Sprint(n)})
}

// Stopped counts the webhooks that the program has switched off by itself. Permission: EditWebhooks.
func Stopped(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (int, error) {
	if err := by.Need(actor.EditWebhooks); err != nil {
		return 0, err
	}
	return sqldb.One(ctx, tx, sqldb.Value[int], `SELECT COUNT(*) FROM webhook WHERE workspace_id = $1 AND deleted_at IS NULL AND stopped_at IS NOT NULL`, by.Workspace)
}

// Sweep removes deliveries that are past their time or whose webhook was deleted, and then that, of all workspaces, some at a
// time: it returns how many rows, at most most.
func (d *Desk) Sweep(ctx context.Context, tx *sqldb.Tx, most int) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM webhook_delivery WHERE (workspace_id, webhook_id, id) IN (SELECT workspace_id, webhook_id, id FROM webhook_delivery WHERE created_at < $1 ORDER BY created_at LIMIT $2)`,
		tx.Now().Add(-d.o.Retention), most)
	if err != nil || n > 0 {
		return n, err
	}
	gone, err := sqldb.List(ctx, tx, scanNamed, `SELECT workspace_id, id FROM webhook WHERE deleted_at IS NOT NULL LIMIT 1`)
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	of, webhook := gone[0].workspace, gone[0].id
	n, err = tx.Exec(ctx, `DELETE FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 AND id IN (SELECT id FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 LIMIT $3)`, of, webhook, most)
	if err != nil || n > 0 {
		return n, err
	}
	return tx.Exec(ctx, `DELETE FROM webhook WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NOT NULL`, of, webhook)
}
