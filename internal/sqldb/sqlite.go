package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteEngine has readers that each keep their prepared statements, and one writer to whom all updates of
// this process queue. Updates that wait while another runs share its commit: one fsync for all, each
// answered after it (performance.md, trap 10).
type sqliteEngine struct {
	db      *DB
	path    string
	pool    *sql.DB
	readers chan *conn
	writes  chan *write
	stopped chan struct{} // closed when the writer has ended
	closing chan struct{}
	tide    chan struct{} // tells the checkpointer that the log grew
	once    sync.Once

	background sync.WaitGroup // the checkpointer
}

// How much one commit may carry, so that nobody waits long for the others.
const (
	groupSize = 64
	groupTime = 20 * time.Millisecond
)

// The write-ahead log is copied into the database in the background when it passes logSoft, and by the
// writer itself when it passes logHard, so that a reader that stays open cannot make it grow without end.
const (
	logSoft = 4 << 20  // bytes
	logHard = 64 << 20 // bytes
	logLook = 64       // statements, after which the writer looks how much it is: a few small updates, or a part of a large one

	pageSize = 4096 // SQLite's own default
)

func openSQLite(ctx context.Context, db *DB, o Options) (engine, error) {
	dsn := "file:" + (&url.URL{Path: o.Path}).EscapedPath() + "?" + url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", o.Busy.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
		"secure_delete(1)", // product.md §6: what is erased is gone from the file too
		"cache_size(-8192)",
		"temp_store(MEMORY)",
		"wal_autocheckpoint(0)", // see logSoft
	}}.Encode()
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{
		db: db, path: o.Path, pool: pool,
		readers: make(chan *conn, o.Readers),
		writes:  make(chan *write, 4*groupSize),
		stopped: make(chan struct{}), closing: make(chan struct{}), tide: make(chan struct{}, 1),
	}
	writer, err := e.connectFirst(ctx, "PRAGMA cache_size = -32768", o.Busy)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	for range o.Readers {
		c, err := e.connect(ctx, "PRAGMA query_only = 1")
		if err != nil {
			return nil, errors.Join(err, pool.Close())
		}
		e.readers <- c
	}
	go e.writeLoop(writer)
	e.background.Go(e.checkpointLoop)
	return e, nil
}

func (e *sqliteEngine) name() string { return "sqlite" }

// errClosed is the answer to whoever comes after Close.
var errClosed = errors.New("sqldb: database is closed")

// ── reading ──

