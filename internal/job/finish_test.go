package job_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestFinish(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		o := options()
		o.Sweep = 1000 * time.Hour
		r := quiet(t, db, o)
		var undone error
		runs := 0
		job.RegisterFor(r, 1, 2, func(ctx context.Context, db *sqldb.DB, _ letter) error {
			runs++
			return db.Update(ctx, func(tx *sqldb.Tx) error {
				if err := job.Finish(ctx, tx); err != nil {
					return err
				}
				return undone
			})
		})
		t.Run("a job that finishes itself is done with the transaction in which it says so", func(t *testing.T) {
			enqueue(t, db, letter{}, job.Opts{})
			before := db.Stats().Updates
			runDue(t, r)
			if open, finished, failure := state(t, db, "letter"); open != 0 || finished != 1 || failure != "" || runs != 1 {
				t.Error(open, finished, failure, runs)
			}
			if n := db.Stats().Updates - before; n != 2 {
				t.Errorf("%d updates, want the claim and its own", n)
			}
		})
		t.Run("if that is rolled back it is not done, and is tried as often as its kind is", func(t *testing.T) {
			undone = errors.New("undone")
			enqueue(t, db, letter{}, job.Opts{})
			runDue(t, r)
			if open, finished, _ := state(t, db, "letter"); open != 1 || finished != 1 {
				t.Error(open, finished)
			}
			clock.Pass(time.Hour)
			runDue(t, r)
			if open, finished, failure := state(t, db, "letter"); open != 0 || finished != 2 || failure == "" || runs != 3 {
				t.Error(open, finished, failure, runs)
			}
		})
		t.Run("outside of a job it does nothing", func(t *testing.T) {
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return job.Finish(t.Context(), tx) }); err != nil {
				t.Error(err)
			}
		})
		t.Run("many jobs are added by few statements", func(t *testing.T) {
			undone = nil
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return job.EnqueueAll(t.Context(), tx, make([]letter, 100), job.Opts{}) }); err != nil {
				t.Fatal(err)
			}
			if n := runDue(t, r); n != 100 {
				t.Error(n)
			}
		})
	})
}
