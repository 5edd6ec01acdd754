package sqldb_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

// aWorkspace puts one host into the table, as rooms do.
func aWorkspace(t *testing.T, db *sqldb.DB, number id.Workspace) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO workspace (id, slug, name, kind, organization_noun, country, locale, time_zone, brand, phone_required, created_at, version)
			VALUES ($1, $2, 'Brenval', 'school', 'company', 'FR', 'fr', 'Europe/Paris', '', $3, $4, 1)`, number, "w"+string(rune('a'+number)), true, tx.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func anAccount(tx *sqldb.Tx, account id.Account, key string) error {
	_, err := tx.Exec(context.Background(), `INSERT INTO account (id, key, created_at) VALUES ($1, $2, $3)`, account, key, tx.Now())
	return err
}

func accounts(t *testing.T, db *sqldb.DB) (n int64) {
	t.Helper()
	err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.One(t.Context(), tx, sqldb.Value[int64], `SELECT count(*) FROM account`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTransaction(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, clock *sqldbtest.Clock) {
		ctx := t.Context()
		t.Run("what is written is read back with its type", func(t *testing.T) {
			want := id.NewAccount()
			if err := db.Update(ctx, func(tx *sqldb.Tx) error { return anAccount(tx, want, "read back") }); err != nil {
				t.Fatal(err)
			}
			type row struct {
				id id.Account
				at sqldb.Time
			}
			var got row
			err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
				got, err = sqldb.One(ctx, tx, func(r sqldb.Scanner) (v row, err error) { return v, r.Scan(&v.id, &v.at) },
					`SELECT id, created_at FROM account WHERE key = $1`, "read back")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if got.id != want || got.at.Time().After(clock.Now()) || got.at.IsZero() {
				t.Errorf("got %v, want %v", got, want)
			}
		})

		t.Run("a fault undoes everything", func(t *testing.T) {
			before := accounts(t, db)
			err := db.Update(ctx, func(tx *sqldb.Tx) error {
				if err := anAccount(tx, id.NewAccount(), "undone"); err != nil {
					return err
				}
				return fault.New(fault.Forbidden, "fault.forbidden")
			})
			if !fault.Is(err, fault.Forbidden) || accounts(t, db) != before {
				t.Errorf("error %v, %d accounts instead of %d", err, accounts(t, db), before)
			}
		})

		t.Run("a broken unique rule is a conflict on its last column and ends the transaction", func(t *testing.T) {
			err := db.Update(ctx, func(tx *sqldb.Tx) error {
				if err := anAccount(tx, id.NewAccount(), "twice"); err != nil {
					return err
				}
				err := anAccount(tx, id.NewAccount(), "twice")
				f := fault.As(err)
				if f == nil || f.Kind != fault.Conflict || f.Fields[0].Name != "key" || f.Fields[0].Key != "fault.taken" {
					t.Errorf("got %v", err)
				}
				if again := anAccount(tx, id.NewAccount(), "another"); !errors.Is(again, err) {
					t.Errorf("work went on after an error: %v", again)
				}
				return nil // even swallowed, it must not commit
			})
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("committed after an error: %v", err)
			}
		})

		t.Run("a view cannot write", func(t *testing.T) {
			err := db.View(ctx, func(tx *sqldb.Tx) error { return anAccount(tx, id.NewAccount(), "from a view") })
			if !errors.Is(err, sqldb.ErrReadOnly) {
				t.Errorf("got %v", err)
			}
		})

		t.Run("a panic goes on in its caller and leaves no trace", func(t *testing.T) {
			before := accounts(t, db)
			func() {
				defer func() {
					if p := recover(); p != "oh" {
						t.Errorf("recovered %v", p)
					}
				}()
				_ = db.Update(ctx, func(tx *sqldb.Tx) error {
					_ = anAccount(tx, id.NewAccount(), "panic")
					panic("oh")
				})
			}()
			if accounts(t, db) != before {
				t.Error("the row stayed")
			}
		})

		t.Run("of many at once each fails or holds alone", func(t *testing.T) {
			before := accounts(t, db)
			var all sync.WaitGroup
			for n := range 200 {
				all.Go(func() {
					err := db.Update(ctx, func(tx *sqldb.Tx) error {
						if err := anAccount(tx, id.NewAccount(), "many "+id.NewAccount().String()); err != nil {
							return err
						}
						if n%2 == 1 {
							return fault.New(fault.Invalid, "fault.fields")
						}
						return nil
					})
					if failed := err != nil; failed != (n%2 == 1) {
						t.Errorf("%d: %v", n, err)
					}
				})
			}
			all.Wait()
			if got := accounts(t, db) - before; got != 100 {
				t.Errorf("%d rows, want 100", got)
			}
		})
	})
}

func TestNumbersAndTotals(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ctx := t.Context()
		aWorkspace(t, db, 1)
		aWorkspace(t, db, 2)
		draw := func(t *testing.T, w id.Workspace, fail error) (n int64) {
			err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
				if n, err = tx.Next(ctx, w, "contact"); err != nil {
					return err
				}
				tx.Tally(w, "contacts", 1)
				return fail
			})
			if !errors.Is(err, fail) {
				t.Fatal(err)
			}
			return n
		}

		t.Run("numbers rise, start at one in each workspace and are never drawn twice", func(t *testing.T) {
			if got := draw(t, 1, nil); got != 1 {
				t.Errorf("first number is %d", got)
			}
			if got := draw(t, 2, nil); got != 1 {
				t.Errorf("first number of another workspace is %d", got)
			}
			var mu sync.Mutex
			seen := map[int64]bool{1: true}
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() {
					n := draw(t, 1, nil)
					mu.Lock()
					defer mu.Unlock()
					if seen[n] {
						t.Errorf("%d drawn twice", n)
					}
					seen[n] = true
				})
			}
			all.Wait()
		})

		t.Run("a total counts what was committed and nothing else", func(t *testing.T) {
			_ = draw(t, 2, fault.New(fault.Conflict, "fault.conflict"))
			err := db.View(ctx, func(tx *sqldb.Tx) error {
				for w, want := range map[id.Workspace]int64{1: 101, 2: 1, 3: 0} {
					if got, err := sqldb.Total(ctx, tx, w, "contacts"); err != nil || got != want {
						t.Errorf("workspace %d: %d, want %d (%v)", w, got, want, err)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	})
}

func TestMigrate(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			t.Run("several processes at once migrate once", func(t *testing.T) {
				var all sync.WaitGroup
				for range 4 {
					all.Go(func() {
						db, err := sqldb.Open(t.Context(), o)
						if err != nil {
							t.Error(err)
							return
						}
						defer db.Close()
						if err := db.Migrate(t.Context()); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
			})
			t.Run("a database that a newer program migrated is refused", func(t *testing.T) {
				db, err := sqldb.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				err = db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := tx.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, `+map[string]string{"sqlite": "1", "postgres": "true"}[engine]+`)`)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := db.Migrate(t.Context()); err == nil {
					t.Error("migrated")
				}
			})
		})
	}
}

func TestTwoProcesses(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine+": writers of two processes wait for each other", func(t *testing.T) {
			t.Parallel()
			o := sqldbtest.Options(t, engine)
			var dbs [2]*sqldb.DB
			for i := range dbs {
				db, err := sqldb.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				if err := db.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				dbs[i] = db
			}
			var all sync.WaitGroup
			for n := range 100 {
				all.Go(func() {
					err := dbs[n%2].Update(t.Context(), func(tx *sqldb.Tx) error {
						return anAccount(tx, id.NewAccount(), "two "+id.NewAccount().String())
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if got := accounts(t, dbs[0]); got != 100 {
				t.Errorf("%d rows", got)
			}
		})
	}
}

func TestTime(t *testing.T) {
	t.Run("an instant survives to the microsecond, never stays never", func(t *testing.T) {
		now := time.Date(2026, 11, 20, 9, 0, 0, 123456000, time.UTC)
		if got := sqldb.At(now).Time(); !got.Equal(now) {
			t.Error(got)
		}
		if !sqldb.At(time.Time{}).IsZero() || !sqldb.Time(0).Time().IsZero() {
			t.Error("never became a time")
		}
	})
}
