package job

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// claim is a job that this node holds. Its lease is known by the very instant at which it ends: whoever would note
// something about the job must name it, so that a node that slept through its lease changes nothing.
type claim struct {
	kind     *kind
	id       id.Job
	args     string
	attempts int // this one included
	until    sqldb.Time
	ctx      context.Context
	end      context.CancelCauseFunc
	noted    atomic.Bool // Finish was called; it holds if the work then ended well
}

// claimKey is where the work's context holds its claim.
type claimKey struct{}

// Finish notes in the caller's transaction that the job is done, so that this and what the work has to write are one
// commit. The context is the work's own; outside of a job it does nothing. Work that has called it returns nil if and
// only if the transaction was committed.
func Finish(ctx context.Context, tx *sqldb.Tx) error {
	c, ok := ctx.Value(claimKey{}).(*claim)
	if !ok {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE job SET claimed_until = NULL, finished_at = $1 WHERE id = $2 AND attempts = $3 AND finished_at IS NULL`, tx.Now(), c.id, c.attempts)
	c.noted.Store(true)
	return err
}

// waits is the condition that a job of a kind is due, both as arguments are called there. SQLite would plan a statement anew each time that
// the bound of a range is bound; a cast hides it.
func waits(kind, now string) string {
	return `kind = ` + kind + ` AND finished_at IS NULL AND run_at <= CAST(` + now + ` AS BIGINT) AND (claimed_until IS NULL OR claimed_until <= ` + now + `)`
}

// due looks, without writing, which kinds have anything to claim. Two statements ask for all of them: this is done after each
// change that queues a job.
func (r *Runner) due(ctx context.Context, free []room) (list []room, err error) {
	asks, args := make([]string, len(free)), []any{sqldb.Time(0)}
	for i, k := range free {
		args = append(args, k.name)
		asks[i] = `SELECT ` + strconv.Itoa(i) + ` WHERE EXISTS (SELECT 1 FROM job WHERE ` + waits("$"+strconv.Itoa(i+2), "$1") + `)`
	}
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		next := make(map[string]sqldb.Time)
		_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
			var kind string
			var at sqldb.Time
			err = row.Scan(&kind, &at)
			next[kind] = at
			return none, err
		}, `SELECT kind, next_at FROM schedule`)
		if err != nil {
			return err
		}
		args[0] = tx.Now()
		queued, err := sqldb.List(ctx, tx, sqldb.Value[int], strings.Join(asks, ` UNION ALL `), args...)
		list = nil
		for i, k := range free {
			if k.period > 0 && next[k.name] <= tx.Now() || slices.Contains(queued, i) {
				list = append(list, k)
			}
		}
		return err
	})
	return list, err
}

// claim takes leases on due jobs, the oldest of each kind first, at most as many as there are workers.
func (r *Runner) claim(ctx context.Context, free []room, left int) ([]*claim, error) {
	var claims []*claim
	err := r.db.Update(ctx, func(tx *sqldb.Tx) error {
		claims = nil
		for _, k := range free {
			n := min(k.n, left-len(claims))
			if n <= 0 {
				return nil
			}
			if err := k.tick(ctx, tx); err != nil {
				return err
			}
			found, err := k.take(ctx, tx, n, tx.Now().Add(r.o.Lease))
			if err != nil {
				return err
			}
			claims = append(claims, found...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return claims, nil
}

// tick queues a schedule's job when its time has come.
func (k *kind) tick(ctx context.Context, tx *sqldb.Tx) error {
	if k.period == 0 {
		return nil
	}
	n, err := tx.Exec(ctx, `INSERT INTO schedule (kind, next_at) VALUES ($1, $2)
		ON CONFLICT (kind) DO UPDATE SET next_at = excluded.next_at WHERE schedule.next_at <= $3`, k.name, tx.Now().Add(k.period), tx.Now())
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO job (id, kind, args, run_at, attempts) VALUES ($1, $2, '{}', $3, 0) ON CONFLICT (id) DO NOTHING`,
		scheduled(k.name), k.name, tx.Now())
	return err
}

