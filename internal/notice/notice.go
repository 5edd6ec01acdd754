// Package notice tells the people of organisations what concerns them: in the bell of the portal, and by letter.
//
// A room calls Tell in the transaction of its act: one row and one job, whatever the number of people. The job finds out who is
// told: whose gates are open, who wants to know (Preference), and who may see what the event is about, which the room of
// the subject answers (Source). All that is asked anew when a letter is written and when the bell is looked at, so that nobody is
// told of what they may not see any more. Statements find identifiers by an index and then the rows: in one step SQLite takes the key of
// the table for the shorter way, and walks all notices of the workspace. The package stands below all rooms with people and subjects: it knows contacts by
// their identifiers, and asks the functions of its Options for the rest. It opens no gate and closes none.
//
// # Telling of something new
//
//  1. Add a Kind to the table in kind.go, and its texts to the catalogue: notice.(kind), notice.kind.(kind), and
//     notice.(kind).(detail) where a detail has a wording of its own. Variable: Subject.
//  2. Where the subject is of a kind that has no Source yet, make one in its room and hand it to Desk.Add in package app.
//  3. Call Tell in the verb.
package notice

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/sqldb"
)

// Event is something that has happened, and who is to be told if they may and want to.
type Event struct {
	Kind         Kind
	Detail       string // a word of the code that the text may depend on: the new state; "" = none
	Subject      journal.Subject
	Organization id.Organization
	To           []id.Contact // of that organisation, in any number; twice is once
	Leaders      bool         // and the organisation's admins
	BellOnly     bool         // another letter says the same
	Once         id.UUID      // of a greater act: what it tells an organisation in several transactions is told once; zero = each
}

// Tell queues an event in the caller's transaction: it is told if and only if that commits, to each contact once. Whoever did it
// (by.Contact) is not told, but of what concerns their own security. It costs one row and one job. The caller has checked the
// permission. An event with nobody to tell does nothing.
func Tell(ctx context.Context, tx *sqldb.Tx, by actor.Actor, e Event) error {
	if _, known := kinds[e.Kind]; !known {
		panic("notice: no kind " + string(e.Kind))
	}
	if len(e.To) == 0 && !e.Leaders {
		return nil
	}
	event := e.identifier()
	n, err := tx.Exec(ctx, `INSERT INTO notice_event (workspace_id, id, kind, detail, subject_kind, subject_id, organization_id, author_id, leaders, contacts, letters, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		by.Workspace, event, string(e.Kind), e.Detail, e.Subject.Kind, e.Subject.ID, e.Organization, e.author(by), e.Leaders, pack(e.To), !e.BellOnly, tx.Now())
	if err != nil || n == 0 {
		return err
	}
	_, err = job.Enqueue(ctx, tx, spread{by.Workspace, event}, job.Opts{})
	return err
}

// identifier is a new one, or the same for all that a greater act tells an organisation of a kind: who has a notice of it gets no
// other (spread).
func (e Event) identifier() (of id.UUID) {
	if e.Once.IsZero() {
		return id.New[Event]().UUID
	}
	sum := sha256.Sum256(slices.Concat(e.Once[:], e.Organization.UUID[:], []byte(e.Kind)))
	copy(of[:], sum[:])
	return of
}

// author is the contact who is not told.
func (e Event) author(by actor.Actor) id.Contact {
	if kinds[e.Kind].security || by.Kind != actor.Contact {
		return id.Contact{}
	}
	return by.Contact
}

// pack is contacts as they stand in a row.
func pack(list []id.Contact) []byte {
	b := make([]byte, 0, len(list)*16)
	for _, c := range list {
		b = append(b, c.UUID[:]...)
	}
	return b
}

func unpack(b []byte) []id.Contact {
	list := make([]id.Contact, len(b)/16)
	for i := range list {
		copy(list[i].UUID[:], b[i*16:])
	}
	return list
}

// Forget removes what was told about subjects that are gone, and waits for a letter, in the transaction that deletes them. An event that is still
// to be told then finds nothing that anybody may see.
func Forget(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, subjects ...id.UUID) error {
	for chunk := range slices.Chunk(subjects, sqldb.Many) {
		in, args := sqldb.In(tx, []any{workspace}, chunk)
		if _, err := tx.Exec(ctx, `DELETE FROM notice WHERE workspace_id = $1 AND id IN (SELECT id FROM notice WHERE workspace_id = $1 AND subject_id `+in+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}

// ForgetReader removes what a contact was told, and how they want to be told, in the transaction in which somebody else takes
// their place.
func ForgetReader(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, reader id.Contact) error {
	_, err := tx.Exec(ctx, `DELETE FROM notice WHERE workspace_id = $1 AND id IN (SELECT id FROM notice WHERE workspace_id = $1 AND contact_id = $2)`, workspace, reader)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM preference WHERE workspace_id = $1 AND contact_id = $2`, workspace, reader)
	}
	return err
}

// Unsay removes what is still to be told about subjects of a kind, for a past that is made up.
func Unsay(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, subjectKind string) error {
	_, err := tx.Exec(ctx, `DELETE FROM notice_event WHERE workspace_id = $1 AND subject_kind = $2`, workspace, subjectKind)
	return err
}
