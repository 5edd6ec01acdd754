package surface

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/sqldb"
)

// everybodys begins the names of files that hold what other tests write at the same time.
const everybodys = "the server's "

// filesOf prepares to read what a database has written into files from now on. Of PostgreSQL those are read that
// scripts/postgres has started, being nobody else's: the tables of the test's schema with their indexes and what they store
// elsewhere, the log of changes (WAL) since now, and what the server said. Of another server there are none.
func filesOf(t *testing.T, o sqldb.Options) func() map[string]string {
	t.Helper()
	if o.Path != "" {
		return func() map[string]string { return filesOfSQLite(t, o.Path) }
	}
	db, err := sql.Open("pgx", o.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), `SET synchronous_commit = on`); err != nil { // which the tests' server has switched off
		t.Fatal(err)
	}
	s := server{t, db, ""}
	s.data = s.one(`SELECT current_setting('data_directory')`)
	u, err := url.Parse(o.DSN)
	if err != nil || filepath.Dir(u.Query().Get("host")) != filepath.Dir(s.data) {
		return func() map[string]string { return nil }
	}
	from := s.one(`SELECT pg_walfile_name(pg_current_wal_lsn())`)
	return func() map[string]string { return s.files(from) }
}

func filesOfSQLite(t *testing.T, path string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	found, all := map[string]string{}, ""
	for _, file := range files {
		text := content(t, file)
		found["the file "+filepath.Base(file)] = text
		all += text
	}
	written(t, all)
	return found
}

// server is the private PostgreSQL of the tests.
type server struct {
	t    *testing.T
	db   *sql.DB
	data string // its directory
}

func (s server) one(query string) (text string) {
	s.t.Helper()
	if err := s.db.QueryRowContext(context.Background(), query).Scan(&text); err != nil {
		s.t.Fatal(query, err)
	}
	return text
}

// files reads the log first: once the tables are written too, the server may clear it away.
func (s server) files(from string) map[string]string {
	s.t.Helper()
	s.one(`SELECT pg_logical_emit_message(true, 'test', 'all before this is to be written')::text`)
	found, to := map[string]string{everybodys + "words": content(s.t, filepath.Join(s.data, "server.log"))}, s.one(`SELECT pg_walfile_name(pg_current_wal_lsn())`)
	logs, err := os.ReadDir(filepath.Join(s.data, "pg_wal"))
	if err != nil {
		s.t.Fatal(err)
	}
	all := ""
	for _, f := range logs {
		if name := f.Name(); len(name) == len(from) && name >= from && name <= to {
			text := content(s.t, filepath.Join(s.data, "pg_wal", name))
			found[everybodys+"log "+name] = text
			all += text
		}
	}
	written(s.t, all)
	if _, err := s.db.ExecContext(s.t.Context(), `CHECKPOINT`); err != nil {
		s.t.Fatal(err)
	}
	all = ""
	for name, path := range s.tables() {
		found["the table "+name+" as a file"] = content(s.t, filepath.Join(s.data, path))
		all += found["the table "+name+" as a file"]
	}
	written(s.t, all)
	return found
}

// tables are where the tables and indexes of the schema stand, with what is too large for a row.
func (s server) tables() map[string]string {
	s.t.Helper()
	rows, err := s.db.QueryContext(s.t.Context(), `WITH own AS (SELECT oid, reltoastrelid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
		SELECT relname, pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND (oid IN (SELECT oid FROM own) OR oid IN (SELECT reltoastrelid FROM own))`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	paths := map[string]string{}
	for rows.Next() {
		var name, path string
		if err := rows.Scan(&name, &path); err != nil {
			s.t.Fatal(err)
		}
		paths[name] = path
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return paths
}

func content(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// written fails unless the files hold what was written: else they are not those to be searched.
func written(t *testing.T, all string) {
	t.Helper()
	if !strings.Contains(all, "moved.to@corvenne.example") {
		t.Error("the files do not hold what was written")
	}
}
