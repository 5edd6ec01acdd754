package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/entregent/entregent/internal/config"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/mail"
	"github.com/entregent/entregent/internal/secret"
	"github.com/entregent/entregent/internal/sqldb"
)

// Base is what every command stands on: the configuration, the secret and the migrated database.
// It is safe for concurrent use. Close it when done.
type Base struct {
	config config.Config
	log    *slog.Logger
	secret *secret.Secret
	db     *sqldb.DB
	files  *file.Store
	clock  func() time.Time // nil = time.Now
	outbox bool             // letters stay here, to be read: in the demo

	posted  sync.Once
	letters *mail.Post // see post
}

// Open makes the data directory (for its owner alone) and the secret when they are missing, opens the database
// and migrates it. What another configuration would mend is an ErrConfiguration.
func Open(ctx context.Context, c config.Config, log *slog.Logger) (*Base, error) {
	return open(ctx, c, log, nil)
}

// open is Open with a clock; nil = time.Now.
func open(ctx context.Context, c config.Config, log *slog.Logger, clock func() time.Time) (*Base, error) {
	b := &Base{config: c, log: log, clock: clock}
	if err := os.MkdirAll(c.Store.Data, 0o700); err != nil {
		return nil, fmt.Errorf("%w: data directory: %w", ErrConfiguration, err)
	}
	var err error
	if b.secret, err = secret.Open(c.Store.Secret()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfiguration, err)
	}
	if err := b.ownFile(); err != nil {
		return nil, fmt.Errorf("%w: data directory: %w", ErrConfiguration, err)
	}
	if b.db, err = sqldb.Open(ctx, b.options()); err != nil {
		return nil, unopened(ctx, err)
	}
	if err := b.db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, b.db.Close())
	}
	if b.files, err = file.Open(c.FilesDir(), b.fileSettings()); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: directory of the files: %w", ErrConfiguration, err), b.db.Close())
	}
	return b, nil
}

// fileSettings bound what people send.
func (b *Base) fileSettings() file.Settings {
	c := b.config.Files
	return file.Settings{
		Bytes: c.Largest, PerOwner: c.PerOwner, Daily: c.Daily, Kept: c.Kept.Duration(), KeptForms: c.KeptForms, Abandoned: c.Abandoned.Duration(),
		Clock: b.clock,
	}
}

// Over makes a Base of a database that is open and migrated already, and of a store of files.
func Over(c config.Config, s *secret.Secret, db *sqldb.DB, files *file.Store, log *slog.Logger) *Base {
	return &Base{config: c, log: log, secret: s, db: db, files: files}
}

// ownFile makes the file of the database for its owner alone, before SQLite makes it for whoever the umask
// allows; SQLite gives its log the same mode. It also finds out whether the log may stand beside it.
func (b *Base) ownFile() error {
	if b.config.Store.Database != "" {
		return nil
	}
	probe, err := os.CreateTemp(b.config.Store.Data, ".writable-*")
	if err != nil {
		return err
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return err
	}
	f, err := os.OpenFile(b.config.Store.SQLite(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// unopened is the error of a database that cannot be opened, on one line; sqldb keeps passwords out of it.
func unopened(ctx context.Context, err error) error {
	if ctx.Err() != nil { // the program was told to stop meanwhile
		return err
	}
	return fmt.Errorf("%w: %s", ErrConfiguration, strings.Join(strings.Fields(err.Error()), " "))
}

// options say which database it is.
func (b *Base) options() sqldb.Options {
	c := b.config.Store
	return sqldb.Options{Path: c.SQLite(), DSN: c.Database, Readers: c.Readers, Busy: c.Busy.Duration(), Attempts: c.Attempts, Retry: c.Retry.Duration(), Clock: b.clock, Log: b.log}
}

// Engine is «sqlite» or «postgres».
func (b *Base) Engine() string { return b.db.Engine() }

// Close waits for running transactions and closes the database and the files.
func (b *Base) Close() error { return errors.Join(b.db.Close(), b.files.Close()) }
