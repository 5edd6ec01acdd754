package sqldbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// copied names a fresh copy of the migrated database, dropped with the test. To copy it costs a fifth of migrating.
func copied(t testing.TB) sqldb.Options {
	t.Helper()
	dsn := server(t)
	blank, err := blankDatabase(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := "t_" + strings.ReplaceAll(id.NewJob().String(), "-", "")
	run(t, dsn, "CREATE DATABASE "+name+" TEMPLATE "+blank+" STRATEGY file_copy")
	t.Cleanup(func() { run(t, dsn, "DROP DATABASE "+name+" WITH (FORCE)") })
	return sqldb.Options{DSN: withDatabase(dsn, name), Readers: readers}
}

var (
	blanks  sync.Mutex
	blankIs = map[string]string{} // by server
)

// blankDatabase is the name of the server's migrated database that holds nothing else.
func blankDatabase(dsn string) (string, error) {
	blanks.Lock()
	defer blanks.Unlock()
	if name := blankIs[dsn]; name != "" {
		return name, nil
	}
	sum := sha256.New()
	err := fs.WalkDir(sqldb.Migrations(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sqldb.Migrations(), path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("entregent_blank_%.8x", sum.Sum(nil)) // another one for each set of migrations
	if err := makeBlank(context.Background(), dsn, name); err != nil {
		return "", fmt.Errorf("the database %s, of which each test gets a copy: %w", name, err)
	}
	blankIs[dsn] = name
	return name, nil
}

// makeBlank makes it unless it is there, under another name until it is whole; other processes wait.
func makeBlank(ctx context.Context, dsn, name string) (err error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext('entregent blank'))`); err != nil {
		return err
	}
	defer func() {
		_, unlock := c.ExecContext(ctx, `SELECT pg_advisory_unlock(hashtext('entregent blank'))`)
		err = errors.Join(err, unlock)
	}()
	var there bool
	if err := c.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	making := name + "_making"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + making + " WITH (FORCE)", "CREATE DATABASE " + making} {
		if _, err := c.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := migrateAt(ctx, withDatabase(dsn, making)); err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, "ALTER DATABASE "+making+" RENAME TO "+name)
	return err
}

func migrateAt(ctx context.Context, dsn string) error {
	db, err := sqldb.Open(ctx, sqldb.Options{DSN: dsn})
	if err != nil {
		return err
	}
	return errors.Join(db.Migrate(ctx), db.Close())
}

func withDatabase(dsn, name string) string {
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		u.Path = "/" + name
		return u.String()
	}
	return fmt.Sprintf("%s dbname=%s", dsn, name)
}
