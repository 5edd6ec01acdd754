package dispatch

import (
	"context"
	"slices"
	"strconv"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// Most is how many contacts one dispatch takes.
const Most = 50_000

// chunkSize is how many contacts one row of the list keeps.
const chunkSize = 1000

// New says what is to be sent to whom.
type New struct {
	Contacts   []id.Contact // in this order; who is named twice counts once
	SwitchOn   bool         // also those whom somebody switched off
	Submission id.UUID      // the form's own number, so that a repeated POST starts nothing twice; zero = none
}

// Start keeps the list and has a job work it off. The same form again gives the dispatch that it started. Faults are
// fault.Invalid: «dispatch.none», «dispatch.too_many». Permission: SendToMany.
func Start(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in New) (Dispatch, error) {
	if err := by.Need(actor.SendToMany); err != nil {
		return Dispatch{}, err
	}
	contacts := distinct(in.Contacts)
	switch {
	case len(contacts) == 0:
		return Dispatch{}, fault.New(fault.Invalid, "dispatch.none")
	case len(contacts) > Most:
		return Dispatch{}, fault.New(fault.Invalid, "dispatch.too_many", "Max", Most)
	}
	d := Dispatch{
		ID: id.NewDispatch(), State: Sending, SwitchOn: in.SwitchOn, Total: len(contacts), Counts: Counts{},
		StartedBy: by.Login, CreatedAt: tx.Now(), ChangedAt: tx.Now(), workspace: by.Workspace,
	}
	if in.Submission.IsZero() {
		in.Submission = d.ID.UUID
	}
	n, err := tx.Exec(ctx, `INSERT INTO dispatch (workspace_id, id, state, switch_on, total, position, counts, failure, submission, started_by, created_at, changed_at)
		VALUES ($1, $2, 'sending', $3, $4, 0, '{}', '', $5, $6, $7, $7) ON CONFLICT (workspace_id, submission) DO NOTHING`,
		by.Workspace, d.ID, in.SwitchOn, d.Total, in.Submission, by.Login, tx.Now())
	if err != nil {
		return Dispatch{}, err
	}
	if n == 0 {
		return again(ctx, tx, by, in.Submission)
	}
	if err := d.keep(ctx, tx, contacts); err != nil {
		return Dispatch{}, err
	}
	if _, err := job.Enqueue(ctx, tx, work{d.workspace, d.ID}, job.Opts{}); err != nil {
		return Dispatch{}, err
	}
	return d, record(ctx, tx, by, "dispatch.started", d.ID, d.Total)
}

// Started reads the dispatch that a form has started; fault.NotFound. Permission: SendToMany.
func Started(ctx context.Context, tx *sqldb.Tx, by actor.Actor, submission id.UUID) (Dispatch, error) {
	if err := by.Need(actor.SendToMany); err != nil {
		return Dispatch{}, err
	}
	d, err := sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM dispatch WHERE workspace_id = $1 AND submission = $2`, by.Workspace, submission)
	d.workspace = by.Workspace
	return d, err
}

// again is Started, confirmed by a write.
func again(ctx context.Context, tx *sqldb.Tx, by actor.Actor, submission id.UUID) (Dispatch, error) {
	_, err := tx.Exec(ctx, `UPDATE dispatch SET submission = submission WHERE workspace_id = $1 AND submission = $2`, by.Workspace, submission)
	if err != nil {
		return Dispatch{}, err
	}
	return Started(ctx, tx, by, submission)
}

func distinct(contacts []id.Contact) []id.Contact {
	known, list := make(map[id.Contact]bool, len(contacts)), make([]id.Contact, 0, len(contacts))
	for _, c := range contacts {
		if !c.IsZero() && !known[c] {
			known[c] = true
			list = append(list, c)
		}
	}
	return list
}

// keep writes the list, in chunks.
func (d *Dispatch) keep(ctx context.Context, tx *sqldb.Tx, contacts []id.Contact) error {
	var rows [][]any
	for chunk := range slices.Chunk(contacts, chunkSize) {
		bytes := make([]byte, 0, len(chunk)*len(id.UUID{}))
		for _, c := range chunk {
			bytes = append(bytes, c.UUID[:]...)
		}
		rows = append(rows, []any{d.workspace, d.ID, len(rows), bytes})
	}
	return tx.InsertAll(ctx, `dispatch_chunk (workspace_id, dispatch_id, n, contacts)`, rows)
}

// next reads the contacts that follow, size at most; none at the end.
func (d *Dispatch) next(ctx context.Context, tx *sqldb.Tx, size int) ([]id.Contact, error) {
	if d.Position >= d.Total {
		return nil, nil
	}
	bytes, err := sqldb.One(ctx, tx, sqldb.Value[[]byte], `SELECT contacts FROM dispatch_chunk WHERE workspace_id = $1 AND dispatch_id = $2 AND n = $3`,
		d.workspace, d.ID, d.Position/chunkSize)
	if err != nil {
		return nil, err
	}
	var list []id.Contact
	for bytes = bytes[d.Position%chunkSize*len(id.UUID{}):]; len(bytes) > 0 && len(list) < size; bytes = bytes[len(id.UUID{}):] {
		list = append(list, id.Contact{UUID: id.UUID(bytes)})
	}
	return list, nil
}

// Cancel ends a dispatch before its next contacts; to whom was sent, was sent. What has ended already stays as it is.
// Permission: SendToMany; fault.NotFound.
func Cancel(ctx context.Context, tx *sqldb.Tx, by actor.Actor, dispatch id.Dispatch) error {
	if err := by.Need(actor.SendToMany); err != nil {
		return err
	}
	if err := tx.Lock(ctx, "dispatch", "workspace_id = $1 AND id = $2", by.Workspace, dispatch); err != nil {
		return err
	}
	d, err := Get(ctx, tx, by, dispatch)
	if err != nil {
		return err
	}
	if d.State != Sending {
		_, err := tx.Exec(ctx, `UPDATE dispatch SET state = state WHERE workspace_id = $1 AND id = $2`, by.Workspace, dispatch)
		return err
	}
	if err := d.end(ctx, tx, Cancelled, ""); err != nil {
		return err
	}
	return record(ctx, tx, by, "dispatch.cancelled", d.ID, d.Position)
}

// end ends a dispatch that is being sent; one that has ended stays as it is.
func (d *Dispatch) end(ctx context.Context, tx *sqldb.Tx, as State, failure string) error {
	_, err := tx.Exec(ctx, `UPDATE dispatch SET state = $1, failure = $2, changed_at = $3 WHERE workspace_id = $4 AND id = $5 AND state = 'sending'`,
		string(as), failure, tx.Now(), d.workspace, d.ID)
	return err
}

// record writes into the history for how many contacts something was done.
func record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string, dispatch id.Dispatch, contacts int) error {
	return journal.Record(ctx, tx, by, journal.Entry{
		Kind: kind, Subject: journal.Subject{Kind: "dispatch", ID: dispatch.UUID},
		Changes: []journal.Change{{Field: "contacts", After: strconv.Itoa(contacts)}},
	})
}
