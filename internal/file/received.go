package file

import (
	"context"
	"time"

	"github.com/entregent/entregent/internal/actor"
	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// Field is what a form's files are called; faults about them stand there.
const Field = "files"

// Received is a file whose bytes are safe on the disk. It lasts as long as the request that brought it: somebody gives
// it to an owner (Attach), keeps it for its author (Keep), or drops it (Store.Drop). What nobody took is swept.
type Received struct {
	ID        id.File
	Name      string
	Kind      Kind
	MediaType string
	Encrypted bool  // a PDF that asks for a password
	Size      int64 // bytes
	Digest    []byte

	kept   bool    // it has a row already
	holder id.UUID // for whom: the login that sent it, or the form of somebody who has none
	bounds bounds
}

// bounds are those of Settings that hold when a row is written.
type bounds struct {
	perOwner, keptForms int
	daily               int64
}

// row is the file as it is stored.
func (r Received) row(by actor.Actor, of Owner, now sqldb.Time) File {
	return File{
		ID: r.ID, Owner: of, Name: r.Name, Kind: r.Kind, MediaType: r.MediaType, Encrypted: r.Encrypted, Size: r.Size, Digest: r.Digest,
		Login: by.Login, CreatedAt: now,
	}
}

// day is what Settings.Daily counts over: that is its meaning, and no setting.
const day = 24 * time.Hour

// insert writes the row, if the caller's login may send that much. Two that come at once are counted one after the other.
func (r Received) insert(ctx context.Context, tx *sqldb.Tx, by actor.Actor, f File) error {
	if !by.Login.IsZero() {
		if err := tx.Lock(ctx, "login", "id = $1", by.Login); err != nil {
			return err
		}
		sent, err := sqldb.One(ctx, tx, sqldb.Value[int64], `SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM file
			WHERE workspace_id = $1 AND login_id = $2 AND created_at > $3`, by.Workspace, by.Login, tx.Now().Add(-day))
		if err != nil {
			return err
		}
		if sent+f.Size > r.bounds.daily {
			return fault.OnField(fault.Invalid, Field, fault.M("file.too_many_bytes", "Max", megabytes(r.bounds.daily)))
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO file (workspace_id, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		by.Workspace, f.ID, f.Owner.Kind, f.Owner.ID, f.Login, f.Name, string(f.Kind), f.MediaType, f.Encrypted, f.Size, f.Digest, f.CreatedAt)
	return err
}

// room is a refusal when the owner has as many files as one may have, and this is none of them.
func (r Received) room(ctx context.Context, tx *sqldb.Tx, by actor.Actor, of Owner) error {
	most := r.bounds.perOwner
	if of.Kind == kept {
		most *= r.bounds.keptForms
	}
	others, err := sqldb.One(ctx, tx, sqldb.Value[int], `SELECT COUNT(*) FROM file WHERE workspace_id = $1 AND owner_id = $2 AND owner_kind = $3 AND id <> $4`,
		by.Workspace, of.ID, of.Kind, r.ID)
	if err == nil && others >= most {
		err = TooMany(most)
	}
	return err
}

// TooMany is the refusal of more files than max.
func TooMany(max int) error {
	return fault.OnField(fault.Invalid, Field, fault.M("file.too_many", "N", max))
}

// Keep has a received file wait for its form, which came back to its author: for the caller's login alone, and no longer
// than Settings.Kept. One that is kept already stays as it is. Refusals are those of Attach.
func Keep(ctx context.Context, tx *sqldb.Tx, by actor.Actor, r Received) (Received, error) {
	if r.kept {
		return r, nil
	}
	if by.Login.IsZero() {
		return r, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return r.keep(ctx, tx, by, by.Login.UUID)
}

// KeepFor is Keep for a form that somebody without a login sent: for that form alone, by its number. The caller is the
// program, and bounds by itself how much strangers may send.
func KeepFor(ctx context.Context, tx *sqldb.Tx, by actor.Actor, form id.UUID, r Received) (Received, error) {
	if form.IsZero() {
		return r, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return r.keep(ctx, tx, by, form)
}

func (r Received) keep(ctx context.Context, tx *sqldb.Tx, by actor.Actor, holder id.UUID) (Received, error) {
	of := Owner{kept, holder}
	if err := r.room(ctx, tx, by, of); err != nil {
		return r, err
	}
	err := r.insert(ctx, tx, by, r.row(by, of, tx.Now()))
	r.kept, r.holder = err == nil, holder
	return r, err
}

// KeptFor is Kept for the form of somebody without a login.
func (s *Store) KeptFor(ctx context.Context, tx *sqldb.Tx, by actor.Actor, form id.UUID, files []id.File) ([]Received, error) {
	return s.received(ctx, tx, by, form, files)
}

// Kept gives back those of the files that wait for the caller's login, in their order; others are left out.
func (s *Store) Kept(ctx context.Context, tx *sqldb.Tx, by actor.Actor, files []id.File) ([]Received, error) {
	return s.received(ctx, tx, by, by.Login.UUID, files)
}

func (s *Store) received(ctx context.Context, tx *sqldb.Tx, by actor.Actor, holder id.UUID, files []id.File) ([]Received, error) {
	list, err := waiting(ctx, tx, by, holder, files)
	all := make([]Received, len(list))
	for i, f := range list {
		all[i] = Received{
			ID: f.ID, Name: f.Name, Kind: f.Kind, MediaType: f.MediaType, Encrypted: f.Encrypted, Size: f.Size, Digest: f.Digest,
			kept: true, holder: holder, bounds: s.bounds(),
		}
	}
	return all, err
}

// Release takes files away that waited for the caller's login and are wanted no more; others are passed over.
func Release(ctx context.Context, tx *sqldb.Tx, by actor.Actor, files []id.File) error {
	return ReleaseFor(ctx, tx, by, by.Login.UUID, files)
}

// ReleaseFor is Release for the form of somebody without a login.
func ReleaseFor(ctx context.Context, tx *sqldb.Tx, by actor.Actor, form id.UUID, files []id.File) error {
	list, err := waiting(ctx, tx, by, form, files)
	if err != nil {
		return err
	}
	return remove(ctx, tx, by.Workspace, list)
}

// waiting reads kept files; in a transaction that writes they stay as they are until it ends.
func waiting(ctx context.Context, tx *sqldb.Tx, by actor.Actor, holder id.UUID, files []id.File) ([]File, error) {
	if holder.IsZero() || len(files) == 0 {
		return nil, nil
	}
	in, args := sqldb.In(tx, []any{by.Workspace, holder}, files[:min(len(files), sqldb.Many)])
	return sqldb.List(ctx, tx, scan, `SELECT `+columns+` FROM file WHERE workspace_id = $1 AND owner_kind = 'kept' AND owner_id = $2 AND id `+in+` ORDER BY id`+tx.ForLock(), args...)
}

// megabytes is a number of bytes as a person counts them.
func megabytes(n int64) int { return int(n >> 20) }
