package sqldb_test

import (
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
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