func (k *kind) take(ctx context.Context, tx *sqldb.Tx, n int, until sqldb.Time) ([]*claim, error) {
	found, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (*claim, error) {
		c := &claim{kind: k, until: until}
		return c, row.Scan(&c.id, &c.args, &c.attempts)
	}, `SELECT id, args, attempts FROM job WHERE `+waits("$1", "$2")+` ORDER BY run_at LIMIT `+strconv.Itoa(n)+tx.ForClaim(), k.name, tx.Now())
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		c.attempts++
		if _, err := tx.Exec(ctx, `UPDATE job SET claimed_until = $1, attempts = $2 WHERE id = $3`, until, c.attempts, c.id); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Renew prolongs the leases of which a third has passed. A job whose lease another node has taken, or whose lease
// is over while the database cannot be reached, has its context ended. The loop calls it.
func (r *Runner) Renew(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := sqldb.At(r.db.Now())
	var old []*claim
	for c := range r.held {
		if c.until.Sub(now) <= r.o.Lease*2/3 {
			old = append(old, c)
		}
	}
	if len(old) == 0 {
		return nil
	}
	var until sqldb.Time
	lost := make([]bool, len(old))
	err := r.db.Update(ctx, func(tx *sqldb.Tx) error {
		until = tx.Now().Add(r.o.Lease)
		for i, c := range old {
			n, err := tx.Exec(ctx, `UPDATE job SET claimed_until = $3`+mine, c.id, c.until, until)
			if err != nil {
				return err
			}
			lost[i] = n == 0
		}
		return nil
	})
	for i, c := range old {
		switch {
		case err == nil && !lost[i]:
			c.until = until
		case err == nil || c.until <= now:
			c.end(errLost)
		}
	}
	return err
}

// settle notes how a job ended.
func (r *Runner) settle(ctx context.Context, c *claim, err error) error {
	switch {
	case err == nil:
		return r.finish(ctx, c, "")
	case r.ctx.Err() != nil:
		return r.giveBack(ctx, c)
	}
	var last final
	r.o.Log.Error("job failed", "kind", c.kind.name, "job", c.id, "attempt", c.attempts, "error", err)
	if c.kind.period > 0 || c.attempts >= c.kind.attempts || errors.As(err, &last) {
		return r.finish(ctx, c, reason(err))
	}
	return r.retry(ctx, c)
}

// mine is the condition that the job is still this node's.
const mine = ` WHERE id = $1 AND claimed_until = $2`

func (r *Runner) finish(ctx context.Context, c *claim, failure string) error {
	return r.db.Update(ctx, func(tx *sqldb.Tx) error {
		if c.kind.period > 0 {
			_, err := tx.Exec(ctx, `DELETE FROM job`+mine, c.id, c.until)
			return err
		}
		why := any(nil)
		if failure != "" {
			why = failure
		}
		n, err := tx.Exec(ctx, `UPDATE job SET claimed_until = NULL, finished_at = $3, failure = $4`+mine, c.id, c.until, tx.Now(), why)
		if err != nil || n == 0 || failure == "" {
			return err
		}
		return c.kind.givenUp(ctx, tx, c.args)
	})
}

// giveBack leaves a job, unharmed, to whoever comes next: it was stopped, it did not fail.
func (r *Runner) giveBack(ctx context.Context, c *claim) error {
	return r.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job SET claimed_until = NULL, attempts = attempts - 1`+mine, c.id, c.until)
		return err
	})
}

func (r *Runner) retry(ctx context.Context, c *claim) error {
	return r.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE job SET claimed_until = NULL, run_at = $3`+mine, c.id, c.until, tx.Now().Add(r.delay(c.attempts)))
		return err
	})
}

func (r *Runner) delay(attempts int) time.Duration {
	n := time.Duration(min(attempts, 10_000)) // n⁴ of more is past what a Duration holds
	if n*n*n*n > r.o.LongestRetry/r.o.Retry {
		return r.o.LongestRetry
	}
	return n * n * n * n * r.o.Retry
}

// sweepSize is how many rows one transaction removes.
const sweepSize = 500

// sweep removes finished jobs that are past their retention.
func (r *Runner) sweep(ctx context.Context, db *sqldb.DB) error {
	for {
		var n int64
		err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM job WHERE id IN (SELECT id FROM job WHERE finished_at IS NOT NULL AND finished_at < $1 ORDER BY finished_at LIMIT $2)`,
				tx.Now().Add(-r.o.Retention), sweepSize)
			return err
		})
		if err != nil || n < sweepSize {
			return err
		}
	}
}
