package sqldb_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestRefusals(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		aWorkspace(t, db, 1)
		read := func(tx *sqldb.Tx) (int64, error) {
			return sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT version FROM workspace WHERE id = 1`)
		}
		t.Run("who is refused for another's write finds that write, committed", func(t *testing.T) {
			late := fault.New(fault.Conflict, "fault.version")
			for range 100 {
				var before int64
				if err := db.View(ctx, func(tx *sqldb.Tx) (err error) { before, err = read(tx); return err }); err != nil {
					t.Fatal(err)
				}
				var all sync.WaitGroup
				for range 4 {
					all.Go(func() {
						err := db.Update(ctx, func(tx *sqldb.Tx) error {
							if err := tx.Lock(ctx, "workspace", "id = 1"); err != nil {
								return err
							}
							if now, err := read(tx); err != nil || now != before {
								return errors.Join(err, late)
							}
							_, err := tx.Exec(ctx, `UPDATE workspace SET version = version + 1 WHERE id = 1`)
							return err
						})
						if err != nil && !errors.Is(err, late) {
							t.Error(err)
						}
						err = db.View(ctx, func(tx *sqldb.Tx) error {
							now, err := read(tx)
							if now == before {
								t.Error("nothing is there yet that could have stood against it")
							}
							return err
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
			}
		})
		t.Run("who looks before writing, and is outrun in between, looks again", func(t *testing.T) {
			for range 30 {
				key := id.NewAccount().String()
				var all sync.WaitGroup
				for range 6 {
					all.Go(func() {
						err := db.Update(ctx, func(tx *sqldb.Tx) error {
							_, err := sqldb.One(ctx, tx, sqldb.Value[id.Account], `SELECT id FROM account WHERE key = $1`, key)
							if !fault.Is(err, fault.NotFound) {
								return err
							}
							return anAccount(tx, id.NewAccount(), key)
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
			}
		})
		t.Run("who does not look is told that it is taken", func(t *testing.T) {
			for i := range 2 {
				err := db.Update(ctx, func(tx *sqldb.Tx) error { return anAccount(tx, id.NewAccount(), "the same") })
				if taken := fault.Is(err, fault.Conflict); taken != (i == 1) {
					t.Error(i, err)
				}
			}
		})
		t.Run("a write that fails in a group leaves the others as they are", func(t *testing.T) {
			var all sync.WaitGroup
			wanted := accounts(t, db)
			for i := range 200 {
				if i%2 == 0 {
					wanted++
				}
				all.Go(func() {
					account := id.NewAccount()
					err := db.Update(ctx, func(tx *sqldb.Tx) error {
						if err := anAccount(tx, account, account.String()); err != nil || i%2 == 0 {
							return err
						}
						return fault.Missing()
					})
					if failed := err != nil; failed != (i%2 == 1) {
						t.Error(i, err)
					}
				})
			}
			all.Wait()
			if n := accounts(t, db); n != wanted {
				t.Errorf("%d accounts, want %d", n, wanted)
			}
		})
	})
}

func TestClosed(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		t.Run("who comes after the end is told so at once", func(t *testing.T) {
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			nothing := func(*sqldb.Tx) error { t.Error("it runs"); return nil }
			for range 20 { // more than there are connections
				if db.View(t.Context(), nothing) == nil || db.Update(t.Context(), nothing) == nil || db.Ping(t.Context()) == nil {
					t.Error("no error")
				}
			}
		})
	})
}
