package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
)

// Tx is a running transaction. It belongs to one goroutine. After an error of a statement it refuses
// further work on both engines, so that nobody builds on half a change; only a fault returned by a room
// before any statement failed leaves it usable.
type Tx struct {
	db    *DB
	run   runner
	now   Time
	write bool
	err   error
	tally map[tallyKey]int64

	topics []string
}

// runner is the engine's own transaction: a connection with prepared statements, or a pgx transaction.
type runner interface {
	exec(ctx context.Context, query string, args []any) (sql.Result, error)
	each(ctx context.Context, query string, rows [][]any) ([]int64, error)
	query(ctx context.Context, query string, args []any) (*sql.Rows, error)
	lock(ctx context.Context, tx *Tx, query string, args []any) error
	next(ctx context.Context, tx *Tx, workspace id.Workspace, name string) (int64, error)
	shards() int
	claimSuffix() string
	shareSuffix() string
	lockSuffix() string
	mark() string
	arrays() bool
}

type tallyKey struct {
	workspace id.Workspace
	name      string
}

// Scanner is one row to read from; see List and One.
type Scanner interface{ Scan(dest ...any) error }

// ErrReadOnly is returned by writes inside View.
var ErrReadOnly = errors.New("sqldb: write in a read-only transaction")

// Now is the transaction's one instant.
func (tx *Tx) Now() Time { return tx.now }

// Exec runs a statement and returns how many rows it touched.
// A broken unique rule comes back as a fault.Conflict on the constraint's last column.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if tx.err != nil {
		return 0, tx.err
	}
	if !tx.write {
		return 0, tx.fail(ErrReadOnly)
	}
	args = plain(args)
	tx.traced(query, args)
	res, err := tx.run.exec(ctx, query, args)
	if err != nil {
		return 0, tx.fail(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, tx.fail(err)
	}
	return n, nil
}

// ExecEach runs a statement once for each of the rows, which are its arguments, as Exec would one after the other: on
// PostgreSQL in one journey to the server. It tells how many rows of the table each one touched. A fault does not say which
// one it is of.
//
// Where a statement finds its rows by an index of which it names all columns, this is better than one statement for all
// values (In): PostgreSQL may walk along another index for those.
func (tx *Tx) ExecEach(ctx context.Context, query string, rows [][]any) ([]int64, error) {
	if tx.err != nil || len(rows) == 0 {
		return nil, tx.err
	}
	if !tx.write {
		return nil, tx.fail(ErrReadOnly)
	}
	for _, args := range rows {
		plain(args)
	}
	tx.traced(query, rows[0])
	touched, err := tx.run.each(ctx, query, rows)
	if err != nil {
		return nil, tx.fail(err)
	}
	return touched, nil
}

// Query runs a query; the caller closes the rows before the next statement. Prefer List and One.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if tx.err != nil {
		return nil, tx.err
	}
	args = plain(args)
	tx.traced(query, args)
	rows, err := tx.run.query(ctx, query, args)
	if err != nil {
		return nil, tx.fail(err)
	}
	return rows, nil
}

// List reads all rows of a query.
func List[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, tx.fail(err)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.fail(err)
	}
	return list, nil
}

// One reads the only row of a query; no row is a fault.NotFound and leaves the Tx usable.
func One[T any](ctx context.Context, tx *Tx, scan func(Scanner) (T, error), query string, args ...any) (T, error) {
	var zero T
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return zero, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return zero, tx.fail(err)
		}
		return zero, fault.Missing()
	}
	v, err := scan(rows)
	if err != nil {
		return zero, tx.fail(err)
	}
	return v, rows.Close()
}

// Value scans a row of one column: sqldb.One(ctx, tx, sqldb.Value[int64], "SELECT …").
func Value[T any](row Scanner) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}

// Lock holds the parent row of a rule over several rows until the transaction ends, so that two who would
// break it together come one after the other. Lock in the order organization, account, login.
// A row that does not exist is a fault.NotFound.
func (tx *Tx) Lock(ctx context.Context, table string, where string, args ...any) error {
	if tx.err != nil {
		return tx.err
	}
	return tx.run.lock(ctx, tx, "SELECT 1 FROM "+table+" WHERE "+where, args)
}

