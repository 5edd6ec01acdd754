package transfer

import (
	"context"
	"errors"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Register has a runner work off kept imports, and sweep those past their retention.
func Register(r *job.Runner, s Settings) {
	s = s.withDefaults()
	job.Register(r, 1, func(ctx context.Context, db *sqldb.DB, p pass) error { return p.run(ctx, db, s) })
}

// pass is the job of one way through a kept file: the dry run or the import.
type pass struct {
	Workspace id.Workspace
	Transfer  id.Transfer
}

// Kind implements job.Args.
func (pass) Kind() string { return "transfer.pass" }

// GivenUp tells whoever looks at the import that it will not go on by itself.
func (p pass) GivenUp(ctx context.Context, tx *sqldb.Tx) error {
	t := Transfer{ID: p.Transfer, workspace: p.Workspace}
	return t.fail(ctx, tx, fault.M("transfer.interrupted"))
}

// fail ends a pass that runs; one that has ended stays as it is.
func (t *Transfer) fail(ctx context.Context, tx *sqldb.Tx, m fault.Message) error {
	failure, err := encode(m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE transfer SET state = 'failed', failure = $1, changed_at = $2 WHERE workspace_id = $3 AND id = $4 AND state IN ('checking', 'importing')`,
		failure, tx.Now(), t.workspace, t.ID)
	return err
}

// errEnded says that the pass is no longer this job's: it was cancelled, or another node has taken over.
var errEnded = errors.New("transfer: the pass has ended")

// run goes on where the pass stands. A file that cannot be read on ends it; so does Cancel, between two batches.
func (p pass) run(ctx context.Context, db *sqldb.DB, s Settings) error {
	t, by, err := p.load(ctx, db)
	if errors.Is(err, errEnded) {
		return nil
	}
	if err == nil {
		err = t.work(ctx, db, by, s)
	}
	f := fault.As(err)
	switch {
	case errors.Is(err, errEnded):
		return nil
	case f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Forbidden):
		return db.Update(ctx, func(tx *sqldb.Tx) error { return t.fail(ctx, tx, f.Message) })
	}
	return err
}

// load reads the transfer, and what whoever started it may do now.
func (p pass) load(ctx context.Context, db *sqldb.DB) (t Transfer, by actor.Actor, err error) {
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		t, err = Get(ctx, tx, actor.OfProgram(p.Workspace), p.Transfer)
		switch {
		case fault.Is(err, fault.NotFound), err == nil && t.State != Checking && t.State != Importing:
			return errEnded
		case err != nil:
			return err
		}
		by, err = t.starter(ctx, tx)
		return err
	})
	return t, by, err
}

func (t *Transfer) starter(ctx context.Context, tx *sqldb.Tx) (actor.Actor, error) {
	if t.StartedBy.IsZero() {
		return actor.OfProgram(t.workspace), nil
	}
	role, err := workspace.StaffRole(ctx, tx, t.workspace, t.StartedBy)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return actor.Actor{}, err
	}
	return actor.Actor{Kind: actor.Staff, Workspace: t.workspace, Login: t.StartedBy, Role: role}, nil
}

func (t *Transfer) work(ctx context.Context, db *sqldb.DB, by actor.Actor, s Settings) error {
	m, err := newImporter(ctx, db, by, s, t.Noun, t.Options, t.State == Checking)
	if err != nil {
		return err
	}
	m.from, m.total = t.position, t.Counts
	if m.lost, err = t.lost(ctx, db); err != nil {
		return err
	}
	r, err := m.open(t.file(ctx, db))
	if err != nil {
		return err
	}
	k := &progress{t: t, m: m}
	err = m.run(ctx, r, k, func(b *batch) error {
		t.position = b.last
		return nil
	})
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *sqldb.Tx) error { return t.finish(ctx, tx, by, m.total) })
}

// lost are the rows that this pass has refused already.
func (t *Transfer) lost(ctx context.Context, db *sqldb.DB) (map[int]bool, error) {
	lost := make(map[int]bool)
	err := db.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := sqldb.List(ctx, tx, sqldb.Value[int], `SELECT n FROM transfer_refusal WHERE workspace_id = $1 AND transfer_id = $2 AND pass = $3`,
			t.workspace, t.ID, t.pass)
		for _, n := range rows {
			lost[n] = true
		}
		return err
	})
	return lost, err
}

// progress keeps a pass in step with its transfer: each batch, with what it does, is taken once.
type progress struct {
	t *Transfer
	m *importer
}

// mine is the condition that the pass is still this job's, and stands where the job believes.
const mine = `workspace_id = $1 AND id = $2 AND state = $3 AND pass = $4 AND position = $5`

func (t *Transfer) place() []any {
	return []any{t.workspace, t.ID, string(t.State), t.pass, t.position}
}

// hold keeps others out until the batch is committed.
func (p *progress) hold(ctx context.Context, tx *sqldb.Tx) error {
	err := tx.Lock(ctx, "transfer", mine, p.t.place()...)
	if fault.Is(err, fault.NotFound) {
		return errEnded
	}
	return err
}

func (p *progress) save(ctx context.Context, tx *sqldb.Tx, b *batch) error {
	t := p.t
	counts, err := encode(p.m.total.plus(b.counts))
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE transfer SET position = $6, done = $7, size = $8, counts = $9, changed_at = $10 WHERE `+mine,
		append(t.place(), b.last, b.at.read, b.at.size, counts, tx.Now())...)
	if err != nil {
		return err
	}
	if n == 0 {
		return errEnded
	}
	rows := make([][]any, len(b.refusals))
	for i, r := range b.refusals {
		faults, err := encode(r.Faults)
		if err != nil {
			return err
		}
		cells, err := encode(r.Cells)
		if err != nil {
			return err
		}
		rows[i] = []any{t.workspace, t.ID, t.pass, r.Row, faults, cells}
	}
	return tx.InsertAll(ctx, `transfer_refusal (workspace_id, transfer_id, pass, n, faults, cells)`, rows)
}

// finish ends the pass; an import stands in the history then.
func (t *Transfer) finish(ctx context.Context, tx *sqldb.Tx, by actor.Actor, total Counts) error {
	to := Done
	if t.State == Checking {
		to = Checked
	}
	n, err := tx.Exec(ctx, `UPDATE transfer SET state = $6, total = $7, done = size, changed_at = $8 WHERE `+mine, append(t.place(), string(to), total.Rows(), tx.Now())...)
	if err != nil {
		return err
	}
	if n == 0 {
		return errEnded
	}
	if to == Checked {
		return nil
	}
	return record(ctx, tx, by, "transfer.imported", t.ID, t.Noun, total)
}
