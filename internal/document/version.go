package document

import (
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/file"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/journal"
	"github.com/entregent/entregent/internal/notice"
	"github.com/entregent/entregent/internal/sqldb"
)

// Version is what a document was, or is.
type Version struct {
	N         int64 // from 1
	CreatedAt sqldb.Time
	CreatedBy id.Login // zero = the program
	File      file.File

	id         id.UUID
	submission id.UUID
}

func scanVersion(row sqldb.Scanner) (v Version, err error) {
	return v, row.Scan(&v.N, &v.id, &v.submission, &v.CreatedAt, &v.CreatedBy)
}

// AddVersion makes a file the document, and keeps what it was. Who may see it is told. Of two at once both are kept, one after the other.
// What the document is already is a fault.Invalid on file.Field; the same form sent twice adds one. Permission: EditDocuments.
func AddVersion(ctx context.Context, tx *sqldb.Tx, by actor.Actor, document id.Document, in Input, files []file.Received) (Document, error) {
	if err := by.Need(actor.EditDocuments); err != nil {
		return Document{}, err
	}
	d, err := hold(ctx, tx, by, document)
	if err != nil {
		return Document{}, err
	}
	if again, err := d.versioned(ctx, tx, by, in.Submission); err != nil || again {
		return d, err
	}
	_, now, err := fileOf(ctx, tx, by, d)
	if err != nil {
		return d, err
	}
	var faults fault.Fields
	if err := checkFiles(ctx, tx, by, &faults, files, in.NoHealthData); err != nil {
		return d, err
	}
	if len(files) > 1 {
		faults.Add(file.Field, fault.M("document.one_version"))
	}
	if len(files) == 1 && slices.Equal(files[0].Digest, now.Digest) {
		faults.Add(file.Field, fault.M("document.same_file"))
	}
	if err := faults.Err(); err != nil {
		return d, err
	}
	return d.add(ctx, tx, by, in.Submission, now, files[0])
}

// add writes the version.
func (d Document) add(ctx context.Context, tx *sqldb.Tx, by actor.Actor, submission id.UUID, before file.File, f file.Received) (Document, error) {
	d.Versions, d.current, d.UpdatedAt, d.UpdatedBy = d.Versions+1, id.NewEntry().UUID, tx.Now(), by.Login
	if err := tx.InsertAll(ctx, versionsInto, [][]any{{by.Workspace, d.ID, d.Versions, d.current, submission, tx.Now(), by.Login}}); err != nil {
		return d, err
	}
	_, err := tx.Exec(ctx, `UPDATE document SET versions = $1, current_id = $2, words = $3, updated_at = $4, updated_by = $5 WHERE workspace_id = $6 AND id = $7`,
		d.Versions, d.current, searchable(d.Title, f.Name), d.UpdatedAt, d.UpdatedBy, by.Workspace, d.ID)
	if err != nil {
		return d, err
	}
	if _, err := file.Attach(ctx, tx, by, owner(d.current), f); err != nil {
		return d, err
	}
	if err := tell(ctx, tx, by, notice.Event{Kind: notice.DocumentAdded, Detail: "version"}, d, ForStaff); err != nil {
		return d, err
	}
	return d, journal.Record(ctx, tx, by, entry("document.versioned", d, journal.Change{Field: "file", Before: before.Name, After: f.Name}))
}

// versioned reports whether the form has brought a version before, and confirms it by a write.
func (d Document) versioned(ctx context.Context, tx *sqldb.Tx, by actor.Actor, submission id.UUID) (bool, error) {
	if submission.IsZero() {
		return false, nil
	}
	list, err := d.list(ctx, tx, by)
	if err != nil || !slices.ContainsFunc(list, func(v Version) bool { return v.submission == submission }) {
		return false, err
	}
	return true, touch(ctx, tx, by, d)
}

// list reads the versions, the last first, without their files.
func (d Document) list(ctx context.Context, tx *sqldb.Tx, by actor.Actor) ([]Version, error) {
	return sqldb.List(ctx, tx, scanVersion, `SELECT n, id, submission, created_at, created_by FROM document_version WHERE workspace_id = $1 AND document_id = $2 ORDER BY n DESC`,
		by.Workspace, d.ID)
}

// Versions reads what the document is and was, the last first: of an organisation's own people only admins read the earlier ones, others
// what it is. Faults are those of Get. An invented document (AddImagined) has a version without a file. Permission: SeeDocuments.
func Versions(ctx context.Context, tx *sqldb.Tx, by actor.Actor, document id.Document) (Document, []Version, error) {
	d, err := Get(ctx, tx, by, document)
	if err != nil {
		return d, nil, err
	}
	list, err := d.list(ctx, tx, by)
	if err != nil {
		return d, nil, err
	}
	if !by.May(actor.SeeAdminsDocuments) {
		list = list[:min(1, len(list))]
	}
	owners := make([]file.Owner, len(list))
	for i, v := range list {
		owners[i] = owner(v.id)
	}
	files, err := file.Of(ctx, tx, by, owners...)
	for _, f := range files {
		i := slices.IndexFunc(list, func(v Version) bool { return v.id == f.Owner.ID })
		list[i].File = f
	}
	return d, list, err
}

// File reads the file of the document as it is now. Faults are those of Get. Permission: SeeDocuments.
func File(ctx context.Context, tx *sqldb.Tx, by actor.Actor, document id.Document) (file.File, error) {
	d, err := Get(ctx, tx, by, document)
	if err != nil {
		return file.File{}, err
	}
	there, f, err := fileOf(ctx, tx, by, d)
	if err == nil && !there {
		err = fault.Missing()
	}
	return f, err
}

// FileOf reads the file of a version; fault.NotFound when the document has none such, or the caller may not see it (Versions).
// Permission: SeeDocuments.
func FileOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, document id.Document, version int64) (file.File, error) {
	_, list, err := Versions(ctx, tx, by, document)
	if err != nil {
		return file.File{}, err
	}
	for _, v := range list {
		if v.N == version && !v.File.ID.IsZero() {
			return v.File, nil
		}
	}
	return file.File{}, fault.Missing()
}

// fileOf is the document's own file; an invented one has none.
func fileOf(ctx context.Context, tx *sqldb.Tx, by actor.Actor, d Document) (there bool, f file.File, err error) {
	files, err := file.Of(ctx, tx, by, owner(d.current))
	if err != nil || len(files) == 0 {
		return false, f, err
	}
	return true, files[0], nil
}
