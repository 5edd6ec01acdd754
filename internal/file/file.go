// Package file keeps what people send along: pictures, PDFs, documents. The bytes stand on the disk under an
// identifier that nobody guesses, what they are and whose stands in the database.
//
// A Store takes bytes in and gives them out; it asks nobody who they are. The verbs beside it (Keep, Attach, Of, Get,
// Remove) write and read rows in the caller's transaction, within the caller's workspace. Whether the caller may is the
// owner's to say, a request's or an invoice's: its room has asked before it calls them. The package serves no page; what
// a browser may do with a file follows from its Kind.
package file

import (
	"bytes"
	"context"
	"slices"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Owner is what a file belongs to, by noun and identifier. A file has one; it is deleted with it.
type Owner struct {
	Kind string // "request", "invoice"; the room's own word
	ID   id.UUID
}

// kept is the Owner.Kind of a file that was sent with a form which came back: it waits for the form, for the login that
// sent it alone.
const kept = "kept"

// File is one as kept.
type File struct {
	ID        id.File
	Owner     Owner
	Name      string // clean, as a person may save it
	Kind      Kind
	MediaType string // by content: what the browser is told
	Encrypted bool   // a PDF that asks for a password
	Size      int64  // bytes
	Digest    []byte // SHA-256
	Login     id.Login
	CreatedAt sqldb.Time
}

const columns = `id, owner_kind, owner_id, login_id, name, kind, media_type, encrypted, size, digest, created_at`

func scan(row sqldb.Scanner) (f File, err error) {
	return f, row.Scan(&f.ID, &f.Owner.Kind, &f.Owner.ID, &f.Login, &f.Name, &f.Kind, &f.MediaType, &f.Encrypted, &f.Size, &f.Digest, &f.CreatedAt)
}

// Attach gives a received file to its owner: one that Receive has just taken in, or one that was kept for the caller's
// login. To attach it again to the same owner changes nothing; one that is another's by now, or whose time is over, is a
// fault.Conflict. More than the owner may have, or than the caller's login may send in a day, is a fault.Invalid on
// «files».
func Attach(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of Owner, r Received) (File, error) {
	f := r.row(by, of, tx.Now())
	if of.Kind == kept || of.Kind == "" || of.ID.IsZero() {
		panic("file: attached to nobody")
	}
	if err := r.room(ctx, tx, by, of); err != nil {
		return File{}, err
	}
	if !r.kept {
		return f, r.insert(ctx, tx, by, f)
	}
	holder := r.holder
	if !by.Login.IsZero() {
		holder = by.Login.UUID // whoever has a login attaches what waits for it, and nothing else
	}
	n, err := tx.Exec(ctx, `UPDATE file SET owner_kind = $1, owner_id = $2 WHERE workspace_id = $3 AND id = $4
		AND (owner_kind = 'kept' AND owner_id = $5 OR owner_kind = $1 AND owner_id = $2)`, of.Kind, of.ID, by.Workspace, r.ID, holder)
	if err == nil && n == 0 {
		err = fault.OnField(fault.Conflict, Field, fault.M("file.gone", "Name", r.Name))
	}
	return f, err
}

// Of lists the files of any number of owners, in the order in which they were sent. Each says whose it is. They are put in
// order here: asked for it, SQLite walks all files of the workspace, which are in that order already.
func Of(ctx context.Context, tx *sqldb.Tx, by actor.Actor, owners ...Owner) ([]File, error) {
	var list []File
	for chunk := range slices.Chunk(owners, sqldb.Many) {
		wanted := make([]id.UUID, len(chunk))
		for i, o := range chunk {
			wanted[i] = o.ID
		}
		in, args := sqldb.In(tx, []any{by.Workspace}, wanted)
		some, err := sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM file WHERE workspace_id = $1 AND owner_id `+in, args...)
		if err != nil {
			return nil, err
		}
		list = append(list, slices.DeleteFunc(some, func(f File) bool { return !slices.Contains(chunk, f.Owner) })...)
	}
	slices.SortFunc(list, func(a, b File) int { return bytes.Compare(a.ID.UUID[:], b.ID.UUID[:]) })
	return list, nil
}

// Get reads one; fault.NotFound also for one that is kept and belongs to nothing yet.
func Get(ctx context.Context, tx *sqldb.Tx, by actor.Actor, file id.File) (File, error) {
	return sqldb.One(ctx, tx, scan, `SELECT `+columns+` FROM file WHERE workspace_id = $1 AND id = $2 AND owner_kind <> 'kept'`, by.Workspace, file)
}

// Remove takes all files of the owners away: their rows now, their bytes after the commit.
func Remove(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of ...Owner) error {
	files, err := Of(ctx, tx, by, of...)
	if err != nil {
		return err
	}
	return remove(ctx, tx, by.Workspace, files)
}

// Pass gives all files of an owner to another one.
func Pass(ctx context.Context, tx *sqldb.Tx, by actor.Actor, from, to Owner) error {
	_, err := tx.Exec(ctx, `UPDATE file SET owner_kind = $1, owner_id = $2 WHERE workspace_id = $3 AND owner_kind = $4 AND owner_id = $5`,
		to.Kind, to.ID, by.Workspace, from.Kind, from.ID)
	return err
}
