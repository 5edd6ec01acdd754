package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
)

// postgresEngine leaves grouping of commits to the server. Numbers are drawn in ranges, in a transaction of
// their own on a connection of their own, so that creators do not wait for each other's commit.
type postgresEngine struct {
	db       *DB
	pool     *sql.DB
	size     int           // connections of the pool
	attempts int           // how often a transaction is run that others' made impossible
	retry    time.Duration // the longest pause before its second run
	apart    *sql.DB       // for ranges: never waits for a connection that waits for it
	mu       sync.Mutex
	ranges   map[tallyKey]numbers
}

// numbers is what is left of a reserved range: first … last.
type numbers struct{ first, last int64 }

const rangeSize = 32 // numbers reserved at once; as many may be lost at a restart

func openPostgres(ctx context.Context, db *DB, o Options) (engine, error) {
	pool, err := sql.Open("pgx", o.DSN)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(o.Readers)
	pool.SetMaxIdleConns(o.Readers)
	apart, err := sql.Open("pgx", o.DSN)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	apart.SetMaxOpenConns(1)
	e := &postgresEngine{db: db, pool: pool, size: o.Readers, attempts: o.Attempts, retry: o.Retry, apart: apart, ranges: make(map[tallyKey]numbers)}
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(unparsed(err), e.shut())
	}
	return e, nil
}

// unparsed says of a connection string that cannot be read only that: the driver's own text may quote it, with the
// password. Other errors are passed on.
func unparsed(err error) error {
	if wrong := (*pgconn.ParseConfigError)(nil); errors.As(err, &wrong) {
		return errors.New("postgres: the connection string cannot be read; look at its host, port, parameters and certificate files")
	}
	return err
}

func (e *postgresEngine) name() string                   { return "postgres" }
func (e *postgresEngine) ping(ctx context.Context) error { return e.pool.PingContext(ctx) }
func (e *postgresEngine) shut() error                    { return errors.Join(e.pool.Close(), e.apart.Close()) }

func (e *postgresEngine) view(ctx context.Context, fn func(*Tx) error) error {
	r, err := e.begin(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer r.end()
	return fn(&Tx{db: e.db, run: r, now: At(e.db.clock())})
}

func (e *postgresEngine) update(ctx context.Context, fn func(*Tx) error) error {
	for n := 1; ; n++ {
		err := e.try(ctx, fn)
		if err == nil || n >= e.attempts || !again(err) && !lost(err) && !(n == 1 && outrun(err)) {
			return err
		}
		// The pauses are drawn, so that two who ran into each other do not do so again.
		if !pause(ctx, rand.N(time.Duration(n*n)*e.retry)) {
			return err
		}
	}
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// begin passes over connections that the server has ended meanwhile, as at its restart: nothing has run on them yet.
func (e *postgresEngine) begin(ctx context.Context, o *sql.TxOptions) (*pgRun, error) {
	for n := 0; ; n++ {
		r, err := e.beginOnce(ctx, o)
		if err == nil || n == e.size || !lost(err) {
			return r, err
		}
	}
}

func (e *postgresEngine) beginOnce(ctx context.Context, o *sql.TxOptions) (*pgRun, error) {
	c, err := e.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	t, err := c.BeginTx(ctx, o)
	if err != nil {
		c.Close() // the error before says more
		return nil, err
	}
	return &pgRun{e, c, t}, nil
}

func (e *postgresEngine) try(ctx context.Context, fn func(*Tx) error) error {
	r, err := e.begin(ctx, nil)
	if err != nil {
		return err
	}
	defer r.end()
	tx := &Tx{db: e.db, run: r, now: At(e.db.clock()), write: true}
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.finish(ctx); err != nil {
		return err
	}
	if err := r.t.Commit(); err != nil {
		return uncommitted{err}
	}
	e.db.committed(1)
	return nil
}

// again reports whether the transaction failed only because of others: serialization failure, deadlock.
func again(err error) bool {
	code := pgCode(err)
	return code == "40001" || code == "40P01"
}

// uncommitted is an error of the commit itself. If the connection was lost with it nobody knows whether it was done.
type uncommitted struct{ error }

func (u uncommitted) Unwrap() error { return u.error }

// lost reports whether the connection broke before the commit, so that nothing was done. A server that takes no
// connection is another matter.
func lost(err error) bool {
	var unsure uncommitted
	var refused *pgconn.ConnectError
	if errors.As(err, &unsure) || errors.As(err, &refused) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch pgCode(err) {
	case "57P01", "57P02", "57P03": // the server stops, crashed, or starts
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// outrun reports whether a unique rule stood against the transaction: mostly somebody was quicker between its look and
// its write (a form sent twice). Run once more it finds what is there, and can say more of it than that it is taken.
func outrun(err error) bool {
	f := fault.As(err)
	return f != nil && len(f.Fields) == 1 && f.Fields[0].Key == takenKey
}

func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func postgresFull(err error) bool { return pgCode(err) == "53100" }

// ── a transaction ──

type pgRun struct {
	e *postgresEngine
	c *sql.Conn // the transaction's, for what database/sql does not know
	t *sql.Tx
}

// end gives the connection back, and undoes what was not committed.
func (r *pgRun) end() {
	_ = r.t.Rollback()
	_ = r.c.Close()
}

func (r *pgRun) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return r.t.ExecContext(ctx, query, args...)
}

// each sends all before it waits for the first answer.
func (r *pgRun) each(ctx context.Context, query string, rows [][]any) ([]int64, error) {
	touched := make([]int64, len(rows))
	var b pgx.Batch
	for i, args := range rows {
		b.Queue(query, args...).Exec(func(done pgconn.CommandTag) error {
			touched[i] = done.RowsAffected()
			return nil
		})
	}
	return touched, r.c.Raw(func(driver any) error { return driver.(*stdlib.Conn).Conn().SendBatch(ctx, &b).Close() })
}

func (r *pgRun) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return r.t.QueryContext(ctx, query, args...)
}

func (r *pgRun) lock(ctx context.Context, tx *Tx, query string, args []any) error {
	_, err := One(ctx, tx, Value[int64], query+tx.ForLock(), args...)
	return err
}

func (r *pgRun) next(ctx context.Context, tx *Tx, workspace id.Workspace, series string) (int64, error) {
	k := tallyKey{workspace, series}
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	left := r.e.ranges[k]
	if left.first == 0 || left.first > left.last {
		var last int64
		if err := r.e.apart.QueryRowContext(ctx, drawNumbers, int64(workspace), series, rangeSize).Scan(&last); err != nil {
			return 0, tx.fail(err)
		}
		left = numbers{last - rangeSize + 1, last}
	}
	n := left.first
	left.first++
	r.e.ranges[k] = left
	return n, nil
}

func (r *pgRun) shards() int         { return 32 }
func (r *pgRun) claimSuffix() string { return " FOR UPDATE SKIP LOCKED" }
func (r *pgRun) shareSuffix() string { return " FOR SHARE" }
func (r *pgRun) lockSuffix() string  { return " FOR NO KEY UPDATE" }
func (r *pgRun) mark() string        { return "$" }
func (r *pgRun) arrays() bool        { return true }
