package app

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// journalKey is what the seals of the history are made with.
func (b *Base) journalKey() secret.Key { return b.secret.Key("journal") }

// seal chains what is new in the history of each workspace; one that cannot be sealed does not keep the others from it. Then
// webhooks are fed with it.
func (b *Base) seal(ctx context.Context, db *sqldb.DB) error {
	err := b.eachHistory(ctx, func(w id.Workspace) error {
		return inBatches(ctx, db, sealSize, func(tx *sqldb.Tx) (int64, error) {
			n, err := journal.Seal(ctx, tx, b.journalKey(), w, sealSize)
			return int64(n), err
		})
	})
	return errors.Join(err, b.webhooks().Feed(ctx, db))
}

// breaks counts the histories that this process found tampered with, for /metrics.
var breaks atomic.Int64

// verify walks the history of each workspace and logs where one was tampered with: its number and the place, nobody's
// data. That is no failure of the job.
func (b *Base) verify(ctx context.Context, db *sqldb.DB) error {
	return b.eachHistory(ctx, func(w id.Workspace) error {
		at, err := b.walk(ctx, db, w)
		switch {
		case errors.Is(err, journal.ErrBroken):
			breaks.Add(1)
			b.log.ErrorContext(ctx, "the history was tampered with", "workspace", int64(w), "place", at.Seq+1, "error", err)
			return nil
		case err == nil:
			b.log.InfoContext(ctx, "the history holds", "workspace", int64(w), "lines", at.Seq)
		}
		return err
	})
}

// walk verifies a history to its end, some lines a transaction.
func (b *Base) walk(ctx context.Context, db *sqldb.DB, w id.Workspace) (at journal.Place, err error) {
	for {
		from := at
		err = db.View(ctx, func(tx *sqldb.Tx) (err error) {
			at, err = journal.Verify(ctx, tx, b.journalKey(), w, from, sealSize)
			return err
		})
		if err != nil || at.Seq == from.Seq {
			return at, err
		}
	}
}

func (b *Base) eachHistory(ctx context.Context, fn func(id.Workspace) error) error {
	var list []workspace.Workspace
	err := b.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = workspace.List(ctx, tx)
		return err
	})
	for _, w := range list {
		err = errors.Join(err, fn(w.ID))
	}
	return err
}
