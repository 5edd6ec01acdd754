package sqldbtest

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
)

// Plan is how the engine would read what the query asks, a step a line. PostgreSQL is told to walk over no table as long
// as there is an index: in the small tables of a test it would rather do that.
func Plan(t testing.TB, o sqldb.Options, engine, query string, args []any) string {
	t.Helper()
	driver, source, prefix := "sqlite", "file:"+o.Path, "EXPLAIN QUERY PLAN "
	if engine == "postgres" {
		driver, source, prefix = "pgx", o.DSN, "EXPLAIN "
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if engine == "postgres" {
		if _, err := c.ExecContext(t.Context(), "SET enable_seqscan = off"); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := c.QueryContext(t.Context(), prefix+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		var a, b, d int
		if engine == "sqlite" {
			err = rows.Scan(&a, &b, &d, &line)
		} else {
			err = rows.Scan(&line)
		}
		if err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
