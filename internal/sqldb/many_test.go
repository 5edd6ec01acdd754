package sqldb_test

import (
	"strconv"
	"testing"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestIn(t *testing.T) {
	t.Run("a list of values is written behind the arguments that are there", func(t *testing.T) {
		text, args := sqldb.In([]any{"first"}, []int64{7, 8, 9})
		if text != "IN ($2, $3, $4, $5)" || len(args) != 5 || args[1] != int64(7) || args[4] != int64(9) {
			t.Error(text, args)
		}
	})
	t.Run("nothing is in a list of nothing", func(t *testing.T) {
		if text, args := sqldb.In[int64](nil, nil); text != "IN (NULL)" || len(args) != 0 {
			t.Error(text, args)
		}
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
