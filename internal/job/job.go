// Package job is the queue of work that no request waits for: a row written in the transaction of the act that
// wants it, claimed later by one node of the installation, tried again when it fails.
//
// A job runs at least once: a node may die between the work and the note that it is done, so the work must
// bear to be repeated. The package knows nothing of what jobs do; rooms register their work with a Runner.
package job

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Args is what a job is about: a struct of identifiers that is kept as JSON. It holds no personal data, because
// finished jobs stay for a while. Kind («transfer.run») is a constant of the type and never changes.
//
// A type that also has GivenUp(context.Context, *sqldb.Tx) error is told, in the same transaction, when its job is
// given up for good.
type Args interface{ Kind() string }

type givenUp interface {
	GivenUp(ctx context.Context, tx *sqldb.Tx) error
}

// Opts says how a job is to be run; the zero value is «as soon as possible».
type Opts struct {
	After time.Duration // not before this much time has passed
}

// topic is what Enqueue notifies, so that this process looks at once.
const topic = "job"

// Enqueue adds a job in the caller's transaction: it exists if and only if that commits.
func Enqueue(ctx context.Context, tx *sqldb.Tx, args Args, o Opts) (id.Job, error) {
	b, err := json.Marshal(args)
	if err != nil {
		return id.Job{}, fmt.Errorf("job %s: %w", args.Kind(), err)
	}
	j := id.NewJob()
	_, err = tx.Exec(ctx, `INSERT INTO job (id, kind, args, run_at, attempts) VALUES ($1, $2, $3, $4, 0)`,
		j, args.Kind(), string(b), tx.Now().Add(o.After))
	if err != nil {
		return id.Job{}, err
	}
	tx.Notify(topic)
	return j, nil
}

// EnqueueAll adds many jobs of one kind as Enqueue does, by few statements.
func EnqueueAll[T Args](ctx context.Context, tx *sqldb.Tx, all []T, o Opts) error {
	rows := make([][]any, len(all))
	for i, args := range all {
		b, err := json.Marshal(args)
		if err != nil {
			return fmt.Errorf("job %s: %w", args.Kind(), err)
		}
		rows[i] = []any{id.NewJob(), args.Kind(), string(b), tx.Now().Add(o.After), 0}
	}
	if err := tx.InsertAll(ctx, `job (id, kind, args, run_at, attempts)`, rows); err != nil {
		return err
	}
	tx.Notify(topic)
	return nil
}

// GiveUp marks an error as final: the job is not tried again.
func GiveUp(err error) error { return final{err} }

type final struct{ error }

func (f final) Unwrap() error { return f.error }

// reason is what the table keeps of an error: a fault's kind and key, else nothing of its text, which may hold
// what somebody typed. The text is in the log.
func reason(err error) string {
	if f := fault.As(err); f != nil {
		return f.Error()
	}
	if err == errPanic || err == errCrashed {
		return err.Error()
	}
	return "internal; the log says more"
}

// scheduled is the identifier of a schedule's job: always the same one, so that it is never queued twice.
func scheduled(kind string) (j id.Job) {
	sum := sha256.Sum256([]byte("schedule " + kind))
	copy(j.UUID[:], sum[:])
	return j
}
