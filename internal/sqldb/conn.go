package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/entregent/entregent/internal/id"
)

// conn is a connection to SQLite with its prepared statements, which are worth twice the speed.
type conn struct {
	c     *sql.Conn
	stmts map[string]*sql.Stmt
	ran   int // statements, since the writer looked at the log
}

// Statements are few and constant; filters built in Go make some more. Past this many the least is lost by
// starting over.
const maxStatements = 512

func (e *sqliteEngine) connect(ctx context.Context, pragma string) (*conn, error) {
	c, err := e.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.ExecContext(ctx, pragma); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return &conn{c: c, stmts: make(map[string]*sql.Stmt)}, nil
}

// connectFirst is connect with patience of its own. Processes that open a new file at once each turn it to its write-ahead log,
// and SQLite refuses whoever comes second without waiting, whatever its busy_timeout.
func (e *sqliteEngine) connectFirst(ctx context.Context, pragma string, patience time.Duration) (*conn, error) {
	for until := time.Now().Add(patience); ; {
		c, err := e.connect(ctx, pragma)
		var lite *sqlite.Error
		if err == nil || !errors.As(err, &lite) || lite.Code()&0xff != sqlite3.SQLITE_BUSY || time.Now().After(until) {
			return c, err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *conn) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	c.ran++
	if s := c.stmts[query]; s != nil {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		for _, s := range c.stmts {
			s.Close()
		}
		clear(c.stmts)
	}
	s, err := c.c.PrepareContext(ctx, query)
	if err == nil {
		c.stmts[query] = s
	}
	return s, err
}

// A statement is never interrupted: an interrupted write would take the whole group with it, and a read is
// short by construction. It also saves two goroutines a statement.
func (c *conn) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	ctx = context.WithoutCancel(ctx)
	s, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (c *conn) each(ctx context.Context, query string, rows [][]any) ([]int64, error) {
	touched := make([]int64, len(rows))
	for i, args := range rows {
		done, err := c.exec(ctx, query, args)
		if err == nil {
			touched[i], err = done.RowsAffected()
		}
		if err != nil {
			return nil, err
		}
	}
	return touched, nil
}

func (c *conn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	s, err := c.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// end closes a transaction whose outcome does not matter any more; it may be gone already.
func (c *conn) end(ctx context.Context, how string) { _, _ = c.exec(ctx, how, nil) }

func (c *conn) close() {
	for _, s := range c.stmts {
		s.Close()
	}
	c.c.Close()
}

// There is one writer at a time, so a lock is a look whether the row exists.
func (c *conn) lock(ctx context.Context, tx *Tx, query string, args []any) error {
	_, err := One(ctx, tx, Value[int64], query, args...)
	return err
}

// There is one writer at a time, so the series is a row that this transaction counts up.
func (c *conn) next(ctx context.Context, tx *Tx, workspace id.Workspace, series string) (int64, error) {
	return One(ctx, tx, Value[int64], drawNumbers, int64(workspace), series, 1)
}

func (c *conn) shards() int         { return 1 }
func (c *conn) claimSuffix() string { return "" }
func (c *conn) shareSuffix() string { return "" }
func (c *conn) lockSuffix() string  { return "" }
func (c *conn) arrays() bool        { return false }

// mark is the placeholder of long statements: SQLite looks numbered ones up one after the other, at each binding.
func (c *conn) mark() string { return "?" }
