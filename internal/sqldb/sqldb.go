// Package sqldb opens the database and runs transactions on it: SQLite inside the process, or PostgreSQL.
//
// One SQL text serves both engines ($1 placeholders, BIGINT times, 0/1 flags, uuid identifiers); whatever
// really differs is a method here (Lock, Next, Claim), so that no room asks which engine it is on. This
// package knows the tables' definitions (migrations/) but no business rule, and is the only one that
// imports a driver.
package sqldb

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Options says which database to open. The zero value of every field but Path and DSN works.
type Options struct {
	Path     string           // SQLite file; used when DSN is empty
	DSN      string           // PostgreSQL connection string
	Readers  int              // connections for View; 0 = processors + 2 (SQLite), 4 × processors (PostgreSQL)
	Busy     time.Duration    // how long another process's write is waited for (SQLite); 0 = 15 s
	Attempts int              // how often a transaction is run that others' made impossible (PostgreSQL); 0 = 8
	Retry    time.Duration    // the longest pause before the second run; before later ones it grows with the square; 0 = 5 ms
	Clock    func() time.Time // the only clock that rooms see, through Tx.Now; nil = time.Now
	Log      *slog.Logger     // nil = slog.Default

	// Trace sees every statement with its arguments, and those of ExecEach once; for tests that look at the engine's plans
	// and count journeys; nil = nobody.
	Trace func(query string, args []any)
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine engine
	clock  func() time.Time
	log    *slog.Logger
	trace  func(query string, args []any)
	close  sync.Once

	listeners listeners

	updates, commits atomic.Int64
}

// engine is what SQLite and PostgreSQL each do in their own way.
type engine interface {
	view(ctx context.Context, fn func(*Tx) error) error
	update(ctx context.Context, fn func(*Tx) error) error
	migrate(ctx context.Context) error
	ping(ctx context.Context) error
	shut() error
	name() string
}

// Open connects and checks that the database answers. It does not migrate.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{clock: o.Clock, log: o.Log, trace: o.Trace}
	if db.clock == nil {
		db.clock = time.Now
	}
	if db.log == nil {
		db.log = slog.Default()
	}
	if o.Busy == 0 {
		o.Busy = 15 * time.Second
	}
	if o.Attempts == 0 {
		o.Attempts = 8
	}
	if o.Retry == 0 {
		o.Retry = 5 * time.Millisecond
	}
	var err error
	if o.DSN != "" {
		if o.Readers == 0 {
			o.Readers = 4 * runtime.GOMAXPROCS(0)
		}
		db.engine, err = openPostgres(ctx, db, o)
	} else {
		if o.Readers == 0 {
			o.Readers = runtime.GOMAXPROCS(0) + 2
		}
		db.engine, err = openSQLite(ctx, db, o)
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// View runs fn on one consistent snapshot; a write in it fails.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error { return db.engine.view(ctx, fn) }

// Update runs fn in a transaction and returns once it is durable (fsynced), or has left no trace.
// fn may run more than once and must have no effect outside its Tx. It must not call View or Update itself.
// If fn panics the transaction is undone and the panic goes on in the caller.
func (db *DB) Update(ctx context.Context, fn func(*Tx) error) error {
	return db.notifying(ctx, fn)
}

// Migrate brings the tables to this program's version; processes that do so at once wait for each other.
// A database that a newer program has migrated is refused.
func (db *DB) Migrate(ctx context.Context) error { return db.engine.migrate(ctx) }

// Ping reports whether the database answers now.
func (db *DB) Ping(ctx context.Context) error { return db.engine.ping(ctx) }

// Engine is «sqlite» or «postgres», for logs and tests; no rule may depend on it.
func (db *DB) Engine() string { return db.engine.name() }

// Now is the clock's time; inside a transaction use Tx.Now.
func (db *DB) Now() time.Time { return db.clock() }

// Close waits for running transactions and closes the database. Later calls do nothing.
func (db *DB) Close() error {
	var err error
	db.close.Do(func() { err = db.engine.shut() })
	return err
}
