package mail

import (
	"context"
	"errors"
	"fmt"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/sqldb"
)

// Register has a runner send the queued letters, at most Parallel at once and never by more than half of its workers,
// so that a mail server that hangs holds up nothing else. Without a transport nothing is registered: letters wait.
func (p *Post) Register(r *job.Runner) {
	if p.Waits() {
		return
	}
	work := func(ctx context.Context, db *sqldb.DB, s send) error { return p.send(ctx, db, s.Letter) }
	job.Register(r, 1, p.refused)
	parallel := min(p.o.Parallel, r.Half())
	if p.o.Attempts > 0 {
		job.RegisterFor(r, parallel, p.o.Attempts, work)
	} else {
		job.Register(r, parallel, work)
	}
}

// send is one try at one letter. What has ended already is done.
func (p *Post) send(ctx context.Context, db *sqldb.DB, letter id.Letter) error {
	var l Letter
	var m Message
	err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
		if l, err = get(ctx, tx, letter); err != nil || l.State != Queued || p.wasTaken(letter) {
			return err
		}
		if err = p.takes(ctx, tx); err == nil {
			m, err = p.Compose(ctx, tx, l)
		}
		return err
	})
	switch {
	case l.ID.IsZero() && fault.Is(err, fault.NotFound): // swept away
		return nil
	case err == nil && l.State != Queued:
		return nil
	case errors.Is(err, ErrWithdrawn):
		return db.Update(ctx, func(tx *sqldb.Tx) error { return Withdraw(ctx, tx, letter) })
	case err == nil && !p.wasTaken(letter):
		err = p.o.Transport.Send(ctx, m)
	}
	if err != nil {
		return p.failed(ctx, db, l, err)
	}
	return p.accepted(ctx, db, l)
}

// takes is a *Failure where the Outbox is closed.
func (p *Post) takes(ctx context.Context, tx *sqldb.Tx) error {
	if _, ok := p.o.Transport.(Outbox); !ok {
		return nil
	}
	readable, err := p.Readable(ctx, tx)
	if err == nil && !readable {
		err = &Failure{Reason: "mail.reason.demo", Err: errors.New("mail: the demo's outbox is closed")}
	}
	return err
}

// accepted notes that the server has the letter: at once, even while the program is being stopped. Should the database
// not be able to, this process remembers it, and the next try only notes it.
func (p *Post) accepted(ctx context.Context, db *sqldb.DB, l Letter) error {
	ctx = context.WithoutCancel(ctx)
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		if err := job.Finish(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE letter SET state = 'sent', attempts = attempts + 1, reason = '', changed_at = $1 WHERE id = $2 AND state IN ('queued', 'withdrawn')`,
			tx.Now(), l.ID)
		if err != nil || n == 0 {
			return err
		}
		if k := p.kinds[l.Kind]; k.Accepted != nil && !l.isSample(k) {
			return k.Accepted(ctx, tx, l)
		}
		return nil
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.taken[l.ID] = true
		return fmt.Errorf("mail: sent, not noted: %w", err)
	}
	delete(p.taken, l.ID)
	return nil
}

func (p *Post) wasTaken(letter id.Letter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken[letter]
}

// failed notes why a try failed. Its error has the job tried again; none ends it. A try that was cut off because this
// node stops does not count.
func (p *Post) failed(ctx context.Context, db *sqldb.DB, l Letter, err error) error {
	if ctx.Err() != nil {
		return err
	}
	f := &Failure{Reason: "mail.reason.internal", Err: err}
	errors.As(err, &f)
	state := Queued
	if f.Final {
		state = Refused
	}
	noted := db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE letter SET state = $1, attempts = attempts + 1, reason = $2, changed_at = $3 WHERE id = $4 AND state = 'queued'`,
			string(state), f.Reason, tx.Now(), l.ID)
		if err == nil && f.Final {
			_, err = job.Enqueue(ctx, tx, refused{l.ID}, job.Opts{})
		}
		return err
	})
	if noted != nil {
		return errors.Join(err, noted)
	}
	if f.Final {
		p.o.Log.Warn("letter refused", "letter", l.ID, "kind", l.Kind, "reason", f.Reason)
		return nil
	}
	return err
}

// refused tells the letter's kind, once.
func (p *Post) refused(ctx context.Context, db *sqldb.DB, r refused) error {
	return db.Update(ctx, func(tx *sqldb.Tx) error {
		l, err := get(ctx, tx, r.Letter)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err := job.Finish(ctx, tx); err != nil {
			return err
		}
		k := p.kinds[l.Kind]
		if l.State != Refused || k.Refused == nil || l.isSample(k) {
			return nil
		}
		return k.Refused(ctx, tx, l)
	})
}

// Sweep removes letters that ended before then, some at a time: it returns how many, at most most.
func Sweep(ctx context.Context, tx *sqldb.Tx, before sqldb.Time, most int) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM letter WHERE id IN (SELECT id FROM letter WHERE state IN ('sent', 'refused', 'withdrawn') AND changed_at < $1 LIMIT $2)`, before, most)
}

// Count is how many letters of the installation are in a state.
type Count struct {
	State State
	N     int64
}

// Counts counts the letters that are kept, for those who watch the installation.
func Counts(ctx context.Context, tx *sqldb.Tx) ([]Count, error) {
	return sqldb.List(ctx, tx, func(row sqldb.Scanner) (c Count, err error) { return c, row.Scan(&c.State, &c.N) },
		`SELECT state, COUNT(*) FROM letter GROUP BY state ORDER BY state`)
}
