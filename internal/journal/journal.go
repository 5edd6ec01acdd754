// Package journal keeps the history: who did what to what, when (product.md §6).
//
// A line is written in the transaction of the act and holds no personal data: actor, subject, kind, time and
// the names of the fields. The values before and after, and free comments, stand in rows of their own that go
// with their subject. Nobody edits a line: seal.go chains the lines so that a change shows. The package does
// not know what its kinds mean, nor anybody's name; the faces put lines into words.
package journal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Subject is what a line is about.
type Subject struct {
	Kind   string // the noun: "contact", "organization", "workspace", "login", "transfer"
	ID     id.UUID
	Number string // what it is called when it is gone, "C-000123"; "" for what has no number
}

// Change is one field's value before and after, as text; "" is «nothing».
type Change struct{ Field, Before, After string }

// Changes collects what differs between two states, in the order in which it is asked for.
type Changes []Change

// Add adds the field if its value differs.
func (l *Changes) Add(field, before, after string) {
	if before != after {
		*l = append(*l, Change{Field: field, Before: before, After: after})
	}
}

// Entry is what a verb tells the history.
type Entry struct {
	Line         id.Line // chosen by the caller only where a repeated act must be known again; else zero
	Kind         string  // "contact.created": the noun and what happened to it
	Subject      Subject
	Organization id.Organization // whose history shows the line too; zero = none
	Changes      []Change
	Comment      string
}

// Act is an entry with whoever did it, for acts of several people or in several workspaces at once.
type Act struct {
	By actor.Actor
	Entry
}

// Line is one act as kept.
type Line struct {
	ID           id.Line
	At           sqldb.Time
	ActorKind    actor.Kind
	Actor        id.UUID // the login of a member of staff, the contact of an organisation, the token of another program; zero for this one
	Subject      Subject
	Organization id.Organization
	Kind         string
	Fields       []string // names, in the order of the form
	Changes      []Change // empty when erased
	Comment      string   // empty when erased
	Erased       bool     // there were values, and they went with the subject
	Sealed       bool
}

// content is the erasable half of a line, as JSON.
type content struct {
	Changes [][3]string `json:"changes,omitempty"`
	Comment string      `json:"comment,omitempty"`
}

// Record writes a line into the caller's transaction. The caller has checked the permission.
func Record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, e Entry) error {
	return RecordAll(ctx, tx, by, []Entry{e})
}

// RecordAll writes many lines as Record does, by few statements: for imports.
func RecordAll(ctx context.Context, tx *sqldb.Tx, by actor.Actor, entries []Entry) error {
	acts := make([]Act, len(entries))
	for i, e := range entries {
		acts[i] = Act{by, e}
	}
	return RecordActs(ctx, tx, acts)
}

// RecordActs is RecordAll where not all are one caller's.
func RecordActs(ctx context.Context, tx *sqldb.Tx, acts []Act) error {
	lines, values := make([][]any, 0, len(acts)), make([][]any, 0, len(acts))
	for _, e := range acts {
		by := e.By
		if e.Line.IsZero() {
			e.Line = id.NewLine()
		}
		fields := make([]string, len(e.Changes))
		for i, c := range e.Changes {
			fields[i] = c.Field
		}
		value, salt, err := e.content()
		if err != nil {
			return err
		}
		lines = append(lines, []any{by.Workspace, e.Line, tx.Now(), string(by.Kind), by.Who(), e.Subject.Kind, e.Subject.ID, e.Subject.Number,
			e.Organization, e.Kind, strings.Join(fields, ","), digest(salt, value)})
		if value != "" {
			values = append(values, []any{by.Workspace, e.Subject.ID, e.Line, salt, value})
		}
	}
	err := tx.InsertAll(ctx, `journal_line (workspace_id, id, at, actor_kind, actor_id, subject_kind, subject_id, subject_number, organization_id, kind, fields, digest)`, lines)
	if err != nil {
		return err
	}
	return tx.InsertAll(ctx, `journal_value (workspace_id, subject_id, line_id, salt, content)`, values)
}

// content gives the values as text with a fresh salt, or "" when there are none.
func (e Entry) content() (value string, salt []byte, err error) {
	if len(e.Changes) == 0 && e.Comment == "" {
		return "", nil, nil
	}
	c := content{Comment: e.Comment, Changes: make([][3]string, len(e.Changes))}
	for i, x := range e.Changes {
		c.Changes[i] = [3]string{x.Field, x.Before, x.After}
	}
	b, err := json.Marshal(c)
	if err != nil {
		return "", nil, err
	}
	salt = make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", nil, err
	}
	return string(b), salt, nil
}

// digest is what the chain keeps of the values: with the salt gone, nobody can guess them back.
func digest(salt []byte, value string) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(value))
	return h.Sum(nil)
}

// Erase removes the values and comments of everything that was ever written about the subjects, in any number; the lines
// stay. Who deletes a subject calls it in the same transaction.
func Erase(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, subjects ...id.UUID) error {
	for chunk := range slices.Chunk(subjects, sqldb.Many) {
		in, args := sqldb.In(tx, []any{workspace}, chunk)
		if _, err := tx.Exec(ctx, `DELETE FROM journal_value WHERE workspace_id = $1 AND subject_id `+in, args...); err != nil {
			return err
		}
	}
	return nil
}

// EraseEverywhere is Erase in the histories of all workspaces, for subjects that belong to none: logins.
func EraseEverywhere(ctx context.Context, tx *sqldb.Tx, subjects ...id.UUID) error {
	for chunk := range slices.Chunk(subjects, sqldb.Many) {
		in, args := sqldb.In(tx, nil, chunk)
		_, err := tx.Exec(ctx, `DELETE FROM journal_value WHERE workspace_id IN (SELECT id FROM workspace) AND subject_id `+in, args...)
		if err != nil {
			return err
		}
	}
	return nil
}
