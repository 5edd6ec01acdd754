// Package canned keeps answers that a workspace's staff use again and again: their text is put into a form, where it may
// be changed. Staff admins word them. It knows no request: whoever answers one reads them here.
package canned

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/sqldb"
)

// Answer is one canned answer.
type Answer struct {
	ID        id.Answer
	Title     string
	Text      string
	Version   int64
	UpdatedAt sqldb.Time
	UpdatedBy id.Login

	submission id.UUID
}

// Max is how many a workspace may have; MaxTitle and MaxText are the lengths of what is typed, in characters.
const (
	Max      = 200
	MaxTitle = 100
	MaxText  = 10_000
)

// Input is a canned answer as text. The zero ID makes one.
type Input struct {
	ID          id.Answer
	Title, Text string
	Version     int64
	Submission  id.UUID
}

const columns = `id, title, content, submission, version, updated_at, updated_by`

func scan(row sqldb.Scanner) (c Answer, err error) {
	return c, row.Scan(&c.ID, &c.Title, &c.Text, &c.submission, &c.Version, &c.UpdatedAt, &c.UpdatedBy)
}

// List lists them by title. Permission: HandleRequests.
func List(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Answer, error) {
	if err := by.Need(actor.HandleRequests); err != nil {
		return nil, err
	}
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM canned_answer WHERE workspace_id = $1 ORDER BY title_key`, by.Workspace)
}

// Get reads one; fault.NotFound. Permission: HandleRequests.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, answer id.Answer) (Answer, error) {
	if err := by.Need(actor.HandleRequests); err != nil {
		return Answer{}, err
	}
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM canned_answer WHERE workspace_id = $1 AND id = $2`, by.Workspace, answer)
}

// Set makes a canned answer, or changes it. A version that is no longer the current one is a fault.Conflict «fault.version» with the
// answer as it is now; what is there already as wanted is confirmed. A title that another one has is a fault.Conflict on title. Permission: EditCannedAnswers.
func Set(ctx context.Context, tx *sqldb.Tx, by actor.Actor, in Input) (Answer, error) {
	if err := by.Need(actor.EditCannedAnswers); err != nil {
		return Answer{}, err
	}
	if err := tx.Lock(ctx, "workspace", "id = $1", by.Workspace); err != nil {
		return Answer{}, err
	}
	all, err := List(ctx, tx, by)
	if err != nil {
		return Answer{}, err
	}
	after, err := in.parse(all)
	if err != nil {
		return Answer{}, err
	}
	after.UpdatedAt, after.UpdatedBy = tx.Now(), by.Login
	for _, before := range all {
		made := before.ID == in.ID || in.ID.IsZero() && !in.Submission.IsZero() && before.submission == in.Submission
		if !made {
			continue
		}
		same := before.Title == after.Title && before.Text == after.Text
		if !same && before.Version != in.Version {
			return before, fault.New(fault.Conflict, "fault.version")
		}
		after.ID, after.submission, after.Version = before.ID, before.submission, before.Version
		if !same {
			after.Version++
		}
		return after, after.replace(ctx, tx, by, same)
	}
	if !in.ID.IsZero() {
		return Answer{}, fault.Missing()
	}
	if len(all) >= Max {
		return Answer{}, fault.New(fault.Conflict, "canned.full", "Max", Max)
	}
	after.ID, after.Version, after.submission = id.NewAnswer(), 1, in.Submission
	err = tx.InsertAll(ctx, `canned_answer (workspace_id, title_key, `+columns+`)`,
		[][]any{{by.Workspace, name.Fold(after.Title), after.ID, after.Title, after.Text, after.submission, after.Version, after.UpdatedAt, after.UpdatedBy}})
	if err != nil {
		return Answer{}, err
	}
	return after, after.record(ctx, tx, by, "canned_answer.created")
}

func (in Input) parse(all []Answer) (c Answer, err error) {
	var faults fault.Fields
	if c.Title, err = name.Line(in.Title, MaxTitle); err == nil && name.Fold(c.Title) == "" {
		err = fault.M("fault.required")
	}
	faults.Add("title", err)
	c.Text, err = name.Text(in.Text, MaxText)
	faults.Add("text", err)
	if err := faults.Err(); err != nil {
		return c, err
	}
	for _, other := range all {
		own := other.ID == in.ID || in.ID.IsZero() && !in.Submission.IsZero() && other.submission == in.Submission
		if !own && name.Fold(other.Title) == name.Fold(c.Title) {
			return c, fault.OnField(fault.Conflict, "title", fault.M("canned.title_taken"))
		}
	}
	return c, nil
}

func (c Answer) replace(ctx context.Context, tx *sqldb.Tx, by actor.Actor, same bool) error {
	_, err := tx.Exec(ctx, `UPDATE canned_answer SET title = $3, title_key = $4, content = $5, version = $6, updated_at = $7, updated_by = $8 WHERE workspace_id = $1 AND id = $2`,
		by.Workspace, c.ID, c.Title, name.Fold(c.Title), c.Text, c.Version, c.UpdatedAt, c.UpdatedBy)
	if err != nil || same {
		return err
	}
	return c.record(ctx, tx, by, "canned_answer.edited")
}

// Remove takes it away; one that is gone is gone. Permission: EditCannedAnswers.
func Remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, answer id.Answer) error {
	if err := by.Need(actor.EditCannedAnswers); err != nil {
		return err
	}
	c, err := Get(ctx, tx, by, answer)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM canned_answer WHERE workspace_id = $1 AND id = $2`, by.Workspace, answer); err != nil {
		return err
	}
	return c.record(ctx, tx, by, "canned_answer.removed")
}

func (c Answer) record(ctx context.Context, tx *sqldb.Tx, by actor.Actor, kind string) error {
	return journal.Record(ctx, tx, by, journal.Entry{Kind: kind, Subject: journal.Subject{Kind: "canned_answer", ID: c.ID.UUID, Number: c.Title}})
}
