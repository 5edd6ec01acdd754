package sqldb_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestIn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		known := insertAccounts(t, db, 7)
		count := func(in func(tx *sqldb.Tx, args []any) (string, []any)) (n int) {
			err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
				text, args := in(tx, []any{1})
				n, err = sqldb.One(t.Context(), tx, sqldb.Value[int], "SELECT count(*) FROM account WHERE created_at = $1 AND "+text, args...)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return n
		}
		t.Run("a list of values is written behind the arguments that are there, of any kind and number", func(t *testing.T) {
			for n, want := range []int{0, 1, 1, 2, 2, 3, 3, 4} {
				if got := count(func(tx *sqldb.Tx, args []any) (string, []any) {
					in, args := sqldb.In(tx, args, known[:n])
					return "id " + in, args
				}); got != want {
					t.Errorf("%d of the first %d", got, n)
				}
			}
			if got := count(func(tx *sqldb.Tx, args []any) (string, []any) {
				in, args := sqldb.In(tx, args, []string{"key 1", "key 2", "key 3", "none"})
				return "key " + in, args
			}); got != 1 {
				t.Error(got)
			}
			if got := count(func(tx *sqldb.Tx, args []any) (string, []any) {
				in, args := sqldb.In(tx, args, []int64{1, 2})
				return "created_at " + in, args
			}); got != 4 {
				t.Error(got)
			}
		})
		t.Run("nothing is in a list of nothing", func(t *testing.T) {
			if got := count(func(tx *sqldb.Tx, args []any) (string, []any) {
				in, args := sqldb.In[string](tx, args, nil)
				return "key " + in, args
			}); got != 0 {
				t.Error(got)
			}
		})
	})
}

func TestInsertAll(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		insert := func(from, to int) error {
			return db.Update(t.Context(), func(tx *sqldb.Tx) error {
				var rows [][]any
				for n := from; n < to; n++ {
					rows = append(rows, []any{id.NewAccount(), "key " + strconv.Itoa(n), tx.Now()})
				}
				return tx.InsertAll(t.Context(), "account (id, key, created_at)", rows)
			})
		}
		t.Run("any number of rows is inserted", func(t *testing.T) {
			at := 0
			for _, n := range []int{0, 1, 7, 8, 64, 150} {
				if err := insert(at, at+n); err != nil {
					t.Fatal(err)
				}
				at += n
			}
			if got := accounts(t, db); got != int64(at) {
				t.Errorf("%d rows, want %d", got, at)
			}
		})
		t.Run("all or none, when one breaks a unique rule", func(t *testing.T) {
			before := accounts(t, db)
			if err := insert(int(before)-1, int(before)+100); !fault.Is(err, fault.Conflict) || accounts(t, db) != before {
				t.Errorf("%v, %d rows", err, accounts(t, db)-before)
			}
		})
	})
}

func TestExecEach(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		known := insertAccounts(t, db, 5)
		const rekey = `UPDATE account SET key = $1 WHERE id = $2`
		keys := func(t *testing.T) (list []string) {
			t.Helper()
			err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
				list, err = sqldb.List(t.Context(), tx, sqldb.Value[string], `SELECT key FROM account ORDER BY id`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		var touched []int64
		each := func(t *testing.T, rows ...[]any) error {
			t.Helper()
			return db.Update(t.Context(), func(tx *sqldb.Tx) (err error) {
				touched, err = tx.ExecEach(t.Context(), rekey, rows)
				return err
			})
		}
		t.Run("each row is done with its own values, in their order, and tells how many it touched; none is none", func(t *testing.T) {
			err := each(t, []any{"a", known[0]}, []any{"b", known[1]}, []any{"c", known[0]}, []any{"a", known[2]}, []any{"none's", id.NewAccount()})
			if !slices.Equal(touched, []int64{1, 1, 1, 1, 0}) {
				t.Error(touched)
			}
			if err == nil {
				err = each(t)
			}
			if got := keys(t); err != nil || !slices.Equal(got, []string{"c", "b", "a", "key 3", "key 4"}) {
				t.Error(got, err)
			}
		})
		t.Run("what breaks a rule is a fault as with Exec, and nothing of it stays", func(t *testing.T) {
			before := keys(t)
			err := each(t, []any{"d", known[3]}, []any{"b", known[4]}, []any{"e", known[0]})
			if f := fault.As(err); f == nil || f.Kind != fault.Conflict || f.Fields[0].Name != "key" || !slices.Equal(keys(t), before) {
				t.Error(err, keys(t))
			}
		})
		t.Run("after an error the transaction refuses further work", func(t *testing.T) {
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := tx.ExecEach(t.Context(), rekey, [][]any{{"b", known[4]}}); err == nil {
					t.Error("no error")
				}
				_, err := tx.ExecEach(t.Context(), rekey, [][]any{{"f", known[4]}})
				return err
			})
			if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
		t.Run("who only reads may not", func(t *testing.T) {
			err := db.View(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.ExecEach(t.Context(), rekey, [][]any{{"f", known[4]}})
				return err
			})
			if !errors.Is(err, sqldb.ErrReadOnly) {
				t.Error(err)
			}
		})
		t.Run("thousands are no more than the server takes in", func(t *testing.T) {
			rows := make([][]any, 5000)
			for n := range rows {
				rows[n] = []any{"number " + strconv.Itoa(n), known[4]}
			}
			if err := each(t, rows...); err != nil || keys(t)[4] != "number 4999" {
				t.Error(keys(t), err)
			}
		})
	})
}