// Next draws the next number of a rising series of the workspace. A number that was seen by anybody is
// never drawn again; gaps are usual.
func (tx *Tx) Next(ctx context.Context, workspace id.Workspace, series string) (int64, error) {
	if tx.err != nil {
		return 0, tx.err
	}
	if !tx.write {
		return 0, tx.fail(ErrReadOnly)
	}
	return tx.run.next(ctx, tx, workspace, series)
}

// Tally adds to one of the workspace's totals; it is written once, when the transaction commits.
func (tx *Tx) Tally(workspace id.Workspace, name string, delta int64) {
	if tx.tally == nil {
		tx.tally = make(map[tallyKey]int64)
	}
	tx.tally[tallyKey{workspace, name}] += delta
}

// Total reads one of the workspace's totals, as committed.
func Total(ctx context.Context, tx *Tx, workspace id.Workspace, name string) (int64, error) {
	return One(ctx, tx, Value[int64],
		`SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tally WHERE workspace_id = $1 AND name = $2`, workspace, name)
}

// CountUpTo counts the rows of a query, which has no limit of its own, and stops at most: more tells that there are more. A
// list costs no more than that, however long it is.
func CountUpTo(ctx context.Context, tx *Tx, most int, query string, args ...any) (n int, more bool, err error) {
	n, err = One(ctx, tx, Value[int], `SELECT count(*) FROM (`+query+` LIMIT `+strconv.Itoa(most+1)+`) n`, args...)
	return min(n, most), n > most, err
}

// ForClaim is what a query that picks work for one of several workers ends with: rows that another worker
// is just taking are passed over.
func (tx *Tx) ForClaim() string { return tx.run.claimSuffix() }

func (tx *Tx) traced(query string, args []any) {
	if tx.db.trace != nil {
		tx.db.trace(query, args)
	}
}

// ForShare is what a query ends with that reads rows which must stay as they are until the transaction ends; others may
// read them so too. In View it is nothing.
func (tx *Tx) ForShare() string {
	if !tx.write {
		return ""
	}
	return tx.run.shareSuffix()
}

// ForLock is what a query ends with that holds the rows it reads as Lock does: the way to lock many, in an order that
// is everybody's. In View it is nothing.
func (tx *Tx) ForLock() string {
	if !tx.write {
		return ""
	}
	return tx.run.lockSuffix()
}

// finish writes what was gathered; the engines call it before they commit.
func (tx *Tx) finish(ctx context.Context) error {
	if tx.err != nil {
		return tx.err
	}
	keys := make([]tallyKey, 0, len(tx.tally))
	for k, n := range tx.tally {
		if n != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b tallyKey) int {
		if a.workspace != b.workspace {
			return int(a.workspace - b.workspace)
		}
		return strings.Compare(a.name, b.name)
	})
	for _, k := range keys {
		shard := int64(tx.now) % int64(tx.run.shards())
		_, err := tx.Exec(ctx, `INSERT INTO tally (workspace_id, name, shard, n) VALUES ($1, $2, $3, $4)
			ON CONFLICT (workspace_id, name, shard) DO UPDATE SET n = tally.n + excluded.n`, k.workspace, k.name, shard, tx.tally[k])
		if err != nil {
			return err
		}
	}
	return nil
}

// takenKey is what a broken unique rule is called.
const takenKey = "fault.taken"

// fail remembers the first error of a statement and puts broken unique rules into the vocabulary of faults.
func (tx *Tx) fail(err error) error {
	if table, column, ok := brokenUnique(err); ok {
		err = fmt.Errorf("%w (%s)", fault.OnField(fault.Conflict, column, fault.M(takenKey)), table)
	}
	if tx.err == nil {
		tx.err = err
	}
	return err
}

// plain turns the types that the engines see differently into those that they see alike.
func plain(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case bool:
			if v {
				args[i] = int64(1)
			} else {
				args[i] = int64(0)
			}
		case id.Workspace:
			args[i] = int64(v)
		case driver.Valuer:
			// A nil pointer would panic in the driver; ours are all values.
			args[i] = a
		}
	}
	return args
}
