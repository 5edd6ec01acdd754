package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Filter says which lines; the zero value means the whole workspace.
type Filter struct {
	Subject      id.UUID
	Organization id.Organization
	Kind         string
	Actor        id.UUID
	NoSignIns    bool    // all but contacts' sign-ins, which are by far the most
	Before       id.Line // only lines older than this one: the keyset of the next page
	Size         int     // at most this many, 1 to 500; 0 = 48
}

// Page is a part of the history, newest first.
type Page struct {
	Lines []Line
	Next  id.Line // Before of the next page; zero at the end
}

// Find reads a page of the history. Permission: SeeJournal.
func Find(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f Filter) (Page, error) {
	if err := by.Need(actor.SeeJournal); err != nil {
		return Page{}, err
	}
	if f.Size <= 0 || f.Size > 500 {
		f.Size = 48
	}
	where, args := f.where(by.Workspace)
	lines, err := sqldb.List(ctx, tx, scanLine, `SELECT `+lineColumns+` FROM `+linesWithValues+` WHERE `+where+` ORDER BY l.id DESC LIMIT `+strconv.Itoa(f.Size+1), args...)
	if err != nil {
		return Page{}, err
	}
	return pageOf(lines, f.Size), nil
}

// The lines of a page, with their values.
const (
	lineColumns     = `l.id, l.at, l.actor_kind, l.actor_id, l.subject_kind, l.subject_id, l.subject_number, l.organization_id, l.kind, l.fields, l.seq, l.digest, v.content`
	linesWithValues = `journal_line l LEFT JOIN journal_value v ON v.workspace_id = l.workspace_id AND v.subject_id = l.subject_id AND v.line_id = l.id`
)

// pageOf makes a page of so many lines out of those and the next one, if there is one.
func pageOf(lines []Line, size int) Page {
	page := Page{Lines: lines}
	if len(lines) > size {
		page.Lines = lines[:size]
		page.Next = lines[size-1].ID
	}
	return page
}

// where builds the condition out of what is asked for, so that each case has its index.
func (f Filter) where(workspace id.Workspace) (string, []any) {
	args := []any{workspace}
	where := []string{"l.workspace_id = $1"}
	add := func(condition string, v any) {
		args = append(args, v)
		where = append(where, condition+" $"+strconv.Itoa(len(args)))
	}
	if !f.Subject.IsZero() {
		add("l.subject_id =", f.Subject)
	}
	if !f.Organization.IsZero() {
		add("l.organization_id =", f.Organization)
	}
	if f.Kind != "" {
		add("l.kind =", f.Kind)
	}
	if !f.Actor.IsZero() {
		add("l.actor_id =", f.Actor)
	}
	if f.NoSignIns {
		where = append(where, `l.kind <> 'contact.signed_in'`)
	}
	if !f.Before.IsZero() {
		add("l.id <", f.Before)
	}
	return strings.Join(where, " AND "), args
}

func scanLine(row sqldb.Scanner) (Line, error) {
	var l Line
	var fields string
	var seq sql.NullInt64
	var sum []byte
	var value sql.NullString
	err := row.Scan(&l.ID, &l.At, &l.ActorKind, &l.Actor, &l.Subject.Kind, &l.Subject.ID, &l.Subject.Number,
		&l.Organization, &l.Kind, &fields, &seq, &sum, &value)
	if err != nil {
		return l, err
	}
	l.Sealed = seq.Valid
	if fields != "" {
		l.Fields = strings.Split(fields, ",")
	}
	if !value.Valid {
		l.Erased = string(sum) != string(digest(nil, ""))
		return l, nil
	}
	var c content
	if err := json.Unmarshal([]byte(value.String), &c); err != nil {
		return l, err
	}
	l.Comment = c.Comment
	for _, x := range c.Changes {
		l.Changes = append(l.Changes, Change{x[0], x[1], x[2]})
	}
	return l, nil
}
