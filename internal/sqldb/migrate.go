package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the texts that make the tables what they are, as both engines have them.
func Migrations() fs.FS { return migrations }

func (e *sqliteEngine) migrate(ctx context.Context) error {
	release, err := lockFile(e.path + ".migrating")
	if err != nil {
		return err
	}
	defer release()
	return migrate(ctx, goose.DialectSQLite3, e.pool, "sqlite")
}

// A lock of the server's, on the schema alone: goose's own polls by the second.
func (e *postgresEngine) migrate(ctx context.Context) error {
	c, err := e.apart.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext('entregent ' || current_schema()))`); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer c.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext('entregent ' || current_schema()))`)
	return migrate(ctx, goose.DialectPostgres, e.pool, "postgres")
}

func migrate(ctx context.Context, dialect goose.Dialect, pool *sql.DB, engine string) error {
	texts, err := forEngine(engine)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, pool, texts, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if current > target {
		return fmt.Errorf("migrate: the database is at version %d, this program knows only %d: start the newer program", current, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

var remark = regexp.MustCompile(`/\* (sqlite|postgres): (.*?) \*/`)

// forEngine gives the migrations as the engine reads them: «/* sqlite: … */» is uncovered for its engine, and
// SQLite, whose own order is that of bytes, knows no collation "C".
func forEngine(engine string) (fs.FS, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	texts := make(fstest.MapFS, len(names))
	for _, name := range names {
		b, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		text := remark.ReplaceAllStringFunc(string(b), func(s string) string {
			m := remark.FindStringSubmatch(s)
			if m[1] == engine {
				return m[2]
			}
			return ""
		})
		if engine == "sqlite" {
			text = strings.ReplaceAll(text, ` COLLATE "C"`, "")
		}
		texts[filepath.Base(name)] = &fstest.MapFile{Data: []byte(text)}
	}
	return texts, nil
}

// lockFile waits until this process alone holds the file.
func lockFile(path string) (release func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { f.Close() }, nil
}
