package dispatch

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"github.com/entregent/entregent/internal/access"
	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// Register has a runner work off dispatches with the inviter.
func Register(r *job.Runner, v *access.Inviter) {
	job.Register(r, 1, func(ctx context.Context, db *sqldb.DB, w work) error { return w.run(ctx, db, v) })
}

// work is the job that works a dispatch off.
type work struct {
	Workspace id.Workspace
	Dispatch  id.Dispatch
}

// Kind implements job.Args.
func (work) Kind() string { return "dispatch.send" }

// GivenUp tells whoever looks at the dispatch that it will not go on by itself.
func (w work) GivenUp(ctx context.Context, tx *sqldb.Tx) error {
	return w.fail(ctx, tx, fault.M("dispatch.interrupted"))
}

func (w work) fail(ctx context.Context, tx *sqldb.Tx, m fault.Message) error {
	failure, err := encode(m)
	if err != nil {
		return err
	}
	d := Dispatch{ID: w.Dispatch, workspace: w.Workspace}
	return d.end(ctx, tx, Failed, failure)
}

// How long a batch may keep others from writing, and how many contacts it may have. The size follows the time that the
// last one took.
const (
	batchTime  = 100 * time.Millisecond
	batchFirst = 50
	batchLeast = 10
	batchMost  = 500
)

// errRights says that whoever started the dispatch may no longer send.
var errRights = errors.New("dispatch: the right is gone")

// run goes on where the dispatch stands, a batch a transaction, until its end or that of ctx.
func (w work) run(ctx context.Context, db *sqldb.DB, v *access.Inviter) error {
	b := batch{work: w, inviter: v, db: db, size: batchFirst}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := db.Update(ctx, func(tx *sqldb.Tx) error { return b.take(ctx, tx) })
		switch f := fault.As(err); {
		case err == nil:
			b.adapt()
		case errors.Is(err, errEnded):
			return nil
		case errors.Is(err, errRights):
			return db.Update(ctx, func(tx *sqldb.Tx) error { return w.fail(ctx, tx, fault.M("dispatch.right_lost")) })
		case f != nil && len(b.taken) > 0 && (b.refused == nil || b.refused.Contact != b.taken[0]): // a statement broke a rule: which contact's, tells a batch of one
			if len(b.taken) == 1 {
				only := refusal(b.taken[0], f)
				b.refused = &only
			}
			b.size = 1
		default:
			return err
		}
	}
}

// batch is what one transaction does for some contacts.
type batch struct {
	work
	inviter *access.Inviter
	db      *sqldb.DB
	size    int
	refused *Row // a batch of that contact alone comes to that, unasked

	taken []id.Contact
	took  time.Duration
}

// adapt sizes the next batch by the time that this one took.
func (b *batch) adapt() {
	next := 2 * b.size
	if b.took > 0 {
		next = min(next, int(int64(len(b.taken))*int64(batchTime)/int64(b.took)))
	}
	b.size, b.refused = min(max(next, batchLeast), batchMost), nil
}

// take does the next contacts, and notes how far that is. It may run more than once, and begins anew each time. At the end
// it is errEnded.
func (b *batch) take(ctx context.Context, tx *sqldb.Tx) error {
	began := b.db.Now()
	b.taken = nil
	d, by, err := b.hold(ctx, tx)
	if err != nil {
		return err
	}
	contacts, err := d.next(ctx, tx, b.size)
	if err != nil {
		return err
	}
	b.taken = contacts
	rows, err := b.send(ctx, tx, by, d, contacts)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].N = d.Position + i + 1
		d.Counts[rows[i].Result]++
	}
	d.Position += len(contacts)
	if err := d.save(ctx, tx, rows); err != nil {
		return err
	}
	b.took = b.db.Now().Sub(began)
	return nil
}

