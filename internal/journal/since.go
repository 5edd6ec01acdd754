package journal

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/sqldb"
)

// Event is a line as those are told of it who ask what has changed: who did what to what and which fields changed, without the
// values. Whoever wants to know more reads the subject.
type Event struct {
	Seq int64 // its place in the chain, from 1 without a gap: the cursor
	Line
}

// Since reads what has changed behind a place in the chain, oldest first, at most size events (1 to 500; 0 = 100); it reaches the
// present when there are fewer. After is the Seq of the last event that the caller has seen, 0 at the beginning.
//
// The order is that of the chain, in which a job puts the lines (Seal): a transaction that was long under way is put behind those
// that had ended before it, never among them, so that whoever goes on from a place misses nothing. An event is there once it is
// sealed, some seconds after the act. Permission: SeeJournal.
func Since(ctx context.Context, tx *sqldb.Tx, by actor.Actor, after int64, size int) ([]Event, error) {
	if err := by.Need(actor.SeeJournal); err != nil {
		return nil, err
	}
	if size <= 0 || size > 500 {
		size = 100
	}
	return sqldb.List(ctx, tx, scanEvent, `SELECT l.id, l.at, l.actor_kind, l.actor_id, l.subject_kind, l.subject_id, l.subject_number, l.organization_id, l.kind, l.fields, l.seq
		FROM journal_line l WHERE l.workspace_id = $1 AND l.seq > $2 ORDER BY l.seq LIMIT `+strconv.Itoa(size), by.Workspace, after)
}

// Latest is the place of the newest event, 0 where there is none: where somebody begins who has read everything itself just now.
// Permission: SeeJournal.
func Latest(ctx context.Context, tx *sqldb.Tx, by actor.Actor) (int64, error) {
	if err := by.Need(actor.SeeJournal); err != nil {
		return 0, err
	}
	at, err := head(ctx, tx, by.Workspace)
	return at.Seq, err
}

func scanEvent(row sqldb.Scanner) (e Event, err error) {
	var fields string
	var seq sql.NullInt64
	err = row.Scan(&e.ID, &e.At, &e.ActorKind, &e.Actor, &e.Subject.Kind, &e.Subject.ID, &e.Subject.Number, &e.Organization, &e.Kind, &fields, &seq)
	e.Seq, e.Sealed = seq.Int64, true
	if fields != "" {
		e.Fields = strings.Split(fields, ",")
	}
	return e, err
}
