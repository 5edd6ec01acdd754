// Package sqldbtest gives a test its own database on each engine: a private SQLite file, and a private database, or a
// private schema, of the PostgreSQL server that ENTREGENT_TEST_DATABASE names. What is given migrated is a copy of one that
// was: on PostgreSQL of the database entregent_blank_…, made by the first who needs it and left to the others.
//
// It is for tests alone; no other package imports it.
package sqldbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Clock is a clock that a test sets by hand. The zero value is not ready; see NewClock.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock starts on a Friday morning, 20 November 2026, 10:00 in Paris.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)} }

// Now is the time it stands at; it moves on by a microsecond a call, so that two instants differ.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Microsecond)
	return c.t
}

// Pass moves it on.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Each runs the test once an engine, each time on a fresh migrated database, in parallel. Without
// ENTREGENT_TEST_DATABASE the PostgreSQL half is skipped, which CI counts as a failure.
func Each(t *testing.T, test func(t *testing.T, db *sqldb.DB, clock *Clock)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock := NewClock()
			test(t, Open(t, engine, clock.Now), clock)
		})
	}
}

// Open gives a fresh migrated database of the engine, closed with the test.
func Open(t testing.TB, engine string, clock func() time.Time) *sqldb.DB {
	t.Helper()
	o := migrated(t, engine)
	o.Clock = clock
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// migrated names a fresh database of the engine that all migrations have run on.
func migrated(t testing.TB, engine string) sqldb.Options {
	t.Helper()
	if engine == "postgres" {
		return copied(t)
	}
	o := Options(t, engine)
	file, err := blank()
	if err == nil {
		err = os.WriteFile(o.Path, file, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// blank is a migrated SQLite file that holds nothing else. It is made once a process: to write its bytes is much less than
// to run all migrations.
var blank = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "entregent-blank-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "entregent.db")
	db, err := sqldb.Open(context.Background(), sqldb.Options{Path: path})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(db.Migrate(context.Background()), db.Close()); err != nil { // who closes last takes the log into the file
		return nil, err
	}
	return os.ReadFile(path)
})

// Options names a fresh, empty database of the engine, for tests in which several processes open it.
func Options(t testing.TB, engine string) sqldb.Options {
	t.Helper()
	if engine == "sqlite" {
		return sqldb.Options{Path: filepath.Join(t.TempDir(), "entregent.db")}
	}
	dsn := server(t)
	schema := "t_" + strings.ReplaceAll(id.NewJob().String(), "-", "")
	run(t, dsn, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { run(t, dsn, "DROP SCHEMA "+schema+" CASCADE") })
	return sqldb.Options{DSN: withSchema(dsn, schema), Readers: readers}
}

const readers = 8

// server is where the PostgreSQL of the tests is.
func server(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv("ENTREGENT_TEST_DATABASE")
	if dsn == "" {
		t.Skip("ENTREGENT_TEST_DATABASE names no PostgreSQL server; `make test` starts one")
	}
	return dsn
}

func run(t testing.TB, dsn, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	for isDeadlock(err) { // with whoever reads the schema still, which gives way in the end
		_, err = db.ExecContext(ctx, statement)
	}
	if err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}

func isDeadlock(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == "40P01"
}

func withSchema(dsn, schema string) string {
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		q := u.Query()
		q.Set("search_path", schema)
		u.RawQuery = q.Encode()
		return u.String()
	}
	return fmt.Sprintf("%s search_path=%s", dsn, schema)
}