// hold keeps others off the dispatch until the batch is committed, and reads it and what whoever started it may do now.
func (b *batch) hold(ctx context.Context, tx *sqldb.Tx) (Dispatch, actor.Actor, error) {
	err := tx.Lock(ctx, "dispatch", "workspace_id = $1 AND id = $2", b.Workspace, b.Dispatch)
	if fault.Is(err, fault.NotFound) {
		return Dispatch{}, actor.Actor{}, errEnded
	}
	if err != nil {
		return Dispatch{}, actor.Actor{}, err
	}
	d, err := Get(ctx, tx, actor.OfProgram(b.Workspace), b.Dispatch)
	if err != nil {
		return d, actor.Actor{}, err
	}
	if d.State != Sending {
		return d, actor.Actor{}, errEnded
	}
	by, err := d.starter(ctx, tx)
	if err == nil && by.Need(actor.SendToMany) != nil {
		err = errRights
	}
	return d, by, err
}

func (d *Dispatch) starter(ctx context.Context, tx *sqldb.Tx) (actor.Actor, error) {
	if d.StartedBy.IsZero() {
		return actor.OfProgram(d.workspace), nil
	}
	role, err := workspace.StaffRole(ctx, tx, d.workspace, d.StartedBy)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return actor.Actor{}, err
	}
	return actor.Actor{Kind: actor.Staff, Workspace: d.workspace, Login: d.StartedBy, Role: role}, nil
}

// send sends to the contacts, or says of each why not.
func (b *batch) send(ctx context.Context, tx *sqldb.Tx, by actor.Actor, d Dispatch, contacts []id.Contact) ([]Row, error) {
	if b.refused != nil && slices.Equal(contacts, []id.Contact{b.refused.Contact}) {
		return []Row{*b.refused}, nil
	}
	to := make([]access.To, len(contacts))
	for i, c := range contacts {
		to[i] = access.To{Contact: c, Submission: submission(d.ID, c)}
	}
	done, err := b.inviter.SendAll(ctx, tx, by, to, d.SwitchOn)
	rows := make([]Row, len(done))
	for i, o := range done {
		rows[i] = row(contacts[i], o)
	}
	return rows, err
}

// row is what became of a contact.
func row(c id.Contact, o access.Outcome) Row {
	if f := fault.As(o.Refused); f != nil {
		return refusal(c, f)
	}
	if o.Contact.Login.IsZero() {
		return Row{Contact: c, Result: Invited, Letter: o.Letter}
	}
	return Row{Contact: c, Result: Reminded, Letter: o.Letter}
}

// submission is always the same for one contact of a dispatch.
func submission(d id.Dispatch, c id.Contact) (s id.UUID) {
	sum := sha256.Sum256(append(d.UUID[:], c.UUID[:]...))
	copy(s[:], sum[:])
	return s
}

// results are the refusals that have a word of their own, by the key of their message.
var results = map[string]Result{
	"access.send.switched_off": SwitchedOff, "access.send.no_address": NoAddress, "contact.login_email_taken": AddressTaken, "access.send.archived": Archived,
}

func refusal(c id.Contact, f *fault.Error) Row {
	m := f.Message
	if len(f.Fields) > 0 {
		m = f.Fields[0].Message
	}
	if r, ok := results[m.Key]; ok {
		return Row{Contact: c, Result: r}
	}
	if f.Kind == fault.NotFound {
		return Row{Contact: c, Result: Deleted}
	}
	return Row{Contact: c, Result: Refused, Fault: m}
}

// save notes what became of the contacts, and how far the dispatch is; none left ends it.
func (d *Dispatch) save(ctx context.Context, tx *sqldb.Tx, rows []Row) error {
	if len(rows) == 0 {
		return errEnded
	}
	counts, err := encode(d.Counts)
	if err != nil {
		return err
	}
	state := Sending
	if d.Position == d.Total {
		state = Done
	}
	_, err = tx.Exec(ctx, `UPDATE dispatch SET state = $1, position = $2, counts = $3, changed_at = $4 WHERE workspace_id = $5 AND id = $6`,
		string(state), d.Position, counts, tx.Now(), d.workspace, d.ID)
	if err != nil {
		return err
	}
	values := make([][]any, len(rows))
	for i, r := range rows {
		message := ""
		if r.Result == Refused {
			if message, err = encode(r.Fault); err != nil {
				return err
			}
		}
		values[i] = []any{d.workspace, d.ID, r.N, r.Contact, string(r.Result), message, r.Letter}
	}
	return tx.InsertAll(ctx, `dispatch_row (workspace_id, dispatch_id, n, contact_id, result, fault, letter_id)`, values)
}
