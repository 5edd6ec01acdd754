package sqldb

import (
	"context"
	"strconv"
	"strings"
	"sync"
)

// In writes «IN ($3, $4, …)» for the values, behind the arguments that a query has already, and gives the arguments
// with them: what follows a column. No value at all makes a list that nothing is in. Most is some thousands.
//
// On SQLite there are few lengths of such lists, filled up by repeating the last value, so that few statements are
// prepared. PostgreSQL takes the values as one array: a list of many it would expect to hit so much of a table of some ten
// thousands that it would walk it, and compare each row with each value.
func In[T any](tx *Tx, args []any, values []T) (string, []any) {
	if tx.run.arrays() {
		return "= ANY($" + strconv.Itoa(len(args)+1) + ")", append(args, values)
	}
	if len(values) == 0 {
		return "IN (NULL)", args
	}
	var b strings.Builder
	b.WriteString("IN (")
	for i := range listSize(len(values)) {
		if i > 0 {
			b.WriteString(", ")
		}
		args = append(args, values[min(i, len(values)-1)])
		b.WriteString("$" + strconv.Itoa(len(args)))
	}
	b.WriteString(")")
	return b.String(), args
}

// Many is how many values one statement is given where there may be more: thousands would hold an engine up.
const Many = 512

// Case writes «CASE id WHEN $3 THEN $4 … ELSE key END» behind the arguments that a statement has already: what gives
// each of many rows a value of its own, for the column that is set; rows that are not named keep theirs. As with In
// there are few lengths.
func Case[K, V any](args []any, column string, keys []K, set string, values []V) (string, []any) {
	var b strings.Builder
	b.WriteString("CASE " + column)
	for i := range listSize(len(keys)) {
		n := min(i, len(keys)-1)
		args = append(args, keys[n], values[n])
		b.WriteString(" WHEN $" + strconv.Itoa(len(args)-1) + " THEN $" + strconv.Itoa(len(args)))
	}
	b.WriteString(" ELSE " + set + " END")
	return b.String(), args
}

// listSize is the length of a list of n values, filled up.
func listSize(n int) int {
	size := 1
	for size < n {
		size *= 2
	}
	return size
}

// insertSizes are how many rows one statement of InsertAll has: few sizes, so that few statements are prepared.
var insertSizes = [...]int{64, 8, 1}

// InsertAll inserts rows by few statements; into is the table with its columns, «account (id, key)», and every row
// has a value for each. A broken unique rule is a fault as with Exec, and does not say which row broke it.
func (tx *Tx) InsertAll(ctx context.Context, into string, rows [][]any) error {
	return tx.eachInsert(into, rows, "", func(text string, args []any) error {
		_, err := tx.Exec(ctx, text, args...)
		return err
	})
}

// InsertReturning inserts rows as InsertAll does and reads what the statement's end («RETURNING …») gives, in no order.
func InsertReturning[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), into string, rows [][]any, end string) ([]T, error) {
	all := make([]T, 0, len(rows))
	err := tx.eachInsert(into, rows, end, func(text string, args []any) error {
		list, err := List(ctx, tx, scan, text, args...)
		all = append(all, list...)
		return err
	})
	return all, err
}

func (tx *Tx) eachInsert(into string, rows [][]any, end string, run func(text string, args []any) error) error {
	for _, size := range insertSizes {
		for len(rows) >= size {
			args := make([]any, 0, size*len(rows[0]))
			for _, row := range rows[:size] {
				args = append(args, row...)
			}
			if err := run(insertText(insertKey{into, end, size, tx.run.mark()}, len(rows[0])), args); err != nil {
				return err
			}
			rows = rows[size:]
		}
	}
	return nil
}

type insertKey struct {
	into, end string
	rows      int
	mark      string
}

var insertTexts sync.Map // insertKey → string

// insertText writes «INSERT INTO … VALUES ($1, $2), ($3, $4) …».
func insertText(key insertKey, columns int) string {
	if text, ok := insertTexts.Load(key); ok {
		return text.(string)
	}
	var b strings.Builder
	b.WriteString("INSERT INTO " + key.into + " VALUES ")
	for n := range key.rows * columns {
		switch {
		case n == 0:
			b.WriteString("(")
		case n%columns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteString(key.mark)
		if key.mark == "$" {
			b.WriteString(strconv.Itoa(n + 1))
		}
	}
	b.WriteString(") " + key.end)
	insertTexts.Store(key, b.String())
	return b.String()
}
