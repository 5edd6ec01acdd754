package sqldb_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/sqldb/sqldbtest"
)

func TestEachChunk(t *testing.T) {
	db := sqldbtest.Open(t, "sqlite", sqldbtest.NewClock().Now)
	read := func(fn func(int) error) (reads int, err error) {
		err = sqldb.EachChunk(t.Context(), db, func(*sqldb.Tx) ([]int, bool, error) {
			reads++
			return [][]int{{1, 2}, nil, {3}}[reads-1], reads < 3, nil
		}, fn)
		return reads, err
	}
	t.Run("chunk after chunk is read as long as there are more, also behind an empty one", func(t *testing.T) {
		var list []int
		if reads, err := read(func(n int) error { list = append(list, n); return nil }); reads != 3 || err != nil || !slices.Equal(list, []int{1, 2, 3}) {
			t.Error(reads, list, err)
		}
	})
	t.Run("between two chunks nothing is held: what is called may write", func(t *testing.T) {
		if _, err := read(func(int) error { return db.Update(t.Context(), func(*sqldb.Tx) error { return nil }) }); err != nil {
			t.Error(err)
		}
	})
	t.Run("it ends with the first error, whoever's it is", func(t *testing.T) {
		tired := errors.New("tired")
		if reads, err := read(func(int) error { return tired }); reads != 1 || !errors.Is(err, tired) {
			t.Error(reads, err)
		}
		err := sqldb.EachChunk(t.Context(), db, func(*sqldb.Tx) ([]int, bool, error) { return []int{1}, true, tired }, func(int) error {
			t.Error("called with what could not be read")
			return nil
		})
		if !errors.Is(err, tired) {
			t.Error(err)
		}
	})
}

func TestCountUpTo(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		insertAccounts(t, db, 5)
		for most, want := range map[int]struct {
			n    int
			more bool
		}{4: {4, true}, 5: {5, false}, 6: {5, false}, 0: {0, true}} {
			t.Run("it stops at "+strconv.Itoa(most)+" and tells whether there are more", func(t *testing.T) {
				err := db.View(t.Context(), func(tx *sqldb.Tx) error {
					n, more, err := sqldb.CountUpTo(t.Context(), tx, most, `SELECT id FROM account WHERE created_at > $1`, 0)
					if n != want.n || more != want.more {
						t.Error(n, more)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
	})
}

func TestCase(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB, _ *sqldbtest.Clock) {
		ids := insertAccounts(t, db, 5)
		t.Run("each row gets its own value, the others keep theirs", func(t *testing.T) {
			var keys []string
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				own, args := sqldb.Case(nil, "id", ids[:3], "key", []string{"a", "b", "c"})
				if _, err := tx.Exec(t.Context(), `UPDATE account SET key = `+own, args...); err != nil {
					return err
				}
				var err error
				keys, err = sqldb.List(t.Context(), tx, sqldb.Value[string], `SELECT key FROM account ORDER BY key`)
				return err
			})
			if err != nil || !slices.Equal(keys, []string{"a", "b", "c", "key 3", "key 4"}) {
				t.Error(keys, err)
			}
		})
	})
}

// insertAccounts makes accounts of the keys «key 0», «key 1», …
func insertAccounts(t *testing.T, db *sqldb.DB, n int) []id.Account {
	t.Helper()
	ids, rows := make([]id.Account, n), make([][]any, n)
	for i := range ids {
		ids[i] = id.NewAccount()
		rows[i] = []any{ids[i], "key " + strconv.Itoa(i), 1 + i%2}
	}
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return tx.InsertAll(t.Context(), "account (id, key, created_at)", rows) }); err != nil {
		t.Fatal(err)
	}
	return ids
}
