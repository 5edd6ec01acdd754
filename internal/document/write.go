package document

import (
	"context"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
)

// Create files a document for an organisation of each of the files, which all are what the input says. A title is for one file
// alone. Who may see them is told, once. The same form sent twice gives what the first made, and leaves the second's files to be
// dropped. Every fault of every field comes back at once as fault.Invalid. Permission: EditDocuments.
func Create(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, in Input, files []file.Received) ([]Document, error) {
	if err := by.Need(actor.EditDocuments); err != nil {
		return nil, err
	}
	if _, err := organization.Lock(ctx, tx, by, of); err != nil {
		return nil, err
	}
	if again, err := posted(ctx, tx, by, of, in.Submission); err != nil || len(again) > 0 {
		return again, err
	}
	said, faults := in.parse(true)
	if len(files) > 1 && said.Title != "" {
		faults.Add("title", fault.M("document.title_of_several"))
	}
	if err := checkFiles(ctx, tx, by, &faults, files, in.NoHealthData); err != nil {
		return nil, err
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	said.Organization, said.submission = of, in.Submission
	made := make([]Document, len(files))
	for i, f := range files {
		d, err := said.file(ctx, tx, by, f)
		if err != nil {
			return nil, err
		}
		made[i] = d
	}
	return made, tellAdded(ctx, tx, by, made)
}

// file makes a document like d of the file.
func (d Document) file(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f file.Received) (_ Document, err error) {
	if d.Number, err = tx.Next(ctx, by.Workspace, "document"); err != nil {
		return d, err
	}
	if d.Title == "" {
		d.Title = called(f)
	}
	d.ID, d.current, d.Versions, d.Revision = id.NewDocument(), id.NewEntry().UUID, 1, 1
	d.CreatedAt, d.UpdatedAt, d.UpdatedBy = tx.Now(), tx.Now(), by.Login
	if err := insert(ctx, tx, by.Workspace, []Document{d}, f.Name); err != nil {
		return d, err
	}
	if _, err := file.Attach(ctx, tx, by, owner(d.current), f); err != nil {
		return d, err
	}
	differing := append(changes(Document{}, d), journal.Change{Field: "file", After: f.Name})
	return d, journal.Record(ctx, tx, by, entry("document.added", d, differing...))
}

// insert writes new rows with their first versions; the files are all called alike.
func insert(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, list []Document, called string) error {
	rows, versions := make([][]any, len(list)), make([][]any, len(list))
	for i, d := range list {
		rows[i] = []any{workspace, name.Fold(d.Title), searchable(d.Title, called), d.ID, d.Number, d.Organization, d.Title, string(d.Kind), string(d.DatedOn), d.Note,
			string(d.Visibility), d.Versions, d.current, d.submission, d.Revision, d.CreatedAt, d.UpdatedAt, d.UpdatedBy}
		versions[i] = []any{workspace, d.ID, d.Versions, d.current, id.UUID{}, d.CreatedAt, d.UpdatedBy}
	}
	if err := tx.InsertAll(ctx, `document (workspace_id, title_key, words, `+columns+`)`, rows); err != nil {
		return err
	}
	return tx.InsertAll(ctx, versionsInto, versions)
}

const versionsInto = `document_version (workspace_id, document_id, n, id, submission, created_at, created_by)`

// posted finds what the form has made before, confirmed by a write. The caller holds the organisation.
func posted(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of id.Organization, submission id.UUID) ([]Document, error) {
	if submission.IsZero() {
		return nil, nil
	}
	list, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM document WHERE workspace_id = $1 AND submission = $2 ORDER BY number`, by.Workspace, submission)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if list[0].Organization != of {
		return nil, fault.New(fault.Conflict, "request.submission_taken")
	}
	return list, touch(ctx, tx, by, list[0])
}

// touch confirms by a write what is there already, so that the answer is as durable as the first one was.
func touch(ctx context.Context, tx *sqldb.Tx, by actor.Actor, d Document) error {
	_, err := tx.Exec(ctx, `UPDATE document SET revision = revision WHERE workspace_id = $1 AND id = $2`, by.Workspace, d.ID)
	return err
}

// Edit changes what is said of a document; its file is AddVersion's. A revision that is no longer the current one is a
// fault.Conflict «fault.version» that comes with the current values, and nothing is overwritten; but what is there already as wanted
// is confirmed. Who did not see it and now may is told. Permission: EditDocuments.
func Edit(ctx context.Context, tx *sqldb.Tx, by actor.Actor, document id.Document, in Input) (Document, error) {
	if err := by.Need(actor.EditDocuments); err != nil {
		return Document{}, err
	}
	before, err := hold(ctx, tx, by, document)
	if err != nil {
		return Document{}, err
	}
	said, faults := in.parse(false)
	if err := faults.Err(); err != nil {
		return Document{}, err
	}
	d := before
	d.Title, d.Kind, d.DatedOn, d.Note, d.Visibility = said.Title, said.Kind, said.DatedOn, said.Note, said.Visibility
	differing := changes(before, d)
	if before.Revision != in.Revision && len(differing) > 0 {
		return before, fault.New(fault.Conflict, "fault.version")
	}
	if len(differing) == 0 {
		return d, touch(ctx, tx, by, d)
	}
	_, f, err := fileOf(ctx, tx, by, d)
	if err != nil {
		return Document{}, err
	}
	d.Revision, d.UpdatedAt, d.UpdatedBy = before.Revision+1, tx.Now(), by.Login
	_, err = tx.Exec(ctx, `UPDATE document SET title = $1, title_key = $2, words = $3, kind = $4, dated_on = $5, note = $6, visibility = $7, revision = $8, updated_at = $9, updated_by = $10
		WHERE workspace_id = $11 AND id = $12`,
		d.Title, name.Fold(d.Title), searchable(d.Title, f.Name), string(d.Kind), string(d.DatedOn), d.Note, string(d.Visibility), d.Revision, d.UpdatedAt, d.UpdatedBy, by.Workspace, d.ID)
	if err != nil {
		return Document{}, err
	}
	if err := journal.Record(ctx, tx, by, entry("document.edited", d, differing...)); err != nil {
		return Document{}, err
	}
	return d, tellWider(ctx, tx, by, before, d)
}
