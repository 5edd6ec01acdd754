package sqldb

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// brokenUnique says which unique rule an error of either engine speaks of, by table and last column: the
// rule of the tables is that the last column of a unique constraint is the one a person would change.
func brokenUnique(err error) (table, column string, ok bool) {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		// Detail: Key (workspace_id, number)=(1, 7) already exists.
		_, rest, _ := strings.Cut(pg.Detail, "Key (")
		columns, _, found := strings.Cut(rest, ")=")
		if !found {
			return pg.TableName, pg.ConstraintName, true
		}
		return pg.TableName, columns[strings.LastIndex(columns, " ")+1:], true
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		// constraint failed: UNIQUE constraint failed: contact.workspace_id, contact.number (2067)
		text := lite.Error()
		text = text[strings.LastIndex(text, ": ")+2:]
		text, _, _ = strings.Cut(text, " (")
		last := text[strings.LastIndex(text, " ")+1:]
		if table, column, ok := strings.Cut(last, "."); ok {
			return table, column, true
		}
		return "", last, true
	}
	return "", "", false
}