func (e *sqliteEngine) view(ctx context.Context, fn func(*Tx) error) error {
	var c *conn
	select {
	case c = <-e.readers:
	case <-e.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { e.readers <- c }()
	if _, err := c.exec(ctx, "BEGIN", nil); err != nil {
		return err
	}
	defer c.end(ctx, "ROLLBACK")
	return fn(&Tx{db: e.db, run: c, now: At(e.db.clock())})
}

func (e *sqliteEngine) ping(ctx context.Context) error {
	return e.view(ctx, func(tx *Tx) error {
		_, err := One(ctx, tx, Value[int64], "SELECT 1")
		return err
	})
}

// ── writing ──

// write is one Update that waits for its turn.
type write struct {
	ctx  context.Context
	fn   func(*Tx) error
	done chan outcome
}

type outcome struct {
	err   error
	panic any
}

func (o outcome) failed() bool { return o.err != nil || o.panic != nil }

func (e *sqliteEngine) update(ctx context.Context, fn func(*Tx) error) error {
	w := &write{ctx: ctx, fn: fn, done: make(chan outcome, 1)}
	select {
	case e.writes <- w:
	case <-e.closing:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case o := <-w.done:
		if o.panic != nil {
			panic(o.panic)
		}
		return o.err
	case <-e.stopped:
		return errClosed
	}
}

func (e *sqliteEngine) writeLoop(c *conn) {
	defer close(e.stopped)
	for {
		select {
		case w := <-e.writes:
			e.writeGroup(c, w)
		case <-e.closing:
			for { // those who came before the end are still served
				select {
				case w := <-e.writes:
					e.writeGroup(c, w)
				default:
					c.close()
					return
				}
			}
		}
	}
}

// writeGroup runs first and whoever waits behind it in one transaction. Who fails is undone alone. All are told after
// the commit: a refusal may rest on what another of the group has just written, and whoever is refused looks at that
// next. Should the transaction itself break (disk full), each runs again by itself, so that one big write cannot take
// small ones down.
func (e *sqliteEngine) writeGroup(c *conn, first *write) {
	if err := first.ctx.Err(); err != nil {
		first.done <- outcome{err: err}
		return
	}
	if _, err := c.exec(first.ctx, "BEGIN IMMEDIATE", nil); err != nil {
		first.done <- outcome{err: err}
		return
	}
	if o := e.writeOne(c, first); o.failed() {
		c.end(first.ctx, "ROLLBACK")
		first.done <- o
		return
	}
	group, broken := e.gather(c, []ran{{write: first}})
	if !broken {
		if _, err := c.exec(first.ctx, "COMMIT", nil); err == nil {
			e.tell(group)
			e.checkLog(c)
			return
		}
	}
	c.end(first.ctx, "ROLLBACK")
	for _, r := range group {
		e.writeAlone(c, r.write)
	}
}

// ran is a write of the group with what came of it.
type ran struct {
	*write
	outcome
}

// tell says to each of a committed group what came of it.
func (e *sqliteEngine) tell(group []ran) {
	succeeded := 0
	for _, r := range group {
		if !r.failed() {
			succeeded++
		}
	}
	e.db.committed(succeeded)
	for _, r := range group {
		r.done <- r.outcome
	}
}

// gather runs the writes that wait, each in a savepoint, until none waits or the group is full. It returns all that
// ran so far and whether the transaction as a whole was lost.
func (e *sqliteEngine) gather(c *conn, group []ran) (all []ran, broken bool) {
	start := time.Now()
	for len(group) < groupSize && time.Since(start) < groupTime {
		var w *write
		select {
		case w = <-e.writes:
		default:
			return group, false
		}
		if err := w.ctx.Err(); err != nil {
			w.done <- outcome{err: err}
			continue
		}
		group = append(group, ran{write: w})
		if _, err := c.exec(w.ctx, "SAVEPOINT one", nil); err != nil {
			return group, true
		}
		o := e.writeOne(c, w)
		group[len(group)-1].outcome = o
		if o.failed() {
			if _, err := c.exec(w.ctx, "ROLLBACK TO one", nil); err != nil {
				return group, true
			}
		}
		if _, err := c.exec(w.ctx, "RELEASE one", nil); err != nil {
			return group, true
		}
	}
	return group, false
}

func (e *sqliteEngine) writeAlone(c *conn, w *write) {
	if _, err := c.exec(w.ctx, "BEGIN IMMEDIATE", nil); err != nil {
		w.done <- outcome{err: err}
		return
	}
	o := e.writeOne(c, w)
	if !o.failed() {
		_, o.err = c.exec(w.ctx, "COMMIT", nil)
	}
	if o.failed() {
		c.end(w.ctx, "ROLLBACK")
	} else {
		e.db.committed(1)
	}
	w.done <- o
}

func (e *sqliteEngine) writeOne(c *conn, w *write) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o.panic = p
		}
	}()
	tx := &Tx{db: e.db, run: c, now: At(e.db.clock()), write: true}
	if o.err = w.fn(tx); o.err == nil {
		o.err = tx.finish(w.ctx)
	}
	return o
}

// ── the write-ahead log ──

// checkLog looks, after a commit, how much of the log waits to be copied. The size of its file would not say: SQLite
// writes a log that was copied from its beginning again, and leaves the file as it is.
func (e *sqliteEngine) checkLog(c *conn) {
	if c.ran < logLook {
		return
	}
	c.ran = 0
	ctx := context.Background()
	var busy, written, copied int64
	rows, err := c.query(ctx, "PRAGMA wal_checkpoint(NOOP)", nil)
	if err == nil {
		if rows.Next() {
			err = rows.Scan(&busy, &written, &copied)
		}
		err = errors.Join(err, rows.Close())
	}
	switch {
	case err != nil:
		e.db.log.Warn("log", "error", err)
	case written*pageSize > logHard:
		if _, err := c.exec(ctx, "PRAGMA wal_checkpoint(TRUNCATE)", nil); err != nil {
			e.db.log.Warn("checkpoint", "error", err)
		}
	case (written-copied)*pageSize > logSoft:
		select {
		case e.tide <- struct{}{}:
		default:
		}
	}
}

func (e *sqliteEngine) checkpointLoop() {
	for {
		select {
		case <-e.tide:
			if _, err := e.pool.Exec("PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
				e.db.log.Warn("checkpoint", "error", err)
			}
		case <-e.closing:
			return
		}
	}
}

func (e *sqliteEngine) shut() error {
	e.once.Do(func() { close(e.closing) })
	<-e.stopped
	e.background.Wait()
	for range cap(e.readers) {
		(<-e.readers).close()
	}
	return e.pool.Close()
}

// drawNumbers reserves $3 numbers and returns the last of them.
const drawNumbers = `INSERT INTO series (workspace_id, name, last) VALUES ($1, $2, $3)
	ON CONFLICT (workspace_id, name) DO UPDATE SET last = series.last + excluded.last RETURNING last`

// IsFull reports whether err says that the disk (or the quota) is full.
func IsFull(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()&0xff == sqlite3.SQLITE_FULL
	}
	return postgresFull(err)
}
