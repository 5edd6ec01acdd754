package file

import (
	"context"
	"path"
	"slices"
	"time"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/job"
	"github.com/entregent/entregent/internal/sqldb"
)

// clearing is the job that takes bytes away whose rows are gone.
type clearing struct{}

// Kind is the job's.
func (clearing) Kind() string { return "file.clear" }

// Register has the runner take away the bytes of removed files.
func Register(r *job.Runner, s *Store) {
	job.Register(r, 1, func(ctx context.Context, db *sqldb.DB, _ clearing) error { return s.clear(ctx, db) })
}

// remove takes rows away, and notes that their bytes are to go.
func remove(ctx context.Context, tx *sqldb.Tx, workspace id.Workspace, files []File) error {
	for chunk := range slices.Chunk(files, sqldb.Many) {
		ids := make([]id.File, len(chunk))
		rows := make([][]any, len(chunk))
		for i, f := range chunk {
			ids[i], rows[i] = f.ID, []any{workspace, f.ID}
		}
		in, args := sqldb.In(tx, []any{workspace}, ids)
		if _, err := tx.Exec(ctx, `DELETE FROM file WHERE workspace_id = $1 AND id `+in, args...); err != nil {
			return err
		}
		if err := tx.InsertAll(ctx, `file_gone (workspace_id, id)`, rows); err != nil {
			return err
		}
	}
	if len(files) == 0 {
		return nil
	}
	_, err := job.Enqueue(ctx, tx, clearing{}, job.Opts{})
	return err
}

// gone is a file without a row.
type gone struct {
	workspace id.Workspace
	id        id.File
}

func scanGone(row sqldb.Scanner) (g gone, err error) { return g, row.Scan(&g.workspace, &g.id) }

// clear takes the bytes of removed files away.
func (s *Store) clear(ctx context.Context, db *sqldb.DB) error {
	for {
		var list []gone
		err := db.View(ctx, func(tx *sqldb.Tx) (err error) {
			list, err = sqldb.List(ctx, tx, scanGone, `SELECT workspace_id, id FROM file_gone LIMIT 200`)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		rows := make([][]any, len(list))
		for i, g := range list {
			if err := s.disk.remove(g.id.String()); err != nil {
				return err
			}
			rows[i] = []any{g.workspace, g.id}
		}
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.ExecEach(ctx, `DELETE FROM file_gone WHERE workspace_id = $1 AND id = $2`, rows)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// Sweep takes away files that waited for their form in vain, what removed files have left, and bytes that nobody
// ever gave an owner: the program was killed, or the sender left.
func (s *Store) Sweep(ctx context.Context, db *sqldb.DB) error {
	for n := sweepRows; n == sweepRows; {
		err := db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = s.expire(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := s.clear(ctx, db); err != nil {
		return err
	}
	return s.disk.list(func(names []string, old func(string, time.Time) bool) error { return s.sweep(ctx, db, names, old) })
}

// sweepRows is how many rows one transaction of a sweep touches, so that nobody waits long for it.
const sweepRows = 200

// expire removes files that are kept for longer than they may be.
func (s *Store) expire(ctx context.Context, tx *sqldb.Tx) (int, error) {
	list, err := sqldb.List(ctx, tx, scanGone, `SELECT workspace_id, id FROM file WHERE owner_kind = 'kept' AND created_at < $1 ORDER BY created_at LIMIT 200`+tx.ForLock(),
		tx.Now().Add(-s.settings.Kept))
	if err != nil {
		return 0, err
	}
	of := map[id.Workspace][]File{}
	for _, g := range list {
		of[g.workspace] = append(of[g.workspace], File{ID: g.id})
	}
	for workspace, files := range of {
		if err := remove(ctx, tx, workspace, files); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// sweep removes those of the names that are old and have no row.
func (s *Store) sweep(ctx context.Context, db *sqldb.DB, names []string, old func(string, time.Time) bool) error {
	since := db.Now().Add(-s.settings.Abandoned)
	var ids []id.File
	for _, name := range names {
		if path.Ext(name) == ".part" && old(name, since) {
			if err := s.disk.remove(name); err != nil {
				return err
			}
		}
		if f := (id.File{UUID: id.Read(name)}); !f.IsZero() && f.String() == name {
			ids = append(ids, f)
		}
	}
	known, err := owned(ctx, db, ids)
	if err != nil {
		return err
	}
	for _, f := range ids {
		if !known[f] && old(f.String(), since) {
			if err := s.disk.remove(f.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// owned says which of the files have a row, in whatever workspace.
func owned(ctx context.Context, db *sqldb.DB, files []id.File) (map[id.File]bool, error) {
	known := make(map[id.File]bool, len(files))
	if len(files) == 0 {
		return known, nil
	}
	err := db.View(ctx, func(tx *sqldb.Tx) error {
		in, args := sqldb.In(tx, nil, files)
		list, err := sqldb.List(ctx, tx, sqldb.Value[id.File], `SELECT id FROM file WHERE id `+in, args...)
		for _, f := range list {
			known[f] = true
		}
		return err
	})
	return known, err
}
