package sqldb

import (
	"strconv"
	"strings"
)

// In writes «IN ($3, $4, …)» for the values, behind the arguments that a query has already, and gives the arguments
// with them. There are few lengths of such lists, filled up by repeating the last value, so that few statements are
// prepared; no value at all makes a list that nothing is in. Most is some thousands (SQLite takes 32,766 arguments).
func In[T any](args []any, values []T) (string, []any) {
	if len(values) == 0 {
		return "IN (NULL)", args
	}
	size := 1
	for size < len(values) {
		size *= 4
	}
	var b strings.Builder
	b.WriteString("IN (")
	for i := range size {
		if i > 0 {
			b.WriteString(", ")
		}
		args = append(args, values[min(i, len(values)-1)])
		b.WriteString("$" + strconv.Itoa(len(args)))
	}
	b.WriteString(")")
	return b.String(), args
}
