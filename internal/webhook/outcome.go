package webhook

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// A webhook of which so many tries have failed without a good one rests before the next: some seconds more after each, up to some
// minutes. So what does not answer takes little of a node's time, however much waits for it.
const (
	restAfter = 3
	restStep  = 5 * time.Second
	restMost  = 5 * time.Minute
)

func rest(strikes int) time.Duration {
	if strikes < restAfter {
		return 0
	}
	return min(time.Duration(strikes-restAfter+1)*restStep, restMost)
}

// gone is the status of an address that is given up for good.
const gone = 410

// longestWait bounds what an answer may ask for.
const longestWait = 24 * time.Hour

const thisOne = ` WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3`

// note writes how a try went, and tells whether the webhook should rest. A delivery that somebody else has noted meanwhile, or
// that is gone, stays as it is.
func (c *Courier) note(ctx context.Context, n named, p parcel, out Outcome, took time.Duration) (rests bool, err error) {
	err = c.db.Update(ctx, func(tx *sqldb.Tx) error {
		rests = false
		state, next := c.desk.next(p, out, tx.Now())
		touched, err := tx.Exec(ctx, `UPDATE webhook_delivery SET state = $4, next_at = $5, attempts = attempts + 1, status = $6, took = $7, reason = $8, answer = $9, changed_at = $10`+
			thisOne+` AND state = 'pending' AND attempts = $11`,
			n.workspace, n.id, p.ID, string(state), next, out.Status, took.Milliseconds(), out.why(), out.Answer, tx.Now(), p.Attempts)
		if err != nil || touched == 0 || p.gone {
			return err
		}
		if out.taken() {
			_, err := tx.Exec(ctx, `UPDATE webhook SET strikes = 0, failing_since = NULL WHERE workspace_id = $1 AND id = $2 AND strikes > 0`, n.workspace, n.id)
			return err
		}
		rests, err = c.desk.strike(ctx, tx, n, out)
		return err
	})
	return rests, err
}

// next is what becomes of a delivery after a try.
func (d *Desk) next(p parcel, out Outcome, now sqldb.Time) (State, sqldb.Time) {
	switch {
	case out.taken():
		return Delivered, 0
	case p.gone || p.Attempts >= len(d.o.Delays):
		return Failed, 0
	}
	return Pending, now.Add(max(d.o.Delays[p.Attempts], min(out.Wait, longestWait)))
}

// strike counts a try that failed. A webhook of which nothing was taken for Settings.GiveUp, or whose address says that it is
// gone for good, is switched off; the history says so.
func (d *Desk) strike(ctx context.Context, tx *sqldb.Tx, n named, out Outcome) (rests bool, err error) {
	w, err := lock(ctx, tx, n.workspace, n.id)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	if err != nil || !w.Enabled {
		return true, err
	}
	w.strikes++
	if w.FailingSince.IsZero() {
		w.FailingSince = tx.Now()
	}
	why := ""
	switch {
	case out.Status == gone:
		why = StoppedGone
	case tx.Now().Sub(w.FailingSince) >= d.o.GiveUp:
		why = StoppedFailing
	}
	if why == "" {
		_, err := tx.Exec(ctx, `UPDATE webhook SET strikes = $3, failing_since = $4 WHERE workspace_id = $1 AND id = $2`, n.workspace, n.id, w.strikes, w.FailingSince)
		return w.strikes >= restAfter, err
	}
	_, err = tx.Exec(ctx, `UPDATE webhook SET strikes = $3, failing_since = $4, enabled = 0, due_at = NULL, stopped_at = $5, stopped_why = $6 WHERE workspace_id = $1 AND id = $2`,
		n.workspace, n.id, w.strikes, w.FailingSince, tx.Now(), why)
	if err != nil {
		return true, err
	}
	return true, w.record(ctx, tx, actor.OfProgram(n.workspace), "webhook.stopped")
}

// release gives a webhook back and says when it is due next; one that another node has taken over meanwhile is that one's.
func (c *Courier) release(ctx context.Context, r round) error {
	return c.db.Update(ctx, func(tx *sqldb.Tx) error {
		w, err := lock(ctx, tx, r.workspace, r.id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var due sqldb.Time
		if w.Enabled {
			next, err := sqldb.List(ctx, tx, sqldb.Value[sqldb.Time], `SELECT next_at FROM webhook_delivery WHERE workspace_id = $1 AND webhook_id = $2 AND next_at IS NOT NULL ORDER BY next_at LIMIT 1`, r.workspace, r.id)
			if err != nil {
				return err
			}
			if len(next) > 0 {
				due = max(next[0], tx.Now().Add(rest(w.strikes)))
			}
		}
		_, err = tx.Exec(ctx, `UPDATE webhook SET claimed_until = NULL, due_at = $4 WHERE workspace_id = $1 AND id = $2 AND claimed_until = $3`, r.workspace, r.id, r.until, due)
		return err
	})
}

// at is the event at that place of the workspace's chain; fault.NotFound.
func at(ctx context.Context, tx *sqldb.Tx, of id.Workspace, seq int64) (journal.Event, error) {
	list, err := journal.Since(ctx, tx, actor.OfProgram(of), seq-1, 1)
	if err == nil && (len(list) == 0 || list[0].Seq != seq) {
		err = fault.Missing()
	}
	if err != nil {
		return journal.Event{}, err
	}
	return list[0], nil
}
